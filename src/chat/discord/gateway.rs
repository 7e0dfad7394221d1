//! The gateway, through serenity. Its client ends on some faults, hangs on others, and falls back to
//! Discord's own address where the given one does not answer; so its address is asked for before, and
//! a client that is not connected for too long is dropped and made anew.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use serenity::all::{
    ClientBuilder, ConnectionStage, Context, Event, EventHandler, GatewayError, GatewayIntents,
    HttpBuilder, Interaction, RawEventHandler, Ready, ShardStageUpdateEvent,
};
use serenity::async_trait;
use tokio_util::sync::CancellationToken;

use super::Discord;
use super::commands::{root, same};
use super::forms::Drafts;
use super::interactions::Reader;
use super::sender::{Call, Sender};
use crate::chat::{Desk, Failure};

/// How long a connection may be away before a new client is made.
const AWAY_FOR: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The pause before another client is made.
const TRY_EVERY: Duration = Duration::from_secs(5);
/// The pause where only the operator can help.
const LOOK_AGAIN: Duration = Duration::from_secs(5 * 60);

/// Since when the gateway is away; nothing while it is there.
type Away = Arc<Mutex<Option<Instant>>>;

impl Discord {
    /// Listens until told to stop.
    pub(super) async fn listen_until(&self, desk: Arc<dyn Desk>, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let pause = match stop.run_until_cancelled(self.connect(&desk)).await {
                Some(Err(Failure::Account(why))) => {
                    tracing::error!("commands and buttons are not heard: {why}");
                    LOOK_AGAIN
                }
                Some(Err(failure)) => {
                    tracing::warn!("Discord's gateway is opened again: {failure}");
                    TRY_EVERY
                }
                Some(Ok(())) | None => TRY_EVERY,
            };
            stop.run_until_cancelled(tokio::time::sleep(pause)).await;
        }
    }

    /// One client's life.
    async fn connect(&self, desk: &Arc<dyn Desk>) -> Result<(), Failure> {
        let answer = self.sender.get("/gateway".to_owned(), "ask for the gateway").await?;
        let url = answer["url"].as_str().unwrap_or_default().to_owned();
        if !url.starts_with("ws") {
            let why = "Discord does not say where its gateway is".to_owned();
            return Err(Failure::Later { after: None, why });
        }
        let reader = Arc::new(Reader {
            unacknowledged: self.unacknowledged.clone(),
            sender: self.sender.clone(),
            desk: desk.clone(),
            commands: self.commands.clone(),
            servers: self.servers().await?,
            drafts: Drafts::default(),
        });
        let away: Away = Arc::new(Mutex::new(Some(Instant::now())));
        let commands = Commands {
            root: root(&self.config.command, &self.commands, self.config.guild.is_none()),
            guild: self.config.guild.clone(),
            sender: self.sender.clone(),
        };
        let handler = Handler { reader, away: away.clone(), commands };
        let mut client = self.client(handler).await.map_err(odd)?;
        *client.ws_url.lock().await = url;
        let shards = client.shard_manager.clone();
        let ended = tokio::select! {
            ended = client.start() => ended.map_err(|error| ended_with(&error)),
            () = gone(&away) => Err(Failure::Later {
                after: None,
                why: "the connection was away too long".to_owned(),
            }),
        };
        // What is dropped ends by itself; the shards have to be told.
        drop(client);
        tokio::time::timeout(TRY_EVERY, shards.shutdown_all()).await.unwrap_or_default();
        ended
    }

    async fn client(&self, handler: Handler) -> Result<serenity::Client> {
        let timeout: Duration = self.config.timeout.try_into().context("discord.timeout")?;
        let web = reqwest::Client::builder().timeout(timeout).build()?;
        // Its limiter ignores the address, and its calls here are few.
        let http = HttpBuilder::new(self.token.expose_secret())
            .client(web)
            .proxy(self.config.api_url.trim_end_matches('/'))
            .ratelimiter_disabled(true)
            .build();
        let handler = Arc::new(handler);
        // Requests of people need no intent at all.
        let client = ClientBuilder::new_with_http(http, GatewayIntents::empty())
            .event_handler_arc(handler.clone())
            .raw_event_handler(Unread);
        Ok(client.await?)
    }
}

