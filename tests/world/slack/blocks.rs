//! The fake's own rules for blocks, and the judge's faults as Slack would answer them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::judge::Verdict;
use super::reply::Refusal;
use super::table::TABLE;

const MOST_BLOCKS: usize = 50;
/// Undocumented; seen in the wild.
const MOST_CHARACTERS: usize = 13_200;

/// What a message may hold: everything but `alert`, which is for modals.
const TYPES: &[&str] = &[
    "actions",
    "card",
    "carousel",
    "container",
    "context",
    "context_actions",
    "data_table",
    "data_visualization",
    "divider",
    "file",
    "header",
    "image",
    "input",
    "layout",
    "markdown",
    "plan",
    "rich_text",
    "section",
    "table",
    "task_card",
    "video",
];

pub fn check(method: &str, blocks: &Value, verdict: &Verdict) -> Result<(), Refusal> {
    let invalid = |complaint: String| Refusal::mistake("invalid_blocks", complaint);
    let list = blocks.as_array().filter(|list| list.iter().all(Value::is_object));
    let list = list
        .ok_or_else(|| Refusal::mistake("invalid_blocks_format", "blocks are a list of objects"))?;
    if list.len() > MOST_BLOCKS {
        return Err(invalid(format!("{} blocks are more than {MOST_BLOCKS}", list.len())));
    }
    size(method, blocks)?;
    kinds(list).map_err(invalid)?;
    let count = |kinds: &[&str]| list.iter().filter(|block| kinds.contains(&kind(block))).count();
    if count(&["table", "data_table"]) > 1 {
        return Err(Refusal::mistake("invalid_attachments", "only_one_table_allowed"));
    }
    if count(&["data_visualization"]) > 2 {
        return Err(invalid("more than two charts".to_owned()));
    }
    for key in ["block_id", "action_id"] {
        unique(blocks, key, &mut BTreeSet::new()).map_err(invalid)?;
    }
    judged(verdict)
}

fn size(method: &str, blocks: &Value) -> Result<(), Refusal> {
    let size = blocks.to_string().chars().count();
    if size <= MOST_CHARACTERS {
        return Ok(());
    }
    // Only chat.postMessage lists the code of its own.
    let own = "msg_blocks_too_long";
    let code = if TABLE.allows(method, own) { own } else { "msg_too_long" };
    Err(Refusal::mistake(code, format!("{size} characters of blocks")))
}

fn kind(block: &Value) -> &str {
    block["type"].as_str().unwrap_or_default()
}

fn kinds(list: &[Value]) -> Result<(), String> {
    match list.iter().find(|block| !TYPES.contains(&kind(block))) {
        Some(block) => Err(format!("{} is no block of a message", block["type"])),
        None => Ok(()),
    }
}

/// Whether an id stands nowhere twice.
pub fn unique(value: &Value, key: &str, taken: &mut BTreeSet<String>) -> Result<(), String> {
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| unique(item, key, taken)),
        Value::Object(fields) => {
            if let Some(id) = fields.get(key)
                && !taken.insert(id.to_string())
            {
                return Err(format!("{key} {id} is there twice"));
            }
            fields.values().try_for_each(|field| unique(field, key, taken))
        }
        _ => Ok(()),
    }
}

fn judged(verdict: &Verdict) -> Result<(), Refusal> {
    if verdict.is_empty() {
        return Ok(());
    }
    let messages: Vec<String> = verdict.iter().map(|fault| format!("[ERROR] {fault}")).collect();
    Err(Refusal::mistake("invalid_blocks", verdict.join("; "))
        .with("errors", json!(verdict))
        .with("response_metadata", json!({"messages": messages})))
}
