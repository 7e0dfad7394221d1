//! The contract: a plugin has actions (typed functions) and jobs (typed functions on a schedule).
//!
//! A plugin says what it has with [`Routes`]; [`manifest`] is what the host reads of it; [`installed`] is
//! how the host holds and calls it; [`settings`] is how its section is read.

mod installed;
mod manifest;
mod routes;
mod settings;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use crate::arguments::Fault;
use crate::error::Result;
use crate::message::Message;
pub use installed::{Call, Installed, install};
pub use manifest::{Action, Job, Manifest, Mentioned, Only};
pub use routes::Routes;
pub use settings::ListOrCsv;

/// What a plugin may touch; the operator sees the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Read the scored conversations.
    Scores,
    /// Post and edit messages in channels.
    Publish,
    /// Ask people in a secret ballot, and write to them.
    Ballot,
    /// Know who asks. Without it a plugin sees a keyed hash per person.
    Identity,
}

/// One feature of cxbot.
pub trait Plugin: Sized + Send + Sync + 'static {
    /// Its section `[plugins.NAME]`; lower-case letters.
    const NAME: &'static str;
    /// One line for `cxbot plugins`.
    const ABOUT: &'static str;
    const NEEDS: &'static [Need];
    /// Its settings; an empty section has to be enough.
    type Config: DeserializeOwned + JsonSchema;

    /// Checks the settings and touches nothing.
    fn new(config: Self::Config) -> Result<Self>;

    fn routes(&self) -> Routes<Self>;
}

/// What an action answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Only the asker sees it.
    Private(Message),
    /// Everyone in the channel sees it.
    Public(Message),
    /// There is nothing to say.
    Done,
    /// What an argument may be, while someone types it.
    Suggestions(Vec<Suggestion>),
}

/// A value that someone may mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    pub label: String,
    pub value: String,
}

/// When a job is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// The slot's instant: a job works on the slot's period, never on "now".
    pub slot: Timestamp,
    /// The slot before, if the job ran before.
    pub previous: Option<Timestamp>,
    /// The clock when the job was started; a rerun for the same slot has a later one.
    pub as_of: Timestamp,
    /// Whether nobody was there when the slot was due, so that it is caught up.
    pub late: bool,
}

impl Tick {
    /// A slot that is run when it is due, the first of its job.
    pub fn on_time(slot: Timestamp) -> Self {
        Tick { slot, previous: None, as_of: slot, late: false }
    }
}
