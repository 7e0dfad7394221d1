//! Direct messages: a person and the bot have one channel, which is opened before anything is posted
//! there. Opening it once more finds the same, so nothing of it has to outlive a restart.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;

use super::web::Web;
use crate::chat::Failure;

/// The channels of people, by the people's ids.
pub(super) struct Rooms {
    web: Arc<Web>,
    open: Mutex<HashMap<String, String>>,
}

/// Whether a destination is a person: U… or, in a larger organisation, W….
pub(super) fn is_person(channel: &str) -> bool {
    channel.starts_with(['U', 'W'])
}

impl Rooms {
    pub(super) fn new(web: Arc<Web>) -> Rooms {
        Rooms { web, open: Mutex::default() }
    }

    /// The channel in which a destination's posts stand.
    pub(super) async fn of(&self, channel: &str) -> Result<String, Failure> {
        if !is_person(channel) {
            return Ok(channel.to_owned());
        }
        let known = self.open().get(channel).cloned();
        match known {
            Some(room) => Ok(room),
            None => self.open_for(channel).await,
        }
    }

    /// Opens the channel with a person, which nobody sees before something is posted there.
    pub(super) async fn open_for(&self, person: &str) -> Result<String, Failure> {
        let method = "conversations.open";
        let answer = self.web.post(method, &json!({"users": person})).await.map_err(harmless)?;
        let room = answer["channel"]["id"].as_str().filter(|_| answer["ok"] == true);
        let Some(room) = room else {
            let why = format!("Slack's answer to {method} holds no channel");
            return Err(Failure::Later { after: None, why });
        };
        self.open().insert(person.to_owned(), room.to_owned());
        Ok(room.to_owned())
    }

    /// What came of a post; a channel that cannot be used is opened anew the next time.
    pub(super) fn noted<T>(&self, channel: &str, done: Result<T, Failure>) -> Result<T, Failure> {
        if let Err(Failure::Channel(_)) = &done {
            self.open().remove(channel);
        }
        done
    }

    fn open(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether it was opened is not known, but surely nothing was posted.
fn harmless(failure: Failure) -> Failure {
    match failure {
        Failure::Unknown(why) => Failure::Later { after: None, why },
        other => other,
    }
}
