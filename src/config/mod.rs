//! The configuration: one TOML file, the environment over it, secrets from the environment only.

mod access;
mod channels;
mod lists;
mod locate;
mod platforms;
mod schema;
mod secrets;
mod sources;

use std::collections::BTreeMap;
use std::path::PathBuf;

use cxbot_sdk::count::{Exclusion, NOBODY_ANSWERED};
use cxbot_sdk::history::Attribution;
use cxbot_sdk::schedule::Schedule;
use cxbot_sdk::{Destination, Workspace};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

pub use access::{AUDITOR, AccessConfig, OPERATOR};
pub use channels::ChannelConfig;
pub use locate::{Environment, Loaded, Problem};
pub use platforms::{DiscordConfig, SlackConfig};
pub use schema::schema;
pub use secrets::Secrets;
pub use sources::IntercomConfig;

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

/// `[[people]]`: one person over all platforms.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PersonConfig {
    pub name: String,
    /// Other names that people use, such as "Maya O".
    pub aliases: Vec<String>,
    pub email: Option<String>,
    /// Slack user id.
    pub slack: Option<String>,
    /// Discord user id.
    pub discord: Option<String>,
    /// Teammate ids in the source, one or several.
    #[serde(deserialize_with = "one_or_several")]
    #[schemars(with = "OneOrSeveral")]
    pub teammate: Vec<String>,
    /// Teams that they are in, or lead where "manager" is one of their roles.
    pub teams: Vec<String>,
    /// Their own zone, where it is not the workspace's, by its IANA name.
    pub timezone: Option<String>,
    pub roles: Vec<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
enum OneOrSeveral {
    One(String),
    Several(Vec<String>),
}

fn one_or_several<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<String>, D::Error> {
    Ok(match OneOrSeveral::deserialize(reader)? {
        OneOrSeveral::One(id) => vec![id],
        OneOrSeveral::Several(ids) => ids,
    })
}

impl PersonConfig {
    /// The person's id on a platform.
    pub fn id_on(&self, platform: &str) -> Option<&String> {
        match platform {
            "slack" => self.slack.as_ref(),
            "discord" => self.discord.as_ref(),
            _ => None,
        }
    }
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

impl Default for StoreConfig {
    fn default() -> Self {
        StoreConfig { url: "sqlite://data/cxbot.db".to_owned(), keys: None }
    }
}

impl Config {
    /// The settings of the workspace as plugins see them. Problems name the setting.
    pub fn workspace(&self) -> Result<Workspace, Problem> {
        let settings = &self.workspace;
        let in_range = |ok: bool, setting: &str, must: &str| match ok {
            true => Ok(()),
            false => Err(Problem::at(setting, must)),
        };
        in_range((1..=5).contains(&settings.good_from), "workspace.good_from", "must be 1 to 5")?;
        let steady = settings.steady_points;
        in_range((0.1..=50.0).contains(&steady), "workspace.steady_points", "must be 0.1 to 50")?;
        in_range(
            !settings.settle.is_negative() && settings.settle <= SignedDuration::from_hours(168),
            "workspace.settle",
            "must be between 0h and 168h",
        )?;
        in_range(!settings.ai_agent.trim().is_empty(), "workspace.ai_agent", "must not be empty")?;
        in_range(
            !self.schedule.wait.is_negative()
                && self.schedule.wait <= SignedDuration::from_hours(24),
            "schedule.wait",
            "must be between 0h and 24h",
        )?;
        self.check_keys()?;
        self.check_exclusions()?;
        self.check_intercom()?;
        self.slack.check()?;
        self.discord.check()?;
        self.access.check()?;
        self.check_protected()?;
        for (place, person) in self.people.iter().enumerate() {
            if let Some(name) = &person.timezone {
                zone(&format!("people[{place}].timezone"), name)?;
            }
        }
        Ok(Workspace {
            zone: zone("workspace.timezone", &settings.timezone)?,
            zone_name: settings.timezone.clone(),
            ai_agent: settings.ai_agent.clone(),
            good_from: settings.good_from,
            steady: steady / 100.0,
            settle: settings.settle,
            attribution: settings.attribution,
            protected: self.access.protected,
            exclusions: self
                .exclusions
                .iter()
                .map(|rule| (rule.name.clone(), rule.reason.clone()))
                .collect(),
            channels: channels::settled(&self.channels)?,
        })
    }

    /// Whoever starts cxbot from another folder must not miss a secret that lies in this one.
    fn check_keys(&self) -> Result<(), Problem> {
        let is_absolute = self.store.keys.as_ref().is_none_or(|keys| keys.is_absolute());
        let must = "must be an absolute path, such as \"/var/lib/cxbot/keys\"";
        if is_absolute { Ok(()) } else { Err(Problem::at("store.keys", must)) }
    }

