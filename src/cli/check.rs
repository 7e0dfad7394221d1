//! `cxbot check`: one line for each finding, with its remedy. Offline, it contacts nothing.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use cxbot_sdk::words::{counted, day_time};

use super::{installed, open, show};
use crate::clock::{Clock, SystemClock};
use crate::config::Loaded;
use crate::store::{Address, GONE_AFTER};

/// Checks the configuration, the store and the schedules.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Only whether cxbot run lives on this store, for a container's health check.
    #[arg(long)]
    running: bool,
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
        match &config.secrets.intercom {
            Some(_) => finding("ok", "intercom", "the token is set")?,
            None => finding(
                "note",
                "intercom",
                "INTERCOM_TOKEN is not set, so nothing is pulled; set it, or use cxbot import",
            )?,
        }
        match &config.secrets.slack_bot {
            Some(_) => finding("ok", "slack", "the bot token is set")?,
            None => finding(
                "note",
                "slack",
                "SLACK_BOT_TOKEN is not set, so nothing is posted to Slack; set it",
            )?,
        }
        match &config.operator.channel {
            Some(channel) => finding("ok", "operator", &format!("troubles are told in {channel}"))?,
            None => finding(
                "note",
                "operator",
                "operator.channel is not set, so troubles are told in the log only; set it",
            )?,
        }
        for (manifest, job) in plugins.jobs() {
            let name = format!("{} {}", manifest.name, job.name);
            match job.schedule.next_after(SystemClock.now(), &workspace.zone) {
                Some(slot) => {
                    let at = slot.at;
                    let local = day_time(at, &workspace.zone);
                    finding("ok", &name, &format!("{} is next due {local} ({at})", job.schedule))?;
                }
                None => finding(
                    "problem",
                    &name,
                    &format!("{} never happens; correct the schedule", job.schedule),
                )?,
            }
        }
        self.store(loaded, &address).await?;
        Ok(ExitCode::SUCCESS)
    }

    async fn is_running(&self, loaded: &Loaded) -> Result<ExitCode> {
        let app = open(loaded, None).await?;
        let runner = app.store().runner().await?;
        app.store().close().await;
        let now = SystemClock.now();
        let Some(runner) = runner.filter(|runner| now < runner.seen_at + GONE_AFTER) else {
            anyhow::bail!("cxbot run does not live on this store; start it");
        };
        show::print(&format!("{} runs", runner.owner))?;
        Ok(ExitCode::SUCCESS)
    }

    async fn store(&self, loaded: &Loaded, address: &Address) -> Result<()> {
        if let Address::File(path) = address
            && !path.exists()
        {
            return finding("note", "store", &format!("{} will be made", path.display()));
        }
        let app = open(loaded, None).await?;
        app.store().check().await?;
        let stored = counted(app.store().how_many().await?, "conversation");
        app.store().close().await;
        finding("ok", "store", &stored)
    }
}

fn finding(level: &str, what: &str, text: &str) -> Result<()> {
    show::print(&format!("{level:<8} {what:<16} {text}"))
}
