//! Reading what a card says.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::{Filter, Lane, same};
use cxbot_sdk::figures::{MIN_N, Share};
use cxbot_sdk::history::{Colleague, OfCompany, Party, PartyKind, Trace};
use cxbot_sdk::scores::{Look, LookAt, Scores, Window};
use cxbot_sdk::week::{Week, day_start};
use cxbot_sdk::{Cx, Error, Result};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use crate::config::Group;
use crate::{Lookup, TeammateArgs};

/// Weeks of a card where none are named, and at most.
pub(crate) const WEEKS: u8 = 4;
const MOST_WEEKS: u8 = 26;
/// Conversations that are named on a card.
const EXAMPLES: usize = 3;
/// Conversations of a customer that are read: "about n more".
pub(crate) const HISTORY: usize = 200;
/// Weeks that the usual range of a topic looks back on.
const HISTORY_WEEKS: usize = 26;
/// Questions to the store at a time: it answers four at once, and others ask too.
const AT_ONCE: usize = 4;
/// Names that are offered where none is right.
const OFFERED: usize = 5;

/// A stretch of time with its counts.
pub(crate) struct Period {
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) share: Share,
    /// Scores 1–5.
    pub(crate) spread: [u64; 5],
    pub(crate) closed: u64,
}

/// What a teammate's card says.
pub(crate) struct OfTeammate {
    pub(crate) now: Period,
    /// The stretch of the same length before it; not for a card since a day.
    pub(crate) before: Option<Period>,
    /// Share by topic, the most frequent first.
    pub(crate) topics: Vec<(String, Share)>,
    pub(crate) went_well: Vec<Conversation>,
    pub(crate) worth_a_talk: Vec<Conversation>,
    /// All scored ones, where there are too few for a share.
    pub(crate) to_read: Vec<Conversation>,
}

pub(crate) async fn teammate(
    cx: &Cx<Lookup>,
    colleague: &Colleague,
    args: &TeammateArgs,
) -> Result<OfTeammate> {
    let zone = &cx.workspace().zone;
    let good_from = cx.workspace().good_from;
    let (from, until, before) = match args.since {
        Some(day) => (day_start(day, zone), cx.now(), None),
        None => {
            let weeks = i64::from(weeks(args.weeks)?);
            let last = Week::complete_before(cx.now(), zone);
            let first = last.minus(weeks - 1);
            (first.start(zone), last.end(zone), Some(first.minus(weeks).start(zone)))
        }
    };
    let filter = args.filter();
    let read = async |from, until| -> Result<Vec<Trace>> {
        let mut all = Vec::new();
        for key in &colleague.keys {
            let party = Party::teammate(key, cx.workspace().attribution);
            all.extend(cx.scores()?.traces(&party, from, until).await?);
        }
        all.retain(|trace| trace.matches(&filter) && !trace.excluded);
        all.sort_by_key(|trace| std::cmp::Reverse(trace.closed_at));
        Ok(all)
    };
    let traces = read(from, until).await?;
    let before = match before {
        Some(start) => {
            let traces = read(start, from).await?;
            Some(period(&traces, start, from, good_from))
        }
        None => None,
    };
    Ok(OfTeammate {
        now: period(&traces, from, until, good_from),
        before,
        topics: by_topic(&traces, good_from),
        went_well: pick(cx, &traces, 5..=5, EXAMPLES).await?,
        worth_a_talk: pick(cx, &traces, 1..=2, EXAMPLES).await?,
        to_read: match share(traces.iter(), good_from).n < MIN_N {
            true => pick(cx, &traces, 1..=5, MIN_N as usize).await?,
            false => Vec::new(),
        },
    })
}

/// The latest conversations with these scores.
async fn pick(
    cx: &Cx<Lookup>,
    traces: &[Trace],
    scores: RangeInclusive<u8>,
    limit: usize,
) -> Result<Vec<Conversation>> {
    let fitting =
        traces.iter().filter(|trace| trace.score.is_some_and(|score| scores.contains(&score)));
    let places: Vec<(String, String)> =
        fitting.map(|trace| (trace.source.clone(), trace.id.clone())).take(limit).collect();
    Ok(cx.scores()?.conversations(&places).await?)
}

