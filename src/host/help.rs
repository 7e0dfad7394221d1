//! `help`, made from the plugins' own schemas, and the kind answer to an unknown word.

use cxbot_sdk::message::{Block, Fact};
use cxbot_sdk::plugin::Action;
use cxbot_sdk::{Error, Message, Reply, Result, Text};
use serde_json::Value;

use super::resolve;

/// Everyone may know it.
const PROTECTED: &str = "Protected mode is on: nothing is shown about single people, customers or \
                         conversations.";

/// The host's own command word.
pub(super) const WORD: &str = "help";

/// All of these commands, or one of them in detail.
pub(super) fn help(commands: &[&Action], about: &str, protected: bool) -> Result<Reply> {
    let about = &*about.trim().to_lowercase();
    if about.is_empty() {
        let overview = overview(commands);
        return Ok(Reply::Private(match protected {
            true => overview.note(PROTECTED),
            false => overview,
        }));
    }
    match commands.iter().find(|command| command.name == about) {
        Some(command) => Ok(Reply::Private(details(command))),
        None => Err(unknown(commands, about)),
    }
}

fn overview(commands: &[&Action]) -> Message {
    let fact = |command: &Action| Fact {
        label: Text::new().code(resolve::usage(command)),
        value: first_sentence(&command.about).into(),
    };
    let mut facts: Vec<Fact> = commands.iter().map(|command| fact(command)).collect();
    facts.push(Fact {
        label: Text::new().code("help [COMMAND]"),
        value: "What you can ask, or one command in detail.".into(),
    });
    Message::new("What you can ask cxbot")
        .heading("What you can ask")
        .block(Block::Facts(facts))
        .note("Answers are for you alone. In Slack and Discord, type /cx before the command.")
}

fn details(command: &Action) -> Message {
    let arguments = command.properties().map(|(name, schema)| Fact {
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
pub(super) fn unknown(commands: &[&Action], word: &str) -> Error {
    let words = commands.iter().map(|command| command.name.as_str()).chain([WORD]);
    let nearest = resolve::nearest(word, words);
    let text = Text::from("There is no command \"").verbatim(word).plain("\".");
    let text = match nearest {
        Some(nearest) => text.plain(" Did you mean ").code(nearest).plain("?"),
        None => text,
    };
    Error::refused(text.plain(" ").code(WORD).plain(" lists them all."))
}

fn first_sentence(text: &str) -> &str {
    text.split_inclusive('.').next().unwrap_or(text).trim()
}
