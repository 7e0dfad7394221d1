//! The first judge: Discord's official description, in the folder that CXBOT_SHARED names.

use std::collections::HashMap;
use std::io::{Write, stdout};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::table::Form;

struct Spec {
    components: Value,
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

static SPEC: LazyLock<Option<Spec>> = LazyLock::new(|| {
    let Some(spec) = shared("openapi.json") else {
        // Not by `println`, which is kept from sight in a test that passes.
        let skipped = "SKIPPED: Discord's bodies are not judged by schema, CXBOT_SHARED is not set";
        writeln!(stdout(), "{skipped}").expect("somewhere to write to");
        return None;
    };
    Some(Spec { components: spec["components"].clone(), compiled: Mutex::default() })
});

/// A file of Discord's, if the folder is named and has it.
pub fn shared(name: &str) -> Option<Value> {
    let folder = PathBuf::from(std::env::var_os("CXBOT_SHARED")?).join("data/discord");
    let text = std::fs::read_to_string(folder.join(name)).ok()?;
    Some(serde_json::from_str(&text).expect("JSON"))
}

pub fn is_there() -> bool {
    SPEC.is_some()
}

pub fn problems(form: Form, body: &Value) -> Vec<String> {
    let body = normal(body);
    match form {
        Form::None => Vec::new(),
        Form::Schema(name) => check(name, &body),
        Form::List(name) => {
            body.as_array().into_iter().flatten().flat_map(|one| check(name, one)).collect()
        }
        Form::Callback => match callback(&body) {
            Some(name) => check(name, &body),
            None => vec![format!("an answer of the type {}", body["type"])],
        },
        Form::Thread if body["message"].is_null() => {
            check("CreateTextThreadWithoutMessageRequest", &body)
        }
        Form::Thread => check("CreateForumThreadRequest", &body),
    }
}

fn callback(body: &Value) -> Option<&'static str> {
    match body["type"].as_u64()? {
        4 | 5 => Some("CreateMessageInteractionCallbackRequest"),
        6 | 7 => Some("UpdateMessageInteractionCallbackRequest"),
        8 => Some("ApplicationCommandAutocompleteCallbackRequest"),
        9 => Some("ModalInteractionCallbackRequest"),
        _ => None,
    }
}

/// Whether a value is as the schema of this name wants it, and has no fields beyond.
pub fn check(name: &str, value: &Value) -> Vec<String> {
    let Some(spec) = &*SPEC else { return Vec::new() };
    let validator = spec.validator(name);
    let mut problems: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{}: {}", error.instance_path(), short(&error.to_string())))
        .collect();
    if problems.is_empty() {
        spec.unknown(
            &json!({"$ref": format!("#/components/schemas/{name}")}),
            value,
            "",
            &mut problems,
        );
    }
    problems
}

fn short(text: &str) -> String {
    text.chars().take(300).collect()
}

/// Discord takes these, although the description is narrower: permissions as text, numbers as ids,
/// and fields of commands that serenity sends empty.
pub fn normal(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(normal).collect(),
        Value::Object(fields) => {
            let is_command = fields.contains_key("name") && fields.contains_key("description");
            let is_option = is_command && fields.contains_key("required");
            let kept = fields.iter().filter(|(key, value)| {
                let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
                let flag = is_option && key.as_str() == "autocomplete" && **value == json!(false);
                !(is_command && (key.as_str() == "nsfw" || empty || flag))
            });
            kept.map(|(key, value)| (key.clone(), normal_field(key, value))).collect()
        }
        other => other.clone(),
    }
}

fn normal_field(key: &str, value: &Value) -> Value {
    match (key, value) {
        ("default_member_permissions", Value::String(bits)) => {
            bits.parse::<u64>().map_or_else(|_| value.clone(), |bits| json!(bits))
        }
        ("attachments" | "default_values", Value::Array(items)) => {
            let with_text = |item: &Value| {
                let mut item = item.clone();
                if item["id"].is_u64() {
                    item["id"] = json!(item["id"].to_string());
                }
                item
            };
            items.iter().map(with_text).collect()
        }
        _ => normal(value),
    }
}

impl Spec {
    fn validator(&self, name: &str) -> Arc<Validator> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        let compile = || {
            let reference = format!("#/components/schemas/{name}");
            let schema = json!({"$ref": reference, "components": self.components});
            Arc::new(jsonschema::validator_for(&schema).expect("a schema of the description"))
        };
        Arc::clone(compiled.entry(name.to_owned()).or_insert_with(compile))
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(path) => {
                let path = path.strip_prefix("#/components").expect("a reference within the file");
                self.components.pointer(path).expect("a schema of the description")
            }
            None => schema,
        }
    }

    /// Fields that no schema names: no schema of the description forbids them, Discord ignores them,
    /// and each is a mistake.
    fn unknown(&self, schema: &Value, value: &Value, at: &str, problems: &mut Vec<String>) {
        let schema = self.resolve(schema);
        if let Some(branch) = self.branch(schema, value) {
            return self.unknown(branch, value, at, problems);
        }
        if let (Some(items), Value::Array(values)) = (schema.get("items"), value) {
            for (place, value) in values.iter().enumerate() {
                self.unknown(items, value, &format!("{at}/{place}"), problems);
            }
        }
        let Value::Object(fields) = value else { return };
        let properties = self.properties(schema);
        if properties.is_empty() {
            return;
        }
        for (key, value) in fields {
            match properties.get(key) {
                Some(schema) => self.unknown(schema, value, &format!("{at}/{key}"), problems),
                None => problems.push(format!("{at}: no field {key:?} is known")),
            }
        }
    }

    fn properties(&self, schema: &Value) -> Map<String, Value> {
        let mut all = schema["properties"].as_object().cloned().unwrap_or_default();
        for part in schema["allOf"].as_array().into_iter().flatten() {
            all.extend(self.properties(self.resolve(part)));
        }
        all
    }

    /// Of several schemas the one that is meant: by `type`, or the one that knows most fields.
    fn branch<'a>(&'a self, schema: &'a Value, value: &Value) -> Option<&'a Value> {
        let unions = ["oneOf", "anyOf"];
        let union = unions.iter().find_map(|key| schema[*key].as_array())?;
        if let Some(kind) = value.get("type").filter(|kind| kind.is_u64()) {
            let named = union.iter().find(|branch| {
                let kinds = &self.resolve(branch)["properties"]["type"]["enum"];
                kinds.as_array().is_some_and(|kinds| kinds.contains(kind))
            });
            if named.is_some() {
                return named;
            }
        }
        let score = |branch: &&Value| {
            let mut problems = Vec::new();
            self.unknown(branch, value, "", &mut problems);
            let fits = value.is_null() == (branch["type"] == "null");
            (!fits, problems.len())
        };
        union.iter().min_by_key(score)
    }
}
