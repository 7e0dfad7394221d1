//! The mentions in a message that notify people, as far as the request allows them.

use serde_json::Value;

use super::guild::{Guild, bits};

/// What an absent `allowed_mentions` allows.
#[derive(Clone, Copy, PartialEq)]
pub enum Default {
    /// Plain messages.
    Everything,
    /// Answers to interactions.
    People,
}

/// Whether the rule lets this kind of mention notify, or this one of it.
fn allows(rule: &Value, default: Default, kind: &str, id: Option<&str>) -> bool {
    let has = |list: &Value, wanted: &str| {
        list.as_array().is_some_and(|list| list.iter().any(|one| one == wanted))
    };
    match rule {
        Value::Null => default == Default::Everything || kind == "users",
        rule => has(&rule["parse"], kind) || id.is_some_and(|id| has(&rule[kind], id)),
    }
}

/// Whom the content mentions with effect. Embeds never notify.
pub fn find(
    guild: &Guild,
    channel: &str,
    content: &str,
    rule: &Value,
    default: Default,
) -> Vec<String> {
    let mut found = Vec::new();
    for part in content.split("<@").skip(1) {
        let Some((target, _)) = part.split_once('>') else { continue };
        let (kind, id) = match target.strip_prefix('&') {
            Some(role) => ("roles", role),
            None => ("users", target.trim_start_matches('!')),
        };
        if allows(rule, default, kind, Some(id)) {
            found.push(target.trim_start_matches('!').to_owned());
        }
    }
    let may = guild.channels.get(channel).map_or(0, |channel| guild.allowed(channel));
    for word in ["@everyone", "@here"] {
        let all = may & bits::MENTION_EVERYONE != 0 && content.contains(word);
        if all && allows(rule, default, "everyone", None) {
            found.push(word.to_owned());
        }
    }
    found
}

/// Those who are notified by it: the members of a role, or one person, or `@everyone`.
pub fn people(guild: &Guild, ping: &str) -> Vec<String> {
    let Some(role) = ping.strip_prefix('&') else { return vec![ping.to_owned()] };
    let has = |(id, member): (&String, &super::guild::Member)| {
        member.roles.iter().any(|one| one == role).then(|| id.clone())
    };
    guild.members.iter().filter_map(has).collect()
}
