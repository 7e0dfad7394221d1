//! Rows by which people are found, written when people are first asked for instead of with their
//! conversations: a report counts, and need not wait for half of what is written. For a store in memory
//! alone, which nobody else reads and of which nothing outlives the process.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::Result;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::Store;
use super::ready::Parties;
use super::write::{Prepared, write_parties};

/// What has not been written yet; none where everything is written at once.
#[derive(Clone, Default)]
pub(super) struct Behind(Arc<Mutex<Option<Parties>>>);

impl Store {
    /// From now on new conversations can be looked up once someone does, or once [`Store::catch_up`] is
    /// done. Without effect unless the store is in memory.
    pub async fn find_later(&self) {
        if self.engine.is_in_memory() {
            self.behind.0.lock().await.get_or_insert_default();
        }
    }

    /// Writes what is behind; whatever asks for people begins with it.
    pub async fn catch_up(&self) -> Result<()> {
        match &mut *self.behind.0.lock().await {
            Some(waiting) => self.write_behind(waiting).await,
            None => Ok(()),
        }
    }

    /// The same, and everything is written at once from now on.
    pub(super) async fn find_at_once(&self) -> Result<()> {
        let mut behind = self.behind.0.lock().await;
        if let Some(waiting) = &mut *behind {
            self.write_behind(waiting).await?;
        }
        *behind = None;
        Ok(())
    }

    async fn write_behind(&self, waiting: &mut Parties) -> Result<()> {
        if waiting.is_empty() {
            return Ok(());
        }
        waiting.sort();
        let mut tx = self.engine.begin().await?;
        write_parties(&mut tx, waiting, &HashSet::new()).await?;
        tx.commit().await?;
        *waiting = Parties::default();
        Ok(())
    }

    /// Where rows are kept for later, if they are. Whoever writes holds it until all is written: else
    /// somebody who asks meanwhile would write rows of before.
    pub(super) async fn behind(&self) -> Option<OwnedMutexGuard<Option<Parties>>> {
        let behind = self.behind.0.clone().lock_owned().await;
        behind.is_some().then_some(behind)
    }
}

/// Keeps the rows of a batch for later, in the place of those that its conversations had.
pub(super) fn keep(waiting: &mut Parties, written: &Prepared, all_new: bool, mut rows: Parties) {
    if !all_new {
        let places: HashSet<(&str, &str)> = written.places().collect();
        waiting.retain(|place| !places.contains(&place));
        let gone: HashSet<(&str, &str)> = written.gone().collect();
        rows.retain(|place| !gone.contains(&place));
    }
    waiting.append(rows);
}
