//! What tests read: the events of a channel, and what it shows.

use std::time::Instant;

use serde_json::Value;

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
    /// The fake's clock, in unix seconds.
    pub time: f64,
    pub ts: String,
    pub thread_ts: Option<String>,
    pub what: What,
    /// What a person reads afterwards: the words of the blocks, or the text where there are none.
    /// Empty for a deletion.
    pub text: String,
    /// The request that did it.
    pub body: Value,
}

/// A message as the channel shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub ts: String,
    pub user: String,
    /// What a person reads: the words of the blocks, or the text where there are none.
    pub text: String,
    /// The top-level text, which notifications and screen readers use.
    pub fallback: String,
    /// As they were sent; Null for none.
    pub blocks: Value,
    /// Null for none.
    pub metadata: Value,
    /// Whether it was ever updated. Slack's own mark is not shown on messages with blocks.
    pub edited: bool,
    pub replies: Vec<Shown>,
}
