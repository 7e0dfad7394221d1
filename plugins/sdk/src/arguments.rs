//! Reading an action's arguments. They are held against the schema of their type first, so that what is
//! wrong with them is said in words that people know and not in those of a parser.

use schemars::JsonSchema;
use schemars::schema_for;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::text::shorten;

/// What is wrong with one argument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Empty where the arguments as a whole are wrong.
    pub argument: String,
    pub why: String,
}

/// Of a value that cannot be read at most so much is given back.
const GIVEN_BACK: usize = 60;

/// The arguments as their type has them; one of a list of words counts in any case.
pub(crate) fn read<A: DeserializeOwned + JsonSchema>(mut arguments: Value) -> Result<A, Fault> {
    hold_against(schema_for!(A).as_value(), &mut arguments)?;
    serde_path_to_error::deserialize(arguments).map_err(|error| {
        let path = error.path().to_string();
        let argument = if path == "." { String::new() } else { path };
        // What a schema cannot say is refused by a type of ours, in its own words.
        let why = error.into_inner().to_string();
        Fault { argument, why: format!("{}.", why.trim_end_matches('.')) }
    })
}

fn hold_against(schema: &Value, arguments: &mut Value) -> Result<(), Fault> {
    let none = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&none);
    let Some(given) = arguments.as_object_mut() else {
        return Err(fault("", "This cannot be read any more; ask anew."));
    };
    let unknown = given.keys().find(|name| !properties.contains_key(*name));
    if let Some(unknown) = unknown.filter(|_| schema["additionalProperties"] == false) {
        return Err(fault("", no_such(unknown, properties)));
    }
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    if let Some(missing) = required.into_iter().find(|name| is_blank(given.get(*name))) {
        return Err(fault(missing, is_missing(missing, &properties[missing])));
    }
    for (name, value) in given {
        if let Some(known) = properties.get(name) {
            fits(name, known, value).map_err(|why| fault(name, why))?;
        }
    }
    Ok(())
}

fn fault(argument: &str, why: impl Into<String>) -> Fault {
    Fault { argument: argument.to_owned(), why: why.into() }
}

fn is_blank(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(value) => value.as_str().is_some_and(|words| words.trim().is_empty()),
    }
}

fn no_such(name: &str, properties: &Map<String, Value>) -> String {
    let known: Vec<&str> = properties.keys().map(String::as_str).collect();
    let name = shorten(name, GIVEN_BACK);
    match known.is_empty() {
        true => format!("There is nothing to say here, also not \"{name}\"."),
        false => format!("There is no \"{name}\" here. What there is: {}.", known.join(", ")),
    }
}

/// `who is missing: an e-mail, a name, a company or an id.`
fn is_missing(name: &str, schema: &Value) -> String {
    let about = schema["description"].as_str().unwrap_or_default();
    let mut letters = about.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    match about.is_empty() {
        true => format!("{name} is missing."),
        false => format!("{name} is missing: {}", first.chain(letters).collect::<String>()),
    }
}

/// Whether a value is of the kind that its argument takes, and one of those that it takes.
fn fits(name: &str, schema: &Value, value: &mut Value) -> Result<(), String> {
    let is_optional = ["integer", "boolean", "string"].iter().all(|kind| !takes_only(schema, kind));
    if value.is_null() && is_optional {
        return Ok(());
    }
    let choices = choices(schema);
    let takes = match () {
        () if !choices.is_empty() => {
            let given = value.as_str().unwrap_or_default().trim().to_lowercase();
            match choices.iter().find(|choice| choice.to_lowercase() == given) {
                Some(choice) => {
                    *value = Value::from(*choice);
                    return Ok(());
                }
                None => one_of(&choices),
            }
        }
        () if takes_kind(schema, "integer") => {
            let least = schema["minimum"].as_i64().unwrap_or(i64::MIN);
            let most = schema["maximum"].as_i64().unwrap_or(i64::MAX);
            if value.as_i64().is_some_and(|n| (least..=most).contains(&n)) {
                return Ok(());
            }
            match schema["maximum"].is_null() {
                true => "a whole number".to_owned(),
                false => format!("a whole number from {least} to {most}"),
            }
        }
        () if takes_kind(schema, "boolean") && !value.is_boolean() => "yes or no".to_owned(),
        () if takes_kind(schema, "string") && !value.is_string() => "words".to_owned(),
        () => return Ok(()),
    };
    Err(format!("{name} takes {takes}, not {}.", given_back(value)))
}

