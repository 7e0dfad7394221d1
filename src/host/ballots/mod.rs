//! Secret ballots: the SDK's `Ballots` over the store and the [`keys`].
//!
//! What the store holds of an open ballot is [`sealed`]: hashes and texts under a secret that lies in a
//! file beside it. When a ballot is burnt its secret is destroyed, and with it whatever copies of these
//! bytes may be left in logs, free pages, dead rows or backups.

mod keys;
mod roll;
mod sealed;

use std::sync::Arc;

use anyhow::{Context, Result};
use async_trait::async_trait;
use cxbot_sdk::ballot::{Ballots, Cast, Invited, NAME_MARK};
use cxbot_sdk::cx::Render;
use cxbot_sdk::text::mask;
use cxbot_sdk::{Destination, Error, Host, Invoker, Message};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rand::seq::SliceRandom;
use serde_json::Value;

use super::identity;
use super::services::Services;
use crate::chat::Request;
use crate::config::Config;
use crate::store::{Address, Put};
use keys::{Keys, Secret};
pub use roll::Directory;
use roll::{Caller, Member, Roll};

/// Where a time of day does not come between opening and close, the reminder is sent so long before.
const AT_LEAST_BEFORE: SignedDuration = SignedDuration::from_hours(2);
/// A part of a name that is shorter is no name by itself.
const SHORTEST_NAME: usize = 3;
/// The secret of requests that nobody may read later, and of who made them. It is made anew once no ballot
/// is open.
const REQUESTS: &str = "host/requests";

/// What the host has to keep ballots.
pub(super) struct Booth {
    keys: Keys,
    /// Set once, by the running bot.
    pub(super) directory: std::sync::OnceLock<Arc<dyn Directory>>,
}

impl Booth {
    /// Keeps secrets in the configured folder, else beside the store's file.
    pub(super) fn of(config: &Config, address: &Address) -> Booth {
        let folder = config.store.keys.clone().or_else(|| match address {
            Address::File(path) => Some(path.with_file_name("keys")),
            Address::Postgres(_) => Some("data/keys".into()),
            Address::Memory => None,
        });
        let keys = folder.map_or_else(Keys::in_memory, Keys::Folder);
        Booth { keys, directory: Default::default() }
    }

    /// For a store in memory.
    #[cfg(test)]
    pub(super) fn in_memory() -> Booth {
        Booth { keys: Keys::in_memory(), directory: Default::default() }
    }
}

