//! Slack's Block Kit. All text goes into `plain_text` and `rich_text`, which parse nothing: there is
//! no markup in which words from outside could become a mention, a link or a command.

mod chart;
mod fit;
mod table;
pub mod views;

use std::collections::BTreeSet;

use cxbot_sdk::message::{Block, Button, Chart, Choose, Fact};
use cxbot_sdk::text::{Span, shorten};
use cxbot_sdk::words::day_time;
use cxbot_sdk::{Message, Text};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::drawing::{rows, sparkline, usual};
use super::visible::visible;
use chart::CHART;
use fit::{fitting, size};

/// Limits of Slack's Block Kit reference, in characters unless said otherwise.
mod limit {
    /// Blocks in a message.
    pub(super) const BLOCKS: usize = 50;
    /// A message's blocks as JSON. Undocumented: `msg_blocks_too_long` comes at about 13,200.
    pub(super) const MESSAGE: usize = 12_000;
    /// A text element.
    pub(super) const TEXT: usize = 3_000;
    /// A header.
    pub(super) const HEADER: usize = 150;
    /// A button's label.
    pub(super) const LABEL: usize = 75;
    /// The words in an empty list.
    pub(super) const PLACEHOLDER: usize = 150;
    /// A button's `action_id`.
    pub(super) const ACTION_ID: usize = 255;
    /// A link's address.
    pub(super) const URL: usize = 3_000;
    /// Charts in a message.
    pub(super) const CHARTS: usize = 2;
    /// Categories of a chart.
    pub(super) const CATEGORIES: usize = 20;
    /// A category's label.
    pub(super) const CATEGORY: usize = 20;
    /// A table's rows with its header, its columns, all its cells together.
    pub(super) const TABLE_ROWS: usize = 100;
    pub(super) const TABLE_COLUMNS: usize = 20;
    pub(super) const TABLE: usize = 10_000;
    /// A table's cell; ours, so that a row stays a row.
    pub(super) const CELL: usize = 200;
    /// A chart's title.
    pub(super) const CHART_TITLE: usize = 50;
    /// Buttons in one block.
    pub(super) const BUTTONS: usize = 25;
}

/// Lines gathered into one block end at about this many characters, so that what does not fit is a
/// small part and not everything.
const GATHERED: usize = 2_000;

/// How charts and tables are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// As Slack's own; its line chart came in June 2026 and not to every workspace at once.
    Native,
    /// As rows of signs.
    Signs,
}

/// The requests to `chat.postMessage`, the parent first. A reply's `thread_ts` is known only once
/// the parent is posted, so the sender adds it.
pub fn render(message: &Message, channel: Option<&str>, zone: &TimeZone) -> Vec<Value> {
    super::lint(message);
    let posts = std::iter::once(message).chain(&message.thread);
    posts.map(|post| request(post, channel, zone, Drawn::Native)).collect()
}

/// One post of a message, with charts and tables drawn like this.
pub fn post(message: &Message, channel: &str, zone: &TimeZone, drawn: Drawn) -> Value {
    super::lint(message);
    request(message, Some(channel), zone, drawn)
}

/// A private answer as a body for the address that came with the question; its thread is for those
/// who turn its pages.
pub fn answer(message: &Message, zone: &TimeZone) -> Value {
    super::lint(message);
    let blocks = blocks(message, zone, Drawn::Signs, &mut BTreeSet::new());
    let summary = escaped(&message.summary, zone);
    json!({"response_type": "ephemeral", "text": summary, "blocks": fitting(blocks)})
}

fn request(message: &Message, channel: Option<&str>, zone: &TimeZone, drawn: Drawn) -> Value {
    let mut request = json!({});
    if let Some(channel) = channel {
        request["channel"] = json!(channel);
    }
    request["text"] = json!(escaped(&message.summary, zone));
    let drawn = if has_room_for_natives(message) { drawn } else { Drawn::Signs };
    request["blocks"] = json!(fitting(blocks(message, zone, drawn, &mut BTreeSet::new())));
    request["unfurl_links"] = json!(false);
    request["unfurl_media"] = json!(false);
    request["mrkdwn"] = json!(false);
    request["parse"] = json!("none");
    request["link_names"] = json!(false);
    request
}

/// Whether a request holds anything that Slack draws by itself.
pub fn has_native(request: &Value) -> bool {
    let mut blocks = request["blocks"].as_array().into_iter().flatten();
    blocks.any(|block| block["type"] == CHART || block["type"] == table::TABLE)
}

/// A message takes two charts and one table of Slack's own.
fn has_room_for_natives(message: &Message) -> bool {
    let count = |is: fn(&Block) -> bool| message.blocks.iter().filter(|block| is(block)).count();
    count(|block| matches!(block, Block::Chart(_))) <= limit::CHARTS
        && count(|block| matches!(block, Block::Table(_))) <= 1
}

