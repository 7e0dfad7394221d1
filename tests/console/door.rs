//! Who is let in and who is not.

use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::Demo;

/// `http://127.0.0.1:PORT` of an address.
fn origin(address: &str) -> &str {
    let path = address.trim_end_matches('/').rfind('/').expect("a path");
    &address[..path]
}

fn line(words: &str) -> Value {
    json!({"as": "grace@example.com", "line": words})
}

async fn say(demo: &Demo, from: &str, words: &str) -> StatusCode {
    let call = Client::new().post(format!("{}say", demo.address)).header("origin", from);
    call.json(&line(words)).send().await.expect("an answer").status()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_printed_address_opens_the_console_and_only_from_its_own_page() {
    let demo = Demo::start().await;
    let own = origin(&demo.address).to_owned();
    let client = Client::new();
    let get =
        |address: String| async { client.get(address).send().await.expect("an answer").status() };
    assert_eq!(get(demo.address.clone()).await, StatusCode::OK);
    // Without the key, with another one, with one letter less.
    assert_eq!(get(format!("{own}/")).await, StatusCode::NOT_FOUND);
    assert_eq!(get(format!("{own}/{}/", "0".repeat(32))).await, StatusCode::NOT_FOUND);
    let shorter = demo.address[..demo.address.len() - 2].to_owned();
    assert_eq!(get(format!("{shorter}/")).await, StatusCode::NOT_FOUND);
    // A name that someone else points to this machine.
    let named = client.get(&demo.address).header("host", "evil.example");
    assert_eq!(named.send().await.expect("an answer").status(), StatusCode::FORBIDDEN);
    // Forms of other pages, with the right key even.
    assert_eq!(say(&demo, "https://evil.example", "/cx help").await, StatusCode::FORBIDDEN);
    assert_eq!(say(&demo, "null", "/cx help").await, StatusCode::FORBIDDEN);
    let plain = client.post(format!("{}say", demo.address)).header("origin", &own);
    let plain = plain.header("content-type", "text/plain").body(line("/cx help").to_string());
    let status = plain.send().await.expect("an answer").status();
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(say(&demo, &own, "/cx help").await, StatusCode::OK);
    assert!(demo.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_forbids_scripts_and_frames_of_others() {
    let demo = Demo::start().await;
    let own = origin(&demo.address).to_owned();
    for address in
        [demo.address.clone(), format!("{}console.js", demo.address), format!("{own}/no")]
    {
        let answer = Client::new().get(&address).send().await.expect("an answer");
        let header = |name: &str| answer.headers()[name].to_str().expect("words").to_owned();
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cache-control"), "no-store");
    }
    assert!(demo.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_console_cannot_read_is_refused_with_a_reason() {
    let demo = Demo::start().await;
    let own = origin(&demo.address).to_owned();
    let tell = |act: &'static str, body: Value| {
        let call = Client::new().post(format!("{}{act}", demo.address)).header("origin", &own);
        async move {
            let answer = call.json(&body).send().await.expect("an answer");
            (answer.status().as_u16(), answer.text().await.expect("words"))
        }
    };
    let (status, why) = tell("say", json!({"as": "nobody@example.com", "line": "/cx help"})).await;
    assert_eq!((status, &*why), (400, "as: there is nobody of that name here\n"));
    let (status, why) = tell("say", line("hello")).await;
    assert_eq!(status, 200);
    assert_eq!(why, r#"{"say":"Nobody but cxbot is here. Begin with /cx, such as /cx help."}"#);
    let (_, why) = tell("say", line(&format!("/cx {}", "a".repeat(3_000)))).await;
    assert_eq!(why, r#"{"say":"That is longer than 2000 letters. Ask with fewer."}"#);
    let back = json!({"as": "grace@example.com", "by": "-PT1H"});
    let (status, why) = tell("forward", back).await;
    assert_eq!((status, &*why), (400, "by: the clock moves forward only\n"));
    let (status, _) = tell("say", json!("no object")).await;
    assert_eq!(status, 422);
    assert!(demo.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_named_and_so_is_the_way_out() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let mut demo = tokio::process::Command::new(env!("CARGO_BIN_EXE_cxbot"));
    let demo = demo.args(["demo", "--port", &port]).output();
    let out = tokio::time::timeout(Duration::from_secs(60), demo).await;
    let out = out.expect("in time").expect("an end");
    assert_eq!(out.status.code(), Some(1));
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    let wanted = "cannot be used; name another one with --port";
    assert!(said.contains(&port) && said.contains(wanted), "{said}");
}