/// First and last names are names too.
fn parts(name: &str) -> Vec<String> {
    let parts = name.split_whitespace();
    parts.filter(|part| part.chars().count() >= SHORTEST_NAME).map(str::to_owned).collect()
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

    /// Someone as a plugin sees them in secret actions: a hash that lasts no longer than any ballot is
    /// open, so that not even the plugin knows them again in the next one.
    pub(super) fn voter_shown_to(&self, plugin: &str, invoker: Invoker) -> Result<Invoker> {
        let id = self.in_secret(plugin, &invoker.id)?;
        Ok(Invoker { id, ..identity::nameless(invoker) })
    }

    fn in_secret(&self, plugin: &str, person: &str) -> Result<String> {
        sealed::voter(&self.booth.keys.make(REQUESTS)?, &format!("{plugin}/{person}"))
    }

    /// The hash under which someone of the roll would give a paper.
    fn voter(&self, plugin: &str, secret: &Secret, member: &Member) -> Result<String> {
        sealed::voter(secret, &self.in_secret(plugin, &member.person)?)
    }

    async fn is_asked(
        &self,
        plugin: &str,
        ballot: &str,
        secret: &Secret,
        voter: &str,
    ) -> Result<bool> {
        let Some(roll) = self.roll(plugin, ballot).await? else { return Ok(true) };
        for member in &roll {
            if self.voter(plugin, secret, member)? == voter {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// When someone is to be reminded.
    async fn due_for(
        &self,
        member: &Member,
        from: Time,
        (opened, ends): (Timestamp, Timestamp),
    ) -> Timestamp {
        let known = member.zone.as_ref().and_then(|name| TimeZone::get(name).ok());
        let zone = match (known, self.booth.directory.get(), member.at.first()) {
            (Some(zone), ..) => zone,
            (None, Some(directory), Some(at)) => {
                directory.zone(at).await.unwrap_or_else(|| self.workspace.zone.clone())
            }
            _ => self.workspace.zone.clone(),
        };
        let first = zone.to_datetime(opened).date();
        let days = [Some(first), first.tomorrow().ok()].into_iter().flatten();
        let times = days.filter_map(|day| zone.to_timestamp(day.to_datetime(from)).ok());
        let latest = ends - AT_LEAST_BEFORE;
        times.into_iter().find(|at| *at > opened).filter(|at| *at < latest).unwrap_or(latest)
    }

    /// A request as it may be kept where nobody may read it later: its id and its text.
    pub(super) fn sealed_request(&self, request: &Request) -> Result<(String, String)> {
        let secret = self.booth.keys.make(REQUESTS)?;
        let id = sealed::voter(&secret, &request.id)?;
        let text = sealed::seal(&secret, REQUESTS, &serde_json::to_string(request)?)?;
        Ok((id, text))
    }

    /// A request as it was stored, sealed or not.
    pub(super) fn read_request(&self, stored: &str) -> Result<Request> {
        if !stored.starts_with(sealed::MARK) {
            return Ok(serde_json::from_str(stored)?);
        }
        let secret = self.booth.keys.get(REQUESTS)?;
        let secret = secret.context("a request of before cannot be read any more")?;
        Ok(serde_json::from_str(&sealed::open(&secret, REQUESTS, stored)?)?)
    }

    /// Destroys what would open requests of before, unless one of them still waits or a ballot is open.
    pub(super) async fn forget_secret_requests(&self) -> Result<()> {
        if self.booth.keys.get(REQUESTS)?.is_none() || self.store.has_open_ballots().await? {
            return Ok(());
        }
        if self.store.drop_secret_requests(sealed::MARK).await? {
            self.booth.keys.destroy(REQUESTS)?;
        }
        Ok(())
    }
}

#[async_trait]
impl Ballots for Services {
    async fn open(
        &self,
        plugin: &str,
        ballot: &str,
        invited: &[Invited],
    ) -> cxbot_sdk::Result<Option<u64>> {
        let people = |roll: &Roll| roll.as_ref().map(|roll| roll.len() as u64);
        if self.store.ballot(plugin, ballot).await?.is_some() {
            return Ok(people(&self.roll(plugin, ballot).await?));
        }
        let caller = Caller { people: &self.people, directory: self.booth.directory.get() };
        let roll = caller.call(invited).await?;
        if roll.as_ref().is_some_and(Vec::is_empty) {
            return Err(Error::refused("Nobody is there to be asked."));
        }
        let place = place(plugin, ballot);
        // Its papers are by people as this secret shows them.
        self.booth.keys.make(REQUESTS)?;
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
                    "the secret of the open ballot {} is gone, so it takes no answers any more; close it",
                    place(plugin, ballot)
                );
            }
            return Ok(Cast::Closed);
        };
        let voter = sealed::voter(&secret, voter)?;
        if !self.is_asked(plugin, ballot, &secret, &voter).await? {
            return Ok(Cast::NotInvited);
        }
        let text = match &paper {
            Some(paper) => sealed::seal(&secret, &voter, &paper.to_string())?,
            None => String::new(),
        };
        let put = self.store.put_paper(plugin, ballot, &voter, &text).await?;
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
        let Some(roll) = self.roll(plugin, ballot).await? else {
            return Err(Error::refused("Nobody is named to whom it could be sent."));
        };
        let audience: Vec<Destination> =
            roll.iter().filter_map(|member| member.at.first().cloned()).collect();
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
        let (Some(roll), Some(secret), Some(directory)) = (
            self.roll(plugin, ballot).await?,
            self.secret(plugin, ballot)?,
            self.booth.directory.get(),
        ) else {
            return Ok(());
        };
        let alone = self.store.voters_to_leave_alone(plugin, ballot).await?;
        for member in &roll {
            let voter = self.voter(plugin, &secret, member)?;
            let Some(at) = member.at.first().filter(|_| !alone.contains(&voter)) else { continue };
            let is_due = self.due_for(member, from, time).await <= self.now();
            // Said first and sent then: better none than two.
            if is_due
                && self.store.reminded(plugin, ballot, &voter).await?
                && let Err(why) = directory.tell(at, message).await
            {
                tracing::warn!("a reminder was not sent: {why}");
            }
        }
        Ok(())
    }

    async fn without_names(&self, words: &str) -> Result<String> {
        let mut names: Vec<String> = Vec::new();
        for person in &self.people {
            names.push(person.name.clone());
            names.extend(person.aliases.iter().cloned());
        }
        names.extend(self.colleagues().await?.into_iter().map(|one| one.name));
        let parts: Vec<String> = names.iter().flat_map(|name| parts(name)).collect();
        names.extend(parts);
        Ok(mask(words, &names, NAME_MARK))
    }
}
