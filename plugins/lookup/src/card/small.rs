//! The small cards: a "why", and who looked.

use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::cx::Looked;
use cxbot_sdk::text::shorten;
use cxbot_sdk::{Error, Message, Text, Workspace};

use super::{NAME, case};

pub(crate) fn no_conversation(asked: &str) -> Error {
    let text = Text::from("There is no conversation \"").verbatim(shorten(asked, NAME));
    Error::refused(text.plain("\". Give its id, or the link to it."))
}

/// What is known of a score. "Not known" is an answer; a cause is never made up.
pub(crate) fn why(found: &[Conversation], workspace: &Workspace) -> Message {
    let message = Message::new("What is known of a conversation's score").heading("Why");
    let message = found.iter().fold(message, |message, one| {
        let message = message.text(case(one, workspace));
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
    message.note("This is the explanation that came with the score; nothing is added to it.")
}

/// Who looked, at whom, when and where.
pub(crate) fn lookups(title: &str, looked: &[Looked]) -> Message {
    let message = Message::new(title).heading(title);
    if looked.is_empty() {
        return message.text("Nobody has looked.");
    }
    looked.iter().fold(message, |message, one| {
        let text = Text::new().time(one.at).plain(" · ").verbatim(shorten(&one.who, NAME));
        let text = text.plain(" · ").code(&*one.command).plain(" · ").verbatim(&*one.whom);
        message.text(match &one.seen_in {
            Some(channel) => text.plain(" · in ").verbatim(channel.to_string()),
            None => text,
        })
    })
}
