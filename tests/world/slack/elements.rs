//! Elements that people act on: where they stand, what they were set to, and what is told of them.

use serde_json::{Value, json};

/// The element with this id and the id of its block.
///
/// A person can only press what is there, so that it is missing is a test's mistake.
pub fn find(blocks: &Value, action_id: &str) -> (String, Value) {
    let mut all = all(blocks).into_iter();
    let found = all.find(|(_, element)| element["action_id"] == action_id);
    found.unwrap_or_else(|| panic!("no {action_id} in {blocks}"))
}

/// All elements with an id of their own, with the ids of their blocks.
pub fn all(blocks: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for block in blocks.as_array().into_iter().flatten() {
        let id = block["block_id"].as_str().unwrap_or_default();
        collect(block, id, &mut found);
    }
    found
}

fn collect(value: &Value, block_id: &str, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, block_id, found)),
        Value::Object(fields) => {
            if value["action_id"].is_string() {
                found.push((block_id.to_owned(), value.clone()));
            }
            fields.values().for_each(|field| collect(field, block_id, found));
        }
        _ => {}
    }
}

/// The field in which an element's value is told; None for what has none, such as a button.
pub fn field(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "plain_text_input" | "email_text_input" | "url_text_input" | "number_input" => "value",
        "static_select" | "external_select" | "radio_buttons" => "selected_option",
        "checkboxes" | "multi_static_select" | "multi_external_select" => "selected_options",
        "users_select" => "selected_user",
        "multi_users_select" => "selected_users",
        "conversations_select" => "selected_conversation",
        "multi_conversations_select" => "selected_conversations",
        "channels_select" => "selected_channel",
        "multi_channels_select" => "selected_channels",
        "datepicker" => "selected_date",
        "timepicker" => "selected_time",
        "datetimepicker" => "selected_date_time",
        "rich_text_input" => "rich_text_value",
        _ => return None,
    })
}

/// What elements are set to before anybody touches them, as `state.values` tells it.
pub fn initial(blocks: &Value) -> Value {
    let mut values = json!({});
    for (block_id, element) in all(blocks) {
        let kind = element["type"].as_str().unwrap_or_default();
        let Some(field) = field(kind) else { continue };
        let own = match field {
            "rich_text_value" => "initial_value".to_owned(),
            field => format!("initial_{}", field.trim_start_matches("selected_")),
        };
        let set = element.get(&own).cloned();
        let otherwise = if field.ends_with('s') { json!([]) } else { Value::Null };
        let action_id = element["action_id"].as_str().expect("found by it");
        values[&block_id][action_id] = json!({"type": kind, field: set.unwrap_or(otherwise)});
    }
    values
}

/// What a person's choice means for an element: an option as it is there, a number, or a text.
pub fn value(element: &Value, chosen: &str) -> Value {
    let kind = element["type"].as_str().unwrap_or_default();
    let field = if kind == "overflow" { Some("selected_option") } else { field(kind) };
    match field.unwrap_or_else(|| panic!("nothing to choose in {element}")) {
        "selected_option" => option(element, chosen),
        "selected_options" => chosen
            .split(',')
            .filter(|one| !one.is_empty())
            .map(|one| option(element, one))
            .collect(),
        "selected_date_time" => json!(chosen.parse::<u64>().expect("unix seconds")),
        field if field.ends_with('s') => chosen.split(',').filter(|one| !one.is_empty()).collect(),
        _ => json!(chosen),
    }
}

fn option(element: &Value, chosen: &str) -> Value {
    let groups = element["option_groups"].as_array().into_iter().flatten();
    let grouped = groups.flat_map(|group| group["options"].as_array().into_iter().flatten());
    let mut options = element["options"].as_array().into_iter().flatten().chain(grouped);
    let found = options.find(|option| option["value"] == chosen);
    found.unwrap_or_else(|| panic!("no option {chosen} in {element}")).clone()
}

/// One entry of `actions`.
pub fn action(block_id: &str, element: &Value, chosen: Option<&str>, ts: &str) -> Value {
    let kind = element["type"].as_str().unwrap_or_default();
    let mut action = json!({
        "type": kind, "action_id": element["action_id"], "block_id": block_id, "action_ts": ts,
    });
    let told = if kind == "overflow" { Some("selected_option") } else { field(kind) };
    match (told, chosen) {
        (Some(field), Some(chosen)) => action[field] = value(element, chosen),
        (None, None) => {
            for key in ["text", "value", "style", "url"] {
                if let Some(value) = element.get(key) {
                    action[key] = value.clone();
                }
            }
        }
        _ => panic!("{kind} is pressed without an option, anything else chosen with one"),
    }
    action
}

/// Notes in `state.values` what an action set.
pub fn remember(values: &mut Value, action: &Value) {
    let kind = action["type"].as_str().unwrap_or_default();
    let Some(field) = field(kind) else { return };
    let text = |key: &str| action[key].as_str().unwrap_or_default().to_owned();
    values[text("block_id")][text("action_id")] = json!({"type": kind, field: action[field]});
}
