//! How a plugin says what it has.

use futures_util::future::BoxFuture;
use schemars::{JsonSchema, schema_for};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::installed::Runs;
use super::{Action, Job, Manifest, Mentioned, Only, Plugin, Reply, Suggestion, Tick};
use crate::arguments;
use crate::ballot::Invited;
use crate::count::Filter;
use crate::cx::Cx;
use crate::destination::Destination;
use crate::error::{Error, Result};
use crate::history::PartyKind;
use crate::invoker::Invoker;
use crate::message::Message;
use crate::schedule::Schedule;

/// The actions, jobs and counts of a plugin.
pub struct Routes<P> {
    manifest: Manifest,
    runs: Runs<P>,
}

impl<P: Plugin> Default for Routes<P> {
    fn default() -> Self {
        let (name, about, needs) = (P::NAME, P::ABOUT, P::NEEDS);
        let manifest = Manifest { name, about, needs, ..Manifest::default() };
        Routes { manifest, runs: Runs::new() }
    }
}

impl<P: Plugin> Routes<P> {
    pub fn new() -> Self {
        Self::default()
    }

    /// A slash command, which is an action that people may type: `/cx NAME …`. `about` is its help;
    /// the help of each argument is the doc comment of its field.
    pub fn command<A, F, R>(self, name: &str, about: &str, run: F) -> Self
    where
        A: DeserializeOwned + JsonSchema,
        F: Fn(Cx<P>, Invoker, A) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Reply>> + Send + 'static,
    {
        self.route(name, about, true, run)
    }

    /// An action of buttons and forms only.
    pub fn action<A, F, R>(self, name: &str, about: &str, run: F) -> Self
    where
        A: DeserializeOwned + JsonSchema,
        F: Fn(Cx<P>, Invoker, A) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Reply>> + Send + 'static,
    {
        self.route(name, about, false, run)
    }

    /// The values that an argument of the action before takes, where its type leaves them open: people
    /// choose among them.
    pub fn choices<S: AsRef<str>>(
        mut self,
        argument: &str,
        values: impl IntoIterator<Item = S>,
    ) -> Self {
        let last = self.manifest.actions.last_mut().map(|action| &mut action.arguments);
        let argument =
            last.and_then(|schema| schema.pointer_mut(&format!("/properties/{argument}")));
        if let Some(argument) = argument {
            let values = values.into_iter().map(|value| Value::from(value.as_ref()));
            argument["enum"] = values.collect();
        }
        self
    }

    /// Says that the action before is about single people or conversations, so that the host never runs it
    /// in protected mode.
    pub fn individual(mut self) -> Self {
        if let Some(action) = self.manifest.actions.last_mut() {
            action.individual = true;
        }
        self
    }

    /// Says that nobody may find out who asks for the action before: the host keeps such requests in a
    /// form that it cannot read itself once no ballot is open, and a plugin sees a hash per person that
    /// lasts no longer.
    pub fn secret(mut self) -> Self {
        if let Some(action) = self.manifest.actions.last_mut() {
            action.secret = true;
        }
        self
    }

    /// Says whom the action before answers at all: the host offers it to nobody else and tells others
    /// who may. Who it is about is for the action to check. Without [`Need::Identity`] only roles are known.
    pub fn only(mut self, whom: &'static str, is_one: fn(&Invoker) -> bool) -> Self {
        if let Some(action) = self.manifest.actions.last_mut() {
            action.only = Some(Only { whom, is_one });
        }
        self
    }

