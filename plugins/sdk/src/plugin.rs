//! The contract: a plugin has actions (typed functions) and jobs (typed functions on a schedule).

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, schema_for};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::arguments;
pub use crate::arguments::Fault;
use crate::ballot::Invited;
use crate::count::Filter;
use crate::cx::{Cx, Destination, Host, Invoker};
use crate::error::{Error, Result};
use crate::history::PartyKind;
use crate::message::Message;
use crate::schedule::Schedule;

/// What a plugin may touch; the operator sees the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Read the scored conversations.
    Scores,
    /// Post and edit messages in channels.
    Publish,
    /// Ask people in a secret ballot, and write to them.
    Ballot,
    /// Know who asks. Without it a plugin sees a keyed hash per person.
    Identity,
}

/// One feature of cxbot.
pub trait Plugin: Sized + Send + Sync + 'static {
    /// Its section `[plugins.NAME]`; lower-case letters.
    const NAME: &'static str;
    /// One line for `cxbot plugins`.
    const ABOUT: &'static str;
    const NEEDS: &'static [Need];
    /// Its settings; an empty section has to be enough.
    type Config: DeserializeOwned + JsonSchema;

    /// Checks the settings and touches nothing.
    fn new(config: Self::Config) -> Result<Self>;

    fn routes(&self) -> Routes<Self>;
}

/// What an action answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Only the asker sees it.
    Private(Message),
    /// Everyone in the channel sees it.
    Public(Message),
    /// There is nothing to say.
    Done,
    /// What an argument may be, while someone types it.
    Suggestions(Vec<Suggestion>),
}

/// A value that someone may mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    pub label: String,
    pub value: String,
}

/// When a job is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// The slot's instant: a job works on the slot's period, never on "now".
    pub slot: Timestamp,
    /// The slot before, if the job ran before.
    pub previous: Option<Timestamp>,
    /// The clock when the job was started; a rerun for the same slot has a later one.
    pub as_of: Timestamp,
    /// Whether nobody was there when the slot was due, so that it is caught up.
    pub late: bool,
}

impl Tick {
    /// A slot that is run when it is due, the first of its job.
    pub fn on_time(slot: Timestamp) -> Self {
        Tick { slot, previous: None, as_of: slot, late: false }
    }
}

type Handler<P, I> = Arc<dyn Fn(Cx<P>, I) -> BoxFuture<'static, Result<Reply>> + Send + Sync>;

type ActionHandler<P> = Handler<P, (Invoker, Value)>;

/// The actions, jobs and counts of a plugin.
pub struct Routes<P> {
    actions: Vec<(Action, ActionHandler<P>)>,
    jobs: Vec<(Job, Handler<P, Tick>)>,
    home: Option<Handler<P, Invoker>>,
    suggestions: Vec<(Typing, SuggestionHandler<P>)>,
    introductions: Vec<(String, Handler<P, Value>)>,
    counted: Vec<Filter>,
    segments: Vec<String>,
    posts_to: Vec<Destination>,
    asks: Vec<Invited>,
    mentions: Vec<Mentioned>,
    asks_at_least: u64,
    roles: Vec<String>,
}

/// An action and an argument of it.
type Typing = (String, String);

type SuggestionHandler<P> = Handler<P, (Invoker, String)>;

/// Reads arguments without running anything.
type Check = fn(Value) -> Result<(), Fault>;

/// An action as the host sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Action {
    pub name: String,
    /// Whether it is a slash command too; otherwise buttons and forms only.
    pub command: bool,
    /// One sentence for people.
    pub about: String,
    /// JSON Schema of the arguments: parser, help, typed options and forms all come from it.
    pub arguments: Schema,
    /// What is wrong with given arguments, so that a form can say so under its field.
    #[serde(skip)]
    pub check: Check,
    /// The arguments for which values are suggested while someone types.
    pub suggests: Vec<String>,
    /// Whether what stands above its form depends on what its button says.
    pub introduced: bool,
    /// Whether it is about single people or conversations: never run in protected mode.
    pub individual: bool,
    /// Whether nobody may find out who asked for it: the host keeps no trace that can be read.
    pub secret: bool,
    /// Whom it answers at all, where that is not everyone.
    pub only: Option<Only>,
}

impl Action {
    /// The arguments by name, in the order of the struct, each with its schema.
    pub fn properties(&self) -> impl Iterator<Item = (&str, &Value)> {
        let properties = self.arguments.get("properties").and_then(Value::as_object);
        properties.into_iter().flatten().map(|(name, schema)| (name.as_str(), schema))
    }

    /// Whether it does nothing without that argument.
    pub fn requires(&self, name: &str) -> bool {
        let required = self.arguments.get("required").and_then(Value::as_array);
        required.is_some_and(|names| names.iter().any(|known| known == name))
    }
}

/// Whom an action answers, so that nobody is offered what they would be refused.
#[derive(Debug, Clone, Serialize)]
pub struct Only {
    /// "those who …", and how to become one of them.
    pub whom: &'static str,
    #[serde(skip)]
    pub is_one: fn(&Invoker) -> bool,
}

