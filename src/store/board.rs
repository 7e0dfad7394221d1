//! What plugins keep, and the messages as they want them seen.

use anyhow::Result;
use cxbot_sdk::{Destination, Message};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::engine::{Row, Tx, args};
use super::{Store, instant, millis, sql};

/// A wanted message.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    pub key: String,
    pub message: Message,
    pub published_at: Timestamp,
    /// When a change after it was seen was last made, if the message says its corrections.
    pub corrected_at: Option<Timestamp>,
}

impl Posted {
    /// The posts that people are to see: the message, then the replies of its thread.
    pub fn parts(&self, zone: &TimeZone) -> Vec<Message> {
        let mut parent = self.message.clone();
        let mut parts = std::mem::take(&mut parent.thread);
        if let Some(at) = self.corrected_at {
            let (first, at) = (zone.to_datetime(self.published_at), zone.to_datetime(at));
            let words = if first.date() == at.date() { "%H:%M" } else { "%a %-d %b %H:%M" };
            parent = parent.note_before_buttons(format!("corrected {}", at.strftime(words)));
        }
        parts.insert(0, parent);
        parts
    }

    pub(super) fn read(row: &Row) -> Result<Posted> {
        Ok(Posted {
            key: row.text(0)?,
            message: serde_json::from_str(&row.text(1)?)?,
            published_at: instant(row.int(2)?)?,
            corrected_at: row.optional_int(3)?.map(instant).transpose()?,
        })
    }
}

