//! From the words that someone typed to the JSON that an action's schema describes.

use cxbot_sdk::plugin::Action;
use cxbot_sdk::{Error, Result, Text};
use serde_json::{Map, Value, json};

/// The first word and the rest.
pub(super) fn first_word(line: &str) -> (&str, &str) {
    line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""))
}

/// The arguments by name, in the order of the struct, each with its schema.
pub(super) fn properties(action: &Action) -> impl Iterator<Item = (&str, &Value)> {
    let properties = action.arguments.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten().map(|(name, schema)| (name.as_str(), schema))
}

/// `digest [week] [edition:…]`
pub(super) fn usage(action: &Action) -> String {
    let required = action.arguments.get("required").and_then(Value::as_array);
    let is_required =
        |name: &str| required.is_some_and(|names| names.iter().any(|known| known == name));
    let mut usage = action.name.clone();
    for (index, (name, _)) in properties(action).enumerate() {
        let shown = if index == 0 { name.to_uppercase() } else { format!("{name}:…") };
        usage.push_str(&if is_required(name) {
            format!(" {shown}")
        } else {
            format!(" [{shown}]")
        });
    }
    usage
}

/// Words without a name go to the first argument, all of them together; the others are written
/// `name:value`, with quotes around a value of several words.
pub(super) fn arguments(line: &str, action: &Action) -> Result<Value> {
    let mut arguments = Map::new();
    let mut unnamed: Vec<String> = Vec::new();
    for word in words(line)? {
        match word.split_once(':') {
            Some((name, value)) if is_name(name) => {
                let schema = schema_of(action, name)?;
                arguments.insert(name.to_owned(), typed(name, value, schema)?);
            }
            _ => unnamed.push(word),
        }
    }
    if !unnamed.is_empty() {
        let words = unnamed.join(" ");
        let Some((name, schema)) = properties(action).next() else {
            let text = Text::new().code(&*action.name).plain(" takes no arguments, not \"");
            return Err(Error::refused(text.verbatim(words).plain("\".")));
        };
        arguments.insert(name.to_owned(), typed(name, &words, schema)?);
    }
    Ok(Value::Object(arguments))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

fn schema_of<'a>(action: &'a Action, name: &str) -> Result<&'a Value> {
    if let Some((_, schema)) = properties(action).find(|(known, _)| *known == name) {
        return Ok(schema);
    }
    let known: Vec<&str> = properties(action).map(|(name, _)| name).collect();
    let text = Text::new().code(&*action.name).plain(" has no \"").verbatim(name).plain("\".");
    Err(Error::refused(match known.is_empty() {
        true => text,
        false => text.plain(format!(" It takes: {}.", known.join(", "))),
    }))
}

/// Whether a schema's type is this one, or this one among others.
pub(super) fn has_type(schema: &Value, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(only)) => only == kind,
        Some(Value::Array(several)) => several.iter().any(|one| one == kind),
        _ => false,
    }
}

/// A value as the schema's type has it; the action itself checks everything finer.
pub(super) fn typed(name: &str, value: &str, schema: &Value) -> Result<Value> {
    let is = |kind: &str| has_type(schema, kind);
    let refuse = |what: &str| {
        let text = Text::new().code(name).plain(format!(" takes {what}, not \""));
        Error::refused(text.verbatim(value).plain("\"."))
    };
    if is("integer") {
        return value.parse::<i64>().map(|n| json!(n)).map_err(|_| refuse("a whole number"));
    }
    if is("boolean") {
        return match value.to_lowercase().as_str() {
            "yes" | "true" => Ok(json!(true)),
            "no" | "false" => Ok(json!(false)),
            _ => Err(refuse("yes or no")),
        };
    }
    Ok(json!(value))
}

/// Words at white space; quotes keep several together. Curly quotes count: phones type them.
fn words(line: &str) -> Result<Vec<String>> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    let mut any = false;
    for c in line.chars() {
        match c {
            '"' | '“' | '”' => {
                quoted = !quoted;
                any = true;
            }
            c if c.is_whitespace() && !quoted => {
                if any {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            c => {
                word.push(c);
                any = true;
            }
        }
    }
    if quoted {
        return Err(Error::refused("A quotation mark is not closed."));
    }
    if any {
        words.push(word);
    }
    Ok(words)
}

/// The nearest of some words, if it is near at all.
pub(super) fn nearest<'w>(word: &str, from: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    from.map(|known| (strsim::damerau_levenshtein(known, word), known))
        .filter(|(distance, known)| *distance <= known.len().max(2) / 2)
        .min()
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use schemars::{JsonSchema, schema_for};

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Args {
        /// Who.
        name: String,
        /// Which topic.
        topic: Option<String>,
        /// How many weeks.
        weeks: Option<u8>,
    }

    fn action() -> Action {
        let arguments = schema_for!(Args);
        Action {
            name: "teammate".to_owned(),
            command: true,
            about: "Someone.".to_owned(),
            arguments,
            check: |_| Ok(()),
            suggests: Vec::new(),
            introduced: false,
            individual: false,
            only: None,
            secret: false,
        }
    }

    #[test]
    fn unnamed_words_are_the_first_argument_and_others_have_names() {
        let parsed = arguments("Ana Maria weeks:4 topic:\"SSO log-in\"", &action());
        let wanted = json!({"name": "Ana Maria", "weeks": 4, "topic": "SSO log-in"});
        assert_eq!(parsed.expect("well-formed"), wanted);
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_what_can() {
        for (line, why) in [
            ("Ana week:4", "It takes: name, topic, weeks"),
            ("Ana weeks:four", "takes a whole number"),
            ("\"Ana", "not closed"),
        ] {
            let error = arguments(line, &action()).expect_err(line).to_string();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn the_usage_shows_what_is_required() {
        assert_eq!(usage(&action()), "teammate NAME [topic:…] [weeks:…]");
    }

    proptest! {
        #[test]
        fn no_line_breaks_the_parser(line in "\\PC*") {
            // Refused or read; the point is that it answers.
            let _ = arguments(&line, &action());
        }
    }
}
