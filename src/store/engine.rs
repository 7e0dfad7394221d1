//! The one place that knows which database there is: everything above binds and reads our own types.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use super::sql::Bulk;
use anyhow::{Context, Result};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, Row as _, Sqlite, Transaction};

/// Cache of a connection, as SQLite counts it: negative is KiB. The writer touches pages all over
/// the counts' trees, so a small cache would write them out and read them back again.
const WRITER_CACHE: &str = "-64000";
const READER_CACHE: &str = "-8000";
/// Pages in the write-ahead log before they go to the database: fewer, larger writes.
const CHECKPOINT_PAGES: &str = "8000";
const READERS: u32 = 4;

/// The pools of one database.
#[derive(Clone)]
pub(super) enum Engine {
    /// One writer, because SQLite has one; readers cannot write.
    Sqlite { writer: SqlitePool, readers: SqlitePool },
}

/// A write transaction; dropped without commit it leaves no trace.
pub(super) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
}

/// A value to bind. Times are milliseconds, JSON is text: both databases hold these alike.
#[derive(Debug, Clone)]
pub(super) enum Arg {
    Int(Option<i64>),
    Text(Option<String>),
}

/// A row of an answer.
pub(super) enum Row {
    Sqlite(SqliteRow),
}

impl Engine {
    /// Opens a database file, made with its folder where missing, and brings it up to date.
    pub(super) async fn open_file(path: &Path) -> Result<Engine> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        let options = options().filename(path).create_if_missing(true);
        let writer = options.clone().pragma("cache_size", WRITER_CACHE);
        let writer = single().connect_with(writer).await?;
        sqlx::migrate!("src/store/migrations/sqlite").run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true).pragma("cache_size", READER_CACHE))
            .await?;
        Ok(Engine::Sqlite { writer, readers })
    }

    /// What to do about a file that cannot be opened.
    pub(super) fn remedy(error: &anyhow::Error) -> &'static str {
        let database = error.downcast_ref::<sqlx::Error>().and_then(sqlx::Error::as_database_error);
        match database.and_then(|error| error.code()).as_deref() {
            Some("14") => "it has to be a file that this user may read and write",
            Some("26") => "it is not a cxbot store; move it away, or set store.url to another file",
            Some("8") => "this user may not write it; give the right, or set store.url elsewhere",
            Some("5") => "another process holds it; stop that one first",
            Some("11") => "it is damaged; put a backup in its place",
            _ => "check store.url",
        }
    }

    /// A database that lives and dies with the process: for the demo and for tests.
    pub(super) async fn open_in_memory() -> Result<Engine> {
        let writer = single().connect_with(options().in_memory(true)).await?;
        sqlx::migrate!("src/store/migrations/sqlite").run(&writer).await?;
        Ok(Engine::Sqlite { readers: writer.clone(), writer })
    }

    pub(super) async fn begin(&self) -> Result<Tx> {
        match self {
            // A transaction that reads first and writes later would fail at once when another
            // process writes between; taking the lock at the start waits instead.
            Engine::Sqlite { writer, .. } => {
                Ok(Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?))
            }
        }
    }

    pub(super) async fn fetch(&self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
        match self {
            Engine::Sqlite { readers, .. } => fetch_sqlite(readers, sql, args).await,
        }
    }

    /// Runs a statement over rows of values, outside of any transaction.
    pub(super) async fn fetch_rows(&self, bulk: &Bulk, rows: Vec<Vec<Arg>>) -> Result<Vec<Row>> {
        let mut found = Vec::new();
        let Engine::Sqlite { .. } = self;
        for (sql, args) in chunks(bulk, rows, false) {
            found.extend(self.fetch(&sql, args).await?);
        }
        Ok(found)
    }

    pub(super) async fn close(&self) {
        match self {
            Engine::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
        }
    }
}

fn options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10))
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .optimize_on_close(true, None)
        // Statements would be logged with their text at warn when they are slow.
        .disable_statement_logging()
}

/// One connection that is never dropped: the writer, and a database in memory, are just that one.
fn single() -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None)
}

/// Rows in one statement: more bring nothing, and SQLite takes 32,766 parameters at most.
const CHUNK: usize = 200;

/// The statement of a bulk for one chunk. SQLite finds a placeholder with a name by going through
/// all of them, so there they have none.
fn with_rows(bulk: &Bulk, rows: usize, numbered: bool) -> String {
    let mut sql = String::from(bulk.head);
    for row in 0..rows {
        sql.push_str(if row == 0 { " (" } else { ", (" });
        for column in 0..bulk.width {
            sql.push_str(if column == 0 { "" } else { "," });
            match numbered {
                true => sql.push_str(&format!("${}", row * bulk.width + column + 1)),
                false => sql.push('?'),
            }
        }
        sql.push(')');
    }
    sql.push(' ');
    sql.push_str(bulk.tail);
    sql
}

