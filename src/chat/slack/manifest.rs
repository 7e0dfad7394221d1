//! The app's manifest: what to paste when the Slack app is made, with no more scopes than it needs.

use serde_json::{Value, json};

/// What the bot may do, and why.
const SCOPES: &[(&str, &str)] = &[
    ("chat:write", "posts and edits digests in channels it is invited to"),
    ("commands", "hears its command"),
    ("channels:history", "finds out whether a post without an answer was made"),
    ("groups:history", "the same in private channels"),
    ("im:write", "opens direct messages to people who are to get something"),
    ("im:history", "finds out whether a direct message without an answer was made"),
    ("channels:read", "checks that it is in its channels"),
    ("groups:read", "the same for private channels"),
];

/// What it may do beside that where user groups of Slack give roles.
const OF_GROUPS: (&str, &str) = ("usergroups:read", "knows who is in the groups that give a role");

/// What it may do beside that where people are asked.
const OF_PEOPLE: (&str, &str) = ("users:read", "tells people from bots where a poll asks them");

/// What is asked of Slack about people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asks {
    /// Who someone is.
    pub people: bool,
    /// Who is in a user group.
    pub groups: bool,
}

/// All that the bot may do, and why.
pub fn scopes(asks: Asks) -> impl Iterator<Item = (&'static str, &'static str)> {
    let more = asks.groups.then_some(OF_GROUPS).into_iter().chain(asks.people.then_some(OF_PEOPLE));
    SCOPES.iter().copied().chain(more)
}

/// The manifest, in version 2 of Slack's schema.
pub fn manifest(command: &str, asks: Asks) -> Value {
    let scopes: Vec<&str> = scopes(asks).map(|(scope, _)| scope).collect();
    json!({
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": "cxbot",
            "description": "Weekly CX digests, and answers about scored support conversations.",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": true,
                "messages_tab_enabled": true,
                "messages_tab_read_only_enabled": true,
            },
            "bot_user": {"display_name": "cxbot", "always_online": true},
            "slash_commands": [{
                "command": command,
                "description": "Ask about scored conversations",
                "usage_hint": "digest | coverage | help",
                // People and channels arrive as ids, not as names.
                "should_escape": true,
            }],
        },
        "oauth_config": {"scopes": {"bot": scopes}},
        "settings": {
            "event_subscriptions": {"bot_events": ["app_home_opened"]},
            "interactivity": {"is_enabled": true},
            "socket_mode_enabled": true,
            "org_deploy_enabled": false,
            "token_rotation_enabled": false,
        },
    })
}