fn weeks(asked: Option<u8>) -> Result<u8> {
    let weeks = asked.unwrap_or(WEEKS);
    match (1..=MOST_WEEKS).contains(&weeks) {
        true => Ok(weeks),
        false => Err(Error::refused(format!("weeks takes a number from 1 to {MOST_WEEKS}."))),
    }
}

fn period(traces: &[Trace], from: Timestamp, until: Timestamp, good_from: u8) -> Period {
    let scores = traces.iter().filter_map(|trace| trace.score);
    let mut spread = [0; 5];
    for score in scores {
        spread[usize::from(score.clamp(1, 5)) - 1] += 1;
    }
    Period {
        from,
        until,
        share: share(traces.iter(), good_from),
        spread,
        closed: traces.len() as u64,
    }
}

fn share<'t>(traces: impl Iterator<Item = &'t Trace>, good_from: u8) -> Share {
    let scores: Vec<u8> = traces.filter_map(|trace| trace.score).collect();
    let good = scores.iter().filter(|score| **score >= good_from).count();
    Share { good: good as u64, n: scores.len() as u64 }
}

fn by_topic(traces: &[Trace], good_from: u8) -> Vec<(String, Share)> {
    let mut topics: BTreeMap<&str, Vec<&Trace>> = BTreeMap::new();
    for trace in traces.iter().filter(|trace| trace.score.is_some()) {
        for topic in &trace.traits.topics {
            topics.entry(topic).or_default().push(trace);
        }
    }
    let mut shares: Vec<(String, Share)> = topics
        .into_iter()
        .map(|(topic, traces)| (topic.to_owned(), share(traces.into_iter(), good_from)))
        .collect();
    shares.sort_by(|one, other| other.1.n.cmp(&one.1.n).then_with(|| one.0.cmp(&other.0)));
    shares
}

/// A customer's conversations and those of their company.
#[derive(Default)]
pub(crate) struct OfCustomer {
    /// Latest first, each once.
    pub(crate) conversations: Vec<Conversation>,
    /// The customers' keys, `source/id`.
    pub(crate) keys: BTreeSet<String>,
    /// Whether there are more than were read.
    pub(crate) more: bool,
    /// Names like the one that was asked for, where nobody has it.
    pub(crate) near: Vec<String>,
}

pub(crate) async fn customer(cx: &Cx<Lookup>, who: &str) -> Result<OfCustomer> {
    let scores = cx.scores()?;
    let mut parties = seeds(who);
    let mut found = OfCustomer::default();
    let mut all: BTreeMap<(Timestamp, String, String), Conversation> = BTreeMap::new();
    let mut done = BTreeSet::new();
    // From the person to their company, and from there to everyone in it.
    for _ in 0..2 {
        for party in std::mem::take(&mut parties) {
            if !done.insert(party.clone()) {
                continue;
            }
            // What is older than the latest that are shown makes no difference any more.
            let latest = all.keys().rev().nth(HISTORY - 1);
            let from = latest.map_or(Timestamp::MIN, |(closed_at, ..)| *closed_at);
            let history = scores.history(&party, from, cx.now(), HISTORY + 1).await?;
            found.more |= history.len() > HISTORY;
            for conversation in history {
                parties.extend(whole(&conversation));
                let place =
                    (conversation.closed_at, conversation.source.clone(), conversation.id.clone());
                all.insert(place, conversation);
            }
        }
    }
    found.more |= all.len() > HISTORY;
    found.conversations = all.into_values().rev().take(HISTORY).collect();
    found.keys = found.conversations.iter().filter_map(key).collect();
    if found.conversations.is_empty() {
        for kind in [PartyKind::CustomerName, PartyKind::CompanyName] {
            for name in scores.named_like(kind, beginning(who), OFFERED).await? {
                found.near.push(as_written(cx, kind, name).await?);
            }
        }
    }
    Ok(found)
}

