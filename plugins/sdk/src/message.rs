//! A message as data: what it says, not how a platform draws it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::figures::Interval;
use crate::text::Text;

/// One post, with its thread.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// One sentence that says the point: notifications and screen readers show only this.
    pub summary: Text,
    pub blocks: Vec<Block>,
    /// Replies under the post, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thread: Vec<Message>,
    /// Whether a change of the message after it was posted is said in it: "corrected 11:05".
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub says_corrections: bool,
}

/// One part of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    Heading(Text),
    Text(Text),
    /// Label and value, one pair a line.
    Facts(Vec<Fact>),
    Table(Table),
    Chart(Chart),
    /// Small print.
    Note(Text),
    Divider,
    Buttons(Vec<Button>),
    Choose(Choose),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    pub label: Text,
    pub value: Text,
}

/// Rows under named columns; every row has as many cells as there are columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Text>>,
}

/// One line over time. Lanes never share an axis, so a chart has one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    pub title: String,
    /// What the picture shows, in words, for those who do not see it.
    pub finding: Text,
    pub points: Vec<Point>,
    /// The usual range, drawn behind the line.
    pub usual: Option<Interval>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub label: String,
    /// A fraction 0–1; `None` is a gap, never zero.
    pub value: Option<f64>,
}

/// A press away: `plugin/action/args` is the whole identity, so buttons survive restarts; with a `?`
/// behind the action the host asks for the rest of the arguments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Button {
    pub label: String,
    /// At most [`Button::ID_LIMIT`] bytes; carries ids only, never names or e-mails.
    pub id: String,
    /// Whether the label is a name from outside and no words of ours.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outside: bool,
}

/// A list to choose one from. Choosing is pressing the button of that label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choose {
    /// What is chosen, such as "Another week".
    pub prompt: String,
    /// At most [`Choose::LIMIT`].
    pub choices: Vec<Button>,
}

impl Choose {
    /// The longest list that every platform carries (Discord's select).
    pub const LIMIT: usize = 25;
}

/// What a button's id says.
#[derive(Debug, Clone, PartialEq)]
pub struct Press<'a> {
    pub plugin: &'a str,
    pub action: &'a str,
    pub arguments: Value,
    /// Whether the host asks for the arguments that the id leaves out.
    pub asks: bool,
}

impl Button {
    /// The longest id that every platform carries, in bytes (Discord's `custom_id`).
    pub const ID_LIMIT: usize = 100;

    /// A button that carries all of the action's arguments.
    pub fn call(label: &str, plugin: &str, action: &str, args: &impl Serialize) -> Self {
        Button::new(label, plugin, action, args)
    }

    /// A button that carries part of the arguments; the host asks for the rest with a form.
    pub fn ask(label: &str, plugin: &str, action: &str, args: &impl Serialize) -> Self {
        Button::new(label, plugin, &format!("{action}?"), args)
    }

    fn new(label: &str, plugin: &str, action: &str, args: &impl Serialize) -> Self {
        // An argument struct that serde cannot write is a bug that the compliance check shows:
        // such a button has no arguments and is refused when pressed.
        let args = serde_json::to_value(args).unwrap_or(Value::Null);
        Button { label: label.to_owned(), id: format!("{plugin}/{action}/{args}"), outside: false }
    }

    /// The same, its label being a name from outside.
    pub fn named_outside(self) -> Self {
        Button { outside: true, ..self }
    }

    /// What pressing the button of this id means.
    pub fn parts(id: &str) -> Option<Press<'_>> {
        let (plugin, rest) = id.split_once('/')?;
        let (action, args) = rest.split_once('/')?;
        let arguments = serde_json::from_str(args).ok()?;
        let asks = action.ends_with('?');
        Some(Press { plugin, action: action.trim_end_matches('?'), arguments, asks })
    }
}

impl Message {
    pub fn new(summary: impl Into<Text>) -> Self {
        Message { summary: summary.into(), ..Message::default() }
    }

    /// A message of one sentence.
    pub fn sentence(words: impl Into<Text>) -> Self {
        let words = words.into();
        Message { summary: words.clone(), blocks: vec![Block::Text(words)], ..Message::default() }
    }

    pub fn block(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    pub fn heading(self, words: impl Into<Text>) -> Self {
        self.block(Block::Heading(words.into()))
    }

    pub fn text(self, words: impl Into<Text>) -> Self {
        self.block(Block::Text(words.into()))
    }

    pub fn note(self, words: impl Into<Text>) -> Self {
        self.block(Block::Note(words.into()))
    }

    /// Small print before the buttons at the end, or at the end where there are none.
    pub fn note_before_buttons(mut self, words: impl Into<Text>) -> Self {
        let buttons = matches!(self.blocks.last(), Some(Block::Buttons(_)));
        let place = self.blocks.len() - usize::from(buttons);
        self.blocks.insert(place, Block::Note(words.into()));
        self
    }

    pub fn reply(mut self, message: Message) -> Self {
        self.thread.push(message);
        self
    }

    /// The bare words of the whole post, a block a line; for logs, errors and the lint.
    pub fn plain(&self) -> String {
        let lines: Vec<String> = self.texts().map(Text::words).collect();
        lines.join("\n")
    }

    /// Every text of this post, without its thread and without the summary.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        self.blocks.iter().flat_map(Block::texts)
    }
}

impl Block {
    /// Every text of the block; titles and labels of ours are in [`Block::own_words`].
    pub fn texts(&self) -> Vec<&Text> {
        match self {
            Block::Heading(text) | Block::Text(text) | Block::Note(text) => vec![text],
            Block::Facts(facts) => {
                facts.iter().flat_map(|fact| [&fact.label, &fact.value]).collect()
            }
            Block::Table(table) => table.rows.iter().flatten().collect(),
            Block::Chart(chart) => vec![&chart.finding],
            Block::Divider | Block::Buttons(_) | Block::Choose(_) => vec![],
        }
    }

    /// What people may press in the block.
    pub fn buttons(&self) -> &[Button] {
        match self {
            Block::Buttons(buttons) => buttons,
            Block::Choose(choose) => &choose.choices,
            _ => &[],
        }
    }

    /// The words of ours that are not texts: columns, titles, buttons.
    pub fn own_words(&self) -> Vec<&str> {
        match self {
            Block::Table(table) => table.columns.iter().map(String::as_str).collect(),
            Block::Chart(chart) => vec![&chart.title],
            Block::Buttons(buttons) => labels(buttons).collect(),
            Block::Choose(choose) => {
                std::iter::once(&*choose.prompt).chain(labels(&choose.choices)).collect()
            }
            _ => vec![],
        }
    }
}

/// The labels that are words of ours.
fn labels(buttons: &[Button]) -> impl Iterator<Item = &str> {
    buttons.iter().filter(|button| !button.outside).map(|button| &*button.label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_button_carries_its_arguments_in_its_id() {
        let button = Button::call("Details", "digest", "details", &json!({"week": "2026-W46"}));
        assert_eq!(button.id, r#"digest/details/{"week":"2026-W46"}"#);
        let press = Button::parts(&button.id).expect("well-formed");
        assert_eq!((press.plugin, press.action, press.asks), ("digest", "details", false));
        assert_eq!(press.arguments, json!({"week": "2026-W46"}));
        let asking = Button::ask("Another", "digest", "digest", &json!({})).id;
        let press = Button::parts(&asking).expect("well-formed");
        assert_eq!((press.action, press.asks), ("digest", true));
        assert_eq!(Button::parts("nonsense"), None);
    }
}
