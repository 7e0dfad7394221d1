//! Forms: the arguments that a button leaves out become fields, and what is filled in becomes
//! arguments again.

use cxbot_sdk::plugin::{Action, Fault};
use serde_json::{Map, Value, json};

use super::resolve;
use crate::chat::form::{Field, Form, Kind, Values};

/// The form for the arguments that are not given yet.
pub(super) fn form(id: &str, action: &Action, given: &Value) -> Form {
    let missing = action.properties().filter(|(name, _)| given.get(*name).is_none());
    let fields = missing.map(|(name, schema)| Field {
        name: name.to_owned(),
        label: label(name, schema),
        hint: schema["description"].as_str().unwrap_or_default().to_owned(),
        optional: !action.requires(name),
        kind: kind(schema),
    });
    Form {
        id: id.to_owned(),
        title: capital(&action.name),
        about: action.about.clone(),
        fields: fields.collect(),
    }
}

fn label(name: &str, schema: &Value) -> String {
    match schema["title"].as_str() {
        Some(title) => title.to_owned(),
        None => capital(&name.replace('_', " ")),
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn kind(schema: &Value) -> Kind {
    if let Some(values) = schema["enum"].as_array() {
        let values = values.iter().filter_map(Value::as_str).map(str::to_owned);
        return Kind::Choice(values.collect());
    }
    if resolve::has_type(schema, "boolean") {
        return Kind::Tick;
    }
    let most = schema["maxLength"].as_u64().and_then(|most| u32::try_from(most).ok());
    Kind::Words { most }
}

/// The arguments as the button and the form give them together. Every field that cannot be read is
/// told at once.
pub(super) fn arguments(
    action: &Action,
    given: &Value,
    values: &Values,
) -> Result<Value, Vec<Fault>> {
    let mut arguments = given.as_object().cloned().unwrap_or_default();
    let mut faults = Vec::new();
    for (name, schema) in action.properties() {
        match values.get(name).map(|value| resolve::typed(name, value.trim(), schema)) {
            Some(Ok(value)) => drop(arguments.insert(name.to_owned(), value)),
            Some(Err(error)) => {
                faults.push(Fault { argument: name.to_owned(), why: error.to_string() });
            }
            None => absent(&mut arguments, name, schema),
        }
    }
    let arguments = Value::Object(arguments);
    if faults.is_empty() {
        faults.extend((action.check)(arguments.clone()).err());
    }
    if faults.is_empty() { Ok(arguments) } else { Err(faults) }
}

/// A tick that is not set says no.
fn absent(arguments: &mut Map<String, Value>, name: &str, schema: &Value) {
    if resolve::has_type(schema, "boolean") && !arguments.contains_key(name) {
        arguments.insert(name.to_owned(), json!(false));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cxbot_sdk::plugin::{Installed, install};
    use cxbot_sdk::week::Week;
    use cxbot_sdk::{Cx, Invoker, Need, Plugin, Reply, Result, Routes};
    use schemars::JsonSchema;
    use serde::Deserialize;

    struct Sample;

    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Args {
        /// Which week.
        #[expect(dead_code, reason = "only read from JSON")]
        week: Week,
        /// How many.
        #[expect(dead_code, reason = "only read from JSON")]
        how_many: Option<u8>,
        /// Which lane.
        #[expect(dead_code, reason = "only read from JSON")]
        lane: Option<String>,
        /// Whether it may be shown.
        #[serde(default)]
        #[expect(dead_code, reason = "only read from JSON")]
        shown: bool,
    }

    impl Plugin for Sample {
        const NAME: &'static str = "sample";
        const ABOUT: &'static str = "A sample.";
        const NEEDS: &'static [Need] = &[];
        type Config = Map<String, Value>;

        fn new(_: Self::Config) -> Result<Self> {
            Ok(Sample)
        }

        fn routes(&self) -> Routes<Self> {
            let run = async |_: Cx<Self>, _: Invoker, _: Args| Ok(Reply::Done);
            let run = move |cx, invoker, args| run(cx, invoker, args);
            Routes::new().action("tell", "Tells.", run).choices("lane", ["human", "ai"])
        }
    }

    fn tell() -> Action {
        let sample: Box<dyn Installed> = install::<Sample>(json!({})).expect("installs");
        sample.manifest().actions[0].clone()
    }

    fn values(pairs: &[(&str, &str)]) -> Values {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_the_button_leaves_out_becomes_fields() {
        let form = form("sample/tell?/{}", &tell(), &json!({"week": "2026-W46"}));
        let fields: Vec<_> = form
            .fields
            .iter()
            .map(|field| (&*field.label, &*field.hint, field.optional, &field.kind))
            .collect();
        assert_eq!(
            fields,
            [
                ("How many", "How many.", true, &Kind::Words { most: None }),
                (
                    "Lane",
                    "Which lane.",
                    true,
                    &Kind::Choice(vec!["human".to_owned(), "ai".to_owned()])
                ),
                ("Shown", "Whether it may be shown.", true, &Kind::Tick),
            ]
        );
    }

    #[test]
    fn what_is_filled_in_becomes_arguments_of_the_right_types() {
        let given = json!({"week": "2026-W46"});
        let filled = values(&[("how_many", " 4 "), ("lane", "ai")]);
        let wanted = json!({"week": "2026-W46", "how_many": 4, "lane": "ai", "shown": false});
        assert_eq!(arguments(&tell(), &given, &filled), Ok(wanted));
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let wrong = values(&[("week", "2026-W46"), ("how_many", "four")]);
        let faults = arguments(&tell(), &json!({}), &wrong).expect_err("no number");
        assert_eq!(faults[0].argument, "how_many");
        assert!(faults[0].why.contains("whole number"), "{faults:?}");
        let wrong = values(&[("week", "next week")]);
        let faults = arguments(&tell(), &json!({}), &wrong).expect_err("no week");
        assert_eq!((faults.len(), &*faults[0].argument), (1, "week"));
    }
}
