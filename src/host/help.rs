//! `help`, made from the plugins' own schemas, and the kind answer to an unknown word.

use cxbot_sdk::message::{Block, Fact};
use cxbot_sdk::plugin::Action;
use cxbot_sdk::{Error, Message, Reply, Result, Text};
use serde_json::Value;

use super::{Plugins, resolve};

/// The host's own command word.
pub(super) const WORD: &str = "help";

/// All commands, or one of them in detail.
pub(super) fn help(plugins: &Plugins, about: &str) -> Result<Reply> {
    let about = about.trim();
    if about.is_empty() {
        return Ok(Reply::Private(overview(plugins)));
    }
    let found = plugins.commands().find(|(_, command)| command.name == about);
    match found {
        Some((_, command)) => Ok(Reply::Private(details(command))),
        None => Err(unknown(plugins, about)),
    }
}

fn overview(plugins: &Plugins) -> Message {
    let fact = |command: &Action| Fact {
        label: Text::new().code(resolve::usage(command)),
        value: first_sentence(&command.about).into(),
    };
    let mut facts: Vec<Fact> = plugins.commands().map(|(_, command)| fact(command)).collect();
    facts.push(Fact {
        label: Text::new().code("help [COMMAND]"),
        value: "What you can ask, or one command in detail.".into(),
    });
    Message::new("What you can ask cxbot")
        .heading("What you can ask")
        .block(Block::Facts(facts))
        .note("Answers are for you alone. In Slack, type /cx before the command.")
}

fn details(command: &Action) -> Message {
    let arguments = resolve::properties(command).map(|(name, schema)| Fact {
        label: Text::new().code(name),
        value: schema.get("description").and_then(Value::as_str).unwrap_or_default().into(),
    });
    let usage = resolve::usage(command);
    Message::new(format!("How to use {}", command.name))
        .heading(Text::new().plain(usage))
        .text(command.about.as_str())
        .block(Block::Facts(arguments.collect()))
}

/// Offers the nearest word and the way to all of them.
pub(super) fn unknown(plugins: &Plugins, word: &str) -> Error {
    let words = plugins.commands().map(|(_, command)| command.name.as_str()).chain([WORD]);
    let nearest = resolve::nearest(word, words);
    let text = Text::from("There is no command \"").outside(word).plain("\".");
    let text = match nearest {
        Some(nearest) => text.plain(" Did you mean ").code(nearest).plain("?"),
        None => text,
    };
    Error::refused(text.plain(" ").code(WORD).plain(" lists them all."))
}

fn first_sentence(text: &str) -> &str {
    text.split_inclusive('.').next().unwrap_or(text).trim()
}
