//! Self-tests of Socket Mode: who gets in, what arrives where, and what is an acknowledgement.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::Slack;
use super::client::{Client, address, listening, open};
use super::{CHANNEL, PERSON, call, complaint, workspace};

#[tokio::test]
async fn only_the_apps_token_opens_a_socket_and_it_opens_nothing_else() {
    let slack = workspace().await;
    assert_eq!(open(&slack, Slack::BOT_TOKEN).await.error(), "not_allowed_token_type");
    assert_eq!(open(&slack, "xapp-other").await.error(), "invalid_auth");
    assert!(address(&slack).await.starts_with("ws://127.0.0.1:"));
    assert_eq!(slack.complaints().len(), 1);
    slack.socket_mode(false);
    assert_eq!(open(&slack, Slack::APP_TOKEN).await.error(), "link_disabled");
}

#[tokio::test]
async fn a_ticket_opens_one_connection() {
    let slack = workspace().await;
    let address = address(&slack).await;
    let _first = Client::dial(&address).await.expect("a connection");
    assert!(Client::dial(&address).await.is_none());
    assert!(complaint(&slack).contains("one connection only"));
    assert!(Client::dial(&address.replace("ticket", "tucket")).await.is_none());
    assert_eq!(slack.complaints().len(), 2);
}

#[tokio::test]
async fn every_connection_is_greeted_with_their_number_and_the_eleventh_is_sent_away() {
    let slack = workspace().await;
    let mut clients = Vec::new();
    for number in 1..=10 {
        let client = Client::connect(&slack).await;
        assert_eq!(client.greeted["type"], "hello");
        assert_eq!(client.greeted["num_connections"], number);
        assert_eq!(client.greeted["debug_info"]["approximate_connection_time"], 18_060);
        assert_eq!(client.greeted["connection_info"]["app_id"], "A0CXAPP001");
        clients.push(client);
    }
    let refused = Client::connect(&slack).await;
    assert_eq!(refused.greeted["reason"], "too_many_websockets");
    assert!(refused.ended_politely().await);
    assert_eq!(slack.connections(), 10);
}

#[tokio::test]
async fn an_envelope_goes_to_one_connection_by_chance() {
    let (slack, mut one) = listening().await;
    let mut other = Client::connect(&slack).await;
    let mut taken = [0, 0];
    for _ in 0..40 {
        let act = slack.type_command(PERSON, CHANNEL, "/cx", "");
        let either = async {
            tokio::select! {
                _ = one.answer(Value::Null) => taken[0] += 1,
                _ = other.answer(Value::Null) => taken[1] += 1,
            }
        };
        let (pressed, ()) = tokio::join!(act, either);
        assert!(pressed.acknowledged_within.expect("a time") < Duration::from_secs(1));
    }
    assert!(taken[0] > 0 && taken[1] > 0, "{taken:?}");
}

#[tokio::test]
async fn what_is_not_acknowledged_in_time_is_noted_and_the_person_sees_it() {
    let (slack, mut client) = listening().await;
    let act = slack.type_command(PERSON, CHANNEL, "/cx", "digest");
    let (pressed, envelope) = tokio::join!(act, client.next());
    assert_eq!(pressed.said.as_deref(), Some("operation_timeout"));
    assert_eq!(pressed.acknowledged_within, None);
    assert_eq!(slack.unacknowledged(), ["slash_commands /cx"]);
    // Too late is no complaint of its own, but once is enough.
    client.say(json!({"envelope_id": envelope["envelope_id"]})).await;
    assert_eq!(slack.complaints(), [""; 0]);
    client.say(json!({"envelope_id": envelope["envelope_id"]})).await;
    assert!(complaint(&slack).contains("twice"));
}

#[tokio::test]
async fn without_a_connection_a_command_goes_nowhere() {
    let (slack, client) = listening().await;
    drop(client);
    while slack.connections() > 0 {
        tokio::task::yield_now().await;
    }
    let pressed = slack.type_command(PERSON, CHANNEL, "/cx", "").await;
    assert_eq!(pressed.said.as_deref(), Some("dispatch_failed"));
}

#[tokio::test]
async fn acknowledgements_are_judged() {
    let (slack, mut client) = listening().await;
    let (_, envelope) =
        tokio::join!(slack.type_command(PERSON, CHANNEL, "/cx", ""), client.answer(json!({})));
    let wrong = [
        json!({"envelope_id": envelope["envelope_id"]}),
        json!({"envelope_id": "other"}),
        json!({"payload": {}}),
        json!({"envelope_id": "other", "body": {}}),
        json!([]),
    ];
    for (index, frame) in wrong.into_iter().enumerate() {
        client.say(frame).await;
        assert_eq!(slack.complaints().len(), index + 1);
    }
}

#[tokio::test]
async fn an_acknowledgement_comes_over_the_envelopes_own_connection() {
    let (slack, mut one) = listening().await;
    let mut other = Client::connect(&slack).await;
    let act = slack.type_command(PERSON, CHANNEL, "/cx", "");
    let astray = async {
        tokio::select! {
            envelope = one.next() => other.say(json!({"envelope_id": envelope["envelope_id"]})).await,
            envelope = other.next() => one.say(json!({"envelope_id": envelope["envelope_id"]})).await,
        }
    };
    let (pressed, ()) = tokio::join!(act, astray);
    assert!(pressed.said.is_some());
    assert!(complaint(&slack).contains("another connection"));
}

#[tokio::test]
async fn odd_frames_and_repeated_ones_can_be_acknowledged() {
    let (slack, mut client) = listening().await;
    let odd = json!({"type": "something_new", "envelope_id": "e1", "payload": {"x": 1}});
    let (acknowledged, envelope) =
        tokio::join!(slack.send_odd_frame(odd.clone()), client.answer(Value::Null));
    assert!(acknowledged);
    assert_eq!(envelope, odd);
    let (acknowledged, again) =
        tokio::join!(slack.resend_last_envelope(), client.answer(Value::Null));
    assert!(acknowledged);
    assert_eq!(again, odd);
    assert_eq!(slack.complaints(), [""; 0]);
    assert!(!slack.send_odd_frame(json!({"type": "without_an_id"})).await);
    let (_, _) = tokio::join!(slack.resend_last_envelope(), client.next());
    assert_eq!(slack.unacknowledged(), ["without_an_id", "something_new"]);
}

#[tokio::test]
async fn slack_says_before_it_closes_and_a_cut_says_nothing() {
    let slack = workspace().await;
    for reason in ["warning", "refresh_requested"] {
        let mut client = Client::connect(&slack).await;
        slack.disconnect(reason);
        let frame = client.next().await;
        assert_eq!((&frame["type"], &frame["reason"]), (&json!("disconnect"), &json!(reason)));
        assert!(client.ended_politely().await);
        assert_eq!(slack.connections(), 0);
    }
    let client = Client::connect(&slack).await;
    slack.cut_sockets();
    assert!(!client.ended_politely().await);
    let mut client = Client::connect(&slack).await;
    slack.socket_mode(false);
    assert_eq!(client.next().await["reason"], "link_disabled");
    assert!(client.ended_politely().await);
    let answer = call(&slack, "auth.test", json!({})).await;
    assert_eq!(answer.body["ok"], true);
}
