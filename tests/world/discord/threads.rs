//! Threads: begun from a message, on their own, or as a forum's posts.

use serde_json::{Value, json};

use super::asked::Asked;
use super::guild::{Channel, Kind, bits};
use super::mentions::Default;
use super::message::Message;
use super::reply::{Answer, Refusal, Reply};
use super::state::State;
use super::{Discord, forms, reading, shapes};

pub fn from_message(state: &mut State, asked: &Asked) -> Answer {
    let (channel, id) = (asked.id("c").to_owned(), asked.id("m").to_owned());
    let needed = bits::CREATE_PUBLIC_THREADS;
    if state.guild.open(&channel, needed)?.kind != Kind::Text {
        return Err(Refusal::mistake(50024, "a thread begins in a text channel"));
    }
    state.guild.message(&channel, &id)?;
    if state.guild.channels.contains_key(&id) {
        return Err(Refusal::because(160004));
    }
    Ok(Reply::created(begin(state, id, &channel, asked, Vec::new())))
}

/// The channel between the bot and one person.
pub fn direct(state: &mut State, asked: &Asked) -> Answer {
    let person = asked.body["recipient_id"].as_str().unwrap_or_default().to_owned();
    if !state.guild.members.contains_key(&person) {
        return Err(Refusal::form(&["recipient_id: nobody of the server".to_owned()]));
    }
    let of_person = |it: &&Channel| it.kind == Kind::Direct && it.name == person;
    let id = match state.guild.channels.values().find(of_person) {
        Some(there) => there.id.clone(),
        None => state.guild.next_id(),
    };
    let recipient = shapes::user(&state.guild, &person);
    let shape = json!({"id": id, "type": 1, "last_message_id": null, "flags": 0, "recipients": [recipient]});
    let channel = Channel::new(&id, &person, Kind::Direct);
    state.guild.channels.entry(id).or_insert(channel);
    Ok(Reply::ok(shape))
}

/// All threads of the server that are open and that the bot sees.
pub fn active(state: &mut State, asked: &Asked) -> Answer {
    reading::here(asked)?;
    let open = |it: &&Channel| it.kind == Kind::Thread && !it.deleted && !it.archived;
    let threads = state.guild.channels.values().filter(open);
    let threads: Vec<Value> = threads.map(|it| shapes::channel(&state.guild, it)).collect();
    Ok(Reply::ok(json!({"threads": threads, "members": []})))
}

/// The archived threads of a channel.
pub fn archived(state: &mut State, asked: &Asked) -> Answer {
    let parent = state.guild.open(asked.id("c"), bits::READ_MESSAGE_HISTORY)?.id.clone();
    let here = |it: &&Channel| it.parent.as_ref() == Some(&parent) && !it.deleted && it.archived;
    let threads = state.guild.channels.values().filter(here);
    let threads: Vec<Value> = threads.map(|it| shapes::channel(&state.guild, it)).collect();
    Ok(Reply::ok(json!({"threads": threads, "members": [], "has_more": false})))
}

/// Opens an archived thread again, which whoever may write there may do unless it is locked.
pub fn change(state: &mut State, asked: &Asked) -> Answer {
    let thread = state.guild.open(asked.id("c"), bits::SEND_MESSAGES_IN_THREADS)?.clone();
    if thread.kind != Kind::Thread || asked.body != json!({"archived": false}) {
        return Err(Refusal::mistake(50013, "only to open an archived thread again"));
    }
    if thread.locked {
        return Err(Refusal::because(160005));
    }
    let thread = state.guild.channels.get_mut(&thread.id).expect("just seen");
    thread.archived = false;
    let thread = thread.clone();
    Ok(Reply::ok(shapes::channel(&state.guild, &thread)))
}

fn begin(
    state: &mut State,
    id: String,
    parent: &str,
    asked: &Asked,
    tags: Vec<(String, String)>,
) -> Value {
    let name = asked.body["name"].as_str().unwrap_or_default();
    let auto_archive = asked.body["auto_archive_duration"].as_u64().unwrap_or(1_440);
    let thread = Channel {
        parent: Some(parent.to_owned()),
        auto_archive,
        tags,
        ..Channel::new(&id, name, Kind::Thread)
    };
    let shape = shapes::channel(&state.guild, &thread);
    state.guild.channels.insert(id, thread);
    shape
}

pub fn create(state: &mut State, asked: &Asked) -> Answer {
    let channel = state.guild.open(asked.id("c"), 0)?.clone();
    match channel.kind {
        Kind::Forum => forum_post(state, asked, &channel),
        Kind::Text => without_message(state, asked, &channel),
        Kind::Thread | Kind::Direct => Err(Refusal::mistake(50024, "no place for a thread")),
    }
}

fn without_message(state: &mut State, asked: &Asked, channel: &Channel) -> Answer {
    // The documents say that the default, a private thread, is going to change.
    if asked.body["type"] != 11 {
        return Err(Refusal::form(&["type: not 11, a public thread".to_owned()]));
    }
    state.guild.open(&channel.id, bits::CREATE_PUBLIC_THREADS)?;
    let id = state.guild.next_id();
    Ok(Reply::created(begin(state, id, &channel.id, asked, Vec::new())))
}

fn forum_post(state: &mut State, asked: &Asked, forum: &Channel) -> Answer {
    state.guild.open(&forum.id, bits::SEND_MESSAGES)?;
    let body = &asked.body["message"];
    if !body.is_object() {
        return Err(Refusal::form(&["message: a forum's thread begins with one".to_owned()]));
    }
    let tags = tags(asked, forum)?;
    let id = state.guild.next_id();
    let mut shape = begin(state, id.clone(), &forum.id, asked, tags);
    let message = Message { id: id.clone(), ..Message::new(&id, Discord::BOT_USER) };
    let filled = forms::fill(state, asked, body, message, Default::Everything);
    let message = filled.inspect_err(|_| drop(state.guild.channels.remove(&id)))?;
    state.guild.post(message.clone());
    let mut first = shapes::message(&state.guild, &state.home, &message);
    // The starter is told without the thread around it.
    first.as_object_mut().expect("a message").remove("thread");
    shape["message"] = first;
    Ok(Reply::created(shape))
}

fn tags(asked: &Asked, forum: &Channel) -> Result<Vec<(String, String)>, Refusal> {
    let wanted = asked.body["applied_tags"].as_array().cloned().unwrap_or_default();
    let mut tags = Vec::new();
    for id in &wanted {
        let known = forum.tags.iter().find(|(known, _)| id == known);
        let unknown = || Refusal::form(&[format!("applied_tags: the forum has no {id}")]);
        tags.push(known.ok_or_else(unknown)?.clone());
    }
    // The forum can have been changed since the client looked.
    if forum.requires_tag && tags.is_empty() {
        return Err(Refusal { errors: json!(null), ..Refusal::because(40067) });
    }
    Ok(tags)
}
