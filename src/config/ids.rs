//! The forms of ids on platforms: what is in none of them never means anyone.

/// Slack's ids are a letter that says of what they are, and capitals or digits.
pub(super) fn is_slack_id(id: &str, kinds: &str) -> bool {
    let rest = id.strip_prefix(|kind| kinds.contains(kind)).unwrap_or_default();
    !rest.is_empty() && rest.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// Discord's ids are numbers of 64 bits.
pub(super) fn is_snowflake(id: &str) -> bool {
    (15..=20).contains(&id.len()) && is_number(id)
}

pub(super) fn is_number(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_ascii_digit())
}
