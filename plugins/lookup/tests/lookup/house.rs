//! A support house in memory, and what someone in it is told.

use std::sync::Arc;

use cxbot_lookup::Lookup;
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::plugin::{Call, install};
use cxbot_sdk::testing::{TestHost, conversation};
use cxbot_sdk::{Error, Host, Invoker, Message, Reply};
use serde_json::{Value, json};

pub const NOW: &str = "2026-11-16T09:00:00Z";

pub fn one(id: u32, day: &str, score: u8, fields: Value) -> Conversation {
    let mut record = json!({
        "source": "intercom", "id": id.to_string(), "closed_at": format!("{day}T10:00:00Z"),
        "score": score, "explanation": "<!channel> It was solved, quickly!",
        "teammates": [{"id": "1", "name": "Ana Silva", "role": "closer"}],
        "customer": {"id": format!("c{}", id % 3), "name": "Lee <@U1>", "email": "lee@acme.example",
            "company": {"id": "acme", "name": "Acme Ltd"}},
    });
    record.as_object_mut().expect("an object").extend(fields.as_object().expect("one").clone());
    conversation(record)
}

/// Eight weeks of Ana's work, and one conversation each of two others.
pub fn autumn() -> Vec<Conversation> {
    let mut all = Vec::new();
    for week in 0..8u32 {
        for n in 0..8u32 {
            let day =
                format!("2026-{:02}-{:02}", 9 + (21 + week * 7) / 30, 1 + (21 + week * 7) % 30);
            let topic = if n % 2 == 0 { "Invoices" } else { "Log-in" };
            let score = if (week + n) % 4 == 0 { 2 } else { 5 };
            all.push(one(week * 8 + n, &day, score, json!({"topics": [topic]})));
        }
    }
    let other =
        |id: &str, name: &str| json!({"teammates": [{"id": id, "name": name, "role": "closer"}]});
    all.push(one(900, "2026-11-10", 4, other("2", "Ana Sousa")));
    all.push(one(901, "2026-11-10", 4, other("3", "Ben Okri")));
    all
}

pub fn invoker(role: &str, teammate: &[&str]) -> Invoker {
    Invoker {
        id: "x@example.com".to_owned(),
        name: "Xenia".to_owned(),
        roles: if role.is_empty() { vec![] } else { vec![role.to_owned()] },
        teammate: teammate.iter().map(|id| (*id).to_owned()).collect(),
        teams: vec![],
        channel: None,
    }
}

/// All words of what someone is told, in the thread too.
pub async fn ask(host: &Arc<TestHost>, invoker: Invoker, name: &str, arguments: Value) -> String {
    match reply(host, invoker, name, arguments).await {
        Ok(message) => {
            let parts = std::iter::once(&message).chain(&message.thread);
            parts.map(|part| part.plain()).collect::<Vec<_>>().join("\n---\n")
        }
        Err(refused) => format!("refused: {}", refused.plain()),
    }
}

/// `Err` is a refusal.
pub async fn reply(
    host: &Arc<TestHost>,
    invoker: Invoker,
    name: &str,
    arguments: Value,
) -> Result<Message, Message> {
    let settings = json!({"groups": [
        {"name": "VIP", "companies": ["Acme Ltd", "Nobody Inc"]},
        {"name": "Nordics", "attribute": {"name": "region", "value": "nordics"}},
        {"name": "North", "companies": ["FJORD  as"], "attribute": {"name": "region", "value": "nordics"}},
    ]});
    let plugin = install::<Lookup>(settings).expect("installs");
    let host: Arc<dyn Host> = host.clone();
    let call = Call::Action { name: name.to_owned(), invoker, arguments };
    match plugin.call(host, call).await {
        Ok(Reply::Private(message)) => Ok(message),
        Ok(other) => panic!("not private: {other:?}"),
        Err(Error::Refused(message)) => Err(*message),
        Err(Error::Broken(error)) => panic!("{error:#}"),
    }
}

pub fn host() -> Arc<TestHost> {
    Arc::new(TestHost::new(NOW, autumn()))
}
