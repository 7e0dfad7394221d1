//! Self-tests of the door: token, version, form, rate limit, and the journal of it all.

use std::time::{Duration, SystemTime};

use reqwest::Method;
use serde_json::json;

use super::super::{Intercom, limiter};
use super::{filter, get, post, request, search, send, workspace};

#[tokio::test]
async fn only_the_one_token_is_let_in() {
    let intercom = Intercom::start().await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let me = client.get(intercom.base_url() + "/me").header("Intercom-Version", "2.16");
    for attempt in [me.try_clone().expect("a copy"), me.bearer_auth("another")] {
        let refused = send(attempt).await.expect("an answer");
        assert_eq!((refused.status, refused.code()), (401, "unauthorized"));
        assert_eq!(refused.body["type"], "error.list");
        assert_eq!(refused.body["request_id"].as_str().map(str::len), Some(36));
        assert!(!refused.header("X-RateLimit-Remaining").is_empty());
    }
}

#[tokio::test]
async fn another_version_or_none_is_refused_with_a_complaint() {
    let intercom = Intercom::start().await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let me = client.get(intercom.base_url() + "/me").bearer_auth(Intercom::TOKEN);
    let old = me.try_clone().expect("a copy").header("Intercom-Version", "2.15");
    for attempt in [me, old] {
        let refused = send(attempt).await.expect("an answer");
        assert_eq!((refused.status, refused.code()), (400, "intercom_version_invalid"));
    }
    assert_eq!(intercom.complaints().len(), 2);
}

#[tokio::test]
async fn an_unknown_path_method_or_parameter_is_refused_with_a_complaint() {
    let intercom = Intercom::start().await;
    let body = json!({});
    assert_eq!(get(&intercom, "/conversations").await.status, 404);
    assert_eq!(get(&intercom, "/me/").await.status, 404);
    assert_eq!(get(&intercom, "/contacts/search/x").await.status, 404);
    assert_eq!(post(&intercom, "/admins", &body).await.status, 404);
    assert_eq!(get(&intercom, "/me?display_as=plaintext").await.status, 400);
    assert_eq!(get(&intercom, "/admins?display_avatar=1").await.status, 400);
    assert_eq!(intercom.complaints().len(), 6);
}

#[tokio::test]
async fn a_body_must_be_a_json_object_and_say_so() {
    let intercom = Intercom::start().await;
    let ask = || request(&intercom, Method::POST, "/conversations/search");
    let json = "application/json";
    let attempts = [
        ask(),
        ask().body("{}"),
        ask().header("Content-Type", json).body("{"),
        ask().header("Content-Type", json).body("[]"),
        request(&intercom, Method::GET, "/me").body("{}"),
    ];
    for attempt in attempts {
        let refused = send(attempt).await.expect("an answer");
        assert_eq!((refused.status, refused.code()), (400, "bad_request"));
    }
    assert_eq!(intercom.complaints().len(), 5);
}

#[tokio::test]
async fn too_many_requests_are_refused_until_the_reset() {
    let intercom = Intercom::start().await;
    intercom.set_rate_limit(2, Duration::from_secs(2));
    let first = get(&intercom, "/me").await;
    assert_eq!((first.status, first.header("X-RateLimit-Limit")), (200, "2"));
    assert_eq!(first.header("X-RateLimit-Remaining"), "1");
    assert_eq!(get(&intercom, "/me").await.status, 200);
    let refused = get(&intercom, "/me").await;
    assert_eq!((refused.status, refused.code()), (429, "rate_limit_exceeded"));
    assert_eq!(refused.header("X-RateLimit-Remaining"), "0");
    let reset = refused.header("X-RateLimit-Reset").parse().expect("unix seconds");
    let wait = Duration::from_secs(reset).saturating_sub(limiter::unix(SystemTime::now()));
    assert!(!wait.is_zero() && wait <= Duration::from_secs(3), "{wait:?}");
    tokio::time::sleep(wait).await;
    assert_eq!(get(&intercom, "/me").await.status, 200);
    assert_eq!(intercom.complaints(), [""; 0]);
}

#[tokio::test]
async fn the_journal_keeps_what_was_asked_and_answered() {
    let intercom = workspace(1).await;
    let body = json!({"query": filter("id", "=", "1")});
    search(&intercom, &body).await;
    get(&intercom, "/conversations/deleted?page=1&order=asc").await;
    get(&intercom, "/contacts/nobody").await;
    let seen = intercom.seen();
    let asked: Vec<_> = seen.iter().map(|seen| (&*seen.method, &*seen.path, seen.status)).collect();
    let expected = [
        ("POST", "/conversations/search", Some(200)),
        ("GET", "/conversations/deleted", Some(200)),
        ("GET", "/contacts/nobody", Some(404)),
    ];
    assert_eq!(asked, expected);
    assert_eq!(seen[0].body, body);
    let pairs = [("page", "1"), ("order", "asc")].map(|(name, value)| (name.into(), value.into()));
    assert_eq!(seen[1].query, pairs);
    assert!(seen[0].at <= seen[1].at);
}

#[tokio::test]
async fn it_serves_as_long_as_a_clone_lives_and_no_longer() {
    let intercom = Intercom::start().await;
    let clone = intercom.clone();
    drop(intercom);
    let ask = request(&clone, Method::GET, "/me");
    let again = ask.try_clone().expect("the same client, whose connection stays open");
    assert_eq!(send(ask).await.expect("an answer").status, 200);
    drop(clone);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(send(again).await.is_err());
}
