//! The application command, made from the plugins' own schemas: pure.

use cxbot_sdk::plugin::Action;
use cxbot_sdk::text::shorten;
use serde_json::{Map, Value, json};

use crate::chat::Command;

/// Limits of Discord's command reference, in characters or entries.
mod limit {
    pub(super) const DESCRIPTION: usize = 100;
    pub(super) const CHOICES: usize = 25;
    pub(super) const OPTIONS: usize = 25;
}

/// Discord's kinds of options.
mod kind {
    pub(super) const SUBCOMMAND: u8 = 1;
    pub(super) const STRING: u8 = 3;
    pub(super) const INTEGER: u8 = 4;
    pub(super) const BOOLEAN: u8 = 5;
    pub(super) const NUMBER: u8 = 10;
}

/// The host's own command beside the plugins'.
pub(super) const HELP: &str = "help";
/// The argument of it.
pub(super) const ABOUT: &str = "command";

/// The one command under which everything is asked. `everywhere` is for one that is not registered in
/// a server of its own: it is not for direct messages.
pub(super) fn root(name: &str, commands: &[Command], everywhere: bool) -> Value {
    let words = commands.iter().map(|command| command.action.name.as_str());
    let help = json!({
        "type": kind::SUBCOMMAND,
        "name": HELP,
        "description": "What you can ask, or one command in detail.",
        "options": [{
            "type": kind::STRING,
            "name": ABOUT,
            "description": "The command.",
            "required": false,
            "choices": words.take(limit::CHOICES).map(choice).collect::<Vec<Value>>(),
        }],
    });
    let own = commands.iter().take(limit::OPTIONS - 1).map(|command| subcommand(&command.action));
    let mut root = json!({
        "type": 1,
        "name": name,
        "description": "Ask about scored conversations",
        "options": own.chain([help]).collect::<Vec<Value>>(),
    });
    if everywhere {
        root["contexts"] = json!([0]);
        root["integration_types"] = json!([0]);
    }
    root
}

fn subcommand(action: &Action) -> Value {
    let mut options: Vec<Value> = action
        .properties()
        .take(limit::OPTIONS)
        .map(|(name, schema)| option(action, name, schema, action.requires(name)))
        .collect();
    // Discord wants what is required first; the order is kept otherwise.
    options.sort_by_key(|option| option["required"] != true);
    json!({
        "type": kind::SUBCOMMAND,
        "name": action.name,
        "description": described(&action.about),
        "options": options,
    })
}

fn option(action: &Action, name: &str, schema: &Value, required: bool) -> Value {
    let mut option = json!({
        "type": kind_of(schema),
        "name": name,
        "description": described(schema["description"].as_str().unwrap_or(name)),
        "required": required,
    });
    let choices = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let choices: Vec<Value> = choices.map(choice).collect();
    if !choices.is_empty() && choices.len() <= limit::CHOICES {
        option["choices"] = json!(choices);
    } else if action.suggests.iter().any(|known| known == name) {
        option["autocomplete"] = json!(true);
    }
    option
}

fn choice(value: &str) -> Value {
    json!({"name": shorten(value, limit::DESCRIPTION), "value": shorten(value, limit::DESCRIPTION)})
}

fn described(about: &str) -> String {
    let words = shorten(about.trim(), limit::DESCRIPTION);
    if words.is_empty() { "…".to_owned() } else { words }
}

fn kind_of(schema: &Value) -> u8 {
    let is = |kind: &str| match &schema["type"] {
        Value::String(only) => only == kind,
        Value::Array(several) => several.iter().any(|one| one == kind),
        _ => false,
    };
    match () {
        () if is("integer") => kind::INTEGER,
        () if is("number") => kind::NUMBER,
        () if is("boolean") => kind::BOOLEAN,
        () => kind::STRING,
    }
}

/// Whether what Discord holds is what is wanted, apart from fields that Discord adds.
pub(super) fn same(wanted: &Value, held: &Value) -> bool {
    match (wanted, held) {
        (Value::Object(wanted), Value::Object(held)) => {
            same_fields(wanted, held) && only_defaults(wanted, held)
        }
        (Value::Array(wanted), Value::Array(held)) => {
            wanted.len() == held.len() && wanted.iter().zip(held).all(|(w, h)| same(w, h))
        }
        _ => wanted == held,
    }
}

fn same_fields(wanted: &Map<String, Value>, held: &Map<String, Value>) -> bool {
    wanted.iter().all(|(key, wanted)| match held.get(key) {
        Some(held) => same(wanted, held),
        None => wanted == &json!(false) || wanted == &json!([]),
    })
}

/// Fields of a command or an option that Discord holds and that are not wanted must say nothing.
fn only_defaults(wanted: &Map<String, Value>, held: &Map<String, Value>) -> bool {
    let decides = ["choices", "autocomplete", "options", "required", "min_value", "max_value"];
    decides.iter().filter(|key| !wanted.contains_key(**key)).all(|key| {
        let nothing = [json!(null), json!(false), json!([])];
        held.get(*key).is_none_or(|held| nothing.contains(held))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemars::{JsonSchema, schema_for};

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Args {
        /// How many weeks.
        weeks: Option<u8>,
        /// Who.
        name: String,
    }

    fn command() -> Command {
        let action = Action {
            name: "teammate".to_owned(),
            command: true,
            about: "What customers experienced with someone.".to_owned(),
            arguments: schema_for!(Args),
            check: |_| Ok(()),
            suggests: vec!["name".to_owned()],
            introduced: false,
            individual: false,
            only: None,
            secret: false,
        };
        Command { plugin: "lookup", action }
    }

    #[test]
    fn options_are_typed_and_what_is_required_comes_first() {
        insta::assert_json_snapshot!(root("cx", &[command()], false)["options"][0], @r#"
        {
          "type": 1,
          "name": "teammate",
          "description": "What customers experienced with someone.",
          "options": [
            {
              "type": 3,
              "name": "name",
              "description": "Who.",
              "required": true,
              "autocomplete": true
            },
            {
              "type": 4,
              "name": "weeks",
              "description": "How many weeks.",
              "required": false
            }
          ]
        }
        "#);
    }

    #[test]
    fn a_command_is_registered_anew_only_when_it_differs() {
        let wanted = root("cx", &[command()], true);
        let mut held = wanted.clone();
        held["id"] = json!("1");
        held["version"] = json!("2");
        held["options"][0]["options"][0]["choices"] = json!([]);
        assert!(same(&wanted, &held));
        let mut changed = held.clone();
        changed["options"][0]["options"][0]["description"] = json!("Someone else.");
        assert!(!same(&wanted, &changed));
        held["options"][0]["options"][1]["choices"] = json!([{"name": "1", "value": 1}]);
        assert!(!same(&wanted, &held));
    }
}
