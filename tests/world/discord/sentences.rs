//! What clients say over the gateway: heartbeats, new sessions, and sessions taken up again.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::gateway::{Gateway, Session};
use super::state::State;
use super::{Discord, reading, shapes};

const MINUTE: Duration = Duration::from_secs(60);
const MOST_SENDS: usize = 120;
const LARGEST: usize = 4_096;

/// All intents that there are, and those that an application has to be granted.
const INTENTS: u64 = 0x3_33FF_FFFF;
const PRIVILEGED: u64 = 1 << 1 | 1 << 8 | 1 << 15;
const GUILDS: u64 = 1;
const GUILD_MEMBERS: u64 = 1 << 1;

/// Takes a frame from a client, or says with which code it is thrown out, and why.
pub fn take(state: &mut State, number: u64, text: &str) {
    if state.gateway.connection(number).is_none_or(|connection| connection.frozen) {
        return;
    }
    if let Err((code, complaint)) = understand(state, number, text) {
        if let Some(complaint) = complaint {
            state.complaints.push(format!("gateway: {complaint}"));
        }
        state.gateway.close(number, code);
    }
}

type Thrown = (u16, Option<String>);

fn thrown(code: u16, complaint: impl Into<String>) -> Thrown {
    (code, Some(complaint.into()))
}

fn understand(state: &mut State, number: u64, text: &str) -> Result<(), Thrown> {
    if text.len() > LARGEST {
        return Err(thrown(4002, format!("a payload of {} bytes", text.len())));
    }
    let unreadable = |_| thrown(4002, "a payload that is not JSON");
    let frame: Value = serde_json::from_str(text).map_err(unreadable)?;
    count(&mut state.gateway, number)?;
    match frame["op"].as_u64() {
        Some(1) => {
            if !state.gateway.withheld {
                state.gateway.tell(number, json!({"op": 11, "d": null, "s": null, "t": null}));
            }
            Ok(())
        }
        Some(2) => identify(state, number, &frame["d"]),
        Some(6) => resume(state, number, &frame["d"]),
        Some(3 | 4 | 8 | 31) => match state.gateway.connection(number) {
            Some(connection) if connection.identified => Ok(()),
            _ => Err(thrown(4003, "a payload before IDENTIFY")),
        },
        _ => Err(thrown(4001, format!("an unknown operation: {}", frame["op"]))),
    }
}

fn count(gateway: &mut Gateway, number: u64) -> Result<(), Thrown> {
    let sends = &mut gateway.connection(number).expect("an open connection").sends;
    let now = Instant::now();
    while sends.front().is_some_and(|first| now.duration_since(*first) >= MINUTE) {
        sends.pop_front();
    }
    sends.push_back(now);
    let many = sends.len() > MOST_SENDS;
    if many { Err(thrown(4008, "more than 120 payloads a minute")) } else { Ok(()) }
}

/// Whether the token is the right one. A wrong one is no complaint: tests of one mean to send it.
fn right_token(state: &State, data: &Value) -> Result<(), Thrown> {
    let given = data["token"].as_str().unwrap_or_default();
    // serenity writes the prefix of the HTTP header here too, and Discord takes it.
    let bare = given.strip_prefix("Bot ").unwrap_or(given);
    let right = bare == Discord::TOKEN && !state.revoked;
    if right { Ok(()) } else { Err((4004, None)) }
}

fn intents(state: &State, data: &Value) -> Result<u64, Thrown> {
    let unknown = thrown(4013, format!("intents {}", data["intents"]));
    let intents = data["intents"].as_u64().filter(|it| it & !INTENTS == 0).ok_or(unknown)?;
    let granted = if state.members_intent { GUILD_MEMBERS } else { 0 };
    match intents & PRIVILEGED & !granted {
        0 => Ok(intents),
        // What an application is granted is its owner's affair.
        _ => Err((4014, None)),
    }
}

fn identify(state: &mut State, number: u64, data: &Value) -> Result<(), Thrown> {
    right_token(state, data)?;
    let intents = intents(state, data)?;
    if !data["properties"].is_object() {
        return Err(thrown(4002, "IDENTIFY without properties"));
    }
    let gateway = &mut state.gateway;
    if gateway.connection(number).is_some_and(|connection| connection.identified) {
        return Err(thrown(4005, "a second IDENTIFY on one connection"));
    }
    let hasty = gateway.identified.last().is_some_and(|last| last.elapsed() < gateway.spacing);
    if hasty {
        gateway.tell(number, json!({"op": 9, "d": false, "s": null, "t": null}));
        return Ok(());
    }
    gateway.identified.push(Instant::now());
    let connection = gateway.connection(number).expect("an open connection");
    (connection.identified, connection.compress) = (true, data["compress"] == true);
    let id = format!("{:032x}", rand::random::<u128>());
    gateway.session = Some(Session { id, seq: 0, sent: Vec::new(), connection: Some(number) });
    ready(state);
    if intents & GUILDS != 0 {
        let guild = joined(state);
        state.gateway.dispatch("GUILD_CREATE", guild);
    }
    Ok(())
}

fn ready(state: &mut State) {
    let session = state.gateway.session.as_ref().expect("a session just made");
    let mut user = shapes::user(&state.guild, Discord::BOT_USER);
    (user["mfa_enabled"], user["verified"]) = (json!(false), json!(true));
    let ready = json!({
        "v": 10, "user": user, "session_id": session.id, "resume_gateway_url": state.link,
        "guilds": [{"id": Discord::GUILD, "unavailable": true}], "shard": [0, 1],
        "application": {"id": Discord::APPLICATION, "flags": reading::flags(state)},
    });
    state.gateway.dispatch("READY", ready);
}

fn joined(state: &State) -> Value {
    let guild = &state.guild;
    let mut whole = reading::whole(state);
    let there = guild.channels.values().filter(|it| !it.deleted);
    let (threads, channels): (Vec<_>, Vec<_>) = there.partition(|it| it.parent.is_some());
    let shapes =
        |all: Vec<_>| all.into_iter().map(|it| shapes::channel(guild, it)).collect::<Value>();
    whole["channels"] = shapes(channels);
    whole["threads"] = shapes(threads);
    whole["members"] = json!([shapes::member(guild, Discord::BOT_USER)]);
    whole["member_count"] = json!(guild.members.len());
    whole["joined_at"] = json!("2024-03-13T19:19:14.040000+00:00");
    (whole["large"], whole["unavailable"]) = (json!(false), json!(false));
    for empty in ["voice_states", "presences", "stage_instances", "guild_scheduled_events"] {
        whole[empty] = json!([]);
    }
    whole
}

fn resume(state: &mut State, number: u64, data: &Value) -> Result<(), Thrown> {
    right_token(state, data)?;
    let gateway = &mut state.gateway;
    let known = gateway.session.as_mut().filter(|session| data["session_id"] == *session.id);
    let Some(session) = known else {
        gateway.tell(number, json!({"op": 9, "d": false, "s": null, "t": null}));
        return Ok(());
    };
    let seq = data["seq"].as_u64().unwrap_or(u64::MAX);
    if seq > session.seq {
        gateway.session = None;
        return Err(thrown(4007, format!("seq {} was never sent", data["seq"])));
    }
    session.connection = Some(number);
    let missed: Vec<Value> =
        session.sent.iter().filter(|frame| frame["s"].as_u64() > Some(seq)).cloned().collect();
    gateway.resumed += 1;
    gateway.connection(number).expect("an open connection").identified = true;
    missed.into_iter().for_each(|frame| gateway.tell(number, frame));
    gateway.dispatch("RESUMED", json!({}));
    Ok(())
}
