//! A teammate's card: what customers experienced, never a quality grade.

use cxbot_sdk::figures::{Cell, MIN_N, how_many_more, judge};
use cxbot_sdk::history::Colleague;
use cxbot_sdk::message::{Block, Button, Fact, Table};
use cxbot_sdk::text::shorten;
use cxbot_sdk::words::{count, counted, percent, points, range};
use cxbot_sdk::{Error, Message, Plugin, Text, Workspace};
use jiff::Timestamp;
use serde::Serialize;

use super::{NAME, and_more, case, days, offered, share_words};
use crate::Lookup;
use crate::arguments::{AuditArgs, TeammateArgs};
use crate::gather::{OfTeammate, Period, Unknown};

/// Topics on a card.
const TOPICS: usize = 8;

/// "Which Ana?", with a button each. Buttons carry ids, so that no name is in them; what they cannot carry
/// is asked for again by id.
pub(crate) fn which(args: &TeammateArgs, some: &[&Colleague]) -> Message {
    let asked = |name: String| ("teammate", TeammateArgs { name, ..args.clone() });
    which_of(&args.name, some, asked)
}

/// The same for an auditor.
pub(crate) fn which_to_audit(who: &str, some: &[&Colleague]) -> Message {
    which_of(who, some, |key| ("audit", AuditArgs { who: Some(key) }))
}