    fn check_intercom(&self) -> Result<(), Problem> {
        let settings = &self.intercom;
        let timeout = SignedDuration::from_secs(1)..=SignedDuration::from_mins(10);
        let checks = [
            ((1..=260).contains(&settings.history_weeks), "history_weeks", "must be 1 to 260"),
            ((1..=60).contains(&settings.reread_days), "reread_days", "must be 1 to 60"),
            (timeout.contains(&settings.timeout), "timeout", "must be between 1s and 10m"),
            (is_web(&settings.base_url), "base_url", "must start with https:// or http://"),
            (is_web(&settings.app_url), "app_url", "must start with https:// or http://"),
        ];
        match checks.into_iter().find(|(holds, ..)| !holds) {
            Some((_, setting, must)) => Err(Problem::at(&format!("intercom.{setting}"), must)),
            None => Ok(()),
        }
    }

    /// The names of those who may read all of the audit log in chat.
    pub fn auditors(&self) -> impl Iterator<Item = &str> {
        let has = |person: &&PersonConfig| person.roles.iter().any(|role| role == AUDITOR);
        self.people.iter().filter(has).map(|person| &*person.name)
    }

    /// Whoever is protected has someone who can see that the mode is kept.
    fn check_protected(&self) -> Result<(), Problem> {
        match self.access.protected && self.auditors().next().is_none() {
            false => Ok(()),
            true => Err(Problem::at(
                "access.protected",
                "protected mode takes an auditor: give someone under [[people]] the role \"auditor\"",
            )),
        }
    }

    fn check_exclusions(&self) -> Result<(), Problem> {
        for (index, rule) in self.exclusions.iter().enumerate() {
            let refuse = |field: &str, must: String| {
                Err(Problem::at(&format!("exclusions[{index}]{field}"), must))
            };
            let taken = self.exclusions[..index].iter().any(|other| other.name == rule.name);
            if rule.name.trim().is_empty() {
                return refuse(".name", "must not be empty".to_owned());
            }
            if taken || rule.name == NOBODY_ANSWERED {
                return refuse(".name", format!("\"{}\" is taken; choose another", rule.name));
            }
            if !rule.has_condition() {
                let must = "names nothing to match: give tag, team, teammate, channel or \
                            customer_domain";
                return refuse("", must.to_owned());
            }
        }
        Ok(())
    }

    /// Where the store is.
    pub fn store_address(&self) -> Result<Address, Problem> {
        self.store.url.parse().map_err(|why: String| Problem::at("store.url", why))
    }
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn load(text: &str, variables: &[(&str, &str)]) -> Result<Loaded, Problem> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("cxbot.toml");
        std::fs::write(&file, text).expect("written");
        Loaded::read(Some(&file), &variables.iter().copied().collect())
    }

    fn problem(text: &str, variables: &[(&str, &str)]) -> String {
        let loaded = match load(text, variables) {
            Ok(loaded) => loaded,
            Err(problem) => return without_folder(&problem.to_string()),
        };
        let problem = loaded.config.workspace().map(|_| String::from("no problem"));
        without_folder(&problem.unwrap_or_else(|problem| loaded.locate(problem).to_string()))
    }

    /// The temporary folder's name differs from run to run.
    fn without_folder(line: &str) -> String {
        line.split_once("cxbot.toml").map_or(line.to_owned(), |(_, rest)| format!("FILE{rest}"))
    }

    #[test]
    fn the_shipped_file_loads_and_holds_the_defaults() {
        let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/config/cxbot.toml"));
        let shipped = Loaded::read(Some(file), &Environment::default()).expect("a good file");
        let defaults = load("", &[]).expect("an empty file will do");
        let text = |loaded: &Loaded| {
            let mut config = loaded.config.clone();
            // Shown in the file for its reader; the plugin's own defaults are checked there.
            config.plugins.clear();
            format!("{config:?}")
        };
        assert_eq!(text(&shipped), text(&defaults));
    }

