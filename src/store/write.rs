//! Writing conversations, with their counts in the same transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::{Class, Lane, classify};
use jiff::{SignedDuration, Timestamp};

use super::counts::Delta;
use super::engine::{Arg, Tx, args};
use super::parties::PARTY_KEY;
use super::people::{Contact, Oddity, Person};
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

/// What a batch changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub deleted: u64,
}

impl std::ops::AddAssign for Applied {
    fn add_assign(&mut self, other: Applied) {
        self.new += other.new;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.deleted += other.deleted;
    }
}

impl Store {
    /// Stores a batch in one transaction.
    pub async fn apply(&self, batch: Batch) -> Result<Applied> {
        if self.engine.waits_in_line() {
            return self.apply_once(batch).await;
        }
        self.engine.transact(|| self.apply_once(batch.clone())).await
    }

    async fn apply_once(&self, batch: Batch) -> Result<Applied> {
        let mut tx = self.engine.begin().await?;
        self.must_count_alike(&tx.fetch(sql::SETTING, args![COUNTED_WITH]).await?)?;
        let mut batch = batch;
        batch.put = batch.put.into_iter().map(without_nul).collect();
        self.leave_out_forgotten(&mut tx, &mut batch).await?;
        let mut applied = self.put(&mut tx, batch.put).await?;
        applied.deleted = self.delete(&mut tx, batch.delete).await?;
        for contact in batch.contacts {
            contact.write(&mut tx).await?;
        }
        for oddity in batch.oddities {
            oddity.write(&mut tx).await?;
        }
        let mut news = applied.new + applied.changed + applied.deleted > 0;
        if let Some((source, until)) = batch.read_until {
            news |= self.caught_up(&mut tx, &source, until).await?;
            tx.execute(sql::SET_SOURCE, args![source, millis(until)]).await?;
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

    pub(super) async fn put(
        &self,
        tx: &mut Tx,
        conversations: Vec<Conversation>,
    ) -> Result<Applied> {
        let latest: BTreeMap<Place, Conversation> = conversations
            .into_iter()
            .map(|conversation| (place(&conversation), conversation))
            .collect();
        let known = known(tx, latest.keys()).await?;
        let mut applied = Applied::default();
        let mut delta = Delta::default();
        let mut changed = Vec::new();
        for (place, conversation) in &latest {
            let record = serde_json::to_string(conversation).context("a record is plain JSON")?;
            match known.get(place) {
                Some(old) if *old == record => {
                    applied.unchanged += 1;
                    continue;
                }
                Some(old) => {
                    applied.changed += 1;
                    self.take_out(tx, &mut delta, &read_record(old)?).await?;
                }
                None => applied.new += 1,
            }
            delta.add(conversation, &self.counting);
            changed.push((conversation, record));
        }
        self.write_rows(tx, &changed).await?;
        delta.write(tx).await?;
        Ok(applied)
    }

    async fn delete(&self, tx: &mut Tx, places: Vec<Place>) -> Result<u64> {
        let known = known(tx, places.iter()).await?;
        let mut delta = Delta::default();
        for (place, record) in &known {
            self.take_out(tx, &mut delta, &read_record(record)?).await?;
            tx.execute(sql::DROP, args![place.0.as_str(), place.1.as_str()]).await?;
            tx.execute(sql::DROP_ODDITIES, args![place.0.as_str(), place.1.as_str()]).await?;
        }
        delta.write(tx).await?;
        Ok(known.len() as u64)
    }

    /// Takes a stored conversation out of the counts and out of its topics.
    async fn take_out(&self, tx: &mut Tx, delta: &mut Delta, old: &Conversation) -> Result<()> {
        delta.subtract(old, &self.counting);
        for row in self.topic_rows(old) {
            let key: Vec<Arg> = row.into_iter().take(sql::PUT_TOPIC.width - 1).collect();
            tx.execute(sql::DROP_TOPIC, key).await?;
        }
        for row in self.party_rows(old)? {
            let key: Vec<Arg> = row.into_iter().take(PARTY_KEY).collect();
            tx.execute(sql::DROP_PARTY, key).await?;
        }
        Ok(())
    }

    /// Writes conversations and their topics; the counts are the caller's.
    pub(super) async fn write_rows(
        &self,
        tx: &mut Tx,
        rows: &[(&Conversation, String)],
    ) -> Result<()> {
        let conversations = rows
            .iter()
            .map(|(conversation, record)| self.conversation_row(conversation, record.clone()));
        let conversations = conversations.collect();
        let whose = async {
            let mut parties = Vec::new();
            for (conversation, _) in rows {
                parties.extend(self.party_rows(conversation)?);
            }
            // In the order of their key, a tree grows faster.
            parties.sort_unstable();
            anyhow::Ok(parties)
        };
        // Made ready while the database works.
        let (put, parties) = tokio::join!(biased; tx.execute_rows(&sql::PUT, conversations), whose);
        put?;
        let topics = rows.iter().flat_map(|(conversation, _)| self.topic_rows(conversation));
        tx.execute_rows(&sql::PUT_TOPIC, topics.collect()).await?;
        tx.execute_rows(&sql::PUT_PARTY, parties?).await?;
        tx.execute_rows(&sql::NAME_TEAMMATE, named(rows)?).await
    }

    fn conversation_row(&self, conversation: &Conversation, record: String) -> Vec<Arg> {
        let class = match classify(conversation, &self.counting.exclusions) {
            Class::Excluded(_) => "excluded",
            Class::Scored(..) => "scored",
            Class::Unscored(reason) => reason.name(),
        };
        let csat = conversation.csat.as_ref().and_then(|csat| csat.score.value());
        let customer = conversation.customer.as_ref().and_then(|customer| customer.id.clone());
        args![
            conversation.source.as_str(),
            conversation.id.as_str(),
            millis(conversation.closed_at),
            class,
            Lane::of(conversation).map_or("", Lane::name),
            conversation.score.value().map(i64::from),
            csat.map(i64::from),
            customer,
            record,
        ]
    }

    /// The rows of a scored conversation's topics, in the order of [`sql::PUT_TOPIC`].
    fn topic_rows(&self, conversation: &Conversation) -> Vec<Vec<Arg>> {
        let Class::Scored(lane, score) = classify(conversation, &self.counting.exclusions) else {
            return Vec::new();
        };
        let distinct: std::collections::BTreeSet<&String> = conversation.topics.iter().collect();
        let [lane, source, id] =
            [lane.name(), &conversation.source, &conversation.id].map(Arc::<str>::from);
        let row = |topic: &String| {
            args![
                topic.as_str(),
                &lane,
                millis(conversation.closed_at),
                &source,
                &id,
                i64::from(score),
            ]
        };
        distinct.into_iter().map(row).collect()
    }
}

/// Everyone who is named on the team's side, each once.
fn named(rows: &[(&Conversation, String)]) -> Result<Vec<Vec<Arg>>> {
    let mut people = BTreeMap::new();
    for (conversation, _) in rows {
        for teammate in conversation.teammates.iter().filter(|teammate| teammate.name.is_some()) {
            let (name, email, bot) = (teammate.name.clone(), teammate.email.clone(), teammate.bot);
            let person = Person { name, email, bot };
            people.insert((conversation.source.as_str(), teammate.id.as_str()), person);
        }
    }
    let row = |((source, id), person): ((&str, &str), Person)| {
        Ok(args![source, id, serde_json::to_string(&person)?])
    };
    people.into_iter().map(row).collect()
}

/// What keys are made of, without NUL: PostgreSQL's texts hold none, and both databases are to hold
/// the same.
fn without_nul(mut conversation: Conversation) -> Conversation {
    let customer = conversation.customer.as_mut().and_then(|customer| customer.id.as_mut());
    let keys = [&mut conversation.source, &mut conversation.id].into_iter().chain(customer);
    for key in keys.chain(&mut conversation.topics).filter(|key| key.contains('\0')) {
        *key = key.replace('\0', "\u{fffd}");
    }
    conversation
}

pub(super) fn place(conversation: &Conversation) -> Place {
    (conversation.source.clone(), conversation.id.clone())
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
