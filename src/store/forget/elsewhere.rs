//! A person in everything beside the conversations: descriptions, odd fields, looks, requests, plugins'
//! values, posts and what went wrong.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use cxbot_sdk::Destination;
use jiff::Timestamp;
use serde_json::Value;

use super::forgotten::{Kind, scalars};
use super::marks::Marks;
use super::{Erased, Known, Whom};
use crate::store::board::Posted;
use crate::store::engine::{Tx, args};
use crate::store::{Store, sql};

/// Where a person is erased from, and by what they are found.
pub(super) struct Elsewhere<'e> {
    pub(super) tx: &'e mut Tx,
    pub(super) whom: Whom,
    pub(super) known: &'e Known,
    pub(super) marks: &'e Marks,
    pub(super) now: Timestamp,
}

impl Elsewhere<'_> {
    pub(super) async fn erase(mut self, store: &Store, erased: &mut Erased) -> Result<()> {
        self.descriptions(erased).await?;
        self.oddities(erased).await?;
        self.looks(erased).await?;
        self.requests(erased).await?;
        self.values(erased).await?;
        self.posts(store, erased).await?;
        self.reasons().await
    }

    async fn descriptions(&mut self, erased: &mut Erased) -> Result<()> {
        let statement = match self.whom {
            Whom::Customer => sql::DROP_CONTACT,
            Whom::Teammate => sql::DROP_TEAMMATE,
        };
        for (source, id) in &self.known.described {
            erased.descriptions +=
                self.tx.execute(statement, args![source.as_str(), id.as_str()]).await?;
        }
        Ok(())
    }

    /// What could not be read is of use for finding faults only, so it goes whole.
    async fn oddities(&mut self, erased: &mut Erased) -> Result<()> {
        for row in self.tx.fetch(sql::ALL_ODDITIES, args![]).await? {
            let (source, id, field, raw) = (row.text(0)?, row.text(1)?, row.text(2)?, row.text(3)?);
            let place = (source, id);
            if self.known.conversations.contains_key(&place) || self.names(&place.0, &raw) {
                let key = args![place.0, place.1, field];
                erased.oddities += self.tx.execute(sql::DROP_ODDITY, key).await?;
            }
        }
        Ok(())
    }

    /// Whether a source's raw JSON has the person in it: as any text, or with their id as a value.
    fn names(&self, source: &str, raw: &str) -> bool {
        let Ok(raw) = serde_json::from_str::<Value>(raw) else { return self.marks.may_be_in(raw) };
        let is_id = |value: &str| {
            let key = format!("{source}/{value}");
            let kind = |kind| matches!(kind, Kind::Customer | Kind::Teammate);
            value.chars().count() > 2
                && self.known.keys.iter().any(|own| kind(own.kind) && own.value == key)
        };
        scalars(&raw).any(|value| self.marks.erased(&value).is_some() || is_id(&value))
    }

    /// Looks at the person go; those that showed others too, and those that they took, are kept
    /// without them.
    async fn looks(&mut self, erased: &mut Erased) -> Result<()> {
        let mut with_others = BTreeSet::new();
        for row in self.tx.fetch(sql::ALL_SHOWN, args![]).await? {
            let (at, id, whom) = (row.int(0)?, row.text(1)?, row.text(2)?);
            match self.is_at_them(&whom) {
                true => {
                    erased.looks += self.tx.execute(sql::DROP_SHOWN, args![at, id, whom]).await?;
                }
                false => drop(with_others.insert((at, id))),
            }
        }
        for row in self.tx.fetch(sql::ALL_LOOKS, args![]).await? {
            let (at, id, who, whom) = (row.int(0)?, row.text(1)?, row.text(2)?, row.text(3)?);
            let key = args![at, id.as_str()];
            if self.is_at_them(&whom) {
                let is_shared = with_others.contains(&(at, id));
                let statement = if is_shared { sql::HIDE_LOOKED_UP } else { sql::DROP_LOOK };
                erased.looks += self.tx.execute(statement, key.clone()).await?;
            }
            if self.marks.erased(&who).is_some() {
                erased.looks += self.tx.execute(sql::HIDE_LOOKER, key).await?;
            }
        }
        Ok(())
    }

    /// Whether a look's subject is the person: by a key, or by what was asked for where there is none.
    fn is_at_them(&self, subject: &str) -> bool {
        let word = match self.whom {
            Whom::Customer => "customer",
            Whom::Teammate => "teammate",
        };
        let Some(whom) = subject.strip_prefix(word).map(str::trim_start) else { return false };
        // Whoever had no conversations yet was written down by their id alone.
        let is = |key: &str| key == whom || key.split_once('/').is_some_and(|(_, id)| id == whom);
        self.known.keys.iter().any(|own| is(&own.value)) || self.marks.erased(whom).is_some()
    }

    /// Requests live for a day; one that may name the person is not answered, shared or paged any more.
    async fn requests(&mut self, erased: &mut Erased) -> Result<()> {
        for row in self.tx.fetch(sql::ALL_REQUESTS, args![]).await? {
            let request = row.text(2)?;
            let names = match serde_json::from_str::<Value>(&request) {
                Ok(value) => scalars(&value).any(|value| self.marks.may_be_in(&value)),
                Err(_) => self.marks.may_be_in(&request),
            };
            if names {
                let key = args![row.text(0)?, row.text(1)?];
                erased.requests += self.tx.execute(sql::EMPTY_REQUEST, key).await?;
            }
        }
        Ok(())
    }

    async fn values(&mut self, erased: &mut Erased) -> Result<()> {
        for row in self.tx.fetch(sql::ALL_STATE, args![]).await? {
            let (plugin, key) = (row.text(0)?, row.text(1)?);
            let mut value: Value =
                serde_json::from_str(&row.text(2)?).context("a plugin's value")?;
            if self.marks.erased(&key).is_some() {
                erased.values += self.tx.execute(sql::DROP_STATE, args![plugin, key]).await?;
            } else if self.marks.erase_within(&mut value) {
                let row = args![plugin, key, value.to_string()];
                erased.values += self.tx.execute(sql::SET_STATE, row).await?;
            }
        }
        Ok(())
    }

    /// Posts are wanted otherwise from now on, so that they are edited where they stand. That is no
    /// correction of figures and is not said as one.
    async fn posts(&mut self, store: &Store, erased: &mut Erased) -> Result<()> {
        for row in self.tx.fetch(sql::ALL_BOARD, args![]).await? {
            let mut message: Value = serde_json::from_str(&row.text(1)?)?;
            if !self.marks.erase_within(&mut message) {
                continue;
            }
            let message =
                serde_json::from_value(message).context("a stored message cannot be read")?;
            let posted = Posted { message, ..Posted::read(&row)? };
            let (plugin, at) = (row.text(4)?, row.text(5)?);
            let at: Destination =
                at.parse().map_err(|_| anyhow::anyhow!("a stored message has no destination"))?;
            store.write_posted(self.tx, &plugin, &at, &posted, self.now).await?;
            erased.messages += 1;
            erased.posts += u64::from(at.platform != "terminal");
        }
        Ok(())
    }

    /// Why something went wrong is told without personal data; a library's words may be an exception.
    async fn reasons(&mut self) -> Result<()> {
        for (reasons, set) in [
            (sql::TROUBLE_REASONS, sql::SET_TROUBLE_REASON),
            (sql::SLOT_REASONS, sql::SET_SLOT_REASON),
            (sql::DELIVERY_REASONS, sql::SET_DELIVERY_REASON),
        ] {
            for row in self.tx.fetch(reasons, args![]).await? {
                let reason = row.text(0)?;
                if let Some(left) = self.marks.erased(&reason) {
                    self.tx.execute(set, args![reason, left]).await?;
                }
            }
        }
        Ok(())
    }
}
