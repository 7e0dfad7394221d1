//! `cxbot audit`: who looked whom up.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use cxbot_sdk::cx::Looked;

use super::{open, show};
use crate::config::Loaded;

/// Prints who looked whom up, latest first: when, who, whom, by what, where it was seen, and how many
/// more people it showed.
#[derive(Debug, Args)]
pub(super) struct Audit {
    /// Only looks that showed this one, as the list names them: "teammate intercom/814".
    #[arg(long, value_name = "ID")]
    subject: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 1_000)]
    count: usize,
}

impl Audit {
    pub(super) async fn run(&self, loaded: &Loaded) -> Result<ExitCode> {
        let app = open(loaded, None).await?;
        let subjects = self.subject.as_ref().map(std::slice::from_ref);
        let looked = app.store().audit(subjects, self.count).await;
        app.store().close().await;
        let looked = looked?;
        for one in &looked {
            show::print(&line(one))?;
        }
        if let Some(subject) = self.subject.as_ref().filter(|_| looked.is_empty()) {
            eprintln!(
                "cxbot: nobody has looked up \"{subject}\"; it takes a subject as the list names it, \
                 such as \"teammate intercom/814\""
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn line(look: &Looked) -> String {
    let seen_in = look.seen_in.as_ref().map_or("privately".to_owned(), ToString::to_string);
    let (asked_for, others) = match look.whom.split_first() {
        Some((asked_for, others)) => (asked_for.clone(), others.len()),
        None => (String::new(), 0),
    };
    let mut fields =
        vec![look.at.to_string(), look.who.clone(), asked_for, look.command.clone(), seen_in];
    fields.extend((others > 0).then(|| format!("and {others} more")));
    fields.join("\t")
}