/// A name that is kept in lower case, as their latest conversation writes it.
async fn as_written(cx: &Cx<Lookup>, kind: PartyKind, name: String) -> Result<String> {
    let party = Party::named(kind, &name);
    let latest = cx.scores()?.history(&party, Timestamp::MIN, cx.now(), 1).await?;
    let customer = latest.into_iter().next().and_then(|one| one.customer);
    let written = customer.and_then(|customer| match kind {
        PartyKind::CompanyName => customer.company?.name,
        _ => customer.name,
    });
    Ok(written.unwrap_or(name))
}

/// Whatever the words may be: an e-mail, a name, a company, an id.
fn seeds(who: &str) -> Vec<Party> {
    let names = [PartyKind::Email, PartyKind::CustomerName, PartyKind::CompanyName];
    let named = names.into_iter().map(|kind| Party::named(kind, who));
    let by_id = [PartyKind::Customer, PartyKind::Company]
        .into_iter()
        .map(|kind| Party::by_id(kind, who.trim()));
    named.chain(by_id).collect()
}

fn whole(conversation: &Conversation) -> impl Iterator<Item = Party> {
    let kinds = [PartyKind::Customer, PartyKind::Company];
    Party::all_of(conversation).into_iter().filter(move |party| kinds.contains(&party.kind))
}

fn key(conversation: &Conversation) -> Option<String> {
    let id = conversation.customer.as_ref()?.id.as_ref()?;
    Some(format!("{}/{id}", conversation.source))
}

/// Enough of a name to find others like it.
fn beginning(who: &str) -> &str {
    let end = who.char_indices().nth(3).map_or(who.len(), |(end, _)| end);
    &who[..end]
}

/// A group's conversations by company.
pub(crate) struct OfGroup {
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) members: Vec<Member>,
}

#[derive(Default)]
pub(crate) struct Member {
    /// Empty for those whose company is not known.
    pub(crate) company: String,
    pub(crate) now: Share,
    pub(crate) before: Share,
    /// Known customers with a scored conversation, and how many of them had only good ones.
    pub(crate) customers: Share,
}

pub(crate) async fn group(cx: &Cx<Lookup>, group: &Group, asked: Option<u8>) -> Result<OfGroup> {
    let zone = &cx.workspace().zone;
    let weeks = i64::from(weeks(asked)?);
    let last = Week::complete_before(cx.now(), zone);
    let first = last.minus(weeks - 1);
    let (from, until) = (first.start(zone), last.end(zone));
    let start = first.minus(weeks).start(zone);
    let mut members: BTreeMap<String, Member> = BTreeMap::new();
    for company in &group.companies {
        let key = Party::named(PartyKind::CompanyName, company).value;
        members.insert(key, Member { company: company.clone(), ..Member::default() });
    }
    let listed: BTreeSet<String> = members.keys().cloned().collect();
    let parties: BTreeSet<Party> = group.parties().collect();
    let found = sums(cx, &parties, [start, from, until]).await?;
    for (party, [before, now]) in parties.iter().zip(found) {
        // A company that has the attribute too was counted by its name.
        let by_name = party.kind == PartyKind::CompanyName;
        let is_new =
            |one: &OfCompany| by_name || one.company.is_empty() || !listed.contains(&one.company);
        for one in before.into_iter().filter(is_new) {
            member(&mut members, &one).before = one.scored;
        }
        for one in now.into_iter().filter(is_new) {
            let member = member(&mut members, &one);
            (member.now, member.customers) = (one.scored, one.customers);
        }
    }
    Ok(OfGroup { from, until, members: members.into_values().collect() })
}

/// What each party's conversations come to by company, between the first two instants and the last two.
async fn sums(
    cx: &Cx<Lookup>,
    parties: &BTreeSet<Party>,
    [start, from, until]: [Timestamp; 3],
) -> Result<Vec<[Vec<OfCompany>; 2]>> {
    let (scores, good_from) = (cx.scores()?, cx.workspace().good_from);
    let mut asked = Vec::with_capacity(parties.len() * 2);
    for party in parties {
        asked.push(scores.companies(party, start, from, good_from, false));
        asked.push(scores.companies(party, from, until, good_from, true));
    }
    let mut found = stream::iter(asked).buffered(AT_ONCE);
    let mut sums = Vec::with_capacity(parties.len());
    while let (Some(before), Some(now)) = (found.try_next().await?, found.try_next().await?) {
        sums.push([before, now]);
    }
    Ok(sums)
}

