//! The one place that knows which database there is: everything above binds and reads our own types.

mod address;
mod bulk;
mod log;
mod postgres;
mod sqlite;
mod trouble;
mod tx;
mod values;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use backon::{ExponentialBuilder, Retryable};
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{Executor, SqlSafeStr};

use super::sql::Bulk;
pub use address::Address;
use bulk::{Chunk, as_they_are, chunks, with_rows};
use log::Log;
pub use trouble::advice;
use trouble::{code, first_line, unusable_file, unusable_server};
pub(super) use tx::Tx;
pub(super) use values::{Arg, Row, args};

/// Times that a transaction is run again.
const CONFLICTS: usize = 8;

/// The pools of one database.
#[derive(Clone)]
pub(super) enum Engine {
    /// One writer, because SQLite has one; readers cannot write. In memory there is no log.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
        log: Option<Arc<Log>>,
    },
    Postgres(PgPool),
}

/// What became of the bytes of what was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cleaned {
    /// They are in none of the store's files.
    Files,
    /// Another process reads what was, so that some of them may still be there.
    Busy,
    /// The server has them as long as it likes; whether its tables were vacuumed.
    Server { vacuumed: bool },
}

impl Engine {
    /// Opens the database and brings its schema up to date; the error says what to do.
    pub(super) async fn open(address: &Address) -> Result<Engine> {
        match address {
            Address::File(path) => {
                let (writer, readers, log) =
                    sqlite::open_file(path).await.map_err(|error| unusable_file(path, error))?;
                Ok(Engine::Sqlite { writer, readers, log: Some(Arc::new(log)) })
            }
            Address::Memory => {
                let writer = sqlite::open_in_memory().await?;
                Ok(Engine::Sqlite { readers: writer.clone(), writer, log: None })
            }
            Address::Postgres(url) => {
                Ok(Engine::Postgres(postgres::open(url).await.map_err(unusable_server)?))
            }
        }
    }

    /// Whether it lives and dies with this process.
    pub(super) fn is_in_memory(&self) -> bool {
        matches!(self, Engine::Sqlite { log: None, .. })
    }

    /// Whether writers wait for each other, so that none is ever given up.
    pub(super) fn waits_in_line(&self) -> bool {
        matches!(self, Engine::Sqlite { .. })
    }

    pub(super) async fn begin(&self) -> Result<Tx> {
        match self {
            // A transaction that reads first and writes later would fail at once when another
            // process writes between; taking the lock at the start waits instead.
            Engine::Sqlite { writer, log, .. } => {
                Ok(Tx::Sqlite(sqlite::begin(writer).await?, log.clone()))
            }
            // Counts are differences to what was there, so here too there is one writer at a time:
            // whoever holds this row. Distributed engines have row locks, but no advisory ones.
            Engine::Postgres(pool) => {
                let mut tx = pool.begin().await?;
                tx.execute("SELECT value FROM setting WHERE name = 'counted_with' FOR UPDATE")
                    .await?;
                Ok(Tx::Postgres(tx))
            }
        }
    }

    /// Runs a whole transaction, and runs it again when the database has given it up for another one's
    /// sake, which distributed engines do as a matter of course. SQLite's writers wait in line instead.
    pub(super) async fn transact<T, F>(&self, work: impl FnMut() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let pauses = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(20))
            .with_max_times(CONFLICTS)
            .with_jitter();
        let again =
            |error: &anyhow::Error| matches!(code(error).as_deref(), Some("40001" | "40P01"));
        work.retry(pauses).when(again).await
    }

    pub(super) async fn fetch(&self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
        match self {
            Engine::Sqlite { readers, .. } => sqlite::fetch(readers, sql, args).await,
            Engine::Postgres(pool) => postgres::fetch(pool, sql, args).await,
        }
    }

    /// Runs a statement over rows of values, outside of any transaction.
    pub(super) async fn fetch_rows(&self, bulk: &Bulk, rows: Vec<Vec<Arg>>) -> Result<Vec<Row>> {
        let rows: Vec<&Vec<Arg>> = rows.iter().collect();
        let mut found = Vec::new();
        for chunk in chunks(bulk, &rows, as_they_are, matches!(self, Engine::Postgres(_))) {
            let Chunk { sql, args, .. } = chunk;
            found.extend(self.fetch(&sql, args).await?);
        }
        Ok(found)
    }

    /// Has the database read a statement without running it.
    pub(super) async fn prepare(&self, sql: &str) -> Result<()> {
        let text = sqlx::AssertSqlSafe(sql.to_owned()).into_sql_str();
        match self {
            Engine::Sqlite { writer, .. } => writer.acquire().await?.prepare(text).await.map(drop),
            Engine::Postgres(pool) => pool.acquire().await?.prepare(text).await.map(drop),
        }
        .with_context(|| first_line(sql))
    }

    /// The statement of a bulk for so many rows.
    pub(super) fn with_rows(&self, bulk: &Bulk, rows: usize) -> String {
        with_rows(bulk, rows, matches!(self, Engine::Postgres(_)))
    }

    /// Sees to it that what was deleted is not in the database's files any more.
    pub(super) async fn clean(&self) -> Result<Cleaned> {
        match self {
            Engine::Sqlite { writer, log, .. } => {
                let _alone = Log::alone(log.as_deref()).await?;
                sqlite::clean(writer).await
            }
            Engine::Postgres(pool) => {
                Ok(Cleaned::Server { vacuumed: postgres::vacuum(pool).await })
            }
        }
    }

    /// Brings what is in the write-ahead log into the file and empties it, as far as nobody reads there.
    pub(super) async fn empty_log(&self) -> Result<()> {
        match self {
            Engine::Sqlite { writer, log, .. } => {
                let _alone = Log::alone(log.as_deref()).await?;
                sqlite::empty_log(writer).await
            }
            Engine::Postgres(_) => Ok(()),
        }
    }

    pub(super) async fn close(&self) {
        match self {
            Engine::Sqlite { writer, readers, log } => {
                readers.close().await;
                if let Some(log) = log {
                    log.close().await;
                }
                writer.close().await;
            }
            Engine::Postgres(pool) => pool.close().await,
        }
    }
}