/// Whether a schema's type is this one, alone or among others.
fn takes_kind(schema: &Value, kind: &str) -> bool {
    takes_only(schema, kind)
        || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind))
}

fn takes_only(schema: &Value, kind: &str) -> bool {
    schema["type"] == kind
}

/// The words that a schema takes, where they are listed: at once, or one by one with what each means.
fn choices(schema: &Value) -> Vec<&str> {
    let listed = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let parts = ["oneOf", "anyOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten();
    listed.chain(schema["const"].as_str()).chain(parts.flat_map(choices)).collect()
}

/// `a, b or c`.
fn one_of(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [front @ .., last] => format!("{} or {last}", front.join(", ")),
    }
}

fn given_back(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(words) => format!("\"{}\"", shorten(words, GIVEN_BACK)),
        other => shorten(&other.to_string(), GIVEN_BACK),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::Lane;
    use crate::week::Week;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Args {
        /// An e-mail or a name.
        who: String,
        /// Which lane.
        #[serde(default)]
        lane: Option<Lane>,
        /// Which week.
        #[serde(default)]
        #[expect(dead_code, reason = "only read from JSON")]
        week: Option<Week>,
        /// How many.
        #[serde(default)]
        #[schemars(range(min = 1, max = 26))]
        #[expect(dead_code, reason = "only read from JSON")]
        weeks: Option<u8>,
        /// Whether it may be shown.
        #[serde(default)]
        #[expect(dead_code, reason = "only read from JSON")]
        share: bool,
    }

    #[test]
    fn what_is_wrong_is_said_in_words_that_people_know() {
        let why = |arguments: Value| read::<Args>(arguments).expect_err("refused").why;
        for (arguments, wanted) in [
            (json!(null), "This cannot be read any more; ask anew."),
            (json!({}), "who is missing: an e-mail or a name."),
            (json!({"who": " "}), "who is missing: an e-mail or a name."),
            (json!({"who": 7}), "who takes words, not 7."),
            (
                json!({"who": "a", "day": 1}),
                "There is no \"day\" here. What there is: who, lane, week, weeks, share.",
            ),
            (
                json!({"who": "a", "lane": "robots"}),
                "lane takes human, ai or handoff, not \"robots\".",
            ),
            (json!({"who": "a", "lane": 3}), "lane takes human, ai or handoff, not 3."),
            (
                json!({"who": "a", "weeks": 300}),
                "weeks takes a whole number from 1 to 26, not 300.",
            ),
            (
                json!({"who": "a", "weeks": -1.5}),
                "weeks takes a whole number from 1 to 26, not -1.5.",
            ),
            (
                json!({"who": "a", "week": "next"}),
                "\"next\" is not a week; write it like 2026-W46.",
            ),
            (json!({"who": "a", "share": "maybe"}), "share takes yes or no, not \"maybe\"."),
        ] {
            assert_eq!(why(arguments.clone()), wanted, "{arguments}");
        }
    }

    #[test]
    fn a_listed_word_counts_in_any_case_and_nothing_may_be_left_out() {
        let arguments = json!({"who": "a", "lane": "Human", "week": null, "weeks": null});
        let read = read::<Args>(arguments).expect("readable");
        assert_eq!((&*read.who, read.lane), ("a", Some(Lane::Human)));
    }
}
