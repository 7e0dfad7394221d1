//! Pages: a post as a part of one, and a whole message as a page of its own that can be mailed.
//!
//! Words are escaped by the templates and in no other place. What stands on a page neither runs nor
//! loads anything.

#[cfg(test)]
mod tests;

use askama::Template;
use askama::filters::HtmlSafe;
use cxbot_sdk::message::{Block, Table};
use cxbot_sdk::text::Span;
use cxbot_sdk::words::day_time;
use cxbot_sdk::{Message, Text};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::picture;
use super::visible::visible;

/// How posts look, for a page that holds some.
pub const LOOK: &str = include_str!("html/look.css");

/// One post without its thread, as a part of a page.
#[derive(Template)]
#[template(path = "render/html/post.html", config = "src/chat/askama.toml")]
pub struct Post<'m> {
    message: &'m Message,
    zone: &'m TimeZone,
    /// That of its headings.
    level: u8,
    /// What a press on a button does is the page's affair; without that there are no buttons.
    pressed: bool,
}

/// The same where buttons can be pressed: each carries its id as `data-press`.
pub fn pressable<'m>(message: &'m Message, zone: &'m TimeZone, level: u8) -> Post<'m> {
    super::lint(message);
    Post { message, zone, level, pressed: true }
}

/// The message and its thread as a page that needs nothing else.
pub fn page(message: &Message, zone: &TimeZone) -> String {
    super::lint(message);
    let post = |message, level| Post { message, zone, level, pressed: false };
    let page = Page {
        title: visible(&message.summary.words()),
        parent: post(message, 2),
        thread: message.thread.iter().map(|reply| post(reply, 2)).collect(),
    };
    page.to_string()
}

#[derive(Template)]
#[template(path = "render/html/page.html", config = "src/chat/askama.toml")]
struct Page<'m> {
    title: String,
    parent: Post<'m>,
    thread: Vec<Post<'m>>,
}

#[derive(Template)]
#[template(path = "render/html/words.html", config = "src/chat/askama.toml")]
struct Words<'t> {
    text: &'t Text,
    zone: &'t TimeZone,
}

// Templates escape what they are given, so what they write is not escaped again.
impl HtmlSafe for Post<'_> {}
impl HtmlSafe for Words<'_> {}

impl<'m> Post<'m> {
    fn words(&self, text: &'m Text) -> Words<'m> {
        Words { text, zone: self.zone }
    }

    fn can_press(&self) -> bool {
        self.pressed
    }

    /// What a table is called by those who do not see it.
    fn named(&self, table: &Table) -> String {
        visible(&table.columns.join(", "))
    }
}

impl Words<'_> {
    fn when(&self, at: &Timestamp) -> String {
        day_time(*at, self.zone)
    }
}

/// Other schemes run something or lead into the machine.
fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}
