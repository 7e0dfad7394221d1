//! Messages that show conversations: wins, and a small set worth reading.

use std::borrow::Cow;

use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::text::shorten;
use cxbot_sdk::{Clearance, Message, Text, Workspace};

use super::parent::{cell_name, change_words, no_clear_win};
use crate::Weekly;
use crate::evidence::Reason;
use cxbot_sdk::words::{count, percent};

/// A quoted explanation is shortened to this many characters.
const QUOTE_LIMIT: usize = 280;
/// A customer's name likewise.
const NAME_LIMIT: usize = 40;

pub(super) fn wins(weekly: &Weekly, workspace: &Workspace) -> Message {
    let evidence = &weekly.evidence;
    let message = Message::new("Wins of the week").heading("Wins");
    let message = match (&evidence.win, &evidence.lone_win) {
        (Some((cell, examples)), _) => {
            let share = percent(cell.share.unwrap_or_default());
            let line = cell_name(cell, workspace).plain(format!(
                ": {share} good, {}, n={}.",
                change_words(cell),
                count(cell.scored)
            ));
            let message = message.text(line);
            let lead = "Worth reading aloud, each rated 5:";
            let message = if examples.is_empty() { message } else { message.text(lead) };
            examples.iter().fold(message, |message, example| message.text(quote(weekly, example)))
        }
        (None, Some(example)) => message
            .text("No topic or lane rose beyond the usual range. One conversation rated 5:")
            .text(quote(weekly, example)),
        (None, None) => message.text(no_clear_win(&weekly.report)),
    };
    let examples = evidence.win.iter().flat_map(|(_, examples)| examples);
    let whys: Vec<&Conversation> = examples.chain(&evidence.lone_win).collect();
    let is_whole = |one: &&Conversation| why(weekly, one).as_deref() == one.why();
    match weekly.edition.clearance >= Clearance::Quotes && !whys.is_empty() {
        true if whys.iter().all(is_whole) => {
            message.note("Explanations come with the score and are quoted as they are.")
        }
        true => message.note(
            "Explanations come with the score; this channel does not show the names in them.",
        ),
        false => message,
    }
}

pub(super) fn worth_reading(weekly: &Weekly, workspace: &Workspace) -> Message {
    let message = Message::new("Conversations worth reading").heading("Worth reading");
    let picked = &weekly.evidence.worth_reading;
    if picked.is_empty() {
        return message.text(match workspace.protected {
            true => "No conversation is shown in protected mode.",
            false => "There is no scored conversation to read this week.",
        });
    }
    picked.iter().fold(message, |message, (reason, conversation)| {
        let lead = Text::new().bold(reason_words(*reason, conversation)).plain(" ");
        message.text(lead.then(quote(weekly, conversation)))
    })
}

fn reason_words(reason: Reason, conversation: &Conversation) -> String {
    let score = |score: Option<u8>| score.map_or("none".to_owned(), |score| score.to_string());
    let own = score(conversation.score.value());
    match reason {
        Reason::Recovery => "Recovery: handed over, and rated 5.".to_owned(),
        Reason::Surprise => {
            let survey = conversation.csat.as_ref().and_then(|csat| csat.score.value());
            format!("Surprise: the customer's survey says {}, the score {own}.", score(survey))
        }
        Reason::NewPattern => format!("New pattern: a topic not seen before, rated {own}."),
        Reason::Random => format!("Random pick: rated {own}."),
    }
}

/// The explanation, without names where the channel may not carry them.
pub(super) fn why<'c>(weekly: &Weekly, conversation: &'c Conversation) -> Option<Cow<'c, str>> {
    match weekly.edition.clearance {
        Clearance::Names => conversation.why().map(Cow::Borrowed),
        Clearance::Quotes | Clearance::Figures => conversation.why_unnamed().map(Cow::Owned),
    }
}

/// `“explanation” — conversation 88123`; without the quote where the channel may not carry it.
pub(super) fn quote(weekly: &Weekly, conversation: &Conversation) -> Text {
    let text = match (weekly.edition.clearance, why(weekly, conversation)) {
        (Clearance::Figures, _) => Text::new(),
        (_, Some(why)) => Text::from("“").shortened(why, QUOTE_LIMIT).plain("” — "),
        (_, None) => Text::from("Why: not known — "),
    };
    let text = text.then(way_to(conversation));
    let name = conversation.customer.as_ref().and_then(|customer| customer.name.as_deref());
    match (weekly.edition.clearance, name) {
        (Clearance::Names, Some(name)) => text.plain(", ").shortened(name, NAME_LIMIT),
        _ => text,
    }
}

/// The way to a conversation: its link, which carries access control, or its id.
pub(super) fn way_to(conversation: &Conversation) -> Text {
    let id = shorten(&conversation.id, NAME_LIMIT);
    match &conversation.url {
        Some(url) => Text::new().link_by_id(format!("conversation {id}"), url),
        None => Text::from("conversation ").verbatim(id),
    }
}
