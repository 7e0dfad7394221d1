//! What Slack tells the app of what people do, as its documents show it.

use serde_json::{Value, json};

use super::Slack;
use super::shapes::APP_ID;
use super::state::State;
use super::workspace::{Channel, Kind};

/// Deprecated and to be ignored, but still sent.
const TOKEN: &str = "fAkEvErIfIcAtIoNtOkEn0000";

pub fn team() -> Value {
    json!({"id": Slack::TEAM_ID, "domain": "cxteam"})
}

pub fn command(
    state: &mut State,
    user: &str,
    channel: &Channel,
    command: &str,
    text: &str,
) -> Value {
    json!({
        "token": TOKEN, "team_id": Slack::TEAM_ID, "team_domain": "cxteam",
        "channel_id": channel.id, "channel_name": channel_name(channel),
        "user_id": user, "user_name": name(state, user), "command": command, "text": text,
        "api_app_id": APP_ID, "is_enterprise_install": "false",
    })
}

/// What all interactions have.
pub fn interaction(state: &State, kind: &str, user: &str) -> Value {
    let name = name(state, user);
    json!({
        "type": kind,
        "user": {"id": user, "username": name, "name": name, "team_id": Slack::TEAM_ID},
        "api_app_id": APP_ID, "token": TOKEN, "team": team(), "enterprise": null,
        "is_enterprise_install": false,
    })
}

pub fn event(state: &mut State, event: Value) -> Value {
    let now = state.now();
    let id = format!("Ev0CX{:08X}", rand::random::<u32>());
    json!({
        "token": TOKEN, "team_id": Slack::TEAM_ID, "api_app_id": APP_ID, "event": event,
        "type": "event_callback", "event_id": id, "event_time": now as i64,
        "authorizations": [{
            "enterprise_id": null, "team_id": Slack::TEAM_ID, "user_id": Slack::BOT_USER,
            "is_bot": true, "is_enterprise_install": false,
        }],
        "is_ext_shared_channel": false,
    })
}

fn name(state: &State, user: &str) -> String {
    state.workspace.users.get(user).expect("a person put before").clone()
}

/// Only a public channel is called by its name.
pub fn channel_name(channel: &Channel) -> &str {
    match channel.kind {
        Kind::Public => &channel.name,
        Kind::Private => "privategroup",
        Kind::Direct => "directmessage",
    }
}
