//! What people read while a poll is open.

use cxbot_sdk::ballot::Cast;
use cxbot_sdk::message::{Block, Button};
use cxbot_sdk::words::{count, counted, week_number};
use cxbot_sdk::{Message, Plugin, Text};
use jiff::Timestamp;

use crate::config::{Config, Mode};
use crate::poll::{Answer, Poll};
use crate::{Mood, PollArgs};

/// What the form says above its fields.
pub(crate) fn about(config: &Config) -> String {
    format!("{} {}", config.question.trim(), promise(config.mode, config.floor))
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

pub(crate) fn recorded(poll: &Poll, answer: &Answer, cast: Cast, unticked: bool) -> Message {
    let lead = if cast == Cast::Changed { "Changed to “" } else { "Recorded: “" };
    let text = Text::from(lead).outside(answer.word.to_string()).plain("”. ");
    let text = match (&answer.note, unticked) {
        (Some(_), _) => text.plain("Your win or challenge is shown without your name. "),
        (None, true) => {
            text.plain("Your win or challenge was not kept, since the tick was not set. ")
        }
        (None, false) => text,
    };
    let text = text.plain("You can change it or take it back until ").time(poll.closes_at);
    Message::sentence(text.plain(".")).block(Block::Buttons(vec![say(poll), take_back(poll)]))
}

pub(crate) fn taken_back(poll: &Poll) -> Message {
    let text = Text::from("Your answer is taken back. You can give another until ");
    Message::sentence(text.time(poll.closes_at).plain(".")).block(Block::Buttons(vec![say(poll)]))
}

/// Why an answer is not taken, kindly.
pub(crate) fn not_taken(cast: Cast, poll: &Poll, next: Option<Timestamp>) -> Text {
    match cast {
        Cast::Nothing => Text::from("You have not answered yet, so there is nothing to take back."),
        Cast::NotInvited => Text::from("Thank you, but this poll asks others: ")
            .plain(format!("it is about week {}.", week_number(poll.week))),
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

pub(crate) fn reminder(poll: &Poll) -> Message {
    let text = Text::from(poll.question.as_str()).plain(" The poll is open until ");
    Message::sentence(text.time(poll.closes_at).plain("."))
        .block(Block::Buttons(vec![say(poll)]))
        .note(promise(poll.mode, poll.floor))
}
