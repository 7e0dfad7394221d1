//! Answers to what a person did: at a response address, or in the acknowledgement of a command.

use serde_json::{Map, Value, json};

use super::super::Slack;
use super::super::addresses::{Address, Origin};
use super::super::message::{Message, Visibility};
use super::super::reply::{Refusal, Reply};
use super::super::table::Type;
use super::{Call, content};

const FIELDS: &[(&str, Type)] = &[
    ("blocks", Type::Array),
    ("delete_original", Type::Boolean),
    ("replace_original", Type::Boolean),
    ("response_type", Type::String),
    ("text", Type::String),
    ("thread_ts", Type::String),
];

pub fn respond(call: &mut Call) -> Reply {
    let now = call.state.now();
    let path = &call.asked.path;
    let address = match call.state.workspace.addresses.take(path, now) {
        Ok(address) => address,
        Err(code) => {
            // That it is too late is no surprise to be had; how often it was used, one can count.
            if code != "expired_url" {
                call.complain(code);
            }
            return Reply { status: 404, ..Reply::error(code) };
        }
    };
    match answer(call, &address) {
        Ok(()) => Reply { status: 200, headers: Vec::new(), body: json!("ok") },
        Err(refusal) => {
            let complaint = refusal.complaint.clone().unwrap_or_default();
            call.complain(&format!("{}: {complaint}", refusal.code));
            Reply { status: 400, ..refusal.reply() }
        }
    }
}

/// Does what an answer says.
pub fn answer(call: &mut Call, address: &Address) -> Result<(), Refusal> {
    if let Some(problem) = call.asked.problems.first() {
        return Err(Refusal::arguments(problem));
    }
    fields(&call.asked.arguments)?;
    let public = match call.asked.text("response_type") {
        None | Some("ephemeral") => false,
        Some("in_channel") => true,
        Some(other) => return Err(Refusal::arguments(format!("response_type {other:?}"))),
    };
    match (call.asked.flag("delete_original"), call.asked.flag("replace_original")) {
        (true, true) => Err(Refusal::arguments("the original is either replaced or deleted")),
        (true, false) => delete(call, &address.origin, &address.user, &address.channel),
        (false, true) => replace(call, address, public),
        (false, false) => show(call, address, public),
    }
}

fn fields(arguments: &Map<String, Value>) -> Result<(), Refusal> {
    for (name, value) in arguments {
        let known = FIELDS.iter().find(|(field, _)| field == name);
        let (_, kind) = known.ok_or_else(|| Refusal::arguments(format!("unknown field {name}")))?;
        if !kind.fits(value) {
            return Err(Refusal::arguments(format!("{name} is no {kind:?}: {value}")));
        }
    }
    Ok(())
}

fn delete(call: &mut Call, origin: &Origin, user: &str, channel: &str) -> Result<(), Refusal> {
    if call.asked.arguments.contains_key("text") || call.asked.arguments.contains_key("blocks") {
        return Err(Refusal::arguments("what deletes the original says nothing"));
    }
    let (now, body) = (call.state.now(), json!(call.asked.arguments));
    let workspace = &mut call.state.workspace;
    match origin {
        Origin::Command => return Err(Refusal::arguments(NO_ORIGINAL)),
        // What was deleted in between stays so.
        Origin::Public(ts) => {
            let message = workspace.channels[channel].message(ts, Visibility::ALL);
            if message.is_some_and(|message| !message.tombstone) {
                workspace.delete(channel, ts, now, body);
            }
        }
        Origin::Whispered(ts) => {
            workspace.ephemerals.retain(|whisper| whisper.user != user || whisper.message.ts != *ts)
        }
    }
    Ok(())
}

const NO_ORIGINAL: &str = "a command has no original message";

fn replace(call: &mut Call, address: &Address, public: bool) -> Result<(), Refusal> {
    if address.origin == Origin::Command {
        // Slack ignores the field and shows one more message (bolt-js#2287, bolt-python#1268).
        call.complain(&format!("replace_original: {NO_ORIGINAL}, so this is one more message"));
        return show(call, address, public);
    }
    let (text, blocks, _) = content::check(call)?.of_new()?;
    let (now, body) = (call.state.now(), json!(call.asked.arguments));
    let workspace = &mut call.state.workspace;
    match &address.origin {
        Origin::Command => unreachable!("shown above"),
        Origin::Public(ts) => {
            let message = workspace.channels[&address.channel].message(ts, Visibility::ALL);
            if let Some(message) = message.filter(|message| !message.tombstone).cloned() {
                workspace.edit(&address.channel, Message { text, blocks, ..message }, now, body);
            }
        }
        Origin::Whispered(ts) => {
            let edited = Some(workspace.next_ts(now));
            if let Some(message) = workspace.whispered(&address.user, ts) {
                *message = Message { text, blocks, edited, ..message.clone() };
                let message = message.clone();
                workspace.notify(&message);
            }
            if public {
                call.complain("response_type: an ephemeral message stays one when it is replaced");
            }
        }
    }
    Ok(())
}

fn show(call: &mut Call, address: &Address, public: bool) -> Result<(), Refusal> {
    let (text, blocks, _) = content::check(call)?.of_new()?;
    let thread_ts = thread(call, &address.channel)?;
    let message = Message { blocks, ..Message::new(Slack::BOT_USER, thread_ts, &text) };
    let (now, body) = (call.state.now(), json!(call.asked.arguments));
    let workspace = &mut call.state.workspace;
    if public {
        workspace.post(&address.channel, message, now, body);
    } else {
        workspace.whisper(&address.channel, &address.user, message, now);
    }
    Ok(())
}

fn thread(call: &Call, channel: &str) -> Result<Option<String>, Refusal> {
    let Some(ts) = call.asked.text("thread_ts") else { return Ok(None) };
    let channel = &call.state.workspace.channels[channel];
    let parent = channel.message(ts, Visibility::ALL);
    match parent.filter(|parent| parent.thread_ts.is_none() && !parent.tombstone) {
        Some(_) => Ok(Some(ts.to_owned())),
        None => Err(Refusal::arguments(format!("thread_ts {ts:?} is no parent"))),
    }
}
