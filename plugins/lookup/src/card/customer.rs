//! A customer's card: people, cases, the whole history, latest first.

use std::collections::{BTreeMap, BTreeSet};

use cxbot_sdk::conversation::{Conversation, Customer, Teammate};
use cxbot_sdk::count::{Class, classify};
use cxbot_sdk::figures::Share;
use cxbot_sdk::history::PartyKind;
use cxbot_sdk::message::{Block, Button, Fact};
use cxbot_sdk::text::shorten;
use cxbot_sdk::words::counted;
use cxbot_sdk::{Error, Message, Plugin, Text, Workspace};
use jiff::SignedDuration;

use super::{NAME, and_more, case, left_out, offered, share_words};
use crate::Lookup;
use crate::access::Named;
use crate::arguments::CustomerArgs;
use crate::gather::{HISTORY, Namesake, OfCustomer};

/// Cases on one part of the history.
const PART: usize = 8;
/// So many conversations on one topic within this time are a pattern.
const PATTERN: usize = 3;
/// Patterns that are told, the most frequent topics first.
const PATTERNS: usize = 5;
const PATTERN_WITHIN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Names that are listed.
const NAMES: usize = 5;
/// Namesakes that are offered.
const OFFERED: usize = 10;
/// Letters of a name, and of a company, on a button.
const LABEL: usize = 24;

pub(crate) fn no_customer(who: &str, near: &[String]) -> Error {
    let text = Text::from("There is no customer \"").verbatim(shorten(who, NAME)).plain("\".");
    Error::refused(match near {
        [] => text.plain(" Give an e-mail, a name, a company or an id."),
        near => offered(text, "The nearest:", near),
    })
}

/// "Which Lee Wong?", with a button each. Buttons carry ids, so that no name and no e-mail is in them.
pub(crate) fn which_customer(who: &str, some: &[Namesake], workspace: &Workspace) -> Message {
    let words = Text::from("Which \"").verbatim(shorten(who.trim(), NAME)).plain("\"?");
    let message = Message::sentence(words);
    let offered = &some[..some.len().min(OFFERED)];
    let labels: Vec<String> = offered.iter().map(|one| label(one, workspace)).collect();
    let (message, how) = match offered.iter().all(Namesake::fits_a_button) {
        true => (message.block(Block::Buttons(buttons(offered, &labels))), ""),
        false => (
            message.block(Block::Facts(in_words(offered, labels))),
            " Ask again with what stands beside the right one.",
        ),
    };
    let more = match some.len() - offered.len() {
        0 => String::new(),
        more => format!(" There are {more} more: give an e-mail or an id."),
    };
    let note = "Each with their company and the day of their latest conversation.";
    message.note(format!("{note}{how}{more}"))
}

/// For an auditor, who has to say whom they mean.
pub(crate) fn name_one_customer(who: &str, some: &[Namesake]) -> Error {
    let text = Text::from("Several are meant by \"").verbatim(shorten(who.trim(), NAME));
    let asked: Vec<String> = some.iter().take(OFFERED).map(Namesake::asked).collect();
    Error::refused(offered(text.plain("\"."), "Ask with one of:", &asked))
}

/// `Lee Wong, Acme Ltd, 10 Nov 2026`.
fn label(one: &Namesake, workspace: &Workspace) -> String {
    let company = match one.kind {
        PartyKind::Company => "a company",
        _ => one.company.as_deref().unwrap_or("company not known"),
    };
    let day = workspace.zone.to_datetime(one.latest).strftime("%-d %b %Y");
    let name = one.name.as_deref().filter(|name| !name.trim().is_empty());
    let name = name.unwrap_or("name not known");
    format!("{}, {}, {day}", shorten(name, LABEL), shorten(company, LABEL))
}

fn buttons(offered: &[Namesake], labels: &[String]) -> Vec<Button> {
    let button = |(one, label): (&Namesake, &String)| {
        let args = CustomerArgs { who: one.asked() };
        // What reads alike is told apart by the id.
        let alike = labels.iter().filter(|other| *other == label).count() > 1;
        let label = if alike { format!("{label}, {}", one.key) } else { label.clone() };
        Button::call(&label, Lookup::NAME, "customer", &args).named_outside()
    };
    offered.iter().zip(labels).map(button).collect()
}

/// What no button can carry is asked for again.
fn in_words(offered: &[Namesake], labels: Vec<String>) -> Vec<Fact> {
    let fact = |(one, label): (&Namesake, String)| Fact {
        label: Text::new().outside(label),
        value: Text::new().code(one.asked()),
    };
    offered.iter().zip(labels).map(fact).collect()
}

pub(crate) fn customer(history: &OfCustomer, named: &Named, workspace: &Workspace) -> Message {
    let all = &history.conversations;
    let title = title(history);
    let message = Message::new(Text::from("The history of ").then(title.clone()))
        .heading(title)
        .block(Block::Facts(facts(history, workspace)));
    let message = patterns(all).into_iter().fold(message, Message::text);
    let several = people(all).len() > 1;
    let mut parts = all.chunks(PART).map(|part| {
        let part = part.iter().map(|one| with_who(one, several, named, workspace));
        part.fold(Message::new("More of the history"), Message::text)
    });
    let message = match parts.next() {
        Some(first) => first.blocks.into_iter().fold(message, Message::block),
        None => message,
    };
    parts.fold(message, Message::reply)
}

/// As they were asked for; by name whoever was asked for by an id.
fn title(history: &OfCustomer) -> Text {
    match (history.asked_for.as_slice(), &history.company) {
        ([name], _) if !history.who.contains('@') => Text::new().shortened(name, NAME),
        ([], Some(company)) => Text::new().shortened(company, NAME),
        _ => Text::new().verbatim(shorten(&history.who, NAME)),
    }
}

