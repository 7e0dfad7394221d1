//! The parent message: win, the three lanes, one thing to look at, coverage.

use cxbot_sdk::message::{Block, Button, Fact};
use cxbot_sdk::words::{
    count, counted, day_time, days_of, percent, points, range, week_number, weekday_time,
};
use cxbot_sdk::{Clearance, Message, Plugin, Text, Workspace};
use jiff::SignedDuration;

use super::TOPIC_LIMIT;
use crate::config::DEFAULT_EDITION;
use crate::report::{Cell, Report};
use crate::{Digest, Weekly};
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::figures::Verdict;

/// A quote in the parent is a taste; the thread has more of it.
const QUOTE_LIMIT: usize = 140;
/// Of a cell about a few people, and of a week that is not over.
pub(super) const NOT_SHOWN: &str = "not shown (protected mode)";
/// Within this time the day of the week says which day is meant; before it the date is needed.
const NAMED_BY_DAY: SignedDuration = SignedDuration::from_hours(6 * 24);

pub(super) fn parent(weekly: &Weekly, workspace: &Workspace) -> Message {
    let report = &weekly.report;
    let mut message = Message::new(summary(report, workspace)).heading(heading(weekly));
    for warning in warnings(weekly, workspace) {
        message = message.text(warning);
    }
    message
        .block(Block::Facts(facts(weekly, workspace)))
        .text(coverage_line(report))
        .block(Block::Buttons(buttons(weekly)))
}

pub(super) fn heading(weekly: &Weekly) -> Text {
    let report = &weekly.report;
    let mut heading = Text::from(format!("CX week {}", week_number(report.week)));
    if weekly.edition.name != DEFAULT_EDITION {
        heading = heading.plain(format!(" · {}", weekly.edition.name));
    }
    heading.plain(format!(" · {} · {}", days_of(report.week), report.timezone))
}

/// The point in one sentence, a lane at a time.
fn summary(report: &Report, workspace: &Workspace) -> Text {
    let lanes = report.lanes.iter().filter_map(|cell| {
        let share = percent(cell.share?);
        Some(format!("{}: {share} good {}", workspace.lane_label(cell.lane), cell.verdict.label()))
    });
    let lanes: Vec<String> = lanes.collect();
    let week = week_number(report.week);
    let hides = report.lanes.iter().any(|cell| cell.hidden);
    match lanes.is_empty() {
        true if hides => format!("CX week {week}: {NOT_SHOWN}").into(),
        true => format!("CX week {week}: no scored conversations").into(),
        // A sentence each: lanes stand side by side and are not compared.
        false => format!("CX week {week}. {}.", lanes.join(". ")).into(),
    }
}

/// Old or missing data is said first.
pub(super) fn warnings(weekly: &Weekly, workspace: &Workspace) -> Vec<Text> {
    let report = &weekly.report;
    let wanted = report.to.min(report.as_of);
    let length = report.to.duration_since(report.from).as_secs_f64();
    let running = (report.as_of < report.to).then(|| {
        let until = day_time(report.as_of, &workspace.zone);
        Text::from(format!("This week is not over: conversations closed until {until}."))
    });
    let sources = weekly
        .sources
        .iter()
        .filter_map(|source| {
            let age = report.as_of.duration_since(source.read_until);
            let until = match age > NAMED_BY_DAY {
                true => day_time(source.read_until, &workspace.zone),
                false => weekday_time(source.read_until, &workspace.zone),
            };
            if source.read_until < wanted {
                let covered = source.read_until.duration_since(report.from).as_secs_f64() / length;
                let percent = (covered.clamp(0.0, 1.0) * 100.0).floor();
                let name = &source.name;
                Some(format!("{name} sync stopped {until}; numbers cover {percent} % of the week."))
            } else if source.is_old(report.as_of) {
                Some(format!("As of {until}."))
            } else {
                None
            }
        })
        .map(Text::from);
    let late = weekly.due.map(|due| {
        let due = weekday_time(due, &workspace.zone);
        Text::from(format!("Late: this digest was due {due}."))
    });
    late.into_iter().chain(running).chain(early(report)).chain(sources).collect()
}

/// Of a complete week some scores may still come: then the share so far is said.
fn early(report: &Report) -> Option<Text> {
    let coverage = &report.coverage;
    let waiting = coverage.unscored.too_recent;
    let is_early = report.as_of >= report.to && waiting > 0;
    is_early.then(|| {
        let scored = (coverage.scored as f64 / coverage.closed as f64 * 100.0).floor();
        let waiting = counted(waiting, "conversation");
        Text::from(format!("Early: {scored} % scored so far; {waiting} may still get a score."))
    })
}

fn facts(weekly: &Weekly, workspace: &Workspace) -> Vec<Fact> {
    let lanes = weekly
        .report
        .lanes
        .iter()
        .map(|cell| Fact { label: workspace.lane_label(cell.lane).into(), value: lane_line(cell) });
    let win = Fact { label: "WIN".into(), value: win(weekly, workspace) };
    let look_at = Fact { label: "LOOK AT".into(), value: look_at(weekly, workspace) };
    std::iter::once(win).chain(lanes).chain([look_at]).collect()
}

