//! From a line of text or a due job to the plugin, and back with its reply.

use std::sync::Arc;

use cxbot_sdk::message::{Button, Press};
use cxbot_sdk::plugin::{Action, Call, Fault, Manifest, Only, Suggestion};
use cxbot_sdk::{Error, Host, Invoker, Message, Reply, Result, Text, Tick};
use serde_json::Value;

use super::{App, form, help, identity, protected, redact, resolve};
use crate::chat::form::{Form, Values};
use crate::chat::{Asked, Request, Suggest};

impl App {
    /// Runs a slash command, given without the `/cx` before it.
    pub async fn command(&self, line: &str, invoker: Invoker) -> Result<Reply> {
        let (word, rest) = resolve::first_word(line);
        // Phones begin a line with a capital.
        let word = &*word.to_lowercase();
        if word.is_empty() || word == help::WORD {
            return help::help(&self.allowed(&invoker), rest, self.access.protected);
        }
        let found = self.plugins.commands().find(|(_, command)| command.name == word);
        let Some((manifest, command)) = found else {
            return Err(help::unknown(&self.allowed(&invoker), word));
        };
        self.must_allow(manifest, command, &invoker)?;
        let arguments = resolve::arguments(rest, command, &self.plugins.argument_names())?;
        self.act(manifest, command, invoker, arguments).await
    }

    /// Runs the action behind a button, by the button's id.
    pub async fn press(&self, id: &str, invoker: Invoker) -> Result<Reply> {
        let (manifest, action, press) = self.behind(id)?;
        self.act(manifest, action, invoker, press.arguments).await
    }

    /// The form of a button that asks for more.
    pub async fn form(&self, id: &str) -> Result<Form> {
        let (manifest, action, press) = self.behind(id)?;
        let mut form = form::form(id, action, &press.arguments);
        if action.introduced {
            let introduce =
                Call::Introduce { action: action.name.clone(), arguments: press.arguments };
            if let Reply::Private(words) = self.call(manifest.name, introduce).await? {
                form.about = words.plain();
            }
        }
        Ok(form)
    }

    /// What is wrong with a form as it is filled in.
    pub fn faults(&self, id: &str, values: &Values) -> Vec<Fault> {
        let Ok((_, action, press)) = self.behind(id) else { return Vec::new() };
        form::arguments(action, &press.arguments, values).err().unwrap_or_default()
    }

    /// Runs the action behind a form.
    pub async fn submit(&self, id: &str, values: &Values, invoker: Invoker) -> Result<Reply> {
        let (manifest, action, press) = self.behind(id)?;
        let arguments = form::arguments(action, &press.arguments, values).map_err(|faults| {
            let said = faults.into_iter().map(|fault| fault.why);
            Error::refused(said.collect::<Vec<_>>().join(" "))
        })?;
        self.act(manifest, action, invoker, arguments).await
    }

    /// What someone may mean who types an argument.
    pub async fn suggest(&self, what: &Suggest, invoker: Invoker) -> Result<Vec<Suggestion>> {
        let manifest = self.plugins.manifests().find(|manifest| manifest.name == what.plugin);
        let Some(manifest) = manifest else { return Ok(Vec::new()) };
        let action = manifest.actions.iter().find(|action| action.name == what.action);
        if action.is_none_or(|action| !self.is_open(manifest, action, &invoker)) {
            return Ok(Vec::new());
        }
        let invoker = identity::shown_to(manifest, invoker, &self.services).await?;
        let Suggest { action, argument, typed, .. } = what.clone();
        match self.call(what.plugin, Call::Suggest { action, argument, typed, invoker }).await? {
            Reply::Suggestions(suggestions) => Ok(suggestions),
            _ => Ok(Vec::new()),
        }
    }

    /// The plugins' parts of someone's home page.
    pub async fn homes(&self, invoker: &Invoker) -> Result<Vec<Message>> {
        let mut parts = Vec::new();
        let allowed = |name: &str| self.access.allows(name, name, &invoker.roles);
        let shown = |manifest: &&Manifest| manifest.home && allowed(manifest.name);
        for manifest in self.plugins.manifests().filter(shown) {
            let invoker = identity::shown_to(manifest, invoker.clone(), &self.services).await?;
            if let Reply::Private(part) = self.call(manifest.name, Call::Home { invoker }).await? {
                parts.push(part);
            }
        }
        Ok(parts)
    }

    /// Whether nobody may find out who asked for this.
    pub fn is_secret(&self, asked: &Asked) -> bool {
        let (Asked::Press(id) | Asked::Submit { id, .. }) = asked else { return false };
        self.behind(id).is_ok_and(|(_, action, _)| action.secret)
    }

