//! What the bot may do, and why: the one list that the invitation asks for and the look checks.

use serde_json::Value;

/// Bits of Discord's permissions, with the words that its settings use and what they are for.
pub(super) const NEEDED: &[(u64, &str, &str)] = &[
    (1 << 10, "View Channel", "sees its channels"),
    (1 << 11, "Send Messages", "posts the digest"),
    (1 << 14, "Embed Links", "shows the digest as it is meant"),
    (1 << 15, "Attach Files", "adds the charts"),
    (1 << 16, "Read Message History", "finds out whether a post without an answer was made"),
    (1 << 35, "Create Public Threads", "opens the digest's thread"),
    (1 << 38, "Send Messages in Threads", "posts the details there"),
];

/// Whoever has it may do everything.
const ADMINISTRATOR: u64 = 1 << 3;

/// The bits of all of them.
pub(super) fn bits() -> u64 {
    NEEDED.iter().map(|(bit, ..)| bit).sum()
}

/// What the bot may do in a channel: its roles' permissions, then what the channel takes away and
/// gives, in the order of Discord's reference ("Permission Overwrites").
pub(super) fn in_channel(guild: &Value, channel: &Value, me: &Value) -> u64 {
    let guild_id = guild["id"].as_str().unwrap_or_default();
    let user_id = me["user"]["id"].as_str().unwrap_or_default();
    let roles: Vec<&str> =
        me["roles"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let of_role = |role: &Value| {
        let id = role["id"].as_str().unwrap_or_default();
        id == guild_id || roles.contains(&id)
    };
    let all_roles = guild["roles"].as_array().into_iter().flatten();
    let base = all_roles
        .filter(|role| of_role(role))
        .fold(0, |base, role| base | number(&role["permissions"]));
    if base & ADMINISTRATOR != 0 {
        return u64::MAX;
    }
    let overwrites = channel["permission_overwrites"].as_array();
    let of = |is: &dyn Fn(&str) -> bool| {
        let own = overwrites.into_iter().flatten().filter(|one| one["id"].as_str().is_some_and(is));
        own.fold((0, 0), |(deny, allow), one| {
            (deny | number(&one["deny"]), allow | number(&one["allow"]))
        })
    };
    let layers: [&dyn Fn(&str) -> bool; 3] =
        [&|id| id == guild_id, &|id| roles.contains(&id), &|id| id == user_id];
    layers.into_iter().fold(base, |allowed, layer| {
        let (deny, allow) = of(layer);
        allowed & !deny | allow
    })
}

/// Bit sets have more bits than a JSON number carries safely, so they are texts.
fn number(bits: &Value) -> u64 {
    bits.as_str().and_then(|text| text.parse().ok()).or(bits.as_u64()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_invitation_asks_for_these_bits() {
        assert_eq!(bits(), 309_237_763_072);
    }

    #[test]
    fn a_channel_takes_away_and_gives_by_everyone_then_roles_then_the_bot() {
        let guild = json!({"id": "1", "roles": [
            {"id": "1", "permissions": "3072"}, {"id": "2", "permissions": "16384"},
        ]});
        let me = json!({"user": {"id": "9"}, "roles": ["2"]});
        let channel = |overwrites: Value| json!({"permission_overwrites": overwrites});
        assert_eq!(in_channel(&guild, &channel(json!([])), &me), 3_072 | 16_384);
        let closed = json!([
            {"id": "1", "deny": "3072", "allow": "0"}, {"id": "2", "deny": "0", "allow": "1024"},
        ]);
        assert_eq!(in_channel(&guild, &channel(closed), &me), 1_024 | 16_384);
        let own = json!([{"id": "9", "deny": "16384", "allow": "0"}]);
        assert_eq!(in_channel(&guild, &channel(own), &me), 3_072);
        let admin = json!({"id": "1", "roles": [{"id": "1", "permissions": "8"}]});
        assert_eq!(in_channel(&admin, &channel(json!([])), &me), u64::MAX);
    }
}
