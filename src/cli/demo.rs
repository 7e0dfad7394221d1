//! `cxbot demo`: a made-up workspace, without configuration and without network.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use cxbot_digest::Digest;
use cxbot_sdk::count::Exclusion;
use cxbot_sdk::{Destination, Plugin, Tick};
use jiff::Timestamp;
use serde_json::json;

use super::show;
use crate::chat::render::terminal;
use crate::clock::FixedClock;
use crate::config::{Config, Problem};
use crate::host::{App, Plugins};
use crate::source::synthetic::{NOW, Synthetic, ZONE};
use crate::source::{Ask, Intake, Source};
use crate::store::Address;

/// Where the demo posts.
const CHANNEL: &str = "terminal:demo";

/// Shows a digest of a made-up workspace.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Keep the demo's store in this folder, for the other commands to look at.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print the digest of the last complete week and exit.
    #[arg(long, required = true)]
    once: bool,
}

impl Demo {
    pub(super) async fn run(&self) -> Result<ExitCode> {
        let now: Timestamp = NOW.parse().context("the demo's clock")?;
        let config = config();
        let plugins = Plugins::install(&config)?;
        let app =
            App::build_at(&config, plugins, Arc::new(FixedClock(now)), &self.address()).await?;
        let ask = Ask { now, zone: app.workspace().zone.clone(), since: None, full: true };
        let mut intake = Intake::new(app.store());
        Synthetic.pull(&ask, &mut intake).await?;
        let tick = Tick::on_time(now);
        app.run_job(Digest::NAME, cxbot_digest::config::DEFAULT_EDITION, tick).await?;
        let channel: Destination = CHANNEL.parse().map_err(|why| Problem::at("demo", why))?;
        for posted in app.posted(Digest::NAME, &channel).await? {
            show::print(&terminal::render(&posted.message, &app.workspace().zone))?;
        }
        app.store().close().await;
        Ok(ExitCode::SUCCESS)
    }

    fn address(&self) -> Address {
        match &self.data {
            Some(folder) => Address::File(folder.join("cxbot.db")),
            None => Address::Memory,
        }
    }
}

fn config() -> Config {
    let mut config = Config::default();
    config.workspace.timezone = ZONE.to_owned();
    config.exclusions = vec![Exclusion {
        name: "spam".to_owned(),
        reason: "advertising, not a customer".to_owned(),
        tag: Some("spam".to_owned()),
        ..Exclusion::default()
    }];
    let digest = json!({"destinations": [CHANNEL]});
    config.plugins = [(Digest::NAME.to_owned(), digest)].into();
    config
}
