//! `cxbot invite discord`: the address with which the bot is brought into a server.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::show;
use crate::chat::discord::{Discord, invitation};
use crate::config::{Loaded, Problem};

/// Prints the address that invites the bot with exactly the permissions it needs.
#[derive(Debug, Args)]
pub(super) struct Invite {
    platform: Platform,
    /// The application's id, from its page at Discord; asked of Discord by the token if not given.
    #[arg(long, value_name = "ID")]
    application: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Platform {
    Discord,
}

impl Invite {
    pub(super) async fn run(&self, loaded: &Loaded) -> Result<ExitCode> {
        let Platform::Discord = self.platform;
        let config = &loaded.config;
        config.workspace().map_err(|problem| loaded.locate(problem))?;
        let address = match (self.application, &config.secrets.discord) {
            (Some(id), _) => invitation(&id.to_string()),
            (None, Some(token)) => Discord::new(&config.discord, token)?.invitation().await?,
            (None, None) => {
                let what = "give the application's id, or set DISCORD_TOKEN";
                return Err(Problem::at("--application", what).into());
            }
        };
        show::print(&address)?;
        Ok(ExitCode::SUCCESS)
    }
}
