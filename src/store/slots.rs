//! Slots of schedules as rows: what is due follows from the store, never from a timer in memory.

use anyhow::{Context, Result};
use cxbot_sdk::schedule::{Schedule, Slot};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::engine::{Row, args};
use super::{Store, instant, millis, sql};

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
    /// Civil days on which the job does not run.
    pub skip: Vec<Date>,
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

impl Store {
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
        let newest = slots.iter().filter(|slot| !job.is_skipped(slot)).map(|slot| slot.at).max();
        for slot in &slots {
            let (state, reason) = match slot {
                slot if job.is_skipped(slot) => ("skipped", "a day to skip"),
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
        let previous = tx.fetch(sql::PREVIOUS_SLOT, args![job, due_at]).await?;
        let previous = previous.first().map(|row| row.optional_int(0)).transpose()?.flatten();
        let claim = Claim {
            job: job.to_owned(),
            civil: row.text(0)?,
            due_at: instant(due_at)?,
            previous: previous.map(instant).transpose()?,
            late: row.int(2)? == 1,
            tries: row.int(3)?,
            epoch: row.int(4)?,
        };
        tx.commit().await?;
        Ok(Some(claim))
    }

    /// Records that the slot's work is done. Whether this runner still had the right to say so.
    pub async fn slot_done(&self, claim: &Claim) -> Result<bool> {
        self.finish(claim, "done", "", claim.due_at).await
    }

    /// Records a failure: another try after a while, longer each time, or none after the fifth.
    pub async fn slot_failed(&self, claim: &Claim, why: &str, now: Timestamp) -> Result<bool> {
        let pause = SignedDuration::from_mins(1 << claim.tries.clamp(0, 6));
        let state = if claim.tries >= TRIES { "skipped" } else { "due" };
        self.finish(claim, state, why, now + pause).await
    }

    async fn finish(
        &self,
        claim: &Claim,
        state: &str,
        reason: &str,
        held_until: Timestamp,
    ) -> Result<bool> {
        let mut tx = self.engine.begin().await?;
        let row = args![
            claim.job.as_str(),
            claim.civil.as_str(),
            claim.epoch,
            state,
            reason,
            millis(held_until),
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

impl Job {
    fn is_skipped(&self, slot: &Slot) -> bool {
        self.skip.contains(&slot.civil.date())
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
