//! The workspace: channels, the messages in them, and what everybody saw.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use serde_json::Value;

use super::addresses::Addresses;
use super::events::{Event, Shown, What};
use super::message::{Message, Visibility};
use super::triggers::Triggers;
use super::views::Views;
use super::{Slack, mentions};

/// Cloned before a request that is not to be executed, so that its traces can be wiped.
#[derive(Clone)]
pub struct Workspace {
    pub channels: BTreeMap<String, Channel>,
    /// Names by id.
    pub users: BTreeMap<String, String>,
    /// With the channel's id.
    pub timeline: Vec<(String, Event)>,
    pub ephemerals: Vec<Whisper>,
    pub notifications: Vec<String>,
    pub emails: BTreeMap<String, String>,
    /// Handles and members by id.
    pub usergroups: BTreeMap<String, (String, Vec<String>)>,
    pub views: Views,
    pub triggers: Triggers,
    pub addresses: Addresses,
    /// The last timestamp given out, in microseconds.
    last: u64,
}

/// A message that only one person sees.
#[derive(Clone)]
pub struct Whisper {
    pub channel: String,
    pub user: String,
    pub message: Message,
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
            emails: BTreeMap::new(),
            usergroups: BTreeMap::new(),
            views: Views::default(),
            triggers: Triggers::default(),
            addresses: Addresses::default(),
            last: 0,
        }
    }

    /// A timestamp after all earlier ones.
    pub fn next_ts(&mut self, now: f64) -> String {
        self.last = ((now * 1e6).round() as u64).max(self.last + 1);
        format!("{}.{:06}", self.last / 1_000_000, self.last % 1_000_000)
    }

    /// The conversation with one person, and whether it was there before.
    pub fn direct(&mut self, user: &str, now: f64) -> (String, bool) {
        let is_theirs = |channel: &&Channel| channel.kind == Kind::Direct && channel.name == user;
        if let Some(open) = self.channels.values().find(is_theirs) {
            return (open.id.clone(), true);
        }
        let id = format!("D{}", &user[1..]);
        let mut channel = Channel::new(&id, user, Kind::Direct);
        channel.created = now as i64;
        channel.members.insert(user.to_owned());
        self.channels.insert(id.clone(), channel);
        (id, false)
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
        message.time = now;
        self.notify(&message);
        let ts = message.ts.clone();
        let (channel, user) = (channel.to_owned(), user.to_owned());
        self.ephemerals.push(Whisper { channel, user, message });
        ts
    }

    /// The message that this person alone sees under a timestamp.
    pub fn whispered(&mut self, user: &str, ts: &str) -> Option<&mut Message> {
        let mut all = self.ephemerals.iter_mut();
        let found = all.find(|whisper| whisper.user == user && whisper.message.ts == ts)?;
        Some(&mut found.message)
    }

    /// Whom people mention is their own affair.
    pub fn notify(&mut self, message: &Message) {
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
