//! The digest's settings: one default edition, and further ones with a filter of their own.

use cxbot_sdk::count::Filter;
use cxbot_sdk::schedule::Schedule;
use cxbot_sdk::{Clearance, Destination, Error, Result};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

/// The name of the edition that covers everything.
pub const DEFAULT_EDITION: &str = "all";

/// The weekly digest: `[plugins.digest]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// When the digest of the last complete week is posted. Default: Mondays at 09:00.
    pub schedule: Schedule,
    /// Days on which no edition is posted, such as "2026-12-28".
    #[schemars(with = "Vec<String>")]
    pub skip: Vec<Date>,
    /// Channels that get the default edition, such as "slack:C0123ABCD", or people, such as
    /// "slack:U0123ABCD" or "discord:@112233", who get it by direct message.
    pub destinations: Vec<Destination>,
    /// What the default edition's channels may carry.
    pub clearance: Clearance,
    /// Further editions, each with cells of its own, for example for a team's channel.
    pub editions: Vec<EditionConfig>,
}

/// One more edition: `[[plugins.digest.editions]]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditionConfig {
    /// A name of its own: lower-case letters, digits, hyphens; at most 24.
    pub name: String,
    /// Its schedule, if it is not the default edition's.
    pub schedule: Option<Schedule>,
    /// Channels or people that get it.
    #[serde(default)]
    pub destinations: Vec<Destination>,
    /// Which conversations it is about.
    #[serde(default)]
    pub filter: Filter,
    /// What its channels may carry.
    #[serde(default = "quotes")]
    pub clearance: Clearance,
}

/// Whoever names a channel for a digest wants it to say why.
fn quotes() -> Clearance {
    Clearance::Quotes
}

/// A digest with its own name, schedule, destinations, filter and clearance.
#[derive(Debug, Clone)]
pub struct Edition {
    pub name: String,
    pub schedule: Schedule,
    pub destinations: Vec<Destination>,
    pub filter: Filter,
    pub clearance: Clearance,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            schedule: "0 9 * * Mon".parse().expect("the default schedule is well-formed"),
            skip: Vec::new(),
            destinations: Vec::new(),
            clearance: quotes(),
            editions: Vec::new(),
        }
    }
}

impl Config {
    /// All editions, the default one first; refused when a name is unusable or taken.
    pub fn editions(self) -> Result<Vec<Edition>> {
        let mut all = vec![Edition {
            name: DEFAULT_EDITION.to_owned(),
            schedule: self.schedule.clone().skipping(&self.skip),
            destinations: self.destinations,
            filter: Filter::default(),
            clearance: self.clearance,
        }];
        for (index, edition) in self.editions.into_iter().enumerate() {
            check_name(&edition.name, &all)
                .map_err(|why| Error::refused(format!("editions[{index}].name: {why}")))?;
            all.push(Edition {
                name: edition.name,
                schedule: edition
                    .schedule
                    .unwrap_or_else(|| self.schedule.clone())
                    .skipping(&self.skip),
                destinations: edition.destinations,
                filter: edition.filter,
                clearance: edition.clearance,
            });
        }
        Ok(all)
    }
}

fn check_name(name: &str, taken: &[Edition]) -> Result<(), String> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || name.len() > 24 || !name.chars().all(allowed) {
        return Err(format!(
            "\"{name}\" is not a usable name; use at most 24 lower-case letters, digits, hyphens"
        ));
    }
    if taken.iter().any(|edition| edition.name == name) {
        return Err(format!("there is an edition \"{name}\" already; give each its own name"));
    }
    Ok(())
}
