//! Embeds: their sizes together and one by one, and nothing blank in them.

use serde_json::Value;

use super::{Problems, length, list};

const TOGETHER: usize = 6_000;
/// With the longest allowed text of each.
const PARTS: &[(&str, usize)] =
    &[("/title", 256), ("/description", 4_096), ("/footer/text", 2_048), ("/author/name", 256)];
const FIELDS: usize = 25;
const EMBEDS: usize = 10;

pub fn check(embeds: &Value, problems: &mut Problems) {
    if list(embeds).count() > EMBEDS {
        problems.push("embeds: more than ten".to_owned());
    }
    let mut together = 0;
    for embed in list(embeds) {
        let mut characters = 0;
        for (part, most) in PARTS {
            let length = embed.pointer(part).map_or(0, length);
            characters += length;
            if length > *most {
                problems.push(format!("embeds: {part} has {length} characters"));
            }
        }
        together += characters + fields(&embed["fields"], problems);
        let shows = ["title", "description", "fields", "image", "thumbnail", "author", "footer"];
        if shows.iter().all(|key| embed[*key].is_null()) {
            problems.push("embeds: an empty one".to_owned());
        }
        addresses(embed, problems);
    }
    if together > TOGETHER {
        problems.push(format!("embeds: {together} characters together"));
    }
}

fn fields(fields: &Value, problems: &mut Problems) -> usize {
    if list(fields).count() > FIELDS {
        problems.push("embeds: more than 25 fields".to_owned());
    }
    let mut characters = 0;
    for field in list(fields) {
        for (part, most) in [("name", 256), ("value", 1_024)] {
            let length = length(&field[part]);
            characters += length;
            if length == 0 || length > most {
                problems.push(format!("embeds: a field's {part} of {length} characters"));
            }
        }
    }
    characters
}

fn addresses(embed: &Value, problems: &mut Problems) {
    for key in ["image", "thumbnail"] {
        if let Some(url) = embed[key]["url"].as_str() {
            let known = ["http://", "https://", "attachment://"];
            if !known.iter().any(|scheme| url.starts_with(scheme)) {
                problems.push(format!("embeds: an {key} at {url:?}"));
            }
        }
    }
}
