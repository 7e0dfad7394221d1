//! The digest as one picture: each lane with its figures, its weeks and its scores.

use cxbot_sdk::count::Lane;
use cxbot_sdk::sheet::{Panel, Sheet, Spread};
use cxbot_sdk::words::counted;
use cxbot_sdk::{Text, Workspace};

use super::lanes::{chart, shown};
use super::parent::{coverage_line, figures, heading, judged, warnings};
use super::reading::good_scores;
use crate::Weekly;
use crate::report::Cell;

/// The figures alone: nothing that a customer or a teammate wrote or is called.
pub fn sheet(weekly: &Weekly, workspace: &Workspace) -> Sheet {
    Sheet {
        title: heading(weekly),
        notes: warnings(weekly, workspace),
        panels: Lane::ALL.map(|lane| panel(weekly, lane, workspace)).into(),
        foot: coverage_line(&weekly.report),
    }
}

fn panel(weekly: &Weekly, lane: Lane, workspace: &Workspace) -> Panel {
    let heading = workspace.lane_label(lane).into();
    match shown(weekly, lane) {
        Ok(cell) => Panel {
            heading,
            lines: figures(cell).into_iter().chain([judged(cell)]).map(Text::from).collect(),
            chart: Some(chart(weekly, cell, workspace)),
            spread: Some(spread(cell, weekly.report.good_from)),
        },
        Err(why_not) => {
            Panel { heading, lines: vec![Text::from(why_not)], chart: None, spread: None }
        }
    }
}

fn spread(cell: &Cell, good_from: u8) -> Spread {
    let (scored, good) = (counted(cell.scored, "scored conversation"), good_scores(good_from));
    Spread { title: format!("{scored} by score; good is {good}"), counts: cell.spread }
}
