//! The outbox: what has to happen for each post to be seen as it is wanted.
//!
//! Every write after a claim carries the epoch of that claim, so that a process which was frozen and
//! lost its lease cannot write over what its follower did.

use anyhow::{Context, Result};
use cxbot_sdk::Destination;
use jiff::Timestamp;
use rand::RngExt;

use super::engine::{Row, Tx, args};
use super::{Store, instant, millis, sql};

/// Where a post stands on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Something has to be posted, edited or deleted.
    Wanted,
    /// A post may have left; its outcome is not known yet.
    Sending,
    /// It is seen as wanted.
    Sent,
    /// The channel's history was read since, and holds it once.
    Confirmed,
    /// It cannot go on without someone, or not for a while.
    Held,
    /// Someone deleted the post by hand, and it is left at that.
    Gone,
}

/// One post of a message: the message itself is part 0, the replies of its thread 1, 2, ….
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub destination: Destination,
    pub plugin: String,
    pub key: String,
    pub part: i64,
    /// Travels with the post, so that it can be found again; says nothing to anyone else.
    pub id: String,
    pub state: State,
    /// What tells the wanted content from others; empty when nothing is to be seen.
    pub wanted: String,
    /// The same of what is seen.
    pub shown: String,
    /// The post's id on the platform.
    pub place: Option<String>,
    /// Of a reply: the parent's place when it was posted, and now.
    pub thread: Option<String>,
    pub parent: Option<String>,
    pub epoch: i64,
    pub lease_until: Timestamp,
    /// A post may have left since then.
    pub intent_at: Option<Timestamp>,
    /// When to try next; `None`: not without the operator.
    pub not_before: Option<Timestamp>,
    pub tries: i64,
    pub failing_since: Option<Timestamp>,
    pub reason: String,
    pub created_at: Timestamp,
    /// When to look for doubles.
    pub sweep_at: Option<Timestamp>,
    /// Until then an earlier claim that was never given back may still edit the post.
    pub doubt_until: Option<Timestamp>,
}

/// A message of which something is not where it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    pub destination: Destination,
    pub plugin: String,
    pub key: String,
    pub since: Timestamp,
    pub held: bool,
    pub reason: String,
}

/// How one post of a message fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub part: i64,
    pub state: State,
    pub place: Option<String>,
    pub reason: String,
}

impl State {
    const ALL: [(State, &'static str); 6] = [
        (State::Wanted, "wanted"),
        (State::Sending, "sending"),
        (State::Sent, "sent"),
        (State::Confirmed, "confirmed"),
        (State::Held, "held"),
        (State::Gone, "gone"),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }

    fn read(name: &str) -> Result<State> {
        let found = Self::ALL.iter().find(|(_, known)| *known == name);
        found.map(|(state, _)| *state).with_context(|| format!("\"{name}\" is no delivery's state"))
    }
}

/// Says what the posts of a message are to be, in the transaction that changes the message. What is
/// printed to a terminal is not delivered.
pub(super) async fn want(
    tx: &mut Tx,
    plugin: &str,
    destination: &Destination,
    key: &str,
    parts: &[String],
    now: Timestamp,
) -> Result<()> {
    if destination.platform == "terminal" {
        return Ok(());
    }
    let at = destination.to_string();
    for (part, wanted) in (0_i64..).zip(parts) {
        let id = format!("{:032x}", rand::rng().random::<u128>());
        let row = args![at.as_str(), plugin, key, part, id, wanted.as_str(), millis(now)];
        tx.execute(sql::WANT, row).await?;
    }
    tx.execute(sql::UNWANT, args![at, plugin, key, parts.len() as i64]).await?;
    Ok(())
}

impl Store {
    /// The post of a destination to work on now, replies after their parent.
    pub async fn next_delivery(
        &self,
        destination: &Destination,
        now: Timestamp,
    ) -> Result<Option<Delivery>> {
        self.one_delivery(sql::NEXT_DELIVERY, destination, now).await
    }

    /// The post of a destination to look for doubles of.
    pub async fn next_sweep(
        &self,
        destination: &Destination,
        now: Timestamp,
    ) -> Result<Option<Delivery>> {
        self.one_delivery(sql::NEXT_SWEEP, destination, now).await
    }

    async fn one_delivery(
        &self,
        statement: &str,
        destination: &Destination,
        now: Timestamp,
    ) -> Result<Option<Delivery>> {
        let place = args![destination.to_string(), millis(now)];
        let rows = self.engine.fetch(statement, place).await?;
        rows.first().map(|row| Delivery::read(destination, row)).transpose()
    }

