//! Writing conversations, with their counts in the same transaction.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use anyhow::Result;
use cxbot_sdk::conversation::Conversation;
use jiff::{SignedDuration, Timestamp};
use tokio::task::spawn_blocking;

use super::counts::Delta;
use super::engine::{Arg, Tx, args};
use super::people::{Contact, Oddity, remember_team};
use super::ready::{OfConversation, Parties, PartyRow, Ready, TopicRow, Whole};
use super::{COUNTED_WITH, Store, instant, millis, read_record, sql};

/// A source that was not read for so long is said to have stood still.
const STOOD_STILL: SignedDuration = SignedDuration::from_hours(2);

pub(super) type Place = (String, String);

/// Changes that belong together: all of them are stored, or none.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// The same source and id again replaces the record; of two in one batch the later wins.
    pub put: Vec<Conversation>,
    /// Source and id of conversations that are gone.
    pub delete: Vec<Place>,
    pub contacts: Vec<Contact>,
    pub oddities: Vec<Oddity>,
    /// How far a source has been read once this batch is stored.
    pub read_until: Option<(String, Timestamp)>,
}

/// A batch that is ready to be written.
pub struct Prepared {
    ready: Ready,
    delete: Vec<Place>,
    contacts: Vec<Contact>,
    oddities: Vec<Oddity>,
    read_until: Option<(String, Timestamp)>,
    /// Records in whose place a later one of the batch is.
    replaced: u64,
}

/// What a batch changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub deleted: u64,
    /// Records that were not written, since a later one of the same source and id was.
    pub replaced: u64,
}

impl std::ops::AddAssign for Applied {
    fn add_assign(&mut self, other: Applied) {
        self.new += other.new;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.deleted += other.deleted;
        self.replaced += other.replaced;
    }
}

impl Applied {
    /// Whether something was there before.
    pub(super) fn touched_known(&self) -> bool {
        self.changed + self.unchanged + self.deleted > 0
    }
}

impl Prepared {
    pub(super) fn take_parties(&mut self) -> Parties {
        std::mem::take(&mut self.ready.parties)
    }

    /// Where what it puts and deletes is.
    pub(super) fn places(&self) -> impl Iterator<Item = (&str, &str)> {
        let put = self.ready.conversations.iter().map(|one| &one.place);
        put.map(|(source, id)| (&**source, &**id)).chain(self.deleted_places())
    }

    pub(super) fn deleted_places(&self) -> impl Iterator<Item = (&str, &str)> {
        self.delete.iter().map(|(source, id)| (&**source, &**id))
    }

    /// The batch that it was made of.
    pub(super) fn batch(&self) -> Batch {
        let put = self.ready.conversations.iter().map(|one| one.conversation.clone());
        Batch {
            put: put.collect(),
            delete: self.delete.clone(),
            contacts: self.contacts.clone(),
            oddities: self.oddities.clone(),
            read_until: self.read_until.clone(),
        }
    }
}

impl Store {
    /// Stores a batch in one transaction.
    pub async fn apply(&self, batch: Batch) -> Result<Applied> {
        self.write(self.prepare(batch)?).await
    }

    /// Makes a batch ready to be written: the work that needs no database.
    pub fn prepare(&self, batch: Batch) -> Result<Prepared> {
        let Batch { put, delete, contacts, oddities, read_until } = batch;
        let came = put.len();
        let ready = Ready::of(put, &self.counting)?;
        let replaced = (came - ready.conversations.len()) as u64;
        Ok(Prepared { ready, delete, contacts, oddities, read_until, replaced })
    }

    /// Stores a batch that is ready, in one transaction.
    pub async fn write(&self, mut prepared: Prepared) -> Result<Applied> {
        let written = match self.waiting().await {
            Some(waiting) => self.write_ahead(&mut prepared, waiting).await,
            None if self.engine.waits_in_line() => self.write_once(&prepared).await,
            None => self.engine.transact(|| self.write_once(&prepared)).await,
        };
        // To free so many rows takes time, for which the next batch need not wait.
        drop(spawn_blocking(move || drop(prepared)));
        written
    }

    pub(super) async fn write_once(&self, prepared: &Prepared) -> Result<Applied> {
        let mut tx = self.engine.begin().await?;
        self.must_count_alike(&tx.fetch(sql::SETTING, args![COUNTED_WITH]).await?)?;
        let stripped = self.without_forgotten(&mut tx, prepared).await?;
        let Prepared { ready, delete, contacts, oddities, read_until, .. } =
            stripped.as_ref().unwrap_or(prepared);
        let mut applied = self.put(&mut tx, ready).await?;
        applied.deleted = self.delete(&mut tx, delete).await?;
        applied.replaced = prepared.replaced;
        for contact in contacts {
            contact.write(&mut tx).await?;
        }
        for oddity in oddities {
            oddity.write(&mut tx).await?;
        }
        let mut news = applied.new + applied.changed + applied.deleted > 0;
        if let Some((source, until)) = read_until {
            news |= self.caught_up(&mut tx, source, *until).await?;
            tx.execute(sql::SET_SOURCE, args![source.as_str(), millis(*until)]).await?;
        }
        if news {
            tx.execute(sql::REVISE, args![]).await?;
        }
        tx.commit().await?;
        Ok(applied)
    }

