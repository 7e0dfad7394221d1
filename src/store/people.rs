//! What sources said of customers and teammates, and what of theirs could not be read.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use cxbot_sdk::conversation::{Conversation, Customer};
use cxbot_sdk::history::PartyKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::engine::{Row, Tx, args};
use super::forget::Forgotten;
use super::{Store, millis, read_record, sql};

/// A customer as a source last described them.
#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    pub source: String,
    pub id: String,
    /// The id that this one was merged into; its own where it was not.
    pub canonical: String,
    pub about: Customer,
    pub checked_at: Timestamp,
}

/// A teammate as a source last described them; kept when the source forgets them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Person {
    pub name: Option<String>,
    pub email: Option<String>,
    pub bot: bool,
}

/// Something that a source sent in a shape nobody expected, kept as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Oddity {
    pub source: String,
    /// The conversation's id.
    pub id: String,
    pub field: String,
    pub raw: Value,
}

impl Contact {
    pub(super) async fn write(&self, tx: &mut Tx) -> Result<()> {
        let about = serde_json::to_string(&self.about)?;
        let row = args![
            self.source.as_str(),
            self.id.as_str(),
            self.canonical.as_str(),
            about,
            millis(self.checked_at),
        ];
        tx.execute(sql::SET_CONTACT, row).await?;
        if self.canonical != self.id {
            let about = serde_json::to_string(&self.about)?;
            let moved =
                args![self.source.as_str(), self.id.as_str(), self.canonical.as_str(), about,];
            tx.execute(sql::MOVE_CONTACTS, moved).await?;
        }
        Ok(())
    }
}

impl Oddity {
    pub(super) async fn write(&self, tx: &mut Tx) -> Result<()> {
        let raw = self.raw.to_string();
        let row = args![self.source.as_str(), self.id.as_str(), self.field.as_str(), raw];
        tx.execute(sql::SET_ODDITY, row).await.map(drop)
    }
}

impl Store {
    /// The known ones of these contacts, by id: canonical id and description.
    pub async fn contacts(
        &self,
        source: &str,
        ids: &[String],
    ) -> Result<BTreeMap<String, (String, Customer)>> {
        let wanted = ids.iter().map(|id| args![source, id.as_str()]);
        let rows = self.engine.fetch_rows(&sql::CONTACTS, wanted.collect()).await?;
        let known = |row: &Row| {
            let about = serde_json::from_str(&row.text(2)?).context("a stored contact")?;
            Ok((row.text(0)?, (row.text(1)?, about)))
        };
        rows.iter().map(known).collect()
    }

    /// Contacts that have not been looked up since `before`, the longest ago first.
    pub async fn contacts_to_check(
        &self,
        source: &str,
        before: Timestamp,
        limit: i64,
    ) -> Result<Vec<String>> {
        let rows =
            self.engine.fetch(sql::OLDEST_CONTACTS, args![source, millis(before), limit]).await?;
        rows.iter().map(|row| row.text(0)).collect()
    }

    /// The conversations of a customer, oldest first.
    pub async fn of_customer(&self, source: &str, customer: &str) -> Result<Vec<Conversation>> {
        let key = format!("{source}/{customer}");
        let asked = args![PartyKind::Customer.name(), key];
        let rows = self.engine.fetch(sql::OF_PARTY, asked).await?;
        rows.iter().map(|row| read_record(&row.text(0)?)).collect()
    }

    /// Everyone a source has ever named as a teammate, by id.
    pub async fn teammates(&self, source: &str) -> Result<BTreeMap<String, Person>> {
        let rows = self.engine.fetch(sql::TEAMMATES, args![source]).await?;
        rows.iter().map(|row| Ok((row.text(0)?, serde_json::from_str(&row.text(1)?)?))).collect()
    }

    /// Remembers teammates by id, those aside who were forgotten.
    pub async fn remember_teammates(
        &self,
        source: &str,
        people: &BTreeMap<String, Person>,
    ) -> Result<()> {
        let mut tx = self.engine.begin().await?;
        let mut forgotten = Forgotten::read(&mut tx).await?;
        let remembered: Vec<_> = match &mut forgotten {
            Some(forgotten) => forgotten.without_forgotten(source, people),
            None => people.iter().collect(),
        };
        if let Some(forgotten) = &mut forgotten {
            forgotten.save(&mut tx).await?;
        }
        for (id, person) in remembered {
            let about = serde_json::to_string(person)?;
            tx.execute(sql::SET_TEAMMATE, args![source, id.as_str(), about]).await?;
        }
        tx.commit().await
    }
}
