//! From the words that someone typed to the JSON that an action's schema describes.

use std::collections::BTreeSet;

use cxbot_sdk::plugin::Action;
use cxbot_sdk::{Error, Result, Text};
use serde_json::{Map, Value, json};

/// The first word and the rest.
pub(super) fn first_word(line: &str) -> (&str, &str) {
    line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""))
}

/// `digest [week] [edition:…]`
pub(super) fn usage(action: &Action) -> String {
    let mut usage = action.name.clone();
    for (index, (name, _)) in action.properties().enumerate() {
        let shown = if index == 0 { name.to_uppercase() } else { format!("{name}:…") };
        usage.push_str(&if action.requires(name) {
            format!(" {shown}")
        } else {
            format!(" [{shown}]")
        });
    }
    usage
}

/// Words without a name go to the first argument, all of them together; the others are written
/// `name:value`, with quotes around a value of several words. What only looks so, such as a link or
/// "re:", stays the words it is.
pub(super) fn arguments(line: &str, action: &Action, names: &BTreeSet<&str>) -> Result<Value> {
    let mut arguments = Map::new();
    let mut unnamed: Vec<String> = Vec::new();
    let mut words = words(line)?.into_iter();
    let mut before = None;
    while let Some(word) = words.next() {
        let named = word.name().map_or(Ok(None), |name| named(name, action, names))?;
        let Some((name, schema)) = named else {
            if let Some((name, value)) = before.filter(|_| !unnamed.is_empty()) {
                return Err(needs_quotes(name, value, &word.text));
            }
            before = None;
            unnamed.push(word.text);
            continue;
        };
        let value = match word.value() {
            // A space after the colon is as good as none.
            "" => words.next().ok_or_else(|| needs_value(name))?.text,
            value => value.to_owned(),
        };
        if arguments.insert(name.to_owned(), typed(name, &value, schema)?).is_some() {
            return Err(twice(name));
        }
        before = Some((name, value));
    }
    if !unnamed.is_empty() {
        let words = unnamed.join(" ");
        let Some((name, schema)) = action.properties().next() else {
            let text = Text::new().code(&*action.name).plain(" takes no arguments, not \"");
            return Err(Error::refused(text.verbatim(words).plain("\".")));
        };
        if arguments.insert(name.to_owned(), typed(name, &words, schema)?).is_some() {
            return Err(twice(name));
        }
    }
    Ok(Value::Object(arguments))
}

/// The argument of this name, in any case. A name that is nearly one of them is a slip of the pen, and
/// so is one that other commands have: `names` are those of all.
fn named<'a>(
    name: &str,
    action: &'a Action,
    names: &BTreeSet<&str>,
) -> Result<Option<(&'a str, &'a Value)>> {
    let name = name.to_lowercase();
    let found = action.properties().find(|(known, _)| *known == name);
    let is_near = |known: &str| {
        let most = if name.len() < 4 { 0 } else { 1 + usize::from(name.len() > 5) };
        strsim::damerau_levenshtein(known, &name) <= most
    };
    let is_slip = names.contains(&*name) || action.properties().any(|(known, _)| is_near(known));
    if found.is_some() || !is_slip {
        return Ok(found);
    }
    let known: Vec<&str> = action.properties().map(|(name, _)| name).collect();
    let text = Text::new().code(&*action.name).plain(" has no \"").verbatim(name).plain("\".");
    Err(Error::refused(match known.is_empty() {
        true => text,
        false => text.plain(format!(" It takes: {}.", known.join(", "))),
    }))
}

/// Words without a name stand together; one that follows a value was meant to be a part of it.
fn needs_quotes(name: &str, value: String, word: &str) -> Error {
    let text = Text::from("Put quotation marks around a value of several words: ");
    Error::refused(text.code(format!("{name}:\"{value} {word}\"")).plain("."))
}

fn twice(name: &str) -> Error {
    Error::refused(Text::new().code(name).plain(" is given twice; give it once."))
}

