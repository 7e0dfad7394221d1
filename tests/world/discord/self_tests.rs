//! Tests of the fake itself: a fake that is wrong or lenient would let the program be wrong.

mod answers;
mod client;
mod commanding;
mod door;
mod faults;
mod forums;
mod judges;
mod limits;
mod mentions;
mod nonces;
mod posting;
mod private;
mod robot;
mod samples;
mod sessions;
mod typing;

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::Discord;

const CHANNEL: &str = "1100000000000000001";
const FORUM: &str = "1100000000000000002";
const TAG: &str = "1100000000000000003";
const ALICE: &str = "1400000000000000001";
const BOB: &str = "1400000000000000002";
const LEADS: &str = "1500000000000000001";
const AGENT: &str = "DiscordBot (https://example.com/cxbot, 0.1.0)";

const POST: &str = "POST /channels/{c}/messages";

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("a header {name}")).to_str().expect("text")
    }

    fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("an id in {}", self.body)).to_owned()
    }

    fn code(&self) -> u64 {
        self.body["code"].as_u64().unwrap_or_else(|| panic!("a code in {}", self.body))
    }
}

/// A server with a channel, a forum, and two people, one of them a lead.
async fn server() -> Discord {
    let discord = Discord::start().await;
    discord.paced(false);
    discord.put_channel(CHANNEL, "support");
    discord.put_forum(FORUM, "digests", false);
    discord.put_tag(FORUM, TAG, "weekly");
    discord.put_role(LEADS, "leads");
    discord.put_member(ALICE, "Alice", &[LEADS]);
    discord.put_member(BOB, "Bob", &[]);
    discord
}

fn request(discord: &Discord, http: Method, path: &str) -> RequestBuilder {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    client
        .request(http, format!("{}/api/v10{path}", discord.api_url()))
        .header("User-Agent", AGENT)
        .header("Authorization", format!("Bot {}", Discord::TOKEN))
}

async fn send(request: RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await?;
    Ok(Answer { status, headers, body: serde_json::from_str(&text).unwrap_or_default() })
}

async fn call(discord: &Discord, http: &str, path: &str, body: Value) -> Answer {
    let http = http.parse().expect("a method");
    send(request(discord, http, path).json(&body)).await.expect("an answer")
}

async fn get(discord: &Discord, path: &str) -> Answer {
    send(request(discord, Method::GET, path)).await.expect("an answer")
}

async fn post(discord: &Discord, body: Value) -> Answer {
    call(discord, "POST", &format!("/channels/{CHANNEL}/messages"), body).await
}

async fn say(discord: &Discord, text: &str) -> Answer {
    post(discord, json!({"content": text})).await
}

/// A file of a form beside its JSON; written by hand, as multipart is.
async fn post_file(discord: &Discord, body: Value, name: &str, bytes: &[u8]) -> Answer {
    let mut form = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\
         Content-Type: application/json\r\n\r\n{body}\r\n--edge\r\n\
         Content-Disposition: form-data; name=\"files[0]\"; filename=\"{name}\"\r\n\
         Content-Type: image/png\r\n\r\n"
    )
    .into_bytes();
    form.extend_from_slice(bytes);
    form.extend_from_slice(b"\r\n--edge--\r\n");
    let path = format!("/channels/{CHANNEL}/messages");
    let request = request(discord, Method::POST, &path)
        .header("Content-Type", "multipart/form-data; boundary=edge")
        .body(form);
    send(request).await.expect("an answer")
}

/// The command with which these tests act.
fn command() -> Value {
    json!([{
        "name": "cx", "description": "The support bot", "options": [
            {"type": 1, "name": "status", "description": "How it is"},
            {"type": 1, "name": "teammate", "description": "One of us", "options": [
                {"type": 3, "name": "name", "description": "Who", "required": true,
                 "autocomplete": true},
                {"type": 4, "name": "weeks", "description": "How many", "min_value": 1,
                 "max_value": 9},
                {"type": 6, "name": "whose", "description": "For whom"}
            ]},
        ],
    }])
}

async fn register(discord: &Discord) -> Answer {
    let path = format!("/applications/{}/guilds/{}/commands", Discord::APPLICATION, Discord::GUILD);
    call(discord, "PUT", &path, command()).await
}

/// The only complaint there is.
fn complaint(discord: &Discord) -> String {
    let complaints = discord.complaints();
    assert_eq!(complaints.len(), 1, "{complaints:?}");
    complaints[0].clone()
}

fn content(discord: &Discord) -> Vec<String> {
    discord.channel(CHANNEL).into_iter().map(|shown| shown.content).collect()
}

const SOON: Duration = Duration::from_secs(5);
