//! What people read while a poll is open.

use cxbot_sdk::ballot::Cast;
use cxbot_sdk::message::{Block, Button};
use cxbot_sdk::words::{count, counted, week_number};
use cxbot_sdk::{Message, Plugin, Text};
use jiff::Timestamp;

use crate::config::Mode;
use crate::poll::{Answer, Poll};
use crate::{Mood, PollArgs};

/// What the form says above its fields.
pub(crate) fn about(poll: &Poll) -> Message {
    Message::sentence(format!("{} {}", poll.question.trim(), promise(poll.mode, poll.floor)))
}

/// What is told and what is not.
fn promise(mode: Mode, floor: u64) -> String {
    match mode {
        Mode::Anonymous => format!(
            "Anonymous: nobody can see who said what, and with fewer than {floor} answers the words are \
             deleted."
        ),
        Mode::Open => {
            "Open: nobody's name is kept, but all words are shown however few answer, so people \
                       may guess who said what."
                .to_owned()
        }
    }
}

pub(crate) fn open(poll: &Poll, papers: u64) -> Message {
    let asked = Text::from(poll.question.as_str());
    let until = Text::from(format!("Mood poll · week {} · open until ", week_number(poll.week)));
    Message::new(asked.clone())
        .heading(asked)
        .text(until.time(poll.closes_at).plain(". ").plain(answered(papers, poll.asked)))
        .block(Block::Buttons(vec![say(poll), take_back(poll)]))
        .note(promise(poll.mode, poll.floor))
}

/// `11 of 14 answered.`
pub(super) fn answered(papers: u64, asked: Option<u64>) -> String {
    match asked {
        Some(asked) => format!("{} of {} answered.", count(papers), count(asked.max(papers))),
        None => format!("{} so far.", counted(papers, "answer")),
    }
}

fn say(poll: &Poll) -> Button {
    Button::ask("Say it", Mood::NAME, "say", &PollArgs { poll: poll.name.clone() })
}

fn take_back(poll: &Poll) -> Button {
    let args = PollArgs { poll: poll.name.clone() };
    Button::call("Take my answer back", Mood::NAME, "take_back", &args)
}

/// An answer as it was taken.
pub(crate) struct Taken<'a> {
    pub(crate) answer: &'a Answer,
    pub(crate) cast: Cast,
    /// Whether a win or a challenge came without its tick.
    pub(crate) unticked: bool,
    /// Whether the word is a name of someone too.
    pub(crate) is_name: bool,
}

pub(crate) fn recorded(poll: &Poll, taken: &Taken<'_>) -> Message {
    let Taken { answer, cast, unticked, is_name } = *taken;
    let lead = if cast == Cast::Changed { "Changed to “" } else { "Recorded: “" };
    let text = Text::from(lead).outside(answer.word.to_string()).plain("”. ");
    let text = match is_name {
        true => text.plain("It is a name of someone here too, so it is counted and not shown. "),
        false => text,
    };
    let text = match (&answer.note, unticked) {
        (Some(_), _) => text.plain(shown_if(poll)),
        (None, true) => {
            text.plain("Your win or challenge was not kept, since the tick was not set. ")
        }
        (None, false) => text,
    };
    let text = text.plain("You can change it or take it back until ").time(poll.closes_at);
    Message::sentence(text.plain(".")).block(Block::Buttons(vec![say(poll), take_back(poll)]))
}

/// When a win or a challenge is shown.
fn shown_if(poll: &Poll) -> String {
    let lead = "When the poll closes, your win or challenge is shown without your name";
    match poll.mode {
        Mode::Anonymous => format!("{lead}, if {} or more answered. ", poll.floor),
        Mode::Open => format!("{lead}. "),
    }
}

pub(crate) fn taken_back(poll: &Poll) -> Message {
    let text = Text::from("Your answer is taken back. You can give another until ");
    Message::sentence(text.time(poll.closes_at).plain(".")).block(Block::Buttons(vec![say(poll)]))
}

/// Why an answer is not taken, kindly.
pub(crate) fn not_taken(cast: Cast, next: Option<Timestamp>) -> Text {
    match cast {
        Cast::Nothing => Text::from("You have not answered yet, so there is nothing to take back."),
        Cast::NotInvited => Text::from(
            "Thank you, but you are not among those whom this poll asks, so nothing was recorded. \
             Whoever runs cxbot can change whom it asks.",
        ),
        Cast::Closed | Cast::Recorded | Cast::Changed | Cast::TakenBack => too_late(next),
    }
}

pub(crate) fn too_late(next: Option<Timestamp>) -> Text {
    opens_next(Text::from("This poll is closed; thank you all the same."), next)
}

pub(crate) fn none_open(next: Option<Timestamp>) -> Message {
    Message::sentence(opens_next(Text::from("No poll is open."), next))
}

fn opens_next(text: Text, next: Option<Timestamp>) -> Text {
    match next {
        Some(next) => text.plain(" The next one opens ").time(next).plain("."),
        None => text,
    }
}

pub(crate) fn is_open(poll: &Poll) -> Text {
    let text = Text::from(format!("The poll about week {} is open until ", week_number(poll.week)));
    text.time(poll.closes_at).plain(".")
}

/// Why a poll is not closed by whoever cannot read its answers.
pub(crate) fn cannot_count(poll: &Poll, why: &str) -> Text {
    let text = Text::from("The poll stays open: its answers cannot be counted from here, since ");
    text.plain(format!("{why}. Close it where cxbot runs, or put the secret back. Once "))
        .time(poll.closes_at)
        .plain(" is past, cxbot run closes it and deletes answers that it cannot read.")
}

pub(crate) fn reminder(poll: &Poll) -> Message {
    let text = Text::from(poll.question.as_str()).plain(" The poll is open until ");
    Message::sentence(text.time(poll.closes_at).plain("."))
        .block(Block::Buttons(vec![say(poll)]))
        .note(promise(poll.mode, poll.floor))
}
