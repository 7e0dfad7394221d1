//! Cursors: where the last page ended, in a text that must come back letter for letter.

use serde_json::Value;

use super::asked::Asked;
use super::reply::Refusal;

/// The end of the last page, or None on the first.
pub fn resume(asked: &Asked) -> Result<Option<String>, Refusal> {
    // An empty cursor asks for the first page.
    let Some(text) = asked.text("cursor").filter(|text| !text.is_empty()) else { return Ok(None) };
    let end = decode(text, &owner(asked));
    let end = end.ok_or_else(|| Refusal::mistake("invalid_cursor", format!("cursor {text:?}")))?;
    Ok(Some(end))
}

/// The plus and equals signs get lost in clients that do not encode their queries.
pub fn after(asked: &Asked, end: &str) -> String {
    let inside = serde_json::json!([owner(asked), end]).to_string();
    let digits: String = inside.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("next+{digits}==")
}

/// A cursor has no meaning in another call than the one it came from.
fn owner(asked: &Asked) -> String {
    let keys = ["channel", "ts", "types", "exclude_archived", "oldest", "latest", "inclusive"];
    let values: Vec<Option<&Value>> = keys.iter().map(|key| asked.arguments.get(*key)).collect();
    serde_json::json!([asked.method, values]).to_string()
}

fn decode(text: &str, owner: &str) -> Option<String> {
    let digits = text.strip_prefix("next+")?.strip_suffix("==")?;
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Vec<u8> = pairs.map(byte).collect::<Option<_>>()?;
    let (found, end): (String, String) = serde_json::from_slice(&bytes).ok()?;
    (found == owner).then_some(end)
}

/// Takes a page off the front. "Fewer than the requested number may be returned, even if the end has
/// not been reached": a page with more behind it is one short, so that nobody counts.
pub fn page<T>(mut items: Vec<T>, limit: usize) -> (Vec<T>, bool) {
    if items.len() <= limit {
        return (items, false);
    }
    items.truncate(limit.saturating_sub(1).max(1));
    (items, true)
}
