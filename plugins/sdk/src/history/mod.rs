//! Whose conversations: a teammate's, a customer's, a company's, over time.
//!
//! A [`Party`] has a part in conversations; each stands at its [`Place`]. A [`Trace`] is what counting needs of
//! one, an [`OfCompany`] the sum of many, a [`Colleague`] someone on the team's side.

mod colleague;
mod company;
mod party;
mod trace;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use colleague::Colleague;
pub use company::{OfCompany, Summand};
pub use party::{Party, PartyKind};
pub use trace::{Place, Trace, Traits};

/// Which teammate a conversation counts for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Attribution {
    /// Whoever closed it.
    #[default]
    Closer,
    /// Whoever it was assigned to.
    Assignee,
    /// Everyone who took part.
    Participants,
}

impl Attribution {
    /// In the middle of a sentence: "conversations that Ana closed".
    pub fn words(self) -> &'static str {
        match self {
            Attribution::Closer => "closed",
            Attribution::Assignee => "was assigned",
            Attribution::Participants => "took part in",
        }
    }
}
