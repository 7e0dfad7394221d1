//! Where posts stand: a text channel's threads hang on its messages, a forum's posts are threads.

use std::collections::HashMap;
use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::{Mutex, OnceCell};

use super::failure::Refusal;
use super::sender::{Call, Sender};
use crate::chat::Failure;

/// Discord's kinds of channels in which each post is a thread.
const FORUMS: [u64; 2] = [15, 16];
/// A forum that asks for a tag on each post.
const REQUIRE_TAG: u64 = 1 << 4;

/// A post's channel and its message, written `channel/message`. The thread of a message has the
/// message's id, and so has a forum's post with the thread that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place<'p> {
    pub(super) channel: &'p str,
    pub(super) message: &'p str,
}

impl<'p> Place<'p> {
    pub(super) fn read(place: &'p str) -> Place<'p> {
        let (channel, message) = place.split_once('/').unwrap_or((place, place));
        Place { channel, message }
    }

    pub(super) fn path(&self) -> String {
        format!("/channels/{}/messages/{}", self.channel, self.message)
    }
}

/// The person whom a destination names, written with an @ before the id.
pub(super) fn person(channel: &str) -> Option<&str> {
    channel.strip_prefix('@')
}

/// What has to be known of a channel before anything is posted there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) is_forum: bool,
    pub(super) guild: String,
    /// The tag for a post in a forum that asks for one.
    pub(super) tag: Option<String>,
}

/// The channels that were looked at, and the bot's own id.
pub(super) struct Places {
    sender: Arc<Sender>,
    kinds: Mutex<HashMap<String, Kind>>,
    /// The channels of direct messages, by the people's ids. Opening one again finds the same.
    rooms: Mutex<HashMap<String, String>>,
    me: OnceCell<String>,
}

impl Places {
    pub(super) fn new(sender: Arc<Sender>) -> Places {
        Places { sender, kinds: Mutex::default(), rooms: Mutex::default(), me: OnceCell::new() }
    }

    pub(super) async fn kind(&self, channel: &str) -> Result<Kind, Refusal> {
        if let Some(kind) = self.kinds.lock().await.get(channel) {
            return Ok(kind.clone());
        }
        let about = self.sender.get(format!("/channels/{channel}"), "look at a channel").await?;
        let kind = kind(&about);
        self.kinds.lock().await.insert(channel.to_owned(), kind.clone());
        Ok(kind)
    }

    /// Has the channel be looked at anew.
    pub(super) async fn forget(&self, channel: &str) {
        self.kinds.lock().await.remove(channel);
    }

    /// The channel of direct messages to a person.
    pub(super) async fn room(&self, person: &str) -> Result<String, Refusal> {
        match self.known_room(person).await {
            Some(room) => Ok(room),
            None => self.open_room(person).await,
        }
    }

    pub(super) async fn known_room(&self, person: &str) -> Option<String> {
        self.rooms.lock().await.get(person).cloned()
    }

    /// Opens the channel with a person, which nobody sees before something is posted there.
    pub(super) async fn open_room(&self, person: &str) -> Result<String, Refusal> {
        let path = "/users/@me/channels".to_owned();
        let who = json!({"recipient_id": person});
        let call = Call::new(Method::POST, path, "open a direct message").with(&who);
        let channel = self.sender.call(call).await.map_err(not_opened)?;
        let Some(room) = channel["id"].as_str() else {
            let why = "Discord does not say which channel a direct message has".to_owned();
            return Err(Failure::Later { after: None, why }.into());
        };
        self.rooms.lock().await.insert(person.to_owned(), room.to_owned());
        Ok(room.to_owned())
    }

    /// Has the channel with a person be opened anew.
    pub(super) async fn leave_room(&self, person: &str) {
        self.rooms.lock().await.remove(person);
    }

    pub(super) async fn me(&self) -> Result<&String, Refusal> {
        let ask = || async {
            let me = self.sender.get("/users/@me".to_owned(), "look at the bot").await?;
            Ok(me["id"].as_str().unwrap_or_default().to_owned())
        };
        self.me.get_or_try_init(ask).await
    }
}

/// A form that is refused names nobody whom Discord knows. Where nobody knows whether the channel was
/// opened, surely nothing was posted.
fn not_opened(refusal: Refusal) -> Refusal {
    let failure = match refusal.failure {
        Failure::Content(_) => {
            Failure::Channel("there is no such person: correct the id".to_owned())
        }
        Failure::Unknown(why) => Failure::Later { after: None, why },
        other => other,
    };
    Refusal { failure, ..refusal }
}

fn kind(about: &Value) -> Kind {
    let asks = about["flags"].as_u64().unwrap_or_default() & REQUIRE_TAG != 0;
    let tags = about["available_tags"].as_array().into_iter().flatten();
    // Tags that only moderators may set are not the bot's to choose.
    let free = tags.into_iter().find(|tag| tag["moderated"] != true);
    let tag = free.and_then(|tag| tag["id"].as_str()).map(str::to_owned);
    Kind {
        is_forum: about["type"].as_u64().is_some_and(|kind| FORUMS.contains(&kind)),
        guild: about["guild_id"].as_str().unwrap_or_default().to_owned(),
        tag: tag.filter(|_| asks),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::discord::failure::sorted;

    #[test]
    fn a_channel_with_nobody_is_no_fault_of_the_post_and_a_lost_answer_posts_nothing() {
        let opened =
            |status, code| not_opened(sorted("open a direct message", status, code)).failure;
        for code in [10_013, 50_007, 50_033, 50_035, 50_278] {
            assert!(matches!(opened(400, Some(code)), Failure::Channel(_)), "{code}");
        }
        assert!(matches!(opened(429, Some(40_003)), Failure::Later { .. }));
        assert!(matches!(opened(500, None), Failure::Later { .. }));
        assert!(matches!(opened(401, None), Failure::Account(_)));
    }

    #[test]
    fn a_forum_that_asks_for_a_tag_gets_one_that_the_bot_may_choose() {
        let tags = json!([{"id": "1", "moderated": true}, {"id": "2", "moderated": false}]);
        let asking = json!({"type": 15, "flags": 16, "available_tags": tags, "guild_id": "9"});
        let wanted = Kind { is_forum: true, guild: "9".to_owned(), tag: Some("2".to_owned()) };
        assert_eq!(kind(&asking), wanted);
        let free = json!({"type": 15, "flags": 0, "available_tags": tags, "guild_id": "9"});
        assert_eq!(kind(&free).tag, None);
        assert!(!kind(&json!({"type": 0, "guild_id": "9"})).is_forum);
    }
}
