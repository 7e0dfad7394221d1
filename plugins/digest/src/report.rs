//! The figures of one week's digest, as `cxbot digest --format json` prints them.

use std::collections::BTreeMap;

use cxbot_sdk::Workspace;
use cxbot_sdk::cells::{CellCounts, cells};
use cxbot_sdk::count::{Lane, Unscored, WeekCounts};
use cxbot_sdk::figures::{
    self, BAND_WEEKS, Band, Judged, MIN_N, Share, Verdict, judge, split_change,
};
use cxbot_sdk::scores::Window;
use cxbot_sdk::week::Week;
use jiff::Timestamp;
use serde::Serialize;

/// How many weeks of history a report asks for.
pub const HISTORY: usize = BAND_WEEKS;

/// All figures of one edition's week. Names and order are a promise (see `cxbot digest --format json`).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    pub week: Week,
    pub timezone: String,
    pub from: Timestamp,
    pub to: Timestamp,
    pub as_of: Timestamp,
    pub good_from: u8,
    /// Always human, ai, handoff.
    pub lanes: Vec<Cell>,
    /// Every topic × lane with a scored conversation this week, in lane order, then by name.
    pub topics: Vec<Cell>,
    /// How many cells had n ≥ 20 in both weeks: the ones that were tested together.
    pub looked_at: usize,
    /// Topic × lane that protected mode does not show.
    #[serde(skip_serializing_if = "is_zero")]
    pub hidden_topics: u64,
    /// Whether protected mode does not show something of either week, which may have moved.
    #[serde(skip)]
    pub hides: bool,
    pub coverage: Coverage,
    pub csat: Csat,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// One lane, or one topic in a lane.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cell {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    pub lane: Lane,
    pub scored: u64,
    pub good: u64,
    pub share: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// How many of each score 1–5.
    pub spread: [u64; 5],
    /// Distinct known customers.
    pub customers: u64,
    pub previous: Previous,
    pub change: Option<f64>,
    pub change_low: Option<f64>,
    pub change_high: Option<f64>,
    pub p_value: Option<f64>,
    pub verdict: Verdict,
    pub usual: Option<Band>,
    pub mix: Option<f64>,
    pub within: Option<f64>,
    /// Whether protected mode does not show it; then all figures are empty.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Previous {
    pub scored: u64,
    pub good: u64,
    pub share: Option<f64>,
}

/// closed = scored + excluded + unscored, exactly.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Coverage {
    pub closed: u64,
    pub scored: u64,
    /// By rule.
    pub excluded: BTreeMap<String, u64>,
    pub unscored: UnscoredCounts,
    /// Whether protected mode does not show it; then all figures are 0.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct UnscoredCounts {
    pub no_score: u64,
    pub too_short: u64,
    pub too_recent: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Csat {
    pub answered: u64,
    /// Of ratings 4–5; none where protected mode hides so few.
    pub good: Option<u64>,
    /// Of conversations with a score too; none where `good` is.
    pub both: Option<u64>,
}

impl Csat {
    fn of(counted: cxbot_sdk::count::Csat, protected: bool) -> Csat {
        let shown = |count: u64| (!protected || counted.answered >= MIN_N).then_some(count);
        let (good, both) = (shown(counted.good), shown(counted.both));
        Csat { answered: counted.answered, good, both }
    }
}

impl Cell {
    /// This week's share.
    pub fn now(&self) -> Share {
        Share { good: self.good, n: self.scored }
    }

    /// The previous week's share.
    pub fn before(&self) -> Share {
        Share { good: self.previous.good, n: self.previous.scored }
    }

    /// How many more conversations are good than last week's share would have given: what a change
    /// weighs when one has to be picked.
    pub fn weight(&self) -> f64 {
        self.change.unwrap_or_default() * self.scored as f64
    }
}

