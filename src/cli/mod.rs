//! The command line: one file for each command. stdout carries the answer, stderr the log.

mod audit;
mod call;
mod check;
mod demo;
mod digest;
mod export;
mod forget;
mod import;
mod invite;
mod manifest;
mod plugins;
mod post;
mod rebuild;
mod run;
mod schedule;
mod show;
mod sync;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use clap::{Parser, Subcommand};
use jiff::Timestamp;
use tracing_subscriber::EnvFilter;

use crate::clock::{Clock, FixedClock, SystemClock};
use crate::config::{Environment, Loaded, Problem};
use crate::error::{one_line, with_advice};
use crate::host::{App, Plugins};

/// Weekly digests, look-ups and a mood poll over AI-scored support conversations.
#[derive(Debug, Parser)]
#[command(name = "cxbot", version)]
struct Cli {
    /// The configuration file; config/cxbot.toml if there is one.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How much to log on stderr: error, warn, info, debug. If not said, info for run, else warn.
    #[arg(long, global = true, value_name = "LEVEL")]
    log: Option<tracing::Level>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Run(run::Run),
    Check(check::Check),
    Sync(sync::Sync),
    Import(import::Import),
    Export(export::Export),
    Digest(digest::Digest),
    Call(call::Call),
    Plugins(plugins::Plugins),
    Rebuild(rebuild::Rebuild),
    Schedule(schedule::Schedule),
    Manifest(manifest::Manifest),
    Invite(invite::Invite),
    Audit(audit::Audit),
    Forget(forget::Forget),
}

/// Runs the command line. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let usual = match cli.command {
        Command::Run(_) => tracing::Level::INFO,
        _ => tracing::Level::WARN,
    };
    start_log(cli.log.unwrap_or(usual));
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    match runtime.block_on(cli.run()) {
        Ok(code) => code,
        Err(error) => failed(&error),
    }
}

impl Cli {
    async fn run(self) -> Result<ExitCode> {
        match &self.command {
            Command::Demo(demo) => return demo.run().await,
            // One expression needs no file.
            Command::Schedule(schedule) if schedule.is_alone() => return schedule.run(None),
            _ => {}
        }
        let loaded = Loaded::read(self.config.as_deref(), &Environment::of_process())?;
        match self.command {
            Command::Demo(demo) => demo.run().await,
            Command::Run(run) => run.run(&loaded).await,
            Command::Check(check) => check.run(&loaded).await,
            Command::Sync(sync) => sync.run(&loaded).await,
            Command::Import(import) => import.run(&loaded).await,
            Command::Export(export) => export.run(&loaded).await,
            Command::Digest(digest) => digest.run(&loaded).await,
            Command::Call(call) => call.run(&loaded).await,
            Command::Plugins(plugins) => plugins.run(&loaded),
            Command::Rebuild(rebuild) => rebuild.run(&loaded).await,
            Command::Schedule(schedule) => schedule.run(Some(&loaded)),
            Command::Manifest(manifest) => manifest.run(&loaded),
            Command::Invite(invite) => invite.run(&loaded).await,
            Command::Audit(audit) => audit.run(&loaded).await,
            Command::Forget(forget) => forget.run(&loaded).await,
        }
    }
}

/// Opens the application as configured, with the clock of `--as-of` where that is given.
async fn open(loaded: &Loaded, as_of: Option<Timestamp>) -> Result<App> {
    let clock: Arc<dyn Clock> = match as_of {
        Some(at) => Arc::new(FixedClock(at)),
        None => Arc::new(SystemClock),
    };
    let plugins = installed(loaded)?;
    let app = App::build(&loaded.config, plugins, clock).await;
    app.map_err(|error| match error.downcast::<Problem>() {
        Ok(problem) => loaded.locate(problem).into(),
        Err(error) => error,
    })
}

fn installed(loaded: &Loaded) -> Result<Plugins, Problem> {
    Plugins::install(&loaded.config).map_err(|problem| loaded.locate(problem))
}

fn start_log(level: tracing::Level) {
    // Libraries log bodies and addresses at their finer levels; ours never do. slack-morphism logs a
    // socket's address with its ticket even as an error; what goes wrong there is said by us.
    let filter = EnvFilter::new(format!("warn,slack_morphism=off,cxbot={level}"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .init();
}

/// Help as it is; a mistake as one line.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return match error.print() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error.into()),
        };
    }
    let text = error.render().to_string();
    let text = text.split("For more information").next().unwrap_or(&text);
    complain(&one_line(text.trim_start_matches("error: ")));
    ExitCode::from(2)
}

/// One clear line on stderr.
fn failed(error: &anyhow::Error) -> ExitCode {
    complain(&with_advice(error));
    match error.downcast_ref::<Problem>() {
        Some(_) => ExitCode::from(2),
        None => ExitCode::from(1),
    }
}

/// Where nobody listens on stderr any more, the exit code has to say it.
fn complain(line: &str) {
    let _: std::io::Result<()> = writeln!(std::io::stderr(), "cxbot: {line}");
}
