//! What the host lends: the SDK's `Host` over the real store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use cxbot_sdk::ballot::Ballots;
use cxbot_sdk::cx::{Looked, Render};
use cxbot_sdk::history::Colleague;
use cxbot_sdk::scores::Scores;
use cxbot_sdk::{Audience, Destination, Host, Result, Workspace};
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{Mutex as AsyncMutex, Notify};

use super::ballots::Booth;
use super::protected::Protected;
use super::{people, redact};
use crate::clock::Clock;
use crate::config::PersonConfig;
use crate::store::Store;

/// Shared by all calls.
pub(super) struct Services {
    pub(super) store: Store,
    pub(super) workspace: Workspace,
    /// In protected mode the only way to the scores.
    protected: Option<Protected>,
    pub(super) booth: Booth,
    clock: Arc<dyn Clock>,
    pub(super) people: Vec<PersonConfig>,
    keys: Mutex<HashMap<String, Arc<AsyncMutex<()>>>>,
    /// Told whenever something was published.
    pub(super) published: Notify,
}

impl Services {
    pub(super) fn new(
        store: Store,
        workspace: Workspace,
        clock: Arc<dyn Clock>,
        people: Vec<PersonConfig>,
        booth: Booth,
    ) -> Self {
        let (keys, published) = (Mutex::default(), Notify::new());
        let protected = workspace.protected.then(|| Protected::new(store.clone(), people.clone()));
        Services { store, workspace, protected, booth, clock, people, keys, published }
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
        match &self.protected {
            Some(protected) => protected,
            None => &self.store,
        }
    }

    fn ballots(&self) -> &dyn Ballots {
        self
    }

    async fn colleagues(&self) -> anyhow::Result<Vec<Colleague>> {
        Ok(people::merged(self.store.colleagues().await?, &self.people))
    }

    async fn audit(&self, looked: Looked) -> anyhow::Result<()> {
        self.store.looked(&looked).await
    }

    async fn audited(
        &self,
        subjects: Option<&[String]>,
        limit: usize,
    ) -> anyhow::Result<Vec<Looked>> {
        self.store.audit(subjects, limit).await
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

    async fn swap_state(
        &self,
        plugin: &str,
        key: &str,
        before: Option<&Value>,
        after: Option<Value>,
    ) -> anyhow::Result<bool> {
        self.store.swap_plugin_state(plugin, key, before, after).await
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
        // Redacted before it is kept: what a platform gets is read from there.
        let (redacted, open): (Vec<Destination>, Vec<Destination>) =
            audience.iter().cloned().partition(|at| self.workspace.redacts(at));
        let now = self.clock.now();
        if !open.is_empty() {
            let message = redact::open(message.clone());
            self.store.set_board(plugin, &open, key, &message, now).await?;
        }
        if !redacted.is_empty() {
            let message = redact::message(message);
            self.store.set_board(plugin, &redacted, key, &message, now).await?;
        }
        self.published.notify_one();
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::store::{Address, Counting};
    use cxbot_sdk::channel::Channel;
    use cxbot_sdk::{Message, Text};
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Services over a store in memory.
    pub(crate) async fn services() -> Arc<Services> {
        let store = Store::open(&Address::Memory, Counting::default()).await.expect("a store");
        Arc::new(Services::new(
            store,
            Workspace::default(),
            Arc::new(SystemClock),
            Vec::new(),
            Booth::in_memory(),
        ))
    }

    #[tokio::test]
    async fn what_is_published_is_redacted_but_where_the_workspace_says_otherwise() {
        let [open, hidden, unnamed]: [Destination; 3] =
            ["slack:C1", "slack:C2", "slack:C3"].map(|at| at.parse().expect("a destination"));
        let settled = |at: &Destination, redact| {
            let (at, clearance) = (at.clone(), cxbot_sdk::Clearance::Names);
            Channel { at, clearance, redact }
        };
        let workspace = Workspace {
            channels: vec![settled(&open, false), settled(&hidden, true)],
            ..Workspace::default()
        };
        let store = Store::open(&Address::Memory, Counting::default()).await.expect("a store");
        let services =
            Services::new(store, workspace, Arc::new(SystemClock), Vec::new(), Booth::in_memory());
        let text = Text::from("She said: ").shortened("my card is 4111 1111 1111 1111", 20);
        let render = Box::pin(async { Ok(Message::sentence(text.outside(" and a@x.example"))) });
        let everywhere = [open.clone(), hidden.clone(), unnamed.clone()];
        Host::publish(&services, "digest", &everywhere, "key", render).await.expect("published");
        for (at, wanted) in [
            (open, "She said: my card is 4111 111… and a@x.example"),
            (hidden, "She said: my card is [card] and [e-mail]"),
            (unnamed, "She said: my card is [card] and [e-mail]"),
        ] {
            let board = services.store.board("digest", &at).await.expect("the board");
            assert_eq!(board[0].message.plain(), wanted, "{at}");
            let kept = serde_json::to_string(&board[0].message).expect("JSON");
            assert!(!kept.contains("1111 1111"), "nothing is kept behind the cut: {kept}");
        }
    }

    #[tokio::test]
    async fn a_message_is_rendered_while_its_key_is_locked_so_that_the_newest_stays() {
        let services = services().await;
        let channel = ["terminal:x".parse().expect("a destination")];
        let (inside, count) = (AtomicU32::new(0), AtomicU32::new(0));
        let publish = || {
            let render = Box::pin(async {
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "one render at a time");
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                tokio::task::yield_now().await;
                inside.fetch_sub(1, Ordering::SeqCst);
                Ok(Message::sentence(format!("{number} answered")))
            });
            Host::publish(services.as_ref(), "mood", &channel, "poll", render)
        };
        let all = futures_util::future::join_all((0..20).map(|_| publish())).await;
        assert!(all.into_iter().all(|published| published.is_ok()));
        let board = services.store.board("mood", &channel[0]).await.expect("the board");
        assert_eq!(board[0].message.plain(), "20 answered");
    }
}
