//! The derived counts made anew, and how they differ from the ones that were kept.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use anyhow::Result;
use cxbot_sdk::week::{Day, Week};

use super::engine::{Tx, args};
use super::ready::Ready;
use super::write::write_rows;
use super::{COUNTED_WITH, Store, read_record, sql};

/// Conversations in memory at a time.
const PAGE: i64 = 2_000;

/// A count that was not what it should have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which count.
    pub what: String,
    pub was: Vec<i64>,
    pub is: Vec<i64>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: was {:?}, is {:?}", self.what, self.was, self.is)
    }
}

type Counts = BTreeMap<String, Vec<i64>>;

impl Store {
    /// Counts every conversation anew under the current rules, in one transaction.
    pub async fn rebuild(&self) -> Result<Vec<Difference>> {
        let mut tx = self.with_people().await?.begin().await?;
        let before = counts(&mut tx).await?;
        for clear in sql::CLEAR_COUNTS {
            tx.execute(clear, args![]).await?;
        }
        self.count_all(&mut tx).await?;
        let after = counts(&mut tx).await?;
        let fingerprint = self.counting.fingerprint();
        tx.execute(sql::SET_SETTING, args![COUNTED_WITH, fingerprint]).await?;
        tx.execute(sql::REVISE, args![]).await?;
        tx.commit().await?;
        Ok(differences(&before, &after))
    }

    async fn count_all(&self, tx: &mut Tx) -> Result<()> {
        let mut after = (String::new(), String::new());
        loop {
            let page = args![after.0.as_str(), after.1.as_str(), PAGE];
            let page = tx.fetch(sql::EXPORT, page).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = (last.text(0)?, last.text(1)?);
            let recorded = page.iter().map(|row| {
                let record = row.text(2)?;
                Ok((read_record(&record)?, record))
            });
            let ready = Ready::recorded(recorded.collect::<Result<_>>()?, &self.counting)?;
            write_rows(tx, &ready, &HashSet::new()).await?;
            ready.delta.write(tx).await?;
        }
    }
}

/// All counts by a name that people can read.
async fn counts(tx: &mut Tx) -> Result<Counts> {
    let mut counts = Counts::new();
    for row in tx.fetch(sql::ALL_DAILY, args![]).await? {
        let (scope, kind, day) = (row.int(0)?, row.text(1)?, Day(row.int(2)?));
        let (lane, label) = (row.text(3)?, row.text(4)?);
        let name = format!("filter {scope}, {}, {kind} {lane} \"{label}\"", day.date());
        let numbers: Result<Vec<i64>> = (5..11).map(|column| row.int(column)).collect();
        counts.insert(name, numbers?);
    }
    for row in tx.fetch(sql::ALL_WEEKLY, args![]).await? {
        let (scope, week) = (row.int(0)?, Week::at_index(row.int(1)?));
        let (lane, topic) = (row.text(2)?, row.text(3)?);
        let name = format!("filter {scope}, {week}, customers of {lane} \"{topic}\"");
        counts.insert(name, vec![row.int(4)?]);
    }
    Ok(counts)
}

fn differences(before: &Counts, after: &Counts) -> Vec<Difference> {
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let of = |counts: &Counts, name: &String| counts.get(name).cloned().unwrap_or_default();
    names
        .into_iter()
        .map(|name| (name, of(before, name), of(after, name)))
        .filter(|(_, was, is)| was != is)
        .map(|(name, was, is)| Difference { what: name.clone(), was, is })
        .collect()
}
