//! Self-tests of response addresses: how often, how long, for whom, and in whose place.

use reqwest::Client as Http;
use serde_json::{Value, json};

use super::super::{Fault, Slack};
use super::client::{Client, command, listening};
use super::{CHANNEL, PERSON, call, complaint};

const OTHER: &str = "U0BOB00001";

async fn answer(address: &str, body: Value) -> (u16, String) {
    let client = Http::builder().no_proxy().build().expect("a client");
    let request = client.post(address).header("Content-Type", "application/json");
    let response = request.body(body.to_string()).send().await.expect("an answer");
    let status = response.status().as_u16();
    let kind = response.headers()["content-type"].to_str().expect("text").to_owned();
    assert_eq!(kind.starts_with("text/html"), status == 200, "{kind}");
    (status, response.text().await.expect("a body"))
}

async fn says(address: &str, body: Value) {
    assert_eq!(answer(address, body).await, (200, "ok".to_owned()));
}

fn texts(slack: &Slack, user: &str) -> Vec<String> {
    slack.sees(user, CHANNEL).into_iter().map(|shown| shown.text).collect()
}

/// An address of a button on a message that was posted, or whispered, with this text before.
async fn pressed(slack: &Slack, client: &mut Client, ts: &str) -> String {
    let act = slack.press(PERSON, CHANNEL, ts, "go");
    let (_, told) = client.during(act, Value::Null).await;
    told["response_url"].as_str().expect("an address").to_owned()
}

fn with_button() -> Value {
    let text = json!({"type": "plain_text", "text": "Go"});
    let button = json!({"type": "button", "action_id": "go", "text": text});
    json!({"channel": CHANNEL, "text": "before", "blocks": [
        {"type": "actions", "elements": [button]},
    ]})
}

#[tokio::test]
async fn an_address_is_good_five_times_within_half_an_hour() {
    let (slack, mut client) = listening().await;
    slack.paced(true);
    slack.set_time(Some(1_790_000_000.0));
    let address = command(&slack, &mut client, Value::Null).await;
    for number in 0..5 {
        says(&address, json!({"text": format!("{number}")})).await;
    }
    let (status, body) = answer(&address, json!({"text": "5"})).await;
    assert_eq!((status, body.as_str()), (404, "{\"ok\":false,\"error\":\"used_url\"}"));
    assert!(complaint(&slack).contains("used_url"));
    assert_eq!(texts(&slack, PERSON), ["0", "1", "2", "3", "4"]);

    let address = command(&slack, &mut client, Value::Null).await;
    slack.set_time(Some(1_790_001_801.0));
    let (status, body) = answer(&address, json!({"text": "late"})).await;
    assert_eq!((status, body.as_str()), (404, "{\"ok\":false,\"error\":\"expired_url\"}"));
    assert_eq!(slack.complaints().len(), 1);
}

#[tokio::test]
async fn answers_are_for_one_person_unless_they_are_for_all() {
    let (slack, mut client) = listening().await;
    let address = command(&slack, &mut client, Value::Null).await;
    says(&address, json!({"text": "for one <!here>"})).await;
    says(&address, json!({"text": "for all", "response_type": "in_channel"})).await;
    assert_eq!(texts(&slack, PERSON), ["for one here", "for all"]);
    assert_eq!(texts(&slack, OTHER), ["for all"]);
    let parent = slack.channel(CHANNEL)[0].ts.clone();
    says(&address, json!({"text": "aside", "thread_ts": parent})).await;
    assert_eq!(slack.sees(PERSON, CHANNEL)[1].replies[0].text, "aside");
    assert_eq!(slack.complaints(), [""; 0]);
    assert_eq!(slack.notifications(), ["<!here>"]);
}

