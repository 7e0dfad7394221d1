//! What the host knows of a plugin without running it.

use schemars::Schema;
use serde::Serialize;
use serde_json::Value;

use super::{Fault, Need};
use crate::ballot::Invited;
use crate::count::Filter;
use crate::destination::Destination;
use crate::history::PartyKind;
use crate::invoker::Invoker;
use crate::schedule::Schedule;

/// Everything the host knows of a plugin.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Manifest {
    pub name: &'static str,
    pub about: &'static str,
    pub needs: &'static [Need],
    pub actions: Vec<Action>,
    pub jobs: Vec<Job>,
    /// Whether it has a part of everyone's home page.
    pub home: bool,
    /// The filters whose counts the host keeps ready.
    pub counted: Vec<Filter>,
    /// The attributes by whose values the host finds conversations.
    pub segments: Vec<String>,
    /// Where it posts by itself.
    pub posts_to: Vec<Destination>,
    /// Whom it asks by itself.
    pub asks: Vec<Invited>,
    /// Whom its settings name.
    pub mentions: Vec<Mentioned>,
    /// So many have to answer before anything is told of it.
    pub asks_at_least: u64,
    /// Roles of which one is needed for some of what its commands do.
    pub roles: Vec<String>,
}

/// Reads arguments without running anything.
pub(super) type Check = fn(Value) -> Result<(), Fault>;

/// An action as the host sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Action {
    pub name: String,
    /// Whether it is a slash command too; otherwise buttons and forms only.
    pub command: bool,
    /// One sentence for people.
    pub about: String,
    /// JSON Schema of the arguments: parser, help, typed options and forms all come from it.
    pub arguments: Schema,
    /// What is wrong with given arguments, so that a form can say so under its field.
    #[serde(skip)]
    pub check: Check,
    /// The arguments for which values are suggested while someone types.
    pub suggests: Vec<String>,
    /// Whether what stands above its form depends on what its button says.
    pub introduced: bool,
    /// Whether it is about single people or conversations: never run in protected mode.
    pub individual: bool,
    /// Whether nobody may find out who asked for it: the host keeps no trace that can be read.
    pub secret: bool,
    /// Whom it answers at all, where that is not everyone.
    pub only: Option<Only>,
}

impl Action {
    /// The arguments by name, in the order of the struct, each with its schema.
    pub fn properties(&self) -> impl Iterator<Item = (&str, &Value)> {
        let properties = self.arguments.get("properties").and_then(Value::as_object);
        properties.into_iter().flatten().map(|(name, schema)| (name.as_str(), schema))
    }

    /// Whether it does nothing without that argument.
    pub fn requires(&self, name: &str) -> bool {
        let required = self.arguments.get("required").and_then(Value::as_array);
        required.is_some_and(|names| names.iter().any(|known| known == name))
    }
}

/// Whom an action answers, so that nobody is offered what they would be refused.
#[derive(Debug, Clone, Serialize)]
pub struct Only {
    /// "those who …", and how to become one of them.
    pub whom: &'static str,
    #[serde(skip)]
    pub is_one: fn(&Invoker) -> bool,
}

/// A job as the host sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Job {
    pub name: String,
    pub schedule: Schedule,
    /// Whether it reports on the scores of the last complete week before the slot: then sources are
    /// asked to be current first, and it runs again for its latest slot when later data comes.
    pub reports: bool,
}

/// Someone whom a plugin's settings name, such as a company of a group.
#[derive(Debug, Clone, Serialize)]
pub struct Mentioned {
    pub kind: PartyKind,
    pub name: String,
}
