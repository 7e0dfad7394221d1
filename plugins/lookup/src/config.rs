//! The plugin's settings: groups of customers.

use cxbot_sdk::{Error, Result};
use schemars::JsonSchema;
use serde::Deserialize;

/// Look-ups: `[plugins.lookup]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Named sets of companies.
    pub groups: Vec<Group>,
}

/// A named set of companies: `[[plugins.lookup.groups]]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Group {
    /// A name of its own.
    pub name: String,
    /// The companies, by name.
    pub companies: Vec<String>,
}

impl Config {
    pub(crate) fn groups(self) -> Result<Vec<Group>> {
        for (place, group) in self.groups.iter().enumerate() {
            let problem = |what: &str| Error::refused(format!("groups[{place}]: {what}"));
            if group.name.trim().is_empty() {
                return Err(problem("a group needs a name"));
            }
            if group.companies.is_empty() {
                return Err(problem("a group needs companies"));
            }
            if self.groups[..place].iter().any(|other| other.is(&group.name)) {
                return Err(problem("there are two groups of this name"));
            }
        }
        Ok(self.groups)
    }
}

impl Group {
    pub(crate) fn is(&self, name: &str) -> bool {
        cxbot_sdk::count::same(&self.name, name)
    }
}
