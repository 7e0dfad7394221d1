//! Commands: names, order, nesting and size.

use std::collections::HashSet;

use serde_json::Value;

use super::super::asked::Asked;
use super::{Problems, length, list};

const TOGETHER: usize = 8_000;
const MOST: usize = 100;

pub fn check(asked: &Asked, commands: &[&Value], problems: &mut Problems) {
    if commands.len() > MOST {
        problems.push(format!("commands: {} of them", commands.len()));
    }
    let changes = asked.http_method == "PATCH";
    let names: Vec<&Value> = commands.iter().map(|command| &command["name"]).collect();
    twice("commands", names.into_iter(), problems);
    for command in commands {
        if !(changes && command["name"].is_null()) {
            of_one(command, problems);
        }
        let own = asked.ids.contains_key("g");
        for key in ["contexts", "integration_types", "dm_permission"] {
            if own && !command[key].is_null() {
                problems.push(format!("commands: {key} belongs to global commands"));
            }
        }
    }
}

fn of_one(command: &Value, problems: &mut Problems) {
    if command["type"].as_u64().unwrap_or(1) != 1 {
        // Commands of people and messages have free names and nothing to type.
        return;
    }
    named(command, problems);
    of_options(&command["options"], 0, problems);
    let size = size(command);
    if size > TOGETHER {
        problems.push(format!("commands: {size} characters together"));
    }
}

fn named(node: &Value, problems: &mut Problems) {
    let name = node["name"].as_str().unwrap_or_default();
    let allowed = |c: char| c.is_alphanumeric() || "-_'".contains(c);
    let count = name.chars().count();
    if !(1..=32).contains(&count) || !name.chars().all(allowed) || name != name.to_lowercase() {
        problems.push(format!("commands: {name:?} is no name"));
    }
    if !(1..=100).contains(&length(&node["description"])) {
        problems.push(format!("commands: {name} has a description of a wrong length"));
    }
}

fn of_options(options: &Value, depth: usize, problems: &mut Problems) {
    if list(options).count() > 25 {
        problems.push("commands: more than 25 options".to_owned());
    }
    twice("options", list(options).map(|option| &option["name"]), problems);
    let is_part = |option: &&Value| option["type"] == 1 || option["type"] == 2;
    let parts = list(options).filter(is_part).count();
    if parts > 0 && parts < list(options).count() {
        problems.push("commands: parts and options side by side".to_owned());
    }
    let mut optional = false;
    for option in list(options) {
        named(option, problems);
        let required = option["required"] == true;
        if required && optional && !is_part(&option) {
            problems
                .push(format!("commands: {} is required, after one that is not", option["name"]));
        }
        optional |= !required;
        match option["type"].as_u64() {
            Some(2) if depth > 0 => problems.push("commands: a group in a group".to_owned()),
            Some(1) if depth > 1 => problems.push("commands: nested too deep".to_owned()),
            Some(2) => of_group(&option["options"], depth, problems),
            Some(1) => of_options(&option["options"], 2, problems),
            _ => of_leaf(option, problems),
        }
    }
}

fn of_group(options: &Value, depth: usize, problems: &mut Problems) {
    if list(options).any(|option| option["type"] != 1) {
        problems.push("commands: a group holds commands only".to_owned());
    }
    of_options(options, depth + 1, problems);
}

fn of_leaf(option: &Value, problems: &mut Problems) {
    let choices: Vec<&Value> = list(&option["choices"]).collect();
    if choices.len() > 25 {
        problems.push("commands: more than 25 choices".to_owned());
    }
    if !choices.is_empty() && option["autocomplete"] == true {
        problems.push("commands: choices and autocomplete".to_owned());
    }
    twice("choices", choices.iter().map(|choice| &choice["name"]), problems);
    for choice in choices {
        if !(1..=100).contains(&length(&choice["name"])) || length(&choice["value"]) > 100 {
            problems.push(format!("commands: the choice {choice}"));
        }
    }
    for (least, most) in [("min_value", "max_value"), ("min_length", "max_length")] {
        if let (Some(low), Some(high)) = (option[least].as_f64(), option[most].as_f64())
            && low > high
        {
            problems.push(format!("commands: {least} above {most}"));
        }
    }
}

fn twice<'a>(what: &str, names: impl Iterator<Item = &'a Value>, problems: &mut Problems) {
    let mut known = HashSet::new();
    for name in names {
        if !known.insert(name.to_string()) {
            problems.push(format!("commands: {what} named {name} twice"));
        }
    }
}

/// Names, descriptions and values of a command and everything in it.
fn size(node: &Value) -> usize {
    let own: usize = ["name", "description", "value"].iter().map(|key| length(&node[*key])).sum();
    let inner = ["options", "choices"].iter().flat_map(|key| list(&node[*key]));
    own + inner.map(size).sum::<usize>()
}
