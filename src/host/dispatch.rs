//! From a line of text or a due job to the plugin, and back with its reply.

use std::sync::Arc;

use cxbot_sdk::message::Button;
use cxbot_sdk::plugin::Call;
use cxbot_sdk::{Error, Host, Invoker, Reply, Result, Tick};

use super::{App, help, identity, resolve};

impl App {
    /// Runs a slash command, given without the `/cx` before it.
    pub async fn command(&self, line: &str, invoker: Invoker) -> Result<Reply> {
        let (word, rest) = resolve::first_word(line);
        if word.is_empty() || word == help::WORD {
            return help::help(&self.plugins, rest);
        }
        let found = self.plugins.commands().find(|(_, command)| command.name == word);
        let Some((manifest, command)) = found else {
            return Err(help::unknown(&self.plugins, word));
        };
        let arguments = resolve::arguments(rest, command)?;
        let (plugin, name) = (manifest.name, command.name.clone());
        let invoker = identity::shown_to(manifest, invoker, &self.services).await?;
        self.call(plugin, Call::Action { name, invoker, arguments }).await
    }

    /// Runs the action behind a button, by the button's id.
    pub async fn press(&self, id: &str, invoker: Invoker) -> Result<Reply> {
        let gone = || Error::refused("This button is from another version of cxbot; ask anew.");
        let (plugin, action, arguments) = Button::parts(id).ok_or_else(gone)?;
        let manifest = self.plugins.manifests().find(|manifest| manifest.name == plugin);
        let manifest = manifest.ok_or_else(gone)?;
        if !manifest.actions.iter().any(|known| known.name == action) {
            return Err(gone());
        }
        let invoker = identity::shown_to(manifest, invoker, &self.services).await?;
        let name = action.to_owned();
        self.call(plugin, Call::Action { name, invoker, arguments }).await
    }

    /// Runs one job for one slot.
    pub async fn run_job(&self, plugin: &str, job: &str, tick: Tick) -> Result<()> {
        self.call(plugin, Call::Job { name: job.to_owned(), tick }).await.map(drop)
    }

    async fn call(&self, plugin: &str, call: Call) -> Result<Reply> {
        let Some(installed) = self.plugins.get(plugin) else {
            return Err(Error::refused(format!("The plugin {plugin} is not enabled.")));
        };
        let host: Arc<dyn Host> = self.services.clone();
        installed.call(host, call).await
    }
}
