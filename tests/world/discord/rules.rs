//! The second judge: documented rules that the official description does not hold.

mod commands;
mod components;
mod embeds;
mod modals;

use serde_json::Value;

use super::asked::Asked;
use super::judge;
use super::message::{EPHEMERAL, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS};
use super::table::Form;

const CONTENT: usize = 2_000;
const NONCE: usize = 25;
const FILES: usize = 10;

pub type Problems = Vec<String>;

/// Characters as Discord counts them: white space around a text does not count.
fn length(text: &Value) -> usize {
    text.as_str().unwrap_or_default().trim().chars().count()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub fn problems(asked: &Asked, form: Form) -> Problems {
    let mut problems = Problems::new();
    if let Some(message) = judge::message(form, &asked.body) {
        of_message(asked, form, message, &mut problems);
    }
    commands::check(asked, &judge::commands(form, &asked.body), &mut problems);
    if form == Form::Callback {
        of_callback(&asked.body, &mut problems);
    }
    of_files(asked, &mut problems);
    problems
}

fn of_message(asked: &Asked, form: Form, message: &Value, problems: &mut Problems) {
    if length(&message["content"]) > CONTENT {
        problems.push(format!("content: {} characters", length(&message["content"])));
    }
    embeds::check(&message["embeds"], problems);
    components::check(&message["components"], problems);
    let plain =
        matches!(form, Form::Schema(name) if name.starts_with("Message")) || form == Form::Thread;
    let private = if plain { 0 } else { EPHEMERAL };
    let known = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | private;
    let flags = message["flags"].as_u64().unwrap_or(0);
    if flags & !known != 0 {
        problems.push(format!("flags: {flags} has bits that do not belong here"));
    }
    of_nonce(message, problems);
    of_mentions(&message["allowed_mentions"], problems);
    of_attachments(asked, message, problems);
}

fn of_nonce(message: &Value, problems: &mut Problems) {
    let nonce = &message["nonce"];
    let long = nonce.as_str().is_some_and(|nonce| nonce.chars().count() > NONCE);
    if long {
        problems.push(format!("nonce: longer than {NONCE} characters"));
    }
    if message["enforce_nonce"] == true && nonce.is_null() {
        problems.push("enforce_nonce: there is no nonce".to_owned());
    }
}

/// All of a kind and some of it exclude each other.
fn of_mentions(rule: &Value, problems: &mut Problems) {
    for kind in ["users", "roles"] {
        let all = list(&rule["parse"]).any(|parsed| parsed == kind);
        if all && list(&rule[kind]).next().is_some() {
            problems.push(format!("allowed_mentions: both all {kind} and some"));
        }
    }
}

/// What is listed and what is shown has to be there: sent along, or kept from before.
fn of_attachments(asked: &Asked, message: &Value, problems: &mut Problems) {
    let sent = |number: u64| asked.files.iter().any(|file| file.number as u64 == number);
    let number = |about: &Value| {
        let text = about["id"].as_str().and_then(|id| id.parse().ok());
        about["id"].as_u64().or(text).unwrap_or(u64::MAX)
    };
    // Real ids are of at least 17 digits.
    let is_new = |number: &u64| *number < 1_000_000;
    let listed: Vec<u64> = list(&message["attachments"]).map(number).collect();
    for missing in listed.iter().filter(|it| is_new(it)).filter(|it| !sent(**it)) {
        problems.push(format!("attachments: there is no files[{missing}]"));
    }
    let edits = asked.http_method == "PATCH" || asked.body["type"] == 7;
    let keeps = edits && (message["attachments"].is_null() || listed.iter().any(|it| !is_new(it)));
    let shown = list(&message["embeds"]).flat_map(|embed| {
        let urls = ["image", "thumbnail"].map(|key| embed[key]["url"].as_str());
        urls.into_iter().flatten().filter_map(|url| url.strip_prefix("attachment://"))
    });
    for name in shown {
        let there = asked.files.iter().any(|file| file.name == name);
        if !there && !keeps {
            problems.push(format!("embeds: no file is named {name:?}"));
        }
    }
}

fn of_callback(body: &Value, problems: &mut Problems) {
    let data = &body["data"];
    match body["type"].as_u64() {
        Some(5) => {
            let others = data.as_object().into_iter().flatten();
            let others = others.filter(|(key, value)| *key != "flags" && !value.is_null());
            problems.extend(others.map(|(key, _)| format!("data: a deferral has no {key}")));
            let flags = data["flags"].as_u64().unwrap_or(0);
            if flags & !EPHEMERAL != 0 {
                problems.push(format!("data: a deferral has no flags {flags}"));
            }
        }
        Some(6) if data.as_object().is_some_and(|data| !data.is_empty()) => {
            problems.push("data: a silent answer has none".to_owned());
        }
        Some(8) => modals::check_choices(&data["choices"], problems),
        Some(9) => modals::check(data, problems),
        _ => {}
    }
}

fn of_files(asked: &Asked, problems: &mut Problems) {
    if asked.files.len() > FILES {
        problems.push(format!("files: {} of them", asked.files.len()));
    }
    for file in &asked.files {
        let safe = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if file.name.is_empty() || !file.name.chars().all(safe) {
            problems.push(format!("files: Discord would rename {:?}", file.name));
        }
    }
}
