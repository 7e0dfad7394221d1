//! The cells of a window, in the order in which they are judged together: what is said of a lane in one
//! message is what is said of it in every other.

use std::collections::BTreeMap;

use crate::count::{Lane, Spread};
use crate::figures::{self, Judged, judge};
use crate::scores::Window;
use crate::workspace::Workspace;

/// The spreads of one lane, or of one topic in it, in both weeks, and its history.
#[derive(Debug, Clone)]
pub struct CellCounts<'w> {
    pub topic: Option<&'w String>,
    pub lane: Lane,
    pub now: Spread,
    pub before: Spread,
    pub history: Vec<Spread>,
    /// Distinct known customers of this week.
    pub customers: u64,
    /// Whether protected mode does not show it.
    pub hidden: bool,
}

/// Lanes first, then every topic of every lane that has a scored conversation this week.
pub fn cells(window: &Window) -> Vec<CellCounts<'_>> {
    Lane::ALL.into_iter().map(|lane| of_lane(window, lane)).chain(topics(window)).collect()
}

/// What is said of each lane, judged together with all topics.
pub fn lane_verdicts(window: &Window, workspace: &Workspace) -> Vec<(Lane, figures::Cell, Judged)> {
    let cells: Vec<figures::Cell> =
        cells(window).iter().map(|cell| cell.figures(workspace.good_from)).collect();
    let judged = judge(&cells, workspace.steady);
    let both = cells.into_iter().zip(judged);
    Lane::ALL.into_iter().zip(both).map(|(lane, (cell, judged))| (lane, cell, judged)).collect()
}

impl CellCounts<'_> {
    /// As the figures take it.
    pub fn figures(&self, good_from: u8) -> figures::Cell {
        figures::Cell {
            now: self.now.share(good_from),
            before: self.before.share(good_from),
            history: self.history.iter().map(|week| week.share(good_from)).collect(),
        }
    }
}

fn of_lane(window: &Window, lane: Lane) -> CellCounts<'_> {
    let cells = &window.now.lanes[lane];
    CellCounts {
        topic: None,
        lane,
        now: cells.all,
        before: window.before.lanes[lane].all,
        history: window.history.iter().map(|past| past.lanes[lane].all).collect(),
        customers: cells.customers.get("").copied().unwrap_or_default(),
        hidden: cells.hidden > 0,
    }
}

fn topics(window: &Window) -> impl Iterator<Item = CellCounts<'_>> {
    Lane::ALL.into_iter().flat_map(move |lane| {
        let cells = &window.now.lanes[lane];
        let seen = cells.topics.iter().filter(|(_, spread)| spread.scored() > 0);
        seen.map(move |(topic, &now)| {
            let of =
                |topics: &BTreeMap<String, Spread>| topics.get(topic).copied().unwrap_or_default();
            CellCounts {
                topic: Some(topic),
                lane,
                now,
                before: of(&window.before.lanes[lane].topics),
                history: window.history.iter().map(|week| of(&week.lanes[lane].topics)).collect(),
                customers: cells.customers.get(topic).copied().unwrap_or_default(),
                hidden: false,
            }
        })
    })
}
