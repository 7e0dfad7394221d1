//! The server: its channels and members, the messages in it, and what everybody saw.

use std::collections::{BTreeMap, HashMap};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::asked::Asked;
use super::events::{Event, What};
use super::interactions::Interactions;
use super::message::Message;
use super::reply::Refusal;
use super::{Discord, mentions};

/// The bits that the fake looks at.
pub mod bits {
    pub const VIEW_CHANNEL: u64 = 1 << 10;
    pub const SEND_MESSAGES: u64 = 1 << 11;
    pub const EMBED_LINKS: u64 = 1 << 14;
    pub const ATTACH_FILES: u64 = 1 << 15;
    pub const READ_MESSAGE_HISTORY: u64 = 1 << 16;
    pub const MENTION_EVERYONE: u64 = 1 << 17;
    pub const MANAGE_THREADS: u64 = 1 << 34;
    pub const CREATE_PUBLIC_THREADS: u64 = 1 << 35;
    pub const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;
    /// What the invitation asks for, and nothing beyond it.
    pub const INVITED: u64 = VIEW_CHANNEL
        | SEND_MESSAGES
        | EMBED_LINKS
        | ATTACH_FILES
        | READ_MESSAGE_HISTORY
        | CREATE_PUBLIC_THREADS
        | SEND_MESSAGES_IN_THREADS;
}

/// Cloned before a request that is not to be executed, so that its traces can be wiped.
#[derive(Clone)]
pub struct Guild {
    pub channels: BTreeMap<String, Channel>,
    pub members: BTreeMap<String, Member>,
    /// Names by id.
    pub roles: BTreeMap<String, String>,
    /// By id, which is the order in which they came.
    pub messages: BTreeMap<u64, Message>,
    pub timeline: Vec<Event>,
    pub notified: Vec<String>,
    /// Messages by their nonces, with the time of posting.
    pub nonces: HashMap<String, (String, Instant)>,
    pub interactions: Interactions,
    /// By scope: the server's id, or empty for the commands of all servers.
    pub commands: HashMap<String, Vec<Value>>,
    pub commands_created: usize,
    last: u64,
}

#[derive(Clone)]
pub struct Member {
    pub name: String,
    pub roles: Vec<String>,
    pub permissions: u64,
    /// Takes no direct messages.
    pub closed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Text,
    Forum,
    Thread,
    /// With one person, by whose id it is named.
    Direct,
}

#[derive(Clone)]
pub struct Channel {
    pub id: String,
    pub name: String,
    pub kind: Kind,
    /// Of a thread.
    pub parent: Option<String>,
    pub deleted: bool,
    pub archived: bool,
    pub locked: bool,
    pub auto_archive: u64,
    /// What the bot may do here.
    pub allowed: u64,
    pub requires_tag: bool,
    /// Of a forum: ids and names; of a thread: those it has.
    pub tags: Vec<(String, String)>,
}

impl Guild {
    pub fn new() -> Guild {
        let bot = Member {
            name: "cxbot".to_owned(),
            roles: Vec::new(),
            permissions: bits::INVITED,
            closed: true,
        };
        Guild {
            channels: BTreeMap::new(),
            members: BTreeMap::from([(Discord::BOT_USER.to_owned(), bot)]),
            roles: BTreeMap::from([(Discord::GUILD.to_owned(), "@everyone".to_owned())]),
            messages: BTreeMap::new(),
            timeline: Vec::new(),
            notified: Vec::new(),
            nonces: HashMap::new(),
            interactions: Interactions::default(),
            commands: HashMap::new(),
            commands_created: 0,
            last: 0,
        }
    }

    /// An id after all earlier ones, with the time in it as in the real ones.
    pub fn next_id(&mut self) -> String {
        const EPOCH: u128 = 1_420_070_400_000;
        let clock = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
        let stamp = (clock.as_millis() - EPOCH) as u64;
        self.last = (stamp << 22).max(self.last + 1);
        self.last.to_string()
    }