/// What tells two contents of a post apart.
pub fn fingerprint(part: &Message) -> String {
    let digest = Sha256::digest(serde_json::to_vec(part).unwrap_or_default());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

impl Store {
    /// The JSON under a plugin's key.
    pub async fn plugin_state(&self, plugin: &str, key: &str) -> Result<Option<Value>> {
        let rows = self.engine.fetch(sql::STATE, args![plugin, key]).await?;
        rows.first().map(read_state).transpose()
    }

    /// Keeps JSON under a plugin's key; `None` deletes it.
    pub async fn set_plugin_state(
        &self,
        plugin: &str,
        key: &str,
        value: Option<Value>,
    ) -> Result<()> {
        let mut tx = self.engine.begin().await?;
        write_state(&mut tx, plugin, key, value).await?;
        tx.commit().await
    }

    /// The same, if what is kept is still `before`; false, and nothing changed, where it is not.
    pub async fn swap_plugin_state(
        &self,
        plugin: &str,
        key: &str,
        before: Option<&Value>,
        after: Option<Value>,
    ) -> Result<bool> {
        let swap = || async {
            let mut tx = self.engine.begin().await?;
            let rows = tx.fetch(sql::STATE, args![plugin, key]).await?;
            let now = rows.first().map(read_state).transpose()?;
            if now.as_ref() != before {
                return Ok(false);
            }
            write_state(&mut tx, plugin, key, after.clone()).await?;
            tx.commit().await?;
            Ok(true)
        };
        self.engine.transact(swap).await
    }

    /// Says how the message `key` is to look at each destination, and what has to be delivered for
    /// that; the same again changes nothing.
    pub async fn set_board(
        &self,
        plugin: &str,
        destinations: &[Destination],
        key: &str,
        message: &Message,
        now: Timestamp,
    ) -> Result<()> {
        let set = || async {
            let mut tx = self.engine.begin().await?;
            for destination in destinations {
                self.set_one(&mut tx, plugin, destination, key, message, now).await?;
            }
            tx.commit().await
        };
        self.engine.transact(set).await
    }

    async fn set_one(
        &self,
        tx: &mut Tx,
        plugin: &str,
        destination: &Destination,
        key: &str,
        message: &Message,
        now: Timestamp,
    ) -> Result<()> {
        let at = destination.to_string();
        let text = serde_json::to_string(message)?;
        let rows = tx.fetch(sql::WANTED, args![plugin, at.as_str(), key]).await?;
        if rows.first().map(|row| row.text(1)).transpose()?.as_ref() == Some(&text) {
            return Ok(());
        }
        let known = rows.first().map(Posted::read).transpose()?;
        let place = args![at.as_str(), plugin, key];
        let seen = !tx.fetch(sql::MAYBE_SEEN, place).await?.is_empty();
        let corrected = known.as_ref().and_then(|known| known.corrected_at);
        let posted = Posted {
            key: key.to_owned(),
            // As whoever delivers it will read it.
            message: serde_json::from_str(&text)?,
            published_at: known.map_or(now, |known| known.published_at),
            corrected_at: if seen && message.says_corrections { Some(now) } else { corrected },
        };
        self.write_posted(tx, plugin, destination, &posted, now).await
    }

    /// Stores a message, and what has to be delivered for it.
    pub(super) async fn write_posted(
        &self,
        tx: &mut Tx,
        plugin: &str,
        destination: &Destination,
        posted: &Posted,
        now: Timestamp,
    ) -> Result<()> {
        let key = posted.key.as_str();
        let row = args![
            plugin,
            destination.to_string(),
            key,
            serde_json::to_string(&posted.message)?,
            millis(posted.published_at),
            posted.corrected_at.map(millis),
        ];
        tx.execute(sql::SET_BOARD, row).await?;
        let parts = posted.parts(&self.counting.zone);
        let hashes: Vec<String> = parts.iter().map(fingerprint).collect();
        super::deliveries::want(tx, plugin, destination, key, &hashes, now).await
    }

    /// The messages of a plugin at a destination, in order of key.
    pub async fn board(&self, plugin: &str, destination: &Destination) -> Result<Vec<Posted>> {
        let rows = self.engine.fetch(sql::BOARD, args![plugin, destination.to_string()]).await?;
        rows.iter().map(Posted::read).collect()
    }

    /// Everywhere that a message of a plugin is wanted.
    pub async fn destinations_of(&self, plugin: &str, key: &str) -> Result<Vec<Destination>> {
        let rows = self.engine.fetch(sql::DESTINATIONS_OF, args![plugin, key]).await?;
        let read = |row: &Row| row.text(0)?.parse().map_err(anyhow::Error::msg);
        rows.iter().map(read).collect()
    }

    /// One message as it is wanted at a destination.
    pub async fn wanted(
        &self,
        plugin: &str,
        destination: &Destination,
        key: &str,
    ) -> Result<Option<Posted>> {
        let place = args![plugin, destination.to_string(), key];
        let rows = self.engine.fetch(sql::WANTED, place).await?;
        rows.first().map(Posted::read).transpose()
    }
}

fn read_state(row: &Row) -> Result<Value> {
    Ok(serde_json::from_str(&row.text(0)?)?)
}

async fn write_state(tx: &mut Tx, plugin: &str, key: &str, value: Option<Value>) -> Result<()> {
    match value {
        Some(value) => tx.execute(sql::SET_STATE, args![plugin, key, value.to_string()]).await?,
        None => tx.execute(sql::DROP_STATE, args![plugin, key]).await?,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Address, Counting};
    use cxbot_sdk::message::{Block, Chart, Point};
    use rand::{RngExt, SeedableRng};

    /// What was written is what is read, to the last digit: else a post would be edited for ever.
    #[tokio::test]
    async fn a_message_is_delivered_as_it_was_wanted_whatever_numbers_it_holds() {
        let store = Store::open(&Address::Memory, Counting::default()).await.expect("a store");
        let at: Destination = "slack:C1".parse().expect("a destination");
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let point = |value| Point { label: "46".to_owned(), value: Some(value) };
        let points = (0..2_000).map(|_| point(random.random::<f64>())).collect();
        let (title, finding) = ("Share".to_owned(), "It rises.".into());
        let chart = Chart { title, finding, points, usual: None };
        let message = Message::new("A chart").block(Block::Chart(chart));
        let channel = std::slice::from_ref(&at);
        let now = Timestamp::UNIX_EPOCH;
        store.set_board("digest", channel, "key", &message, now).await.expect("published");
        let delivery = store.next_delivery(&at, now).await.expect("asked").expect("due");
        let read = store.wanted("digest", &at, "key").await.expect("asked").expect("wanted");
        assert_eq!(fingerprint(&read.parts(&TimeZone::UTC)[0]), delivery.wanted);
        assert_eq!(read.message, message);
    }
}
