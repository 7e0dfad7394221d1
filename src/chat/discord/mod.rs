//! Discord: its gateway through serenity, its messages through a sender of our own.

mod commands;
mod failure;
mod forms;
mod gateway;
mod interactions;
mod limits;
mod members;
mod online;
mod permissions;
mod places;
mod posts;
mod sender;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use cxbot_sdk::{Members, Message};
use jiff::SignedDuration;
use reqwest::Method;
use secrecy::SecretString;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::form::Form;
use super::render::discord as render;
use super::{Call, Command, Desk, Failure, Platform, Post, Request, Search};
use crate::config::DiscordConfig;
use interactions::{Unacknowledged, Way};
pub use online::invitation;
use places::{Places, person};
use sender::Sender;

/// The word before the colon of a destination.
pub const NAME: &str = "discord";
/// Said only to its asker.
const EPHEMERAL: u64 = 1 << 6;

/// One bot on Discord, as its token opens it.
pub struct Discord {
    sender: Arc<Sender>,
    places: Places,
    unacknowledged: Arc<Unacknowledged>,
    config: DiscordConfig,
    token: SecretString,
    commands: Vec<Command>,
    /// Channels that the settings name.
    channels: Vec<String>,
    /// What people are called whom the server has listed.
    called: Mutex<HashMap<String, Vec<String>>>,
    paced: bool,
}

impl Discord {
    /// Connects to nothing yet.
    pub fn new(config: &DiscordConfig, token: &SecretString) -> anyhow::Result<Discord> {
        let sender = Arc::new(Sender::new(config, token)?);
        Ok(Discord {
            places: Places::new(sender.clone()),
            unacknowledged: Arc::default(),
            sender,
            config: config.clone(),
            token: token.clone(),
            commands: Vec::new(),
            channels: Vec::new(),
            called: Mutex::default(),
            paced: true,
        })
    }

    /// The same, answering these commands in the servers of these channels.
    pub fn answering(mut self, commands: Vec<Command>, channels: Vec<String>) -> Discord {
        self.commands = commands;
        self.channels = channels;
        self
    }

    /// The servers whose people are answered: the one that is set, else those of the channels that the
    /// settings name. Whoever knows the bot's address can bring it into a server of their own.
    async fn servers(&self) -> Result<Vec<String>, Failure> {
        if let Some(guild) = &self.config.guild {
            return Ok(vec![guild.clone()]);
        }
        let mut servers = Vec::new();
        for channel in self.channels.iter().filter(|channel| person(channel).is_none()) {
            match self.places.kind(channel).await.map_err(Failure::from) {
                Ok(kind) => servers.push(kind.guild),
                // A channel that is not there yet says nothing of its server.
                Err(Failure::Channel(_) | Failure::Gone) => {}
                Err(failure) => return Err(failure),
            }
        }
        servers.retain(|server| !server.is_empty());
        servers.sort();
        servers.dedup();
        if servers.is_empty() {
            tracing::warn!(
                "nobody is answered in Discord: set discord.guild to your server's id, or name one of \
                 its channels as a destination"
            );
        }
        Ok(servers)
    }

    /// The same without waiting for its rates, for a test in which years pass in seconds.
    pub fn unpaced(mut self) -> Discord {
        self.paced = false;
        self
    }

    /// Says something to someone alone, where their question can no longer be answered.
    async fn tell(&self, person: &str, body: &Value) -> Result<(), Failure> {
        let room = self.places.room(person).await?;
        let path = format!("/channels/{room}/messages");
        let call = sender::Call::new(Method::POST, path, "send a direct message").with(body);
        Ok(self.sender.call(call).await.map(drop)?)
    }
}

#[async_trait]
impl Platform for Discord {
    fn name(&self) -> &'static str {
        NAME
    }

    fn settles_in(&self) -> SignedDuration {
        self.config.history_lag
    }

    async fn pace(&self, call: Call, channel: &str) {
        let room = match person(channel) {
            Some(person) => self.places.known_room(person).await,
            None => Some(channel.to_owned()),
        };
        let Some(room) = room else { return };
        let messages = format!("/channels/{room}/messages");
        let (method, path) = match call {
            Call::Post => (Method::POST, messages),
            Call::Edit => (Method::PATCH, format!("{messages}/000000000000000000")),
            Call::Delete => (Method::DELETE, format!("{messages}/000000000000000000")),
            Call::Find | Call::FindReply => (Method::GET, messages),
        };
        if self.paced {
            tokio::time::sleep(self.sender.wait(method, &path)).await;
        }
    }

    async fn post(&self, post: Post<'_>) -> Result<String, Failure> {
        self.make(post).await
    }

    async fn edit(&self, place: &str, post: Post<'_>) -> Result<(), Failure> {
        self.change(place, post).await
    }

    async fn delete(&self, _: &str, place: &str) -> Result<(), Failure> {
        self.remove(place).await
    }

    async fn find(&self, search: Search<'_>) -> Result<Vec<String>, Failure> {
        self.search(search).await
    }

    /// A form is the answer to the press itself, so the listener opens it.
    async fn ask(&self, _: &Request, _: &Form) -> Result<(), Failure> {
        Err(Failure::Gone)
    }

    async fn answer(&self, request: &Request, message: &Message) -> Result<(), Failure> {
        self.unacknowledged.wait(&request.id).await;
        let body = render::answer(message);
        let way = Way::read(&request.answer_to);
        // A page is turned where it stands; whatever else a button of a private answer says comes
        // beside it.
        let answered = match self.answers_in_place(request) {
            false => self.follow_up(&way, &body).await,
            true => self.edit_original(&way, &body).await,
        };
        match answered {
            Err(Failure::Gone) => self.tell(&request.person, &body).await,
            done => done,
        }
    }

    async fn members(&self, of: &Members) -> Result<Vec<String>, Failure> {
        self.people(of).await
    }

    async fn names(&self, person: &str) -> Vec<String> {
        let called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
        called.get(person).cloned().unwrap_or_default()
    }

    fn answers_in_place(&self, request: &Request) -> bool {
        !Way::read(&request.answer_to).on_source || request.what.turns_page()
    }

    async fn take_away(&self, request: &Request) -> Result<(), Failure> {
        self.unacknowledged.wait(&request.id).await;
        let way = Way::read(&request.answer_to);
        let call = sender::Call::new(Method::DELETE, way.original(), "take an answer away");
        match self.sender.call(call.open()).await.map_err(Failure::from) {
            Ok(_) | Err(Failure::Gone) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    async fn listen(&self, desk: Arc<dyn Desk>, stop: CancellationToken) {
        self.listen_until(desk, stop).await;
    }
}
