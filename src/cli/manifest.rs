//! `cxbot manifest slack`: what to paste when the app is made.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::check::asks_on;
use super::{installed, show};
use crate::chat::slack::{self, Asks, manifest};
use crate::config::Loaded;

/// Prints the manifest of the Slack app: make the app from it, then install it.
#[derive(Debug, Args)]
pub(super) struct Manifest {
    platform: Platform,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Platform {
    Slack,
}

impl Manifest {
    pub(super) fn run(&self, loaded: &Loaded) -> Result<ExitCode> {
        let Platform::Slack = self.platform;
        loaded.config.workspace().map_err(|problem| loaded.locate(problem))?;
        let asks = asks_on(&installed(loaded)?, slack::NAME);
        let groups = asks.groups || loaded.config.access.slack_groups().next().is_some();
        let manifest = manifest::manifest(&loaded.config.slack.command, Asks { groups, ..asks });
        show::print(&show::json(&manifest)?)?;
        Ok(ExitCode::SUCCESS)
    }
}