    #[test]
    fn a_problem_says_where_it_is_and_what_to_do() {
        for (text, variables, wanted) in [
            (
                "[workspace]\ntimezone = \"Europe/Dublim\"",
                vec![],
                "FILE:2: workspace.timezone: \"Europe/Dublim\" is not an IANA time zone; did you \
                 mean Europe/Dublin?",
            ),
            (
                "\n[workspace]\n\ngood_from = 6",
                vec![],
                "FILE:4: workspace.good_from: must be 1 to 5",
            ),
            (
                "[workspace]\ngood_from = 3",
                vec![("CXBOT__WORKSPACE__GOOD_FROM", "0")],
                "CXBOT__WORKSPACE__GOOD_FROM: workspace.good_from: must be 1 to 5",
            ),
            (
                "[store]\nkeys = \"data/keys\"",
                vec![],
                "FILE:2: store.keys: must be an absolute path, such as \"/var/lib/cxbot/keys\"",
            ),
            (
                "[[exclusions]]\nname = \"a\"\nreason = \"b\"",
                vec![],
                "FILE:1: exclusions[0]: names nothing to match: give tag, team, teammate, channel or \
                 customer_domain",
            ),
            (
                "[[channels]]\nchannel = \"slack:C1\"\n[[channels]]\nchannel = \"slack:C1\"",
                vec![],
                "FILE:4: channels[1].channel: slack:C1 is named in channels[0] already; name it once",
            ),
            (
                "[[channels]]\nchannel = \"slack:C1\"\nclearence = \"names\"",
                vec![],
                "FILE:3: channels[0].clearence: unknown field `clearence`, expected one of `channel`, \
                 `clearance`, `redact`",
            ),
            (
                "[[channels]]\nchannel = \"slack:#cx\"",
                vec![],
                "FILE:2: channels[0].channel: \"slack:#cx\" is not a channel's or a person's id; copy \
                 it from the end of the channel's details in Slack, or from the menu of the \
                 person's profile, and write it like slack:C0123ABCD or slack:U0123ABCD",
            ),
            (
                "[intercom]\ntoken = \"t\"",
                vec![],
                "FILE:2: intercom.token: secrets do not belong in the file; use INTERCOM_TOKEN or \
                 token_file",
            ),
        ] {
            assert_eq!(problem(text, &variables), wanted);
        }
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_known_ones() {
        let line = problem("[store]\nuri = \"x\"", &[]);
        assert_eq!(line, "FILE:2: store.uri: unknown field `uri`, expected `url` or `keys`");
    }

    #[test]
    fn the_environment_goes_before_the_file_and_named_variables_between() {
        let url = |variables: &[(&str, &str)]| {
            let loaded = load("[store]\nurl = \"sqlite://file.db\"", variables).expect("settings");
            loaded.config.store.url
        };
        let named = ("DATABASE_URL", "sqlite://named.db");
        assert_eq!(url(&[]), "sqlite://file.db");
        assert_eq!(url(&[named]), "sqlite://named.db");
        assert_eq!(url(&[named, ("CXBOT__STORE__URL", "sqlite://own.db")]), "sqlite://own.db");
        assert_eq!(url(&[("CXBOT__STORE__URL", "")]), "sqlite://file.db");
    }

    #[test]
    fn a_text_that_looks_like_a_number_is_still_a_text() {
        let variables =
            [("CXBOT__INTERCOM__API_VERSION", "2.15"), ("CXBOT__WORKSPACE__AI_AGENT", "7")];
        let config = load("", &variables).expect("settings").config;
        assert_eq!((&*config.intercom.api_version, &*config.workspace.ai_agent), ("2.15", "7"));
    }

    #[test]
    fn a_secret_is_read_from_the_environment_and_never_printed() {
        let loaded = load("", &[("INTERCOM_TOKEN", "dG9rZW4=")]).expect("settings");
        assert!(loaded.config.secrets.intercom.is_some());
        assert!(!format!("{:?}", loaded.config).contains("dG9rZW4"));
        let missing = load("", &[("INTERCOM_TOKEN_FILE", "/nowhere/token")]);
        let problem = missing.err().expect("refused").to_string();
        assert!(problem.contains("INTERCOM_TOKEN_FILE: cannot read /nowhere/token"), "{problem}");
    }

    #[test]
    fn a_token_of_the_wrong_kind_or_in_pieces_is_refused_by_its_variable() {
        let refused = |name: &str, value: &str| {
            load("", &[(name, value)]).err().expect("refused").to_string()
        };
        assert_eq!(
            refused("SLACK_BOT_TOKEN", "xapp-1"),
            "SLACK_BOT_TOKEN: this is the other kind of token; give it the bot token, xoxb-…"
        );
        assert_eq!(
            refused("INTERCOM_TOKEN", "two\nlines"),
            "INTERCOM_TOKEN: holds white space within it; give the bare token"
        );
    }

    #[test]
    fn without_a_plugins_table_every_plugin_is_on() {
        let names = |text: &str| {
            let loaded = load(text, &[]).expect("settings");
            loaded.config.plugins.into_keys().collect::<Vec<_>>()
        };
        assert_eq!(names(""), ["digest", "lookup", "mood"]);
        assert_eq!(names("[plugins]"), Vec::<String>::new());
    }
}
