//! The routes of a channel's messages.

use std::time::Duration;

use serde_json::{Value, json};

use super::asked::Asked;
use super::guild::{Channel, Kind, bits};
use super::mentions::Default;
use super::message::Message;
use super::reply::{Answer, Refusal, Reply};
use super::state::State;
use super::{Discord, forms, shapes};

/// "The past few minutes".
const REMEMBERED: Duration = Duration::from_secs(300);

pub fn create(state: &mut State, asked: &Asked) -> Answer {
    let id = asked.id("c").to_owned();
    let channel = state.guild.open(&id, 0)?.clone();
    may_write(state, &channel)?;
    if let Some(known) = known_by_nonce(state, asked)? {
        return Ok(Reply::ok(shapes::message(&state.guild, &state.home, &known)));
    }
    let message = Message::new(&id, Discord::BOT_USER);
    let mut message = forms::fill(state, asked, &asked.body, message, Default::Everything)?;
    message.nonce = asked.body["nonce"].clone();
    if let Some(thread) = state.guild.channels.get_mut(&id) {
        thread.archived = false;
    }
    let posted = state.guild.post(message);
    if asked.body["enforce_nonce"] == true {
        let key = asked.body["nonce"].to_string();
        state.guild.nonces.insert(key, (posted.clone(), asked.at));
    }
    shape(state, &posted)
}

/// Where the bot may post: not in a forum itself, and not in a locked thread.
fn may_write(state: &State, channel: &Channel) -> Result<(), Refusal> {
    let needed = match channel.kind {
        Kind::Forum => return Err(Refusal::mistake(50008, "a forum holds threads only")),
        Kind::Thread => bits::SEND_MESSAGES_IN_THREADS,
        Kind::Text | Kind::Direct => bits::SEND_MESSAGES,
    };
    state.guild.open(&channel.id, needed)?;
    let person = state.guild.members.get(&channel.name);
    // A channel with someone opens in any case; whether they take anything shows here.
    if channel.kind == Kind::Direct && person.is_none_or(|person| person.closed) {
        return Err(Refusal::because(50007));
    }
    if channel.locked && state.guild.allowed(channel) & bits::MANAGE_THREADS == 0 {
        return Err(Refusal::because(160005));
    }
    Ok(())
}

/// The message that was posted with the same enforced nonce a short while ago.
fn known_by_nonce(state: &mut State, asked: &Asked) -> Result<Option<Message>, Refusal> {
    if asked.body["enforce_nonce"] != true {
        return Ok(None);
    }
    let known = state.guild.nonces.get(&asked.body["nonce"].to_string()).cloned();
    let Some((id, at)) = known else { return Ok(None) };
    if asked.at.duration_since(at) >= REMEMBERED {
        return Ok(None);
    }
    let message = state.guild.any(&id).ok_or(Refusal::because(10008))?.clone();
    if message.channel != asked.id("c") {
        state.complain(asked, "a nonce that was used in another channel");
    }
    Ok(Some(message))
}

fn shape(state: &mut State, id: &str) -> Answer {
    let message = state.guild.any(id).expect("a message just written").clone();
    Ok(Reply::ok(shapes::message(&state.guild, &state.home, &message)))
}

pub fn list(state: &mut State, asked: &Asked) -> Answer {
    let channel = asked.id("c").to_owned();
    let place = state.guild.open(&channel, 0)?;
    let limit = limit(asked)?;
    if state.guild.allowed(place) & bits::READ_MESSAGE_HISTORY == 0 {
        return Ok(Reply::ok(json!([])));
    }
    let all: Vec<&Message> =
        state.guild.replies(&channel).filter(|it| it.only_for.is_none()).rev().collect();
    let chosen = page(&all, asked, limit);
    let shapes = chosen.iter().map(|it| shapes::message(&state.guild, &state.home, it));
    Ok(Reply::ok(shapes.collect::<Value>()))
}

fn limit(asked: &Asked) -> Result<usize, Refusal> {
    let known = ["limit", "before", "after", "around"];
    let mut problems: Vec<String> = Vec::new();
    problems.extend(asked.query.keys().filter(|key| !known.contains(&key.as_str())).cloned());
    let limit = asked.query.get("limit").map_or(Ok(50), |limit| limit.parse());
    match limit {
        Ok(limit @ 1..=100) if problems.is_empty() => Ok(limit),
        Ok(_) if !problems.is_empty() => Err(Refusal::form(&problems)),
        _ => Err(Refusal::form(&["limit is not between 1 and 100".to_owned()])),
    }
}

/// Newest first, whatever the page is counted from.
fn page<'a>(all: &[&'a Message], asked: &Asked, limit: usize) -> Vec<&'a Message> {
    let mark = |key: &str| asked.query.get(key).and_then(|id| id.parse::<u64>().ok());
    let number = |it: &Message| it.id.parse::<u64>().expect("an id is a number");
    if let Some(before) = mark("before") {
        return all.iter().filter(|it| number(it) < before).take(limit).copied().collect();
    }
    if let Some(after) = mark("after") {
        let later: Vec<&Message> = all.iter().filter(|it| number(it) > after).copied().collect();
        return later[later.len().saturating_sub(limit)..].to_vec();
    }
    if let Some(middle) = mark("around") {
        let place = all.iter().position(|it| number(it) <= middle).unwrap_or(all.len());
        let from = place.saturating_sub(limit / 2);
        return all[from..].iter().take(limit).copied().collect();
    }
    all.iter().take(limit).copied().collect()
}

pub fn one(state: &mut State, asked: &Asked) -> Answer {
    let (channel, id) = (asked.id("c"), asked.id("m"));
    state.guild.open(channel, bits::READ_MESSAGE_HISTORY)?;
    let message = state.guild.message(channel, id)?;
    Ok(Reply::ok(shapes::message(&state.guild, &state.home, message)))
}

pub fn edit(state: &mut State, asked: &Asked) -> Answer {
    let message = own(state, asked)?;
    let message = forms::change(state, asked, &asked.body, message, Default::Everything)?;
    let id = message.id.clone();
    state.guild.replace(message);
    shape(state, &id)
}

pub fn delete(state: &mut State, asked: &Asked) -> Answer {
    let message = own(state, asked)?;
    state.guild.delete(&message.id);
    Ok(Reply::nothing())
}

/// Only its own messages a bot may change, and none in an archived thread.
fn own(state: &State, asked: &Asked) -> Result<Message, Refusal> {
    let (channel, id) = (asked.id("c"), asked.id("m"));
    let place = state.guild.open(channel, 0)?;
    let message = state.guild.message(channel, id)?.clone();
    if message.author != Discord::BOT_USER {
        return Err(Refusal::mistake(50005, "somebody else's message"));
    }
    if place.archived {
        return Err(Refusal::because(50083));
    }
    Ok(message)
}
