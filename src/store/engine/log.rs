//! SQLite's write-ahead log, brought into the file beside the writer: who writes a line or two does not wait
//! for thousands of pages.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::pool::PoolConnection;
use sqlx::sqlite::SqlitePool;
use sqlx::{Executor, Sqlite};

/// One connection for this alone.
pub(in crate::store) struct Log {
    connection: SqlitePool,
    /// Whether something is being brought over.
    under_way: AtomicBool,
}

impl Log {
    pub(super) fn of(connection: SqlitePool) -> Log {
        Log { connection, under_way: AtomicBool::new(false) }
    }

    /// Notes a commit: what is in the log goes into the file meanwhile. What is written while that goes on
    /// waits for the next commit.
    pub(super) fn committed(self: Arc<Log>) {
        if !self.under_way.swap(true, Ordering::AcqRel) {
            tokio::spawn(async move { self.bring_over().await });
        }
    }

    /// As far as nobody is in the way; the rest goes at the next time, or with the writer.
    async fn bring_over(&self) {
        if let Some(mut connection) = self.connection.try_acquire()
            && let Err(error) = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").await
        {
            tracing::debug!("the store's log stays as it is for now: {error}");
        }
        self.under_way.store(false, Ordering::Release);
    }

    /// Nothing is brought over while this is held: SQLite lets one connection do so at a time, and turns
    /// away the next.
    pub(super) async fn alone(log: Option<&Log>) -> sqlx::Result<Option<PoolConnection<Sqlite>>> {
        match log {
            Some(log) => log.connection.acquire().await.map(Some),
            None => Ok(None),
        }
    }

    pub(super) async fn close(&self) {
        self.connection.close().await;
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::super::{Address, Cleaned, Engine, args};
    use crate::store::sql;

    async fn written(engine: &Engine, number: u32) {
        let mut tx = engine.begin().await.expect("a transaction");
        let row = args![format!("setting {number}"), "set"];
        tx.execute(sql::SET_SETTING, row).await.expect("written");
        tx.commit().await.expect("committed");
    }

    /// Whether a setting is in the file itself, whatever is in the log beside it.
    async fn is_in_the_file(path: &Path, number: u32) -> bool {
        let copy = path.with_file_name("copy.db");
        std::fs::copy(path, &copy).expect("copied");
        let engine = Engine::open(&Address::File(copy)).await.expect("a store");
        let found = engine.fetch(sql::SETTING, args![format!("setting {number}")]).await;
        engine.close().await;
        !found.expect("read").is_empty()
    }

    #[tokio::test]
    async fn what_was_written_goes_into_the_file_while_the_writer_goes_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("cxbot.db");
        let engine = Engine::open(&Address::File(path.clone())).await.expect("a store");
        written(&engine, 0).await;
        let mut tries = 0;
        while !is_in_the_file(&path, 0).await {
            tries += 1;
            assert!(tries < 100, "nothing was brought over");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // Cleaning is not turned away by what goes on beside it.
        for number in 1..50 {
            written(&engine, number).await;
            if number % 5 == 0 {
                assert_eq!(engine.clean().await.expect("cleaned"), Cleaned::Files);
            }
        }
        engine.close().await;
    }
}
