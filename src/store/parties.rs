//! Whose conversations: rows beside the conversations, so that a person's are found by index.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context, Result, ensure};
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::Lane;
use cxbot_sdk::history::{Colleague, OfCompany, Party, PartyKind, Place, Summand, Trace};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use tokio::task::spawn_blocking;

use super::engine::{Arg, Row, args};
use super::people::Person;
use super::{Store, instant, millis, read_record, sql};

/// Conversations that one connection reads, where many are wanted.
const AT_ONCE: usize = 50;

impl Store {
    pub(super) async fn traces_of(
        &self,
        party: &Party,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Trace>> {
        ensure!(party.kind.is_teammate(), "traces are kept of teammates only");
        let (kind, value) = (party.kind.name(), party.value.as_str());
        let between = args![kind, value, millis(from), millis(until)];
        self.with_people().await?.fetch(sql::TRACES, between).await?.iter().map(trace).collect()
    }

    pub(super) async fn companies_of(
        &self,
        parties: &[Party],
        from: Timestamp,
        until: Timestamp,
        good_from: u8,
    ) -> Result<Vec<Vec<OfCompany>>> {
        let summed_up = parties.iter().all(|party| party.kind.is_summed_up());
        ensure!(summed_up, "only companies and attributes are summed up");
        let within = |(number, party): (i64, &Party)| {
            args![number, party.kind.name(), party.value.as_str(), millis(from), millis(until)]
        };
        let asked = (0..).zip(parties).map(within).collect();
        let mut all = vec![Vec::new(); parties.len()];
        let rows = self.with_people().await?.fetch_rows(&sql::SUMMANDS, asked).await?;
        // Two periods are summed up side by side.
        spawn_blocking(move || {
            for row in rows {
                let Some(summands) = row.optional_text(1)? else { continue };
                let summands = format!("[{summands}]");
                let summands: Vec<Summand<'_>> =
                    serde_json::from_str(&summands).context("stored summands")?;
                all[usize::try_from(row.int(0)?)?] = OfCompany::sums(summands, good_from);
            }
            Ok(all)
        })
        .await?
    }

    pub(super) async fn places_of(
        &self,
        parties: &[Party],
        from: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Place>> {
        let Some(earlier) = limit.checked_sub(1) else { return Ok(Vec::new()) };
        let earlier = i64::try_from(earlier)?;
        let within = |party: &Party| {
            args![party.kind.name(), party.value.as_str(), millis(from), millis(until), earlier]
        };
        let rows = self
            .with_people()
            .await?
            .fetch_rows(&sql::PLACES, parties.iter().map(within).collect());
        let place = |row: &Row| {
            let (source, id) = (row.text(1)?, row.text(2)?);
            Ok(Place { closed_at: instant(row.int(0)?)?, source, id })
        };
        // Two parties may have a part in one conversation.
        let places = rows.await?.iter().map(place).collect::<Result<BTreeSet<Place>>>()?;
        Ok(places.into_iter().rev().take(limit).collect())
    }

    pub(super) async fn at(&self, places: &[Place]) -> Result<Vec<Conversation>> {
        // Side by side: their pages are all over the file, and may have to come from the disk.
        let parts = places.chunks(AT_ONCE).map(|part| {
            self.known(part.iter().map(|place| args![place.source.as_str(), place.id.as_str()]))
        });
        let mut found: HashMap<_, _> = try_join_all(parts).await?.into_iter().flatten().collect();
        let take = |place: &Place| found.remove(&(place.source.clone(), place.id.clone()));
        Ok(places.iter().filter_map(take).collect())
    }

    pub(super) async fn with_id(&self, id: &str) -> Result<Vec<Conversation>> {
        let sources = self.all_sources().await?;
        let wanted = sources.iter().map(|source| args![source.as_str(), id]);
        let by_source: BTreeMap<_, _> = self.known(wanted).await?.into_iter().collect();
        Ok(by_source.into_values().collect())
    }

    /// Those of the wanted sources and ids that there are.
    async fn known(
        &self,
        wanted: impl Iterator<Item = Vec<Arg>>,
    ) -> Result<Vec<((String, String), Conversation)>> {
        let rows = self.engine.fetch_rows(&sql::KNOWN, wanted.collect()).await?;
        let known = |row: &Row| Ok(((row.text(0)?, row.text(1)?), read_record(&row.text(2)?)?));
        rows.iter().map(known).collect()
    }

    pub(super) async fn keys_by_id(&self, kind: PartyKind, id: &str) -> Result<Vec<Party>> {
        let places: Vec<(String, String)> = match id.split_once('/') {
            Some((source, id)) => vec![(source.to_owned(), id.to_owned())],
            None => self.all_sources().await?.into_iter().map(|at| (at, id.to_owned())).collect(),
        };
        let mut keys = Vec::new();
        for (source, id) in places {
            keys.push(Party::by_id(kind, format!("{source}/{id}")));
            if kind == PartyKind::Customer {
                let merged = self.contacts(&source, std::slice::from_ref(&id)).await?;
                let into = merged.into_values().map(|(into, _)| into).filter(|into| *into != id);
                keys.extend(into.map(|into| Party::by_id(kind, format!("{source}/{into}"))));
            }
        }
        Ok(keys)
    }

    /// The sources of all conversations.
    async fn all_sources(&self) -> Result<Vec<String>> {
        self.engine
            .fetch(sql::CONVERSATION_SOURCES, args![])
            .await?
            .iter()
            .map(|row| row.text(0))
            .collect()
    }

    /// Names that begin so.
    pub(super) async fn names_like(
        &self,
        kind: PartyKind,
        words: &str,
        limit: usize,
    ) -> Result<Vec<String>> {
        let beginning = Party::named(kind, words).value;
        let asked = args![kind.name(), beginning.as_str(), i64::try_from(limit)?];
        let rows = self.with_people().await?.fetch(sql::PARTIES_FROM, asked).await?;
        let mut found = rows.iter().map(|row| row.text(0)).collect::<Result<Vec<String>>>()?;
        found.retain(|name| name.starts_with(&beginning));
        Ok(found)
    }

    /// Everyone on the team's side whom a source knows; those without a name by their id.
    pub async fn colleagues(&self) -> Result<Vec<Colleague>> {
        let rows = self.engine.fetch(sql::ALL_TEAMMATES, args![]).await?;
        let mut all = Vec::new();
        for row in &rows {
            let (source, id) = (row.text(0)?, row.text(1)?);
            let about: Person = serde_json::from_str(&row.text(2)?).context("a stored teammate")?;
            if !about.bot {
                let name = about.name.unwrap_or_else(|| id.clone());
                let keys = vec![format!("{source}/{id}")];
                let also = about.email.into_iter().collect();
                all.push(Colleague { keys, name, also, teams: Vec::new() });
            }
        }
        Ok(all)
    }
}

fn trace(row: &Row) -> Result<Trace> {
    let (class, lane, traits) = (row.text(3)?, row.text(4)?, row.text(6)?);
    let scored = class == "scored";
    let score = row.optional_int(5)?.filter(|_| scored);
    Ok(Trace {
        source: row.text(0)?,
        id: row.text(1)?,
        closed_at: instant(row.int(2)?)?,
        excluded: class == "excluded",
        lane: Lane::ALL.into_iter().find(|known| known.name() == lane),
        score: score.map(u8::try_from).transpose()?,
        traits: serde_json::from_str(&traits).context("stored traits")?,
    })
}
