//! What a person reads of a message, and the links in it.

use serde_json::Value;

/// The words of the blocks in order, one line for each piece of text; the text without blocks.
pub fn words(text: &str, blocks: &Value) -> String {
    if blocks.is_null() {
        return unescaped(text);
    }
    let mut pieces = Vec::new();
    collect(blocks, &mut pieces);
    pieces.join("\n")
}

/// Fields that no reader sees, or only after a press.
const UNSEEN: &[&str] = &[
    "accessibility_label",
    "action_id",
    "align",
    "block_id",
    "column_settings",
    "confirm",
    "emoji",
    "external_id",
    "filter",
    "focus_on_load",
    "image_url",
    "language",
    "slack_file",
    "style",
    "type",
    "url",
    "value",
    "verbatim",
];

fn collect(value: &Value, pieces: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, pieces)),
        Value::String(text) => pieces.push(text.clone()),
        Value::Object(fields) => match value["type"].as_str().unwrap_or_default() {
            "mrkdwn" | "markdown" => pieces.push(unescaped(value["text"].as_str().unwrap_or(""))),
            "raw_number" if value["text"].is_null() => pieces.push(value["value"].to_string()),
            "rich_text_section" | "rich_text_quote" | "rich_text_preformatted" => {
                let elements = value["elements"].as_array().map(Vec::as_slice);
                pieces.push(elements.unwrap_or_default().iter().map(inline).collect());
            }
            _ => {
                let seen = fields.iter().filter(|(key, _)| !UNSEEN.contains(&key.as_str()));
                seen.for_each(|(_, field)| collect(field, pieces));
            }
        },
        _ => {}
    }
}

/// An element within a line of rich text.
fn inline(element: &Value) -> String {
    let text = |key: &str| element[key].as_str().unwrap_or_default().to_owned();
    match element["type"].as_str().unwrap_or_default() {
        "link" if element["text"].is_string() => text("text"),
        "link" => text("url"),
        "user" => format!("@{}", text("user_id")),
        "usergroup" => format!("@{}", text("usergroup_id")),
        "broadcast" => format!("@{}", text("range")),
        "channel" => format!("#{}", text("channel_id")),
        "emoji" => format!(":{}:", text("name")),
        "date" => text("fallback"),
        "color" => text("value"),
        _ => text("text"),
    }
}

/// Markup as it is displayed: labels instead of addresses, and the three escapes undone. Asterisks
/// and their like stay, because they may be meant.
fn unescaped(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        shown.push_str(before);
        let Some((inside, behind)) = after.split_once('>') else {
            shown.push('<');
            rest = after;
            continue;
        };
        let label = inside.split_once('|').map_or(inside, |(_, label)| label);
        shown.push_str(label.trim_start_matches('!'));
        rest = behind;
    }
    shown.push_str(rest);
    shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Whether Slack would look for something to preview. A button's address is not shown.
pub fn has_link(text: &str, blocks: &Value) -> bool {
    let is_link = |text: &str| text.contains("http://") || text.contains("https://");
    is_link(text)
        || any_object(blocks, &|object| {
            let markup =
                ["mrkdwn", "markdown"].contains(&object["type"].as_str().unwrap_or_default());
            object["type"] == "link"
                || markup && is_link(object["text"].as_str().unwrap_or_default())
        })
}

fn any_object(value: &Value, test: &dyn Fn(&Value) -> bool) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| any_object(item, test)),
        Value::Object(fields) => {
            test(value) || fields.values().any(|field| any_object(field, test))
        }
        _ => false,
    }
}
