//! The process that runs on this store: one at a time, and a second one is refused.
//!
//! A file is locked as well, so that the process after a killed one may start at once. On PostgreSQL
//! there is only the row, so there a silent process is waited for.

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};

use super::engine::args;
use super::{Address, Store, instant, millis, sql};

const NAME: &str = "run";
/// A process that was not seen for so long is gone. It tells four times as often that it lives.
pub const GONE_AFTER: SignedDuration = SignedDuration::from_secs(40);

/// Who runs, as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runner {
    /// Machine and process, for people.
    pub owner: String,
    pub seen_at: Timestamp,
    epoch: i64,
}

/// The right to run on the store; given up when dropped, or when the process is gone.
#[derive(Debug)]
pub struct Running {
    epoch: i64,
    _file: Option<File>,
}

/// What came of asking for the right to run.
#[derive(Debug)]
pub enum Asked {
    Granted(Running),
    /// Someone else has it, as far as is known.
    Taken(Option<Runner>),
}

impl Store {
    /// Asks for the right to run. `known` is who was found the last time: if nothing was heard of
    /// them since, and long enough ago, they are gone.
    pub async fn ask_to_run(
        &self,
        address: &Address,
        owner: &str,
        now: Timestamp,
    ) -> Result<Asked> {
        let runner = self.runner().await?;
        let file = match address {
            Address::File(path) => {
                let mut lock = path.clone().into_os_string();
                lock.push(".lock");
                match locked(&PathBuf::from(lock))? {
                    Some(file) => Some(file),
                    None => return Ok(Asked::Taken(runner)),
                }
            }
            Address::Memory | Address::Postgres(_) => None,
        };
        let alive = runner.as_ref().is_some_and(|runner| now < runner.seen_at + GONE_AFTER);
        if alive && file.is_none() {
            return Ok(Asked::Taken(runner));
        }
        let epoch = runner.as_ref().map_or(0, |runner| runner.epoch);
        let mut tx = self.engine.begin().await?;
        let rows = tx.fetch(sql::TAKE_RUNNER, args![NAME, owner, millis(now), epoch]).await?;
        let taken = rows.first().map(|row| row.int(0)).transpose()?;
        tx.commit().await?;
        match taken {
            Some(epoch) => Ok(Asked::Granted(Running { epoch, _file: file })),
            None => Ok(Asked::Taken(self.runner().await?)),
        }
    }

    /// Tells that the process lives. False when another one has taken its place.
    pub async fn still_running(&self, running: &Running, now: Timestamp) -> Result<bool> {
        let mut tx = self.engine.begin().await?;
        let row = args![NAME, running.epoch, millis(now)];
        let alive = tx.execute(sql::RUNNER_LIVES, row).await? == 1;
        tx.commit().await?;
        Ok(alive)
    }

    /// Who runs on this store, or did last.
    pub async fn runner(&self) -> Result<Option<Runner>> {
        let rows = self.engine.fetch(sql::RUNNER, args![NAME]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let seen_at = instant(row.int(2)?)?;
        Ok(Some(Runner { owner: row.text(0)?, epoch: row.int(1)?, seen_at }))
    }

    /// Gives the right to run back, so that the next process need not wait.
    pub async fn stop_running(&self, running: Running) -> Result<()> {
        self.still_running(&running, Timestamp::UNIX_EPOCH).await.map(drop)
    }
}

/// The locked file, or none when another process has it locked.
fn locked(path: &PathBuf) -> Result<Option<File>> {
    let cannot = || format!("cannot lock {}", path.display());
    let file = File::options().create(true).truncate(false).write(true).open(path);
    let file = file.with_context(cannot)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(error).with_context(cannot),
    }
}
