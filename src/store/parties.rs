//! Whose conversations: rows beside the conversations, so that a person's are found by index.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::{Class, Lane, classify};
use cxbot_sdk::figures::Share;
use cxbot_sdk::history::{Colleague, OfCompany, Party, PartyKind, Trace, Traits, Whose};
use jiff::Timestamp;

use super::engine::{Arg, Row, args};
use super::people::Person;
use super::{Store, instant, millis, read_record, sql};

/// The leading columns of [`sql::PUT_PARTY`] that say which row it is.
pub(super) const PARTY_KEY: usize = 5;

impl Store {
    /// The rows of everyone who has a part, in the order of [`sql::PUT_PARTY`].
    pub(super) fn party_rows(&self, conversation: &Conversation) -> Result<Vec<Vec<Arg>>> {
        let class = match classify(conversation, &self.counting.exclusions) {
            Class::Excluded(_) => "excluded",
            Class::Scored(..) => "scored",
            Class::Unscored(reason) => reason.name(),
        };
        let traits = serde_json::to_string(&Traits::of(conversation))?;
        let lane = Lane::of(conversation).map_or("", Lane::name);
        let whose = Whose::of(conversation);
        // Shared by all of the conversation's rows.
        let [source, id, traits, class, lane, none] =
            [&conversation.source, &conversation.id, &traits, class, lane, ""]
                .map(Arc::<str>::from);
        let whose =
            [&whose.company, &whose.company_name, &whose.customer].map(|text| without_nul(text));
        let no_one = [&none; 3];
        let row = |party: Party| {
            let [company, company_name, customer] =
                if party.kind.is_summed_up() { whose.each_ref() } else { no_one };
            args![
                party.kind.name(),
                &without_nul(&party.value),
                millis(conversation.closed_at),
                &source,
                &id,
                &class,
                &lane,
                conversation.score.value().map(i64::from),
                if party.kind.is_teammate() { &traits } else { &none },
                company,
                company_name,
                customer,
            ]
        };
        let segments = Party::segments_of(conversation, &self.counting.segments);
        Ok(Party::all_of(conversation).into_iter().chain(segments).map(row).collect())
    }

    pub(super) async fn traces_of(
        &self,
        party: &Party,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Trace>> {
        ensure!(party.kind.is_teammate(), "traces are kept of teammates only");
        let (kind, value) = (party.kind.name(), party.value.as_str());
        let between = args![kind, value, millis(from), millis(until)];
        self.engine.fetch(sql::TRACES, between).await?.iter().map(trace).collect()
    }

    pub(super) async fn companies_of(
        &self,
        party: &Party,
        from: Timestamp,
        until: Timestamp,
        good_from: u8,
        customers: bool,
    ) -> Result<Vec<OfCompany>> {
        ensure!(party.kind.is_summed_up(), "only companies and attributes are summed up");
        let (kind, value) = (party.kind.name(), party.value.as_str());
        let asked = args![kind, value, millis(from), millis(until), i64::from(good_from)];
        let statement = if customers { sql::COMPANIES_AND_CUSTOMERS } else { sql::COMPANIES };
        let rows = self.engine.fetch(statement, asked).await?;
        let mut all = rows
            .iter()
            .map(|row| of_company(row, customers))
            .collect::<Result<Vec<OfCompany>>>()?;
        all.sort_by(|one, other| one.company.cmp(&other.company));
        Ok(all)
    }

    pub(super) async fn history_of(
        &self,
        party: &Party,
        from: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Conversation>> {
        let (kind, value) = (party.kind.name(), party.value.as_str());
        let within = args![kind, value, millis(from), millis(until), i64::try_from(limit)?];
        let rows = self.engine.fetch(sql::OF_PARTY, within).await?;
        rows.iter().map(|row| read_record(&row.text(0)?)).collect()
    }

    pub(super) async fn at(&self, places: &[(String, String)]) -> Result<Vec<Conversation>> {
        let wanted = places.iter().map(|(source, id)| args![source.as_str(), id.as_str()]);
        let rows = self.engine.fetch_rows(&sql::KNOWN, wanted.collect()).await?;
        let mut found = HashMap::new();
        for row in &rows {
            found.insert((row.text(0)?, row.text(1)?), read_record(&row.text(2)?)?);
        }
        Ok(places.iter().filter_map(|place| found.remove(place)).collect())
    }

    pub(super) async fn with_id(&self, id: &str) -> Result<Vec<Conversation>> {
        let rows = self.engine.fetch(sql::OF_ID, args![id]).await?;
        rows.iter().map(|row| read_record(&row.text(0)?)).collect()
    }

    pub(super) async fn keys_by_id(&self, kind: PartyKind, id: &str) -> Result<Vec<Party>> {
        let places: Vec<(String, String)> = match id.split_once('/') {
            Some((source, id)) => vec![(source.to_owned(), id.to_owned())],
            None => {
                self.sources_by_step().await?.into_iter().map(|at| (at, id.to_owned())).collect()
            }
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

    /// The sources of all conversations, found by stepping from one to the next along the key.
    async fn sources_by_step(&self) -> Result<Vec<String>> {
        let mut found: Vec<String> = Vec::new();
        loop {
            let last = found.last().map(String::as_str).unwrap_or_default();
            let next = self.engine.fetch(sql::NEXT_SOURCE, args![last]).await?;
            match next.first() {
                Some(row) => found.push(row.text(0)?),
                None => return Ok(found),
            }
        }
    }

    /// Names that begin so, found by stepping from one to the next along the index.
    pub(super) async fn names_like(
        &self,
        kind: PartyKind,
        words: &str,
        limit: usize,
    ) -> Result<Vec<String>> {
        let beginning = Party::named(kind, words).value;
        let this = args![kind.name(), beginning.as_str()];
        let mut found: Vec<String> = Vec::new();
        let mut next = self.engine.fetch(sql::THIS_PARTY, this).await?;
        if next.is_empty() {
            next =
                self.engine.fetch(sql::NEXT_PARTY, args![kind.name(), beginning.as_str()]).await?;
        }
        while let Some(row) = next.first() {
            let name = row.text(0)?;
            if !name.starts_with(&beginning) || found.len() >= limit {
                break;
            }
            next = self.engine.fetch(sql::NEXT_PARTY, args![kind.name(), name.as_str()]).await?;
            found.push(name);
        }
        Ok(found)
    }

    /// Everyone on the team's side whom a source has named.
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

fn without_nul(text: &str) -> Arc<str> {
    match text.contains('\0') {
        true => text.replace('\0', "\u{fffd}").into(),
        false => text.into(),
    }
}

fn of_company(row: &Row, customers: bool) -> Result<OfCompany> {
    let number = |column: usize| Ok::<u64, anyhow::Error>(u64::try_from(row.int(column)?)?);
    let (known, not_all_good) = if customers { (number(4)?, number(5)?) } else { (0, 0) };
    Ok(OfCompany {
        company: row.text(0)?,
        company_name: row.text(1)?,
        scored: Share { n: number(2)?, good: number(3)? },
        customers: Share { n: known, good: known - not_all_good },
    })
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
