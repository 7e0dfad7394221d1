//! Self-tests of the faults: each does what it says, to one request.

use std::time::{Duration, Instant, SystemTime};

use reqwest::Method;
use serde_json::Value;

use super::super::{Fault, Intercom, limiter};
use super::{after, everything, get, request, search, send, workspace};

const SEARCH: &str = "/conversations/search";

#[tokio::test]
async fn faults_are_played_in_turn_and_only_on_their_path() {
    let intercom = Intercom::start().await;
    intercom.fault("/me", [Fault::Status(500), Fault::Status(403), Fault::Status(503)]);
    assert_eq!(get(&intercom, "/teams").await.status, 200);
    let first = get(&intercom, "/me").await;
    assert_eq!((first.status, first.code()), (500, "server_error"));
    assert_eq!(first.body["type"], "error.list");
    assert_eq!(get(&intercom, "/me").await.code(), "api_plan_restricted");
    assert_eq!(get(&intercom, "/me").await.code(), "service_unavailable");
    assert_eq!(get(&intercom, "/me").await.status, 200);
}

#[tokio::test]
async fn a_request_refused_at_the_door_uses_no_fault_up() {
    let intercom = Intercom::start().await;
    intercom.fault("/me", [Fault::Status(500)]);
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let stranger = send(client.get(intercom.base_url() + "/me")).await.expect("an answer");
    assert_eq!(stranger.status, 401);
    assert_eq!(get(&intercom, "/me").await.status, 500);
}

#[tokio::test]
async fn a_faulty_answer_does_not_hide_the_clients_mistakes() {
    let intercom = Intercom::start().await;
    intercom.fault("/me", [Fault::Status(500)]);
    assert_eq!(get(&intercom, "/me?x=1").await.status, 500);
    assert_eq!(intercom.complaints().len(), 1);
}

#[tokio::test]
async fn rate_limited_announces_its_reset() {
    let intercom = Intercom::start().await;
    intercom.fault("/me", [Fault::RateLimited { reset_in: Duration::from_secs(30) }]);
    let refused = get(&intercom, "/me").await;
    assert_eq!((refused.status, refused.code()), (429, "rate_limit_exceeded"));
    assert_eq!(refused.header("X-RateLimit-Remaining"), "0");
    let reset: u64 = refused.header("X-RateLimit-Reset").parse().expect("unix seconds");
    let ahead = reset - limiter::unix(SystemTime::now()).as_secs();
    assert!((29..=31).contains(&ahead), "{ahead}");
    assert_eq!(get(&intercom, "/me").await.status, 200);
}

#[tokio::test]
async fn cut_closes_the_connection_without_an_answer() {
    let intercom = Intercom::start().await;
    intercom.fault("/me", [Fault::Cut]);
    let sent = request(&intercom, Method::GET, "/me").send().await;
    assert!(sent.is_err(), "not even a head");
    assert_eq!(intercom.seen()[0].status, None);
    assert_eq!(get(&intercom, "/me").await.status, 200);
    assert_eq!(intercom.seen().len(), 2, "the client did not try again by itself");
}

#[tokio::test]
async fn cut_body_sends_the_head_and_half_of_the_body() {
    let intercom = Intercom::start().await;
    intercom.fault("/me", [Fault::CutBody]);
    let mut response = request(&intercom, Method::GET, "/me").send().await.expect("a head");
    assert_eq!(response.status(), 200);
    let promised = response.content_length().expect("a length");
    let half = response.chunk().await.expect("the first half").expect("a chunk");
    assert_eq!(half.len() as u64, promised / 2);
    assert!(response.chunk().await.is_err());
    assert_eq!(get(&intercom, "/me").await.status, 200);
}

#[tokio::test]
async fn slow_answers_late_and_in_full() {
    let intercom = Intercom::start().await;
    intercom.fault("/me", [Fault::Slow(Duration::from_millis(500)); 2]);
    let begun = Instant::now();
    assert_eq!(get(&intercom, "/me").await.status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(500));
    let hasty = request(&intercom, Method::GET, "/me").timeout(Duration::from_millis(250));
    assert!(send(hasty).await.err().is_some_and(|error| error.is_timeout()));
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(intercom.seen()[1].status, None, "the client stopped waiting");
}

#[tokio::test]
async fn html_is_a_page_without_intercoms_headers() {
    let intercom = Intercom::start().await;
    intercom.fault("/me", [Fault::Html(502)]);
    let page = get(&intercom, "/me").await;
    assert_eq!((page.status, page.header("Content-Type")), (502, "text/html"));
    assert_eq!(page.body, Value::Null, "not JSON");
    assert!(!page.headers.contains_key("X-RateLimit-Remaining"));
}

#[tokio::test]
async fn repeat_cursor_waits_for_a_cursor_and_hands_it_back() {
    let intercom = workspace(3).await;
    intercom.fault(SEARCH, [Fault::RepeatCursor]);
    let body = everything("created_at", "ascending", 1);
    let first = search(&intercom, &body).await;
    let cursor = first.next().expect("a cursor");
    let body = after(body, cursor);
    let second = search(&intercom, &body).await;
    assert_eq!((second.ids(), second.next()), (vec!["2"], Some(cursor)));
    let again = search(&intercom, &body).await;
    assert_eq!(again.ids(), ["2"]);
    assert_ne!(again.next(), Some(cursor));
}

#[tokio::test]
async fn empty_page_with_next_leads_on_to_what_it_left_out() {
    let intercom = workspace(2).await;
    intercom.fault(SEARCH, [Fault::EmptyPageWithNext]);
    let body = everything("created_at", "ascending", 20);
    let empty = search(&intercom, &body).await;
    assert_eq!((empty.status, empty.ids().len()), (200, 0));
    let rest = search(&intercom, &after(body, empty.next().expect("a cursor"))).await;
    assert_eq!((rest.ids(), rest.next()), (vec!["1", "2"], None));
}