impl Report {
    /// Judges one window. Pure: the same window gives the same report.
    pub fn new(window: &Window, week: Week, workspace: &Workspace, as_of: Timestamp) -> Report {
        let good_from = workspace.good_from;
        let raw = cells(window);
        let cells: Vec<figures::Cell> = raw.iter().map(|raw| raw.figures(good_from)).collect();
        let judged = judge(&cells, workspace.steady);
        let parts = Lane::ALL.map(|lane| split(window, lane, good_from));
        let mut all: Vec<Cell> =
            raw.iter().zip(&judged).map(|(raw, judged)| Cell::of(raw, judged, good_from)).collect();
        for (cell, parts) in all.iter_mut().zip(parts) {
            cell.mix = parts.map(|parts| parts.mix);
            cell.within = parts.map(|parts| parts.within);
        }
        let topics = all.split_off(Lane::ALL.len());
        Report {
            week,
            timezone: workspace.zone_name.clone(),
            from: week.start(&workspace.zone),
            to: week.end(&workspace.zone),
            as_of,
            good_from,
            lanes: all,
            topics,
            hidden_topics: window.now.lanes.iter().map(|(_, cells)| cells.hidden_topics).sum(),
            hides: hides(&window.now) || hides(&window.before),
            looked_at: cells.iter().filter(|cell| cell.is_looked_at()).count(),
            coverage: Coverage::of(&window.now),
            csat: Csat::of(window.now.csat, workspace.protected),
        }
    }

    /// Lanes first, then topics: every cell that the report judges.
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.lanes.iter().chain(&self.topics)
    }

    /// One lane's cell.
    pub fn lane(&self, lane: Lane) -> Option<&Cell> {
        self.lanes.iter().find(|cell| cell.lane == lane)
    }
}

impl Cell {
    fn of(raw: &CellCounts<'_>, judged: &Judged, good_from: u8) -> Cell {
        let (now, before) = (raw.now.share(good_from), raw.before.share(good_from));
        let interval = now.interval();
        let change = judged.change;
        Cell {
            topic: raw.topic.cloned(),
            lane: raw.lane,
            scored: now.n,
            good: now.good,
            share: now.value(),
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
            spread: raw.now.0,
            customers: raw.customers,
            previous: Previous { scored: before.n, good: before.good, share: before.value() },
            change: change.map(|change| change.points),
            change_low: change.map(|change| change.interval.low),
            change_high: change.map(|change| change.interval.high),
            p_value: change.map(|change| change.p_value),
            verdict: judged.verdict,
            usual: judged.usual,
            mix: None,
            within: None,
            hidden: raw.hidden,
        }
    }
}

fn hides(counts: &WeekCounts) -> bool {
    counts.lanes.iter().any(|(_, cells)| cells.hidden > 0 || cells.hidden_topics > 0)
}

fn split(window: &Window, lane: Lane, good_from: u8) -> Option<figures::Parts> {
    let shares = |counts: &WeekCounts| {
        let primary = counts.lanes[lane].primary.iter();
        primary.map(|(topic, spread)| (topic.clone(), spread.share(good_from))).collect()
    };
    split_change(&shares(&window.before), &shares(&window.now))
}

impl Coverage {
    fn of(counts: &WeekCounts) -> Coverage {
        if counts.withheld {
            return Coverage { hidden: true, ..Coverage::default() };
        }
        let unscored = |reason| counts.unscored.get(&reason).copied().unwrap_or_default();
        let excluded = counts.excluded.iter().filter(|(_, excluded)| excluded.closed > 0);
        Coverage {
            closed: counts.closed(),
            scored: counts.scored(),
            excluded: excluded.map(|(rule, excluded)| (rule.clone(), excluded.closed)).collect(),
            unscored: UnscoredCounts {
                no_score: unscored(Unscored::NoScore),
                too_short: unscored(Unscored::TooShort),
                too_recent: unscored(Unscored::TooRecent),
            },
            hidden: false,
        }
    }
}
