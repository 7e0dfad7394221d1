//! Who looked whom up, from where: looks are added and read, and never changed.
//!
//! A look is one row, with the one who was asked for; everyone else whom it showed is a row beside it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;
use cxbot_sdk::cx::Looked;
use rand::RngExt;

use super::engine::{Row, args};
use super::{Store, instant, millis, sql};

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// When, and what tells looks of one moment apart.
type Place = (i64, String);

impl Store {
    /// Adds a look, all of it or none.
    pub async fn looked(&self, looked: &Looked) -> Result<()> {
        let Some((asked_for, others)) = looked.whom.split_first() else { return Ok(()) };
        let (at, id) = (millis(looked.at), next_id());
        let seen_in = looked.seen_in.as_ref().map(ToString::to_string).unwrap_or_default();
        let (who, command) = (looked.who.as_str(), looked.command.as_str());
        let look = args![at, id.as_str(), who, asked_for.as_str(), command, seen_in];
        let shown = others.iter().filter(|other| *other != asked_for);
        let shown = shown.map(|other| args![at, id.as_str(), other.as_str()]).collect();
        let mut tx = self.engine.begin().await?;
        tx.execute(sql::SET_LOOK, look).await?;
        tx.execute_rows(&sql::SHOWN, shown).await?;
        tx.commit().await
    }

    /// The latest looks, or those that showed any of these subjects; each once.
    pub async fn audit(&self, subjects: Option<&[String]>, limit: usize) -> Result<Vec<Looked>> {
        let most = i64::try_from(limit)?;
        let mut looks: BTreeMap<Place, Looked> = BTreeMap::new();
        let mut found = match subjects {
            Some(_) => Vec::new(),
            None => self.engine.fetch(sql::AUDIT, args![most]).await?,
        };
        for subject in subjects.into_iter().flatten() {
            for statement in [sql::AUDIT_OF, sql::AUDIT_SHOWING] {
                found.extend(self.engine.fetch(statement, args![subject.as_str(), most]).await?);
            }
        }
        for row in &found {
            looks.insert((row.int(0)?, row.text(1)?), look(row)?);
        }
        while looks.len() > limit {
            looks.pop_first();
        }
        self.add_others(&mut looks).await?;
        Ok(looks.into_values().rev().collect())
    }

    /// Adds whom the looks showed beside those who were asked for.
    async fn add_others(&self, looks: &mut BTreeMap<Place, Looked>) -> Result<()> {
        let wanted = looks.keys().map(|(at, id)| args![*at, id.as_str()]).collect();
        let rows = self.engine.fetch_rows(&sql::SHOWN_IN, wanted).await?;
        for row in &rows {
            if let Some(look) = looks.get_mut(&(row.int(0)?, row.text(1)?)) {
                look.whom.push(row.text(2)?);
            }
        }
        for look in looks.values_mut() {
            look.whom[1..].sort();
        }
        Ok(())
    }
}

/// Looks of one moment stay in their order; what is random tells those of other processes apart.
fn next_id() -> String {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("{number:08x}{:08x}", rand::rng().random::<u32>())
}

fn look(row: &Row) -> Result<Looked> {
    Ok(Looked {
        at: instant(row.int(0)?)?,
        who: row.text(2)?,
        whom: vec![row.text(3)?],
        command: row.text(4)?,
        // A channel that cannot be read any more is told as the asker's own.
        seen_in: row.text(5)?.parse().ok(),
    })
}
