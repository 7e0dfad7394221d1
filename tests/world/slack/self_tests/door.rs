//! Self-tests of the door: token, scopes, form, pace, and the journal of it all.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::super::Slack;
use super::super::pace::Pace;
use super::{CHANNEL, call, complaint, history, json_request, post, request, send, workspace};

#[tokio::test]
async fn only_the_one_token_is_let_in() {
    let slack = workspace().await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let stranger = client.get(slack.api_url() + "/auth.test");
    let wrong = stranger.try_clone().expect("a copy").bearer_auth("xoxb-another");
    assert_eq!(send(stranger).await.expect("an answer").error(), "not_authed");
    assert_eq!(send(wrong).await.expect("an answer").error(), "invalid_auth");
    assert_eq!(slack.complaints(), [""; 0]);
    let query = client.get(slack.api_url() + "/auth.test").query(&[("token", Slack::BOT_TOKEN)]);
    assert_eq!(send(query).await.expect("an answer").error(), "invalid_arguments");
    assert!(complaint(&slack).contains("Authorization"));
}

#[tokio::test]
async fn auth_test_names_the_bot_and_its_scopes() {
    let slack = workspace().await;
    slack.grant(&["im:write", "chat:write"]);
    slack.revoke("groups:read");
    let answer = call(&slack, "auth.test", json!({})).await;
    assert_eq!(answer.body["user_id"], Slack::BOT_USER);
    let scopes = "chat:write,channels:history,groups:history,channels:read,im:write";
    assert_eq!(answer.header("x-oauth-scopes"), scopes);
}

