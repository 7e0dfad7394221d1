//! A bare gateway client, which does what a test says and nothing on its own.

use std::io::Read;
use std::time::Duration;

use flate2::read::ZlibDecoder;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::{Answer, Discord, call, get};

pub struct Robot {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub discord: Discord,
}

/// What a frame was.
#[derive(Debug)]
pub enum Heard {
    Frame(Value),
    Binary(Value),
    Closed(Option<u16>),
    /// Nothing for a while.
    Nothing,
}

impl Robot {
    pub async fn connect(discord: &Discord) -> Robot {
        let url = get(discord, "/gateway").await.body["url"].as_str().expect("a url").to_owned();
        let (socket, _) = connect_async(format!("{url}/?v=10")).await.expect("a socket");
        Robot { socket, discord: discord.clone() }
    }

    /// Connected, greeted, and with a session.
    pub async fn start(discord: &Discord) -> Robot {
        let mut robot = Robot::connect(discord).await;
        assert_eq!(robot.frame().await["op"], 10);
        robot.identify(json!({})).await;
        assert_eq!(robot.frame().await["t"], "READY");
        robot
    }

    pub async fn identify(&mut self, more: Value) {
        let mut data = json!({
            "token": Discord::TOKEN, "intents": 0,
            "properties": {"os": "linux", "browser": "robot", "device": "robot"},
        });
        data.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
        self.say(json!({"op": 2, "d": data})).await;
    }

    pub async fn resume(&mut self, session: &Value, seq: u64) {
        let data = json!({"token": Discord::TOKEN, "session_id": session, "seq": seq});
        self.say(json!({"op": 6, "d": data})).await;
    }

    pub async fn say(&mut self, frame: Value) {
        let _ = self.socket.send(Message::text(frame.to_string())).await;
    }

    pub async fn frame(&mut self) -> Value {
        match self.hear_within(Duration::from_secs(10)).await {
            Heard::Frame(frame) | Heard::Binary(frame) => frame,
            other => panic!("no frame but {other:?}"),
        }
    }

    /// For a moment only, where it is silence that is waited for.
    pub async fn hear(&mut self) -> Heard {
        self.hear_within(Duration::from_millis(700)).await
    }

    async fn hear_within(&mut self, wait: Duration) -> Heard {
        let Ok(read) = tokio::time::timeout(wait, self.socket.next()).await else {
            return Heard::Nothing;
        };
        match read {
            Some(Ok(Message::Text(text))) => {
                Heard::Frame(serde_json::from_str(&text).expect("JSON"))
            }
            Some(Ok(Message::Binary(bytes))) => {
                let mut text = String::new();
                ZlibDecoder::new(&bytes[..]).read_to_string(&mut text).expect("zlib");
                Heard::Binary(serde_json::from_str(&text).expect("JSON"))
            }
            Some(Ok(Message::Close(frame))) => Heard::Closed(frame.map(|it| it.code.into())),
            Some(Err(_)) | None => Heard::Closed(None),
            Some(Ok(other)) => panic!("{other:?}"),
        }
    }

    /// The code with which the connection ends.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            match self.hear_within(Duration::from_secs(10)).await {
                Heard::Closed(code) => return code,
                Heard::Nothing => panic!("still open"),
                Heard::Frame(_) | Heard::Binary(_) => {}
            }
        }
    }

    /// Closes with a code, and waits until the other side has read it.
    pub async fn goodbye(mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.socket.close(Some(frame)).await.expect("an open socket");
        self.closed().await;
        let discord = self.discord.clone();
        while discord.is_connected() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The next interaction.
    pub async fn interaction(&mut self) -> Value {
        let frame = self.frame().await;
        assert_eq!(frame["t"], "INTERACTION_CREATE", "{frame}");
        frame["d"].clone()
    }

    /// Answers an interaction first.
    pub async fn callback(&self, interaction: &Value, body: Value) -> Answer {
        let (id, token) = (text(interaction, "id"), text(interaction, "token"));
        call(&self.discord, "POST", &format!("/interactions/{id}/{token}/callback"), body).await
    }

    /// What comes after the first answer; `""` for a message more.
    pub async fn hook(&self, http: &str, interaction: &Value, id: &str, body: Value) -> Answer {
        let token = text(interaction, "token");
        let rest = if id.is_empty() { String::new() } else { format!("/messages/{id}") };
        let path = format!("/webhooks/{}/{token}{rest}", Discord::APPLICATION);
        match http {
            "GET" => get(&self.discord, &path).await,
            _ => call(&self.discord, http, &path, body).await,
        }
    }
}

pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().expect("a text")
}
