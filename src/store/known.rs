//! Whether any stored conversation has a name, and which names there are: for a check of the settings.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use cxbot_sdk::count::Filter;
use cxbot_sdk::history::{Party, PartyKind, Traits};

use super::engine::args;
use super::{Store, read_record, sql};

/// Records read at a time.
const PAGE: i64 = 500;
/// Names that begin alike and are looked through for a near one.
const NEAR: usize = 500;

impl Store {
    /// Whether a stored conversation matches. Where none does, all of them are looked through.
    pub async fn has_any(&self, filter: &Filter) -> Result<bool> {
        let words = [&filter.team, &filter.topic, &filter.channel];
        let pattern = having(words.into_iter().flatten().next().map_or("", String::as_str));
        let mut after = (String::new(), String::new());
        loop {
            let page = args![after.0.as_str(), after.1.as_str(), pattern.as_str(), PAGE];
            let rows = self.engine.fetch(sql::SAYING_AFTER, page).await?;
            for row in &rows {
                if filter.matches(&read_record(&row.text(2)?)?) {
                    return Ok(true);
                }
                after = (row.text(0)?, row.text(1)?);
            }
            if rows.len() < PAGE as usize {
                return Ok(false);
            }
        }
    }

    /// The topics of scored conversations.
    pub async fn topics(&self) -> Result<Vec<String>> {
        self.engine.fetch(sql::ALL_TOPICS, args![]).await?.iter().map(|row| row.text(0)).collect()
    }

    /// The names and ids of teams that people of the team worked in.
    pub async fn teams(&self) -> Result<Vec<String>> {
        let mut teams = BTreeSet::new();
        for row in self.with_people().await?.fetch(sql::ALL_TRAITS, args![]).await? {
            let traits: Traits = serde_json::from_str(&row.text(0)?).context("stored traits")?;
            teams.extend(traits.team);
        }
        Ok(teams.into_iter().collect())
    }

    /// Of a name that no conversation is of, those that begin alike; nothing of one that some are of.
    pub async fn missing(&self, kind: PartyKind, name: &str) -> Result<Option<Vec<String>>> {
        let party = Party::named(kind, name);
        let this = args![kind.name(), party.value.as_str()];
        if !self.with_people().await?.fetch(sql::THIS_PARTY, this).await?.is_empty() {
            return Ok(None);
        }
        let beginning: String = party.value.chars().take(2).collect();
        self.names_like(kind, &beginning, NEAR).await.map(Some)
    }
}

/// A pattern that every record with this name fits, and few others: letters that are written otherwise
/// in JSON, or that databases fold otherwise, may be any.
pub(super) fn having(name: &str) -> String {
    let plain = name.trim().to_lowercase();
    let parts = plain.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != ' ');
    format!("%{}%", parts.collect::<Vec<_>>().join("%"))
}
