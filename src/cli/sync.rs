//! `cxbot sync`: pulls once from the configured source.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use cxbot_sdk::scores::Scores;
use cxbot_sdk::week::day_start;
use cxbot_sdk::words::day_time;
use jiff::civil::Date;

use super::{open, show};
use crate::clock::{Clock, SystemClock};
use crate::config::{Loaded, Problem};
use crate::source::intercom::{Client, Intercom};
use crate::source::{Ask, Intake, Source};

/// Pulls scored conversations once and says where it stands.
#[derive(Debug, Args)]
pub(super) struct Sync {
    /// Read conversations closed since this date, such as 2026-11-01.
    #[arg(long, value_name = "DATE")]
    since: Option<Date>,
    /// Read the whole history again.
    #[arg(long, conflicts_with = "since")]
    full: bool,
}

impl Sync {
    pub(super) async fn run(self, loaded: &Loaded) -> Result<ExitCode> {
        let Some(source) = sources(loaded)?.pop() else {
            let what = "there is no source to sync: set INTERCOM_TOKEN (or INTERCOM_TOKEN_FILE), or \
                        bring a file in with cxbot import";
            return Err(Problem::at("intercom", what).into());
        };
        let app = open(loaded, None).await?;
        let zone = app.workspace().zone.clone();
        let since = self.since.map(|date| day_start(date, &zone));
        let ask = Ask { now: SystemClock.now(), zone: zone.clone(), since, full: self.full };
        let mut intake = Intake::new(app.store());
        let pulled = source.pull(&ask, &mut intake).await;
        if pulled.is_ok() || intake.summary.read > 0 {
            show::print(&intake.summary.to_string())?;
        }
        let state = app.store().sources().await?;
        if let Some(state) = state.iter().find(|state| state.name == source.name()) {
            let until = day_time(state.read_until, &zone);
            show::print(&format!("Everything closed until {until} has been read."))?;
        }
        app.store().close().await;
        pulled
            .context("the sync stopped; what came is kept, and the next one goes on from there")?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The sources that are set up.
pub(super) fn sources(loaded: &Loaded) -> Result<Vec<Arc<dyn Source>>> {
    let config = &loaded.config.intercom;
    let Some(token) = loaded.config.secrets.intercom.clone() else { return Ok(Vec::new()) };
    let client = Client::new(config, token)?;
    Ok(vec![Arc::new(Intercom::new(client, config.clone()))])
}
