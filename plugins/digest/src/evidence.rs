//! The few conversations that a digest shows, each with the reason it was picked. Never a dump.

use std::collections::BTreeSet;

use cxbot_sdk::Result;
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::Lane;
use cxbot_sdk::figures::Verdict;
use cxbot_sdk::scores::{Look, LookAt, PastWeek, Scores};

use crate::config::Edition;
use crate::report::{Cell, Report};

/// Conversations worth reading aloud under a win.
const WIN_EXAMPLES: usize = 3;
/// Explanations quoted under a topic with a verdict.
const QUOTES: usize = 2;
/// Conversations looked at for each that is shown.
const CANDIDATES: usize = 4;
/// Topics whose explanations are fetched: more would not fit their message.
const QUOTED_TOPICS: usize = 6;
/// A topic is new when none of this many weeks knew it.
const NEW_AFTER_WEEKS: usize = 8;

/// Why a conversation is worth reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    Recovery,
    Surprise,
    NewPattern,
    Random,
}

/// Everything that was picked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// The rise that leads the digest, and conversations from it.
    pub win: Option<(Cell, Vec<Conversation>)>,
    /// Without a rise: one conversation rated 5 that says why.
    pub lone_win: Option<Conversation>,
    /// The fall to look at.
    pub look_at: Option<Cell>,
    /// Topics with a verdict of rise, fall or wobble, and what customers' explanations say.
    pub quotes: Vec<(Cell, Vec<Conversation>)>,
    pub worth_reading: Vec<(Reason, Conversation)>,
}

impl Evidence {
    /// Picks for one report. Deterministic: a rerun picks the same from the same data.
    pub async fn gather(
        scores: &dyn Scores,
        edition: &Edition,
        report: &Report,
        history: &[PastWeek],
    ) -> Result<Evidence> {
        let finder = Finder { scores, edition, report };
        let win = heaviest(report, Verdict::RealRise);
        let mut evidence = Evidence {
            look_at: heaviest(report, Verdict::RealFall).cloned(),
            quotes: finder.quotes().await?,
            ..Evidence::default()
        };
        match win {
            Some(cell) => {
                let examples = finder.cell(cell, [5, 5], WIN_EXAMPLES).await?;
                evidence.win = Some((cell.clone(), examples));
            }
            None => evidence.lone_win = finder.lone_win().await?,
        }
        evidence.worth_reading = finder.worth_reading(history).await?;
        Ok(evidence)
    }
}

/// The cell with this verdict that moved the most conversations; a topic before a lane, because it
/// says more about where to look.
fn heaviest(report: &Report, verdict: Verdict) -> Option<&Cell> {
    let pick = |cells: &'_ [Cell]| {
        let of_verdict = cells.iter().enumerate().filter(|(_, cell)| cell.verdict == verdict);
        let heaviest = of_verdict.max_by(|(i, a), (j, b)| {
            // Of two that weigh alike the one shown first is taken.
            a.weight().abs().total_cmp(&b.weight().abs()).then(j.cmp(i))
        });
        heaviest.map(|(index, _)| index)
    };
    pick(&report.topics)
        .map(|index| &report.topics[index])
        .or_else(|| pick(&report.lanes).map(|index| &report.lanes[index]))
}

struct Finder<'a> {
    scores: &'a dyn Scores,
    edition: &'a Edition,
    report: &'a Report,
}

