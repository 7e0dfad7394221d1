//! Settings of the workspace: what numbers and weeks mean.

use cxbot_sdk::Workspace;
use cxbot_sdk::history::Attribution;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Problem, require};

/// `[workspace]`: what numbers and weeks mean.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WorkspaceConfig {
    /// IANA name of the zone that defines weeks and schedules.
    pub timezone: String,
    /// The AI agent's display name.
    pub ai_agent: String,
    /// The lowest score that counts as good, 1–5.
    pub good_from: u8,
    /// A change is steady when all of its interval lies within this many points (0.1–50).
    pub steady_points: f64,
    /// How long after its close a conversation may still get its score, such as "6h".
    #[schemars(with = "String")]
    pub settle: SignedDuration,
    /// Which teammate a conversation counts for.
    pub attribution: Attribution,
}

impl Default for WorkspaceConfig {
    fn default() -> Self {
        let Workspace { zone_name, ai_agent, good_from, settle, .. } = Workspace::default();
        WorkspaceConfig {
            timezone: zone_name,
            ai_agent,
            good_from,
            steady_points: 5.0,
            settle,
            attribution: Attribution::default(),
        }
    }
}

impl WorkspaceConfig {
    pub(super) fn check(&self) -> Result<(), Problem> {
        let week = SignedDuration::ZERO..=SignedDuration::from_hours(168);
        let points = 0.1..=50.0;
        let checks = [
            ((1..=5).contains(&self.good_from), "good_from", "must be 1 to 5"),
            (points.contains(&self.steady_points), "steady_points", "must be 0.1 to 50"),
            (week.contains(&self.settle), "settle", "must be between 0h and 168h"),
            (!self.ai_agent.trim().is_empty(), "ai_agent", "must not be empty"),
        ];
        checks
            .into_iter()
            .try_for_each(|(holds, key, must)| require(holds, &format!("workspace.{key}"), must))
    }
}

/// A zone from the bundled data; the nearest name is offered for one that is not there.
pub fn zone(setting: &str, name: &str) -> Result<TimeZone, Problem> {
    TimeZone::get(name).map_err(|_| {
        let names: Vec<String> = jiff::tz::db().available().map(|zone| zone.to_string()).collect();
        let distance = |known: &&String| strsim::damerau_levenshtein(known, name);
        let hint = names
            .iter()
            .min_by_key(distance)
            .filter(|known| distance(known) <= name.len() / 4)
            .map_or("write it like Europe/Dublin".to_owned(), |known| {
                format!("did you mean {known}?")
            });
        Problem::at(setting, format!("\"{name}\" is not an IANA time zone; {hint}"))
    })
}
