//! Slots of schedules as rows: what is due follows from the store, never from a timer in memory.

use anyhow::{Context, Result};
use cxbot_sdk::schedule::{Schedule, Slot};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::engine::{Row, args};
use super::{Store, instant, millis, sql};

/// The setting that counts changes of the scores.
const REVISION: &str = "revision";
/// How long a runner holds a slot; a runner that dies is followed after that.
pub const LEASE: SignedDuration = SignedDuration::from_mins(15);
/// Tries of one slot before it is given up.
const TRIES: i64 = 5;
/// A slot found this much after its time is late.
const LATE_AFTER: SignedDuration = SignedDuration::from_mins(2);
/// After so long without a look the older slots are not even listed.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24 * 366);

/// A job and its schedule, as configured now.
#[derive(Debug, Clone)]
pub struct Job {
    /// Plugin and job: `digest/all`.
    pub name: String,
    pub schedule: Schedule,
    pub zone: TimeZone,
    pub zone_name: String,
}

/// The right to run one slot, until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub job: String,
    pub civil: String,
    pub due_at: Timestamp,
    /// The latest slot before this one that was done.
    pub previous: Option<Timestamp>,
    pub late: bool,
    tries: i64,
    epoch: i64,
}

/// A slot that was run with scores that have changed since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outdated {
    job: String,
    civil: String,
    pub due_at: Timestamp,
    pub previous: Option<Timestamp>,
    pub late: bool,
    revision: i64,
}

/// A slot as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotRow {
    pub job: String,
    pub civil: String,
    pub due_at: Timestamp,
    pub state: String,
    pub reason: String,
    pub late: bool,
    pub tries: i64,
}

/// Slots are remembered so long; a yearly job still finds the one before.
const SLOTS_FOR: SignedDuration = SignedDuration::from_hours(800 * 24);

impl Store {
    /// Forgets slots of long ago.
    pub async fn forget_slots(&self, now: Timestamp) -> Result<()> {
        let mut tx = self.engine.begin().await?;
        tx.execute(sql::FORGET_SLOTS, args![millis(now - SLOTS_FOR)]).await?;
        tx.commit().await
    }

    /// Makes rows of the slots that have come up to `now`. The newest is due, older ones that were
    /// missed are recorded as skipped. A schedule seen for the first time, or changed, starts now.
    pub async fn list_slots(&self, job: &Job, now: Timestamp) -> Result<()> {
        let mut tx = self.engine.begin().await?;
        let (expression, zone) = (job.schedule.to_string(), job.zone_name.clone());
        let known = tx.fetch(sql::SCHEDULE, args![job.name.as_str()]).await?;
        let from = match known.first() {
            Some(row) if row.text(0)? == expression && row.text(1)? == zone => {
                instant(row.int(2)?)?.max(now - LOOK_BACK)
            }
            _ => now,
        };
        let slots = job.schedule.between(from, now, &job.zone);
        let newest = slots.iter().filter(|slot| !slot.skipped).map(|slot| slot.at).max();
        for slot in &slots {
            let (state, reason) = match slot {
                slot if slot.skipped => ("skipped", "a day to skip"),
                slot if Some(slot.at) == newest => ("due", ""),
                _ => ("skipped", "missed"),
            };
            let late = i64::from(now.duration_since(slot.at) > LATE_AFTER);
            let row = args![job.name.as_str(), name_of(slot), millis(slot.at), state, reason, late];
            tx.execute(sql::ADD_SLOT, row).await?;
        }
        if let Some(newest) = newest {
            tx.execute(sql::SKIP_OLDER, args![job.name.as_str(), millis(newest)]).await?;
        }
        // Where nothing has come up there is nothing to write: the next look finds the same.
        let known = !known.is_empty() && from < now;
        if slots.is_empty() && known {
            return Ok(());
        }
        if from <= now {
            let row = args![job.name.as_str(), expression, zone, millis(now)];
            tx.execute(sql::SET_SCHEDULE, row).await?;
        }
        tx.commit().await
    }

    /// Takes the job's due slot, if there is one that nobody holds.
    pub async fn claim_slot(&self, job: &str, now: Timestamp) -> Result<Option<Claim>> {
        let mut tx = self.engine.begin().await?;
        let held = args![job, millis(now), millis(now + LEASE)];
        let rows = tx.fetch(sql::CLAIM_SLOT, held).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let due_at = row.int(1)?;
        let claim = Claim {
            job: job.to_owned(),
            civil: row.text(0)?,
            due_at: instant(due_at)?,
            previous: None,
            late: row.int(2)? == 1,
            tries: row.int(3)?,
            epoch: row.int(4)?,
        };
        tx.commit().await?;
        let previous = self.previous_slot(job, due_at).await?;
        Ok(Some(Claim { previous, ..claim }))
    }