async fn gone(away: &Away) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let since = *away.lock().unwrap_or_else(PoisonError::into_inner);
        if since.is_some_and(|since| since.elapsed() > AWAY_FOR) {
            return;
        }
    }
}

fn odd(error: anyhow::Error) -> Failure {
    // Its causes may hold addresses; their kinds are in the log of the libraries.
    let why = format!("the gateway's client cannot be made: {error}");
    Failure::Later { after: None, why }
}

fn ended_with(error: &serenity::Error) -> Failure {
    let account = |why: &str| Failure::Account(why.to_owned());
    match error {
        serenity::Error::Gateway(GatewayError::InvalidAuthentication) => {
            account("the token is not valid: set DISCORD_TOKEN anew")
        }
        serenity::Error::Gateway(
            GatewayError::DisallowedGatewayIntents | GatewayError::InvalidGatewayIntents,
        ) => account("Discord does not allow the bot to connect as it does"),
        _ => Failure::Later { after: None, why: "the connection ended".to_owned() },
    }
}

/// Takes events in.
struct Handler {
    reader: Arc<Reader>,
    away: Away,
    commands: Commands,
}

/// The command to register, and where.
struct Commands {
    root: Value,
    guild: Option<String>,
    sender: Arc<Sender>,
}

impl Handler {
    fn is_away(&self, away: bool) {
        let mut since = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        *since = match (away, *since) {
            (false, _) => None,
            (true, Some(since)) => Some(since),
            (true, None) => Some(Instant::now()),
        };
    }
}

#[async_trait]
impl EventHandler for Handler {
    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        self.reader.take(interaction).await;
    }

    /// Comes again after a connection that could not be resumed.
    async fn ready(&self, _: Context, ready: Ready) {
        self.is_away(false);
        tracing::info!("Discord's gateway is open");
        let application = ready.application.id.to_string();
        let mut pause = TRY_EVERY;
        loop {
            match self.commands.register(&application).await {
                Ok(true) => return tracing::info!("the command is registered at Discord"),
                Ok(false) => return,
                Err(failure) => {
                    tracing::error!("the command is not registered at Discord yet: {failure}");
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LOOK_AGAIN);
        }
    }

    async fn shard_stage_update(&self, _: Context, event: ShardStageUpdateEvent) {
        self.is_away(event.new != ConnectionStage::Connected);
    }
}

impl Commands {
    /// Registers the command where it differs from what is there; whether it did.
    async fn register(&self, application: &str) -> Result<bool, Failure> {
        let everywhere = format!("/applications/{application}/commands");
        let path = match &self.guild {
            Some(guild) => {
                self.clear(&everywhere).await?;
                format!("/applications/{application}/guilds/{guild}/commands")
            }
            None => everywhere,
        };
        let held = self.sender.get(path.clone(), "read the commands").await?;
        let held = held.as_array().map(Vec::as_slice).unwrap_or_default();
        if let [held] = held
            && same(&self.root, held)
        {
            return Ok(false);
        }
        let wanted = json!([self.root]);
        let call = Call::new(Method::PUT, path, "register the command").with(&wanted);
        self.sender.call(call).await?;
        Ok(true)
    }
}

impl Commands {
    /// The command of a time without a server of its own would stand beside the new one.
    async fn clear(&self, path: &str) -> Result<(), Failure> {
        let held = self.sender.get(path.to_owned(), "read the commands").await?;
        if held.as_array().is_some_and(|held| held.is_empty()) {
            return Ok(());
        }
        let none = json!([]);
        let call = Call::new(Method::PUT, path.to_owned(), "take the old command away");
        self.sender.call(call.with(&none)).await?;
        Ok(())
    }
}

/// An event that serenity cannot read comes to nobody else.
struct Unread;

#[async_trait]
impl RawEventHandler for Unread {
    async fn raw_event(&self, _: Context, event: Event) {
        if let Event::Unknown(unknown) = event
            && unknown.kind == "INTERACTION_CREATE"
        {
            tracing::error!(
                "Discord sent a request that cannot be read; its asker is not answered"
            );
        }
    }
}