impl Finder<'_> {
    async fn look(&self, at: LookAt, limit: usize) -> Result<Vec<Conversation>> {
        let look = Look {
            filter: &self.edition.filter,
            week: self.report.week,
            as_of: self.report.as_of,
            at,
            limit,
        };
        Ok(self.scores.look(look).await?)
    }

    /// Conversations of a cell that say different things: many explanations are written alike.
    async fn cell(&self, cell: &Cell, scores: [u8; 2], limit: usize) -> Result<Vec<Conversation>> {
        let at = LookAt::Cell { lane: cell.lane, topic: cell.topic.clone(), scores };
        let mut said = BTreeSet::new();
        let mut found = self.look(at, limit * CANDIDATES).await?;
        found.retain(|conversation| said.insert(conversation.explanation.clone()));
        found.truncate(limit);
        Ok(found)
    }

    /// The lanes are asked in their fixed order; the first that has one gives it.
    async fn lone_win(&self) -> Result<Option<Conversation>> {
        for lane in Lane::ALL {
            let at = LookAt::Cell { lane, topic: None, scores: [5, 5] };
            if let Some(conversation) = self.look(at, 1).await?.pop() {
                return Ok(Some(conversation));
            }
        }
        Ok(None)
    }

    async fn quotes(&self) -> Result<Vec<(Cell, Vec<Conversation>)>> {
        let mut quotes = Vec::new();
        let real = self.report.topics.iter().filter(|cell| cell.verdict.is_real());
        let wobbling = self.report.topics.iter().filter(|cell| cell.verdict == Verdict::Wobble);
        for cell in real.chain(wobbling) {
            let rises = cell.change.is_some_and(|change| change > 0.0);
            let good_from = self.report.good_from;
            let scores = if rises { [good_from, 5] } else { [1, good_from.saturating_sub(1)] };
            let limit = if quotes.len() < QUOTED_TOPICS { QUOTES } else { 0 };
            let found =
                if limit == 0 { Vec::new() } else { self.cell(cell, scores, limit).await? };
            quotes.push((cell.clone(), found));
        }
        Ok(quotes)
    }

    /// A small mixed set: at most one for each reason, no conversation twice.
    async fn worth_reading(&self, history: &[PastWeek]) -> Result<Vec<(Reason, Conversation)>> {
        let recovery = LookAt::Cell { lane: Lane::Handoff, topic: None, scores: [5, 5] };
        let new_topic = self.new_topic(history).map(|cell| LookAt::Cell {
            lane: cell.lane,
            topic: cell.topic.clone(),
            scores: [1, 5],
        });
        let random = LookAt::Random { seed: self.report.week.index().unsigned_abs() };
        let wanted = [
            (Reason::Recovery, Some(recovery)),
            (Reason::Surprise, Some(LookAt::Disagreement)),
            (Reason::NewPattern, new_topic),
            (Reason::Random, Some(random)),
        ];
        let mut picked: Vec<(Reason, Conversation)> = Vec::new();
        for (reason, at) in wanted {
            let Some(at) = at else { continue };
            let candidates = self.look(at, wanted_at_most(&picked)).await?;
            let fresh = candidates.into_iter().find(|candidate| {
                picked.iter().all(|(_, known)| {
                    (&known.source, &known.id) != (&candidate.source, &candidate.id)
                })
            });
            picked.extend(fresh.map(|conversation| (reason, conversation)));
        }
        Ok(picked)
    }

    /// The most frequent topic of this week that no week of a long enough history knew.
    fn new_topic(&self, history: &[PastWeek]) -> Option<&Cell> {
        let known_weeks = history
            .iter()
            .filter(|week| week.lanes.iter().any(|(_, cells)| cells.all.scored() > 0));
        if known_weeks.count() < NEW_AFTER_WEEKS {
            return None;
        }
        let is_new = |cell: &&Cell| {
            let topic = cell.topic.as_ref();
            !history.iter().any(|week| {
                week.lanes
                    .iter()
                    .any(|(_, cells)| topic.is_some_and(|t| cells.topics.contains_key(t)))
            })
        };
        let candidates = self.report.topics.iter().filter(is_new).enumerate();
        candidates
            .max_by_key(|&(index, cell)| (cell.scored, std::cmp::Reverse(index)))
            .map(|(_, cell)| cell)
    }
}

/// One more than what may already have been picked for another reason.
fn wanted_at_most(picked: &[(Reason, Conversation)]) -> usize {
    picked.len() + 1
}
