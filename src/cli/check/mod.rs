//! `cxbot check`: one line for each finding, with its remedy. Offline, it contacts nothing.
//!
//! [`slips`] finds what can hardly be meant, [`stored`] names that nobody in the store has.

mod slips;
mod stored;

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use cxbot_sdk::ballot::Invited;
use cxbot_sdk::words::{counted, day_time};
use cxbot_sdk::{Destination, Members, Workspace};

use super::{installed, show};
use crate::chat::discord::{self, Discord};
use crate::chat::slack::Asks;
use crate::chat::slack::{self, Slack};
use crate::chat::{Finding, Platform, audience};
use crate::clock::{Clock, SystemClock};
use crate::config::{AUDITOR, Config, Loaded, OPERATOR};
use crate::host::Plugins;
use crate::host::watch::{self, Found};
use crate::store::{Address, GONE_AFTER, Store};

/// Checks the configuration, the store and the schedules.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Only whether cxbot run lives on this store, for a container's health check.
    #[arg(long, conflicts_with = "online")]
    running: bool,
    /// Contact the platforms too: tokens, what they may do, and channels.
    #[arg(long)]
    online: bool,
}

impl Check {
    pub(super) async fn run(self, loaded: &Loaded) -> Result<ExitCode> {
        if self.running {
            return self.is_running(loaded).await;
        }
        let config = &loaded.config;
        let workspace = config.workspace().map_err(|problem| loaded.locate(problem))?;
        let address = config.store_address().map_err(|problem| loaded.locate(problem))?;
        let plugins = installed(loaded)?;
        finding("ok", "configuration", &format!("time zone {}", workspace.zone_name))?;
        let having = |role| config.having(role).collect::<Vec<_>>().join(", ");
        if config.access.protected {
            let auditors = having(AUDITOR);
            finding("ok", "access", &format!("protected mode is on; auditors: {auditors}"))?;
        }
        let operators = having(OPERATOR);
        if !operators.is_empty() {
            let who = format!("operators, who may ask for everything: {operators}");
            finding("ok", "access", &who)?;
        }
        for slip in slips::slips(config) {
            finding("note", "configuration", &loaded.locate(slip).to_string())?;
        }
        for (what, is_set, set, unset) in switches(config) {
            match is_set {
                true => finding("ok", what, set)?,
                false => finding("note", what, unset)?,
            }
        }
        let mut code = ExitCode::SUCCESS;
        for (manifest, job) in plugins.jobs() {
            let name = format!("{} {}", manifest.name, job.name);
            match job.schedule.next_after(SystemClock.now(), &workspace.zone) {
                Some(slot) => {
                    let at = slot.at;
                    let local = day_time(at, &workspace.zone);
                    finding("ok", &name, &format!("{} is next due {local} ({at})", job.schedule))?;
                }
                None => {
                    code = ExitCode::from(1);
                    let what = format!("{} never happens; correct the schedule", job.schedule);
                    finding("problem", &name, &what)?;
                }
            }
        }
        let orphans = store(loaded, &plugins, &address).await?;
        for found in watch::settings(config, &plugins, &address).into_iter().chain(orphans) {
            match found {
                Found::Note(text) => finding("note", "ballots", &text)?,
                Found::Problem(text) => {
                    code = ExitCode::from(1);
                    finding("problem", "ballots", &text)?;
                }
            }
        }
        if !tokens_of_destinations(config, &plugins)? {
            code = ExitCode::from(1);
        }
        if self.online && !self.look(config, &plugins, &workspace).await? {
            code = ExitCode::from(1);
        }
        Ok(code)
    }

    /// Whether the platforms find nothing wrong.
    async fn look(
        &self,
        config: &Config,
        plugins: &Plugins,
        workspace: &Workspace,
    ) -> Result<bool> {
        let all = channels(config, plugins);
        let on = |platform: &str| -> Vec<&str> {
            let own = all.iter().filter(|at| at.platform == platform);
            own.map(|at| at.channel.as_str()).collect()
        };
        let mut well = true;
        if let Some(token) = &config.secrets.slack_bot {
            let slack = Slack::new(&config.slack, token, workspace.zone.clone())?;
            let slack = slack.listening(config.secrets.slack_app.clone());
            let slack = slack.with_groups(config.access.slack_groups().collect());
            let slack = slack.asking(asks_on(plugins, slack::NAME));
            well &= say(slack::NAME, slack.look(&on(slack::NAME)).await)?;
            well &= say(slack::NAME, look_at_audiences(&slack, plugins).await)?;
        }
        if let Some(token) = &config.secrets.discord {
            let discord = Discord::new(&config.discord, token)?;
            let channels = on(discord::NAME).into_iter().map(str::to_owned).collect();
            let discord = discord.answering(Vec::new(), channels);
            well &= say(discord::NAME, discord.look(&on(discord::NAME)).await)?;
            well &= say(discord::NAME, look_at_audiences(&discord, plugins).await)?;
        }
        Ok(well)
    }