    /// A channel that the bot may look into, or why not.
    pub fn open(&self, id: &str, needed: u64) -> Result<&Channel, Refusal> {
        let channel = self.channels.get(id).filter(|channel| !channel.deleted);
        let channel = channel.ok_or(Refusal::because(10003))?;
        let allowed = self.allowed(channel);
        if allowed & bits::VIEW_CHANNEL == 0 {
            return Err(Refusal::because(50001));
        }
        if allowed & needed != needed {
            return Err(Refusal::because(50013));
        }
        Ok(channel)
    }

    /// A thread has the permissions of its channel.
    pub fn allowed(&self, channel: &Channel) -> u64 {
        let parent = channel.parent.as_ref().and_then(|parent| self.channels.get(parent));
        parent.unwrap_or(channel).allowed
    }

    /// A message that stands in a channel for all to read.
    pub fn message(&self, channel: &str, id: &str) -> Result<&Message, Refusal> {
        let message = id.parse().ok().and_then(|id: u64| self.messages.get(&id));
        let shown = |message: &&Message| message.channel == channel && message.only_for.is_none();
        message.filter(shown).filter(|it| !it.deleted).ok_or(Refusal::because(10008))
    }

    pub fn any(&mut self, id: &str) -> Option<&mut Message> {
        self.messages.get_mut(&id.parse().ok()?).filter(|message| !message.deleted)
    }

    /// Puts a message into its channel; its id.
    pub fn post(&mut self, mut message: Message) -> String {
        if message.id.is_empty() {
            message.id = self.next_id();
        }
        let id = message.id.clone();
        self.notify(&message, &[]);
        self.note(&message, What::Posted);
        self.messages.insert(id.parse().expect("an id is a number"), message);
        id
    }

    /// Puts the new version of a message in the place of the old one.
    pub fn replace(&mut self, message: Message) {
        let number: u64 = message.id.parse().expect("an id is a number");
        let before = self.messages.get(&number).map(|old| old.pings.clone()).unwrap_or_default();
        self.notify(&message, &before);
        self.note(&message, What::Edited);
        self.messages.insert(number, message);
    }

    pub fn delete(&mut self, id: &str) {
        let message = self.any(id).expect("a message that was found before");
        message.deleted = true;
        let message = message.clone();
        self.note(&message, What::Deleted);
    }

    /// Whom people mention is their own affair. Whether an edit notifies is not documented, so it
    /// does, but only those who were not mentioned before.
    fn notify(&mut self, message: &Message, before: &[String]) {
        if message.author != Discord::BOT_USER {
            return;
        }
        let new = message.pings.iter().filter(|ping| !before.contains(ping));
        let seen_by = |who: &String| message.only_for.as_ref().is_none_or(|only| only == who);
        let people: Vec<String> = new.flat_map(|ping| mentions::people(self, ping)).collect();
        self.notified.extend(people.into_iter().filter(seen_by));
    }

    fn note(&mut self, message: &Message, what: What) {
        let shown = message.shown(self);
        let channel = message.channel.clone();
        self.timeline.push(Event { at: Instant::now(), channel, what, shown });
    }

    pub fn replies(&self, channel: &str) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.values().filter(move |it| it.channel == channel && !it.deleted)
    }

    /// A client whose answer never came may rightly try again.
    pub fn leave_in_doubt(&mut self, asked: &Asked) {
        if let Some(token) = asked.ids.get("token")
            && let Some(interaction) = self.interactions.with_token(token)
        {
            interaction.in_doubt = true;
        }
    }
}

impl Channel {
    pub fn new(id: &str, name: &str, kind: Kind) -> Channel {
        Channel {
            id: id.to_owned(),
            name: name.to_owned(),
            kind,
            parent: None,
            deleted: false,
            archived: false,
            locked: false,
            auto_archive: 1_440,
            allowed: bits::INVITED,
            requires_tag: false,
            tags: Vec::new(),
        }
    }

    pub fn number(&self) -> u8 {
        match self.kind {
            Kind::Text => 0,
            Kind::Direct => 1,
            Kind::Thread => 11,
            Kind::Forum => 15,
        }
    }
}
