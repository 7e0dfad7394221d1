//! Rows by which people are found, written when people are first asked for instead of with their
//! conversations: a report counts, and need not wait for half of what is written. For a store in memory
//! alone, which nobody else reads and of which nothing outlives the process.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::Result;
use tokio::sync::Mutex;

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
        let mut behind = self.behind.0.lock().await;
        let Some(waiting) = behind.as_mut().filter(|waiting| !waiting.is_empty()) else {
            return Ok(());
        };
        waiting.sort();
        let mut tx = self.engine.begin().await?;
        write_parties(&mut tx, waiting, &HashSet::new()).await?;
        tx.commit().await?;
        *waiting = Parties::default();
        Ok(())
    }

    /// The same, and everything is written at once from now on.
    pub(super) async fn find_at_once(&self) -> Result<()> {
        self.catch_up().await?;
        *self.behind.0.lock().await = None;
        Ok(())
    }

    /// Takes the rows of a batch that come later, if any do.
    pub(super) async fn taken_for_later(&self, prepared: &mut Prepared) -> Option<Parties> {
        let is_on = self.behind.0.lock().await.is_some();
        is_on.then(|| prepared.take_parties())
    }

    /// Keeps the rows of a batch that is written, in the place of those that its conversations had.
    pub(super) async fn keep_for_later(&self, written: &Prepared, all_new: bool, rows: Parties) {
        if let Some(waiting) = &mut *self.behind.0.lock().await {
            if !all_new {
                let places: HashSet<(&str, &str)> = written.places().collect();
                waiting.retain(|place| !places.contains(&place));
            }
            waiting.append(rows);
        }
    }
}
