//! Secret ballots: the SDK's `Ballots` over the store and the [`keys`].
//!
//! What the store holds of an open ballot is [`sealed`]: hashes and texts under a secret that lies in a
//! file beside it. When a ballot is burnt its secret is destroyed, and with it whatever copies of these
//! bytes may be left in logs, free pages, dead rows or backups.

mod keys;
mod reminders;
mod requests;
mod roll;
mod sealed;
mod voter;
pub mod watch;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use async_trait::async_trait;
use cxbot_sdk::ballot::{Ballots, Cast, Whom};
use cxbot_sdk::cx::Render;
use cxbot_sdk::names::{NAME_MARK, Names};
use cxbot_sdk::{Destination, Error, Host, Message};
use jiff::Timestamp;
use jiff::civil::Time;
use rand::seq::SliceRandom;
use serde_json::Value;

use super::services::Services;
use crate::chat::{discord, slack};
use crate::config::Config;
use crate::store::{Address, Put};
use keys::{Keys, Secret};
use requests::REQUESTS;
use roll::{Caller, Roll};
pub use roll::{Directory, Untold};
use voter::Voter;

/// What the host has to keep ballots.
pub(super) struct Booth {
    keys: Keys,
    /// The platforms that are set up.
    reached: Vec<&'static str>,
    /// Set once, by the running bot.
    pub(super) directory: std::sync::OnceLock<Arc<dyn Directory>>,
}

impl Booth {
    pub(super) fn of(config: &Config, address: &Address) -> Booth {
        let keys = match (folder(config, address), address) {
            (Some(folder), _) => Keys::Folder(folder),
            (None, Address::Postgres(_)) => Keys::Nowhere,
            (None, Address::File(_) | Address::Memory) => Keys::in_memory(),
        };
        Booth { keys, reached: reached(config), directory: Default::default() }
    }

    /// For a store in memory.
    #[cfg(test)]
    pub(super) fn in_memory() -> Booth {
        Booth { keys: Keys::in_memory(), reached: Vec::new(), directory: Default::default() }
    }
}

/// Where secrets are kept: in the configured folder, else beside the store's file. A server's bytes lie
/// elsewhere, and whoever starts cxbot from another folder must not miss what lies in this one.
fn folder(config: &Config, address: &Address) -> Option<PathBuf> {
    config.store.keys.clone().or_else(|| match address {
        Address::File(path) => Some(path.with_file_name("keys")),
        Address::Postgres(_) | Address::Memory => None,
    })
}

/// The platforms that are set up.
fn reached(config: &Config) -> Vec<&'static str> {
    let secrets = &config.secrets;
    let all =
        [(slack::NAME, secrets.slack_bot.is_some()), (discord::NAME, secrets.discord.is_some())];
    all.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| name).collect()
}

fn place(plugin: &str, ballot: &str) -> String {
    format!("{plugin}/{ballot}")
}

impl Services {
    fn secret(&self, plugin: &str, ballot: &str) -> Result<Option<Secret>> {
        self.booth.keys.get(&place(plugin, ballot))
    }

    async fn roll(&self, plugin: &str, ballot: &str) -> Result<Roll> {
        let Some(row) = self.store.ballot(plugin, ballot).await? else { return Ok(None) };
        let Some(secret) = self.secret(plugin, ballot)? else { return Ok(None) };
        let roll = sealed::open(&secret, &place(plugin, ballot), &row.roll)?;
        Ok(serde_json::from_str(&roll)?)
    }

    /// Everyone whose name is known: those whom the settings or a source name, and those who are asked.
    async fn names(&self, plugin: &str, ballot: &str) -> Result<Vec<String>> {
        let mut names: Vec<String> = Vec::new();
        for person in &self.people {
            names.push(person.name.clone());
            names.extend(person.aliases.iter().cloned());
        }
        names.extend(self.colleagues().await?.into_iter().map(|one| one.name));
        let asked = self.roll(plugin, ballot).await?.into_iter().flatten();
        names.extend(asked.flat_map(|member| member.names));
        Ok(names)
    }
}

#[async_trait]
impl Ballots for Services {
    async fn open(
        &self,
        plugin: &str,
        ballot: &str,
        whom: Whom<'_>,
    ) -> cxbot_sdk::Result<Option<u64>> {
        let people = |roll: &Roll| roll.as_ref().map(|roll| roll.len() as u64);
        if self.store.ballot(plugin, ballot).await?.is_some() {
            return Ok(people(&self.roll(plugin, ballot).await?));
        }
        if matches!(self.booth.keys, Keys::Nowhere) {
            return Err(Error::refused(format!("No poll can be opened: {}.", keys::NOWHERE)));
        }
        let directory = self.booth.directory.get();
        let caller = Caller { people: &self.people, directory, reached: &self.booth.reached };
        let roll = caller.call(whom).await?;
        if roll.as_ref().is_some_and(Vec::is_empty) {
            return Err(Error::refused("Nobody is there to be asked."));
        }
        let place = place(plugin, ballot);
        let secret = self.booth.keys.make(&place)?;
        let text = serde_json::to_string(&roll).map_err(anyhow::Error::from)?;
        let sealed = sealed::seal(&secret, &place, &text)?;
        self.store.open_ballot(plugin, ballot, &sealed).await?;
        Ok(people(&roll))
    }

