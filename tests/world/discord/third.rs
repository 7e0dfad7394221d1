//! The third judge: twilight's models and its validation, written by others from the same documents.

use serde_json::{Value, json};
use twilight_model::application::command::Command;
use twilight_model::channel::message::{Component, Embed};
use twilight_validate::{command, component, embed, message};

use super::table::Form;
use super::{judge, schema, shapes};

/// Its own limit for a whole command is older than the documents' one.
const OUTDATED: &str = "combined";

pub fn problems(form: Form, body: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    if let Some(message) = judge::message(form, body) {
        of_message(&shapes::without_nulls(&schema::normal(message)), &mut problems);
    }
    for one in judge::commands(form, body) {
        of_command(&shapes::without_nulls(&schema::normal(one)), &mut problems);
    }
    problems
}

fn of_message(body: &Value, problems: &mut Vec<String>) {
    if let Some(content) = body["content"].as_str() {
        keep(message::content(content), problems);
    }
    for one in body["embeds"].as_array().into_iter().flatten() {
        let mut one = one.clone();
        one["type"] = json!("rich");
        let fields = one.get_mut("fields").and_then(Value::as_array_mut);
        for field in fields.into_iter().flatten() {
            field["inline"] = json!(field["inline"] == true);
        }
        match serde_json::from_value::<Embed>(one) {
            Ok(one) => keep(embed::embed(&one), problems),
            Err(error) => problems.push(format!("embed: {error}")),
        }
    }
    for one in body["components"].as_array().into_iter().flatten() {
        match serde_json::from_value::<Component>(one.clone()) {
            Ok(one) => keep(component::component_v1(&one), problems),
            Err(error) => problems.push(format!("component: {error}")),
        }
    }
}

/// What Discord itself fills in is filled in here, so that it can be read back.
fn of_command(body: &Value, problems: &mut Vec<String>) {
    let mut body = body.clone();
    if !body.is_object() || body["name"].is_null() {
        return;
    }
    body["version"] = json!("1");
    for (key, default) in [("type", json!(1)), ("description", json!(""))] {
        if body[key].is_null() {
            body[key] = default;
        }
    }
    if let Some(bits) = body["default_member_permissions"].as_u64() {
        body["default_member_permissions"] = json!(bits.to_string());
    } else {
        body["default_member_permissions"] = Value::Null;
    }
    match serde_json::from_value::<Command>(body) {
        Ok(one) => keep(command::command(&one), problems),
        Err(error) => problems.push(format!("command: {error}")),
    }
}

fn keep<E: std::fmt::Display>(result: Result<(), E>, problems: &mut Vec<String>) {
    if let Err(error) = result
        && !error.to_string().contains(OUTDATED)
    {
        problems.push(error.to_string());
    }
}
