//! The topics' message: how many were looked at, and each with its verdict.

use cxbot_sdk::count::Lane;
use cxbot_sdk::figures::Verdict;
use cxbot_sdk::words::{count, counted, percent};
use cxbot_sdk::{Message, Text, Workspace};

use super::parent::{cell_name, change_words};
use super::quotes::quote;
use super::{THREAD_LIMIT, TOPIC_LIMIT};
use crate::Weekly;
use crate::report::Cell;

pub(super) fn topics(weekly: &Weekly, workspace: &Workspace) -> Message {
    let report = &weekly.report;
    let looked_at = format!(
        "Looked at together: {}, each with 20 or more scored conversations in both weeks.",
        counted(report.looked_at as u64, "cell"),
    );
    let mut message = Message::new("Topics of the week").heading("Topics").text(looked_at);
    if report.hidden_topics > 0 {
        let hidden = counted(report.hidden_topics, "topic");
        message = message.text(format!(
            "Not shown in protected mode: {hidden} about fewer than 20 conversations or 5 people, or with \
             so few left beside them."
        ));
    }
    if report.topics.is_empty() && report.hidden_topics == 0 {
        return message.text(match report.lanes.iter().any(|cell| cell.hidden) {
            true => "Topics of lanes that are not shown are not shown either.",
            false => "No scored conversation has a topic this week.",
        });
    }
    let moved = weekly.evidence.quotes.iter().flat_map(|(cell, examples)| {
        let quotes = examples.iter().map(|example| quote(weekly, example));
        std::iter::once(moved_line(cell, workspace)).chain(quotes)
    });
    let calm = Lane::ALL.into_iter().filter_map(|lane| calm_line(weekly, lane, workspace));
    let lines: Vec<Text> = moved.chain(calm).collect();
    let mut room = THREAD_LIMIT - message.plain().chars().count() - MARK_ROOM;
    let total = lines.len();
    for (index, line) in lines.into_iter().enumerate() {
        let length = line.words().chars().count() + 1;
        if length > room {
            let left = counted((total - index) as u64, "more line");
            return message
                .note(format!("{left} did not fit: cxbot digest --format json has all."));
        }
        room -= length;
        message = message.text(line);
    }
    message
}

/// Room kept for the mark that says what did not fit.
const MARK_ROOM: usize = 90;

fn moved_line(cell: &Cell, workspace: &Workspace) -> Text {
    let share = percent(cell.share.unwrap_or_default());
    let was = percent(cell.previous.share.unwrap_or_default());
    cell_name(cell, workspace).plain(": ").bold(cell.verdict.label()).plain(format!(
        ", {share} good, was {was} ({}; n={})",
        change_words(cell),
        count(cell.scored)
    ))
}

/// A lane's topics that did not move, by verdict: name and share, in order of name.
fn calm_line(weekly: &Weekly, lane: Lane, workspace: &Workspace) -> Option<Text> {
    let mut text = Text::new().bold(workspace.lane_label(lane));
    let mut any = false;
    for verdict in [Verdict::Steady, Verdict::CantTell] {
        let of_verdict =
            weekly.report.topics.iter().filter(|cell| cell.lane == lane && cell.verdict == verdict);
        for (index, cell) in of_verdict.enumerate() {
            let lead = if index == 0 { format!("  {}: ", verdict.label()) } else { ", ".into() };
            let share = percent(cell.share.unwrap_or_default());
            text = text
                .plain(lead)
                .shortened(cell.topic.as_deref().unwrap_or_default(), TOPIC_LIMIT)
                .plain(format!(" {share} (n={})", count(cell.scored)));
            any = true;
        }
    }
    any.then_some(text)
}