    /// Suggests values for an argument of the action before, while someone types it.
    pub fn suggests<F, R>(mut self, argument: &str, run: F) -> Self
    where
        F: Fn(Cx<P>, Invoker, String) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Vec<Suggestion>>> + Send + 'static,
    {
        let Some(action) = self.manifest.actions.last_mut() else { return self };
        action.suggests.push(argument.to_owned());
        let typing = (action.name.clone(), argument.to_owned());
        let run = move |cx, (invoker, typed)| -> BoxFuture<'static, Result<Reply>> {
            let running = run(cx, invoker, typed);
            Box::pin(async move { running.await.map(Reply::Suggestions) })
        };
        self.runs.suggestions.insert(typing, Box::new(run));
        self
    }

    /// Says what stands above the form of the action before, from what its button says; refused where the
    /// form makes no sense any more.
    pub fn introduced<A, F, R>(mut self, run: F) -> Self
    where
        A: DeserializeOwned + JsonSchema,
        F: Fn(Cx<P>, A) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Message>> + Send + 'static,
    {
        let Some(action) = self.manifest.actions.last_mut() else { return self };
        action.introduced = true;
        let name = action.name.clone();
        let run = move |cx, arguments| -> BoxFuture<'static, Result<Reply>> {
            let running = arguments::read::<A>(arguments).map(|read| run(cx, read));
            let running = running.map_err(|fault| Error::refused(fault.why));
            Box::pin(async move { running?.await.map(Reply::Private) })
        };
        self.runs.introductions.insert(name, Box::new(run));
        self
    }

    /// The plugin's part of everyone's home page, where the platform has one.
    pub fn home<F, R>(mut self, run: F) -> Self
    where
        F: Fn(Cx<P>, Invoker) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Message>> + Send + 'static,
    {
        let run = move |cx, invoker| -> BoxFuture<'static, Result<Reply>> {
            let running = run(cx, invoker);
            Box::pin(async move { running.await.map(Reply::Private) })
        };
        self.manifest.home = true;
        self.runs.home = Some(Box::new(run));
        self
    }

    /// A job; its name is unique within the plugin.
    pub fn job<F, R>(self, name: &str, schedule: &Schedule, run: F) -> Self
    where
        F: Fn(Cx<P>, Tick) -> R + Send + Sync + 'static,
        R: Future<Output = Result<()>> + Send + 'static,
    {
        self.scheduled(name, schedule, false, run)
    }

    /// A job that reports on the last complete week before its slot. The host asks the sources to be
    /// current before it, waits a while for late scores, and runs it again for its latest slot when
    /// later data changes the scores, so it has to publish under a key that follows from the slot.
    pub fn report<F, R>(self, name: &str, schedule: &Schedule, run: F) -> Self
    where
        F: Fn(Cx<P>, Tick) -> R + Send + Sync + 'static,
        R: Future<Output = Result<()>> + Send + 'static,
    {
        self.scheduled(name, schedule, true, run)
    }

    fn scheduled<F, R>(mut self, name: &str, schedule: &Schedule, reports: bool, run: F) -> Self
    where
        F: Fn(Cx<P>, Tick) -> R + Send + Sync + 'static,
        R: Future<Output = Result<()>> + Send + 'static,
    {
        let job = Job { name: name.to_owned(), schedule: schedule.clone(), reports };
        let run = move |cx, tick| -> BoxFuture<'static, Result<Reply>> {
            let running = run(cx, tick);
            Box::pin(async move { running.await.map(|()| Reply::Done) })
        };
        self.runs.jobs.insert(name.to_owned(), Box::new(run));
        self.manifest.jobs.push(job);
        self
    }

    /// Asks the host to keep the counts of this filter ready.
    pub fn counted(mut self, filter: &Filter) -> Self {
        self.manifest.counted.push(filter.clone());
        self
    }

    /// Asks the host to keep ready which conversations have which value of this attribute.
    pub fn segmented(mut self, attribute: &str) -> Self {
        self.manifest.segments.push(attribute.to_owned());
        self
    }

    /// Says where it posts by itself, so that a check can look whether it may.
    pub fn posts_to(mut self, destinations: &[Destination]) -> Self {
        self.manifest.posts_to.extend_from_slice(destinations);
        self
    }

    /// Says whom it asks by itself, so that a check can look who that is.
    pub fn asks(mut self, invited: &[Invited]) -> Self {
        self.manifest.asks.extend_from_slice(invited);
        self
    }

    /// Says whom its settings name, so that a check can look whether anyone of that name has ever asked.
    pub fn mentions<S: Into<String>>(
        mut self,
        kind: PartyKind,
        names: impl IntoIterator<Item = S>,
    ) -> Self {
        let mentioned = |name: S| Mentioned { kind, name: name.into() };
        self.manifest.mentions.extend(names.into_iter().map(mentioned));
        self
    }

    /// Says how many have to answer before anything is told of it.
    pub fn asks_at_least(mut self, people: u64) -> Self {
        self.manifest.asks_at_least = people;
        self
    }

    /// Says which roles some of what its commands do takes, so that a check can look who has one.
    pub fn roles(mut self, roles: &[String]) -> Self {
        self.manifest.roles.extend_from_slice(roles);
        self
    }

    fn route<A, F, R>(mut self, name: &str, about: &str, command: bool, run: F) -> Self
    where
        A: DeserializeOwned + JsonSchema,
        F: Fn(Cx<P>, Invoker, A) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Reply>> + Send + 'static,
    {
        let action = Action {
            name: name.to_owned(),
            command,
            about: about.to_owned(),
            arguments: schema_for!(A),
            check: |arguments| arguments::read::<A>(arguments).map(drop),
            suggests: Vec::new(),
            introduced: false,
            individual: false,
            only: None,
            secret: false,
        };
        let run = move |cx, (invoker, arguments): (Invoker, Value)| {
            let running = arguments::read::<A>(arguments).map(|read| run(cx, invoker, read));
            let running = running.map_err(|fault| Error::refused(fault.why));
            Box::pin(async move { running?.await }) as BoxFuture<'static, Result<Reply>>
        };
        self.runs.actions.insert(name.to_owned(), Box::new(run));
        self.manifest.actions.push(action);
        self
    }

    pub(super) fn into_parts(self) -> (Manifest, Runs<P>) {
        (self.manifest, self.runs)
    }
}
