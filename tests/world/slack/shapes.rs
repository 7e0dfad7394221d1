//! Messages, channels and people as Slack's answers write them.

use serde_json::{Value, json};

use super::Slack;
use super::message::{Message, Visibility};
use super::workspace::{Channel, Kind};

pub const APP_ID: &str = "A0CXAPP001";

/// A message without what depends on its thread.
pub fn message(message: &Message, with_metadata: bool) -> Value {
    let mut shape = json!({
        "type": "message", "user": message.user, "ts": message.ts, "text": message.text,
        "team": Slack::TEAM_ID,
    });
    if message.tombstone {
        shape["subtype"] = json!("tombstone");
        shape["hidden"] = json!(true);
    }
    if message.user == Slack::BOT_USER {
        shape["bot_id"] = json!(Slack::BOT_ID);
        shape["app_id"] = json!(APP_ID);
        shape["bot_profile"] = bot_profile();
    }
    if !message.blocks.is_null() {
        shape["blocks"] = with_ids(&message.blocks);
    }
    if let Some(thread_ts) = &message.thread_ts {
        shape["thread_ts"] = json!(thread_ts);
    }
    if let Some(ts) = &message.edited {
        shape["edited"] = json!({"user": message.user, "ts": ts});
    }
    if with_metadata && !message.metadata.is_null() {
        shape["metadata"] = message.metadata.clone();
    }
    shape
}

/// A message as history shows it, which knows of its thread.
pub fn in_thread(
    channel: &Channel,
    one: &Message,
    with_metadata: bool,
    visibility: Visibility,
) -> Value {
    let mut shape = message(one, with_metadata);
    if let Some(parent) = &one.thread_ts {
        let parent = channel.message(parent, Visibility::ALL);
        shape["parent_user_id"] = json!(parent.map(|parent| &parent.user));
        return shape;
    }
    let replies: Vec<&Message> = channel.replies(&one.ts, visibility).collect();
    let Some(latest) = replies.last() else { return shape };
    let mut users: Vec<&str> = Vec::new();
    for reply in &replies {
        if !users.contains(&reply.user.as_str()) {
            users.push(&reply.user);
        }
    }
    shape["thread_ts"] = json!(one.ts);
    shape["reply_count"] = json!(replies.len());
    shape["reply_users_count"] = json!(users.len());
    shape["reply_users"] = json!(users);
    shape["latest_reply"] = json!(latest.ts);
    shape["is_locked"] = json!(false);
    shape["subscribed"] = json!(true);
    shape
}

/// Slack gives an id to every block that came without.
pub fn with_ids(blocks: &Value) -> Value {
    let mut blocks = blocks.clone();
    for (index, block) in blocks.as_array_mut().into_iter().flatten().enumerate() {
        if block["block_id"].is_null() {
            block["block_id"] = json!(format!("gen{index}"));
        }
    }
    blocks
}

fn bot_profile() -> Value {
    json!({
        "id": Slack::BOT_ID, "app_id": APP_ID, "user_id": Slack::BOT_USER, "name": "cxbot",
        "icons": {}, "deleted": false, "updated": 1_700_000_000, "team_id": Slack::TEAM_ID,
    })
}

pub fn channel(channel: &Channel) -> Value {
    if channel.kind == Kind::Direct {
        return direct(channel);
    }
    let private = channel.kind == Kind::Private;
    let nothing = json!({"value": "", "creator": "", "last_set": 0});
    json!({
        "id": channel.id, "name": channel.name, "name_normalized": channel.name,
        "is_channel": channel.id.starts_with('C'), "is_group": channel.id.starts_with('G'),
        "is_im": false, "is_mpim": false, "is_private": private,
        "created": channel.created, "updated": channel.created * 1_000, "creator": "U0FOUNDER1",
        "is_archived": channel.archived, "is_general": false, "is_member": channel.has_bot(),
        "unlinked": 0, "is_shared": false, "is_org_shared": false, "is_ext_shared": false,
        "is_pending_ext_shared": false, "pending_shared": [], "pending_connected_team_ids": [],
        "context_team_id": Slack::TEAM_ID, "shared_team_ids": [Slack::TEAM_ID],
        "parent_conversation": null, "previous_names": [], "topic": nothing, "purpose": nothing,
    })
}

/// Its name is the person's id.
fn direct(channel: &Channel) -> Value {
    json!({
        "id": channel.id, "user": channel.name, "created": channel.created, "is_im": true,
        "is_archived": false, "is_org_shared": false, "is_user_deleted": false, "priority": 0,
        "context_team_id": Slack::TEAM_ID,
    })
}

pub fn usergroup(id: &str, handle: &str, count: usize) -> Value {
    json!({
        "id": id, "team_id": Slack::TEAM_ID, "is_usergroup": true, "is_subteam": true,
        "name": handle, "description": "", "handle": handle, "is_external": false,
        "date_create": 1_700_000_000, "date_update": 1_700_000_000, "date_delete": 0,
        "auto_type": null, "auto_provision": false, "enterprise_subteam_id": "",
        "created_by": "U0FOUNDER1", "updated_by": "U0FOUNDER1", "deleted_by": null,
        "prefs": {"channels": [], "groups": []}, "user_count": count, "channel_count": 0,
    })
}

pub fn user(id: &str, name: &str) -> Value {
    let bot = id == Slack::BOT_USER;
    json!({
        "id": id, "team_id": Slack::TEAM_ID, "name": name, "real_name": name, "deleted": false,
        "color": "9f69e7", "tz": "Europe/Dublin", "tz_label": "Greenwich Mean Time",
        "tz_offset": 0,
        "profile": {
            "real_name": name, "real_name_normalized": name, "display_name": name,
            "display_name_normalized": name, "avatar_hash": "000000000000",
            "team": Slack::TEAM_ID,
        },
        "is_admin": false, "is_owner": false, "is_primary_owner": false, "is_restricted": false,
        "is_ultra_restricted": false, "is_bot": bot, "is_app_user": false, "updated": 1_700_000_000,
    })
}
