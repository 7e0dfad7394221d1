//! Submitting a view: what the person's own Slack checks before, and what the app's answer does.

use serde_json::{Map, Value, json};

use super::judge::Verdict;
use super::state::State;
use super::views::View;
use super::{elements, view_rules};

/// What a person reads when the app's answer makes no sense.
pub const TROUBLE: &str = "We had some trouble connecting. Try again?";
const REQUIRED: &str = "Please complete this required field.";

/// Fills a view in. Slack itself tells the person of what is missing, before the app hears of it.
pub fn fill(view: &mut View, values: &[(&str, Value)]) -> Result<(), String> {
    assert!(!view.body["submit"].is_null(), "a view without a button to submit it");
    let inputs = inputs(&view.body);
    for (block_id, value) in values {
        let block = inputs.iter().find(|block| block["block_id"] == *block_id);
        let element = &block.unwrap_or_else(|| panic!("no input block {block_id}"))["element"];
        set(&mut view.values, block_id, element, value);
    }
    let mut errors = json!({});
    for block in &inputs {
        let block_id = block["block_id"].as_str().expect("every block has an id");
        if let Some(error) = trouble(block, &view.values[block_id]) {
            errors[block_id] = json!(error);
        }
    }
    let said = errors.as_object().and_then(|all| all.values().next()?.as_str()).map(str::to_owned);
    view.errors = errors;
    said.map_or(Ok(()), Err)
}

fn inputs(view: &Value) -> Vec<Value> {
    let blocks = view["blocks"].as_array().into_iter().flatten();
    blocks.filter(|block| block["type"] == "input").cloned().collect()
}

fn set(values: &mut Value, block_id: &str, element: &Value, value: &Value) {
    let kind = element["type"].as_str().unwrap_or_default();
    let field = elements::field(kind).unwrap_or_else(|| panic!("{kind} has no value"));
    let action_id = element["action_id"].as_str().expect("an action_id");
    let told = match value {
        Value::String(text) => elements::value(element, text),
        Value::Array(list) => {
            let texts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            elements::value(element, &texts.join(","))
        }
        other => other.clone(),
    };
    values[block_id][action_id] = json!({"type": kind, field: told});
}

/// What Slack says of a field by itself.
fn trouble(block: &Value, values: &Value) -> Option<String> {
    let element = &block["element"];
    let field = elements::field(element["type"].as_str()?)?;
    let value = &values[element["action_id"].as_str()?][field];
    let empty = value.is_null() || value == "" || value.as_array().is_some_and(Vec::is_empty);
    if empty {
        return (block["optional"] != true).then(|| REQUIRED.to_owned());
    }
    let length = value.as_str()?.chars().count() as u64;
    let least = element["min_length"].as_u64().filter(|least| length < *least);
    let most = element["max_length"].as_u64().filter(|most| length > *most);
    let limit = least.map(|least| format!("at least {least}"));
    let limit = limit.or(most.map(|most| format!("at most {most}")))?;
    Some(format!("Please enter {limit} characters."))
}

/// Does what the app answered to a submission, or says what is wrong with the answer.
pub fn respond(
    state: &mut State,
    user: &str,
    id: &str,
    answer: &Value,
    verdict: &Verdict,
) -> Result<(), String> {
    let views = &mut state.workspace.views;
    let nothing = Map::new();
    let fields = if answer.is_null() { Some(&nothing) } else { answer.as_object() };
    let fields = fields.ok_or(format!("{answer} is no object"))?;
    let allowed: &[&str] = match fields.get("response_action").and_then(Value::as_str) {
        Some("clear") => &["response_action"],
        Some("update" | "push") => &["response_action", "view"],
        Some("errors") => &["response_action", "errors"],
        None if fields.is_empty() => &[],
        _ => return Err(format!("response_action: {answer}")),
    };
    if let Some(key) = fields.keys().find(|key| !allowed.contains(&key.as_str())) {
        return Err(format!("unknown field {key}"));
    }
    let view = &answer["view"];
    let refused = |refusal: super::reply::Refusal| {
        format!("{}: {}", refusal.code, refusal.complaint.unwrap_or_default())
    };
    match answer["response_action"].as_str() {
        None => views.close(user, id),
        Some("clear") => views.clear(user),
        Some("errors") => return errors(views.modal(id), &answer["errors"]),
        Some(action) => {
            view_rules::check(view, "modal", verdict).map_err(refused)?;
            let done = if action == "push" {
                views.push(user, view)
            } else {
                views.update(id, view, None)
            };
            done.map_err(refused)?;
        }
    }
    Ok(())
}

/// Errors are for input blocks that are there.
fn errors(view: Option<&mut View>, errors: &Value) -> Result<(), String> {
    // A person who closed the view in between reads no more of it.
    let Some(view) = view else { return Ok(()) };
    let given = errors.as_object().filter(|errors| !errors.is_empty());
    let given = given.ok_or("errors is no object with errors in it")?;
    let inputs = inputs(&view.body);
    for (block_id, text) in given {
        if !inputs.iter().any(|block| block["block_id"] == block_id.as_str()) {
            return Err(format!("errors: {block_id} is no input block of the view"));
        }
        if text.as_str().is_none_or(str::is_empty) {
            return Err(format!("errors: {block_id} has no text"));
        }
    }
    view.errors = errors.clone();
    Ok(())
}
