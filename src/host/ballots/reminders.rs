//! Reminding those who are asked and have given no paper, each once and in their own time.

use anyhow::Result;
use cxbot_sdk::{Host, Message};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::roll::Member;
use super::{place, voter};
use crate::chat::Failure;
use crate::host::services::Services;

/// Where a time of day does not come between opening and close, the reminder is sent so long before.
const AT_LEAST_BEFORE: SignedDuration = SignedDuration::from_hours(2);

impl Services {
    pub(super) async fn remind_each(
        &self,
        (plugin, ballot): (&str, &str),
        from: Time,
        time: (Timestamp, Timestamp),
        message: &Message,
    ) -> Result<()> {
        let (Some(roll), Some(secret), Some(directory)) = (
            self.roll(plugin, ballot).await?,
            self.secret(plugin, ballot)?,
            self.booth.directory.get(),
        ) else {
            return Ok(());
        };
        let alone = self.store.voters_to_leave_alone(plugin, ballot).await?;
        for member in &roll {
            let hashes = voter::hashes_of(member, &secret)?;
            let left = hashes.iter().any(|hash| alone.contains(hash));
            let (Some(at), Some(hash), false) = (member.at.first(), hashes.first(), left) else {
                continue;
            };
            let is_due = self.due_for(member, from, time).await <= self.now();
            // Said first and sent then: better none than two.
            if is_due
                && self.store.reminded(plugin, ballot, hash).await?
                && let Err(failure) = directory.tell(at, message).await
            {
                // Neither who it was nor what the platform says, which may tell who it was.
                tracing::warn!(
                    "a reminder of {} was not sent: {}",
                    place(plugin, ballot),
                    why(&failure)
                );
            }
        }
        Ok(())
    }

    /// When someone is to be reminded.
    async fn due_for(
        &self,
        member: &Member,
        from: Time,
        (opened, ends): (Timestamp, Timestamp),
    ) -> Timestamp {
        let known = member.zone.as_ref().and_then(|name| TimeZone::get(name).ok());
        let zone = match (known, self.booth.directory.get(), member.at.first()) {
            (Some(zone), ..) => zone,
            (None, Some(directory), Some(at)) => {
                directory.zone(at).await.unwrap_or_else(|| self.workspace.zone.clone())
            }
            _ => self.workspace.zone.clone(),
        };
        let first = zone.to_datetime(opened).date();
        let days = [Some(first), first.tomorrow().ok()].into_iter().flatten();
        let times = days.filter_map(|day| zone.to_timestamp(day.to_datetime(from)).ok());
        let latest = ends - AT_LEAST_BEFORE;
        times.into_iter().find(|at| *at > opened).filter(|at| *at < latest).unwrap_or(latest)
    }
}

/// In our own words, which name nobody.
fn why(failure: &Failure) -> &'static str {
    match failure {
        Failure::Later { .. } => "the platform took no more messages at that moment",
        Failure::Unknown(_) => "the platform gave no answer, so it may have come all the same",
        Failure::Account(_) => {
            "the platform does not let cxbot write to people; cxbot check --online says what is missing"
        }
        Failure::Channel(_) | Failure::History(_) | Failure::Gone => {
            "someone cannot be written to directly"
        }
        Failure::Content(_) => "the platform refuses what it says",
    }
}
