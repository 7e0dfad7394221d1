//! What a teammate's card says.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::figures::{MIN_N, Share};
use cxbot_sdk::history::{Colleague, Party, Place, Trace};
use cxbot_sdk::week::day_start;
use cxbot_sdk::{Cx, Result};
use jiff::Timestamp;

use super::{complete_weeks, known};
use crate::arguments::{Since, TeammateArgs};
use crate::{Lookup, card};

/// Conversations that are named on a card.
const EXAMPLES: usize = 3;

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
    let good_from = cx.workspace().good_from;
    let (start, from, until) = match args.since {
        Some(Since(day)) => (None, day_start(day, &cx.workspace().zone), cx.now()),
        None => {
            let [start, from, until] = complete_weeks(cx, args.weeks);
            (Some(start), from, until)
        }
    };
    let all = read(cx, colleague, start.unwrap_or(from), until).await?;
    if let Some(unknown) = known::unknown(args, &all) {
        let time = (start.unwrap_or(from), until);
        return Err(card::unknown_name(colleague, &unknown, time, cx.workspace()));
    }
    let filter = args.filter();
    let (traces, before): (Vec<Trace>, Vec<Trace>) = all
        .into_iter()
        .filter(|trace| trace.matches(&filter))
        .partition(|trace| trace.closed_at >= from);
    let before = start.map(|start| period(&before, start, from, good_from));
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

/// Someone's conversations that no rule leaves out, latest first.
async fn read(
    cx: &Cx<Lookup>,
    colleague: &Colleague,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Trace>> {
    let mut all = Vec::new();
    for key in &colleague.keys {
        let party = Party::teammate(key, cx.workspace().attribution);
        all.extend(cx.scores()?.traces(&party, from, until).await?);
    }
    all.retain(|trace| !trace.excluded);
    all.sort_by_key(|trace| std::cmp::Reverse(trace.closed_at));
    Ok(all)
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
    let places: Vec<Place> = fitting.map(Trace::place).take(limit).collect();
    Ok(cx.scores()?.conversations(&places).await?)
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
