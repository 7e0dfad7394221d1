//! Plain text for people at a terminal.

use cxbot_sdk::message::{Block, Button, Fact};
use cxbot_sdk::text::Span;
use cxbot_sdk::words::day_time;
use cxbot_sdk::{Message, Text};
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

use super::drawing::{padded, rows, sparkline, usual};
use super::visible::visible;

/// Between the parts of a thread.
const RULE: &str = "────────────────────────────────────────";

/// The message and its thread. The only control character in it is the end of a line.
pub fn render(message: &Message, zone: &TimeZone) -> String {
    super::lint(message);
    let parts = std::iter::once(message).chain(&message.thread);
    let parts: Vec<String> = parts.map(|part| post(part, zone)).collect();
    parts.join(&format!("\n\n{RULE}\n"))
}

fn post(message: &Message, zone: &TimeZone) -> String {
    let lines: Vec<String> = match message.blocks.is_empty() {
        true => vec![text(&message.summary, zone)],
        false => message.blocks.iter().flat_map(|block| lines(block, zone)).collect(),
    };
    lines.join("\n")
}

fn lines(block: &Block, zone: &TimeZone) -> Vec<String> {
    match block {
        Block::Heading(words) | Block::Text(words) | Block::Note(words) => vec![text(words, zone)],
        Block::Facts(facts) => aligned(facts, zone),
        Block::Table(table) => rows(table),
        Block::Chart(chart) => {
            let line = sparkline(chart);
            let usual = usual(chart).map_or_else(String::new, |usual| format!("  ({usual})"));
            vec![format!("{}{usual}", visible(&chart.title)), line, text(&chart.finding, zone)]
        }
        Block::Divider => vec![RULE.to_owned()],
        Block::Buttons(buttons) => vec![labels(buttons)],
        Block::Choose(choose) => {
            vec![format!("{}: {}", visible(&choose.prompt), labels(&choose.choices))]
        }
    }
}

fn aligned(facts: &[Fact], zone: &TimeZone) -> Vec<String> {
    let facts: Vec<(String, String)> =
        facts.iter().map(|fact| (text(&fact.label, zone), text(&fact.value, zone))).collect();
    let width = facts.iter().map(|(label, _)| label.width()).max().unwrap_or_default();
    facts.iter().map(|(label, value)| format!("{}  {value}", padded(label, width))).collect()
}

fn labels(buttons: &[Button]) -> String {
    let labels: Vec<String> =
        buttons.iter().map(|button| format!("[{}]", visible(&button.label))).collect();
    labels.join("  ")
}

fn text(text: &Text, zone: &TimeZone) -> String {
    text.0.iter().map(|span| self::span(span, zone)).collect()
}

fn span(span: &Span, zone: &TimeZone) -> String {
    match span {
        Span::Time(at) => day_time(*at, zone),
        Span::Link { label, url, .. } if is_web(url) => {
            format!("{} ({})", visible(label), visible(url))
        }
        other => visible(&other.words()),
    }
}

/// Terminals open what is pressed, whatever its scheme.
fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}
