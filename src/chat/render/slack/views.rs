//! Windows and the Home tab as Slack's views.

use std::collections::BTreeSet;

use cxbot_sdk::Message;
use cxbot_sdk::text::shorten;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::super::visible::visible;
use super::fit::fitting;
use super::{Drawn, blocks, plain_text};
use crate::chat::form::{Field, Form, Kind};

/// Limits of Slack's views, in characters.
mod limit {
    /// A window's title and its buttons.
    pub(super) const TITLE: usize = 24;
    /// A field's label and its hint.
    pub(super) const LABEL: usize = 2_000;
    /// An option's words.
    pub(super) const OPTION: usize = 75;
    /// An option's value.
    pub(super) const VALUE: usize = 150;
    /// Options of a list.
    pub(super) const OPTIONS: usize = 100;
    /// A text field's content.
    pub(super) const INPUT: u32 = 3_000;
}

/// What a window shows until there is something to show.
pub fn waiting() -> Value {
    modal("cxbot", vec![section("One moment.")])
}

/// What a window shows when cxbot cannot say when it will have an answer.
pub fn words(words: &str) -> Value {
    modal("cxbot", vec![section(words)])
}

/// An answer in a window: the message and its thread, one after another.
pub fn window(message: &Message, zone: &TimeZone) -> Value {
    modal("cxbot", whole(message, zone))
}

/// The Home tab.
pub fn home(message: &Message, zone: &TimeZone) -> Value {
    json!({"type": "home", "blocks": whole(message, zone)})
}

/// A form; `luggage` comes back with what is filled in.
pub fn form(form: &Form, luggage: &str) -> Value {
    let about = (!form.about.is_empty()).then(|| section(&form.about));
    let fields = form.fields.iter().map(field);
    let mut view = modal(&form.title, about.into_iter().chain(fields).collect());
    view["submit"] = label("Send");
    view["callback_id"] = json!(form.id);
    view["private_metadata"] = json!(luggage);
    view
}

fn whole(message: &Message, zone: &TimeZone) -> Vec<Value> {
    super::super::lint(message);
    let mut ids = BTreeSet::new();
    let posts = std::iter::once(message).chain(&message.thread);
    fitting(posts.flat_map(|post| blocks(post, zone, Drawn::Signs, &mut ids)).collect())
}

fn modal(title: &str, blocks: Vec<Value>) -> Value {
    json!({"type": "modal", "title": label(title), "close": label("Close"), "blocks": blocks})
}

fn label(words: &str) -> Value {
    plain_text(&shorten(&visible(words), limit::TITLE))
}

fn section(words: &str) -> Value {
    let words = shorten(&visible(words), super::limit::TEXT);
    json!({"type": "section", "text": plain_text(&words)})
}

fn field(field: &Field) -> Value {
    let mut block = json!({
        "type": "input",
        "block_id": field.name,
        "label": plain_text(&shorten(&visible(&field.label), limit::LABEL)),
        "optional": field.optional,
        "element": element(field),
    });
    if !field.hint.is_empty() {
        block["hint"] = plain_text(&shorten(&visible(&field.hint), limit::LABEL));
    }
    block
}

fn element(field: &Field) -> Value {
    let mut element = match &field.kind {
        Kind::Words { most } => json!({
            "type": "plain_text_input",
            "max_length": most.unwrap_or(limit::INPUT).clamp(1, limit::INPUT),
        }),
        Kind::Choice(values) => {
            let options = values.iter().take(limit::OPTIONS).map(|value| option(value, value));
            json!({"type": "static_select", "options": options.collect::<Vec<_>>()})
        }
        Kind::Tick => json!({"type": "checkboxes", "options": [option(&field.label, "yes")]}),
    };
    element["action_id"] = json!(field.name);
    element
}

/// One line of a list.
pub(super) fn option(words: &str, value: &str) -> Value {
    json!({
        "text": plain_text(&shorten(&visible(words), limit::OPTION)),
        "value": shorten(value, limit::VALUE),
    })
}
