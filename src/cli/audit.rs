//! `cxbot audit`: who looked whom up.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use super::{open, show};
use crate::config::Loaded;

/// Prints who looked whom up, latest first: when, who, whom, by what, and where it was seen.
#[derive(Debug, Args)]
pub(super) struct Audit {
    /// Only looks at this one, as the list names it: "teammate intercom/814".
    #[arg(long, value_name = "ID")]
    subject: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 1_000)]
    count: usize,
}

impl Audit {
    pub(super) async fn run(&self, loaded: &Loaded) -> Result<ExitCode> {
        let app = open(loaded, None).await?;
        let looked = app.store().audit(self.subject.as_deref(), self.count).await;
        app.store().close().await;
        for one in looked? {
            let seen_in = one.seen_in.map_or("privately".to_owned(), |at| at.to_string());
            let line = [one.at.to_string(), one.who, one.whom, one.command, seen_in].join("\t");
            show::print(&line)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
