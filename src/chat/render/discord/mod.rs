//! Discord: one embed a message, so that a digest reads well on a phone, and buttons below it.

mod escape;

use std::collections::BTreeSet;

use cxbot_sdk::message::{Block, Button, Chart, Choose, Fact};
use cxbot_sdk::text::{Span, shorten};
use cxbot_sdk::{Message, Text};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::drawing::{rows, sparkline, usual};
use super::shortened;
use super::visible::visible;
use escape::{address, escaped, fenced};

/// Limits of Discord's message and component references, in characters unless said otherwise.
mod limit {
    /// A message's plain content.
    pub(super) const CONTENT: usize = 2_000;
    /// An embed's title.
    pub(super) const TITLE: usize = 256;
    /// An embed's description.
    pub(super) const DESCRIPTION: usize = 4_096;
    /// All embeds' descriptions together, so that with a title, a footer and a mark they stay below
    /// Discord's 6,000.
    pub(super) const EMBEDS: usize = 5_500;
    /// What is read to those who do not see a picture.
    pub(super) const ALT: usize = 1_024;
    /// A button's label.
    pub(super) const LABEL: usize = 80;
    /// An option of a list, and the words in an empty one.
    pub(super) const OPTION: usize = 100;
    pub(super) const PLACEHOLDER: usize = 150;
    /// Rows of buttons, and buttons in a row.
    pub(super) const ROWS: usize = 5;
    pub(super) const ROW: usize = 5;
}

/// One text is shortened to this many characters, so that it fits even with every one escaped.
const LINE: usize = 1_800;

/// A chart as it is attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// How charts are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// The first chart of a post as an attached picture.
    Pictures,
    /// As rows of signs.
    Signs,
}

/// The requests to Create Message, the parent first; replies go into the parent's thread.
pub fn render(message: &Message, _: &TimeZone) -> Vec<Value> {
    super::lint(message);
    let posts = std::iter::once(message).chain(&message.thread);
    posts.map(|post| request(post, Drawn::Pictures)).collect()
}

/// One post of a message with its pictures. The mark tells the bot's posts from each other and stands
/// at the very end.
pub fn post(message: &Message, mark: &str, drawn: Drawn) -> (Value, Vec<Picture>) {
    super::lint(message);
    let mut request = request(message, drawn);
    let footer = json!({"text": format!("cxbot · {mark}")});
    match request["embeds"].as_array_mut().and_then(|embeds| embeds.last_mut()) {
        Some(embed) => embed["footer"] = footer,
        None => request["embeds"] = json!([{"footer": footer}]),
    }
    let chart = pictured(message).filter(|_| drawn == Drawn::Pictures);
    let picture = |chart| Picture { name: PICTURE.to_owned(), bytes: super::picture::png(chart) };
    (request, chart.map(picture).into_iter().collect())
}

/// A private answer; its thread is for those who turn its pages.
pub fn answer(message: &Message) -> Value {
    super::lint(message);
    request(message, Drawn::Signs)
}

const PICTURE: &str = "chart.png";

/// The chart that is drawn as a picture: an embed has one.
fn pictured(message: &Message) -> Option<&Chart> {
    message.blocks.iter().find_map(|block| match block {
        Block::Chart(chart) => Some(chart),
        _ => None,
    })
}

