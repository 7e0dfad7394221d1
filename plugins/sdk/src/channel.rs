//! What a channel may carry when something is shown or shared there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::destination::Destination;

/// What a channel may carry, from the least to the most.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Clearance {
    /// Figures only, with links to conversations.
    #[default]
    Figures,
    /// Explanations too, quoted verbatim.
    Quotes,
    /// Customers' names too.
    Names,
}

/// A channel for which the workspace has settled what it may carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    pub at: Destination,
    pub clearance: Clearance,
    /// Whether e-mail addresses, phone, card and account numbers are hidden there.
    pub redact: bool,
}
