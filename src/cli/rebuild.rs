//! `cxbot rebuild`: the derived counts made anew.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use cxbot_sdk::words::counted;

use super::{open, show};
use crate::config::Loaded;

/// Counts everything anew and reports any difference to the counts that were kept.
#[derive(Debug, Args)]
pub(super) struct Rebuild {}

impl Rebuild {
    pub(super) async fn run(self, loaded: &Loaded) -> Result<ExitCode> {
        let app = open(loaded, None).await?;
        let stored = counted(app.store().how_many().await?, "conversation");
        let differences = app.store().rebuild().await?;
        app.store().close().await;
        for difference in &differences {
            show::print(&difference.to_string())?;
        }
        let found = match differences.len() {
            0 => "no difference to the counts that were kept".to_owned(),
            number => format!("{}, put right", counted(number as u64, "difference")),
        };
        show::print(&format!("Counted {stored} anew: {found}."))?;
        Ok(ExitCode::SUCCESS)
    }
}
