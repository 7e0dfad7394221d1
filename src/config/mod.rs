//! The configuration: one TOML file, the environment over it, secrets from the environment only.

mod access;
mod channels;
mod exclusions;
mod ids;
mod lists;
mod locate;
mod people;
mod platforms;
mod schema;
mod secrets;
mod sources;
#[cfg(test)]
mod tests;
mod workspace;

use std::collections::BTreeMap;
use std::path::PathBuf;

use cxbot_sdk::count::Exclusion;
use cxbot_sdk::schedule::Schedule;
use cxbot_sdk::{Destination, Workspace};
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

pub use access::{AUDITOR, AccessConfig, OPERATOR};
pub use channels::ChannelConfig;
pub use locate::{Environment, Loaded, Problem};
pub use people::PersonConfig;
pub use platforms::{DiscordConfig, SlackConfig};
pub use schema::schema;
pub use secrets::Secrets;
pub use sources::IntercomConfig;
pub use workspace::{WorkspaceConfig, zone};

use crate::store::Address;

/// Everything that can be set. Unknown keys are refused.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub workspace: WorkspaceConfig,
    pub store: StoreConfig,
    pub intercom: IntercomConfig,
    pub slack: SlackConfig,
    pub discord: DiscordConfig,
    pub operator: OperatorConfig,
    pub schedule: ScheduleConfig,
    /// What channels may carry. One that is not named carries figures only, or what an edition of the
    /// digest that goes there may carry.
    pub channels: Vec<ChannelConfig>,
    /// Conversations to leave out, tested in this order; the first that matches wins.
    pub exclusions: Vec<Exclusion>,
    /// Who is who on which platform.
    pub people: Vec<PersonConfig>,
    pub access: AccessConfig,
    /// Plugins by name; a section that is present enables its plugin.
    pub plugins: BTreeMap<String, Value>,
    /// Never from the file.
    #[serde(skip)]
    pub secrets: Secrets,
}

/// `[store]`: where cxbot keeps its data.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StoreConfig {
    /// Such as "sqlite://data/cxbot.db", the file and its folder are made, or
    /// "postgres://user@host/database". One with a password belongs into DATABASE_URL.
    pub url: String,
    /// The folder of the secrets of open mood polls, by its absolute path, such as "/var/lib/cxbot/keys";
    /// it belongs on this machine's own disk and into no backup. Default: keys, beside the SQLite file. With
    /// PostgreSQL there is no default, and no poll without it.
    pub keys: Option<PathBuf>,
}

/// `[operator]`: whoever keeps cxbot running.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OperatorConfig {
    /// The channel that is told once when a sync stands still, a job fails or a message cannot be
    /// delivered, such as "slack:C0123ABCD".
    pub channel: Option<Destination>,
}

/// `[schedule]`: the times of `cxbot run` itself.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ScheduleConfig {
    /// When sources are read, as in crontab. Sources are read before each digest too.
    pub sync: Schedule,
    /// How long a digest waits for its source and for late scores before it says "early", such as
    /// "2h".
    #[schemars(with = "String")]
    pub wait: SignedDuration,
}

impl Default for ScheduleConfig {
    fn default() -> Self {
        ScheduleConfig {
            sync: "@hourly".parse().expect("the default schedule is well-formed"),
            wait: SignedDuration::from_hours(2),
        }
    }
}

impl ScheduleConfig {
    fn check(&self) -> Result<(), Problem> {
        let day = SignedDuration::ZERO..=SignedDuration::from_hours(24);
        require(day.contains(&self.wait), "schedule.wait", "must be between 0h and 24h")
    }
}

impl Default for StoreConfig {
    fn default() -> Self {
        StoreConfig { url: "sqlite://data/cxbot.db".to_owned(), keys: None }
    }
}

impl StoreConfig {
    /// Whoever starts cxbot from another folder must not miss a secret that lies in this one.
    fn check(&self) -> Result<(), Problem> {
        let is_absolute = self.keys.as_ref().is_none_or(|keys| keys.is_absolute());
        require(
            is_absolute,
            "store.keys",
            "must be an absolute path, such as \"/var/lib/cxbot/keys\"",
        )
    }
}

impl Config {
    /// The settings of the workspace as plugins see them. Problems name the setting.
    pub fn workspace(&self) -> Result<Workspace, Problem> {
        let settings = &self.workspace;
        settings.check()?;
        self.schedule.check()?;
        self.store.check()?;
        exclusions::check(&self.exclusions)?;
        self.intercom.check()?;
        self.slack.check()?;
        self.discord.check()?;
        self.access.check()?;
        people::check(&self.people)?;
        self.check_protected()?;
        Ok(Workspace {
            zone: zone("workspace.timezone", &settings.timezone)?,
            zone_name: settings.timezone.clone(),
            ai_agent: settings.ai_agent.clone(),
            good_from: settings.good_from,
            steady: settings.steady_points / 100.0,
            settle: settings.settle,
            attribution: settings.attribution,
            protected: self.access.protected,
            exclusions: self.exclusions.clone(),
            channels: channels::settled(&self.channels)?,
        })
    }

    /// The names of those under `[[people]]` who have a role.
    pub fn having(&self, role: &str) -> impl Iterator<Item = &str> {
        let has = move |person: &&PersonConfig| person.roles.iter().any(|own| own == role);
        self.people.iter().filter(has).map(|person| &*person.name)
    }

    /// Whoever is protected has someone who can see that the mode is kept.
    fn check_protected(&self) -> Result<(), Problem> {
        match self.access.protected && self.having(AUDITOR).next().is_none() {
            false => Ok(()),
            true => Err(Problem::at(
                "access.protected",
                "protected mode takes an auditor: give someone under [[people]] the role \"auditor\"",
            )),
        }
    }

    /// Where the store is.
    pub fn store_address(&self) -> Result<Address, Problem> {
        self.store.url.parse().map_err(|why: String| Problem::at("store.url", why))
    }
}

/// A problem of this setting, unless it is as it must be.
fn require(holds: bool, setting: &str, must: &str) -> Result<(), Problem> {
    match holds {
        true => Ok(()),
        false => Err(Problem::at(setting, must)),
    }
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}
