//! How Discord writes things: messages, people, channels, roles.

use serde_json::{Value, json};

use super::Discord;
use super::guild::{Channel, Guild, Kind, bits};
use super::message::Message;

pub fn user(guild: &Guild, id: &str) -> Value {
    let name = guild.members.get(id).map_or("someone", |member| &member.name);
    let mut user = json!({
        "id": id, "username": name.to_lowercase(), "avatar": null, "discriminator": "0",
        "public_flags": 0, "flags": 0, "global_name": name, "primary_guild": null,
    });
    if id == Discord::BOT_USER {
        user["bot"] = json!(true);
    }
    user
}

pub fn member(guild: &Guild, id: &str) -> Value {
    let member = &guild.members[id];
    json!({
        "user": user(guild, id), "nick": null, "avatar": null, "banner": null,
        "roles": member.roles, "joined_at": "2024-03-13T19:19:14.040000+00:00",
        "premium_since": null, "deaf": false, "mute": false, "flags": 0, "pending": false,
        "communication_disabled_until": null,
    })
}

pub fn role(guild: &Guild, id: &str) -> Value {
    let permissions = if id == Discord::GUILD { bits::INVITED } else { 0 };
    json!({
        "id": id, "name": guild.roles[id], "permissions": permissions.to_string(), "position": 0,
        "color": 0, "hoist": false, "managed": false, "mentionable": true, "icon": null,
        "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
        "unicode_emoji": null, "flags": 0,
    })
}

/// What the channel takes from the bot that it has elsewhere.
fn overwrites(channel: &Channel) -> Value {
    match bits::INVITED & !channel.allowed {
        0 => json!([]),
        denied => json!([{
            "id": Discord::BOT_USER, "type": 1, "allow": "0", "deny": denied.to_string(),
        }]),
    }
}

pub fn channel(guild: &Guild, channel: &Channel) -> Value {
    if channel.kind == Kind::Thread {
        return thread(guild, channel);
    }
    let mut shape = json!({
        "id": channel.id, "type": channel.number(), "name": channel.name, "position": 0,
        "guild_id": Discord::GUILD, "flags": if channel.requires_tag { 1 << 4 } else { 0 },
        "nsfw": false, "topic": null, "parent_id": null, "permission_overwrites": overwrites(channel),
        "rate_limit_per_user": 0, "last_message_id": null,
    });
    if channel.kind == Kind::Forum {
        let tag = |(id, name): &(String, String)| {
            json!({
                "id": id, "name": name, "moderated": false, "emoji_id": null, "emoji_name": null,
            })
        };
        shape["available_tags"] = channel.tags.iter().map(tag).collect();
    }
    shape
}

fn thread(guild: &Guild, thread: &Channel) -> Value {
    let count = guild.replies(&thread.id).count();
    let tags: Vec<&String> = thread.tags.iter().map(|(id, _)| id).collect();
    json!({
        "id": thread.id, "type": 11, "name": thread.name, "guild_id": Discord::GUILD,
        "parent_id": thread.parent, "owner_id": Discord::BOT_USER, "flags": 0,
        "last_message_id": null, "rate_limit_per_user": 0, "message_count": count,
        "member_count": 1, "total_message_sent": count, "applied_tags": tags,
        "thread_metadata": {
            "archived": thread.archived, "locked": thread.locked,
            "auto_archive_duration": thread.auto_archive,
            "archive_timestamp": "2024-03-13T19:19:14.040000+00:00",
        },
    })
}

/// The default says that embeds, texts and rows have types and numbers once they are stored.
pub fn message(guild: &Guild, home: &str, message: &Message) -> Value {
    let files = message.attachments.iter().map(|file| file.shape(home, &message.channel));
    let people = message.pings.iter().filter(|ping| ping.starts_with(|c: char| c.is_ascii_digit()));
    let roles: Vec<&str> = message.pings.iter().filter_map(|ping| ping.strip_prefix('&')).collect();
    let mut shape = json!({
        "id": message.id, "channel_id": message.channel, "type": 0,
        "author": user(guild, &message.author), "content": message.content,
        "timestamp": message.posted, "edited_timestamp": message.edited, "tts": false,
        "mention_everyone": message.pings.iter().any(|ping| ping.starts_with('@')),
        "mentions": people.map(|id| user(guild, id)).collect::<Vec<_>>(),
        "mention_roles": roles, "attachments": files.collect::<Vec<_>>(),
        "embeds": with_types(&message.embeds), "components": numbered(&message.components),
        "pinned": false, "flags": message.flags,
    });
    if !message.nonce.is_null() {
        shape["nonce"] = message.nonce.clone();
    }
    if message.token.is_some() {
        shape["application_id"] = json!(Discord::APPLICATION);
    }
    if let Some(thread) = guild.channels.get(&message.id) {
        shape["thread"] = channel(guild, thread);
        shape["flags"] = json!(message.flags | 1 << 5);
    }
    shape
}

/// Stored embeds have a type, and pictures an address; what was null is gone.
fn with_types(embeds: &Value) -> Value {
    let mut embeds = without_nulls(embeds);
    for embed in embeds.as_array_mut().into_iter().flatten() {
        embed["type"] = json!("rich");
        let fields = embed.get_mut("fields").and_then(Value::as_array_mut);
        for field in fields.into_iter().flatten() {
            field["inline"] = json!(field["inline"] == true);
        }
    }
    embeds
}

/// Stored components have numbers, and menus their defaults.
fn numbered(components: &Value) -> Value {
    let mut components = without_nulls(components);
    let mut last = 0;
    for row in components.as_array_mut().into_iter().flatten() {
        last += 1;
        row["id"] = json!(last);
        let inside = row.get_mut("components").and_then(Value::as_array_mut);
        for one in inside.into_iter().flatten() {
            last += 1;
            one["id"] = json!(last);
            if one["type"] != 2 {
                for key in ["min_values", "max_values"] {
                    let given = one[key].as_u64().unwrap_or(1);
                    one[key] = json!(given);
                }
            }
        }
    }
    components
}

pub fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), without_nulls(value)))
            .collect(),
        other => other.clone(),
    }
}