    /// Records that the slot's work is done with the scores as of this revision. Whether this runner
    /// still had the right to say so.
    pub async fn slot_done(&self, claim: &Claim, seen: i64) -> Result<bool> {
        self.finish(claim, "done", "", claim.due_at, seen).await
    }

    /// The slot that [`Store::claim_slot`] would give, without taking it.
    pub async fn due_slot(&self, job: &str, now: Timestamp) -> Result<Option<Timestamp>> {
        let rows = self.engine.fetch(sql::DUE_SLOT, args![job, millis(now)]).await?;
        rows.first().map(|row| instant(row.int(1)?)).transpose()
    }

    /// The job's latest slot that was run, if the scores have changed since.
    pub async fn outdated_slot(&self, job: &str) -> Result<Option<Outdated>> {
        let rows = self.engine.fetch(sql::LATEST_DONE, args![job]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let revision = self.revision().await?;
        if row.int(3)? >= revision {
            return Ok(None);
        }
        let due_at = row.int(1)?;
        Ok(Some(Outdated {
            job: job.to_owned(),
            civil: row.text(0)?,
            due_at: instant(due_at)?,
            previous: self.previous_slot(job, due_at).await?,
            late: row.int(2)? == 1,
            revision,
        }))
    }

    /// Records that the slot's job has run again with the scores that made it outdated.
    pub async fn slot_renewed(&self, slot: &Outdated) -> Result<()> {
        let mut tx = self.engine.begin().await?;
        let row = args![slot.job.as_str(), slot.civil.as_str(), slot.revision];
        tx.execute(sql::SEEN, row).await?;
        tx.commit().await
    }

    /// How often the stored scores have changed.
    pub async fn revision(&self) -> Result<i64> {
        let revision = self.setting(REVISION).await?;
        revision.map_or(Ok(0), |text| text.parse().context("the stored revision"))
    }

    /// Lets slots be taken that a process held which is gone.
    pub async fn free_slots(&self) -> Result<()> {
        let mut tx = self.engine.begin().await?;
        tx.execute(sql::FREE_SLOTS, args![]).await?;
        tx.commit().await
    }

    /// The latest slot of each job, for what went wrong with it.
    pub async fn failing_jobs(&self) -> Result<Vec<(String, String)>> {
        let rows = self.engine.fetch(sql::LATEST_SLOTS, args![]).await?;
        let mut failing = Vec::new();
        for row in &rows {
            if row.text(1)? != "done" && row.int(2)? > 0 && !row.text(3)?.is_empty() {
                failing.push((row.text(0)?, row.text(3)?));
            }
        }
        Ok(failing)
    }

    async fn previous_slot(&self, job: &str, due_at: i64) -> Result<Option<Timestamp>> {
        let rows = self.engine.fetch(sql::PREVIOUS_SLOT, args![job, due_at]).await?;
        let previous = rows.first().map(|row| row.optional_int(0)).transpose()?.flatten();
        previous.map(instant).transpose()
    }

    /// Records a failure: another try after a while, longer each time, or none after the fifth.
    pub async fn slot_failed(&self, claim: &Claim, why: &str, now: Timestamp) -> Result<bool> {
        let pause = SignedDuration::from_mins(1 << claim.tries.clamp(0, 6));
        let state = if claim.tries >= TRIES { "skipped" } else { "due" };
        self.finish(claim, state, why, now + pause, 0).await
    }

    async fn finish(
        &self,
        claim: &Claim,
        state: &str,
        reason: &str,
        held_until: Timestamp,
        seen: i64,
    ) -> Result<bool> {
        let mut tx = self.engine.begin().await?;
        let row = args![
            claim.job.as_str(),
            claim.civil.as_str(),
            claim.epoch,
            state,
            reason,
            millis(held_until),
            seen,
        ];
        let finished = tx.execute(sql::FINISH_SLOT, row).await?;
        tx.commit().await?;
        Ok(finished == 1)
    }

    /// Every slot, in order of time.
    pub async fn slots(&self) -> Result<Vec<SlotRow>> {
        let rows = self.engine.fetch(sql::SLOTS, args![]).await?;
        rows.iter().map(SlotRow::read).collect()
    }
}

impl SlotRow {
    fn read(row: &Row) -> Result<SlotRow> {
        Ok(SlotRow {
            job: row.text(0)?,
            civil: row.text(1)?,
            due_at: instant(row.int(2)?).context("a slot's time")?,
            state: row.text(3)?,
            reason: row.text(4)?,
            late: row.int(5)? == 1,
            tries: row.int(6)?,
        })
    }
}

fn name_of(slot: &Slot) -> String {
    let pass = if slot.second_pass { " 2" } else { "" };
    format!("{}{pass}", slot.civil)
}
