//! A message, and for whom it is there to be read.

use serde_json::Value;

use super::events::Shown;
use super::reading;

#[derive(Clone)]
pub struct Message {
    pub ts: String,
    pub thread_ts: Option<String>,
    pub user: String,
    pub text: String,
    /// Null for none.
    pub blocks: Value,
    /// Null for none.
    pub metadata: Value,
    /// When it was last edited.
    pub edited: Option<String>,
    /// What is left of a deleted parent whose replies remain.
    pub tombstone: bool,
    /// The fake's clock at posting.
    pub time: f64,
}

impl Message {
    pub fn new(user: &str, thread_ts: Option<String>, text: &str) -> Message {
        Message {
            ts: String::new(),
            thread_ts,
            user: user.to_owned(),
            text: text.to_owned(),
            blocks: Value::Null,
            metadata: Value::Null,
            edited: None,
            tombstone: false,
            time: 0.0,
        }
    }

    pub fn into_tombstone(self) -> Message {
        let time = self.time;
        let tombstone = Message::new("USLACKBOT", None, "This message was deleted.");
        Message { ts: self.ts, tombstone: true, time, ..tombstone }
    }

    pub fn words(&self) -> String {
        reading::words(&self.text, &self.blocks)
    }

    pub fn shown(&self, replies: Vec<Shown>) -> Shown {
        Shown {
            ts: self.ts.clone(),
            user: self.user.clone(),
            text: self.words(),
            fallback: self.text.clone(),
            blocks: self.blocks.clone(),
            metadata: self.metadata.clone(),
            edited: self.edited.is_some(),
            replies,
        }
    }
}

/// Which messages a reader finds.
#[derive(Clone, Copy)]
pub struct Visibility {
    pub now: f64,
    /// In seconds.
    pub lag: f64,
}

impl Visibility {
    pub const ALL: Visibility = Visibility { now: 0.0, lag: 0.0 };

    pub fn shows(self, message: &Message) -> bool {
        self.lag <= 0.0 || self.now - message.time >= self.lag
    }
}
