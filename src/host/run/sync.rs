//! Reading the sources: on their own schedule, at the start, and before each report.

use std::sync::Mutex;
use std::sync::PoisonError;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use super::{Bot, HOST};
use crate::error::with_advice;
use crate::source::{Ask, Intake, Source};
use crate::store::{Claim, Job};

/// How soon a source is read again after it failed.
const TRY_AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// Syncs that someone waits for, beside those of the schedule.
#[derive(Default)]
pub(super) struct Syncs {
    wanted: Mutex<Wanted>,
    /// Told when a sync is asked for.
    pub(super) asked: Notify,
    /// Told when one has ended.
    pub(super) ended: Notify,
}

#[derive(Default)]
struct Wanted {
    asked: bool,
    /// Whether one is under way.
    running: bool,
    /// Not before this, lest a source that fails is asked all the time.
    not_before: Option<Timestamp>,
}

impl Syncs {
    /// Asks for a sync as soon as it may be.
    pub(super) fn ask(&self) {
        self.lock().asked = true;
        self.asked.notify_one();
    }

    /// Whether a sync is under way, so that what is stored is not whole yet.
    pub(super) fn is_running(&self) -> bool {
        self.lock().running
    }

    fn begin(&self) -> Underway<'_> {
        self.lock().running = true;
        Underway(self)
    }

    fn is_asked(&self, now: Timestamp) -> bool {
        let wanted = self.lock();
        wanted.asked && wanted.not_before.is_none_or(|at| at <= now)
    }

    fn done(&self, now: Timestamp, well: bool) {
        let mut wanted = self.lock();
        wanted.asked &= !well;
        wanted.not_before = Some(if well { now } else { now + TRY_AGAIN });
        self.ended.notify_one();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A sync under way; over when dropped, however it ended.
struct Underway<'s>(&'s Syncs);

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        self.0.lock().running = false;
    }
}

impl Bot {
    /// The sync as a job with slots, as plugins' jobs have.
    pub(super) fn sync_job(&self) -> Job {
        self.job(format!("{HOST}/sync"), self.settings.sync.clone())
    }

    /// Reads the sources if that is due or asked for.
    pub(super) async fn sync_if_due(&self) -> Result<()> {
        if self.sources.is_empty() {
            return Ok(());
        }
        let (job, now) = (self.sync_job(), self.clock.now());
        let store = self.app.store();
        store.list_slots(&job, now).await?;
        let claim = store.claim_slot(&job.name, now).await?;
        let first = self.syncs.lock().not_before.is_none();
        if claim.is_none() && !first && !self.syncs.is_asked(now) {
            return Ok(());
        }
        let underway = self.syncs.begin();
        let synced = self.sync().await;
        drop(underway);
        self.syncs.done(self.clock.now(), synced.is_ok());
        if let Some(claim) = claim {
            self.record(&claim, &synced).await?;
        }
        synced
    }

    async fn record(&self, claim: &Claim, synced: &Result<()>) -> Result<()> {
        let store = self.app.store();
        match synced {
            Ok(()) => store.slot_done(claim, store.revision().await?).await?,
            Err(error) => store.slot_failed(claim, &with_advice(error), self.clock.now()).await?,
        };
        Ok(())
    }

    async fn sync(&self) -> Result<()> {
        for source in &self.sources {
            self.pull(source.as_ref()).await.with_context(|| format!("{} sync", source.name()))?;
        }
        Ok(())
    }

    async fn pull(&self, source: &dyn Source) -> Result<()> {
        let zone = self.app.workspace().zone.clone();
        let ask = Ask { now: self.clock.now(), zone, since: None, full: false };
        let mut intake = Intake::new(self.app.store());
        let pulled = source.pull(&ask, &mut intake).await;
        if pulled.is_ok() || intake.summary.read > 0 {
            for line in intake.summary.to_string().lines() {
                tracing::info!("{}: {line}", source.name());
            }
        }
        pulled
    }
}