    /// Writes a delivery over the one of this epoch. Whether that was still there.
    pub async fn save_delivery(&self, delivery: &Delivery, epoch: i64) -> Result<bool> {
        let mut tx = self.engine.begin().await?;
        let row = args![
            delivery.destination.to_string(),
            delivery.plugin.as_str(),
            delivery.key.as_str(),
            delivery.part,
            epoch,
            delivery.state.name(),
            delivery.shown.as_str(),
            delivery.place.clone(),
            delivery.epoch,
            millis(delivery.lease_until),
            delivery.intent_at.map(millis),
            delivery.not_before.map(millis),
            delivery.tries,
            delivery.reason.as_str(),
            delivery.sweep_at.map(millis),
            delivery.doubt_until.map(millis),
            delivery.thread.clone(),
            delivery.failing_since.map(millis),
        ];
        let saved = tx.execute(sql::SAVE_DELIVERY, row).await? == 1;
        if let (true, 0, Some(place)) = (saved, delivery.part, &delivery.place) {
            let (plugin, key) = (delivery.plugin.as_str(), delivery.key.as_str());
            let row = args![delivery.destination.to_string(), plugin, key, place.as_str()];
            tx.execute(sql::FOLLOW_PARENT, row).await?;
        }
        tx.commit().await?;
        Ok(saved)
    }

    /// Destinations that have something to do, and when.
    pub async fn deliveries_due(&self) -> Result<Vec<(Destination, Timestamp)>> {
        let rows = self.engine.fetch(sql::DELIVERIES_DUE, args![]).await?;
        rows.iter().map(|row| Ok((destination(&row.text(0)?)?, instant(row.int(1)?)?))).collect()
    }

    /// Lets posts be worked on that a process held which is gone; one that may be on its way is
    /// looked up at `settled`. Held ones that are no older than `old` are tried again.
    pub async fn free_deliveries(&self, settled: Timestamp, old: Timestamp) -> Result<()> {
        let mut tx = self.engine.begin().await?;
        tx.execute(sql::TRY_ALL_HELD, args![millis(old)]).await?;
        tx.execute(sql::FREE_DELIVERIES, args![millis(settled)]).await?;
        tx.commit().await
    }

    /// Messages of which something is held, or has failed since before this instant.
    pub async fn unsent(&self, since: Timestamp) -> Result<Vec<Unsent>> {
        let rows = self.engine.fetch(sql::UNSENT, args![millis(since)]).await?;
        let unsent = |row: &Row| {
            Ok(Unsent {
                destination: destination(&row.text(0)?)?,
                plugin: row.text(1)?,
                key: row.text(2)?,
                since: instant(row.int(3)?)?,
                held: row.text(4)? == State::Held.name(),
                reason: row.text(5)?,
            })
        };
        rows.iter().map(unsent).collect()
    }

    /// Lets held posts of a message be tried again now.
    pub async fn try_held(&self, plugin: &str, at: &Destination, key: &str) -> Result<()> {
        let mut tx = self.engine.begin().await?;
        tx.execute(sql::TRY_HELD, args![at.to_string(), plugin, key]).await?;
        tx.commit().await
    }

    /// How the posts of one message fare.
    pub async fn delivery_status(
        &self,
        plugin: &str,
        destination: &Destination,
        key: &str,
    ) -> Result<Vec<Status>> {
        let place = args![destination.to_string(), plugin, key];
        let rows = self.engine.fetch(sql::DELIVERIES, place).await?;
        let status = |row: &Row| {
            Ok(Status {
                part: row.int(3)?,
                state: State::read(&row.text(4)?)?,
                place: row.optional_text(5)?,
                reason: row.text(6)?,
            })
        };
        rows.iter().map(status).collect()
    }
}

impl Delivery {
    fn read(destination: &Destination, row: &Row) -> Result<Delivery> {
        let time = |column| row.optional_int(column)?.map(instant).transpose();
        Ok(Delivery {
            destination: destination.clone(),
            plugin: row.text(0)?,
            key: row.text(1)?,
            part: row.int(2)?,
            id: row.text(3)?,
            state: State::read(&row.text(4)?)?,
            wanted: row.text(5)?,
            shown: row.text(6)?,
            place: row.optional_text(7)?,
            parent: row.optional_text(19)?,
            epoch: row.int(8)?,
            lease_until: instant(row.int(9)?)?,
            intent_at: time(10)?,
            not_before: time(11)?,
            tries: row.int(12)?,
            reason: row.text(13)?,
            created_at: instant(row.int(14)?)?,
            sweep_at: time(15)?,
            doubt_until: time(16)?,
            thread: row.optional_text(17)?,
            failing_since: time(18)?,
        })
    }
}

fn destination(text: &str) -> Result<Destination> {
    text.parse().map_err(|why: String| anyhow::anyhow!(why)).context("a stored destination")
}
