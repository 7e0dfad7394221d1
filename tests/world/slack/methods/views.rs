//! The views methods: opening, pushing, updating and publishing.

use serde_json::{Value, json};

use super::super::reply::Refusal;
use super::super::view_rules;
use super::super::views::View;
use super::{Answer, Call};

pub fn open(call: &mut Call) -> Answer {
    let (trigger_id, user) = trigger(call)?;
    let view = checked(call, "modal")?;
    call.state.workspace.triggers.exchange(&trigger_id);
    Ok(shown(call.state.workspace.views.open(&user, &view)))
}

pub fn push(call: &mut Call) -> Answer {
    let (trigger_id, user) = trigger(call)?;
    let view = checked(call, "modal")?;
    let shown = call.state.workspace.views.push(&user, &view).map(shown)?;
    call.state.workspace.triggers.exchange(&trigger_id);
    Ok(shown)
}

pub fn update(call: &mut Call) -> Answer {
    let id = match (call.asked.text("view_id"), call.asked.text("external_id")) {
        (Some(id), None) => id.to_owned(),
        (None, Some(external_id)) => {
            let found = call.state.workspace.views.with_external_id(external_id);
            found.ok_or_else(|| Refusal::because("not_found"))?.id.clone()
        }
        _ => return Err(Refusal::arguments("either view_id or external_id")),
    };
    let found = call.state.workspace.views.any(&id);
    let kind = found.map_or(json!("modal"), |view| view.body["type"].clone());
    let view = checked_for(call, kind.as_str().unwrap_or_default(), Some(&id))?;
    let hash = call.asked.text("hash");
    call.state.workspace.views.update(&id, &view, hash).map(shown)
}

pub fn publish(call: &mut Call) -> Answer {
    let user = call.asked.text("user_id").unwrap_or_default().to_owned();
    if !call.state.workspace.users.contains_key(&user) {
        return Err(Refusal::arguments(format!("user_id {user:?} is nobody")));
    }
    let id = call.state.workspace.views.home(&user).map(|home| home.id.clone());
    let view = checked_for(call, "home", id.as_deref())?;
    let hash = call.asked.text("hash");
    call.state.workspace.views.publish(&user, &view, hash).map(shown)
}

fn shown(view: &View) -> Value {
    json!({"view": view.shape()})
}

/// The trigger and whose act it was.
fn trigger(call: &Call) -> Result<(String, String), Refusal> {
    let id = call.asked.text("trigger_id");
    let id = id.ok_or_else(|| Refusal::arguments("missing required field: trigger_id"))?;
    let user = call.state.workspace.triggers.user(id, call.state.now())?;
    Ok((id.to_owned(), user))
}

fn checked(call: &Call, kind: &str) -> Result<Value, Refusal> {
    checked_for(call, kind, None)
}

/// The view in the request, which may keep the external id of the one that it replaces.
fn checked_for(call: &Call, kind: &str, replaced: Option<&str>) -> Result<Value, Refusal> {
    let view = call.asked.arguments["view"].clone();
    view_rules::check(&view, kind, call.verdict)?;
    let external_id = view["external_id"].as_str().filter(|id| !id.is_empty());
    let other = external_id.and_then(|id| call.state.workspace.views.with_external_id(id));
    match other.filter(|other| Some(other.id.as_str()) != replaced) {
        Some(_) => Err(Refusal::mistake("duplicate_external_id", "external_id is taken")),
        None => Ok(view),
    }
}
