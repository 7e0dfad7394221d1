//! The payloads of interactions, as the gateway carries them.

use std::time::Instant;

use serde_json::{Value, json};

use super::interactions::{Interaction, Kind};
use super::state::State;
use super::{Discord, shapes};

/// Makes an interaction and its payload; the token.
pub fn make(
    state: &mut State,
    kind: Kind,
    (user, channel): (&str, &str),
    source: Option<&str>,
    data: Value,
) -> (String, Value) {
    let id = state.guild.next_id();
    let token = format!("aW50ZXJhY3Rpb24{}{:032x}", id, rand::random::<u128>());
    let mut payload = frame(state, (user, channel), &id, &token);
    payload["type"] = json!(number(kind));
    payload["data"] = data;
    if let Some(message) = source.and_then(|id| state.guild.any(id)).cloned() {
        payload["message"] = shapes::message(&state.guild, &state.home, &message);
    }
    state.guild.interactions.add(Interaction {
        id,
        token: token.clone(),
        user: user.to_owned(),
        channel: channel.to_owned(),
        kind,
        source: source.map(str::to_owned),
        sent: Instant::now(),
        acknowledged: None,
        original: None,
        in_doubt: false,
        aged: false,
    });
    (token, payload)
}

fn number(kind: Kind) -> u8 {
    match kind {
        Kind::Command => 2,
        Kind::Component => 3,
        Kind::Autocomplete => 4,
        Kind::Modal => 5,
    }
}

fn frame(state: &State, (user, channel): (&str, &str), id: &str, token: &str) -> Value {
    let guild = &state.guild;
    let place = guild.channels.get(channel).expect("a channel put before");
    let person = guild.members.get(user).expect("a member put before");
    let mut member = shapes::member(guild, user);
    member["permissions"] = json!(person.permissions.to_string());
    let mut here = shapes::channel(guild, place);
    here["permissions"] = json!(person.permissions.to_string());
    json!({
        "id": id, "application_id": Discord::APPLICATION, "token": token, "version": 1,
        "guild_id": Discord::GUILD, "guild_locale": "en-US", "channel_id": channel,
        "guild": {"id": Discord::GUILD, "locale": "en-US", "features": []}, "channel": here,
        "member": member, "locale": "en-GB", "app_permissions": guild.allowed(place).to_string(),
        "entitlements": [], "authorizing_integration_owners": {"0": Discord::GUILD},
        "context": 0, "attachment_size_limit": 10_485_760,
    })
}