/// A job as the host sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Job {
    pub name: String,
    pub schedule: Schedule,
    /// Whether it reports on the scores of the last complete week before the slot: then sources are
    /// asked to be current first, and it runs again for its latest slot when later data comes.
    pub reports: bool,
}

/// Everything the host knows of a plugin.
#[derive(Debug, Clone, Serialize)]
pub struct Manifest {
    pub name: &'static str,
    pub about: &'static str,
    pub needs: &'static [Need],
    pub actions: Vec<Action>,
    pub jobs: Vec<Job>,
    /// Whether it has a part of everyone's home page.
    pub home: bool,
    /// The filters whose counts the host keeps ready.
    pub counted: Vec<Filter>,
    /// The attributes by whose values the host finds conversations.
    pub segments: Vec<String>,
    /// Where it posts by itself.
    pub posts_to: Vec<Destination>,
    /// Whom it asks by itself.
    pub asks: Vec<Invited>,
    /// Whom its settings name.
    pub mentions: Vec<Mentioned>,
    /// So many have to answer before anything is told of it.
    pub asks_at_least: u64,
    /// Roles of which one is needed for some of what its commands do.
    pub roles: Vec<String>,
}

/// Someone whom a plugin's settings name, such as a company of a group.
#[derive(Debug, Clone, Serialize)]
pub struct Mentioned {
    pub kind: PartyKind,
    pub name: String,
}

impl<P: Plugin> Default for Routes<P> {
    fn default() -> Self {
        Routes {
            actions: Vec::new(),
            jobs: Vec::new(),
            home: None,
            suggestions: Vec::new(),
            introductions: Vec::new(),
            counted: Vec::new(),
            segments: Vec::new(),
            posts_to: Vec::new(),
            asks: Vec::new(),
            mentions: Vec::new(),
            asks_at_least: 0,
            roles: Vec::new(),
        }
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
        let last = self.actions.last_mut().map(|(action, _)| &mut action.arguments);
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
        if let Some((action, _)) = self.actions.last_mut() {
            action.individual = true;
        }
        self
    }

    /// Says that nobody may find out who asks for the action before: the host keeps such requests in a
    /// form that it cannot read itself once no ballot is open, and a plugin sees a hash per person that
    /// lasts no longer.
    pub fn secret(mut self) -> Self {
        if let Some((action, _)) = self.actions.last_mut() {
            action.secret = true;
        }
        self
    }

    /// Says whom the action before answers at all: the host offers it to nobody else and tells others
    /// who may. Who it is about is for the action to check. Without [`Need::Identity`] only roles are known.
    pub fn only(mut self, whom: &'static str, is_one: fn(&Invoker) -> bool) -> Self {
        if let Some((action, _)) = self.actions.last_mut() {
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
        let Some((action, _)) = self.actions.last_mut() else { return self };
        action.suggests.push(argument.to_owned());
        let typing = (action.name.clone(), argument.to_owned());
        let run = move |cx, (invoker, typed)| -> BoxFuture<'static, Result<Reply>> {
            let running = run(cx, invoker, typed);
            Box::pin(async move { running.await.map(Reply::Suggestions) })
        };
        self.suggestions.push((typing, Arc::new(run)));
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
        let Some((action, _)) = self.actions.last_mut() else { return self };
        action.introduced = true;
        let name = action.name.clone();
        let run = move |cx, arguments| -> BoxFuture<'static, Result<Reply>> {
            let running = arguments::read::<A>(arguments).map(|read| run(cx, read));
            let running = running.map_err(|fault| Error::refused(fault.why));
            Box::pin(async move { running?.await.map(Reply::Private) })
        };
        self.introductions.push((name, Arc::new(run)));
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
        self.home = Some(Arc::new(run));
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
        self.jobs.push((job, Arc::new(run)));
        self
    }

    /// Asks the host to keep the counts of this filter ready.
    pub fn counted(mut self, filter: &Filter) -> Self {
        self.counted.push(filter.clone());
        self
    }

    /// Asks the host to keep ready which conversations have which value of this attribute.
    pub fn segmented(mut self, attribute: &str) -> Self {
        self.segments.push(attribute.to_owned());
        self
    }

    /// Says where it posts by itself, so that a check can look whether it may.
    pub fn posts_to(mut self, destinations: &[Destination]) -> Self {
        self.posts_to.extend_from_slice(destinations);
        self
    }

    /// Says whom it asks by itself, so that a check can look who that is.
    pub fn asks(mut self, invited: &[Invited]) -> Self {
        self.asks.extend_from_slice(invited);
        self
    }

    /// Says whom its settings name, so that a check can look whether anyone of that name has ever asked.
    pub fn mentions<S: Into<String>>(
        mut self,
        kind: PartyKind,
        names: impl IntoIterator<Item = S>,
    ) -> Self {
        let mentioned = |name: S| Mentioned { kind, name: name.into() };
        self.mentions.extend(names.into_iter().map(mentioned));
        self
    }

    /// Says how many have to answer before anything is told of it.
    pub fn asks_at_least(mut self, people: u64) -> Self {
        self.asks_at_least = people;
        self
    }

    /// Says which roles some of what its commands do takes, so that a check can look who has one.
    pub fn roles(mut self, roles: &[String]) -> Self {
        self.roles.extend_from_slice(roles);
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
        self.actions.push((action, Arc::new(run)));
        self
    }
}