    async fn is_running(&self, loaded: &Loaded) -> Result<ExitCode> {
        let address = loaded.config.store_address().map_err(|problem| loaded.locate(problem))?;
        let store = Store::open_unchanged(&address).await?;
        let runner = store.runner().await?;
        store.close().await;
        let now = SystemClock.now();
        let Some(runner) = runner.filter(|runner| now < runner.seen_at + GONE_AFTER) else {
            anyhow::bail!("cxbot run does not live on this store; start it");
        };
        show::print(&format!("{} runs", runner.owner))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Prints what is stored; what is wrong with ballots in there.
async fn store(loaded: &Loaded, plugins: &Plugins, address: &Address) -> Result<Vec<Found>> {
    if let Address::File(path) = address
        && !path.exists()
    {
        finding("note", "store", &format!("{} will be made", path.display()))?;
        return Ok(Vec::new());
    }
    let store = Store::open_unchanged(address).await?;
    store.check().await?;
    let stored = counted(store.how_many().await?, "conversation");
    let unknown = stored::unknown(&store, &loaded.config, plugins).await;
    let orphans = watch::orphans(&store, plugins).await;
    store.close().await;
    finding("ok", "store", &stored)?;
    for name in unknown? {
        finding("note", "store", &loaded.locate(name).to_string())?;
    }
    orphans
}

/// What is on once something is set: its name, whether it is, and the words for both.
pub(super) fn switches(config: &Config) -> [(&'static str, bool, &'static str, &'static str); 5] {
    let secrets = &config.secrets;
    [
        (
            "intercom",
            secrets.intercom.is_some(),
            "the token is set",
            "INTERCOM_TOKEN is not set, so nothing is pulled; set it, or use cxbot import",
        ),
        (
            "slack",
            secrets.slack_bot.is_some(),
            "the bot token is set",
            "SLACK_BOT_TOKEN is not set, so nothing is posted to Slack; set it",
        ),
        (
            "slack",
            secrets.slack_app.is_some(),
            "the app token is set",
            "SLACK_APP_TOKEN is not set, so commands and buttons are not heard; set it",
        ),
        (
            "discord",
            secrets.discord.is_some(),
            "the token is set",
            "DISCORD_TOKEN is not set, so nothing is posted to Discord and nothing heard; set it",
        ),
        (
            "operator",
            config.operator.channel.is_some(),
            "troubles are told in operator.channel",
            "operator.channel is not set, so troubles are told in the log only; set it",
        ),
    ]
}

/// A channel whose platform has no token gets nothing.
fn tokens_of_destinations(config: &Config, plugins: &Plugins) -> Result<bool> {
    let secrets = &config.secrets;
    let mut well = true;
    for at in channels(config, plugins) {
        let (token, is_set) = match at.platform.as_str() {
            slack::NAME => ("SLACK_BOT_TOKEN", secrets.slack_bot.is_some()),
            discord::NAME => ("DISCORD_TOKEN", secrets.discord.is_some()),
            _ => continue,
        };
        if !is_set {
            well = false;
            finding("problem", &at.platform, &format!("{at} gets nothing: set {token}"))?;
        }
    }
    Ok(well)
}

/// Everywhere that the settings have something posted, each place once.
pub(super) fn channels(config: &Config, plugins: &Plugins) -> BTreeSet<Destination> {
    let mut channels = plugins.destinations();
    channels.extend(config.operator.channel.clone());
    let people = plugins.asked().filter_map(|invited| match invited {
        Invited::At(at) if at.is_person() => Some(at.clone()),
        _ => None,
    });
    channels.extend(people);
    channels
}

/// Whose members on this platform are asked.
fn audiences(plugins: &Plugins, platform: &str) -> Vec<Members> {
    let members = |invited: &Invited| match invited {
        Invited::Group { platform: on, id } if on == platform => Some(Members::Group(id.clone())),
        Invited::At(at) if at.platform == platform && !at.is_person() => {
            Some(Members::Channel(at.channel.clone()))
        }
        _ => None,
    };
    plugins.asked().filter_map(members).collect()
}

/// Whether anybody on this platform is asked, person by person or by where they are.
pub(super) fn asks_on(plugins: &Plugins, platform: &str) -> Asks {
    let all = audiences(plugins, platform);
    let groups = all.iter().any(|of| matches!(of, Members::Group(_)));
    Asks { people: plugins.asked().next().is_some(), groups }
}

async fn look_at_audiences(platform: &dyn Platform, plugins: &Plugins) -> Vec<Finding> {
    let mut findings = Vec::new();
    for of in audiences(plugins, platform.name()) {
        let found = audience(platform, &of).await;
        // Where a channel does not tell who is in it, whoever sees the poll may answer.
        findings.push(match (&of, found) {
            (Members::Channel(_), Err(why)) => {
                Ok(format!("{why}; so the poll does not say of how many"))
            }
            (_, found) => found,
        });
    }
    findings
}

/// Prints what was found; whether nothing is wrong.
fn say(platform: &str, found: Vec<Finding>) -> Result<bool> {
    let well = found.iter().all(Result::is_ok);
    for found in found {
        match found {
            Ok(text) => finding("ok", platform, &text)?,
            Err(text) => finding("problem", platform, &text)?,
        }
    }
    Ok(well)
}

fn finding(level: &str, what: &str, text: &str) -> Result<()> {
    show::print(&format!("{level:<8} {what:<16} {text}"))
}
