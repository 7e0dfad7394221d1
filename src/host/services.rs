//! What the host lends: the SDK's `Host` over the real store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use cxbot_sdk::cx::Render;
use cxbot_sdk::scores::Scores;
use cxbot_sdk::{Audience, Host, Result, Workspace};
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Mutex as AsyncMutex;

use crate::clock::Clock;
use crate::store::Store;

/// Shared by all calls.
pub(super) struct Services {
    pub(super) store: Store,
    pub(super) workspace: Workspace,
    clock: Arc<dyn Clock>,
    keys: Mutex<HashMap<String, Arc<AsyncMutex<()>>>>,
}

impl Services {
    pub(super) fn new(store: Store, workspace: Workspace, clock: Arc<dyn Clock>) -> Self {
        Services { store, workspace, clock, keys: Mutex::default() }
    }

    /// The lock of one message. Locks that nobody holds are dropped on the way.
    fn lock_of(&self, plugin: &str, key: &str) -> Arc<AsyncMutex<()>> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.retain(|_, lock| Arc::strong_count(lock) > 1);
        keys.entry(format!("{plugin}/{key}")).or_default().clone()
    }
}

#[async_trait]
impl Host for Services {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    fn scores(&self) -> &dyn Scores {
        &self.store
    }

    async fn read_state(&self, plugin: &str, key: &str) -> anyhow::Result<Option<Value>> {
        self.store.plugin_state(plugin, key).await
    }

    async fn write_state(
        &self,
        plugin: &str,
        key: &str,
        value: Option<Value>,
    ) -> anyhow::Result<()> {
        self.store.set_plugin_state(plugin, key, value).await
    }

    async fn publish(
        &self,
        plugin: &str,
        audience: &Audience,
        key: &str,
        render: Render<'_>,
    ) -> Result<()> {
        let lock = self.lock_of(plugin, key);
        // Two renders at once could store the older one last.
        let _held = lock.lock().await;
        let message = render.await?;
        Ok(self.store.set_board(plugin, audience, key, &message).await?)
    }
}
