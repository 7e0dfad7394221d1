//! `cxbot export`: every record as a JSON line, ordered by source and id.

use std::io::{BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use super::open;
use crate::config::Loaded;
use crate::store::Store;

const PAGE: i64 = 2_000;

/// Writes every record to stdout; it holds nothing about when it was read.
#[derive(Debug, Args)]
pub(super) struct Export {}

impl Export {
    pub(super) async fn run(self, loaded: &Loaded) -> Result<ExitCode> {
        let app = open(loaded, None).await?;
        let written = write(app.store(), BufWriter::new(std::io::stdout().lock())).await;
        app.store().close().await;
        match written {
            Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
            other => other.map(|()| ExitCode::SUCCESS),
        }
    }
}

async fn write(store: &Store, mut out: impl Write) -> Result<()> {
    let mut after = (String::new(), String::new());
    loop {
        let page = store.page_after(&after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = last.clone();
        for (_, record) in &page {
            writeln!(out, "{record}").context("cannot write to stdout")?;
        }
    }
    out.flush().context("cannot write to stdout")
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|io| io.kind() == ErrorKind::BrokenPipe)
}
