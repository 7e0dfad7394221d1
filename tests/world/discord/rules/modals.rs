//! Modals, and choices offered while a person types.

use serde_json::Value;

use super::{Problems, components, length, list};

pub fn check(modal: &Value, problems: &mut Problems) {
    let rows = list(&modal["components"]).count();
    if !(1..=5).contains(&rows) {
        problems.push(format!("modal: {rows} components"));
    }
    if !(1..=45).contains(&length(&modal["title"])) {
        problems.push(format!("modal: a title of {} characters", length(&modal["title"])));
    }
    for row in list(&modal["components"]) {
        let inputs: Vec<&Value> = list(&row["components"]).collect();
        match inputs.as_slice() {
            [input] if row["type"] == 1 && input["type"] == 4 => of_input(input, problems),
            _ => problems.push("modal: each row holds one text input".to_owned()),
        }
    }
    let inputs = list(&modal["components"]).flat_map(|row| list(&row["components"]));
    components::unique(inputs, problems);
}

fn of_input(input: &Value, problems: &mut Problems) {
    if !(1..=45).contains(&length(&input["label"])) {
        problems.push(format!("modal: a label of {} characters", length(&input["label"])));
    }
    let (least, most) = (input["min_length"].as_u64(), input["max_length"].as_u64());
    if least.unwrap_or(0) > most.unwrap_or(4_000) {
        problems.push("modal: min_length above max_length".to_owned());
    }
    if length(&input["value"]) as u64 > most.unwrap_or(4_000) {
        problems.push("modal: a value longer than max_length".to_owned());
    }
}

pub fn check_choices(choices: &Value, problems: &mut Problems) {
    if !choices.is_array() || list(choices).count() > 25 {
        problems.push("choices: no list of at most 25".to_owned());
    }
    for choice in list(choices) {
        if !(1..=100).contains(&length(&choice["name"])) {
            problems.push(format!("choices: a name of {} characters", length(&choice["name"])));
        }
        if choice["value"].as_str().is_some_and(|value| value.chars().count() > 100) {
            problems.push("choices: a value of more than 100 characters".to_owned());
        }
    }
}
