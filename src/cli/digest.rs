//! `cxbot digest`: the digest of a week, printed.

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use cxbot_digest::{Weekly, message};
use cxbot_sdk::week::Week;
use cxbot_sdk::{Plugin, Tick, Workspace};
use jiff::Timestamp;

use super::show::{self, Format};
use super::{open, post};
use crate::chat::render::picture;
use crate::chat::{discord, slack};
use crate::clock::{Clock, SystemClock};
use crate::config::{Loaded, Problem};
use crate::host::redact;

/// Prints the digest of a week.
#[derive(Debug, Args)]
pub(super) struct Digest {
    /// The week, such as 2026-W46; the last complete one before the clock if not said.
    #[arg(long)]
    week: Option<Week>,
    /// The edition; the one that covers everything if not said.
    #[arg(long, value_name = "NAME")]
    edition: Option<String>,
    /// The clock, such as 2026-11-16T09:00:00Z; now if not said.
    #[arg(long, value_name = "INSTANT", value_parser = show::instant)]
    as_of: Option<Timestamp>,
    #[arg(long, default_value = "terminal", value_parser = forms())]
    format: Form,
    /// Post it to the edition's channels, or edit what stands there, instead of printing it.
    #[arg(long)]
    post: bool,
}

/// What a digest is printed as: what any answer can be, or a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Words(Format),
    Picture,
}

fn forms() -> impl TypedValueParser<Value = Form> {
    let png = PossibleValue::new("png").help("One picture of every lane, to be written to a file");
    let words = Format::value_variants().iter().filter_map(Format::to_possible_value);
    PossibleValuesParser::new(words.chain([png]))
        .map(|name| Format::from_str(&name, false).map_or(Form::Picture, Form::Words))
}

impl Digest {
    pub(super) async fn run(self, loaded: &Loaded) -> Result<ExitCode> {
        if self.format == Form::Picture && !self.post && std::io::stdout().is_terminal() {
            let what = "a terminal shows no picture; write it to a file: \
                        cxbot digest --format png > digest.png";
            return Err(Problem::at("--format", what).into());
        }
        let app = open(loaded, self.as_of).await?;
        let Some(section) = loaded.config.plugins.get(cxbot_digest::Digest::NAME) else {
            let what = "the digest is not enabled; add an empty section [plugins.digest]";
            return Err(Problem::at("plugins", what).into());
        };
        let plugin = cxbot_digest::Digest::new(serde_json::from_value(section.clone())?)?;
        let edition = plugin
            .edition(self.edition.as_deref())
            .map_err(|error| Problem::at("--edition", error.to_string()))?;
        let as_of = self.as_of.unwrap_or_else(|| SystemClock.now());
        let workspace = app.workspace();
        let week = self.week.unwrap_or_else(|| Week::complete_before(as_of, &workspace.zone));
        if let Some(why) = cxbot_digest::to_come(week, as_of, workspace) {
            return Err(Problem::at("--week", why).into());
        }
        if self.post {
            let app = std::sync::Arc::new(app);
            return post::post(loaded, app, &edition, week, as_of).await;
        }
        let tick = Tick::on_time(as_of);
        let weekly =
            cxbot_digest::Digest::weekly(app.scores(), workspace, edition, week, tick).await?;
        let printed = match self.format {
            Form::Words(format) => show::text(&words(format, &plugin, weekly, workspace)?),
            Form::Picture => picture::sheet(&message::sheet(&weekly, workspace))
                .context("the picture cannot be drawn")?,
        };
        if app.store().how_many().await? == 0 {
            eprintln!("cxbot: the store holds nothing yet; run cxbot sync or cxbot import");
        }
        app.store().close().await;
        show::write(&printed)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn words(
    format: Format,
    plugin: &cxbot_digest::Digest,
    weekly: Weekly,
    workspace: &Workspace,
) -> Result<String> {
    match format {
        Format::Json => show::json(&weekly.report),
        Format::Slack => requests(plugin, weekly, slack::NAME, workspace),
        Format::Discord => requests(plugin, weekly, discord::NAME, workspace),
        Format::Terminal | Format::Html => {
            let message = redact::message(message::digest(&weekly, workspace));
            show::message(&message, format, workspace)
        }
    }
}

/// The requests that the edition's channels on a platform would get, each as it may carry the digest;
/// without such a channel those of any.
fn requests(
    plugin: &cxbot_digest::Digest,
    mut weekly: Weekly,
    platform: &str,
    workspace: &Workspace,
) -> Result<String> {
    let edition = weekly.edition.clone();
    let channels = edition.destinations.iter().filter(|at| at.platform == platform);
    let mut all = Vec::new();
    for at in channels {
        weekly.edition = plugin.cleared(&edition, at, workspace);
        let message = message::digest(&weekly, workspace);
        let redacts = workspace.redacts(at);
        let message = if redacts { redact::message(message) } else { redact::open(message) };
        all.push(show::requests(&message, Some(at), platform, workspace));
    }
    if all.is_empty() {
        let message = redact::message(message::digest(&weekly, workspace));
        all.push(show::requests(&message, None, platform, workspace));
    }
    // Discord's requests do not name their channel: those of channels that get the same are shown once.
    all.dedup();
    show::json(&all.concat())
}
