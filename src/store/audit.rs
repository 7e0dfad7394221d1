//! Who looked whom up, from where: rows are added and read, and never changed.

use anyhow::Result;
use cxbot_sdk::cx::Looked;
use rand::RngExt;

use super::engine::{Row, args};
use super::{Store, instant, millis, sql};

impl Store {
    /// Adds a look.
    pub async fn looked(&self, looked: &Looked) -> Result<()> {
        let id = format!("{:016x}", rand::rng().random::<u64>());
        let seen_in = looked.seen_in.as_ref().map(ToString::to_string).unwrap_or_default();
        let row = args![
            millis(looked.at),
            id,
            looked.who.as_str(),
            looked.whom.as_str(),
            looked.command.as_str(),
            seen_in,
        ];
        let mut tx = self.engine.begin().await?;
        tx.execute(sql::LOOKED, row).await?;
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