fn request(message: &Message, drawn: Drawn) -> Value {
    let mut request = json!({});
    let (title, rest) = match message.blocks.split_first() {
        Some((Block::Heading(heading), rest)) => (title(heading), rest),
        _ => (None, message.blocks.as_slice()),
    };
    let chart = pictured(message).filter(|_| drawn == Drawn::Pictures);
    let (components, unplaced) = components(rest);
    let mut embeds: Vec<Value> = descriptions(rest, unplaced, chart)
        .into_iter()
        .map(|description| json!({"description": description}))
        .collect();
    if let Some(title) = &title {
        match embeds.first_mut() {
            Some(first) => first["title"] = json!(title),
            None => embeds.push(json!({"title": title})),
        }
    }
    match embeds.last_mut() {
        Some(last) => {
            if let Some(chart) = chart {
                last["image"] = json!({"url": format!("attachment://{PICTURE}")});
                // What the picture shows, for those who do not see it.
                let alt = shorten(&plain(&chart.finding), limit::ALT);
                let attached = json!({"id": 0, "filename": PICTURE, "description": alt});
                request["attachments"] = json!([attached]);
            }
            request["embeds"] = json!(embeds);
        }
        None => {
            let content = shorten(&plain(&message.summary), limit::CONTENT / 2);
            let content =
                if content.trim().is_empty() { "…".to_owned() } else { escaped(&content) };
            request["content"] = json!(content);
        }
    }
    if !components.is_empty() {
        request["components"] = json!(components);
    }
    // Without this a plain message mentions everyone whom its text names.
    request["allowed_mentions"] = json!({"parse": []});
    request
}

/// Shortened before it is escaped, so that no escape is cut in half.
fn title(heading: &Text) -> Option<String> {
    let words = shorten(&plain(heading), limit::TITLE / 2);
    (!words.trim().is_empty()).then(|| escaped(&words))
}

/// The blocks as Discord's Markdown, in as few embeds as they fit; what fits in none is marked.
fn descriptions(blocks: &[Block], unplaced: usize, pictured: Option<&Chart>) -> Vec<String> {
    let parts: Vec<String> = blocks.iter().flat_map(|block| parts(block, pictured)).collect();
    let length = |text: &str| text.chars().count() + 1;
    let mut texts: Vec<String> = Vec::new();
    let mut room = limit::EMBEDS;
    let mut dropped = unplaced;
    for (index, part) in parts.iter().enumerate() {
        if length(part) > room.min(limit::DESCRIPTION) {
            dropped += parts.len() - index;
            break;
        }
        room -= length(part);
        match texts.last_mut().filter(|text| length(text) + length(part) <= limit::DESCRIPTION) {
            Some(text) => add_line(text, part),
            None => texts.push(part.clone()),
        }
    }
    // Discord refuses an embed that says nothing.
    texts.retain(|text| !text.trim().is_empty());
    if dropped > 0 {
        let mark = shortened(dropped);
        match texts.last_mut().filter(|text| length(text) + length(&mark) <= limit::DESCRIPTION) {
            Some(text) => add_line(text, &mark),
            None => texts.push(mark),
        }
    }
    texts
}

fn add_line(description: &mut String, line: &str) {
    if !description.is_empty() {
        description.push('\n');
    }
    description.push_str(line);
}

/// A block's lines; a table or a chart is one part, because a fence must not be cut.
fn parts(block: &Block, pictured: Option<&Chart>) -> Vec<String> {
    match block {
        Block::Heading(text) => vec![format!("**{}**", line(&Text::from(plain(text))))],
        Block::Text(text) => vec![line(text)],
        Block::Note(text) => vec![format!("-# {}", line(text))],
        Block::Facts(facts) => facts.iter().map(fact).collect(),
        Block::Table(table) => fences(&rows(table)),
        Block::Chart(chart) => {
            let usual = usual(chart).map_or_else(String::new, |usual| format!(" ({usual})"));
            let title = format!("**{}**{usual}", escaped(&visible(&chart.title)));
            let picture = match pictured {
                Some(pictured) if std::ptr::eq(pictured, chart) => Vec::new(),
                _ => fences(&[sparkline(chart)]),
            };
            [vec![title], picture, vec![line(&chart.finding)]].concat()
        }
        Block::Divider => vec!["⎯⎯⎯⎯⎯⎯⎯⎯".to_owned()],
        Block::Buttons(_) | Block::Choose(_) => Vec::new(),
    }
}

/// Fenced rows, in several fences where there are many.
fn fences(rows: &[String]) -> Vec<String> {
    let chunk = |rows: &[String]| {
        let rows: Vec<String> = rows.iter().map(|row| fenced(&shorten(row, 200))).collect();
        format!("```\n{}\n```", rows.join("\n"))
    };
    rows.chunks(15).map(chunk).collect()
}

