//! Cards in words: pure.

mod customer;
mod group;
mod small;
mod teammate;
mod topic;

use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::{Class, classify};
use cxbot_sdk::figures::{MIN_N, Share};
use cxbot_sdk::message::Block;
use cxbot_sdk::scores::SourceState;
use cxbot_sdk::text::shorten;
use cxbot_sdk::words::{count, day_time, percent, range};
use cxbot_sdk::{Message, Text, Workspace};
use jiff::Timestamp;

pub(crate) use customer::{customer, name_one_customer, no_customer, which_customer};
pub(crate) use group::{group, no_group};
pub(crate) use small::{lookups, no_conversation, nobody_to_audit, why};
pub(crate) use teammate::{teammate, unknown_name, which, which_to_audit};
pub(crate) use topic::{no_topic, topic};

/// An explanation is shortened to this many characters.
const QUOTE: usize = 300;
/// A name to this many.
pub(crate) const NAME: usize = 60;

/// `84.3 % good  (82.4–86.0, n=1,604)`; for a few conversations no share, but what to do with them.
fn share_words(share: Share) -> String {
    match (share.value(), share.interval()) {
        (Some(value), Some(interval)) if share.n >= MIN_N => {
            format!("{} good  ({}, n={})", percent(value), range(interval), count(share.n))
        }
        _ => few(share.n),
    }
}

fn few(n: u64) -> String {
    match n {
        0 => "no scored conversations".to_owned(),
        1 => "1 conversation: read it".to_owned(),
        n => format!("{n} conversations: read them, don't average them"),
    }
}

/// `Mon 19 Oct – Sun 15 Nov 2026`.
fn days(from: Timestamp, until: Timestamp, workspace: &Workspace) -> String {
    let day = |at: Timestamp| workspace.zone.to_datetime(at).date();
    // Up to midnight means: the day before is the last one.
    let last = day(until - jiff::SignedDuration::from_secs(1));
    let first = match day(from).year() == last.year() {
        true => day(from).strftime("%a %-d %b"),
        false => day(from).strftime("%a %-d %b %Y"),
    };
    format!("{first} – {}", last.strftime("%a %-d %b %Y"))
}

/// `Rated 2, Tue 10 Nov 2026 · Invoices · “explanation” — conversation 88123`.
fn case(conversation: &Conversation, workspace: &Workspace) -> Text {
    quoted(rated(conversation, workspace), conversation)
}

/// The same where explanations may not be seen.
fn case_without_quote(conversation: &Conversation, workspace: &Workspace) -> Text {
    way_to(rated(conversation, workspace), conversation)
}

fn rated(conversation: &Conversation, workspace: &Workspace) -> Text {
    let score = match conversation.score.value() {
        Some(score) => format!("Rated {score}"),
        None => "No score".to_owned(),
    };
    let day = workspace.zone.to_datetime(conversation.closed_at).strftime("%a %-d %b %Y");
    let text = Text::new().bold(format!("{score}, {day}")).plain(" · ");
    // A source may have named a topic twice.
    let mut topics: Vec<&str> = Vec::new();
    for topic in &conversation.topics {
        if !topics.contains(&&**topic) {
            topics.push(topic);
        }
    }
    match topics.is_empty() {
        true => text,
        false => text.names(topics, NAME).plain(" · "),
    }
}

/// Behind a case, the rule that leaves it out, if any does.
fn left_out(text: Text, conversation: &Conversation, workspace: &Workspace) -> Text {
    match classify(conversation, &workspace.exclusions) {
        Class::Excluded(rule) => {
            text.plain(" · not counted: ").verbatim(shorten(&rule.replace('_', " "), NAME))
        }
        Class::Scored(..) | Class::Unscored(_) => text,
    }
}

/// The explanation as it was given, and the way to the conversation.
fn quoted(text: Text, conversation: &Conversation) -> Text {
    let text = match conversation.why() {
        Some(why) => text.plain("“").shortened(why, QUOTE).plain("” — "),
        None => text.plain("Why: not known — "),
    };
    way_to(text, conversation)
}

fn way_to(text: Text, conversation: &Conversation) -> Text {
    let id = shorten(&conversation.id, NAME);
    match &conversation.url {
        Some(url) => text.link_by_id(format!("conversation {id}"), url),
        None => text.plain("conversation ").verbatim(id),
    }
}

/// `"x". There are: a, b.`
fn offered(text: Text, lead: &str, names: &[impl AsRef<str>]) -> Text {
    match names {
        [] => text,
        names => {
            let text = text.plain(format!(" {lead} "));
            text.names(names.iter().map(AsRef::as_ref), NAME)
        }
    }
}

/// Old data says so first.
pub(crate) fn with_age(
    mut card: Message,
    behind: &[SourceState],
    workspace: &Workspace,
) -> Message {
    let line = |source: &SourceState| {
        let until = day_time(source.read_until, &workspace.zone);
        let text = Text::new().verbatim(shorten(&source.name, NAME));
        Block::Text(text.plain(format!(" sync stopped {until}; nothing since then is in this.")))
    };
    let is_heading = |block: &Block| matches!(block, Block::Heading(_));
    let at = card.blocks.iter().position(is_heading).map_or(0, |heading| heading + 1);
    card.blocks.splice(at..at, behind.iter().map(line));
    card
}

/// ` and 3 more` behind a list that is cut.
fn and_more(text: Text, more: usize) -> Text {
    match more {
        0 => text,
        more => text.plain(format!(" and {} more", count(more as u64))),
    }
}
