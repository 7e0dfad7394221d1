//! Self-tests of the faults: each does what it says, to one call.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::{Fault, Slack};
use super::{Answer, CHANNEL, attempt, call, post, workspace};

const POST: &str = "chat.postMessage";

/// Posts once into that fault; the answer, if there was one.
async fn into(slack: &Slack, fault: Fault) -> reqwest::Result<Answer> {
    slack.fault(POST, [fault]);
    attempt(slack, POST, &json!({"channel": CHANNEL, "text": "words"})).await
}

#[tokio::test]
async fn faults_that_do_not_execute_leave_nothing_behind() {
    let slack = workspace().await;
    let status = into(&slack, Fault::Status(500)).await.expect("an answer");
    assert_eq!((status.status, status.body), (500, Value::Null));
    let html = into(&slack, Fault::Html(503)).await.expect("an answer");
    assert_eq!((html.status, html.header("content-type")), (503, "text/html"));
    let limited = into(&slack, Fault::RateLimited { retry_after: 30 }).await.expect("an answer");
    assert_eq!((limited.status, limited.header("retry-after")), (429, "30"));
    assert_eq!(limited.body, json!({"ok": false, "error": "ratelimited"}));
    let error = into(&slack, Fault::Error("restricted_action")).await.expect("an answer");
    assert_eq!((error.status, error.error()), (200, "restricted_action"));
    assert!(into(&slack, Fault::Cut).await.is_err());
    assert_eq!((slack.timeline(CHANNEL).len(), slack.notifications().len()), (0, 0));
    let statuses: Vec<Option<u16>> = slack.seen().iter().map(|seen| seen.status).collect();
    assert_eq!(statuses, [Some(500), Some(503), Some(429), Some(200), None]);
    assert_eq!(post(&slack, "words").await.error(), "no error");
    assert_eq!((slack.channel(CHANNEL).len(), slack.complaints().len()), (1, 0));
}

#[tokio::test]
async fn faults_that_execute_hide_that_they_did() {
    let slack = workspace().await;
    assert!(into(&slack, Fault::CutAfter).await.is_err());
    let status = into(&slack, Fault::StatusAfter(500)).await.expect("an answer");
    assert_eq!(status.status, 500);
    let error = into(&slack, Fault::ErrorAfter("internal_error")).await.expect("an answer");
    assert_eq!((error.status, error.error()), (200, "internal_error"));
    let garbled = into(&slack, Fault::NotJson).await.expect("an answer");
    assert_eq!((garbled.status, garbled.body), (200, Value::Null));
    assert_eq!((slack.channel(CHANNEL).len(), slack.complaints().len()), (4, 0));
}

/// Posts, and hangs up as soon as the condition holds.
async fn impatiently(slack: &Slack, fault: Fault, until: impl Fn() -> bool) {
    slack.fault(POST, [fault]);
    let arguments = json!({"channel": CHANNEL, "text": "words"});
    tokio::select! {
        _ = attempt(slack, POST, &arguments) => panic!("an answer to {fault:?}"),
        () = eventually(until) => {}
    }
}

async fn eventually(condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("it happens in time");
}

#[tokio::test]
async fn slow_answers_are_executed_before_or_after_the_wait() {
    let slack = workspace().await;
    let posted = || slack.channel(CHANNEL).len();
    impatiently(&slack, Fault::SlowAfter(Duration::from_secs(60)), || posted() == 1).await;
    let slow = Fault::Slow(Duration::from_secs(1));
    impatiently(&slack, slow, || slack.seen().len() == 2).await;
    assert_eq!(posted(), 1);
    // The client has hung up, and still it is executed.
    eventually(|| posted() == 2).await;
    let (begun, wait) = (Instant::now(), Duration::from_millis(300));
    let answer = into(&slack, Fault::SlowAfter(wait)).await.expect("an answer");
    assert_eq!((answer.error(), begun.elapsed() >= wait), ("no error", true));
}

#[tokio::test]
async fn a_hanging_call_is_never_answered() {
    let slack = workspace().await;
    impatiently(&slack, Fault::HangAfter, || slack.channel(CHANNEL).len() == 1).await;
    impatiently(&slack, Fault::Hang, || slack.seen().len() == 2).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(slack.channel(CHANNEL).len(), 1);
    assert!(slack.seen().iter().all(|seen| seen.status.is_none()));
}

#[tokio::test]
async fn the_fake_stops_with_its_last_clone_even_while_a_call_hangs() {
    let slack = workspace().await;
    slack.fault("api.test", [Fault::Hang]);
    let address = slack.api_url() + "/api.test";
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let hanging = tokio::spawn(client.get(&address).send());
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(slack);
    assert!(hanging.await.expect("no panic").is_err());
    assert!(client.get(&address).send().await.is_err());
}

#[tokio::test]
async fn a_fault_can_be_meant_for_one_channel() {
    let slack = workspace().await;
    slack.put_channel("C0OTHER001", "other");
    slack.fault_for("C0OTHER001", POST, [Fault::Status(500), Fault::Status(502)]);
    slack.fault(POST, [Fault::Status(503)]);
    let elsewhere = json!({"channel": "C0OTHER001", "text": "words"});
    assert_eq!(call(&slack, POST, elsewhere.clone()).await.status, 500);
    assert_eq!(post(&slack, "words").await.status, 503);
    assert_eq!(post(&slack, "words").await.status, 200);
    assert_eq!(call(&slack, POST, elsewhere.clone()).await.status, 502);
    assert_eq!(call(&slack, POST, elsewhere).await.status, 200);
    assert_eq!(call(&slack, "auth.test", json!({})).await.status, 200);
}

#[tokio::test]
async fn a_faulty_answer_does_not_hide_the_clients_mistakes() {
    let slack = workspace().await;
    slack.fault("auth.test", [Fault::Status(500)]);
    assert_eq!(call(&slack, "auth.test", json!({"x": 1})).await.status, 500);
    assert_eq!(slack.complaints().len(), 1);
}

#[tokio::test]
async fn a_call_refused_at_the_door_uses_no_fault_up() {
    let slack = workspace().await;
    slack.fault("auth.test", [Fault::Status(500)]);
    slack.token_error(Some("account_inactive"));
    assert_eq!(call(&slack, "auth.test", json!({})).await.error(), "account_inactive");
    slack.token_error(None);
    assert_eq!(call(&slack, "auth.test", json!({})).await.status, 500);
}

#[test]
fn a_fault_that_cannot_happen_is_refused() {
    let impossible = [
        ("chat.nothing", Fault::Cut),
        ("chat.delete", Fault::Error("is_archived")),
        ("chat.delete", Fault::Status(200)),
        ("chat.delete", Fault::ErrorAfter("channel_not_found")),
    ];
    for (method, fault) in impossible {
        assert!(std::panic::catch_unwind(|| fault.check_for(method)).is_err(), "{fault:?}");
    }
}
