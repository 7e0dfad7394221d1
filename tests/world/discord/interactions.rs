//! The life of each interaction: three seconds to the first answer, then fifteen minutes.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::Discord;

/// Until the first answer.
pub const PATIENCE: Duration = Duration::from_secs(3);
const LIFE: Duration = Duration::from_secs(15 * 60);

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Command,
    Autocomplete,
    Component,
    Modal,
}

/// How the client answered first.
#[derive(Clone, Debug)]
pub enum Ack {
    Message,
    Deferred,
    /// Nothing to see, or a changed message.
    Silent,
    Updated,
    Choices(Value),
    Modal(Value),
}

#[derive(Clone)]
pub struct Interaction {
    pub id: String,
    pub token: String,
    pub user: String,
    pub channel: String,
    pub kind: Kind,
    /// The message with the button, also of a modal that a button opened.
    pub source: Option<String>,
    pub sent: Instant,
    pub acknowledged: Option<(Instant, Ack)>,
    /// The message of the first answer.
    pub original: Option<String>,
    /// The client got no proper answer to an answer of its.
    pub in_doubt: bool,
    /// Made older than its life by hand.
    pub aged: bool,
}

#[derive(Clone, Default)]
pub struct Interactions {
    all: Vec<Interaction>,
    /// What was not acknowledged in time.
    pub unanswered: Vec<String>,
}

impl Interactions {
    pub fn add(&mut self, interaction: Interaction) {
        self.all.push(interaction);
    }

    pub fn with_token(&mut self, token: &str) -> Option<&mut Interaction> {
        self.all.iter_mut().find(|interaction| interaction.token == token)
    }

    pub fn age(&mut self) {
        self.all.iter_mut().for_each(|interaction| interaction.aged = true);
    }
}

impl Interaction {
    pub fn is_late(&self, now: Instant) -> bool {
        self.aged || now.duration_since(self.sent) > PATIENCE
    }

    pub fn is_dead(&self, now: Instant) -> bool {
        let never = self.acknowledged.is_none() && now.duration_since(self.sent) > PATIENCE;
        never || self.aged || now.duration_since(self.sent) > LIFE
    }
}

impl Discord {
    /// Lets the fifteen minutes of all interactions so far pass.
    pub fn age_tokens(&self) {
        self.lock().guild.interactions.age();
    }

    /// The acts that were not answered within three seconds.
    pub fn unanswered(&self) -> Vec<String> {
        self.lock().guild.interactions.unanswered.clone()
    }
}
