//! A group's card: per conversation and per customer, and who of it moved.

use cxbot_sdk::figures::{MIN_N, Share};
use cxbot_sdk::message::{Block, Fact};
use cxbot_sdk::text::shorten;
use cxbot_sdk::words::{count, counted, percent, points};
use cxbot_sdk::{Error, Message, Text, Workspace};

use super::{NAME, and_more, days, offered, share_words};
use crate::config::Group;
use crate::gather::{Member, OfGroup};

/// Companies that are named.
const NAMES: usize = 5;

pub(crate) fn no_group(name: &str, known: &[&str]) -> Error {
    let text = Text::from("There is no group \"").verbatim(shorten(name, NAME)).plain("\".");
    match known.is_empty() {
        true => Error::refused(text.plain(" Groups are named under plugins.lookup.groups.")),
        false => Error::refused(offered(text, "There are:", known)),
    }
}

/// `names` says whether the companies may be named where this is seen.
pub(crate) fn group(
    group: &Group,
    gathered: &OfGroup,
    names: bool,
    workspace: &Workspace,
) -> Message {
    let sum = |of: fn(&Member) -> Share| gathered.members.iter().map(of).sum::<Share>();
    let (now, before) = (sum(|member| member.now), sum(|member| member.before));
    let customers = sum(|member| member.customers);
    let known: Vec<&Member> =
        gathered.members.iter().filter(|member| !member.company.trim().is_empty()).collect();
    let mut facts = vec![
        Fact {
            label: days(gathered.from, gathered.until, workspace).into(),
            value: share_words(now).into(),
        },
        Fact { label: "As long before".into(), value: share_words(before).into() },
        Fact { label: "Per customer".into(), value: per_customer(customers).into() },
    ];
    if names && !known.is_empty() {
        facts.push(Fact { label: "Companies".into(), value: companies(&known) });
    }
    let name = Text::new().shortened(&*group.name, NAME);
    let message = Message::new(Text::from("The group ").then(name.clone()))
        .heading(name)
        .block(Block::Facts(facts));
    let message = moved(message, &gathered.members, names);
    message.note(members(&known))
}

/// How many there are, and the way to their conversations.
fn members(known: &[&Member]) -> Text {
    if known.is_empty() {
        return "No conversation of this time is of a known company in the group.".into();
    }
    let silent = match known.iter().filter(|member| member.now.n == 0).count() as u64 {
        0 => "none".to_owned(),
        n => count(n),
    };
    let all = counted(known.len() as u64, "company").replace("companys", "companies");
    Text::from(format!("{all} in the group, {silent} without a scored conversation in this time. "))
        .code("customer COMPANY")
        .plain(" shows the conversations of one.")
}

/// Those with the most scored conversations first: there is the most to read.
fn companies(known: &[&Member]) -> Text {
    let mut known = known.to_vec();
    known.sort_by(|one, other| {
        other.now.n.cmp(&one.now.n).then_with(|| one.company.cmp(&other.company))
    });
    let more = known.len().saturating_sub(NAMES);
    let names = known.iter().take(NAMES).map(|member| member.company.trim());
    and_more(Text::new().names(names, NAME), more)
}

fn per_customer(customers: Share) -> String {
    match customers.n {
        0 => "no known customers with a score".to_owned(),
        n => format!(
            "{} of {} had good conversations only",
            count(customers.good),
            counted(n, "customer")
        ),
    }
}

/// Members whose share changed for real, as far as there are enough to tell.
fn moved(message: Message, members: &[Member], names: bool) -> Message {
    let mut moved = Vec::new();
    let enough = |one: &&Member| one.now.n >= MIN_N && one.before.n >= MIN_N;
    if !members.iter().any(|one| enough(&one)) {
        return message.text(format!(
            "Too few to tell whether a member moved: it takes {MIN_N} scored conversations in both times."
        ));
    }
    for member in members.iter().filter(enough) {
        let Some(change) = member.now.change_from(member.before) else { continue };
        if change.interval.low > 0.0 || change.interval.high < 0.0 {
            moved.push((member, change));
        }
    }
    if moved.is_empty() {
        return message.text("No member moved beyond chance, as far as there are enough to tell.");
    }
    if !names {
        let moved = counted(moved.len() as u64, "member");
        return message.text(format!("{moved} moved; ask privately to see which."));
    }
    moved.into_iter().fold(message, |message, (member, change)| {
        let value = member.now.value().map(percent).unwrap_or_default();
        let rest = format!(": {value} good, {} points (n={})", points(change.points), member.now.n);
        let name = match member.company.trim() {
            "" => Text::from("Company not known"),
            company => Text::new().shortened(company, NAME),
        };
        message.text(name.plain(rest))
    })
}
