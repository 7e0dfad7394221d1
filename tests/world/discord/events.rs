//! What tests read: the events of a channel, and what it shows.

use std::time::Instant;

use serde_json::Value;

use super::Attachment;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum What {
    Posted,
    Edited,
    Deleted,
}

/// Something that became visible, by the bot or by a person.
#[derive(Clone, Debug)]
pub struct Event {
    pub at: Instant,
    pub channel: String,
    pub what: What,
    /// As it was afterwards, or before it was deleted.
    pub shown: Shown,
}

/// A message as a person sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub id: String,
    pub author: String,
    pub content: String,
    /// Lists, empty for none.
    pub embeds: Value,
    pub components: Value,
    pub attachments: Vec<Attachment>,
    pub edited: bool,
    /// The one person who sees it; None for everybody.
    pub only_for: Option<String>,
    /// Deferred: the answer has not come yet.
    pub thinking: bool,
    /// Posted without a notification.
    pub silent: bool,
    /// The thread that starts here.
    pub thread: Option<String>,
}

impl Shown {
    /// The content and all words of the embeds, one a line.
    pub fn words(&self) -> String {
        let mut words = vec![self.content.clone()];
        for embed in self.embeds.as_array().into_iter().flatten() {
            let fields = embed["fields"].as_array().cloned().unwrap_or_default();
            let parts = [&embed["author"]["name"], &embed["title"], &embed["description"]];
            let pairs = fields.iter().flat_map(|field| [&field["name"], &field["value"]]);
            let all = parts.into_iter().chain(pairs).chain([&embed["footer"]["text"]]);
            words.extend(all.filter_map(Value::as_str).map(str::to_owned));
        }
        words.retain(|part| !part.is_empty());
        words.join("\n")
    }

    /// The labels of its buttons.
    pub fn buttons(&self) -> Vec<String> {
        let rows = self.components.as_array().into_iter().flatten();
        let all = rows.filter_map(|row| row["components"].as_array()).flatten();
        let labels = all.filter(|it| it["type"] == 2).map(|it| it["label"].as_str());
        labels.map(|label| label.unwrap_or_default().to_owned()).collect()
    }
}
