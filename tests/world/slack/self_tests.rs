//! Tests of the fake itself: a fake that is wrong or lenient would let the program be wrong.

mod acting;
mod answers;
mod client;
mod content;
mod conversations;
mod crates;
mod door;
mod editing;
mod faults;
mod forms;
mod groups;
mod history;
mod pages;
mod posting;
mod sockets;
mod tables;
mod views;

use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::Slack;

const CHANNEL: &str = "C0SUPPORT1";
const PERSON: &str = "U0ALICE001";

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("a header {name}")).to_str().expect("text")
    }

    fn error(&self) -> &str {
        self.body["error"].as_str().unwrap_or("no error")
    }

    fn ts(&self) -> String {
        assert_eq!(self.body["ok"], true, "{}", self.body);
        self.body["ts"].as_str().expect("a timestamp").to_owned()
    }

    fn texts(&self) -> Vec<&str> {
        let messages = self.body["messages"].as_array().expect("messages");
        messages.iter().map(|message| message["text"].as_str().expect("a text")).collect()
    }

    fn next(&self) -> Option<&str> {
        self.body.pointer("/response_metadata/next_cursor")?.as_str()
    }
}

/// A workspace with one channel and without rate limits.
async fn workspace() -> Slack {
    let slack = Slack::start().await;
    slack.paced(false);
    slack.put_channel(CHANNEL, "support");
    slack
}

fn request(slack: &Slack, http: Method, method: &str) -> RequestBuilder {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    client.request(http, format!("{}/{method}", slack.api_url())).bearer_auth(Slack::BOT_TOKEN)
}

async fn send(request: RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await?;
    Ok(Answer { status, headers, body: serde_json::from_str(&text).unwrap_or_default() })
}

fn json_request(slack: &Slack, method: &str, arguments: &Value) -> RequestBuilder {
    request(slack, Method::POST, method)
        .header("Content-Type", "application/json; charset=utf-8")
        .body(arguments.to_string())
}

/// A call that keeps every rule of form: a query for what reads, JSON for what writes.
async fn attempt(slack: &Slack, method: &str, arguments: &Value) -> reqwest::Result<Answer> {
    let reads = ["chat.getPermalink", "team.info", "users.", "conversations.", "usergroups."];
    let by_query = reads.iter().any(|reader| method.starts_with(reader));
    if !by_query || method == "conversations.open" {
        return send(json_request(slack, method, arguments)).await;
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let fields = arguments.as_object().expect("arguments");
    let pairs: Vec<(&String, String)> = fields.iter().map(|(key, it)| (key, text(it))).collect();
    send(request(slack, Method::GET, method).query(&pairs)).await
}

async fn call(slack: &Slack, method: &str, arguments: Value) -> Answer {
    attempt(slack, method, &arguments).await.expect("an answer")
}

async fn post(slack: &Slack, text: &str) -> Answer {
    call(slack, "chat.postMessage", json!({"channel": CHANNEL, "text": text})).await
}

async fn post_blocks(slack: &Slack, blocks: Value) -> Answer {
    let arguments = json!({
        "channel": CHANNEL, "text": "words", "blocks": blocks,
        "unfurl_links": false, "unfurl_media": false,
    });
    call(slack, "chat.postMessage", arguments).await
}

async fn reply(slack: &Slack, parent: &str, text: &str) -> Answer {
    let arguments = json!({"channel": CHANNEL, "thread_ts": parent, "text": text});
    call(slack, "chat.postMessage", arguments).await
}

async fn history(slack: &Slack, mut more: Value) -> Answer {
    more["channel"] = json!(CHANNEL);
    call(slack, "conversations.history", more).await
}

/// The only complaint there is.
fn complaint(slack: &Slack) -> String {
    let complaints = slack.complaints();
    assert_eq!(complaints.len(), 1, "{complaints:?}");
    complaints[0].clone()
}