#[tokio::test]
async fn a_token_error_meets_every_call_until_it_is_cleared() {
    let slack = workspace().await;
    slack.token_error(Some("token_revoked"));
    assert_eq!(call(&slack, "auth.test", json!({})).await.error(), "token_revoked");
    assert_eq!(post(&slack, "words").await.error(), "token_revoked");
    slack.token_error(None);
    assert_eq!(post(&slack, "words").await.error(), "no error");
    assert_eq!((slack.timeline(CHANNEL).len(), slack.complaints().len()), (1, 0));
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let slack = workspace().await;
    slack.put_private_channel("G0SECRET01", "secret");
    slack.revoke("groups:history");
    slack.revoke("chat:write");
    let refused = post(&slack, "words").await;
    assert_eq!((refused.error(), &refused.body["needed"]), ("missing_scope", &json!("chat:write")));
    assert_eq!(refused.body["provided"], "channels:history,channels:read,groups:read");
    let secret = json!({"channel": "G0SECRET01"});
    let refused = call(&slack, "conversations.history", secret).await;
    assert_eq!(refused.body["needed"], "groups:history");
    assert_eq!(history(&slack, json!({})).await.error(), "no error");
    assert_eq!(slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn unknown_methods_and_other_verbs_are_refused_with_a_complaint() {
    let slack = workspace().await;
    assert_eq!(call(&slack, "chat.meMessage", json!({})).await.error(), "unknown_method");
    let put = send(request(&slack, Method::PUT, "auth.test")).await.expect("an answer");
    assert_eq!(put.error(), "invalid_arguments");
    assert_eq!(slack.complaints().len(), 2);
}

#[tokio::test]
async fn arguments_are_read_from_query_form_and_json_alike() {
    let slack = workspace().await;
    let blocks = json!([{"type": "divider"}]).to_string();
    let pairs = [("channel", CHANNEL), ("text", "a+b & c"), ("blocks", &blocks), ("mrkdwn", "1")];
    let form = request(&slack, Method::POST, "chat.postMessage").form(&pairs);
    let query = request(&slack, Method::GET, "chat.postMessage").query(&pairs);
    for attempt in [form, query] {
        assert_eq!(send(attempt).await.expect("an answer").error(), "no error");
    }
    for seen in slack.seen() {
        assert_eq!(seen.arguments["blocks"], json!([{"type": "divider"}]));
        assert_eq!(
            (&seen.arguments["text"], &seen.arguments["mrkdwn"]),
            (&json!("a+b & c"), &json!(true))
        );
        assert_eq!((seen.status, &seen.answer["ok"]), (Some(200), &json!(true)));
    }
    let seen = slack.seen();
    assert_eq!((seen[0].http_method.as_str(), seen[1].http_method.as_str()), ("POST", "GET"));
    assert_eq!((seen[0].method.as_str(), seen[0].at <= seen[1].at), ("chat.postMessage", true));
    assert_eq!(slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn broken_forms_are_refused_with_a_complaint() {
    let slack = workspace().await;
    let arguments = json!({"channel": CHANNEL, "text": "words"});
    let ask = || request(&slack, Method::POST, "chat.postMessage");
    let json_type = "application/json; charset=utf-8";
    let attempts = [
        ask().header("Content-Type", json_type).body("{"),
        ask().header("Content-Type", json_type).body("[]"),
        ask().header("Content-Type", "text/plain").body("channel=C1"),
        ask()
            .query(&[("text", "twice")])
            .header("Content-Type", json_type)
            .body(arguments.to_string()),
        request(&slack, Method::GET, "auth.test").body("x"),
        json_request(&slack, "conversations.info", &json!({"channel": CHANNEL})),
        ask().form(&[("channel", CHANNEL), ("text", "words"), ("blocks", "[{")]),
    ];
    let count = attempts.len();
    for attempt in attempts {
        let refused = send(attempt).await.expect("an answer");
        assert_eq!((refused.status, refused.error()), (200, "invalid_arguments"));
    }
    assert_eq!(slack.complaints().len(), count, "{:?}", slack.complaints());
    assert!(slack.timeline(CHANNEL).is_empty());
}

#[tokio::test]
async fn json_without_a_charset_is_executed_with_a_warning() {
    let slack = workspace().await;
    let arguments = json!({"channel": CHANNEL, "text": "words"});
    let ask = request(&slack, Method::POST, "chat.postMessage").json(&arguments);
    assert_eq!(send(ask).await.expect("an answer").body["warning"], "missing_charset");
    assert_eq!(slack.timeline(CHANNEL).len(), 1);
    assert!(complaint(&slack).contains("missing_charset"));
}

#[tokio::test]
async fn what_comes_too_fast_is_refused_with_a_time_to_wait() {
    let slack = workspace().await;
    slack.paced(true);
    slack.put_channel("C0OTHER001", "other");
    let elsewhere = json!({"channel": "C0OTHER001", "text": "one"});
    let elsewhere = call(&slack, "chat.postMessage", elsewhere);
    let (one, two, other) = tokio::join!(post(&slack, "one"), post(&slack, "two"), elsewhere);
    let refused = if one.status == 429 { one } else { two };
    assert_eq!((refused.status, refused.error()), (429, "ratelimited"));
    assert_eq!((refused.header("Retry-After"), other.status), ("1", 200));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(post(&slack, "three").await.status, 200);
    assert_eq!((slack.timeline(CHANNEL).len(), slack.complaints().len()), (2, 0));
}

#[test]
fn a_channel_takes_one_post_a_second() {
    let (start, mut pace) = (Instant::now(), Pace::default());
    let mut take = |channel, millis| {
        pace.take("chat.postMessage", Some(channel), start + Duration::from_millis(millis))
    };
    assert_eq!((take(CHANNEL, 0), take("C0OTHER001", 1)), (Ok(()), Ok(())));
    // A refused post does not push the next one back.
    assert_eq!((take(CHANNEL, 500), take(CHANNEL, 899)), (Err(1), Err(1)));
    assert_eq!((take(CHANNEL, 990), take(CHANNEL, 1_000)), (Ok(()), Err(1)));
}

#[test]
fn each_tier_has_its_calls_a_minute() {
    let start = Instant::now();
    let tiers = [("conversations.list", 20), ("chat.update", 50), ("users.info", 100)];
    for (method, limit) in tiers {
        let mut pace = Pace::default();
        let mut take = |seconds| pace.take(method, None, start + Duration::from_secs(seconds));
        let granted = (0..limit + 1).filter(|_| take(0).is_ok()).count();
        assert_eq!(granted as u64, limit, "{method}");
        assert_eq!(take(12), Err(48));
        assert_eq!(take(60), Ok(()));
    }
}

#[tokio::test]
async fn api_test_needs_no_token_and_answers_the_error_it_is_asked_for() {
    let slack = workspace().await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let plain = send(client.get(slack.api_url() + "/api.test")).await.expect("an answer");
    assert_eq!(plain.body, json!({"ok": true}));
    let answer = call(&slack, "api.test", json!({"error": "my_error"})).await;
    assert_eq!((answer.error(), &answer.body["args"]["error"]), ("my_error", &json!("my_error")));
    assert_eq!((&answer.body["ok"], slack.complaints().len()), (&Value::Bool(false), 0));
}
