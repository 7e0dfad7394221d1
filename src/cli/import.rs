//! `cxbot import`: records from a file of JSON lines or CSV.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use cxbot_sdk::words::counted;

use super::{open, show};
use crate::clock::{Clock, SystemClock};
use crate::config::Loaded;
use crate::source::file::{FieldMap, FileSource, Format, Mapping};
use crate::source::{Ask, Intake, Source};

/// Brings in records from a file; the same source and id again replaces a record.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The file to read.
    file: PathBuf,
    /// How it is written; by the file's ending if not said.
    #[arg(long)]
    format: Option<Format>,
    /// Which column gives a field, such as company.name=Account; may be given several times.
    #[arg(long = "map", value_name = "FIELD=COLUMN", num_args = 1..)]
    fields: Vec<Mapping>,
    /// The source of records that name none, such as zendesk.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
}

impl Import {
    pub(super) async fn run(self, loaded: &Loaded) -> Result<ExitCode> {
        // A wrong name should not leave an empty store behind.
        std::fs::metadata(&self.file)
            .with_context(|| format!("cannot read {}", self.file.display()))?;
        let app = open(loaded, None).await?;
        let source = FileSource {
            format: self.format.unwrap_or_else(|| Format::of(&self.file)),
            path: self.file,
            fields: FieldMap::new(self.fields),
            source: self.source,
        };
        let zone = app.workspace().zone.clone();
        let ask = Ask { now: SystemClock.now(), zone, since: None, full: true };
        let mut intake = Intake::new(app.store());
        let pulled = source.pull(&ask, &mut intake).await;
        let kept = intake.flush().await;
        show::print(&intake.summary.to_string())?;
        app.store().close().await;
        pulled.and(kept).context("the import stopped; what was read before is kept")?;
        match intake.summary.skipped_in_all {
            0 => Ok(ExitCode::SUCCESS),
            skipped => {
                let skipped = counted(skipped, "record");
                eprintln!("cxbot: skipped {skipped}; the reasons are above");
                Ok(ExitCode::from(1))
            }
        }
    }
}
