//! The host: lends the store and the clock to plugins, and runs their actions and jobs.

mod ballots;
pub mod deliver;
mod dispatch;
mod form;
mod help;
mod identity;
pub mod people;
mod protected;
pub mod redact;
mod resolve;
pub mod run;
mod services;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Result;
use cxbot_sdk::ballot::Invited;
use cxbot_sdk::count::Filter;
use cxbot_sdk::plugin::{Action, Installed, Job, Manifest};
use cxbot_sdk::{Destination, Error};

use crate::builtin::PLUGINS;
use crate::clock::Clock;
use crate::config::{AccessConfig, Config, Problem};
use crate::store::{Address, Counting, Posted, Store};
use ballots::Booth;
pub use ballots::{Directory, Untold, watch};
use services::Services;

/// What a configuration enables, before anything is opened.
pub struct Plugins(BTreeMap<&'static str, Box<dyn Installed>>);

/// The whole application, minus platforms and sources.
pub struct App {
    plugins: Plugins,
    access: AccessConfig,
    services: Arc<Services>,
}

impl Plugins {
    /// Builds every enabled plugin; checks names and settings and touches nothing.
    pub fn install(config: &Config) -> Result<Plugins, Problem> {
        let mut installed = BTreeMap::new();
        for (name, section) in &config.plugins {
            let setting = format!("plugins.{name}");
            let Some(builtin) = PLUGINS.iter().find(|plugin| plugin.name == name) else {
                let known: Vec<&str> = PLUGINS.iter().map(|plugin| plugin.name).collect();
                let what = format!("there is no such plugin; there are: {}", known.join(", "));
                return Err(Problem::at(&setting, what));
            };
            let plugin =
                (builtin.install)(section.clone()).map_err(|error| within(&setting, &error))?;
            installed.insert(builtin.name, plugin);
        }
        let plugins = Plugins(installed);
        plugins.refuse_clashes()?;
        if config.access.protected {
            plugins.refuse_combined()?;
        }
        plugins.refuse_unknown(&config.access)?;
        Ok(plugins)
    }

    /// Command words are unique across plugins.
    fn refuse_clashes(&self) -> Result<(), Problem> {
        let mut owners = BTreeMap::from([(help::WORD, "cxbot")]);
        for (manifest, command) in self.commands() {
            if let Some(other) = owners.insert(&command.name, manifest.name) {
                let what = format!(
                    "both {other} and {} have a command \"{}\"; enable one of them",
                    manifest.name, command.name
                );
                return Err(Problem::at("plugins", what));
            }
        }
        Ok(())
    }

    /// In protected mode only fixed cells are counted.
    fn refuse_combined(&self) -> Result<(), Problem> {
        let filters = self.manifests().flat_map(|manifest| {
            manifest.counted.iter().map(move |filter| (manifest.name, filter))
        });
        for (name, filter) in filters {
            if let Some(why) = protected::refusal(filter) {
                let what = format!("{why} (the filter {})", filter.key());
                return Err(Problem::at(&format!("plugins.{name}"), what));
            }
        }
        Ok(())
    }

    /// A slip of the pen in the table of access would leave something open.
    fn refuse_unknown(&self, access: &AccessConfig) -> Result<(), Problem> {
        let known = |name: &String| {
            self.manifests().any(|manifest| {
                manifest.name == name || manifest.actions.iter().any(|action| action.name == *name)
            })
        };
        match access.commands.keys().find(|name| !known(name)) {
            None => Ok(()),
            Some(name) => {
                let words: Vec<&str> =
                    self.commands().map(|(_, action)| action.name.as_str()).collect();
                let what = format!("there is no such command; there are: {}", words.join(", "));
                Err(Problem::at(&format!("access.commands.{name}"), what))
            }
        }
    }

    pub fn manifests(&self) -> impl Iterator<Item = &Manifest> {
        self.0.values().map(|plugin| plugin.manifest())
    }

    /// Every slash command with its plugin.
    pub fn commands(&self) -> impl Iterator<Item = (&Manifest, &Action)> {
        self.manifests().flat_map(|manifest| {
            let commands = manifest.actions.iter().filter(|action| action.command);
            commands.map(move |command| (manifest, command))
        })
    }

    /// What arguments of commands are called.
    fn argument_names(&self) -> BTreeSet<&str> {
        let all = self.commands().flat_map(|(_, command)| command.properties());
        all.map(|(name, _)| name).collect()
    }

    /// Every job with its plugin.
    pub fn jobs(&self) -> impl Iterator<Item = (&Manifest, &Job)> {
        self.manifests().flat_map(|manifest| manifest.jobs.iter().map(move |job| (manifest, job)))
    }

    /// Everywhere that plugins post by themselves, each place once.
    pub fn destinations(&self) -> BTreeSet<Destination> {
        self.manifests().flat_map(|manifest| manifest.posts_to.iter().cloned()).collect()
    }

    /// Whom plugins ask by themselves.
    pub fn asked(&self) -> impl Iterator<Item = &Invited> {
        self.manifests().flat_map(|manifest| &manifest.asks)
    }

    /// The filters to count: the empty one first, then what plugins ask for, each once.
    fn filters(&self) -> Vec<Filter> {
        let mut filters = vec![Filter::default()];
        for filter in self.manifests().flat_map(|manifest| &manifest.counted) {
            if filters.iter().all(|known| known.key() != filter.key()) {
                filters.push(filter.clone());
            }
        }
        filters
    }

    /// The attributes by whose values conversations are found, each once.
    fn segments(&self) -> Vec<String> {
        let all = self.manifests().flat_map(|manifest| &manifest.segments);
        let names: BTreeSet<String> = all.map(|name| name.trim().to_lowercase()).collect();
        names.into_iter().collect()
    }

    fn get(&self, name: &str) -> Option<&dyn Installed> {
        self.0.get(name).map(Box::as_ref)
    }
}

/// A plugin's refusal of its settings, under the section's path.
fn within(section: &str, error: &Error) -> Problem {
    let what = error.to_string();
    match what.split_once(": ") {
        Some((path, what)) if !path.contains(' ') => {
            Problem::at(&format!("{section}.{path}"), what)
        }
        _ => Problem::at(section, what),
    }
}

impl App {
    /// Opens the store and puts everything together.
    pub async fn build(config: &Config, plugins: Plugins, clock: Arc<dyn Clock>) -> Result<App> {
        let address = config.store_address()?;
        App::build_at(config, plugins, clock, &address).await
    }

    /// The same over a store at another address.
    pub async fn build_at(
        config: &Config,
        plugins: Plugins,
        clock: Arc<dyn Clock>,
        address: &Address,
    ) -> Result<App> {
        let workspace = config.workspace()?;
        let counting = Counting {
            zone: workspace.zone.clone(),
            zone_name: workspace.zone_name.clone(),
            exclusions: config.exclusions.clone(),
            filters: plugins.filters(),
            segments: plugins.segments(),
            settle: workspace.settle,
        };
        let store = Store::open(address, counting).await?;
        let services = Services::new(
            store,
            workspace,
            clock,
            config.people.clone(),
            Booth::of(config, address),
        );
        Ok(App { plugins, access: config.access.clone(), services: Arc::new(services) })
    }

    pub fn store(&self) -> &Store {
        &self.services.store
    }

    /// Waits until a plugin has published something.
    pub(crate) async fn published(&self) {
        self.services.published.notified().await;
    }

    /// Publishes in the name of the host itself.
    pub(crate) async fn publish_as(
        &self,
        name: &str,
        audience: &cxbot_sdk::Audience,
        key: &str,
        message: cxbot_sdk::Message,
    ) -> Result<()> {
        let render = Box::pin(async { Ok(message) });
        Ok(cxbot_sdk::Host::publish(self.services.as_ref(), name, audience, key, render).await?)
    }

    /// The scores as plugins get them.
    pub fn scores(&self) -> &dyn cxbot_sdk::scores::Scores {
        cxbot_sdk::Host::scores(self.services.as_ref())
    }

    /// Says what platforms know of people. The first time counts.
    pub(crate) fn look_people_up_with(&self, directory: Arc<dyn Directory>) {
        let _known: Result<(), _> = self.services.booth.directory.set(directory);
    }

    pub fn workspace(&self) -> &cxbot_sdk::Workspace {
        &self.services.workspace
    }

    pub fn plugins(&self) -> &Plugins {
        &self.plugins
    }

    /// The messages that a plugin wants seen at a destination.
    pub async fn posted(&self, plugin: &str, at: &Destination) -> Result<Vec<Posted>> {
        self.services.store.board(plugin, at).await
    }
}
