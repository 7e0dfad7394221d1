//! SQLite through sqlx: a file with a write-ahead log, one writer, readers that cannot write.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, Row as _, Sqlite, Transaction};

use super::log::Log;
use super::{Arg, Cleaned, Row, first_line};

/// Cache of a connection, as SQLite counts it: negative is KiB. The writer touches pages all over
/// the counts' trees, so a small cache would write them out and read them back again.
const WRITER_CACHE: &str = "-64000";
const READER_CACHE: &str = "-8000";
/// Pages in the write-ahead log before the writer itself brings them into the file: where so much is written
/// that [`Log`] does not keep up. The log has up to 128 MB then.
const CHECKPOINT_PAGES: &str = "32000";
const READERS: u32 = 4;
/// Bytes of a page in memory. Rows that are kept in the tree of their key should be no longer than a
/// twentieth of it (<https://www.sqlite.org/withoutrowid.html>), and a conversation has about 700 bytes: with
/// it the demo is filled in a seventh less time. A file's pages are smaller, since a change of one row writes
/// a whole page into the log.
const PAGE_IN_MEMORY: u32 = 16_384;

/// Opens a database file, made with its folder where missing, and brings it up to date; the writer,
/// the readers and what brings the log into the file.
pub(super) async fn open_file(path: &Path) -> Result<(SqlitePool, SqlitePool, Log)> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    make_private(path)?;
    let options = options().filename(path);
    // What is deleted is overwritten, and stays in no page.
    let writer = options.clone().pragma("cache_size", WRITER_CACHE).pragma("secure_delete", "ON");
    let writer = single().connect_with(writer).await?;
    migrate_beside_others(&writer).await?;
    let log = single().connect_with(options.clone().optimize_on_close(false, None)).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .connect_with(options.read_only(true).pragma("cache_size", READER_CACHE))
        .await?;
    Ok((writer, readers, Log::of(log)))
}

/// Makes the file where it is missing, for this user's eyes only: it holds what customers wrote. SQLite
/// gives the files beside it the same rights.
fn make_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let made = File::options().create_new(true).write(true).mode(0o600).open(path);
    match made {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(error).with_context(|| format!("cannot make the file {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Two processes may open a new file at once: the one that comes second finds the tables made while
/// it was making them, and everything done when it looks again.
async fn migrate_beside_others(writer: &SqlitePool) -> Result<()> {
    let migrations = sqlx::migrate!("src/store/migrations/sqlite");
    for _ in 0..5 {
        if migrations.run(writer).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(migrations.run(writer).await?)
}

/// A database that lives and dies with the process: for the demo and for tests.
pub(super) async fn open_in_memory() -> Result<SqlitePool> {
    let options = options().in_memory(true).page_size(PAGE_IN_MEMORY);
    let pool = single().connect_with(options).await?;
    sqlx::migrate!("src/store/migrations/sqlite").run(&pool).await?;
    Ok(pool)
}

/// What to do about a file that cannot be opened, by SQLite's result code.
pub(super) fn remedy(code: Option<&str>) -> &'static str {
    match code {
        Some("14") => "it has to be a file that this user may read and write",
        Some("26") => "it is not a cxbot store; move it away, or set store.url to another file",
        Some("8") => "this user may not write it; give the right, or set store.url elsewhere",
        Some("5") => "another process holds it; stop that one first",
        Some("11") => "it is damaged; put a backup in its place",
        _ => "check store.url",
    }
}

/// Begins a write transaction. A commit that failed, on a full disk say, can leave the connection
/// within its transaction for good; then it is replaced.
pub(super) async fn begin(writer: &SqlitePool) -> sqlx::Result<Transaction<'static, Sqlite>> {
    match writer.begin_with("BEGIN IMMEDIATE").await {
        Err(sqlx::Error::InvalidSavePointStatement) => {
            writer.acquire().await?.close().await?;
            writer.begin_with("BEGIN IMMEDIATE").await
        }
        begun => begun,
    }
}

/// What to do about an error while it runs, by SQLite's result code, of which the low byte counts.
pub(super) fn advice(code: &str) -> Option<&'static str> {
    match code.parse::<i64>().ok()? & 0xff {
        13 => Some("the disk is full: free some space; nothing stored is lost"),
        8 => Some("the store cannot be written: make its disk and its file writable"),
        10 => Some("the disk does not read or write as it should: look at it"),
        5 | 6 => Some("another process holds the store; it is tried again"),
        11 | 26 => Some("the store's file is damaged: put a backup in its place"),
        14 => Some("the store's file cannot be opened: look at its folder and rights"),
        _ => None,
    }
}

/// Writes the file anew without what was deleted, and the log into it. Samples of the indexes that the
/// planner keeps are of before, so they go too; it makes new ones.
pub(super) async fn clean(writer: &SqlitePool) -> Result<Cleaned> {
    match write_anew(writer).await {
        Ok(true) => Ok(Cleaned::Files),
        Ok(false) => Ok(Cleaned::Busy),
        Err(error) if is_busy(&error) => Ok(Cleaned::Busy),
        Err(error) => Err(error).context("the store's file cannot be written anew"),
    }
}

async fn write_anew(writer: &SqlitePool) -> sqlx::Result<bool> {
    let mut connection = writer.acquire().await?;
    let sampled = "SELECT name FROM sqlite_schema WHERE name = 'sqlite_stat4'";
    if connection.fetch_optional(sampled).await?.is_some() {
        connection.execute("DELETE FROM sqlite_stat4").await?;
    }
    connection.execute("VACUUM").await?;
    let done = connection.fetch_one("PRAGMA wal_checkpoint(TRUNCATE)").await?;
    Ok(done.try_get::<i64, _>(0)? == 0)
}

/// Brings the log into the file and empties it; a reader in the way leaves that for the next time.
pub(super) async fn empty_log(writer: &SqlitePool) -> Result<()> {
    match writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").await {
        Err(error) if !is_busy(&error) => Err(error).context("the store's log cannot be emptied"),
        _ => Ok(()),
    }
}

/// Whether another connection is in the way.
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.and_then(|code| code.parse::<i64>().ok()).is_some_and(|code| matches!(code & 0xff, 5 | 6))
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

/// Statements are constants of the store, some with more rows of placeholders; values are bound.
pub(super) fn bind(
    sql: impl Into<Arc<str>>,
    args: Vec<Arg>,
) -> sqlx::query::Query<'static, Sqlite, SqliteArguments> {
    let query = sqlx::query(AssertSqlSafe(sql.into()));
    args.into_iter().fold(query, |query, arg| match arg {
        Arg::Int(value) => query.bind(value),
        Arg::Text(value) => query.bind(value),
    })
}

pub(super) async fn fetch<'e>(
    executor: impl Executor<'e, Database = Sqlite>,
    sql: &str,
    args: Vec<Arg>,
) -> Result<Vec<Row>> {
    let rows = executor.fetch_all(bind(sql, args)).await.with_context(|| first_line(sql))?;
    Ok(rows.into_iter().map(Row::Sqlite).collect())
}
