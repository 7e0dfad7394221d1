//! The methods about conversations themselves: their list, members, and opening direct ones.

use serde_json::{Value, json};

use super::super::reply::Refusal;
use super::super::workspace::{Channel, Kind};
use super::super::{Slack, cursor, shapes};
use super::{Answer, Call};

pub fn info(call: &mut Call) -> Answer {
    let channel = call.channel()?;
    call.needs_for(channel.kind, "read")?;
    let mut shape = shapes::channel(channel);
    if call.asked.flag("include_num_members") {
        shape["num_members"] = json!(channel.members.len());
    }
    if call.asked.flag("include_locale") {
        shape["locale"] = json!("en-IE");
    }
    Ok(json!({"channel": shape}))
}

/// Public channels whether the bot is in them or not, the others only if it is.
pub fn list(call: &mut Call) -> Answer {
    let kinds = kinds(call)?;
    for kind in &kinds {
        call.needs_for(*kind, "read")?;
    }
    let limit = call.limit(999, 100)?;
    let end = cursor::resume(call.asked)?;
    let without_archived = call.asked.flag("exclude_archived");
    let listed = |channel: &&Channel| {
        let reachable = channel.kind == Kind::Public || channel.has_bot();
        let wanted = kinds.contains(&channel.kind) && !(without_archived && channel.archived);
        wanted && reachable && !channel.removed
    };
    let found = call.state.workspace.channels.values().filter(listed);
    let behind = found.filter(|channel| end.as_ref().is_none_or(|end| channel.id > *end));
    let (page, more) = cursor::page(behind.collect(), limit);
    let channels: Vec<Value> = page.iter().map(|channel| with_count(channel)).collect();
    let last = more.then(|| page.last().map(|channel| channel.id.as_str())).flatten();
    Ok(json!({"channels": channels, "response_metadata": next(call, last)}))
}

fn with_count(channel: &Channel) -> Value {
    let mut shape = shapes::channel(channel);
    if channel.kind != Kind::Direct {
        shape["num_members"] = json!(channel.members.len());
    }
    shape
}

fn kinds(call: &Call) -> Result<Vec<Kind>, Refusal> {
    let types = call.asked.text("types").unwrap_or("public_channel");
    let kind = |name| match name {
        "public_channel" => Ok(Kind::Public),
        "private_channel" => Ok(Kind::Private),
        "im" => Ok(Kind::Direct),
        "mpim" => Err(Refusal::arguments("this fake does not play mpim")),
        _ => Err(Refusal::mistake("invalid_types", format!("types is {types:?}"))),
    };
    types.split(',').map(kind).collect()
}

/// Here, unlike in history, an empty cursor says that nothing follows.
fn next(call: &Call, last: Option<&str>) -> Value {
    let next = last.map_or(String::new(), |last| cursor::after(call.asked, last));
    json!({"next_cursor": next})
}

pub fn members(call: &mut Call) -> Answer {
    let channel = call.channel()?;
    call.needs_for(channel.kind, "read")?;
    let limit = call.limit(999, 100)?;
    let end = cursor::resume(call.asked)?;
    let all = channel.members.iter();
    let behind = all.filter(|member| end.as_ref().is_none_or(|end| *member > end));
    let (page, more) = cursor::page(behind.collect(), limit);
    let last = more.then(|| page.last().map(|member| member.as_str())).flatten();
    Ok(json!({"members": page, "response_metadata": next(call, last)}))
}

/// Opens, or finds again, the conversation with one person.
pub fn open(call: &mut Call) -> Answer {
    call.needs("im:write")?;
    let (id, already) = match call.asked.text("users") {
        Some(users) => with_person(call, users)?,
        None if call.asked.channel().is_some() => (call.channel()?.id.clone(), true),
        None => {
            return Err(Refusal::mistake("users_list_not_supplied", "neither users nor channel"));
        }
    };
    let channel = &call.state.workspace.channels[&id];
    if channel.kind != Kind::Direct {
        let complaint = format!("{id} is no direct conversation");
        return Err(Refusal::mistake("method_not_supported_for_channel_type", complaint));
    }
    let full = call.asked.flag("return_im");
    let shape = if full { shapes::channel(channel) } else { json!({"id": id}) };
    Ok(json!({"no_op": already, "already_open": already, "channel": shape}))
}

fn with_person(call: &mut Call, user: &str) -> Result<(String, bool), Refusal> {
    if user.contains(',') {
        return Err(Refusal::arguments("this fake opens conversations with one person only"));
    }
    let now = call.state.now();
    let workspace = &mut call.state.workspace;
    if user == Slack::BOT_USER || !workspace.users.contains_key(user) {
        return Err(Refusal::because("user_not_found"));
    }
    Ok(workspace.direct(user, now))
}
