//! Who asks.

use serde::{Deserialize, Serialize};

use crate::destination::Destination;
#[cfg(doc)]
use crate::plugin::Need;

/// Who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoker {
    /// The person's id; a keyed hash for plugins without [`Need::Identity`].
    pub id: String,
    /// Empty for plugins without [`Need::Identity`].
    pub name: String,
    pub roles: Vec<String>,
    /// Their own keys as a teammate, `source/id`; empty for plugins without [`Need::Identity`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teammate: Vec<String>,
    /// The teams that they are in or lead; empty for plugins without [`Need::Identity`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<String>,
    /// The channel whose people will all see the answer; `None` for a private one. What is shown there
    /// has to fit what that channel may carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Destination>,
}

/// Roles that know customers by name.
pub const WITH_CUSTOMERS: [&str; 5] = ["operator", "leader", "qa", "manager", "teammate"];

impl Invoker {
    /// Whether they work with customers, so that they may read who these are. Where ids are hidden only
    /// roles count.
    pub fn works_with_customers(&self) -> bool {
        let has = |role: &String| WITH_CUSTOMERS.contains(&role.as_str());
        self.roles.iter().any(has) || !self.teammate.is_empty()
    }
}
