//! Cards in words: pure.

mod customer;
mod group;
mod small;
mod teammate;
mod topic;

use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::figures::{MIN_N, Share};
use cxbot_sdk::text::shorten;
use cxbot_sdk::words::{count, percent, range};
use cxbot_sdk::{Text, Workspace};
use jiff::Timestamp;

pub(crate) use customer::{customer, no_customer};
pub(crate) use group::{group, no_group};
pub(crate) use small::{lookups, no_conversation, why};
pub(crate) use teammate::{teammate, which};
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
    format!("{} – {}", day(from).strftime("%a %-d %b"), last.strftime("%a %-d %b %Y"))
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
    let topics = conversation.topics.iter().map(|topic| shorten(topic, NAME));
    let text = Text::new().bold(format!("{score}, {day}")).plain(" · ");
    match topics.collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => text,
        topics => text.outside(topics).plain(" · "),
    }
}

/// The explanation as it was given, and the way to the conversation.
fn quoted(text: Text, conversation: &Conversation) -> Text {
    let why = conversation.explanation.as_deref().map(str::trim).filter(|why| !why.is_empty());
    let text = match why {
        Some(why) => text.plain("“").outside(shorten(why, QUOTE)).plain("” — "),
        None => text.plain("Why: not known — "),
    };
    way_to(text, conversation)
}

fn way_to(text: Text, conversation: &Conversation) -> Text {
    let id = shorten(&conversation.id, NAME);
    match &conversation.url {
        Some(url) => text.link(format!("conversation {id}"), url),
        None => text.plain("conversation ").outside(id),
    }
}

/// `"x". There are: a, b.`
fn offered(text: Text, lead: &str, names: &[impl AsRef<str>]) -> Text {
    match names {
        [] => text,
        names => {
            let text = text.plain(format!(" {lead} "));
            names.iter().enumerate().fold(text, |text, (at, name)| {
                let text = if at == 0 { text } else { text.plain(", ") };
                text.outside(shorten(name.as_ref(), NAME))
            })
        }
    }
}
