//! Redaction: what customers wrote is shown without what reaches, charges or signs in as them.
//!
//! Hidden are e-mail addresses, phone numbers, card numbers, IBANs, and the query strings and
//! fragments of links. Our own words are never changed.
//!
//! **When unsure, hide.** A number hidden for nothing costs a reader one look into the conversation;
//! one shown to a channel cannot be taken back. So nine digits or more are hidden whatever they count,
//! unless they read as dates, times, a version or a list of decimals. Seven or eight are hidden when
//! written in groups as phone numbers are, fewer only behind a word such as "tel". Hence a long order
//! number goes too, and an unbroken local number of seven digits stays where nothing says what it is.
//!
//! Each span is looked at by itself, whole: what a plugin wants shortened is cut here, behind the
//! search, because half of a number looks like none. What was cut before it came to us ends in "…", and
//! the beginning of an address before that mark is hidden as an address. Ids that lead somewhere and
//! what the asker typed are spans of their own, and stay.

mod groups;
mod harmless;
mod iban;
mod links;
mod mail;
mod numbers;
mod seen;
#[cfg(test)]
mod tests;

use cxbot_sdk::Message;
use cxbot_sdk::message::{Block, Button, Fact};
use cxbot_sdk::text::{Span, Text, shorten};
use regex::Regex;

use seen::Seen;

const MAIL: &str = "[e-mail]";
const PHONE: &str = "[phone]";
const CARD: &str = "[card]";
const IBAN: &str = "[IBAN]";
/// Digits too many for a phone number, that are no card's either.
const NUMBER: &str = "[number]";
/// What is left of a query string.
const CUT: &str = "[…]";
const MARKS: [&str; 6] = [MAIL, PHONE, CARD, IBAN, NUMBER, CUT];

/// The message with everything from outside redacted, and shortened then.
pub fn message(message: Message) -> Message {
    each(message, redacted)
}

/// The message for where nothing is redacted: only shortened.
pub fn open(message: Message) -> Message {
    each(message, shown)
}

/// Words from outside, with a mark in the place of everything that is found in them.
pub fn words(text: &str) -> String {
    let mut seen = Seen::new(text);
    // Links first: an address in a query string is the query string's. Numbers last: an IBAN is full
    // of digits.
    links::hide(&mut seen);
    mail::hide(&mut seen);
    iban::hide(&mut seen);
    numbers::hide(&mut seen);
    seen.redacted(text)
}

fn redacted(span: Span) -> Span {
    match span {
        Span::Outside(outside) => Span::Outside(words(&outside)),
        // What is cut may read as something else, so it is not looked at again.
        Span::Shortened { words: whole, most } => Span::Verbatim(shorten(&words(&whole), most)),
        Span::Link { label, url, verbatim } => {
            let label = if verbatim { label } else { words(&label) };
            match links::without_secrets(url) {
                Some(url) => Span::Link { label, url, verbatim },
                None if verbatim => Span::Verbatim(label),
                None => Span::Outside(label),
            }
        }
        ours @ (Span::Plain(_)
        | Span::Bold(_)
        | Span::Code(_)
        | Span::Verbatim(_)
        | Span::Person { .. }
        | Span::Time(_)) => ours,
    }
}

fn shown(span: Span) -> Span {
    match span {
        Span::Shortened { words, most } => Span::Outside(shorten(&words, most)),
        other => other,
    }
}

type How = fn(Span) -> Span;

fn each(message: Message, how: How) -> Message {
    Message {
        summary: text(message.summary, how),
        blocks: message.blocks.into_iter().map(|one| block(one, how)).collect(),
        thread: message.thread.into_iter().map(|reply| each(reply, how)).collect(),
        says_corrections: message.says_corrections,
    }
}

fn text(text: Text, how: How) -> Text {
    Text(text.0.into_iter().map(how).collect())
}

fn block(block: Block, how: How) -> Block {
    match block {
        Block::Heading(words) => Block::Heading(text(words, how)),
        Block::Text(words) => Block::Text(text(words, how)),
        Block::Note(words) => Block::Note(text(words, how)),
        Block::Facts(facts) => Block::Facts(facts.into_iter().map(|one| fact(one, how)).collect()),
        Block::Table(mut table) => {
            for cell in table.rows.iter_mut().flatten() {
                *cell = text(std::mem::take(cell), how);
            }
            Block::Table(table)
        }
        Block::Chart(mut chart) => {
            chart.finding = text(chart.finding, how);
            Block::Chart(chart)
        }
        Block::Buttons(buttons) => Block::Buttons(labelled(buttons, how)),
        Block::Choose(mut choose) => {
            choose.choices = labelled(choose.choices, how);
            Block::Choose(choose)
        }
        Block::Divider => Block::Divider,
    }
}

fn fact(fact: Fact, how: How) -> Fact {
    Fact { label: text(fact.label, how), value: text(fact.value, how) }
}

/// Names from outside on buttons are words like others.
fn labelled(mut buttons: Vec<Button>, how: How) -> Vec<Button> {
    for button in buttons.iter_mut().filter(|button| button.outside) {
        button.label = how(Span::Outside(std::mem::take(&mut button.label))).words();
    }
    buttons
}

/// A pattern of this module; the tests read text with every one.
fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is well-formed")
}