    async fn cast(
        &self,
        plugin: &str,
        ballot: &str,
        voter: &str,
        paper: Option<Value>,
    ) -> Result<Cast> {
        let Some(secret) = self.secret(plugin, ballot)? else {
            if self.store.ballot(plugin, ballot).await?.is_some() {
                tracing::error!(
                    "the secret of the open ballot {} is gone, so it takes no answers any more",
                    place(plugin, ballot)
                );
            }
            return Ok(Cast::Closed);
        };
        let shown =
            self.booth.keys.get(REQUESTS)?.context("a voter whom no secret action shows")?;
        let voter = Voter::read(&shown, plugin, voter)?;
        let roll = self.roll(plugin, ballot).await?;
        let Some(mut hashes) = voter.hashes(&roll, &secret)? else { return Ok(Cast::NotInvited) };
        // Where an earlier paper is, this one is put too, so that whoever finds the one finds the other.
        let given = self.store.voters_who_gave(plugin, ballot).await?;
        hashes.sort_by_key(|hash| !given.contains(hash));
        let text = match (&paper, hashes.first()) {
            (Some(paper), Some(hash)) => sealed::seal(&secret, hash, &paper.to_string())?,
            _ => String::new(),
        };
        let put = self.store.put_paper(plugin, ballot, &hashes, &text).await?;
        Ok(match (put, paper.is_some()) {
            (Put::Closed, _) => Cast::Closed,
            (Put::New, true) => Cast::Recorded,
            (Put::Instead, true) => Cast::Changed,
            (Put::New, false) => Cast::Nothing,
            (Put::Instead, false) => Cast::TakenBack,
        })
    }

    async fn papers(&self, plugin: &str, ballot: &str) -> Result<u64> {
        self.store.how_many_papers(plugin, ballot).await
    }

    async fn unreadable(&self, plugin: &str, ballot: &str) -> Result<Option<String>> {
        let keys = &self.booth.keys;
        let name = place(plugin, ballot);
        if keys.get(&name)?.is_some() || self.papers(plugin, ballot).await? == 0 {
            return Ok(None);
        }
        Ok(Some(match keys.place_of(&name) {
            Some(path) => format!("the secret that opens them is not at {}", path.display()),
            None => "the secret that opens them is not there".to_owned(),
        }))
    }

    async fn seal(&self, plugin: &str, ballot: &str) -> Result<Vec<Value>> {
        let rows = self.store.seal_ballot(plugin, ballot).await?;
        let Some(secret) = self.secret(plugin, ballot)? else {
            if !rows.is_empty() {
                tracing::error!("the secret of the ballot {} is gone", place(plugin, ballot));
            }
            return Ok(Vec::new());
        };
        let open = |(voter, paper): (String, String)| -> Result<Value> {
            Ok(serde_json::from_str(&sealed::open(&secret, &voter, &paper)?)?)
        };
        let mut papers = rows.into_iter().map(open).collect::<Result<Vec<Value>>>()?;
        // Hashes have an order, and so would their papers.
        papers.shuffle(&mut rand::rng());
        Ok(papers)
    }

    async fn burn(&self, plugin: &str, ballot: &str) -> Result<()> {
        self.booth.keys.destroy(&place(plugin, ballot))?;
        self.store.burn_ballot(plugin, ballot).await?;
        self.forget_secret_requests().await
    }

    async fn publish(
        &self,
        plugin: &str,
        ballot: &str,
        key: &str,
        render: Render<'_>,
    ) -> cxbot_sdk::Result<()> {
        // Where it stands already it is changed, even once nobody can tell any more who is asked.
        let mut audience = self.store.destinations_of(plugin, key).await?;
        for member in self.roll(plugin, ballot).await?.iter().flatten() {
            let at: Option<&Destination> = member.at.first();
            audience.extend(at.filter(|at| !audience.contains(at)).cloned());
        }
        if audience.is_empty() {
            return Err(Error::refused("Nobody is named to whom it could be sent."));
        }
        Host::publish(self, plugin, &audience, key, render).await
    }

    async fn remind(
        &self,
        plugin: &str,
        ballot: &str,
        from: Time,
        time: (Timestamp, Timestamp),
        message: &Message,
    ) -> Result<()> {
        self.remind_each((plugin, ballot), from, time, message).await
    }

    async fn without_names(
        &self,
        plugin: &str,
        ballot: &str,
        texts: &[String],
    ) -> Result<Vec<String>> {
        let names = Names::of(&self.names(plugin, ballot).await?);
        Ok(texts.iter().map(|text| names.masked(text, NAME_MARK)).collect())
    }
}
