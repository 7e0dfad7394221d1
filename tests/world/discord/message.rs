//! A message, and what a person sees of it.

use serde_json::{Value, json};

use super::attachments::Attachment;
use super::events::Shown;
use super::guild::Guild;

/// Only one person sees it.
pub const EPHEMERAL: u64 = 1 << 6;
/// "Thinking…", until the answer comes.
pub const LOADING: u64 = 1 << 7;
pub const SUPPRESS_EMBEDS: u64 = 1 << 2;
pub const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;

#[derive(Clone)]
pub struct Message {
    /// Empty before it is posted.
    pub id: String,
    pub channel: String,
    pub author: String,
    pub content: String,
    /// A list, as are the components.
    pub embeds: Value,
    pub components: Value,
    pub attachments: Vec<Attachment>,
    pub flags: u64,
    /// Null for none.
    pub nonce: Value,
    /// When, for those that were.
    pub edited: Option<String>,
    pub posted: String,
    pub only_for: Option<String>,
    /// Whom it mentions with effect: ids, `&` before a role's, `@everyone` and `@here`.
    pub pings: Vec<String>,
    /// The token of the interaction that it answers.
    pub token: Option<String>,
    pub deleted: bool,
}

impl Message {
    pub fn new(channel: &str, author: &str) -> Message {
        Message {
            id: String::new(),
            channel: channel.to_owned(),
            author: author.to_owned(),
            content: String::new(),
            embeds: json!([]),
            components: json!([]),
            attachments: Vec::new(),
            flags: 0,
            nonce: Value::Null,
            edited: None,
            posted: now(),
            only_for: None,
            pings: Vec::new(),
            token: None,
            deleted: false,
        }
    }

    pub fn is_loading(&self) -> bool {
        self.flags & LOADING != 0
    }

    pub fn is_empty(&self) -> bool {
        let none = |list: &Value| list.as_array().is_none_or(Vec::is_empty);
        let words = !self.content.trim().is_empty();
        !words && none(&self.embeds) && none(&self.components) && self.attachments.is_empty()
    }

    pub fn shown(&self, guild: &Guild) -> Shown {
        let hidden = self.flags & SUPPRESS_EMBEDS != 0;
        Shown {
            id: self.id.clone(),
            author: self.author.clone(),
            content: self.content.clone(),
            embeds: if hidden { json!([]) } else { self.embeds.clone() },
            components: self.components.clone(),
            attachments: self.attachments.clone(),
            edited: self.edited.is_some(),
            only_for: self.only_for.clone(),
            thinking: self.is_loading(),
            silent: self.flags & SUPPRESS_NOTIFICATIONS != 0,
            thread: guild.channels.get(&self.id).map(|thread| thread.id.clone()),
        }
    }
}

/// As Discord writes a time.
pub fn now() -> String {
    let now = jiff::Timestamp::now();
    now.strftime("%Y-%m-%dT%H:%M:%S.%6f+00:00").to_string()
}
