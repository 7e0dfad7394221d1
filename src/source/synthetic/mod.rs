//! A made-up workspace for the demo: deterministic, with planted rises, falls, noise and a week of
//! 169 hours. The same code gives the same records, byte for byte, on every machine.
//!
//! Its past ends at [`NOW`]. It goes on behind that for as long as the clock that asks does: week by
//! week, the same records in whatever steps that clock has moved.

mod maker;
#[cfg(test)]
mod tests;
mod words;

use anyhow::{Context, Result};
use async_trait::async_trait;
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::Lane;
use cxbot_sdk::week::Week;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Ask, Intake, Source};
use crate::store::Batch;
use maker::Maker;

/// The demo's clock starts here: Monday 2026-11-16, 09:00 in Dublin.
pub const NOW: &str = "2026-11-16T09:00:00Z";
/// The demo's zone.
pub const ZONE: &str = "Europe/Dublin";
/// The source's name in records and messages.
const NAME: &str = "demo";
/// Complete weeks of the past.
const WEEKS: i64 = 27;
/// Within this time every score that comes has come.
const SCORED_WITHIN: SignedDuration = SignedDuration::from_hours(6);

/// A change of a cell's true share, over the weeks in which it holds; 0 is the last complete week of
/// the past, and those to come are below.
struct Planted {
    topic: &'static str,
    lane: Lane,
    weeks_ago: std::ops::RangeInclusive<i64>,
    share: f64,
}

/// What is there to be found, and what should not be called real.
const PLANTED: [Planted; 6] = [
    // A real rise and a real fall in the week that the demo shows.
    Planted { topic: "Invoices", lane: Lane::Human, weeks_ago: 0..=0, share: 0.975 },
    Planted { topic: "SSO log-in", lane: Lane::Ai, weeks_ago: 0..=0, share: 0.46 },
    // An outage in autumn, long over.
    Planted { topic: "Exports", lane: Lane::Human, weeks_ago: 8..=9, share: 0.55 },
    Planted { topic: "Exports", lane: Lane::Handoff, weeks_ago: 8..=9, share: 0.42 },
    // For whoever moves the clock: after a quiet week a real fall, and in the next one a real rise.
    Planted { topic: "Refunds", lane: Lane::Human, weeks_ago: -2..=-2, share: 0.44 },
    Planted { topic: "Exports", lane: Lane::Ai, weeks_ago: -3..=-3, share: 0.95 },
];

/// The made-up workspace.
pub struct Synthetic;

#[async_trait]
impl Source for Synthetic {
    fn name(&self) -> &str {
        NAME
    }

    async fn pull(&self, ask: &Ask, intake: &mut Intake) -> Result<()> {
        let since = match ask.since {
            None if !ask.full => intake.read_until(NAME).await?,
            since => since,
        };
        for week in Asked::new(ask.now, &ask.zone, since)?.weeks() {
            for record in week? {
                intake.put(record).await?;
            }
        }
        let read_until = Some((NAME.to_owned(), ask.now));
        intake.put_batch(Batch { read_until, ..Batch::default() }).await
    }
}

/// What is asked for.
struct Asked<'z> {
    zone: &'z TimeZone,
    now: Timestamp,
    /// Those closed before this are not asked for.
    from: Option<Timestamp>,
    /// The end of the past.
    anchor: Timestamp,
}

impl<'z> Asked<'z> {
    fn new(now: Timestamp, zone: &'z TimeZone, since: Option<Timestamp>) -> Result<Self> {
        let anchor = NOW.parse().context("the demo's clock")?;
        // A score that came late has changed its conversation.
        let from = since.map(|since| since - SCORED_WITHIN);
        Ok(Asked { zone, now, from, anchor })
    }

    /// The records as they stand at the asked clock, week by week.
    fn weeks(&self) -> impl Iterator<Item = Result<Vec<Conversation>>> {
        let asked_for =
            |record: &Conversation| self.from.is_none_or(|from| from <= record.closed_at);
        self.past().chain(self.later()).map(move |week| {
            let mut week = week?;
            week.retain(asked_for);
            Ok(week)
        })
    }

    /// The weeks of the past hang together: all of them are made, or none.
    fn past(&self) -> impl Iterator<Item = Result<Vec<Conversation>>> {
        let wanted = self.from.is_none_or(|from| from <= self.anchor);
        let weeks = if wanted { -1..WEEKS } else { 0..0 };
        let mut maker = Maker::of_past(self);
        weeks.rev().map(move |weeks_ago| maker.week(weeks_ago))
    }

    /// Each later week stands for itself, the one in which the past ends being the first.
    fn later(&self) -> impl Iterator<Item = Result<Vec<Conversation>>> {
        let number = |at: Timestamp| Week::of(at, self.zone).index();
        let running = number(self.anchor);
        let first = self.from.map_or(running, |from| number(from).max(running));
        let weeks = first..=number(self.now);
        weeks.map(move |week| Maker::of_later(self, week - running).week(running - week - 1))
    }
}