/// Statements and their values, a chunk of rows each.
fn chunks(bulk: &Bulk, rows: Vec<Vec<Arg>>, numbered: bool) -> Vec<(String, Vec<Arg>)> {
    let mut chunks = Vec::with_capacity(rows.len() / CHUNK + 1);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<Vec<Arg>> = rows.by_ref().take(CHUNK).collect();
        let sql = with_rows(bulk, chunk.len(), numbered);
        chunks.push((sql, chunk.into_iter().flatten().collect()));
    }
    chunks
}

impl Tx {
    /// Runs a statement over rows of values.
    pub(super) async fn execute_rows(&mut self, bulk: &Bulk, rows: Vec<Vec<Arg>>) -> Result<()> {
        for (sql, args) in chunks(bulk, rows, self.numbered()) {
            self.execute(&sql, args).await?;
        }
        Ok(())
    }

    /// The same for a statement that answers.
    pub(super) async fn fetch_rows(
        &mut self,
        bulk: &Bulk,
        rows: Vec<Vec<Arg>>,
    ) -> Result<Vec<Row>> {
        let mut found = Vec::new();
        for (sql, args) in chunks(bulk, rows, self.numbered()) {
            found.extend(self.fetch(&sql, args).await?);
        }
        Ok(found)
    }

    fn numbered(&self) -> bool {
        match self {
            Tx::Sqlite(_) => false,
        }
    }

    pub(super) async fn execute(&mut self, sql: &str, args: Vec<Arg>) -> Result<u64> {
        match self {
            Tx::Sqlite(tx) => {
                let query = bind_sqlite(sql, args);
                Ok(tx.execute(query).await.with_context(|| first_line(sql))?.rows_affected())
            }
        }
    }

    pub(super) async fn fetch(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
        match self {
            Tx::Sqlite(tx) => fetch_sqlite(&mut **tx, sql, args).await,
        }
    }

    pub(super) async fn commit(self) -> Result<()> {
        match self {
            Tx::Sqlite(tx) => Ok(tx.commit().await?),
        }
    }
}

type SqliteQuery<'q> = sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments>;

/// Statements are constants of this folder, some with more rows of placeholders; values are bound.
fn bind_sqlite(sql: &str, args: Vec<Arg>) -> SqliteQuery<'_> {
    let query = sqlx::query(AssertSqlSafe(sql.to_owned()));
    args.into_iter().fold(query, |query, arg| match arg {
        Arg::Int(value) => query.bind(value),
        Arg::Text(value) => query.bind(value),
    })
}

async fn fetch_sqlite<'e>(
    executor: impl Executor<'e, Database = Sqlite>,
    sql: &str,
    args: Vec<Arg>,
) -> Result<Vec<Row>> {
    let rows = executor.fetch_all(bind_sqlite(sql, args)).await.with_context(|| first_line(sql))?;
    Ok(rows.into_iter().map(Row::Sqlite).collect())
}

fn first_line(sql: &str) -> String {
    format!("the store: {}", sql.trim().lines().next().unwrap_or_default())
}

impl Row {
    /// The number in a column; an error when it holds something else.
    pub(super) fn int(&self, column: usize) -> Result<i64> {
        match self {
            Row::Sqlite(row) => Ok(row.try_get(column)?),
        }
    }

    pub(super) fn text(&self, column: usize) -> Result<String> {
        match self {
            Row::Sqlite(row) => Ok(row.try_get(column)?),
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
        Arg::Text(Some(value.to_owned()))
    }
}

impl From<String> for Arg {
    fn from(value: String) -> Self {
        Arg::Text(Some(value))
    }
}

impl From<Option<String>> for Arg {
    fn from(value: Option<String>) -> Self {
        Arg::Text(value)
    }
}

/// Binds values of different types in one list.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::engine::Arg::from($value)),*] };
}
pub(super) use args;

/// Where the database is, from its address in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    File(std::path::PathBuf),
    Memory,
}

impl FromStr for Address {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"));
        match path {
            Some(":memory:") => Ok(Address::Memory),
            Some(path) if !path.is_empty() => Ok(Address::File(path.into())),
            _ if url.starts_with("postgres") => {
                Err("this version keeps its store in SQLite; write it like sqlite://data/cxbot.db"
                    .to_owned())
            }
            // The address is not repeated: it may carry a password.
            _ => {
                Err("it is not a store's address; write it like sqlite://data/cxbot.db".to_owned())
            }
        }
    }
}
