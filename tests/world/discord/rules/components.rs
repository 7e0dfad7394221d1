//! Rows of buttons and menus.

use std::collections::HashSet;

use serde_json::Value;

use super::{Problems, list};

const ROWS: usize = 5;
const BUTTON: u64 = 2;
const MENUS: &[u64] = &[3, 5, 6, 7, 8];

pub fn check(components: &Value, problems: &mut Problems) {
    if list(components).count() > ROWS {
        problems.push("components: more than five rows".to_owned());
    }
    for row in list(components) {
        if row["type"] != 1 {
            problems.push(format!("components: {} is no row", row["type"]));
        }
        of_row(row, problems);
    }
    unique(list(components).flat_map(|row| list(&row["components"])), problems);
}

fn of_row(row: &Value, problems: &mut Problems) {
    let kinds: Vec<u64> = list(&row["components"]).filter_map(|it| it["type"].as_u64()).collect();
    let buttons = kinds.iter().all(|kind| *kind == BUTTON) && (1..=5).contains(&kinds.len());
    let menu = matches!(kinds.as_slice(), [kind] if MENUS.contains(kind));
    if !buttons && !menu {
        problems.push("components: a row has one to five buttons, or one menu".to_owned());
    }
    for one in list(&row["components"]) {
        match one["type"].as_u64() {
            Some(BUTTON) => of_button(one, problems),
            Some(_) => of_menu(one, problems),
            None => {}
        }
    }
}

fn of_button(button: &Value, problems: &mut Problems) {
    let has = |key: &str| !button[key].is_null();
    let wanted = match button["style"].as_u64() {
        Some(5) => "url",
        Some(6) => "sku_id",
        _ => "custom_id",
    };
    let given: Vec<&str> =
        ["url", "sku_id", "custom_id"].into_iter().filter(|key| has(key)).collect();
    if given != [wanted] {
        problems.push(format!("components: a button of this style has a {wanted}, not {given:?}"));
    }
    if wanted != "sku_id" && !has("label") && !has("emoji") {
        problems.push("components: a button without label and emoji".to_owned());
    }
    if button["label"].as_str().is_some_and(|label| label.chars().count() > 80) {
        problems.push("components: a label of more than 80 characters".to_owned());
    }
}

fn of_menu(menu: &Value, problems: &mut Problems) {
    let count = |key: &str| menu[key].as_u64().unwrap_or(1);
    if count("min_values") > count("max_values") {
        problems.push("components: min_values above max_values".to_owned());
    }
    if menu["type"] != 3 {
        return;
    }
    let options: Vec<&Value> = list(&menu["options"]).collect();
    if count("max_values") > options.len() as u64 {
        problems.push("components: max_values above the number of options".to_owned());
    }
    let values: HashSet<String> = options.iter().map(|it| it["value"].to_string()).collect();
    if values.len() < options.len() {
        problems.push("components: two options have one value".to_owned());
    }
    let chosen = options.iter().filter(|it| it["default"] == true).count();
    if chosen as u64 > count("max_values") {
        problems.push("components: more options chosen than allowed".to_owned());
    }
}

/// No custom_id twice in a message or modal.
pub fn unique<'a>(all: impl Iterator<Item = &'a Value>, problems: &mut Problems) {
    let mut known = HashSet::new();
    for id in all.filter_map(|it| it["custom_id"].as_str()) {
        if !known.insert(id) {
            problems.push(format!("components: the custom_id {id:?} twice"));
        }
        if id.is_empty() || id.chars().count() > 100 {
            problems.push(format!("components: a custom_id of {} characters", id.chars().count()));
        }
    }
}
