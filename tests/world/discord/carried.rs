//! What an act carries: the data of commands, pressed buttons, chosen options and filled forms.

use serde_json::{Value, json};

use super::interactions::Kind;
use super::options::person;
use super::payloads;
use super::state::State;

pub fn data(command: &Value, options: Value, resolved: Value) -> Value {
    let mut data = json!({
        "id": command["id"], "name": command["name"], "type": 1, "options": options,
    });
    if !command["guild_id"].is_null() {
        data["guild_id"] = command["guild_id"].clone();
    }
    if resolved != json!({}) {
        data["resolved"] = resolved;
    }
    data
}

/// A component that this person can use.
pub fn component(
    state: &mut State,
    user: &str,
    id: &str,
    wanted: impl Fn(&Value) -> bool,
) -> Result<Value, String> {
    let message = state.guild.any(id).ok_or(format!("no message {id}"))?;
    if message.only_for.as_ref().is_some_and(|only| only != user) {
        return Err(format!("{user} does not see the message {id}"));
    }
    let rows = message.components.as_array().into_iter().flatten();
    let mut all = rows.filter_map(|row| row["components"].as_array()).flatten();
    let found = all.find(|it| wanted(it)).ok_or(format!("not in {}", message.components))?;
    if found["disabled"] == true || found["custom_id"].is_null() {
        return Err(format!("{found} cannot be used"));
    }
    Ok(found.clone())
}

pub fn component_act(
    state: &mut State,
    user: &str,
    message: &str,
    data: Value,
) -> Result<(String, Value), String> {
    let channel = state.guild.any(message).expect("found before").channel.clone();
    Ok(payloads::make(state, Kind::Component, (user, &channel), Some(message), data))
}

pub fn chosen(state: &State, menu: &Value, values: &[&str]) -> Result<Value, String> {
    let count = |key: &str| menu[key].as_u64().unwrap_or(1) as usize;
    if values.len() < count("min_values") || values.len() > count("max_values") {
        return Err(format!("{values:?} are too few or too many"));
    }
    let mut data = json!({
        "component_type": menu["type"], "custom_id": menu["custom_id"], "values": values,
    });
    for value in values {
        let known = match menu["type"].as_u64() {
            Some(5) => state.guild.members.contains_key(*value),
            Some(6) => state.guild.roles.contains_key(*value),
            Some(8) => state.guild.channels.contains_key(*value),
            _ => menu["options"]
                .as_array()
                .is_some_and(|all| all.iter().any(|it| it["value"] == *value)),
        };
        if !known {
            return Err(format!("{value:?} cannot be chosen"));
        }
        if menu["type"] == 5 {
            person(&state.guild, value, &mut data["resolved"]);
        }
    }
    Ok(data)
}

/// What a modal sends; every input comes, be it empty.
pub fn filled(modal: &Value, values: &Value) -> Result<Value, String> {
    let rows = modal["components"].as_array().cloned().unwrap_or_default();
    let mut sent = Vec::new();
    let mut used = 0;
    for row in &rows {
        for input in row["components"].as_array().into_iter().flatten() {
            let id = input["custom_id"].as_str().unwrap_or_default();
            let given = values.get(id).inspect(|_| used += 1);
            let value = given.or(input.get("value")).and_then(Value::as_str).unwrap_or_default();
            let length = value.chars().count() as u64;
            let (least, most) = (input["min_length"].as_u64(), input["max_length"].as_u64());
            let required = input["required"] != false && length == 0;
            let short = length > 0 && least.is_some_and(|least| length < least);
            if required || short || length > most.unwrap_or(4_000) {
                return Err(format!("{value:?} does not fit into {id}"));
            }
            let field = json!({"type": 4, "custom_id": id, "value": value});
            sent.push(json!({"type": 1, "components": [field]}));
        }
    }
    if used != values.as_object().map_or(0, serde_json::Map::len) {
        return Err(format!("{values} names inputs that are not there"));
    }
    Ok(json!({"custom_id": modal["custom_id"], "components": sent}))
}
