//! A report as one picture: what stands on it, not how it is drawn.

use crate::message::{Block, Chart, Message};
use crate::text::Text;

/// One panel under another, each with axes of its own. Nobody can select or search a picture, so all
/// that it shows is on it in words too.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub title: Text,
    /// What has to be known before the figures are read.
    pub notes: Vec<Text>,
    pub panels: Vec<Panel>,
    /// Small print at the end.
    pub foot: Text,
}

/// What belongs together.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    pub heading: Text,
    /// The point, a line each; the first is stressed.
    pub lines: Vec<Text>,
    pub chart: Option<Chart>,
    pub spread: Option<Spread>,
}

/// How often each score was given, drawn as bars.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    pub title: String,
    /// Of the scores 1–5.
    pub counts: [u64; 5],
}

impl Sheet {
    /// The same as a message, without the drawings.
    pub fn message(&self) -> Message {
        let message = Message::new(self.title.clone()).heading(self.title.clone());
        let message = self.notes.iter().cloned().fold(message, Message::text);
        let message = self.panels.iter().fold(message, |message, panel| {
            let message = message.heading(panel.heading.clone());
            let message = panel.lines.iter().cloned().fold(message, Message::text);
            let message =
                panel.chart.iter().cloned().map(Block::Chart).fold(message, Message::block);
            panel.spread.iter().map(|spread| &*spread.title).fold(message, Message::text)
        });
        message.note(self.foot.clone())
    }
}