/// A section of the settings; the operator reads where it cannot be read.
fn settings<C: DeserializeOwned>(section: Value) -> Result<C> {
    serde_path_to_error::deserialize(section).map_err(|error| {
        let (path, why) = (error.path().to_string(), error.into_inner());
        Error::refused(if path == "." { why.to_string() } else { format!("{path}: {why}") })
    })
}

/// One call into a plugin; all of it can be written as JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    Action {
        name: String,
        invoker: Invoker,
        arguments: Value,
    },
    Job {
        name: String,
        tick: Tick,
    },
    Home {
        invoker: Invoker,
    },
    Suggest {
        action: String,
        argument: String,
        typed: String,
        invoker: Invoker,
    },
    /// What stands above the form of a button.
    Introduce {
        action: String,
        arguments: Value,
    },
}

/// A plugin as the host holds it: whatever its types are.
pub trait Installed: Send + Sync {
    fn manifest(&self) -> &Manifest;
    fn call(&self, host: Arc<dyn Host>, call: Call) -> BoxFuture<'static, Result<Reply>>;
}

struct Typed<P> {
    plugin: Arc<P>,
    manifest: Manifest,
    actions: BTreeMap<String, ActionHandler<P>>,
    jobs: BTreeMap<String, Handler<P, Tick>>,
    home: Option<Handler<P, Invoker>>,
    suggestions: BTreeMap<Typing, SuggestionHandler<P>>,
    introductions: BTreeMap<String, Handler<P, Value>>,
}

/// Builds a plugin from its settings, as JSON. The error names the setting's path.
pub fn install<P: Plugin>(config: Value) -> Result<Box<dyn Installed>> {
    let plugin = Arc::new(P::new(settings(config)?)?);
    let routes = plugin.routes();
    let manifest = Manifest {
        name: P::NAME,
        about: P::ABOUT,
        needs: P::NEEDS,
        actions: routes.actions.iter().map(|(action, _)| action.clone()).collect(),
        jobs: routes.jobs.iter().map(|(job, _)| job.clone()).collect(),
        home: routes.home.is_some(),
        counted: routes.counted,
        segments: routes.segments,
        posts_to: routes.posts_to,
        asks: routes.asks,
        mentions: routes.mentions,
        asks_at_least: routes.asks_at_least,
        roles: routes.roles,
    };
    let actions = routes.actions.into_iter().map(|(action, run)| (action.name, run)).collect();
    let jobs = routes.jobs.into_iter().map(|(job, run)| (job.name, run)).collect();
    let suggestions = routes.suggestions.into_iter().collect();
    let introductions = routes.introductions.into_iter().collect();
    let home = routes.home;
    Ok(Box::new(Typed { plugin, manifest, actions, jobs, home, suggestions, introductions }))
}

impl<P: Plugin> Installed for Typed<P> {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn call(&self, host: Arc<dyn Host>, call: Call) -> BoxFuture<'static, Result<Reply>> {
        let cx = Cx::new(self.plugin.clone(), host);
        let unknown = |what: &str, name: &str| {
            let error = anyhow::anyhow!("plugin {} has no {what} \"{name}\"", P::NAME);
            Box::pin(async move { Err(error.into()) }) as BoxFuture<'static, Result<Reply>>
        };
        match call {
            Call::Action { name, invoker, arguments } => match self.actions.get(&name) {
                Some(run) => run(cx, (invoker, arguments)),
                None => unknown("action", &name),
            },
            Call::Job { name, tick } => match self.jobs.get(&name) {
                Some(run) => run(cx, tick),
                None => unknown("job", &name),
            },
            Call::Home { invoker } => match &self.home {
                Some(run) => run(cx, invoker),
                None => unknown("part of", "the home page"),
            },
            Call::Suggest { action, argument, typed, invoker } => {
                match self.suggestions.get(&(action, argument)) {
                    Some(run) => run(cx, (invoker, typed)),
                    None => unknown("suggestions for", &typed),
                }
            }
            Call::Introduce { action, arguments } => match self.introductions.get(&action) {
                Some(run) => run(cx, arguments),
                None => unknown("words above the form of", &action),
            },
        }
    }
}

/// How a list of texts may be written in a plugin's section: as it is, or as a column of a CSV file,
/// `{ csv = "vip.csv", column = "Account" }`. The host reads the file at the start, so that a plugin
/// gets the list either way: `#[schemars(with = "ListOrCsv")] companies: Vec<String>`.
#[derive(JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum ListOrCsv {
    List(Vec<String>),
    Csv {
        /// The file.
        csv: String,
        /// Its column; the first one if none is named.
        column: Option<String>,
    },
}
