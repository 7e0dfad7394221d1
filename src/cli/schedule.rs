//! `cxbot schedule`: when jobs are due next, or when one expression is.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};
use cxbot_sdk::schedule::Schedule as Cron;
use cxbot_sdk::words::day_time;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{installed, show};
use crate::clock::{Clock, SystemClock};
use crate::config::{Loaded, Problem, zone};

/// Shows when jobs are due next, in their zone and in UTC.
#[derive(Debug, Args)]
pub(super) struct Schedule {
    /// How many times to show for each job.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    count: u16,
    /// Show times strictly after this instant, such as 2026-11-16T09:00:00Z; now if not said.
    #[arg(long, value_name = "INSTANT", value_parser = show::instant)]
    from: Option<Timestamp>,
    /// Evaluate this expression instead of the configured jobs: five fields as in crontab.
    #[arg(long, value_name = "EXPR", requires = "tz")]
    cron: Option<Cron>,
    /// The zone of --cron, by its IANA name.
    #[arg(long, value_name = "ZONE", requires = "cron")]
    tz: Option<String>,
    #[arg(long, default_value = "terminal")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Terminal,
    Json,
}

/// One line of the answer.
#[derive(Debug, Serialize)]
struct Due {
    job: String,
    at: Timestamp,
    /// The same instant on the clocks of the zone, with their offset.
    local: String,
}

impl Schedule {
    /// Whether it is about one expression, which needs neither file nor store.
    pub(super) fn is_alone(&self) -> bool {
        self.cron.is_some()
    }

    pub(super) fn run(&self, loaded: Option<&Loaded>) -> Result<ExitCode> {
        let (jobs, zone) = match (&self.cron, loaded) {
            (Some(cron), _) => {
                let zone = zone("--tz", self.tz.as_deref().unwrap_or_default())?;
                (vec![(cron.to_string(), cron.clone())], zone)
            }
            (None, Some(loaded)) => configured(loaded)?,
            (None, None) => (Vec::new(), TimeZone::UTC),
        };
        let from = self.from.unwrap_or_else(|| SystemClock.now());
        let due: Vec<Due> =
            jobs.into_iter().flat_map(|(name, cron)| self.due(&name, &cron, &zone, from)).collect();
        match self.format {
            Format::Json => show::print(&show::json(&due)?)?,
            Format::Terminal => {
                for due in &due {
                    let at = day_time(due.at, &zone);
                    show::print(&format!("{:<20} {at}  {}  ({})", due.job, due.local, due.at))?;
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn due(&self, name: &str, cron: &Cron, zone: &TimeZone, from: Timestamp) -> Vec<Due> {
        let next = |after: &Timestamp| cron.next_after(*after, zone).map(|slot| slot.at);
        let times = std::iter::successors(next(&from), next).take(self.count.into());
        times
            .map(|at| {
                let local = at.display_with_offset(zone.to_offset(at)).to_string();
                Due { job: name.to_owned(), at, local }
            })
            .collect()
    }
}

type Jobs = Vec<(String, Cron)>;

fn configured(loaded: &Loaded) -> Result<(Jobs, TimeZone), Problem> {
    let workspace = loaded.config.workspace().map_err(|problem| loaded.locate(problem))?;
    let jobs = installed(loaded)?
        .jobs()
        .map(|(manifest, job)| (format!("{} {}", manifest.name, job.name), job.schedule.clone()))
        .collect();
    Ok((jobs, workspace.zone))
}
