//! Running what is due: the newest slot of each job, a report once its data is there, and the latest
//! report again when later data has changed the scores.

use std::time::Duration;

use anyhow::{Context, Result};
use cxbot_sdk::scores::Scores;
use cxbot_sdk::week::Week;
use cxbot_sdk::{Error, Tick};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use super::Bot;
use crate::error::with_advice;
use crate::store::Job;

/// A job that takes longer has lost its way; its slot is tried again.
const AT_MOST: Duration = Duration::from_secs(10 * 60);

/// How often sources are read while a report waits for late scores.
const READ_AGAIN: SignedDuration = SignedDuration::from_mins(5);

impl Bot {
    /// Runs every job that is due, side by side.
    pub(super) async fn run_due_jobs(&self) -> Result<()> {
        let jobs: Vec<(Job, bool)> = self.jobs().collect();
        let ran = join_all(jobs.iter().map(|(job, reports)| self.run_if_due(job, *reports))).await;
        ran.into_iter().collect()
    }

    async fn run_if_due(&self, job: &Job, reports: bool) -> Result<()> {
        let store = self.app.store();
        let now = self.clock.now();
        store.list_slots(job, now).await?;
        match store.due_slot(&job.name, now).await? {
            Some(due) if reports && !self.is_ready(due, now).await? => {}
            Some(_) => self.run_slot(job, now).await?,
            // Half a sync would make a correction of its own.
            None if reports && !self.syncs.is_running() => self.renew(job, now).await?,
            _ => {}
        }
        Ok(())
    }

    async fn run_slot(&self, job: &Job, now: Timestamp) -> Result<()> {
        let store = self.app.store();
        let Some(claim) = store.claim_slot(&job.name, now).await? else { return Ok(()) };
        crate::crash::point("slot claimed");
        // Before the job reads: what comes while it runs makes it run again.
        let seen = store.revision().await?;
        let (slot, previous, late) = (claim.due_at, claim.previous, claim.late);
        match self.run_job(job, Tick { slot, previous, as_of: now, late }).await {
            Ok(()) => {
                tracing::info!(job = job.name, slot = claim.civil, "done");
                crate::crash::point("job ran");
                store.slot_done(&claim, seen).await?;
            }
            Err(error) => {
                let why = with_advice(&error);
                tracing::error!(job = job.name, slot = claim.civil, "failed: {why}");
                store.slot_failed(&claim, &why, self.clock.now()).await?;
            }
        }
        Ok(())
    }

    /// Runs a report again for its latest slot, if the scores have changed since.
    async fn renew(&self, job: &Job, now: Timestamp) -> Result<()> {
        let store = self.app.store();
        let Some(slot) = store.outdated_slot(&job.name).await? else { return Ok(()) };
        let tick = Tick { slot: slot.due_at, previous: slot.previous, as_of: now, late: slot.late };
        self.run_job(job, tick).await.with_context(|| format!("{} again", job.name))?;
        store.slot_renewed(&slot).await
    }

    async fn run_job(&self, job: &Job, tick: Tick) -> Result<()> {
        let (plugin, name) = job.name.split_once('/').context("a job is named plugin/job")?;
        let running = self.app.run_job(plugin, name, tick);
        match tokio::time::timeout(AT_MOST, running).await {
            Ok(Err(Error::Broken(error))) => Err(error),
            Ok(Err(refused @ Error::Refused(_))) => Err(anyhow::anyhow!(refused.to_string())),
            Ok(Ok(())) => Ok(()),
            Err(_) => anyhow::bail!("it did not end within {} minutes", AT_MOST.as_secs() / 60),
        }
    }

    /// Whether a report need not wait any longer: its sources have been read since it was due, and no
    /// conversation of its week may still get a score; or it has waited long enough.
    async fn is_ready(&self, due: Timestamp, now: Timestamp) -> Result<bool> {
        // A slot that is caught up is given its time too.
        if self.sources.is_empty() || now >= due.max(self.started) + self.settings.wait {
            return Ok(true);
        }
        let store = self.app.store();
        let states = store.sources().await?;
        let read_until = |name: &str| {
            let state = states.iter().find(|state| state.name == name);
            state.map_or(Timestamp::MIN, |state| state.read_until)
        };
        let read = self.sources.iter().map(|source| read_until(source.name())).min();
        let read = read.unwrap_or(Timestamp::MAX);
        if read < due {
            self.syncs.ask();
            return Ok(false);
        }
        let workspace = self.app.workspace();
        let week = Week::complete_before(due, &workspace.zone);
        let over = week.end(&workspace.zone);
        let waits = store.pending(now - workspace.settle, over).await? > 0;
        if waits && read + READ_AGAIN <= now {
            self.syncs.ask();
        }
        Ok(!waits)
    }
}
