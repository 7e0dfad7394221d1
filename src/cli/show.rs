//! How an answer is printed: for people in the terminal or on a page, or as the JSON a platform would
//! get.

use std::io::{ErrorKind, Write};

use anyhow::{Context, Result};
use clap::ValueEnum;
use cxbot_sdk::{Destination, Message, Workspace};
use jiff::Timestamp;
use serde_json::Value;

use crate::chat::render::{self, html, terminal};
use crate::chat::{discord, slack};

/// What an answer is printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Plain text for people.
    Terminal,
    /// The figures, for scripts.
    Json,
    /// The requests that Slack would get.
    Slack,
    /// The requests that Discord would get.
    Discord,
    /// A page that needs nothing else and can be mailed.
    Html,
}

/// The message in a format; it has been redacted for whoever reads it.
pub(super) fn message(message: &Message, format: Format, workspace: &Workspace) -> Result<String> {
    let zone = &workspace.zone;
    match format {
        Format::Terminal => Ok(terminal::render(message, zone)),
        Format::Json => json(message),
        Format::Slack => json(&requests(message, None, slack::NAME, workspace)),
        Format::Discord => json(&requests(message, None, discord::NAME, workspace)),
        Format::Html => Ok(html::page(message, zone)),
    }
}

/// The requests that a platform, or one channel of it, would get for a message.
pub(super) fn requests(
    message: &Message,
    to: Option<&Destination>,
    platform: &str,
    workspace: &Workspace,
) -> Vec<Value> {
    let channel = to.map(|to| to.channel.as_str());
    match platform {
        slack::NAME => render::slack::render(message, channel, &workspace.zone),
        _ => render::discord::render(message, &workspace.zone),
    }
}

pub(super) fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string_pretty(value).context("the answer cannot be written as JSON")
}

/// Prints a text to stdout.
pub(super) fn print(text: &str) -> Result<()> {
    write(&self::text(text))
}

/// A text as it is printed.
pub(super) fn text(text: &str) -> Vec<u8> {
    format!("{}\n", text.trim_end()).into_bytes()
}

/// Writes to stdout. A reader that has seen enough (`| head`) is no error.
pub(super) fn write(bytes: &[u8]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write the answer to stdout"),
    }
}

/// An instant from the command line.
pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "write it like 2026-11-16T09:00:00Z".to_owned())
}
