//! Who looked whom up, from where: rows are added and read, and never changed.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;
use cxbot_sdk::cx::Looked;
use rand::RngExt;

use super::engine::{Arg, Row, args};
use super::{Store, instant, millis, sql};

static NUMBER: AtomicU32 = AtomicU32::new(0);

impl Store {
    /// Adds looks, all of them or none.
    pub async fn looked(&self, looked: &[Looked]) -> Result<()> {
        let mut tx = self.engine.begin().await?;
        tx.execute_rows(&sql::LOOKED, looked.iter().map(row).collect()).await?;
        tx.commit().await
    }

    /// The latest looks, or those at one subject.
    pub async fn audit(&self, subject: Option<&str>, limit: usize) -> Result<Vec<Looked>> {
        let limit = i64::try_from(limit)?;
        let rows = match subject {
            Some(subject) => self.engine.fetch(sql::AUDIT_OF, args![subject, limit]).await?,
            None => self.engine.fetch(sql::AUDIT, args![limit]).await?,
        };
        rows.iter().map(look).collect()
    }
}

fn row(looked: &Looked) -> Vec<Arg> {
    // Looks of one moment stay in their order; what is random tells those of other processes apart.
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let id = format!("{number:08x}{:08x}", rand::rng().random::<u32>());
    let seen_in = looked.seen_in.as_ref().map(ToString::to_string).unwrap_or_default();
    args![
        millis(looked.at),
        id,
        looked.who.as_str(),
        looked.whom.as_str(),
        looked.command.as_str(),
        seen_in,
    ]
}

fn look(row: &Row) -> Result<Looked> {
    Ok(Looked {
        at: instant(row.int(0)?)?,
        who: row.text(1)?,
        whom: row.text(2)?,
        command: row.text(3)?,
        // A channel that cannot be read any more is told as the asker's own.
        seen_in: row.text(4)?.parse().ok(),
    })
}
