//! The chat methods: posting, updating and deleting messages.

use serde_json::{Value, json};

use super::super::message::{Message, Visibility};
use super::super::reply::Refusal;
use super::super::workspace::{Channel, Kind};
use super::super::{Slack, shapes};
use super::{Answer, Call, content, identity};

pub fn post(call: &mut Call) -> Answer {
    call.needs("chat:write")?;
    let content = content::check(call)?;
    let id = place(call)?;
    let (text, blocks, metadata) = content.of_new()?;
    let thread_ts = thread(call)?;
    let message = Message { blocks, metadata, ..Message::new(Slack::BOT_USER, thread_ts, &text) };
    let (now, body) = (call.state.now(), json!(call.asked.arguments));
    let ts = call.state.workspace.post(&id, message, now, body);
    let posted = call.state.workspace.channels[&id].message(&ts, Visibility::ALL);
    let shape = shapes::message(posted.expect("just posted"), true);
    Ok(json!({"channel": id, "ts": ts, "message": shape}))
}

pub fn post_ephemeral(call: &mut Call) -> Answer {
    call.needs("chat:write")?;
    let content = content::check(call)?;
    let id = place(call)?;
    let (text, blocks, _) = content.of_new()?;
    let thread_ts = thread(call)?;
    let user = call.asked.text("user").unwrap_or_default().to_owned();
    if !call.state.workspace.channels[&id].members.contains(&user) {
        return Err(Refusal::because("user_not_in_channel"));
    }
    let message = Message { blocks, ..Message::new(Slack::BOT_USER, thread_ts, &text) };
    let now = call.state.now();
    let ts = call.state.workspace.whisper(&id, &user, message, now);
    Ok(json!({"message_ts": ts}))
}

/// Where the bot may post. A private channel that the bot was taken out of is reported like a public
/// one: both codes are seen in the wild, and this one tells an operator what to do.
fn place(call: &Call) -> Result<String, Refusal> {
    let channel = call.any_channel()?;
    if channel.archived {
        return Err(Refusal::because("is_archived"));
    }
    // The scope opens public channels to chat.postMessage alone.
    let open = channel.kind == Kind::Public
        && call.asked.method == "chat.postMessage"
        && call.state.has_scope("chat:write.public");
    if !channel.has_bot() && !open {
        return Err(Refusal::because("not_in_channel"));
    }
    Ok(channel.id.clone())
}

/// The parent that a reply goes to. Slack accepts any timestamp here and then shows the message
/// nowhere; of the listed codes `cannot_reply_to_message` is the nearest to saying so.
fn thread(call: &mut Call) -> Result<Option<String>, Refusal> {
    let Some(ts) = call.asked.text("thread_ts") else { return Ok(None) };
    let found = call.any_channel()?.message(ts, Visibility::ALL);
    match found {
        Some(message) if message.thread_ts.is_some() => {
            let complaint = format!("{ts} is a reply, not a parent");
            Err(Refusal::mistake("cannot_reply_to_message", complaint))
        }
        Some(message) if !message.tombstone => Ok(Some(ts.to_owned())),
        _ if !is_ts(ts) => Err(Refusal::arguments(format!("{ts:?} is no timestamp"))),
        _ => Err(Refusal::because("cannot_reply_to_message")),
    }
}

fn is_ts(text: &str) -> bool {
    let digits =
        |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').is_some_and(|(whole, rest)| digits(whole, 10) && digits(rest, 6))
}

pub fn update(call: &mut Call) -> Answer {
    call.needs("chat:write")?;
    let content = content::check(call)?;
    let mut message = own(call, "cant_update_message")?;
    let channel = call.channel()?;
    if channel.archived {
        return Err(Refusal::because("is_inactive"));
    }
    let id = channel.id.clone();
    // Metadata stays unless it is given; blocks stay only if neither they nor a text are.
    if let Some(metadata) = &content.metadata {
        message.metadata = some(metadata);
    }
    match (&content.text, &content.blocks) {
        (_, Some(blocks)) => message.blocks = some(blocks),
        (Some(_), None) => message.blocks = Value::Null,
        (None, None) if content.metadata.is_none() => {
            return Err(Refusal::mistake("no_text", "nothing to update"));
        }
        (None, None) => {}
    }
    if content.text.is_some() || content.blocks.is_some() {
        message.text = content.text.unwrap_or_default();
    }
    if message.text.is_empty() && message.blocks.is_null() {
        return Err(Refusal::mistake("no_text", "neither text nor blocks would remain"));
    }
    let (now, body) = (call.state.now(), json!(call.asked.arguments));
    let edited = call.state.workspace.edit(&id, message, now, body);
    let shape = shapes::message(&edited, true);
    Ok(json!({"channel": id, "ts": edited.ts, "text": edited.text, "message": shape}))
}

fn some(value: &Value) -> Value {
    if content::is_empty(value) { Value::Null } else { value.clone() }
}

pub fn delete(call: &mut Call) -> Answer {
    call.needs("chat:write")?;
    let message = own(call, "cant_delete_message")?;
    let channel = call.channel()?;
    if channel.archived {
        return Err(Refusal::because("cant_delete_message"));
    }
    let id = channel.id.clone();
    let (now, body) = (call.state.now(), json!(call.asked.arguments));
    call.state.workspace.delete(&id, &message.ts, now, body);
    Ok(json!({"channel": id, "ts": message.ts}))
}

/// The message that the request names, which has to be the bot's own in a channel that it is in.
fn own(call: &Call, otherwise: &'static str) -> Result<Message, Refusal> {
    let channel = call.channel()?;
    let ts = call.asked.text("ts").unwrap_or_default();
    let found = named(channel, ts)?;
    if found.user != Slack::BOT_USER || !channel.has_bot() {
        return Err(Refusal::because(otherwise));
    }
    Ok(found.clone())
}

fn named<'a>(channel: &'a Channel, ts: &str) -> Result<&'a Message, Refusal> {
    let found = channel.message(ts, Visibility::ALL).filter(|message| !message.tombstone);
    found.ok_or_else(|| Refusal::because("message_not_found"))
}

pub fn permalink(call: &mut Call) -> Answer {
    let channel = call.channel()?;
    let message = named(channel, call.asked.text("message_ts").unwrap_or_default())?;
    let (id, team) = (&channel.id, identity::TEAM_URL);
    let mut permalink = format!("{team}archives/{id}/p{}", message.ts.replace('.', ""));
    if let Some(thread_ts) = &message.thread_ts {
        permalink += &format!("?thread_ts={thread_ts}&cid={id}");
    }
    Ok(json!({"channel": id, "permalink": permalink}))
}