fn member<'m>(members: &'m mut BTreeMap<String, Member>, one: &OfCompany) -> &'m mut Member {
    let new = || Member { company: one.company_name.clone(), ..Member::default() };
    members.entry(one.company.clone()).or_insert_with(new)
}

/// A topic in each lane.
pub(crate) struct OfTopic {
    pub(crate) name: String,
    pub(crate) week: Week,
    pub(crate) window: Window,
    /// What customers said, one good and one bad where there are.
    pub(crate) quotes: Vec<Conversation>,
}

/// What is offered where no topic has the name: some like it, else some of those that there are.
pub(crate) struct NoTopic {
    pub(crate) alike: bool,
    pub(crate) names: Vec<String>,
}

pub(crate) async fn topic(cx: &Cx<Lookup>, name: &str) -> Result<Result<OfTopic, NoTopic>> {
    // Two weeks say whether there is such a topic; its usual range takes its own past alone.
    let (week, mut window) = last_week(cx).await?;
    let known = names(&window);
    let Some(name) = known.iter().find(|known| same(known, name)).cloned() else {
        return Ok(Err(near(&known, name)));
    };
    let filter = Filter::default();
    window.history =
        cx.scores()?.past_of_topic(&filter, &name, week, HISTORY_WEEKS, cx.now()).await?;
    let mut quotes = Vec::new();
    for scores in [[4, 5], [1, 2]] {
        for lane in Lane::ALL {
            let at = LookAt::Cell { lane, topic: Some(name.clone()), scores };
            let look = Look { filter: &filter, week, as_of: cx.now(), at, limit: 1 };
            quotes.extend(cx.scores()?.look(look).await?);
        }
    }
    Ok(Ok(OfTopic { name, week, window, quotes }))
}

/// The last complete week with the one before.
async fn last_week(cx: &Cx<Lookup>) -> Result<(Week, Window)> {
    let week = Week::complete_before(cx.now(), &cx.workspace().zone);
    let scores: &dyn Scores = cx.scores()?;
    Ok((week, scores.window(&Filter::default(), week, 0, cx.now()).await?))
}

/// The topics of the last two weeks.
fn names(window: &Window) -> Vec<String> {
    let weeks = [&window.now, &window.before];
    let cells = weeks.into_iter().flat_map(|week| week.lanes.iter());
    let all: BTreeSet<String> = cells.flat_map(|(_, cells)| cells.topics.keys().cloned()).collect();
    all.into_iter().collect()
}

pub(crate) async fn topics_like(cx: &Cx<Lookup>, typed: &str) -> Result<Vec<String>> {
    let (_, window) = last_week(cx).await?;
    let typed = typed.trim().to_lowercase();
    let meant = names(&window).into_iter().filter(|name| name.to_lowercase().contains(&typed));
    Ok(meant.take(25).collect())
}

fn near(known: &[String], wanted: &str) -> NoTopic {
    let beginning = beginning(wanted.trim()).to_lowercase();
    let alike = known.iter().filter(|name| name.to_lowercase().contains(&beginning));
    let alike: Vec<String> = alike.take(OFFERED).cloned().collect();
    match alike.is_empty() {
        false => NoTopic { alike: true, names: alike },
        true => NoTopic { alike: false, names: known.iter().take(OFFERED).cloned().collect() },
    }
}

/// By id, or by a link that ends in it.
pub(crate) async fn conversation(cx: &Cx<Lookup>, asked: &str) -> Result<Vec<Conversation>> {
    let asked = asked.trim().trim_start_matches('<').trim_end_matches('>');
    let bare = asked.split(['?', '#', '|']).next().unwrap_or_default().trim_end_matches('/');
    let last = bare.rsplit('/').next().unwrap_or_default();
    let mut found = cx.scores()?.of_id(last).await?;
    if found.is_empty() && last != asked {
        found = cx.scores()?.of_id(asked).await?;
    }
    Ok(found)
}