    /// A request as it is kept: its id and its text.
    pub fn as_kept(&self, request: &Request) -> anyhow::Result<(String, String)> {
        match self.is_secret(&request.what) {
            true => self.services.sealed_request(request),
            false => Ok((request.id.clone(), serde_json::to_string(request)?)),
        }
    }

    /// A request as it was asked, from what is kept of it.
    pub fn as_asked(&self, kept: &str) -> anyhow::Result<Request> {
        self.services.read_request(kept)
    }

    /// Destroys what would tell of secret requests, once no ballot is open.
    pub async fn forget_secret_requests(&self) -> anyhow::Result<()> {
        self.services.forget_secret_requests().await
    }

    /// The action that a button's id names.
    fn behind<'a>(&'a self, id: &'a str) -> Result<(&'a Manifest, &'a Action, Press<'a>)> {
        let gone = || Error::refused("This button is from another version of cxbot; ask anew.");
        let press = Button::parts(id).ok_or_else(gone)?;
        let manifest = self.plugins.manifests().find(|manifest| manifest.name == press.plugin);
        let manifest = manifest.ok_or_else(gone)?;
        let action = manifest.actions.iter().find(|known| known.name == press.action);
        Ok((manifest, action.ok_or_else(gone)?, press))
    }

    async fn act(
        &self,
        manifest: &Manifest,
        action: &Action,
        invoker: Invoker,
        arguments: Value,
    ) -> Result<Reply> {
        self.must_allow(manifest, action, &invoker)?;
        let invoker = match action.secret {
            true => self.services.voter_shown_to(manifest.name, invoker)?,
            false => identity::shown_to(manifest, invoker, &self.services).await?,
        };
        let call = Call::Action { name: action.name.clone(), invoker, arguments };
        self.call(manifest.name, call).await
    }

    /// The commands that someone may ask for.
    fn allowed(&self, invoker: &Invoker) -> Vec<&Action> {
        let commands = self.plugins.commands();
        let allowed = commands.filter(|(manifest, action)| self.is_open(manifest, action, invoker));
        allowed.map(|(_, action)| action).collect()
    }

    /// Whether someone may ask for it, as far as the host can tell.
    fn is_open(&self, manifest: &Manifest, action: &Action, invoker: &Invoker) -> bool {
        self.access.allows(manifest.name, &action.name, &invoker.roles)
            && !(self.access.protected && action.individual)
            && is_answered(manifest, action, invoker)
    }

    /// Says who may, and what else there is.
    fn must_allow(&self, manifest: &Manifest, action: &Action, invoker: &Invoker) -> Result<()> {
        if self.is_open(manifest, action, invoker) {
            return Ok(());
        }
        let mut others =
            self.allowed(invoker).into_iter().map(|action| &*action.name).collect::<Vec<_>>();
        others.push(help::WORD);
        let others = format!(" You may ask: {}.", others.join(", "));
        if self.access.protected && action.individual {
            return Err(Error::refused(format!("{}{others}", protected::SAID)));
        }
        let allowed = self.access.allows(manifest.name, &action.name, &invoker.roles);
        let needed = self.access.needed(manifest.name, &action.name).unwrap_or_default();
        let whom = match &action.only {
            Some(only) if allowed => only.whom.to_owned(),
            _ if needed.is_empty() => "nobody".to_owned(),
            _ => needed.join(", "),
        };
        let text = Text::new().code(&*action.name);
        Err(Error::refused(text.plain(format!(" is for {whom}.{others}"))))
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
        // What a channel gets is redacted for that channel, when it is published.
        let is_shared = matches!(&call, Call::Action { invoker, .. } if invoker.channel.is_some());
        match installed.call(host, call).await {
            Ok(reply) if is_shared => Ok(reply),
            Ok(reply) => Ok(redacted(reply)),
            Err(Error::Refused(message)) => {
                Err(Error::Refused(Box::new(redact::message(*message))))
            }
            Err(broken @ Error::Broken(_)) => Err(broken),
        }
    }
}

/// What one person gets to read.
fn redacted(reply: Reply) -> Reply {
    match reply {
        Reply::Private(message) => Reply::Private(redact::message(message)),
        Reply::Public(message) => Reply::Public(redact::message(message)),
        // A name with something personal in it can still be typed.
        Reply::Suggestions(mut suggestions) => {
            suggestions.retain(|one| redact::words(&one.label) == one.label);
            Reply::Suggestions(suggestions)
        }
        Reply::Done => Reply::Done,
    }
}

/// Whether the plugin answers someone at all.
fn is_answered(manifest: &Manifest, action: &Action, invoker: &Invoker) -> bool {
    let is_one = |only: &Only| match identity::is_known_to(manifest) {
        true => (only.is_one)(invoker),
        false => (only.is_one)(&identity::nameless(invoker.clone())),
    };
    action.only.as_ref().is_none_or(is_one)
}