/// `asked` is the command about one of them, by their id, with its arguments.
fn which_of<A: Serialize>(
    words: &str,
    some: &[&Colleague],
    asked: impl Fn(String) -> (&'static str, A),
) -> Message {
    let key = |one: &Colleague| one.keys.first().cloned().unwrap_or_default();
    let button = |one: &&Colleague| {
        let (command, args) = asked(key(one));
        Button::call(&shorten(&one.name, NAME), Lookup::NAME, command, &args).named_outside()
    };
    let buttons: Vec<Button> = some.iter().map(button).collect();
    let words = Text::from("Which \"").verbatim(shorten(words, NAME)).plain("\"?");
    let message = Message::sentence(words);
    if buttons.iter().all(|button| button.id.len() <= Button::ID_LIMIT) {
        return message.block(Block::Buttons(buttons));
    }
    let fact = |one: &&Colleague| Fact {
        label: Text::new().shortened(&*one.name, NAME),
        value: Text::new().code(key(one)),
    };
    message
        .block(Block::Facts(some.iter().map(fact).collect()))
        .note("Ask again with the id in place of the name.")
}

/// A topic, a team or a channel that nobody knows in this one's conversations.
pub(crate) fn unknown_name(
    colleague: &Colleague,
    unknown: &Unknown,
    (from, until): (Timestamp, Timestamp),
    workspace: &Workspace,
) -> Error {
    let Unknown { what, name, alike, offered: names, more } = unknown;
    let text = Text::from("None of ").shortened(&*colleague.name, NAME);
    let days = days(from, until, workspace);
    let text = text.plain(format!("'s conversations of {days} has the {what} \""));
    let text = text.verbatim(shorten(name, NAME)).plain("\".");
    let lead = if *alike { "The nearest:" } else { "What there is:" };
    Error::refused(and_more(offered(text, lead, names), *more))
}

pub(crate) fn teammate(
    colleague: &Colleague,
    args: &TeammateArgs,
    gathered: &OfTeammate,
    workspace: &Workspace,
) -> Message {
    let name = Text::new().shortened(&*colleague.name, NAME);
    let message = Message::new(Text::from("Conversations of ").then(name.clone()))
        .heading(narrowed(name.clone(), args));
    let by = workspace.attribution.words();
    let lead = Text::from("What customers experienced in conversations that ")
        .then(name)
        .plain(format!(" {by}, not a quality grade."));
    let message = message.text(lead).block(Block::Facts(figures(gathered, workspace)));
    let message = match gathered.now.share.n < MIN_N {
        // Too few for a share are a list.
        true => cases(message, "Read them", &gathered.to_read, workspace),
        false => many(message, gathered, workspace),
    };
    message.note(caveat(args, gathered))
}

fn caveat(args: &TeammateArgs, gathered: &OfTeammate) -> String {
    let before = gathered.before.as_ref().map_or(0, |before| before.closed);
    if gathered.now.closed + before == 0 && !args.is_narrow() {
        return "No conversation of this time counts for them. If that stays so, their teammate id \
                under [[people]] may be another than the source's."
            .to_owned();
    }
    let (closed, scored) = (gathered.now.closed, gathered.now.share.n);
    let closed = counted(closed, "conversation");
    let caveat = match scored < MIN_N {
        true => format!("It takes {MIN_N} for a share."),
        false => {
            "A share says what customers experienced: topics, customers and handovers differ from \
                  person to person."
                .to_owned()
        }
    };
    format!("{closed} closed in this time, {} of them scored. {caveat}", count(scored))
}

fn many(message: Message, gathered: &OfTeammate, workspace: &Workspace) -> Message {
    let message = match verdict(gathered, workspace) {
        Some(words) => message.text(words),
        None => message,
    };
    let message = topics(message, gathered);
    let message = cases(message, "Went well", &gathered.went_well, workspace);
    cases(message, "Worth a talk", &gathered.worth_a_talk, workspace)
}

/// The name with what narrows the conversations.
fn narrowed(heading: Text, args: &TeammateArgs) -> Text {
    let given = [&args.topic, &args.team, &args.channel].into_iter().flatten();
    let heading =
        given.fold(heading, |heading, word| heading.plain(" · ").verbatim(shorten(word, NAME)));
    match args.lane {
        Some(lane) => heading.plain(format!(" · {}", lane.name())),
        None => heading,
    }
}

fn figures(gathered: &OfTeammate, workspace: &Workspace) -> Vec<Fact> {
    let fact = |period: &Period| Fact {
        label: days(period.from, period.until, workspace).into(),
        value: share_words(period.share).into(),
    };
    let spread = gathered.now.spread;
    let spread = (1..=5).zip(spread).map(|(score, n)| format!("{score}: {}", count(n)));
    let spread =
        Fact { label: "Scores".into(), value: spread.collect::<Vec<_>>().join(", ").into() };
    let spread = (gathered.now.share.n >= MIN_N).then_some(spread);
    let now = std::iter::once(fact(&gathered.now));
    now.chain(gathered.before.as_ref().map(fact)).chain(spread).collect()
}

/// Whether anything changed, and how many more conversations it takes to tell.
fn verdict(gathered: &OfTeammate, workspace: &Workspace) -> Option<String> {
    let (now, before) = (gathered.now.share, gathered.before.as_ref()?.share);
    if now.n == 0 && before.n == 0 {
        return None;
    }
    let cell = Cell { now, before, history: Vec::new() };
    let judged = judge(&[cell], workspace.steady).into_iter().next()?;
    let label = judged.verdict.label();
    let words = match judged.change.filter(|_| now.n >= MIN_N && before.n >= MIN_N) {
        Some(change) => format!(
            "{label} ({}, between {} and {})",
            points(change.points),
            points(change.interval.low),
            points(change.interval.high)
        ),
        None => label.to_owned(),
    };
    let more = how_many_more(now, before, 0.05).filter(|more| *more > 0);
    Some(match more {
        Some(more) => {
            let more = counted(more, "more scored conversation");
            format!("{words}. It takes about {more} to tell a change of 5 points.")
        }
        None => format!("{words}."),
    })
}

fn topics(message: Message, gathered: &OfTeammate) -> Message {
    let shown: Vec<_> =
        gathered.topics.iter().filter(|(_, share)| share.n >= MIN_N).take(TOPICS).collect();
    let row = |(topic, share): &&(String, cxbot_sdk::figures::Share)| {
        let (value, interval) = (share.value(), share.interval());
        vec![
            Text::new().shortened(topic.as_str(), NAME),
            value.map(percent).unwrap_or_default().into(),
            interval.map(range).unwrap_or_default().into(),
            count(share.n).into(),
        ]
    };
    let message = match shown.is_empty() {
        true => message,
        false => message.block(Block::Table(Table {
            columns: ["Topic", "Good", "Between", "n"].map(str::to_owned).to_vec(),
            rows: shown.iter().map(row).collect(),
        })),
    };
    let rare = gathered.topics.iter().filter(|(_, share)| share.n < MIN_N).take(TOPICS);
    let lead = "Topics with too few to tell: ";
    let rare = rare.enumerate().fold(Text::new(), |text, (place, (topic, share))| {
        let text = text.plain(if place == 0 { lead } else { ", " });
        text.shortened(topic.as_str(), NAME).plain(format!(" ({})", share.n))
    });
    match rare.is_empty() {
        true => message,
        false => message.text(rare),
    }
}

fn cases(
    message: Message,
    heading: &str,
    cases: &[cxbot_sdk::conversation::Conversation],
    workspace: &Workspace,
) -> Message {
    let lead = Text::new().bold(heading);
    match cases {
        [] => message.text(lead.plain(": none in this time.")),
        cases => {
            cases.iter().fold(message.text(lead), |message, one| message.text(case(one, workspace)))
        }
    }
}
