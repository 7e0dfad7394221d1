//! A plugin as the host holds it, and how it is called.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Manifest, Plugin, Reply, Tick, settings};
use crate::cx::{Cx, Host};
use crate::error::Result;
use crate::invoker::Invoker;

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

/// Builds a plugin from its settings, as JSON. The error names the setting's path.
pub fn install<P: Plugin>(config: Value) -> Result<Box<dyn Installed>> {
    let plugin = Arc::new(P::new(settings::read(config)?)?);
    let (manifest, runs) = plugin.routes().into_parts();
    Ok(Box::new(Typed { plugin, manifest, runs }))
}

/// A function of a plugin, whatever it is given and answers.
pub(super) type Run<P, I> =
    Box<dyn Fn(Cx<P>, I) -> BoxFuture<'static, Result<Reply>> + Send + Sync>;

/// The functions of a plugin, by what they are called for.
pub(super) struct Runs<P> {
    pub(super) actions: BTreeMap<String, Run<P, (Invoker, Value)>>,
    pub(super) jobs: BTreeMap<String, Run<P, Tick>>,
    pub(super) home: Option<Run<P, Invoker>>,
    /// By an action and an argument of it.
    pub(super) suggestions: BTreeMap<(String, String), Run<P, (Invoker, String)>>,
    pub(super) introductions: BTreeMap<String, Run<P, Value>>,
}

impl<P> Runs<P> {
    pub(super) fn new() -> Self {
        Runs {
            actions: BTreeMap::new(),
            jobs: BTreeMap::new(),
            home: None,
            suggestions: BTreeMap::new(),
            introductions: BTreeMap::new(),
        }
    }
}

struct Typed<P> {
    plugin: Arc<P>,
    manifest: Manifest,
    runs: Runs<P>,
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
        let Runs { actions, jobs, home, suggestions, introductions } = &self.runs;
        match call {
            Call::Action { name, invoker, arguments } => match actions.get(&name) {
                Some(run) => run(cx, (invoker, arguments)),
                None => unknown("action", &name),
            },
            Call::Job { name, tick } => match jobs.get(&name) {
                Some(run) => run(cx, tick),
                None => unknown("job", &name),
            },
            Call::Home { invoker } => match home {
                Some(run) => run(cx, invoker),
                None => unknown("part of", "the home page"),
            },
            Call::Suggest { action, argument, typed, invoker } => {
                match suggestions.get(&(action, argument)) {
                    Some(run) => run(cx, (invoker, typed)),
                    None => unknown("suggestions for", &typed),
                }
            }
            Call::Introduce { action, arguments } => match introductions.get(&action) {
                Some(run) => run(cx, arguments),
                None => unknown("words above the form of", &action),
            },
        }
    }
}
