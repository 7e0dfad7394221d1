//! The rules for a view: its fields, their lengths, and what blocks it may hold.

use std::collections::BTreeSet;

use serde_json::Value;

use super::blocks;
use super::judge::Verdict;
use super::reply::Refusal;

const MOST_BLOCKS: usize = 100;
const MOST_BYTES: usize = 250_000;

const FIELDS: &[&str] = &["type", "blocks", "private_metadata", "callback_id", "external_id"];
const MODAL_FIELDS: &[&str] =
    &["title", "close", "submit", "clear_on_close", "notify_on_close", "submit_disabled"];

const MODAL_TYPES: &[&str] = &[
    "actions",
    "alert",
    "card",
    "context",
    "divider",
    "header",
    "image",
    "input",
    "layout",
    "rich_text",
    "section",
    "video",
];
const HOME_TYPES: &[&str] = &[
    "actions",
    "card",
    "carousel",
    "container",
    "context",
    "data_table",
    "data_visualization",
    "divider",
    "header",
    "image",
    "input",
    "layout",
    "rich_text",
    "section",
    "table",
    "video",
];

/// Whether it is a view of this type, `modal` or `home`, that Slack would show.
pub fn check(view: &Value, kind: &str, verdict: &Verdict) -> Result<(), Refusal> {
    if view.to_string().len() > MOST_BYTES {
        return Err(Refusal::mistake("view_too_large", "more than 250 kB"));
    }
    let refused = |complaint: String| Refusal::arguments(format!("view: {complaint}"));
    shape(view, kind).map_err(refused)?;
    if let Some(fault) = verdict.first() {
        return Err(refused(fault.clone()));
    }
    Ok(())
}

fn shape(view: &Value, kind: &str) -> Result<(), String> {
    let fields = view.as_object().ok_or("no object")?;
    if view["type"] != kind {
        return Err(format!("its type is {}, not {kind}", view["type"]));
    }
    let modal = kind == "modal";
    let known = |key: &str| FIELDS.contains(&key) || modal && MODAL_FIELDS.contains(&key);
    if let Some(key) = fields.keys().find(|key| !known(key)) {
        return Err(format!("unknown field {key}"));
    }
    for (key, most) in [("private_metadata", 3_000), ("callback_id", 255), ("external_id", 255)] {
        match fields.get(key) {
            Some(Value::String(text)) => length(key, text, most)?,
            Some(other) => return Err(format!("{key} is no text: {other}")),
            None => {}
        }
    }
    let list = view["blocks"].as_array().ok_or("blocks are no list")?;
    if modal {
        titles(view)?;
        let input = list.iter().any(|block| block["type"] == "input");
        if input && view["submit"].is_null() {
            return Err("input blocks, but no submit".to_owned());
        }
    }
    check_blocks(view, list, if modal { MODAL_TYPES } else { HOME_TYPES })
}

fn titles(view: &Value) -> Result<(), String> {
    for key in ["title", "submit", "close"] {
        let object = &view[key];
        if object.is_null() && key != "title" {
            continue;
        }
        if object["type"] != "plain_text" {
            return Err(format!("{key} is no plain_text: {object}"));
        }
        length(key, object["text"].as_str().unwrap_or_default(), 24)?;
    }
    for key in ["clear_on_close", "notify_on_close", "submit_disabled"] {
        if !view[key].is_null() && !view[key].is_boolean() {
            return Err(format!("{key} is neither true nor false"));
        }
    }
    Ok(())
}

/// An empty text is there for nothing, which only the fields without a place on the screen may be.
fn length(key: &str, text: &str, most: usize) -> Result<(), String> {
    let length = text.chars().count();
    let least = usize::from(most == 24);
    if (least..=most).contains(&length) {
        return Ok(());
    }
    Err(format!("{key} has {length} characters, not {least} to {most}"))
}

fn check_blocks(view: &Value, list: &[Value], types: &[&str]) -> Result<(), String> {
    if list.is_empty() || list.len() > MOST_BLOCKS {
        return Err(format!("{} blocks, not 1 to {MOST_BLOCKS}", list.len()));
    }
    let fits = |block: &&Value| types.contains(&block["type"].as_str().unwrap_or_default());
    if let Some(block) = list.iter().find(|block| !fits(block)) {
        return Err(format!("{} is no block of this view", block["type"]));
    }
    for key in ["block_id", "action_id"] {
        blocks::unique(&view["blocks"], key, &mut BTreeSet::new())?;
    }
    Ok(())
}
