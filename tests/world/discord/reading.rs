//! The routes that only read: the bot itself, the server, its channels, roles and members.

use serde_json::{Value, json};

use super::asked::Asked;
use super::guild::Kind;
use super::reply::{Answer, Refusal, Reply};
use super::state::State;
use super::{Discord, shapes};

/// The application may ask for members.
const MEMBERS_FLAG: u64 = 1 << 14;

pub fn gateway(state: &mut State, _: &Asked) -> Answer {
    Ok(Reply::ok(json!({"url": state.link})))
}

pub fn gateway_bot(state: &mut State, _: &Asked) -> Answer {
    Ok(Reply::ok(json!({
        "url": state.link, "shards": 1,
        "session_start_limit": {
            "total": 1_000, "remaining": 1_000 - state.gateway.identifies(),
            "reset_after": 14_400_000, "max_concurrency": 1,
        },
    })))
}

pub fn me(state: &mut State, _: &Asked) -> Answer {
    let mut me = shapes::user(&state.guild, Discord::BOT_USER);
    (me["mfa_enabled"], me["locale"], me["verified"]) = (json!(false), json!("en-US"), json!(true));
    Ok(Reply::ok(me))
}

pub fn flags(state: &State) -> u64 {
    if state.members_intent { MEMBERS_FLAG } else { 0 }
}

pub fn application(state: &mut State, _: &Asked) -> Answer {
    let flags = flags(state);
    Ok(Reply::ok(json!({
        "id": Discord::APPLICATION, "name": "cxbot", "icon": null, "description": "",
        "type": null, "bot_public": false, "bot_require_code_grant": false,
        "verify_key": "00", "flags": flags, "flags_new": flags.to_string(),
        "redirect_uris": [], "interactions_endpoint_url": null,
        "role_connections_verification_url": null, "owner": shapes::user(&state.guild, "1"),
        "approximate_guild_count": 1, "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0, "explicit_content_filter": 0, "team": null,
        "eligible_oauth2_scopes": [],
    })))
}

pub fn channel(state: &mut State, asked: &Asked) -> Answer {
    let channel = state.guild.open(asked.id("c"), 0)?;
    Ok(Reply::ok(shapes::channel(&state.guild, channel)))
}

/// Only one server is there, and the bot is in no other.
pub fn here(asked: &Asked) -> Result<(), Refusal> {
    if asked.id("g") == Discord::GUILD { Ok(()) } else { Err(Refusal::because(10004)) }
}

pub fn guild(state: &mut State, asked: &Asked) -> Answer {
    here(asked)?;
    Ok(Reply::ok(whole(state)))
}

/// The server as answers and GUILD_CREATE write it.
pub fn whole(state: &State) -> Value {
    let guild = &state.guild;
    let roles: Value = guild.roles.keys().map(|id| shapes::role(guild, id)).collect();
    json!({
        "id": Discord::GUILD, "name": "Support", "icon": null, "description": null,
        "home_header": null, "splash": null, "discovery_splash": null, "features": [],
        "banner": null, "owner_id": "1", "application_id": null, "region": "us-west",
        "afk_channel_id": null, "afk_timeout": 300, "system_channel_id": null,
        "system_channel_flags": 0, "widget_enabled": false, "widget_channel_id": null,
        "verification_level": 0, "roles": roles, "default_message_notifications": 1,
        "mfa_level": 0, "explicit_content_filter": 0, "max_presences": null,
        "max_members": 500_000, "max_stage_video_channel_users": 0,
        "max_video_channel_users": 25, "vanity_url_code": null, "premium_tier": 0,
        "premium_subscription_count": 0, "preferred_locale": "en-US", "rules_channel_id": null,
        "safety_alerts_channel_id": null, "public_updates_channel_id": null,
        "premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0, "emojis": [],
        "stickers": [], "incidents_data": null,
    })
}

pub fn roles(state: &mut State, asked: &Asked) -> Answer {
    here(asked)?;
    let guild = &state.guild;
    Ok(Reply::ok(guild.roles.keys().map(|id| shapes::role(guild, id)).collect()))
}

/// Without the threads, which have a route of their own.
pub fn channels(state: &mut State, asked: &Asked) -> Answer {
    here(asked)?;
    let guild = &state.guild;
    let there = guild.channels.values().filter(|it| !it.deleted && it.kind != Kind::Thread);
    let seen = there.filter(|it| guild.open(&it.id, 0).is_ok());
    Ok(Reply::ok(seen.map(|it| shapes::channel(guild, it)).collect()))
}

pub fn member(state: &mut State, asked: &Asked) -> Answer {
    here(asked)?;
    let user = asked.id("u");
    if !state.guild.members.contains_key(user) {
        return Err(Refusal::because(10007));
    }
    Ok(Reply::ok(shapes::member(&state.guild, user)))
}

/// Only for applications that may: a privilege that its owner switches on.
pub fn members(state: &mut State, asked: &Asked) -> Answer {
    here(asked)?;
    if !state.members_intent {
        return Err(Refusal::because(50001));
    }
    let number = |key: &str, default: u64| {
        asked.query.get(key).map_or(Some(default), |text| text.parse().ok())
    };
    let (limit, after) = (number("limit", 1), number("after", 0));
    let (Some(limit @ 1..=1_000), Some(after)) = (limit, after) else {
        return Err(Refusal::form(&["limit or after is no number in its range".to_owned()]));
    };
    let guild = &state.guild;
    let later = guild.members.keys().filter(|id| id.parse::<u64>().is_ok_and(|id| id > after));
    let page = later.take(usize::try_from(limit).expect("a small number"));
    Ok(Reply::ok(page.map(|id| shapes::member(guild, id)).collect()))
}
