//! What an action or a job gets in hand: the clock, the scores, its state, and a way to publish.

use std::ops::Deref;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ballot::{Ballot, Ballots};
use crate::destination::{Audience, Destination};
use crate::error::Result;
use crate::history::Colleague;
use crate::invoker::Invoker;
use crate::message::Message;
use crate::plugin::{Need, Plugin};
use crate::scores::Scores;
use crate::state::State;
use crate::workspace::Workspace;

/// A look at someone's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    pub at: Timestamp,
    /// Who looked.
    pub who: String,
    /// Whose data: `teammate SOURCE/ID` or `customer SOURCE/ID`, the one who was asked for first, then
    /// everyone else who was shown.
    pub whom: Vec<String>,
    /// By what.
    pub command: String,
    /// Where the answer was seen: a channel, or nothing for the asker alone.
    pub seen_in: Option<Destination>,
}

/// Renders a message while the host holds its key's lock.
pub type Render<'a> = BoxFuture<'a, Result<Message>>;

/// What the host lends to plugins. Plugins use it through [`Cx`].
#[async_trait]
pub trait Host: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
    fn workspace(&self) -> &Workspace;
    fn scores(&self) -> &dyn Scores;
    fn ballots(&self) -> &dyn Ballots;
    /// Everyone on the team's side who was ever named, those who left included, in the order of names.
    async fn colleagues(&self) -> anyhow::Result<Vec<Colleague>>;
    /// Writes a look down for good: all of it or nothing.
    async fn audit(&self, looked: Looked) -> anyhow::Result<()>;
    /// The looks that showed any of these, or anyone, each once, latest first, at most `limit`.
    async fn audited(
        &self,
        subjects: Option<&[String]>,
        limit: usize,
    ) -> anyhow::Result<Vec<Looked>>;
    /// The JSON kept under a plugin's key.
    async fn read_state(&self, plugin: &str, key: &str) -> anyhow::Result<Option<Value>>;
    /// Keeps JSON under a plugin's key; `None` deletes it.
    async fn write_state(
        &self,
        plugin: &str,
        key: &str,
        value: Option<Value>,
    ) -> anyhow::Result<()>;
    /// The same, if what is kept is still `before`; false, and nothing changed, where it is not.
    async fn swap_state(
        &self,
        plugin: &str,
        key: &str,
        before: Option<&Value>,
        after: Option<Value>,
    ) -> anyhow::Result<bool>;
    /// Makes the message `key` of `plugin` look as rendered, wherever the audience is.
    async fn publish(
        &self,
        plugin: &str,
        audience: &Audience,
        key: &str,
        render: Render<'_>,
    ) -> Result<()>;
}

/// The context of one call. It dereferences to the plugin itself.
pub struct Cx<P> {
    plugin: Arc<P>,
    host: Arc<dyn Host>,
}

impl<P> Clone for Cx<P> {
    fn clone(&self) -> Self {
        Cx { plugin: self.plugin.clone(), host: self.host.clone() }
    }
}

impl<P> Deref for Cx<P> {
    type Target = P;
    fn deref(&self) -> &P {
        &self.plugin
    }
}

impl<P: Plugin> Cx<P> {
    pub(crate) fn new(plugin: Arc<P>, host: Arc<dyn Host>) -> Self {
        Cx { plugin, host }
    }

    /// The clock as it was handed to the host; code below a plugin never reads another.
    pub fn now(&self) -> Timestamp {
        self.host.now()
    }

    pub fn workspace(&self) -> &Workspace {
        self.host.workspace()
    }

    /// The scored conversations; refused without [`Need::Scores`].
    pub fn scores(&self) -> Result<&dyn Scores> {
        self.must_need(Need::Scores)?;
        Ok(self.host.scores())
    }

    /// Everyone on the team's side; refused without [`Need::Identity`].
    pub async fn colleagues(&self) -> Result<Vec<Colleague>> {
        self.must_need(Need::Identity)?;
        Ok(self.host.colleagues().await?)
    }

    /// Writes down that the invoker looks these up, the one who was asked for first; refused without
    /// [`Need::Identity`].
    pub async fn audit(&self, invoker: &Invoker, whom: Vec<String>, command: &str) -> Result<()> {
        self.must_need(Need::Identity)?;
        let looked = Looked {
            at: self.now(),
            who: if invoker.name.is_empty() { invoker.id.clone() } else { invoker.name.clone() },
            whom,
            command: command.to_owned(),
            seen_in: invoker.channel.clone(),
        };
        Ok(self.host.audit(looked).await?)
    }

    /// The looks that showed any of these, or anyone; refused without [`Need::Identity`].
    pub async fn audited(&self, subjects: Option<&[String]>, limit: usize) -> Result<Vec<Looked>> {
        self.must_need(Need::Identity)?;
        Ok(self.host.audited(subjects, limit).await?)
    }

    /// A secret ballot of that name; refused without [`Need::Ballot`].
    pub fn ballot(&self, name: &str) -> Result<Ballot<'_>> {
        self.must_need(Need::Ballot)?;
        Ok(Ballot::new(&*self.host, P::NAME, name))
    }

    /// The plugin's own JSON values by key.
    pub fn state(&self) -> State<'_> {
        State::new(&*self.host, P::NAME)
    }

    /// "The message `key` in `audience` looks like this": posts first, edits after; refused without
    /// [`Need::Publish`]. A message that depends on state that may change meanwhile has to be given
    /// as a future, which is rendered while the key is locked.
    pub async fn publish(
        &self,
        audience: &Audience,
        key: &str,
        render: impl Future<Output = Result<Message>> + Send,
    ) -> Result<()> {
        self.must_need(Need::Publish)?;
        self.host.publish(P::NAME, audience, key, Box::pin(render)).await
    }

    fn must_need(&self, need: Need) -> Result<()> {
        if P::NEEDS.contains(&need) {
            return Ok(());
        }
        Err(anyhow::anyhow!("plugin {} uses {need:?} without declaring the need", P::NAME).into())
    }
}
