//! What stands in the console's channel: posts for everyone and answers for one person, in the order in
//! which they came, and what has changed since someone last looked.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cxbot_sdk::Message;
use jiff::Timestamp;
use tokio::sync::watch;

/// Something that stands in the channel, or stood there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    /// Its name on the page.
    pub(super) key: String,
    /// The post under which it is a reply.
    pub(super) thread: Option<String>,
    /// The one person who sees it; everyone where nobody is named.
    pub(super) only: Option<String>,
    /// What the outbox calls the post.
    pub(super) post: Option<String>,
    /// What someone typed to get it.
    pub(super) asked: Option<String>,
    pub(super) at: Timestamp,
    /// `None` once it is taken away.
    pub(super) message: Option<Message>,
}

impl Item {
    pub(super) fn new(key: impl Into<String>, at: Timestamp, message: Message) -> Item {
        let (thread, only, post, asked) = (None, None, None, None);
        Item { key: key.into(), thread, only, post, asked, at, message: Some(message) }
    }

    fn is_for(&self, person: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only == person)
    }
}

/// The channel.
pub(super) struct Room {
    standing: Mutex<Standing>,
    version: watch::Sender<u64>,
}

#[derive(Default)]
struct Standing {
    /// Each with the version at which it last changed.
    items: Vec<(Item, u64)>,
    version: u64,
}

/// What someone sees that they have not seen before.
pub(super) struct Sight {
    pub(super) items: Vec<Item>,
    /// The version that was looked at.
    pub(super) version: u64,
}

impl Room {
    pub(super) fn new() -> Room {
        Room { standing: Mutex::default(), version: watch::Sender::new(0) }
    }

    /// Puts an item up; one of the same key is changed where it stands.
    pub(super) fn put(&self, item: Item) {
        let mut standing = self.lock();
        let version = standing.next();
        match standing.items.iter_mut().find(|(known, _)| known.key == item.key) {
            Some(known) => *known = (item, version),
            None => standing.items.push((item, version)),
        }
        self.version.send_replace(version);
    }

    /// Changes what stands there; whether it does.
    pub(super) fn change(&self, key: &str, change: impl FnOnce(&mut Item)) -> bool {
        let mut standing = self.lock();
        let version = standing.next();
        let known =
            standing.items.iter_mut().find(|(item, _)| item.key == key && item.message.is_some());
        let Some((item, at)) = known else { return false };
        change(item);
        *at = version;
        self.version.send_replace(version);
        true
    }

    /// The keys of the posts that the outbox knows by this name, oldest first.
    pub(super) fn find(&self, post: &str, thread: Option<&str>) -> Vec<String> {
        let standing = self.lock();
        let is = |item: &&Item| {
            let here = item.post.as_deref() == Some(post) && item.thread.as_deref() == thread;
            here && item.message.is_some()
        };
        let found = standing.items.iter().map(|(item, _)| item).filter(is);
        found.map(|item| item.key.clone()).collect()
    }

    /// What has changed for this person since a version, in the order in which it came.
    pub(super) fn since(&self, version: u64, person: &str) -> Sight {
        let standing = self.lock();
        let new = standing.items.iter().filter(|(item, at)| *at > version && item.is_for(person));
        Sight { items: new.map(|(item, _)| item.clone()).collect(), version: standing.version }
    }

    /// Tells of each change.
    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Standing {
    fn next(&mut self) -> u64 {
        self.version += 1;
        self.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(key: &str, only: Option<&str>) -> Item {
        let only = only.map(str::to_owned);
        Item { only, ..Item::new(key, Timestamp::UNIX_EPOCH, Message::sentence(key)) }
    }

    fn keys(sight: &Sight) -> Vec<&str> {
        sight.items.iter().map(|item| &*item.key).collect()
    }

    #[test]
    fn someone_sees_what_is_for_everyone_and_what_is_theirs() {
        let room = Room::new();
        room.put(item("post", None));
        room.put(item("hers", Some("ana")));
        assert_eq!(keys(&room.since(0, "ana")), ["post", "hers"]);
        assert_eq!(keys(&room.since(0, "ben")), ["post"]);
    }

    #[test]
    fn a_second_look_tells_only_what_changed() {
        let room = Room::new();
        room.put(item("one", None));
        room.put(item("two", None));
        let seen = room.since(0, "ana").version;
        assert!(keys(&room.since(seen, "ana")).is_empty());
        assert!(room.change("one", |item| item.message = None));
        let sight = room.since(seen, "ana");
        assert_eq!((keys(&sight), &sight.items[0].message), (vec!["one"], &None));
    }

    #[test]
    fn what_is_taken_away_can_be_neither_found_nor_changed() {
        let room = Room::new();
        room.put(Item { post: Some("digest".to_owned()), ..item("one", None) });
        assert_eq!(room.find("digest", None), ["one"]);
        assert!(room.change("one", |item| item.message = None));
        assert!(room.find("digest", None).is_empty());
        assert!(!room.change("one", |item| item.thread = None));
    }
}