    /// Whether a source had stood still: reports said so, and have to be looked at again.
    async fn caught_up(&self, tx: &mut Tx, source: &str, until: Timestamp) -> Result<bool> {
        for row in tx.fetch(sql::SOURCES, args![]).await? {
            if row.text(0)? == source {
                return Ok(until.duration_since(instant(row.int(1)?)?) > STOOD_STILL);
            }
        }
        Ok(false)
    }

    /// Puts conversations in the place of what is stored of them, and counts the difference.
    pub(super) async fn put(&self, tx: &mut Tx, ready: &Ready) -> Result<Applied> {
        let known = match any_between(tx, &ready.conversations).await? {
            true => known(tx, ready.conversations.iter().map(|one| &one.place)).await?,
            false => BTreeMap::new(),
        };
        let mut applied = Applied::default();
        let mut delta = Cow::Borrowed(&ready.delta);
        let mut same = HashSet::new();
        for one in &ready.conversations {
            match known.get(&one.place) {
                Some(old) if **old == *one.record => {
                    applied.unchanged += 1;
                    delta.to_mut().subtract(&one.conversation, &self.counting);
                    same.insert(one.number());
                }
                Some(old) => {
                    applied.changed += 1;
                    self.take_out(tx, delta.to_mut(), old).await?;
                }
                None => applied.new += 1,
            }
        }
        write_rows(tx, ready, &same).await?;
        delta.write(tx).await?;
        Ok(applied)
    }

    async fn delete(&self, tx: &mut Tx, places: &[Place]) -> Result<u64> {
        let known = known(tx, places.iter()).await?;
        let mut delta = Delta::default();
        for (place, record) in &known {
            self.take_out(tx, &mut delta, record).await?;
            tx.execute(sql::DROP, args![place.0.as_str(), place.1.as_str()]).await?;
            tx.execute(sql::DROP_ODDITIES, args![place.0.as_str(), place.1.as_str()]).await?;
        }
        delta.write(tx).await?;
        Ok(known.len() as u64)
    }

    /// Takes a stored conversation out of the counts, out of its topics and from whoever has a part.
    async fn take_out(&self, tx: &mut Tx, delta: &mut Delta, record: &str) -> Result<()> {
        let recorded = vec![(read_record(record)?, record.to_owned())];
        let old = Ready::recorded(recorded, &self.counting)?;
        delta.take_back(&old.delta);
        for row in &old.topics {
            tx.execute(sql::DROP_TOPIC, values(row, TopicRow::key_values)).await?;
        }
        for row in old.parties.all() {
            tx.execute(sql::DROP_PARTY, values(row, PartyRow::key_values)).await?;
        }
        Ok(())
    }
}

/// Writes conversations, their topics and who has a part, but for those whose numbers are named; the
/// counts are the caller's.
pub(super) async fn write_rows(tx: &mut Tx, ready: &Ready, but: &HashSet<usize>) -> Result<()> {
    let Ready { conversations, topics, parties, .. } = ready;
    tx.execute_each(&sql::PUT, &others(conversations, but), Whole::values).await?;
    tx.execute_each(&sql::PUT_TOPIC, &others(topics, but), TopicRow::values).await?;
    write_parties(tx, parties, but).await?;
    remember_team(tx, ready.team(but)).await
}

pub(super) async fn write_parties(
    tx: &mut Tx,
    parties: &Parties,
    but: &HashSet<usize>,
) -> Result<()> {
    tx.execute_each(&sql::PUT_PARTY, &others(&parties.asked, but), PartyRow::values).await?;
    tx.execute_each(&sql::PUT_FOUND, &others(&parties.found, but), PartyRow::key_values).await
}

fn others<'r, R: OfConversation>(rows: &'r [R], but: &HashSet<usize>) -> Vec<&'r R> {
    rows.iter().filter(|row| !but.contains(&row.number())).collect()
}

fn values<R>(row: &R, values: fn(&R, &mut Vec<Arg>)) -> Vec<Arg> {
    let mut all = Vec::new();
    values(row, &mut all);
    all
}

pub(super) fn place(conversation: &Conversation) -> Place {
    (conversation.source.clone(), conversation.id.clone())
}

/// Whether anything is stored from the first of these to the last, which are in order: of a new source, or
/// of numbers that go on, there is nothing, and none of them has to be looked for.
async fn any_between(tx: &mut Tx, ready: &[Whole]) -> Result<bool> {
    let (Some(first), Some(last)) = (ready.first(), ready.last()) else { return Ok(false) };
    let places = [&first.place, &last.place].into_iter();
    let between = places.flat_map(|(source, id)| args![source.as_str(), id.as_str()]).collect();
    Ok(!tx.fetch(sql::ANY_BETWEEN, between).await?.is_empty())
}

/// The stored records of those places that are known.
async fn known(
    tx: &mut Tx,
    places: impl Iterator<Item = &Place>,
) -> Result<BTreeMap<Place, String>> {
    let wanted = places.map(|place| args![place.0.as_str(), place.1.as_str()]);
    let rows = tx.fetch_rows(&sql::KNOWN, wanted.collect()).await?;
    rows.iter().map(|row| Ok(((row.text(0)?, row.text(1)?), row.text(2)?))).collect()
}
