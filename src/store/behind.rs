//! Rows by which people are found, written when people are first asked for instead of with their
//! conversations: a report counts, and need not wait for half of what is written. For a store in memory
//! alone, which nobody else reads and of which nothing outlives the process.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::Result;
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

use super::Store;
use super::engine::Engine;
use super::ready::Parties;
use super::write::{Applied, Prepared, write_parties};

/// What has not been written yet, by batches; none where everything is written at once.
#[derive(Clone, Default)]
pub(super) struct Behind(Arc<Mutex<Option<Vec<Parties>>>>);

/// What has not been written yet, and nobody else's until this is let go.
pub(super) type Waiting<'s> = MappedMutexGuard<'s, Vec<Parties>>;

impl Store {
    /// From now on, and until someone is forgotten, new conversations can be looked up once someone does,
    /// or once [`Store::catch_up`] is done. Without effect unless the store is in memory.
    pub async fn find_later(&self) {
        if self.engine.is_in_memory() {
            self.behind.0.lock().await.get_or_insert_default();
        }
    }

    /// Writes what is behind, in one transaction for each batch: others are served between them.
    pub async fn catch_up(&self) -> Result<()> {
        match self.waiting().await {
            Some(mut waiting) => self.write_all(&mut waiting).await,
            None => Ok(()),
        }
    }

    /// The database with everyone who can be found: for whatever asks for people.
    pub(super) async fn with_people(&self) -> Result<&Engine> {
        self.catch_up().await?;
        Ok(&self.engine)
    }

    /// Writes what is behind, and from now on everything at once.
    pub(super) async fn find_at_once(&self) -> Result<()> {
        let mut behind = self.behind.0.lock().await;
        if let Some(waiting) = &mut *behind {
            self.write_all(waiting).await?;
        }
        *behind = None;
        Ok(())
    }

    async fn write_all(&self, waiting: &mut Vec<Parties>) -> Result<()> {
        while let Some(batch) = waiting.last() {
            let mut tx = self.engine.begin().await?;
            write_parties(&mut tx, batch, &HashSet::new()).await?;
            tx.commit().await?;
            waiting.pop();
        }
        Ok(())
    }

    /// What is waiting, where anything may.
    pub(super) async fn waiting(&self) -> Option<Waiting<'_>> {
        MutexGuard::try_map(self.behind.0.lock().await, Option::as_mut).ok()
    }

    /// Writes a batch and lets its people wait. Holds what is waiting meanwhile: else whoever asks would
    /// write rows of before.
    pub(super) async fn write_ahead(
        &self,
        prepared: &mut Prepared,
        mut waiting: Waiting<'_>,
    ) -> Result<Applied> {
        let mut people = prepared.take_parties();
        let applied = self.write_once(prepared).await?;
        if applied.touched_known() {
            let written: HashSet<(&str, &str)> = prepared.places().collect();
            for batch in waiting.iter_mut() {
                batch.retain(|place| !written.contains(&place));
            }
            let deleted: HashSet<(&str, &str)> = prepared.deleted_places().collect();
            people.retain(|place| !deleted.contains(&place));
        }
        waiting.push(people);
        Ok(applied)
    }
}
