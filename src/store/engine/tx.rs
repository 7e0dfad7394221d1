//! Write transactions.

use std::sync::Arc;

use anyhow::{Context, Result};
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Executor, Postgres, Sqlite, Transaction};

use super::bulk::{Chunk, as_they_are, chunks};
use super::log::Log;
use super::trouble::first_line;
use super::{Arg, Row, postgres, sqlite};
use crate::store::sql::Bulk;

/// A write transaction; dropped without commit it leaves no trace.
pub(in crate::store) enum Tx {
    Sqlite(Transaction<'static, Sqlite>, Option<Arc<Log>>),
    Postgres(Transaction<'static, Postgres>),
}

/// A statement with its values bound.
enum Bound {
    Sqlite(sqlx::query::Query<'static, Sqlite, SqliteArguments>),
    Postgres(sqlx::query::Query<'static, Postgres, PgArguments>),
}

impl Tx {
    pub(in crate::store) async fn execute(&mut self, sql: &str, args: Vec<Arg>) -> Result<u64> {
        match self {
            Tx::Sqlite(tx, _) => {
                let done = tx.execute(sqlite::bind(sql, args)).await;
                Ok(done.with_context(|| first_line(sql))?.rows_affected())
            }
            Tx::Postgres(tx) => {
                let done = tx.execute(postgres::bind(sql, args)).await;
                Ok(done.with_context(|| first_line(sql))?.rows_affected())
            }
        }
    }

    pub(in crate::store) async fn fetch(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
        match self {
            Tx::Sqlite(tx, _) => sqlite::fetch(&mut **tx, sql, args).await,
            Tx::Postgres(tx) => postgres::fetch(&mut **tx, sql, args).await,
        }
    }

    fn bound(&self) -> fn(Chunk) -> Bound {
        match self {
            Tx::Sqlite(..) => |Chunk { sql, args, is_full }| {
                Bound::Sqlite(sqlite::bind(sql, args).persistent(is_full))
            },
            Tx::Postgres(_) => |Chunk { sql, args, is_full }| {
                Bound::Postgres(postgres::bind(sql, args).persistent(is_full))
            },
        }
    }

    async fn run(&mut self, bound: Bound) -> sqlx::Result<()> {
        match (self, bound) {
            (Tx::Sqlite(tx, _), Bound::Sqlite(query)) => tx.execute(query).await.map(drop),
            (Tx::Postgres(tx), Bound::Postgres(query)) => tx.execute(query).await.map(drop),
            _ => Err(sqlx::Error::InvalidArgument("bound for another database".to_owned())),
        }
    }

    /// Runs a statement over rows of values.
    pub(in crate::store) async fn execute_rows(
        &mut self,
        bulk: &Bulk,
        rows: Vec<Vec<Arg>>,
    ) -> Result<()> {
        let rows: Vec<&Vec<Arg>> = rows.iter().collect();
        self.execute_each(bulk, &rows, as_they_are).await
    }

    /// Runs a statement over rows, whose values are asked for. The next rows are made ready while the
    /// database works on those before them.
    pub(in crate::store) async fn execute_each<R>(
        &mut self,
        bulk: &Bulk,
        rows: &[&R],
        values: fn(&R, &mut Vec<Arg>),
    ) -> Result<()> {
        let mut chunks = chunks(bulk, rows, values, self.numbered()).map(self.bound());
        let mut next = chunks.next();
        while let Some(bound) = next {
            let (done, following) = tokio::join!(biased; self.run(bound), async { chunks.next() });
            done.with_context(|| first_line(bulk.head))?;
            next = following;
        }
        Ok(())
    }

    /// The same for a statement that answers.
    pub(in crate::store) async fn fetch_rows(
        &mut self,
        bulk: &Bulk,
        rows: Vec<Vec<Arg>>,
    ) -> Result<Vec<Row>> {
        let rows: Vec<&Vec<Arg>> = rows.iter().collect();
        let mut found = Vec::new();
        for Chunk { sql, args, .. } in chunks(bulk, &rows, as_they_are, self.numbered()) {
            found.extend(self.fetch(&sql, args).await?);
        }
        Ok(found)
    }

    pub(in crate::store) async fn commit(self) -> Result<()> {
        match self {
            Tx::Sqlite(tx, log) => {
                tx.commit().await?;
                if let Some(log) = log {
                    log.committed();
                }
                Ok(())
            }
            Tx::Postgres(tx) => Ok(tx.commit().await?),
        }
    }

    fn numbered(&self) -> bool {
        matches!(self, Tx::Postgres(_))
    }
}
