//! The rules for a message's metadata, which every app of the workspace can read.

use serde_json::Value;

use super::reply::Refusal;

const MOST_CHARACTERS: usize = 8_000;

pub fn check(metadata: &Value) -> Result<(), Refusal> {
    if metadata.to_string().chars().count() > MOST_CHARACTERS {
        return Err(Refusal::mistake("metadata_too_large", "more than 8,000 characters"));
    }
    shape(metadata).map_err(|complaint| {
        Refusal::mistake("invalid_metadata_format", format!("metadata: {complaint}"))
    })
}

fn shape(metadata: &Value) -> Result<(), String> {
    let fields = metadata.as_object().ok_or("not an object")?;
    if let Some(key) =
        fields.keys().find(|key| !["event_type", "event_payload"].contains(&key.as_str()))
    {
        return Err(format!("unknown key {key}"));
    }
    let event = metadata["event_type"].as_str().ok_or("event_type is no string")?;
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
    if !(1..=255).contains(&event.len()) || !event.chars().all(allowed) {
        return Err(format!("{event:?} is no event_type"));
    }
    let payload = metadata["event_payload"].as_object().ok_or("event_payload is no object")?;
    let flat = |value: &Value| value.is_string() || value.is_number() || value.is_boolean();
    let one_level = |value: &Value| match value.as_object() {
        Some(inner) => inner.values().all(flat),
        None => flat(value),
    };
    match payload.iter().find(|(_, value)| !one_level(value)) {
        Some((key, _)) => Err(format!("{key} is neither plain nor one level of plain values")),
        None => Ok(()),
    }
}

/// Words and addresses have no place where every app can read them; identifiers have neither spaces
/// nor an at sign.
pub fn personal(metadata: &Value) -> Option<String> {
    match metadata {
        Value::Object(fields) => fields.iter().find_map(|(key, value)| {
            personal(&Value::String(key.clone())).or_else(|| personal(value))
        }),
        Value::String(text) if text.contains('@') => Some(format!("{text:?} has an at sign")),
        Value::String(text) if text.contains(char::is_whitespace) => {
            Some(format!("{text:?} has spaces"))
        }
        _ => None,
    }
}
