//! `cxbot digest --post`: brings one digest to its channels now, by the same outbox as the bot's.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use cxbot_digest::config::Edition;
use cxbot_sdk::week::Week;
use cxbot_sdk::{Destination, Error, Plugin, Tick};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::{run, show};
use crate::clock::SystemClock;
use crate::config::{Loaded, Problem};
use crate::host::App;
use crate::host::run::Bot;
use crate::store::{Asked, State, Status};

/// How long delivery is waited for: nine seconds a channel on a good day.
const WITHIN: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Publishes the digest and waits until it is where it belongs.
pub(super) async fn post(
    loaded: &Loaded,
    app: Arc<App>,
    edition: &Edition,
    week: Week,
    as_of: Timestamp,
) -> Result<ExitCode> {
    if edition.destinations.is_empty() {
        let what = format!("the edition {} has no destinations to post to", edition.name);
        return Err(Problem::at("plugins.digest", what).into());
    }
    let slot = week.end(&app.workspace().zone);
    if as_of < slot {
        let what = format!("{week} is not over yet; its digest can be printed, not posted");
        return Err(Problem::at("--week", what).into());
    }
    let tick = Tick { slot, previous: None, as_of, late: false };
    app.run_job(cxbot_digest::Digest::NAME, &edition.name, tick).await.map_err(broken)?;
    let key = format!("{}/{week}", edition.name);
    for at in &edition.destinations {
        // What was held may have been put right since.
        app.store().try_held(cxbot_digest::Digest::NAME, at, &key).await?;
    }
    let done = deliver(loaded, &app, &edition.destinations, &key).await;
    app.store().close().await;
    done
}

fn broken(error: Error) -> anyhow::Error {
    match error {
        Error::Broken(error) => error,
        refused @ Error::Refused(_) => anyhow::anyhow!(refused.to_string()),
    }
}

/// Delivers here, unless a bot runs on this store: then it does.
async fn deliver(
    loaded: &Loaded,
    app: &Arc<App>,
    destinations: &[Destination],
    key: &str,
) -> Result<ExitCode> {
    let address = loaded.config.store_address()?;
    let now = Timestamp::now();
    let asked = app.store().ask_to_run(&address, "cxbot digest --post", now).await?;
    let Asked::Granted(running) = asked else { return wait(app, destinations, key).await };
    let bot = Arc::new(run::bot(loaded, app.clone(), Arc::new(SystemClock))?);
    bot.take_over().await?;
    let stop = CancellationToken::new();
    let delivering = {
        let (bot, stop): (Arc<Bot>, CancellationToken) = (bot.clone(), stop.clone());
        tokio::spawn(async move { bot.deliver(&stop).await })
    };
    let done = wait(app, destinations, key).await;
    stop.cancel();
    delivering.await?;
    app.store().stop_running(running).await?;
    done
}

async fn wait(app: &App, destinations: &[Destination], key: &str) -> Result<ExitCode> {
    let start = Instant::now();
    let mut code = ExitCode::SUCCESS;
    for at in destinations.iter().filter(|at| at.platform != "terminal") {
        let mut hitch = String::new();
        let status = loop {
            let status = app.store().delivery_status(cxbot_digest::Digest::NAME, at, key).await?;
            let new = why(&status).filter(|why| *why != hitch).map(str::to_owned);
            if let Some(new) = new {
                eprintln!("cxbot: {at}: {new}");
                hitch = new;
            }
            if is_over(&status) || start.elapsed() > WITHIN {
                break status;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        };
        show::print(&told(at, &status))?;
        if !status.iter().all(is_there) {
            code = ExitCode::from(1);
        }
    }
    Ok(code)
}

fn is_there(status: &Status) -> bool {
    matches!(status.state, State::Sent | State::Confirmed | State::Gone)
}

/// Nothing more will happen soon: what is not there is held, or waits for a post that is.
fn is_over(status: &[Status]) -> bool {
    let held = |status: &Status| status.state == State::Held;
    let parent = |status: &Status| matches!(status.state, State::Held | State::Gone);
    status.first().is_some_and(parent) || status.iter().all(|one| is_there(one) || held(one))
}

fn told(at: &Destination, status: &[Status]) -> String {
    let there = status.iter().filter(|status| is_there(status)).count();
    if there == status.len() {
        let replies = there.saturating_sub(1);
        return format!("{at}: the digest is there, with {replies} replies.");
    }
    let why = why(status).unwrap_or("it is still on its way; cxbot run goes on with it");
    format!("{at}: {there} of {} posts are there: {why}", status.len())
}

/// Why a post is not there yet, as far as something has gone wrong.
fn why(status: &[Status]) -> Option<&str> {
    let missing = status.iter().filter(|status| !is_there(status));
    missing.map(|status| status.reason.as_str()).find(|why| !why.is_empty())
}