fn fact(fact: &Fact) -> String {
    let label = shorten(&plain(&fact.label), LINE / 4);
    match label.trim().is_empty() {
        true => line(&fact.value),
        false => format!("**{}**  {}", escaped(&label), line(&fact.value)),
    }
}

/// One text as Markdown; what is over the limit is marked by "…".
fn line(text: &Text) -> String {
    let mut room = LINE;
    let mut line = String::new();
    for span in &text.0 {
        let words = visible(&span.words());
        let kept = shorten(&words, room.max(1));
        let cut = kept != words;
        room = room.saturating_sub(kept.chars().count());
        line.push_str(&markdown(span, &kept));
        if cut || room == 0 {
            break;
        }
    }
    line
}

fn markdown(span: &Span, words: &str) -> String {
    let escaped = escaped(words);
    match span {
        Span::Time(at) => format!("<t:{}:f>", at.as_second()),
        _ if words.trim().is_empty() => escaped,
        Span::Bold(_) => format!("**{escaped}**"),
        Span::Code(_) => format!("`{}`", fenced(words)),
        Span::Link { url, .. } => match address(url) {
            Some(url) => format!("[{escaped}]({url})"),
            None => escaped,
        },
        Span::Plain(_)
        | Span::Outside(_)
        | Span::Shortened { .. }
        | Span::Verbatim(_)
        | Span::Person { .. } => escaped,
    }
}

/// Rows of buttons and lists, and how many buttons found no place. A list takes a row for itself.
fn components(blocks: &[Block]) -> (Vec<Value>, usize) {
    let mut taken = BTreeSet::new();
    let mut unplaced = 0;
    let mut usable = |button: &Button| {
        let fits = !button.id.is_empty() && button.id.len() <= Button::ID_LIMIT;
        let usable = fits && taken.insert(button.id.clone());
        unplaced += usize::from(!usable);
        usable
    };
    let mut buttons = Vec::new();
    let mut lists = Vec::new();
    for block in blocks {
        match block {
            Block::Buttons(own) => {
                buttons.extend(own.iter().filter(|own| usable(own)).map(component));
            }
            Block::Choose(choose) => lists.extend(list(choose, lists.len())),
            _ => {}
        }
    }
    let row = |row: &[Value]| json!({"type": 1, "components": row});
    let mut rows: Vec<Value> = buttons.chunks(limit::ROW).map(row).collect();
    let over = rows.iter().skip(limit::ROWS);
    unplaced += over.filter_map(|row| row["components"].as_array()).map(Vec::len).sum::<usize>();
    rows.truncate(limit::ROWS);
    let room = limit::ROWS - rows.len();
    unplaced += lists.len().saturating_sub(room);
    rows.extend(lists.into_iter().take(room).map(|list| row(&[list])));
    (rows, unplaced)
}

fn component(button: &Button) -> Value {
    let label = named(&button.label, limit::LABEL);
    json!({"type": 2, "style": 2, "label": label, "custom_id": button.id})
}

/// A list to choose from; where there is nothing to choose there is no list.
fn list(choose: &Choose, number: usize) -> Option<Value> {
    let usable =
        |choice: &&Button| !choice.id.is_empty() && choice.id.chars().count() <= Button::ID_LIMIT;
    let mut taken = BTreeSet::new();
    let options = choose.choices.iter().filter(usable).filter(|choice| taken.insert(&choice.id));
    let option =
        |choice: &Button| json!({"label": named(&choice.label, limit::OPTION), "value": choice.id});
    let options: Vec<Value> = options.take(Choose::LIMIT).map(option).collect();
    let placeholder = named(&choose.prompt, limit::PLACEHOLDER);
    (!options.is_empty()).then(|| {
        json!({
            "type": 3,
            "custom_id": format!("choose/{number}"),
            "placeholder": placeholder,
            "options": options,
        })
    })
}

fn named(words: &str, limit: usize) -> String {
    let words = shorten(&visible(words), limit);
    if words.trim().is_empty() { "…".to_owned() } else { words }
}

fn plain(text: &Text) -> String {
    super::drawing::line(text)
}