#[tokio::test]
async fn a_commands_answer_cannot_be_replaced() {
    let (slack, mut client) = listening().await;
    let address = command(&slack, &mut client, json!({"text": "loading"})).await;
    says(&address, json!({"text": "result", "replace_original": true})).await;
    assert_eq!(texts(&slack, PERSON), ["loading", "result"]);
    assert!(complaint(&slack).contains("no original"));
    assert_eq!(answer(&address, json!({"delete_original": true})).await.0, 400);
}

#[tokio::test]
async fn a_public_original_is_replaced_and_deleted_for_all() {
    let (slack, mut client) = listening().await;
    let ts = call(&slack, "chat.postMessage", with_button()).await.ts();
    let address = pressed(&slack, &mut client, &ts).await;
    says(&address, json!({"text": "after", "replace_original": true})).await;
    assert_eq!(texts(&slack, OTHER), ["after"]);
    assert_eq!(slack.channel(CHANNEL)[0].ts, ts);
    says(&address, json!({"text": "beside"})).await;
    assert_eq!(texts(&slack, PERSON), ["after", "beside"]);
    says(&address, json!({"delete_original": true})).await;
    assert_eq!(texts(&slack, PERSON), ["beside"]);
    assert_eq!(slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn an_ephemeral_original_stays_one_persons() {
    let (slack, mut client) = listening().await;
    slack.say(CHANNEL, PERSON, "hello");
    let mut arguments = with_button();
    arguments["user"] = json!(PERSON);
    let shown = call(&slack, "chat.postEphemeral", arguments).await;
    let ts = shown.body["message_ts"].as_str().expect("a timestamp");
    let address = pressed(&slack, &mut client, ts).await;
    says(&address, json!({"text": "after", "replace_original": true})).await;
    assert_eq!(texts(&slack, PERSON), ["hello", "after"]);
    assert_eq!(slack.complaints(), [""; 0]);
    let open = json!({"text": "x", "replace_original": true, "response_type": "in_channel"});
    says(&address, open).await;
    assert_eq!(texts(&slack, OTHER), ["hello"]);
    assert!(complaint(&slack).contains("stays one"));
    says(&address, json!({"delete_original": true})).await;
    assert_eq!(texts(&slack, PERSON), ["hello"]);
}

#[tokio::test]
async fn an_address_can_fail_like_any_method() {
    let (slack, mut client) = listening().await;
    let address = command(&slack, &mut client, Value::Null).await;
    slack.fault("response", [Fault::Status(500)]);
    let http = Http::builder().no_proxy().build().expect("a client");
    let request = http.post(&address).header("Content-Type", "application/json");
    let failed = request.body("{\"text\":\"x\"}").send().await.expect("an answer");
    assert_eq!(failed.status(), 500);
    assert!(texts(&slack, PERSON).is_empty());
    says(&address, json!({"text": "again"})).await;
    assert_eq!(texts(&slack, PERSON), ["again"]);
    assert_eq!(slack.seen().last().map(|seen| seen.status), Some(Some(200)));
}

#[tokio::test]
async fn an_answer_is_judged_like_any_message() {
    let (slack, mut client) = listening().await;
    let wrong = [
        json!({"txt": "x"}),
        json!({"text": 5}),
        json!({"text": ""}),
        json!({"text": "x", "response_type": "everybody"}),
        json!({"text": "x", "blocks": [{"type": "alert"}]}),
        json!({"text": "x", "delete_original": true}),
        json!({"text": "x", "thread_ts": "1790000000.000000"}),
        json!([]),
    ];
    for (index, body) in wrong.into_iter().enumerate() {
        let address = command(&slack, &mut client, Value::Null).await;
        assert_eq!(answer(&address, body).await.0, 400);
        assert_eq!(slack.complaints().len(), index + 1);
    }
    assert!(texts(&slack, PERSON).is_empty());
    let elsewhere = format!("{}/response/0", slack.api_url().trim_end_matches("/api"));
    assert_eq!(answer(&elsewhere, json!({"text": "x"})).await.0, 404);
}
