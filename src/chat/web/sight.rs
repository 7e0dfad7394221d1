//! What someone sees on the page: pure.

use askama::Template;
use askama::filters::HtmlSafe;
use cxbot_sdk::words::day_time;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::room::Item;
use super::{Person, Setup};
use crate::chat::form::{Field, Form, Kind};
use crate::chat::render::html::{Post, pressable};
use crate::chat::render::visible;

/// Words longer than this get a field of several lines.
const LINE: u32 = 80;

/// The whole page.
#[derive(Template)]
#[template(path = "web/console/page.html", config = "src/chat/askama.toml")]
pub(super) struct Page<'a> {
    pub(super) setup: &'a Setup,
    pub(super) me: &'a Person,
    pub(super) now: String,
    /// What is seen when the page opens; what comes later comes as events.
    pub(super) version: u64,
    pub(super) posts: Vec<Standing<'a>>,
    pub(super) next: Vec<(String, String)>,
}

/// A post with its thread.
pub(super) struct Standing<'a> {
    item: &'a Item,
    inside: Inside<'a>,
    thread: Vec<Standing<'a>>,
}

/// One item without its thread.
#[derive(Template)]
#[template(path = "web/console/item.html", config = "src/chat/askama.toml")]
struct Inside<'a> {
    item: &'a Item,
    post: Option<Post<'a>>,
    at: String,
}

/// A form in its window.
#[derive(Template)]
#[template(path = "web/console/form.html", config = "src/chat/askama.toml")]
pub(super) struct Asking<'a> {
    pub(super) form: &'a Form,
}

// Templates escape what they are given, so what they write is not escaped again.
impl HtmlSafe for Inside<'_> {}

/// A change of what is seen, for a page that is open.
#[derive(Debug, Serialize)]
pub(super) struct Change {
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<String>,
    private: bool,
    /// `None` where it was taken away.
    html: Option<String>,
}

pub(super) fn change(item: &Item, zone: &TimeZone) -> Change {
    Change {
        key: item.key.clone(),
        thread: item.thread.clone(),
        private: item.only.is_some(),
        html: item.message.is_some().then(|| inside(item, zone).to_string()),
    }
}

pub(super) fn standing<'a>(items: &'a [Item], zone: &'a TimeZone) -> Vec<Standing<'a>> {
    let stand = |item: &'a Item, thread| Standing { item, inside: inside(item, zone), thread };
    let replies =
        |item: &Item| under(items, Some(&item.key)).map(|reply| stand(reply, vec![])).collect();
    under(items, None).map(|item| stand(item, replies(item))).collect()
}

fn under<'a>(items: &'a [Item], thread: Option<&str>) -> impl Iterator<Item = &'a Item> {
    items.iter().filter(move |item| item.message.is_some() && item.thread.as_deref() == thread)
}

fn inside<'a>(item: &'a Item, zone: &'a TimeZone) -> Inside<'a> {
    let level = if item.thread.is_some() { 4 } else { 3 };
    let post = item.message.as_ref().map(|message| pressable(message, zone, level));
    Inside { item, post, at: day_time(item.at, zone) }
}

/// `Mon 16 Nov 2026, 09:00`
pub(super) fn now(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%a %-d %b %Y, %H:%M").to_string()
}

impl Asking<'_> {
    fn is_long(&self, most: &Option<u32>) -> bool {
        most.is_some_and(|most| most > LINE)
    }

    fn is_tick(&self, field: &Field) -> bool {
        field.kind == Kind::Tick
    }
}
