//! What sources said of customers and teammates, and what of theirs could not be read.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use cxbot_sdk::conversation::{Conversation, Customer, Teammate};
use cxbot_sdk::history::PartyKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::engine::{Row, Tx, args};
use super::forget::Forgotten;
use super::write::Place;
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

impl Person {
    pub(super) fn of(teammate: &Teammate) -> Person {
        let Teammate { name, email, bot, .. } = teammate;
        Person { name: name.clone(), email: email.clone(), bot: *bot }
    }

    /// Adds what was not known before; what is known already a source describes better.
    pub(super) fn fill_in(&mut self, name: Option<&String>, email: Option<&String>) {
        for (known, new) in [(&mut self.name, name), (&mut self.email, email)] {
            if known.is_none() {
                *known = new.cloned();
            }
        }
    }
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
        let rows = self.with_people().await?.fetch(sql::OF_PARTY, asked).await?;
        rows.iter().map(|row| read_record(&row.text(0)?)).collect()
    }

    /// Everyone a source has ever known as a teammate, by id.
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
        write_team(&mut tx, remembered.into_iter().map(|(id, one)| ((source, &**id), one))).await?;
        tx.commit().await
    }
}

/// Remembers those whom conversations name, beside what is known of them already.
pub(super) async fn remember_team(tx: &mut Tx, mut team: BTreeMap<Place, Person>) -> Result<()> {
    let wanted = team.keys().map(|(source, id)| args![source.as_str(), id.as_str()]).collect();
    for row in tx.fetch_rows(&sql::KNOWN_TEAMMATES, wanted).await? {
        let known: Person = serde_json::from_str(&row.text(2)?).context("a stored teammate")?;
        if let Some((place, said)) = team.remove_entry(&(row.text(0)?, row.text(1)?)) {
            let mut filled = known.clone();
            filled.fill_in(said.name.as_ref(), said.email.as_ref());
            if filled != known {
                team.insert(place, filled);
            }
        }
    }
    write_team(tx, team.iter().map(|((source, id), person)| ((&**source, &**id), person))).await
}

async fn write_team<'p>(
    tx: &mut Tx,
    team: impl Iterator<Item = ((&'p str, &'p str), &'p Person)>,
) -> Result<()> {
    let row = |((source, id), person): ((&str, &str), &Person)| {
        Ok(args![source, id, serde_json::to_string(person)?])
    };
    tx.execute_rows(&sql::SET_TEAMMATES, team.map(row).collect::<Result<_>>()?).await
}
