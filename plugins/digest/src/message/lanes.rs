//! One lane's message: twelve weeks, the usual range, the spread, and what a change is made of.

use cxbot_sdk::count::Lane;
use cxbot_sdk::figures::{Interval, Verdict, how_many_more};
use cxbot_sdk::message::{Block, Chart, Point, Table};
use cxbot_sdk::words::{count, counted, percent, points, range, week_number};
use cxbot_sdk::{Message, Text, Workspace};

use super::parent::lane_line;

use crate::Weekly;
use crate::report::{Cell, Report};

/// Weeks in the chart, this one included.
const CHART_WEEKS: usize = 12;

pub(super) fn lane(weekly: &Weekly, lane: Lane, workspace: &Workspace) -> Message {
    let label = workspace.lane_label(lane);
    let message = Message::new(format!("{label}: details")).heading(label);
    let cell = match shown(weekly, lane) {
        Ok(cell) => cell,
        Err(why_not) => return message.text(why_not),
    };
    let message = message.text(lane_line(cell)).block(Block::Chart(chart(weekly, cell, workspace)));
    let message = match cell.usual {
        Some(band) => message.text(format!(
            "Usual range for a week of this size: {} %, from {}.",
            range(Interval { low: band.low, high: band.high }),
            counted(band.weeks as u64, "week"),
        )),
        None => message.text(
            "Usual range: not known yet; it takes 8 weeks with 20 or more scored conversations.",
        ),
    };
    let message = message.block(Block::Table(spread(cell))).text(customers(cell));
    let message = fold_in(message, split(cell));
    fold_in(message, more_to_tell(cell))
}

/// Why protected mode does not show something.
pub(super) fn too_few(report: &Report, what: &str) -> String {
    match report.as_of < report.to {
        true => {
            format!("{what} is not shown yet: in protected mode a week is shown once it is over.")
        }
        false => format!("{what} is not shown: protected mode takes 20 conversations of 5 people."),
    }
}

/// The lane's cell, or why there is nothing to show of it.
pub(super) fn shown(weekly: &Weekly, lane: Lane) -> Result<&Cell, String> {
    match weekly.report.lane(lane) {
        Some(cell) if cell.scored > 0 => Ok(cell),
        Some(cell) if cell.hidden => Err(too_few(&weekly.report, "This lane")),
        _ => Err("No scored conversations in this lane this week.".to_owned()),
    }
}

fn fold_in(message: Message, line: Option<String>) -> Message {
    match line {
        Some(line) => message.text(line),
        None => message,
    }
}

pub(super) fn chart(weekly: &Weekly, cell: &Cell, workspace: &Workspace) -> Chart {
    let good_from = weekly.report.good_from;
    let past = weekly.history.iter().map(|past| {
        let share = past.lanes[cell.lane].all.share(good_from);
        (past.week, share.value())
    });
    let mut points: Vec<Point> = past
        .chain([(weekly.report.week, cell.share)])
        .map(|(week, value)| Point { label: format!("W{:02}", week_number(week)), value })
        .collect();
    let first = points.len().saturating_sub(CHART_WEEKS);
    let points = points.split_off(first);
    let name = workspace.lane_name(cell.lane);
    Chart {
        title: format!("Share of good conversations, {name}"),
        finding: finding(&points),
        points,
        usual: cell.usual.map(|band| Interval { low: band.low, high: band.high }),
    }
}

/// What the picture shows, in words.
fn finding(points: &[Point]) -> Text {
    let known: Vec<(&str, f64)> =
        points.iter().filter_map(|point| Some((&*point.label, point.value?))).collect();
    let (Some(lowest), Some(highest), Some(last)) = (
        known.iter().min_by(|a, b| a.1.total_cmp(&b.1)),
        known.iter().max_by(|a, b| a.1.total_cmp(&b.1)),
        known.last(),
    ) else {
        return Text::from("No week with scored conversations.");
    };
    Text::from(format!(
        "{}: between {} ({}) and {} ({}); now {}.",
        counted(known.len() as u64, "week"),
        percent(lowest.1),
        lowest.0,
        percent(highest.1),
        highest.0,
        percent(last.1),
    ))
}

fn spread(cell: &Cell) -> Table {
    let row = |(index, &n): (usize, &u64)| {
        let share = n as f64 / cell.scored.max(1) as f64;
        vec![Text::from((index + 1).to_string()), Text::from(count(n)), Text::from(percent(share))]
    };
    Table {
        columns: ["Score", "Conversations", "Share"].map(str::to_owned).to_vec(),
        rows: cell.spread.iter().enumerate().map(row).collect(),
    }
}

fn customers(cell: &Cell) -> String {
    let scored = counted(cell.scored, "scored conversation");
    match cell.customers {
        0 => format!("{scored}; the customers are not known."),
        known => format!("{scored} from {}.", counted(known, "known customer")),
    }
}

fn split(cell: &Cell) -> Option<String> {
    let (change, mix, within) = (cell.change?, cell.mix?, cell.within?);
    Some(format!(
        "Of the change of {} points, {} come from another mix of topics and {} from within topics.",
        points(change),
        points(mix),
        points(within),
    ))
}

fn more_to_tell(cell: &Cell) -> Option<String> {
    if cell.verdict != Verdict::CantTell {
        return None;
    }
    match how_many_more(cell.now(), cell.before(), 0.05)? {
        0 => None,
        more => Some(format!(
            "It takes about {} in a week to tell a change of 5 points.",
            counted(more, "more scored conversation")
        )),
    }
}
