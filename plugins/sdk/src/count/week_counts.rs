//! The counts of one week, put together from its days' contributions.

use std::collections::BTreeMap;

use super::{Kind, Lane, PerLane, Tally, Unscored};
use crate::figures::Share;

/// How many conversations of each score 1–5.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spread(pub [u64; 5]);

impl Spread {
    pub fn scored(self) -> u64 {
        self.0.iter().sum()
    }

    /// The share of scores that reach `good_from`.
    pub fn share(self, good_from: u8) -> Share {
        Share { good: self.0.iter().skip(usize::from(good_from) - 1).sum(), n: self.scored() }
    }
}

impl std::ops::Add for Spread {
    type Output = Spread;
    fn add(mut self, other: Spread) -> Spread {
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own += other;
        }
        self
    }
}

/// Counts of one lane.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cells {
    pub all: Spread,
    pub topics: BTreeMap<String, Spread>,
    /// By first topic; conversations without one are under the empty label.
    pub primary: BTreeMap<String, Spread>,
    /// Distinct known customers of the lane (empty label) and of each topic.
    pub customers: BTreeMap<String, u64>,
    /// Scored conversations that protected mode does not show; then everything else is empty.
    pub hidden: u64,
    /// Topics that protected mode does not show.
    pub hidden_topics: u64,
}

/// What a rule left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excluded {
    pub closed: u64,
    /// How many of them had a score.
    pub scored: u64,
    /// The scores that were left out, where there was a lane.
    pub lanes: PerLane<Spread>,
}

/// Survey answers. Good is 4–5.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Csat {
    pub answered: u64,
    pub good: u64,
    /// Answered and scored.
    pub both: u64,
}

/// Everything that a digest counts of one week.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WeekCounts {
    pub lanes: PerLane<Cells>,
    /// By rule.
    pub excluded: BTreeMap<String, Excluded>,
    /// By reason.
    pub unscored: BTreeMap<Unscored, u64>,
    pub csat: Csat,
    /// Whether protected mode lends nothing of it; then all of it is empty.
    pub withheld: bool,
}

impl WeekCounts {
    /// Adds one count; negative parts of a tally do not occur in sums over whole conversations.
    pub fn add(&mut self, kind: Kind, lane: Option<Lane>, label: &str, tally: Tally) {
        let spread = Spread(tally.spread.map(|count| count.max(0) as u64));
        let n = tally.n.max(0) as u64;
        match (kind, lane) {
            (Kind::Lane, Some(lane)) => {
                let all = &mut self.lanes[lane].all;
                *all = *all + spread;
            }
            (Kind::Topic, Some(lane)) => add_to(&mut self.lanes[lane].topics, label, spread),
            (Kind::Primary, Some(lane)) => add_to(&mut self.lanes[lane].primary, label, spread),
            (Kind::Lane | Kind::Topic | Kind::Primary, None) => {}
            (Kind::Excluded, lane) => {
                let excluded = self.excluded.entry(label.to_owned()).or_default();
                excluded.closed += n;
                excluded.scored += spread.scored();
                if let Some(lane) = lane {
                    excluded.lanes[lane] = excluded.lanes[lane] + spread;
                }
            }
            (Kind::Unscored, _) => {
                let reason = Unscored::ALL.into_iter().find(|reason| reason.name() == label);
                *self.unscored.entry(reason.unwrap_or(Unscored::NoScore)).or_default() += n;
            }
            (Kind::Csat, _) => {
                self.csat.answered += n;
                self.csat.good += spread.0[3] + spread.0[4];
                self.csat.both += if label == Kind::ALSO_SCORED { n } else { 0 };
            }
        }
    }

    /// Moves conversations that still await their score out of the reason they would get later.
    pub fn settle(&mut self, reason: Unscored, recent: u64) {
        let settled = self.unscored.entry(reason).or_default();
        let moved = recent.min(*settled);
        *settled -= moved;
        *self.unscored.entry(Unscored::TooRecent).or_default() += moved;
    }

    pub fn scored(&self) -> u64 {
        self.lanes.iter().map(|(_, cells)| cells.all.scored() + cells.hidden).sum()
    }

    /// Closed = scored + excluded + unscored, always.
    pub fn closed(&self) -> u64 {
        self.scored()
            + self.excluded.values().map(|excluded| excluded.closed).sum::<u64>()
            + self.unscored.values().sum::<u64>()
    }
}

fn add_to(cells: &mut BTreeMap<String, Spread>, label: &str, spread: Spread) {
    let cell = cells.entry(label.to_owned()).or_default();
    *cell = *cell + spread;
}
