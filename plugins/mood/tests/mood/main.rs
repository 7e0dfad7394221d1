//! What people see of the mood poll, over the in-memory host.

mod answers;
mod times;

use std::sync::Arc;

use cxbot_mood::Mood;
use cxbot_sdk::plugin::{Call, Installed, install};
use cxbot_sdk::testing::{TestHost, comply, conversation};
use cxbot_sdk::{Error, Host, Invoker, Message, Reply, Tick};
use jiff::Timestamp;
use serde_json::{Value, json};

const OPENS: &str = "2026-11-16T10:00:00Z";
const CLOSES: &str = "2026-11-17T12:00:00Z";

fn settings() -> Value {
    json!({"channels": ["slack:C0LEADERS1"]})
}

#[tokio::test]
async fn the_poll_keeps_the_contract_of_plugins() {
    comply::<Mood>(settings()).await;
}

struct Room {
    host: Arc<TestHost>,
    plugin: Box<dyn Installed>,
}

impl Room {
    fn with(settings: Value) -> Room {
        let record = |n: u32| {
            conversation(json!({
                "id": n.to_string(), "score": if n.is_multiple_of(5) { 2 } else { 5 },
                "teammates": [{"id": "1", "name": "Ana"}], "topics": ["Invoices"],
                "closed_at": format!("2026-11-{:02}T10:00:00Z", 2 + n % 14),
            }))
        };
        let mut host = TestHost::new(OPENS, (0..80).map(record).collect());
        host.ballots.asked = Some(14);
        host.ballots.names = vec!["Maya".to_owned()];
        Room { host: Arc::new(host), plugin: install::<Mood>(settings).expect("installs") }
    }

    fn new() -> Room {
        Room::with(settings())
    }

    async fn job(&self, name: &str, slot: &str) {
        let slot: Timestamp = slot.parse().expect("an instant");
        self.host.set_now(slot);
        let host: Arc<dyn Host> = self.host.clone();
        let call = Call::Job { name: name.to_owned(), tick: Tick::on_time(slot) };
        self.plugin.call(host, call).await.expect("it runs");
    }

    async fn act(&self, who: &str, name: &str, arguments: Value) -> String {
        let roles = if who == "leader" { vec!["leader".to_owned()] } else { vec![] };
        let invoker = Invoker {
            id: who.to_owned(),
            name: String::new(),
            roles,
            teammate: vec![],
            teams: vec![],
            channel: None,
        };
        let host: Arc<dyn Host> = self.host.clone();
        let call = Call::Action { name: name.to_owned(), invoker, arguments };
        match self.plugin.call(host, call).await {
            Ok(Reply::Private(message)) => whole(&message),
            Ok(other) => panic!("not private: {other:?}"),
            Err(Error::Refused(message)) => format!("refused: {}", message.plain()),
            Err(Error::Broken(error)) => panic!("{error:#}"),
        }
    }

    async fn say(&self, who: &str, word: &str) -> String {
        self.act(who, "say", json!({"poll": "2026-W46", "word": word})).await
    }

    /// The same room once its settings have become others.
    fn set_anew(self, settings: Value) -> Room {
        Room { plugin: install::<Mood>(settings).expect("installs"), ..self }
    }

    /// What stands above the form of the poll's button.
    async fn form(&self) -> String {
        let host: Arc<dyn Host> = self.host.clone();
        let call =
            Call::Introduce { action: "say".to_owned(), arguments: json!({"poll": "2026-W46"}) };
        match self.plugin.call(host, call).await {
            Ok(Reply::Private(message)) => message.plain(),
            Err(Error::Refused(message)) => format!("refused: {}", message.plain()),
            other => panic!("{other:?}"),
        }
    }

    fn channel(&self) -> String {
        let published = self.host.published();
        let messages: Vec<String> = published.values().map(whole).collect();
        messages.join("\n=====\n")
    }
}

fn whole(message: &Message) -> String {
    let parts = std::iter::once(message).chain(&message.thread);
    parts.map(Message::plain).collect::<Vec<_>>().join("\n---\n")
}

#[test]
fn settings_that_cannot_be_read_are_refused_in_our_own_words() {
    for (settings, wanted) in [
        (
            json!({"remind_at": "9am"}),
            "remind_at: \"9am\" is not a time of day; write it like \"09:00\"",
        ),
        (
            json!({"remind_at": "25:00"}),
            "remind_at: \"25:00\" is not a time of day; write it like \"09:00\"",
        ),
        (
            json!({"skip": ["28.12.2026"]}),
            "skip: \"28.12.2026\" is not a day; write it like \"2026-12-28\"",
        ),
    ] {
        let refused = install::<Mood>(settings).err().expect("refused").to_string();
        assert_eq!(refused, wanted);
    }
    for good in ["09:00", "9:30", "09:00:00"] {
        assert!(install::<Mood>(json!({"remind_at": good})).is_ok(), "{good}");
    }
}