/// Slack's own escapes for the one field that it parses.
fn escaped(summary: &Text, zone: &TimeZone) -> String {
    // Escaping makes five characters of one at most.
    let words = shorten(&plain(summary, zone), limit::TEXT / 5);
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The blocks of one post; buttons' ids are unique over all posts that share `ids`.
fn blocks(
    message: &Message,
    zone: &TimeZone,
    drawn: Drawn,
    ids: &mut BTreeSet<String>,
) -> Vec<Value> {
    let mut blocks = Vec::new();
    let mut lines = Lines::default();
    for block in &message.blocks {
        match block {
            Block::Text(text) => lines.push(&mut blocks, section(text, zone)),
            Block::Facts(facts) => {
                facts.iter().for_each(|fact| lines.push(&mut blocks, pair(fact, zone)));
            }
            other => {
                lines.end(&mut blocks);
                blocks.extend(whole(other, zone, drawn, ids));
            }
        }
    }
    lines.end(&mut blocks);
    if blocks.is_empty() {
        // Slack refuses a message of no blocks; the point itself is always there to say.
        let words = shorten(&plain(&message.summary, zone), limit::TEXT);
        blocks.push(json!({"type": "section", "text": plain_text(&words)}));
    }
    blocks
}

/// Blocks that stand for themselves.
fn whole(block: &Block, zone: &TimeZone, drawn: Drawn, ids: &mut BTreeSet<String>) -> Vec<Value> {
    match block {
        Block::Heading(text) => vec![json!({
            "type": "header",
            "text": plain_text(&shorten(&plain(text, zone), limit::HEADER)),
        })],
        Block::Table(table) => match table::native(table).filter(|_| drawn == Drawn::Native) {
            Some(native) => vec![native],
            None => preformatted(&rows(table)),
        },
        Block::Chart(chart) => chart_blocks(chart, zone, drawn),
        Block::Note(text) => vec![note(text, zone)],
        Block::Divider => vec![json!({"type": "divider"})],
        Block::Buttons(buttons) => actions(buttons, ids),
        Block::Choose(choose) => list(choose, ids),
        Block::Text(_) | Block::Facts(_) => Vec::new(),
    }
}

/// Consecutive lines become one block: a block each would stand far apart.
#[derive(Default)]
struct Lines {
    elements: Vec<Value>,
    size: usize,
}

impl Lines {
    fn push(&mut self, blocks: &mut Vec<Value>, line: Vec<Value>) {
        if line.is_empty() {
            return;
        }
        let size: usize = line.iter().map(size).sum();
        if self.size > 0 && self.size + size > GATHERED {
            self.end(blocks);
        }
        if !self.elements.is_empty() {
            self.elements.push(json!({"type": "text", "text": "\n"}));
        }
        self.elements.extend(line);
        self.size += size;
    }

    fn end(&mut self, blocks: &mut Vec<Value>) {
        if !self.elements.is_empty() {
            let elements = joined(std::mem::take(&mut self.elements));
            blocks.push(rich_text("rich_text_section", elements));
        }
        self.size = 0;
    }
}

/// Neighbours of one style as one element: an element each would fill the message with JSON.
fn joined(elements: Vec<Value>) -> Vec<Value> {
    let mut joined: Vec<Value> = Vec::with_capacity(elements.len());
    for element in elements {
        let both = joined.last().and_then(|last| {
            let alike = last["type"] == "text" && element["type"] == "text";
            let alike = alike && last["style"] == element["style"];
            let text = format!("{}{}", last["text"].as_str()?, element["text"].as_str()?);
            (alike && text.chars().count() <= limit::TEXT).then_some(text)
        });
        match (both, joined.last_mut()) {
            (Some(text), Some(last)) => last["text"] = json!(text),
            _ => joined.push(element),
        }
    }
    joined
}

fn rich_text(kind: &str, elements: Vec<Value>) -> Value {
    json!({"type": "rich_text", "elements": [{"type": kind, "elements": elements}]})
}

fn pair(fact: &Fact, zone: &TimeZone) -> Vec<Value> {
    let label = plain(&fact.label, zone);
    let mut elements = texts(&label, &json!({"bold": true}));
    if !elements.is_empty() {
        elements.extend(texts("  ", &Value::Null));
    }
    elements.extend(section(&fact.value, zone));
    elements
}

fn section(text: &Text, zone: &TimeZone) -> Vec<Value> {
    text.0.iter().flat_map(|span| element(span, zone)).collect()
}

fn element(span: &Span, zone: &TimeZone) -> Vec<Value> {
    match span {
        Span::Bold(words) => texts(words, &json!({"bold": true})),
        Span::Code(words) => texts(words, &json!({"code": true})),
        Span::Link { label, url, .. } if is_web(url) => {
            let label = shorten(&visible(label), limit::TEXT);
            let label = if label.is_empty() { "link".to_owned() } else { label };
            vec![json!({"type": "link", "url": url, "text": label})]
        }
        Span::Time(at) => texts(&day_time(*at, zone), &Value::Null),
        other => texts(&other.words(), &Value::Null),
    }
}

/// Text elements within the limit; long words are split, never cut.
fn texts(words: &str, style: &Value) -> Vec<Value> {
    let words: Vec<char> = visible(words).chars().collect();
    let element = |part: &[char]| {
        let mut element = json!({"type": "text", "text": part.iter().collect::<String>()});
        if !style.is_null() {
            element["style"] = style.clone();
        }
        element
    };
    words.chunks(limit::TEXT).map(element).collect()
}

/// Only addresses of the web become links.
fn is_web(url: &str) -> bool {
    let web = url.starts_with("https://") || url.starts_with("http://");
    web && url.len() <= limit::URL && !url.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn plain_text(words: &str) -> Value {
    let words = if words.trim().is_empty() { "…" } else { words };
    json!({"type": "plain_text", "text": words, "emoji": false})
}

/// Small print; where it has a link it is a line like others, since small print has none.
fn note(text: &Text, zone: &TimeZone) -> Value {
    if text.0.iter().any(|span| matches!(span, Span::Link { .. })) {
        return rich_text("rich_text_section", section(text, zone));
    }
    let words = shorten(&plain(text, zone), limit::TEXT);
    json!({"type": "context", "elements": [plain_text(&words)]})
}

fn chart_blocks(chart: &Chart, zone: &TimeZone, drawn: Drawn) -> Vec<Value> {
    let title = visible(&chart.title);
    let usual = usual(chart).map_or_else(String::new, |usual| format!("  ({usual})"));
    let mut lines = Lines::default();
    let mut blocks = Vec::new();
    let mut heading = texts(&title, &json!({"bold": true}));
    heading.extend(texts(&usual, &Value::Null));
    lines.push(&mut blocks, heading);
    match chart::native(chart).filter(|_| drawn == Drawn::Native) {
        Some(native) => {
            lines.end(&mut blocks);
            blocks.push(native);
        }
        None => lines.push(&mut blocks, texts(&sparkline(chart), &json!({"code": true}))),
    }
    // What the picture shows, for those who do not see it.
    lines.push(&mut blocks, section(&chart.finding, zone));
    lines.end(&mut blocks);
    blocks
}

/// Rows of equal width, several blocks of them where there are many.
fn preformatted(rows: &[String]) -> Vec<Value> {
    let block = |text: String| {
        let text = json!({"type": "text", "text": shorten(&text, limit::TEXT)});
        rich_text("rich_text_preformatted", vec![text])
    };
    let mut blocks = Vec::new();
    let mut text = String::new();
    for row in rows {
        if !text.is_empty() && text.chars().count() + row.chars().count() > GATHERED {
            blocks.push(block(std::mem::take(&mut text)));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(row);
    }
    if !text.trim().is_empty() {
        blocks.push(block(text));
    }
    blocks
}

fn actions(buttons: &[Button], ids: &mut BTreeSet<String>) -> Vec<Value> {
    let button = |button: &Button| {
        json!({
            "type": "button",
            "text": plain_text(&shorten(&visible(&button.label), limit::LABEL)),
            "action_id": unique(&button.id, ids),
            "value": shorten(&button.id, limit::ACTION_ID),
        })
    };
    let elements: Vec<Value> = buttons.iter().map(button).collect();
    let block = |chunk: &[Value]| json!({"type": "actions", "elements": chunk});
    elements.chunks(limit::BUTTONS).map(block).collect()
}

/// A list to choose from; where there is nothing to choose there is no list.
fn list(choose: &Choose, ids: &mut BTreeSet<String>) -> Vec<Value> {
    let is_usable = |choice: &&Button| (1..=Button::ID_LIMIT).contains(&choice.id.len());
    let usable = choose.choices.iter().filter(is_usable);
    let options: Vec<Value> =
        usable.take(Choose::LIMIT).map(|choice| views::option(&choice.label, &choice.id)).collect();
    if options.is_empty() {
        return Vec::new();
    }
    let list = json!({
        "type": "static_select",
        "placeholder": plain_text(&shorten(&visible(&choose.prompt), limit::PLACEHOLDER)),
        "action_id": unique(&choose.prompt, ids),
        "options": options,
    });
    vec![json!({"type": "actions", "elements": [list]})]
}

/// The button's own id, the value of which says what it does; numbered where a message has it twice.
fn unique(id: &str, taken: &mut BTreeSet<String>) -> String {
    let own = shorten(id, limit::ACTION_ID - 8);
    let numbered = (2..).map(|number| format!("{own}#{number}"));
    let candidates = std::iter::once(if own.is_empty() { "…".to_owned() } else { own.clone() });
    let free = candidates.chain(numbered).find(|id| !taken.contains(id)).unwrap_or_default();
    taken.insert(free.clone());
    free
}

/// The bare words, times in the workspace's zone.
fn plain(text: &Text, zone: &TimeZone) -> String {
    let words = |span: &Span| match span {
        Span::Time(at) => day_time(*at, zone),
        other => visible(&other.words()),
    };
    text.0.iter().map(words).collect()
}