fn win(weekly: &Weekly, workspace: &Workspace) -> Text {
    let evidence = &weekly.evidence;
    match (&evidence.win, &evidence.lone_win) {
        (Some((cell, _)), _) => moved(cell, workspace).plain(rise_in_brackets(cell)),
        (None, Some(conversation)) => lone_win(weekly, conversation),
        (None, None) if weekly.report.looked_at == 0 => nothing_to_tell(&weekly.report),
        (None, None) => no_clear_win(&weekly.report),
    }
}

/// Without enough conversations in both weeks silence must not read as good news.
fn nothing_to_tell(report: &Report) -> Text {
    let cells = seen(report, "lane or topic");
    format!("Nothing can be told: no {cells} has 20 scored conversations in both weeks.").into()
}

pub(super) fn no_clear_win(report: &Report) -> Text {
    let nothing = seen(report, "nothing");
    format!("No clear win this week: {nothing} moved beyond the usual range.").into()
}

/// What is not shown may have moved, so nothing is said of it.
fn seen(report: &Report, what: &str) -> String {
    match report.hides {
        true => format!("{what} that is shown"),
        false => what.to_owned(),
    }
}

fn lone_win(weekly: &Weekly, conversation: &Conversation) -> Text {
    let why = super::quotes::why(weekly, conversation).unwrap_or_default();
    let lead = Text::from("A conversation rated 5");
    let lead = match weekly.edition.clearance {
        Clearance::Figures => lead,
        _ => lead.plain(": “").shortened(why, QUOTE_LIMIT).plain("”"),
    };
    lead.plain(" (").then(super::quotes::way_to(conversation)).plain(")")
}

fn look_at(weekly: &Weekly, workspace: &Workspace) -> Text {
    match &weekly.evidence.look_at {
        None if weekly.report.looked_at == 0 => nothing_to_tell(&weekly.report),
        Some(cell) => {
            moved(cell, workspace).plain(format!("  (n={}). Why: not known.", count(cell.scored)))
        }
        None => format!("{} fell beyond the usual range.", seen(&weekly.report, "Nothing")).into(),
    }
}

/// `Invoices, human team: 92.6 % good, was 82.1 %   ▲ real rise`
fn moved(cell: &Cell, workspace: &Workspace) -> Text {
    let share = percent(cell.share.unwrap_or_default());
    let was = percent(cell.previous.share.unwrap_or_default());
    let rest = format!(": {share} good, was {was}   {}", cell.verdict.label());
    cell_name(cell, workspace).plain(rest)
}

/// `Invoices, human team`; a lane by its name alone.
pub(super) fn cell_name(cell: &Cell, workspace: &Workspace) -> Text {
    let lane = workspace.lane_name(cell.lane);
    match &cell.topic {
        Some(topic) => Text::new().shortened(topic, TOPIC_LIMIT).plain(format!(", {lane}")),
        None => Text::from(lane),
    }
}

fn rise_in_brackets(cell: &Cell) -> String {
    format!(" ({}; n={})", change_words(cell), count(cell.scored))
}

/// `+2.2, between −0.4 and +4.8`
pub(super) fn change_words(cell: &Cell) -> String {
    let [change, low, high] =
        [cell.change, cell.change_low, cell.change_high].map(Option::unwrap_or_default);
    format!("{}, between {} and {}", points(change), points(low), points(high))
}

/// `84.3 % good  (82.4–86.0, n=1,604)   = steady (+2.2, between −0.4 and +4.8)`
pub(super) fn lane_line(cell: &Cell) -> Text {
    match figures(cell) {
        Some(figures) => Text::from(format!("{figures}   {}", judged(cell))),
        None if cell.hidden => Text::from(NOT_SHOWN),
        None => Text::from("no scored conversations"),
    }
}

/// `84.3 % good  (82.4–86.0, n=1,604)`
pub(super) fn figures(cell: &Cell) -> Option<String> {
    let (share, interval) = (cell.share?, cell.now().interval()?);
    Some(format!("{} good  ({}, n={})", percent(share), range(interval), count(cell.scored)))
}

/// `= steady (+2.2, between −0.4 and +4.8)`
pub(super) fn judged(cell: &Cell) -> String {
    let verdict = cell.verdict.label();
    match (cell.verdict, cell.change) {
        (Verdict::CantTell, _) | (_, None) => verdict.to_owned(),
        _ => format!("{verdict} ({})", change_words(cell)),
    }
}

pub(super) fn coverage_line(report: &Report) -> Text {
    let coverage = &report.coverage;
    if coverage.hidden {
        return format!("Coverage: {NOT_SHOWN}.").into();
    }
    let of_closed = |n: u64| match coverage.closed {
        0 => String::new(),
        closed => format!(" ({})", percent(n as f64 / closed as f64)),
    };
    let (scored, answered) = (coverage.scored, report.csat.answered);
    Text::from(format!(
        "Scored {} of {} closed{}. CSAT answered: {}{}.",
        count(scored),
        count(coverage.closed),
        of_closed(scored),
        count(answered),
        of_closed(answered),
    ))
}

fn buttons(weekly: &Weekly) -> Vec<Button> {
    let name = &weekly.edition.name;
    let edition = (name != DEFAULT_EDITION).then(|| name.clone());
    let args = crate::WeekArgs { week: Some(weekly.report.week), edition };
    vec![
        Button::call("Details", Digest::NAME, "details", &args),
        Button::call("How to read this", Digest::NAME, "reading", &crate::NoArgs {}),
    ]
}
