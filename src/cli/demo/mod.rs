//! `cxbot demo`: a made-up workspace, without configuration and without network.
//!
//! [`workspace`] is who is there and what is set; [`time`] moves its clock; [`colleagues`] answer polls by
//! themselves; the console is [`crate::chat::web`].

mod colleagues;
mod time;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::Args;
use cxbot_digest::Digest;
use cxbot_sdk::{Destination, Plugin, Tick};
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::run::{commands, stop_on_signals};
use super::show;
use crate::chat::render::terminal;
use crate::chat::web::{self, Setup, Web};
use crate::clock::{Clock, FixedClock, MovedClock};
use crate::config::{Config, Problem};
use crate::host::run::{Bot, Settings};
use crate::host::{App, Plugins};
use crate::source::synthetic::{NOW, Synthetic};
use crate::source::{Ask, Intake, Source};
use crate::store::Address;
use colleagues::Colleagues;
use time::DemoTime;
use workspace::{CHANNEL, ROOT};

/// Shows cxbot at work on a made-up workspace, on a page of this machine.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Where the page is served, on this machine alone.
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    port: u16,
    /// Keep the demo's store in this folder, for the other commands to look at.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print the digest of the last complete week and exit.
    #[arg(long)]
    once: bool,
}

/// Between the start and the first digest, so that its job is known when it is due; the poll opens as long
/// after it.
const APART: SignedDuration = SignedDuration::from_secs(60);

impl Demo {
    pub(super) async fn run(&self) -> Result<ExitCode> {
        let now: Timestamp = NOW.parse().context("the demo's clock")?;
        match self.once {
            true => self.print(now).await?,
            false => self.serve(now).await?,
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn print(&self, now: Timestamp) -> Result<()> {
        let app = self.app(&workspace::config(), Arc::new(FixedClock(now))).await?;
        app.store().find_later().await;
        let ask = Ask { now, zone: app.workspace().zone.clone(), since: None, full: true };
        let mut intake = Intake::new(app.store());
        Synthetic.pull(&ask, &mut intake).await?;
        let tick = Tick::on_time(now);
        app.run_job(Digest::NAME, cxbot_digest::config::DEFAULT_EDITION, tick).await?;
        for posted in app.posted(Digest::NAME, &channel()?).await? {
            show::print(&terminal::render(&posted.message, &app.workspace().zone))?;
        }
        app.store().close().await;
        Ok(())
    }

    async fn serve(&self, now: Timestamp) -> Result<()> {
        let listener = self.listener().await?;
        let config = workspace::config();
        let clock = Arc::new(MovedClock::new(now - APART));
        let app = Arc::new(self.app(&config, clock.clone()).await?);
        if app.store().has_conversations().await? {
            bail!(
                "{} holds an earlier demo; name an empty folder with --data, or remove it",
                self.store()
            );
        }
        // The digest is there first, and a moment later whatever a newcomer may look up.
        app.store().find_later().await;
        let web = Arc::new(Web::new(console(&app), clock.clone(), listener)?);
        let bot = Arc::new(Bot::new(
            app.clone(),
            clock.clone(),
            vec![Arc::new(Synthetic)],
            vec![web.clone()],
            settings(&config),
        ));
        let colleagues = Colleagues::new(web.clone(), channel()?);
        let doing = Mutex::new(());
        let time = DemoTime { clock, app: app.clone(), bot: bot.clone(), colleagues, doing };
        let time = Arc::new(time);
        web.let_time_pass_by(time.clone());
        let stop = CancellationToken::new();
        stop_on_signals(stop.clone())?;
        // Beside the filling, so that the page is there from the start.
        let answering = tokio::spawn({
            let stop = stop.clone();
            async move { bot.answer_people(&stop).await }
        });
        let begun = stop.run_until_cancelled(begin(&time, now, &web)).await.unwrap_or(Ok(()));
        match begun {
            Ok(()) => time.pass(&stop).await,
            Err(_) => stop.cancel(),
        }
        answering.await.context("the console ended")?;
        app.store().close().await;
        begun
    }

    /// Nobody but this machine is heard.
    async fn listener(&self) -> Result<TcpListener> {
        let port = self.port;
        TcpListener::bind(("127.0.0.1", port)).await.with_context(|| {
            format!("port {port} of this machine cannot be used; name another one with --port")
        })
    }

    async fn app(&self, config: &Config, clock: Arc<dyn Clock>) -> Result<App> {
        let plugins = Plugins::install(config)?;
        App::build_at(config, plugins, clock, &self.address()).await
    }

    fn store(&self) -> String {
        self.data.as_ref().map_or_else(String::new, |folder| folder.display().to_string())
    }

    fn address(&self) -> Address {
        match &self.data {
            Some(folder) => Address::File(folder.join("cxbot.db")),
            None => Address::Memory,
        }
    }
}

/// Reads the source, then lets the first digest and the first poll come due.
async fn begin(time: &DemoTime, now: Timestamp, web: &Web) -> Result<()> {
    show::print(&format!("The demo is at {}\nControl-C ends it.\n", web.address()))?;
    time.bot.step().await?;
    time.move_to(now).await?;
    time.move_to(now + APART).await?;
    time.app.store().catch_up().await
}

fn channel() -> Result<Destination, Problem> {
    format!("{}:{CHANNEL}", web::NAME).parse().map_err(|why: String| Problem::at("demo", why))
}

fn console(app: &App) -> Setup {
    let workspace = app.workspace();
    Setup {
        channel: CHANNEL.to_owned(),
        root: ROOT.to_owned(),
        people: workspace::people(),
        members: workspace::members(),
        commands: commands(app),
        zone: workspace.zone.clone(),
        zone_name: workspace.zone_name.clone(),
    }
}

fn settings(config: &Config) -> Settings {
    Settings {
        sync: config.schedule.sync.clone(),
        wait: config.schedule.wait,
        operator: None,
        people: config.people.clone(),
        access: config.access.clone(),
    }
}
