//! Judges Slack request bodies, one JSON object a line on stdin: prints each fault, exits 1 on any.
//! A body has `blocks`, or a `view` of its own.
//!
//! The slackblocks crate knows Block Kit's shapes and limits; the checks below it are those that
//! the crate leaves out.

use std::collections::BTreeSet;
use std::io::BufRead;
use std::process::ExitCode;

use serde_json::Value;
use slackblocks::{Block, HomeTabView, ModalView};

/// Slack answers `msg_blocks_too_long` at about 13,200 characters; this much is surely accepted.
const MESSAGE_LIMIT: usize = 12_000;
const BLOCK_LIMIT: usize = 50;

fn main() -> ExitCode {
    let mut faults = 0;
    let mut judged = 0;
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("stdin is UTF-8");
        let body: Value = serde_json::from_str(&line).expect("one JSON object a line");
        for fault in judge(&body) {
            println!("{}: {fault}", judged + 1);
            faults += 1;
        }
        judged += 1;
    }
    println!("{judged} bodies judged, {faults} faults");
    if faults == 0 && judged > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn judge(body: &Value) -> Vec<String> {
    if body["view"].is_object() {
        return judge_view(&body["view"]);
    }
    let empty = Vec::new();
    let blocks = body["blocks"].as_array().unwrap_or(&empty);
    let mut faults = Vec::new();
    if blocks.is_empty() || blocks.len() > BLOCK_LIMIT {
        faults.push(format!("{} blocks", blocks.len()));
    }
    for (index, block) in blocks.iter().enumerate() {
        if let Err(error) = Block::try_from(block.clone()) {
            faults.push(format!("block {index}: {error}"));
        }
    }
    let size = body["blocks"].to_string().chars().count();
    if size > MESSAGE_LIMIT {
        faults.push(format!("{size} characters of blocks"));
    }
    let tables = blocks.iter().filter(|block| block["type"] == "table").count();
    if tables > 1 {
        faults.push(format!("{tables} tables"));
    }
    faults.extend(repeated(body, "action_id"));
    faults.extend(repeated(body, "block_id"));
    faults
}

fn judge_view(view: &Value) -> Vec<String> {
    let judged = match view["type"].as_str() {
        Some("home") => HomeTabView::try_from(view.clone()).map(drop),
        _ => ModalView::try_from(view.clone()).map(drop),
    };
    let mut faults: Vec<String> = judged.err().map(|error| error.to_string()).into_iter().collect();
    faults.extend(repeated(view, "action_id"));
    faults.extend(repeated(view, "block_id"));
    faults
}

/// Ids have to be unique within a message or a view.
fn repeated(body: &Value, key: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut ids = Vec::new();
    collect(&body["blocks"], key, &mut ids);
    ids.into_iter()
        .filter(|id| !seen.insert(id.clone()))
        .map(|id| format!("{key} {id} is there twice"))
        .collect()
}

fn collect(value: &Value, key: &str, ids: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, key, ids)),
        Value::Object(fields) => {
            if let Some(id) = fields.get(key) {
                ids.push(id.to_string());
            }
            fields.values().for_each(|field| collect(field, key, ids));
        }
        _ => {}
    }
}
