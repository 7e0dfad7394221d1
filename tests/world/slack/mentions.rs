//! The mentions in a message that notify people.

use serde_json::Value;

/// All mentions in the order in which they stand, in Slack's own notation.
pub fn find(text: &str, blocks: &Value) -> Vec<String> {
    let mut found = Vec::new();
    in_markup(text, &mut found);
    in_blocks(blocks, &mut found);
    found
}

fn in_blocks(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| in_blocks(item, found)),
        Value::Object(fields) => {
            let text = |key: &str| value[key].as_str().unwrap_or_default();
            match text("type") {
                // What a markdown block makes of a mention is not documented, so it counts.
                "mrkdwn" | "markdown" => in_markup(text("text"), found),
                "user" => found.push(format!("<@{}>", text("user_id"))),
                "usergroup" => found.push(format!("<!subteam^{}>", text("usergroup_id"))),
                "broadcast" => found.push(format!("<!{}>", text("range"))),
                _ => {}
            }
            fields.values().for_each(|field| in_blocks(field, found));
        }
        _ => {}
    }
}

/// Angle brackets that are not escaped hold mentions and links; a label may follow after a bar.
fn in_markup(text: &str, found: &mut Vec<String>) {
    for part in text.split('<').skip(1) {
        let Some((inside, _)) = part.split_once('>') else { continue };
        let target = inside.split('|').next().unwrap_or_default();
        let person = target.starts_with("@U") || target.starts_with("@W");
        let all = ["!channel", "!here", "!everyone", "!group"].contains(&target);
        if person || all || target.starts_with("!subteam^") {
            found.push(format!("<{target}>"));
        }
    }
}
