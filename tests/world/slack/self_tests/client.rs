//! A small Socket Mode client for the self-tests.

use std::future::Future;

use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::super::{Pressed, Slack};
use super::{Answer, CHANNEL, PERSON, request, send};

pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The first frame, a hello unless there are too many.
    pub greeted: Value,
}

impl Client {
    pub async fn connect(slack: &Slack) -> Client {
        let mut client = Client::dial(&address(slack).await).await.expect("a connection");
        client.greeted = client.next().await;
        client
    }

    /// Without reading anything.
    pub async fn dial(address: &str) -> Option<Client> {
        let (socket, _) = connect_async_with_config(address, None, true).await.ok()?;
        Some(Client { socket, greeted: Value::Null })
    }

    pub async fn next(&mut self) -> Value {
        self.try_next().await.expect("a frame")
    }

    /// The next frame, or None once the connection is gone.
    pub async fn try_next(&mut self) -> Option<Value> {
        loop {
            match self.socket.next().await?.ok()? {
                Message::Text(text) => return Some(serde_json::from_str(&text).expect("JSON")),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// Whether the connection ended with a handshake, after any number of frames.
    pub async fn ended_politely(mut self) -> bool {
        while let Some(read) = self.socket.next().await {
            match read {
                Ok(Message::Close(_)) => return true,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
        false
    }

    /// Sends a frame and waits until the fake has read it: frames are read in order.
    pub async fn say(&mut self, frame: Value) {
        self.socket.send(Message::text(frame.to_string())).await.expect("an open socket");
        self.socket.send(Message::Ping("read?".into())).await.expect("an open socket");
        loop {
            match self.socket.next().await.expect("an open socket").expect("a frame") {
                Message::Pong(_) => return,
                Message::Text(text) => panic!("{text} comes in between"),
                _ => {}
            }
        }
    }

    /// Takes the next envelope and acknowledges it, with a payload if there is one.
    pub async fn answer(&mut self, payload: Value) -> Value {
        let envelope = self.next().await;
        let mut ack = json!({"envelope_id": envelope["envelope_id"]});
        if !payload.is_null() {
            ack["payload"] = payload;
        }
        self.socket.send(Message::text(ack.to_string())).await.expect("an open socket");
        envelope
    }

    /// What became of an act that is acknowledged with a payload, and the envelope's payload.
    pub async fn during(
        &mut self,
        act: impl Future<Output = Pressed>,
        payload: Value,
    ) -> (Pressed, Value) {
        let (pressed, envelope) = tokio::join!(act, self.answer(payload));
        (pressed, envelope["payload"].clone())
    }
}

pub async fn open(slack: &Slack, token: &str) -> Answer {
    let request = request(slack, Method::POST, "apps.connections.open").header("authorization", "");
    let mut request = request.build().expect("a request");
    let bearer = format!("Bearer {token}").parse().expect("a header");
    request.headers_mut().insert("authorization", bearer);
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    send(reqwest::RequestBuilder::from_parts(client, request)).await.expect("an answer")
}

pub async fn address(slack: &Slack) -> String {
    let opened = open(slack, Slack::APP_TOKEN).await;
    opened.body["url"].as_str().unwrap_or_else(|| panic!("{}", opened.body)).to_owned()
}

/// A workspace with a person in its channel, and a client on its socket.
pub async fn listening() -> (Slack, Client) {
    let slack = super::workspace().await;
    slack.put_user(PERSON, "alice");
    let client = Client::connect(&slack).await;
    (slack, client)
}

/// A command by the person, acknowledged with a payload; its response address.
pub async fn command(slack: &Slack, client: &mut Client, payload: Value) -> String {
    let act = slack.type_command(PERSON, CHANNEL, "/cx", "help");
    let (pressed, told) = client.during(act, payload).await;
    assert_eq!(pressed.said, None);
    told["response_url"].as_str().expect("an address").to_owned()
}
