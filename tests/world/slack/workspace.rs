//! The workspace: channels, the messages in them, and what everybody saw.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use serde_json::Value;

use super::events::{Event, Shown, What};
use super::message::{Message, Visibility};
use super::{Slack, mentions};

/// Cloned before a request that is not to be executed, so that its traces can be wiped.
#[derive(Clone)]
pub struct Workspace {
    pub channels: BTreeMap<String, Channel>,
    /// Names by id.
    pub users: BTreeMap<String, String>,
    /// With the channel's id.
    pub timeline: Vec<(String, Event)>,
    /// With the ids of the channel and the reader.
    pub ephemerals: Vec<(String, String, Shown)>,
    pub notifications: Vec<String>,
    /// The last timestamp given out, in microseconds.
    last: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Public,
    Private,
    /// A conversation with one person.
    Direct,
}

#[derive(Clone)]
pub struct Channel {
    pub id: String,
    pub name: String,
    pub kind: Kind,
    pub created: i64,
    pub archived: bool,
    pub removed: bool,
    pub members: BTreeSet<String>,
    /// By timestamp, replies too. All timestamps are of one length, so text order is time order.
    messages: BTreeMap<String, Message>,
}

impl Workspace {
    pub fn new() -> Workspace {
        Workspace {
            channels: BTreeMap::new(),
            users: BTreeMap::from([(Slack::BOT_USER.to_owned(), "cxbot".to_owned())]),
            timeline: Vec::new(),
            ephemerals: Vec::new(),
            notifications: Vec::new(),
            last: 0,
        }
    }

    /// A timestamp after all earlier ones.
    pub fn next_ts(&mut self, now: f64) -> String {
        self.last = ((now * 1e6).round() as u64).max(self.last + 1);
        format!("{}.{:06}", self.last / 1_000_000, self.last % 1_000_000)
    }

    /// Puts a message into its channel; its timestamp.
    pub fn post(&mut self, channel: &str, mut message: Message, now: f64, body: Value) -> String {
        let ts = self.next_ts(now);
        (message.ts, message.time) = (ts.clone(), now);
        self.notify(&message);
        self.note(channel, &message, What::Posted, now, body);
        let channel = self.channels.get_mut(channel).expect("a channel that was found before");
        channel.messages.insert(ts.clone(), message);
        ts
    }

    /// Puts the new version of a message in the place of the old one.
    pub fn edit(&mut self, channel: &str, mut message: Message, now: f64, body: Value) -> Message {
        message.edited = Some(self.next_ts(now));
        self.notify(&message);
        self.note(channel, &message, What::Edited, now, body);
        let channel = self.channels.get_mut(channel).expect("a channel that was found before");
        channel.messages.insert(message.ts.clone(), message.clone());
        message
    }

    /// Takes a message away. A parent with replies stays as a tombstone, which goes with the last
    /// of them.
    pub fn delete(&mut self, id: &str, ts: &str, now: f64, body: Value) {
        let channel = self.channels.get_mut(id).expect("a channel that was found before");
        let message = channel.messages.remove(ts).expect("a message that was found before");
        if channel.replies(ts, Visibility::ALL).next().is_some() {
            channel.messages.insert(ts.to_owned(), message.clone().into_tombstone());
        }
        if let Some(parent) = &message.thread_ts {
            let empty = channel.replies(parent, Visibility::ALL).next().is_none();
            if empty && channel.messages.get(parent).is_some_and(|parent| parent.tombstone) {
                channel.messages.remove(parent);
            }
        }
        self.note(id, &message, What::Deleted, now, body);
    }

    /// Shows a message to one person only; its timestamp.
    pub fn whisper(&mut self, channel: &str, user: &str, mut message: Message, now: f64) -> String {
        message.ts = self.next_ts(now);
        self.notify(&message);
        let shown = message.shown(Vec::new());
        self.ephemerals.push((channel.to_owned(), user.to_owned(), shown));
        message.ts
    }

    /// Whom people mention is their own affair.
    fn notify(&mut self, message: &Message) {
        if message.user != Slack::BOT_USER {
            return;
        }
        self.notifications.extend(mentions::find(&message.text, &message.blocks));
    }

    fn note(&mut self, channel: &str, message: &Message, what: What, now: f64, body: Value) {
        let text = if what == What::Deleted { String::new() } else { message.words() };
        let (ts, thread_ts) = (message.ts.clone(), message.thread_ts.clone());
        let event = Event { at: Instant::now(), time: now, ts, thread_ts, what, text, body };
        self.timeline.push((channel.to_owned(), event));
    }
}

impl Channel {
    pub fn new(id: &str, name: &str, kind: Kind) -> Channel {
        Channel {
            id: id.to_owned(),
            name: name.to_owned(),
            kind,
            created: 0,
            archived: false,
            removed: false,
            members: BTreeSet::from([Slack::BOT_USER.to_owned()]),
            messages: BTreeMap::new(),
        }
    }

    pub fn is_id(text: &str) -> bool {
        let rest = text.strip_prefix(['C', 'D', 'G']).unwrap_or_default();
        let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        !rest.is_empty() && rest.bytes().all(allowed)
    }

    pub fn has_bot(&self) -> bool {
        self.members.contains(Slack::BOT_USER)
    }

    pub fn message(&self, ts: &str, visibility: Visibility) -> Option<&Message> {
        self.messages.get(ts).filter(|message| visibility.shows(message))
    }

    /// The messages that are no replies, oldest first.
    pub fn tops(&self, visibility: Visibility) -> impl DoubleEndedIterator<Item = &Message> {
        let shown = self.messages.values().filter(move |message| visibility.shows(message));
        shown.filter(|message| message.thread_ts.is_none())
    }

    /// The replies to a parent, oldest first.
    pub fn replies<'a>(
        &'a self,
        parent: &'a str,
        visibility: Visibility,
    ) -> impl DoubleEndedIterator<Item = &'a Message> {
        let later = self.messages.range(parent.to_owned()..).map(|(_, message)| message);
        let shown = later.filter(move |message| visibility.shows(message));
        shown.filter(move |message| message.thread_ts.as_deref() == Some(parent))
    }

    pub fn shown(&self, top: &Message) -> Shown {
        let replies = self.replies(&top.ts, Visibility::ALL);
        top.shown(replies.map(|reply| reply.shown(Vec::new())).collect())
    }
}
