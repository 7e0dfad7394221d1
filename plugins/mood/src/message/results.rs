//! The results of a poll, with the weeks before them and the lanes beside them.

use cxbot_sdk::count::{Lane, WeekCounts};
use cxbot_sdk::figures::{Cell, Judged};
use cxbot_sdk::message::{Block, Fact};
use cxbot_sdk::words::{count, counted, percent, range, week_number};
use cxbot_sdk::{Message, Text, Workspace};

use super::asking::answered;
use super::history::line;
use crate::poll::{Results, Said};

/// The longest bar, in characters.
const BAR: u64 = 12;
/// Words that are listed one by one; more are counted.
const LISTED: usize = 15;
/// Most characters of notes in one post of the thread: every platform shows so many whole, though notes grow
/// when they are escaped.
const POST: usize = 1_800;
/// Most notes in one post, since each is a block of its own.
const BLOCKS: usize = 40;
/// Weeks before that are shown beside.
const BEFORE: usize = 4;

pub(crate) fn results(
    results: &Results,
    all: &[Results],
    lanes: &[(Lane, Cell, Judged)],
    week: &WeekCounts,
    workspace: &Workspace,
) -> Message {
    let closed = Text::from(format!("Mood poll · week {} · closed ", week_number(results.week)));
    let closed = closed.time(results.closed_at).plain(". ");
    let message = Message::new(summary(results))
        .heading(results.question.as_str())
        .text(closed.plain(answered(results.answered, results.asked)));
    let message = words(message, results);
    let message = before(message, results, all);
    let side =
        format!("The lanes of week {} (side by side, no link claimed)", week_number(results.week));
    let lanes = lanes.iter().map(|(lane, cell, judged)| Fact {
        label: workspace.lane_label(*lane).into(),
        value: lane_words(*lane, cell, judged, week).into(),
    });
    let message = message.text(Text::new().bold(side)).block(Block::Facts(lanes.collect()));
    notes(results).into_iter().fold(message, Message::reply)
}

fn summary(results: &Results) -> Text {
    let text = Text::from(format!("The mood of week {}", week_number(results.week)));
    match results.words.first() {
        Some(Said { word, count }) => {
            text.plain(": “").outside(&**word).plain(format!("”, said {}", times(*count)))
        }
        None => text,
    }
}

fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        more => format!("{more} times"),
    }
}

fn words(message: Message, results: &Results) -> Message {
    if results.lost {
        return message.text(
            "The answers cannot be counted: the secret that opens them is gone, and so are they.",
        );
    }
    if results.answered == 0 {
        return message.text("Nobody answered.");
    }
    if let Some(floor) = results.short_of {
        return message.text(format!(
            "It takes {floor} answers to show the words, so they stay closed and are deleted."
        ));
    }
    let most = results.words.iter().map(|said| said.count).max().unwrap_or(1);
    let fact = |said: &Said| Fact {
        label: Text::new().outside(&*said.word),
        value: format!("{} {}", bar(said.count, most), count(said.count)).into(),
    };
    let listed: Vec<Fact> = results.words.iter().take(LISTED).map(fact).collect();
    let message = if listed.is_empty() { message } else { message.block(Block::Facts(listed)) };
    match results.words_beside(LISTED) {
        0 => message,
        others => message.text(format!("+ {}", counted(others, "other word"))),
    }
}

fn bar(count: u64, most: u64) -> String {
    let length = (count * BAR).div_ceil(most.max(1)).clamp(1, BAR);
    "▇".repeat(usize::try_from(length).unwrap_or_default())
}

fn before(message: Message, results: &Results, all: &[Results]) -> Message {
    let place = all.iter().position(|past| past.name == results.name).unwrap_or(all.len());
    let earlier = all[..place].iter().rev().take(BEFORE);
    let lines: Vec<Text> = earlier.map(line).collect();
    match lines.is_empty() {
        true => message,
        false => lines
            .into_iter()
            .fold(message.text(Text::new().bold("The weeks before")), Message::text),
    }
}

fn lane_words(lane: Lane, cell: &Cell, judged: &Judged, week: &WeekCounts) -> String {
    let share = cell.now;
    match (share.value(), share.interval()) {
        (Some(value), Some(interval)) => format!(
            "{} good  ({}, n={})   {}",
            percent(value),
            range(interval),
            count(share.n),
            judged.verdict.label()
        ),
        _ if week.lanes[lane].hidden > 0 => "not shown (protected mode)".to_owned(),
        _ => "no scored conversations".to_owned(),
    }
}

/// Wins and challenges as they were written, by nobody; in as many posts as they take.
fn notes(results: &Results) -> Vec<Message> {
    let mut posts: Vec<Vec<&str>> = Vec::new();
    let mut room = 0;
    for note in &results.notes {
        let length = note.chars().count();
        match posts.last_mut() {
            Some(post) if length <= room && post.len() < BLOCKS => {
                post.push(note);
                room -= length;
            }
            _ => {
                posts.push(vec![note]);
                room = POST.saturating_sub(length);
            }
        }
    }
    let many = posts.len();
    let numbered = posts.into_iter().enumerate();
    numbered.map(|(place, notes)| post_of_notes(results, notes, (place + 1, many))).collect()
}

fn post_of_notes(results: &Results, notes: Vec<&str>, (number, many): (usize, usize)) -> Message {
    let part = if many == 1 { String::new() } else { format!(", {number} of {many}") };
    let title = format!("Wins and challenges{part}");
    let message =
        Message::new(format!("{title}: week {}", week_number(results.week))).heading(title);
    let quoted = |note| Text::from("“").outside(note).plain("”");
    notes.into_iter().fold(message, |message, note| message.text(quoted(note)))
}
