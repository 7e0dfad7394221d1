//! The small cards: a "why", and who looked.

use std::collections::BTreeSet;

use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::cx::Looked;
use cxbot_sdk::history::Colleague;
use cxbot_sdk::text::shorten;
use cxbot_sdk::words::count;
use cxbot_sdk::{Error, Message, Text, Workspace};

use super::{NAME, case, left_out, offered};

pub(crate) fn no_conversation(asked: &str) -> Error {
    let text = Text::from("There is no conversation \"").verbatim(shorten(asked, NAME));
    Error::refused(text.plain("\". Give its id, or the link to it."))
}

/// What is known of a score. "Not known" is an answer; a cause is never made up.
pub(crate) fn why(found: &[Conversation], workspace: &Workspace) -> Message {
    let message = Message::new("What is known of a conversation's score").heading("Why");
    let message = found.iter().fold(message, |message, one| {
        let text = match found.len() {
            1 => Text::new(),
            _ => Text::from("In ").verbatim(shorten(&one.source, NAME)).plain(": "),
        };
        let message = message.text(left_out(text.then(case(one, workspace)), one, workspace));
        let message = match one.reasons.is_empty() {
            true => message,
            false => {
                let reasons = one.reasons.iter().map(String::as_str);
                message.text(Text::from("Reasons given: ").names(reasons, NAME))
            }
        };
        match one.csat.as_ref().and_then(|csat| csat.score.value()) {
            Some(survey) => message.text(format!("The customer's own survey says {survey}.")),
            None => message,
        }
    });
    match found.iter().any(|one| one.why().is_some()) {
        true => message
            .note("This is the explanation that came with the score; nothing is added to it."),
        false => message,
    }
}

/// An auditor named someone whom nobody knows.
pub(crate) fn nobody_to_audit(asked: &str, near: &[&Colleague]) -> Error {
    let names: Vec<&str> = near.iter().map(|one| &*one.name).collect();
    let text = Text::from("There is no teammate and no customer \"");
    let text = text.verbatim(shorten(asked, NAME)).plain("\".");
    Error::refused(offered(text, "The nearest:", &names))
}

/// Who looked, at whom, when and where: at most so many.
pub(crate) fn lookups(
    title: &str,
    looked: &[Looked],
    most: usize,
    colleagues: &[Colleague],
) -> Message {
    let message = Message::new(title).heading(title);
    if looked.is_empty() {
        return message.text(format!("{}.", title.replace("Who looked", "Nobody has looked")));
    }
    let message = looked.iter().take(most).fold(message, |message, one| {
        let text = Text::new().time(one.at).plain(" · ").verbatim(shorten(&one.who, NAME));
        let text = everyone(text.plain(" looked up "), &one.whom, colleagues);
        let text = text.plain(" with ").code(&*one.command);
        message.text(match &one.seen_in {
            Some(channel) => text.plain(" in ").verbatim(channel.to_string()),
            None => text,
        })
    });
    match looked.len() > most {
        true => message.note(format!(
            "These are the latest {most}; there are more. Whoever runs cxbot lists them all with cxbot audit."
        )),
        false => message,
    }
}

/// Who was asked for, and how many more people were shown.
fn everyone(text: Text, subjects: &[String], colleagues: &[Colleague]) -> Text {
    let Some(first) = subjects.first() else { return text };
    // Several ids of one person are one.
    let people: BTreeSet<&str> = subjects
        .iter()
        .map(|subject| colleague(subject, colleagues).map_or(&**subject, |one| &*one.name))
        .collect();
    let text = whom(text, first, colleagues);
    match people.len() - 1 {
        0 => text,
        more => text.plain(format!(" and {} more", count(more as u64))),
    }
}

fn colleague<'c>(subject: &str, colleagues: &'c [Colleague]) -> Option<&'c Colleague> {
    let key = subject.strip_prefix("teammate ")?;
    // Whoever had no conversations yet was written down by their id alone.
    let is = |own: &String| own == key || own.split_once('/').is_some_and(|(_, id)| id == key);
    colleagues.iter().find(|one| one.keys.iter().any(is))
}

/// `Ana Silva (teammate intercom/814)`: the name as it is today, and what is written down for good.
fn whom(text: Text, subject: &str, colleagues: &[Colleague]) -> Text {
    let known = colleague(subject, colleagues);
    let subject = shorten(subject, 2 * NAME);
    match known {
        Some(one) => {
            text.verbatim(shorten(&one.name, NAME)).plain(" (").verbatim(subject).plain(")")
        }
        None => text.verbatim(subject),
    }
}