fn facts(history: &OfCustomer, workspace: &Workspace) -> Vec<Fact> {
    let all = &history.conversations;
    let companies: BTreeSet<&str> = all.iter().filter_map(company).collect();
    // Those who were asked for come first.
    let mut called: Vec<&str> = history.asked_for.iter().map(String::as_str).collect();
    called.extend(
        names(all).into_iter().filter(|name| !history.asked_for.iter().any(|one| one == name)),
    );
    // Two people may have one name.
    let nameless = called.len().max(people(all).len()) - called.len();
    let scores: Vec<u8> = all.iter().filter_map(|one| scored(one, workspace)).collect();
    let good = scores.iter().filter(|score| **score >= workspace.good_from).count() as u64;
    let share = Share { good, n: scores.len() as u64 };
    let surveys = all.iter().filter(|one| one.csat.is_some()).count() as u64;
    let cases = match history.more {
        true => format!(
            "more than {HISTORY}; this is about {HISTORY} of them: those of whoever was asked for \
             first of all, and the latest of the others"
        ),
        false => counted(all.len() as u64, "conversation"),
    };
    vec![
        Fact { label: "People".into(), value: listed(called, nameless) },
        Fact { label: "Company".into(), value: listed(companies.into_iter().collect(), 0) },
        Fact { label: "Cases".into(), value: cases.into() },
        Fact { label: "Scored".into(), value: share_words(share).into() },
        Fact { label: "Surveys answered".into(), value: surveys.to_string().into() },
    ]
}

/// The score, where no rule leaves the conversation out.
fn scored(one: &Conversation, workspace: &Workspace) -> Option<u8> {
    match classify(one, &workspace.exclusions) {
        Class::Scored(_, score) => Some(score),
        Class::Excluded(_) | Class::Unscored(_) => None,
    }
}

/// The first of these names, and how many more there are, those whose names are not among them included.
fn listed(names: Vec<&str>, nameless: usize) -> Text {
    if names.is_empty() {
        return "not known".into();
    }
    let more = names.len().saturating_sub(NAMES) + nameless;
    and_more(Text::new().names(names.into_iter().take(NAMES), NAME), more)
}

fn person(one: &Conversation) -> Option<&str> {
    one.customer.as_ref()?.name.as_deref()
}

fn company(one: &Conversation) -> Option<&str> {
    one.customer.as_ref()?.company.as_ref()?.name.as_deref()
}

fn names(all: &[Conversation]) -> BTreeSet<&str> {
    all.iter().filter_map(person).collect()
}

/// The customers by what tells them apart, an e-mail before an id: two may have one name.
fn people(all: &[Conversation]) -> BTreeSet<String> {
    all.iter().filter_map(who).collect()
}

fn who(one: &Conversation) -> Option<String> {
    let Customer { id, email, name, .. } = one.customer.as_ref()?;
    let email = email.as_ref().map(|email| email.trim().to_lowercase());
    let id = || id.as_ref().map(|id| format!("{}/{id}", one.source));
    email.or_else(id).or_else(|| name.clone())
}

/// The same topic again and again within a month.
fn patterns(all: &[Conversation]) -> Vec<Text> {
    let mut topics: BTreeMap<&str, Vec<&Conversation>> = BTreeMap::new();
    for one in all {
        for topic in one.topics.iter().map(String::as_str).collect::<BTreeSet<_>>() {
            topics.entry(topic).or_default().push(one);
        }
    }
    let pattern = |(topic, cases): (&str, Vec<&Conversation>)| {
        // Latest first, so a window's first is its latest.
        let within = |window: &[&Conversation]| {
            window[0].closed_at.duration_since(window[PATTERN - 1].closed_at) <= PATTERN_WITHIN
        };
        let often = cases.windows(PATTERN).any(within);
        often.then(|| {
            Text::new().bold("Pattern: ").shortened(topic, NAME).plain(format!(
                ", {} or more times within 30 days ({} in all).",
                PATTERN,
                cases.len()
            ))
        })
    };
    let mut topics: Vec<(&str, Vec<&Conversation>)> = topics.into_iter().collect();
    topics.sort_by_key(|(_, cases)| std::cmp::Reverse(cases.len()));
    topics.into_iter().filter_map(pattern).take(PATTERNS).collect()
}

/// A case with who worked on it, with what leaves it out if anything does, and, where there are several
/// customers, with whose it is.
fn with_who(one: &Conversation, several: bool, named: &Named, workspace: &Workspace) -> Text {
    let people = one.teammates.iter().filter(|teammate| !teammate.bot);
    let called = |teammate| called(one, teammate, named);
    let people: BTreeSet<&str> = people.map(called).collect();
    let text = match person(one).filter(|_| several) {
        Some(name) => Text::new().shortened(name, NAME).plain(": "),
        None => Text::new(),
    };
    let text = left_out(text.then(case(one, workspace)), one, workspace);
    match people.is_empty() {
        true => text,
        false => {
            let people = people.into_iter().collect::<Vec<_>>().join(", ");
            text.plain(" · ").shortened(people, NAME)
        }
    }
}

/// What a teammate is called to someone who may not see the card of everyone.
fn called<'t>(one: &Conversation, teammate: &'t Teammate, named: &Named) -> &'t str {
    match named.has(&format!("{}/{}", one.source, teammate.id)) {
        true => teammate.called(),
        false => "a colleague",
    }
}
