//! The plugin's settings: groups of customers.

use cxbot_sdk::history::{Party, PartyKind};
use cxbot_sdk::plugin::ListOrCsv;
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

/// A named set of companies: `[[plugins.lookup.groups]]`. It takes companies, an attribute, or both.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Group {
    /// A name of its own.
    pub name: String,
    /// The companies, by name.
    #[schemars(with = "ListOrCsv")]
    pub companies: Vec<String>,
    /// Everyone whose conversations carry this value.
    pub attribute: Option<Attribute>,
}

/// An attribute of conversations, or the plan of the company, with the value that is meant.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// Such as "plan" or "Segment", in any case.
    pub name: String,
    /// Such as "enterprise", in any case.
    pub value: String,
}

impl Config {
    pub(crate) fn groups(self) -> Result<Vec<Group>> {
        for (place, group) in self.groups.iter().enumerate() {
            let problem = |what: &str| Error::refused(format!("groups[{place}]: {what}"));
            if group.name.trim().is_empty() {
                return Err(problem("a group needs a name"));
            }
            if group.companies.is_empty() && group.attribute.is_none() {
                return Err(problem("a group needs companies or an attribute"));
            }
            if let Some(Attribute { name, value }) = &group.attribute
                && (name.trim().is_empty() || value.trim().is_empty())
            {
                return Err(problem("an attribute needs a name and a value"));
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

    /// Whose conversations the group's are.
    pub(crate) fn parties(&self) -> impl Iterator<Item = Party> {
        let named = |company: &String| Party::named(PartyKind::CompanyName, company);
        let with = |Attribute { name, value }: &Attribute| Party::attribute(name, value);
        self.companies.iter().map(named).chain(self.attribute.iter().map(with))
    }
}
