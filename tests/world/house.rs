//! A support house without a process around it: the real application over a store in memory, with the
//! clock of the demo, so that hundreds of questions can be asked in a second.

use std::sync::Arc;

use cxbot::clock::FixedClock;
use cxbot::config::{Config, PersonConfig};
use cxbot::host::{App, Plugins, people};
use cxbot::store::{Address, Batch};
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::message::Button;
use cxbot_sdk::{Invoker, Message, Reply};

/// Monday morning after week 46.
pub const NOW: &str = "2026-11-16T09:00:00Z";

pub struct House {
    pub app: App,
    people: Vec<PersonConfig>,
}

impl House {
    /// With these settings, as the file has them, and these conversations.
    pub async fn open(settings: &str, records: Vec<Conversation>) -> House {
        House::open_at(&Address::Memory, settings, records).await
    }

    /// The same over a store of its own.
    pub async fn open_at(at: &Address, settings: &str, records: Vec<Conversation>) -> House {
        let config: Config = toml::from_str(settings).expect("settings");
        let plugins = Plugins::install(&config).expect("plugins");
        let clock = Arc::new(FixedClock(NOW.parse().expect("an instant")));
        let app = App::build_at(&config, plugins, clock, at).await.expect("an app");
        let batch = Batch { put: records, ..Batch::default() };
        app.store().apply(batch).await.expect("stored");
        House { app, people: config.people }
    }

    /// Someone of `[[people]]`, as they ask in private; a stranger where nobody has the name.
    pub fn person(&self, name: &str) -> Invoker {
        let found = self.people.iter().find(|person| person.name == name);
        found.map_or_else(|| people::stranger("somebody"), people::invoker)
    }

    /// What someone is shown or told: `Err` is a refusal.
    pub async fn ask(&self, line: &str, invoker: Invoker) -> Result<Message, Message> {
        let reply = match Button::parts(line).is_some() {
            true => self.app.press(line, invoker).await,
            false => self.app.command(line, invoker).await,
        };
        match reply {
            Ok(Reply::Private(message) | Reply::Public(message)) => Ok(message),
            Ok(other) => panic!("{line}: no message but {other:?}"),
            Err(cxbot_sdk::Error::Refused(message)) => Err(*message),
            Err(cxbot_sdk::Error::Broken(error)) => panic!("{line}: {error:#}"),
        }
    }
}

/// All words of a message and its thread.
pub fn words(message: &Message) -> String {
    let parts = std::iter::once(message).chain(&message.thread);
    let parts = parts.map(|part| format!("{}\n{}", part.summary.words(), part.plain()));
    parts.collect::<Vec<_>>().join("\n")
}
