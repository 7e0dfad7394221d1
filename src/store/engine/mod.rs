//! The one place that knows which database there is: everything above binds and reads our own types.

mod bulk;
mod log;
mod postgres;
mod sqlite;

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use backon::{ExponentialBuilder, Retryable};
use secrecy::SecretString;
use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::sqlite::{SqliteArguments, SqlitePool, SqliteRow};
use sqlx::{Executor, Postgres, Row as _, SqlSafeStr, Sqlite, Transaction};

use super::sql::Bulk;
use bulk::{Chunk, as_they_are, chunks, with_rows};
use log::Log;

/// Where the database is, from its address in the settings. It may carry a password.
#[derive(Debug, Clone)]
pub enum Address {
    File(PathBuf),
    Memory,
    Postgres(SecretString),
}

impl FromStr for Address {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"));
        match path {
            Some(":memory:") => Ok(Address::Memory),
            Some(path) if !path.is_empty() => Ok(Address::File(path.into())),
            _ if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(Address::Postgres(SecretString::from(url)))
            }
            // The address is not repeated: it may carry a password.
            _ => Err("it is not a store's address; write it like sqlite://data/cxbot.db or \
                      postgres://user@host/database"
                .to_owned()),
        }
    }
}

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

/// A write transaction; dropped without commit it leaves no trace.
pub(super) enum Tx {
    Sqlite(Transaction<'static, Sqlite>, Option<Arc<Log>>),
    Postgres(Transaction<'static, Postgres>),
}

/// A value to bind. Times are milliseconds, JSON is text: both databases hold these alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Arg {
    Int(Option<i64>),
    /// Shared, because many rows hold the same text.
    Text(Option<Arc<str>>),
}

/// A row of an answer.
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
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
                let pool = postgres::open(url).await.map_err(|error| {
                    let remedy = postgres::remedy(code(&error).as_deref());
                    let why = crate::error::plainly(&error);
                    anyhow::anyhow!("cannot use the PostgreSQL store; {remedy}: {why}")
                })?;
                Ok(Engine::Postgres(pool))
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

fn unusable_file(path: &Path, error: anyhow::Error) -> anyhow::Error {
    let remedy = sqlite::remedy(code(&error).as_deref());
    let why = crate::error::plainly(&error);
    anyhow::anyhow!("cannot open the store {}; {remedy}: {why}", path.display())
}

/// The database's own code of an error.
fn code(error: &anyhow::Error) -> Option<String> {
    let database = error.chain().find_map(|cause| cause.downcast_ref::<sqlx::Error>())?;
    let database = database.as_database_error()?;
    database.code().map(std::borrow::Cow::into_owned)
}

/// What to do about an error of the store, where the database says what it is.
pub fn advice(error: &anyhow::Error) -> Option<&'static str> {
    let database = error.chain().find_map(|cause| cause.downcast_ref::<sqlx::Error>())?;
    match database {
        sqlx::Error::Database(database) => {
            let code = database.code()?;
            match database.try_downcast_ref::<sqlx::sqlite::SqliteError>() {
                Some(_) => sqlite::advice(&code),
                None => postgres::advice(&code),
            }
        }
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
            Some("the database does not answer; it is tried again")
        }
        _ => None,
    }
}

/// Which statement failed; its values may be personal and are not said.
fn first_line(sql: &str) -> String {
    format!("the store: {}", sql.trim().lines().next().unwrap_or_default())
}

/// Times that a transaction is run again.
const CONFLICTS: usize = 8;

/// A statement with its values bound.
enum Bound {
    Sqlite(sqlx::query::Query<'static, Sqlite, SqliteArguments>),
    Postgres(sqlx::query::Query<'static, Postgres, PgArguments>),
}

impl Tx {
    pub(super) async fn execute(&mut self, sql: &str, args: Vec<Arg>) -> Result<u64> {
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

    pub(super) async fn fetch(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
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
    pub(super) async fn execute_rows(&mut self, bulk: &Bulk, rows: Vec<Vec<Arg>>) -> Result<()> {
        let rows: Vec<&Vec<Arg>> = rows.iter().collect();
        self.execute_each(bulk, &rows, as_they_are).await
    }

    /// Runs a statement over rows, whose values are asked for. The next rows are made ready while the
    /// database works on those before them.
    pub(super) async fn execute_each<R>(
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
    pub(super) async fn fetch_rows(
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

    pub(super) async fn commit(self) -> Result<()> {
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

impl Row {
    /// The number in a column; an error when it holds something else.
    pub(super) fn int(&self, column: usize) -> Result<i64> {
        match self {
            Row::Sqlite(row) => Ok(row.try_get(column)?),
            Row::Postgres(row) => Ok(row.try_get(column)?),
        }
    }

    pub(super) fn optional_int(&self, column: usize) -> Result<Option<i64>> {
        match self {
            Row::Sqlite(row) => Ok(row.try_get(column)?),
            Row::Postgres(row) => Ok(row.try_get(column)?),
        }
    }

    pub(super) fn optional_text(&self, column: usize) -> Result<Option<String>> {
        match self {
            Row::Sqlite(row) => Ok(row.try_get(column)?),
            Row::Postgres(row) => Ok(row.try_get(column)?),
        }
    }

    pub(super) fn text(&self, column: usize) -> Result<String> {
        match self {
            Row::Sqlite(row) => Ok(row.try_get(column)?),
            Row::Postgres(row) => Ok(row.try_get(column)?),
        }
    }
}

impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Arg::Int(Some(value))
    }
}

impl From<Option<i64>> for Arg {
    fn from(value: Option<i64>) -> Self {
        Arg::Int(value)
    }
}

impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Arg::Text(Some(value.into()))
    }
}

impl From<String> for Arg {
    fn from(value: String) -> Self {
        Arg::Text(Some(value.into()))
    }
}

impl From<&Arc<str>> for Arg {
    fn from(value: &Arc<str>) -> Self {
        Arg::Text(Some(value.clone()))
    }
}

impl From<Option<String>> for Arg {
    fn from(value: Option<String>) -> Self {
        Arg::Text(value.map(Arc::from))
    }
}

/// Binds values of different types in one list.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::engine::Arg::from($value)),*] };
}
pub(super) use args;
