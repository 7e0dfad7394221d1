//! `cxbot run`: the bot.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use cxbot_sdk::words::day_time;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::check::{self, switches};
use super::{open, sync};
use crate::chat::discord::{self, Discord};
use crate::chat::slack::Slack;
use crate::chat::{Command, Platform};
use crate::clock::{Clock, SystemClock};
use crate::config::{Loaded, Problem};
use crate::host::App;
use crate::host::run::{Bot, Settings, take_the_store};
use crate::host::watch::{self, Found};
use crate::store::Address;

/// Runs the bot: reads the sources, posts what is due, until it is stopped.
#[derive(Debug, Args)]
pub(super) struct Run {}

/// The store is closed within this time after the bot has stopped.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

impl Run {
    pub(super) async fn run(self, loaded: &Loaded) -> Result<ExitCode> {
        let config = &loaded.config;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let app = Arc::new(open(loaded, None).await?);
        let address = config.store_address().map_err(|problem| loaded.locate(problem))?;
        refuse_what_never_happens(&app)?;
        say_what_is_missing(loaded);
        say_what_polls_lack(loaded, &app, &address).await?;
        let bot = Arc::new(bot(loaded, app.clone(), clock.clone())?);
        let running = take_the_store(app.store(), &address, clock.as_ref()).await?;
        bot.take_over().await?;
        say_what_is_next(&app);
        let stop = CancellationToken::new();
        stop_on_signals(stop.clone())?;
        let ended = bot.run_while(&running, stop).await;
        let close = async {
            app.store().stop_running(running).await?;
            app.store().close().await;
            anyhow::Ok(())
        };
        tokio::time::timeout(CLOSE_WITHIN, close).await.context("the store did not close")??;
        ended?;
        tracing::info!("stopped");
        Ok(ExitCode::SUCCESS)
    }
}

/// The bot as it is configured.
pub(super) fn bot(loaded: &Loaded, app: Arc<App>, clock: Arc<dyn Clock>) -> Result<Bot> {
    let config = &loaded.config;
    let platforms = platforms(loaded, &app)?;
    let settings = Settings {
        sync: config.schedule.sync.clone(),
        wait: config.schedule.wait,
        operator: config.operator.channel.clone(),
        people: config.people.clone(),
        access: config.access.clone(),
    };
    Ok(Bot::new(app, clock, sync::sources(loaded)?, platforms, settings))
}

/// The chat platforms that are set up.
fn platforms(loaded: &Loaded, app: &App) -> Result<Vec<Arc<dyn Platform>>> {
    let config = &loaded.config;
    let zone = app.workspace().zone.clone();
    let slack = config.secrets.slack_bot.as_ref();
    let slack = slack.map(|token| Slack::new(&config.slack, token, zone)).transpose()?;
    let app_token = config.secrets.slack_app.clone();
    let groups = config.access.slack_groups().collect();
    let slack = slack.map(|slack| {
        slack
            .listening(app_token)
            .with_groups(groups)
            .asking(check::asks_on(app.plugins(), crate::chat::slack::NAME))
    });
    let discord = config.secrets.discord.as_ref();
    let discord = discord.map(|token| Discord::new(&config.discord, token)).transpose()?;
    let channels = check::channels(config, app.plugins()).into_iter();
    let channels = channels.filter(|at| at.platform == discord::NAME).map(|at| at.channel);
    let discord = discord.map(|discord| discord.answering(commands(app), channels.collect()));
    let slack = slack.map(|slack| Arc::new(slack) as Arc<dyn Platform>);
    let discord = discord.map(|discord| Arc::new(discord) as Arc<dyn Platform>);
    Ok(slack.into_iter().chain(discord).collect())
}

/// Every command with its plugin, for platforms that want to know them before.
pub(super) fn commands(app: &App) -> Vec<Command> {
    let commands = app.plugins().commands();
    let commands = commands.map(|(manifest, action)| (manifest.name, action.clone()));
    commands.map(|(plugin, action)| Command { plugin, action }).collect()
}

fn say_what_is_missing(loaded: &Loaded) {
    for (_, is_set, _, unset) in switches(&loaded.config) {
        if !is_set {
            tracing::warn!("{unset}");
        }
    }
}

async fn say_what_polls_lack(loaded: &Loaded, app: &App, address: &Address) -> Result<()> {
    let of_settings = watch::settings(&loaded.config, app.plugins(), address);
    let orphans = watch::orphans(app.store(), app.plugins()).await?;
    for found in of_settings.into_iter().chain(orphans) {
        if let Found::Problem(what) = found {
            tracing::warn!("{what}");
        }
    }
    Ok(())
}

/// A schedule that never comes is a slip of the pen.
fn refuse_what_never_happens(app: &App) -> Result<(), Problem> {
    let (now, zone) = (SystemClock.now(), &app.workspace().zone);
    for (manifest, job) in app.plugins().jobs() {
        if job.schedule.next_after(now, zone).is_none() {
            let what = format!("{} of {} never happens; correct it", job.schedule, job.name);
            return Err(Problem::at(&format!("plugins.{}.schedule", manifest.name), what));
        }
    }
    Ok(())
}

fn say_what_is_next(app: &App) {
    let (now, zone) = (SystemClock.now(), &app.workspace().zone);
    for (manifest, job) in app.plugins().jobs() {
        let (plugin, job, schedule) = (manifest.name, &job.name, &job.schedule);
        if let Some(slot) = schedule.next_after(now, zone) {
            tracing::info!("{plugin} {job} is next due {}", day_time(slot.at, zone));
        }
    }
}

/// The first signal stops the bot; a second one ends the process at once.
pub(super) fn stop_on_signals(stop: CancellationToken) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot wait for SIGINT")?;
    tokio::spawn(async move {
        for again in [false, true] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if again {
                std::process::exit(1);
            }
            tracing::info!("stopping");
            stop.cancel();
        }
    });
    Ok(())
}
