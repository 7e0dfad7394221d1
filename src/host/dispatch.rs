//! From a line of text or a due job to the plugin, and back with its reply.

use std::sync::Arc;

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