fn needs_value(name: &str) -> Error {
    let text = Text::new().code(name).plain(" needs a value after it, such as ");
    Error::refused(text.code(format!("{name}:…")).plain("."))
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

/// A word as it was typed, without its quotes.
#[derive(Default)]
struct Word {
    text: String,
    /// Where its first colon is that stands in no quotes and has none before it.
    colon: Option<usize>,
}

impl Word {
    /// What may be the name of an argument. An address goes on with two slashes.
    fn name(&self) -> Option<&str> {
        let name = &self.text[..self.colon?];
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
        (is_name && !self.value().starts_with("//")).then_some(name)
    }

    fn value(&self) -> &str {
        self.colon.map_or("", |colon| &self.text[colon + 1..])
    }
}

/// Words at white space; quotes keep several together. Curly quotes count: phones type them.
fn words(line: &str) -> Result<Vec<Word>> {
    let mut words = Vec::new();
    let mut word = Word::default();
    let (mut quoted, mut was_quoted, mut any) = (false, false, false);
    for c in line.chars() {
        match c {
            '"' | '“' | '”' => {
                quoted = !quoted;
                (was_quoted, any) = (true, true);
            }
            c if c.is_whitespace() && !quoted => {
                if any {
                    words.push(std::mem::take(&mut word));
                }
                (was_quoted, any) = (false, false);
            }
            c => {
                if c == ':' && !was_quoted && word.colon.is_none() {
                    word.colon = Some(word.text.len());
                }
                word.text.push(c);
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
    cxbot_sdk::near::nearest(word, from, 1).pop()
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

    /// The arguments of a line, where another command has a `team`.
    fn arguments(line: &str) -> Result<Value> {
        super::arguments(line, &action(), &BTreeSet::from(["name", "team"]))
    }

    #[test]
    fn unnamed_words_are_the_first_argument_and_others_have_names() {
        let parsed = arguments("Ana Maria weeks:4 topic:\"SSO log-in\"");
        let wanted = json!({"name": "Ana Maria", "weeks": 4, "topic": "SSO log-in"});
        assert_eq!(parsed.expect("well-formed"), wanted);
    }

    #[test]
    fn what_only_looks_like_a_named_argument_stays_words() {
        let link = "https://app.example/inbox/conversation/88123?a=b:c";
        for (line, name) in [
            (link, link),
            ("<https://app.example/1|Ana>", "<https://app.example/1|Ana>"),
            ("re: invoice", "re: invoice"),
            ("Fwd:Invoice 7", "Fwd:Invoice 7"),
            ("topic://x", "topic://x"),
            ("\"topic: SSO\"", "topic: SSO"),
            ("8:30", "8:30"),
            (":", ":"),
        ] {
            assert_eq!(arguments(line).expect(line), json!({"name": name}), "{line}");
        }
    }

    #[test]
    fn a_name_counts_in_any_case_and_with_a_space_behind_it() {
        let wanted = json!({"name": "Ana", "topic": "SSO log-in", "weeks": 4});
        for line in ["Ana Topic:\"SSO log-in\" WEEKS:4", "Ana topic: “SSO log-in” Weeks: 4"] {
            assert_eq!(arguments(line).expect(line), wanted, "{line}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_what_can() {
        for (line, why) in [
            ("Ana week:4", "It takes: name, topic, weeks"),
            ("Ana Topics:x", "It takes: name, topic, weeks"),
            ("Ana team:x", "It takes: name, topic, weeks"),
            ("Ana topic:", "needs a value after it, such as topic:…"),
            ("Ana weeks:four", "takes a whole number"),
            ("Ana topic:SSO log-in", "several words: topic:\"SSO log-in\""),
            ("Ana weeks:4 weeks:5", "weeks is given twice"),
            ("Ana name:Ben", "name is given twice"),
            ("\"Ana", "not closed"),
        ] {
            let error = arguments(line).expect_err(line).to_string();
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
            let _ = arguments(&line);
        }
    }
}
