//! The tables of `methods.json`: which arguments, error codes, tier and scopes a method has.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::reply::Refusal;

pub static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_json::from_str(include_str!("methods.json")).expect("the committed tables are readable")
});

#[derive(Deserialize)]
pub struct Table {
    pub methods: BTreeMap<String, Method>,
    common_errors: Vec<String>,
    more_errors: BTreeMap<String, BTreeMap<String, String>>,
    more_types: BTreeMap<String, Type>,
}

#[derive(Deserialize)]
pub struct Method {
    /// None where special limits apply.
    pub tier: Option<u8>,
    pub bot_scopes: Vec<String>,
    pub args: BTreeMap<String, Argument>,
    pub errors: Vec<String>,
}

#[derive(Deserialize)]
pub struct Argument {
    pub required: bool,
    #[serde(rename = "type")]
    pub kind: Option<Type>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    String,
    Number,
    Boolean,
    Array,
    Object,
}

/// Arguments that this fake does not play: what they would show or do is not modelled.
const UNPLAYED: &[&str] = &[
    "as_user",
    "attachments",
    "current_draft_last_updated_ts",
    "domain",
    "file_ids",
    "icon_emoji",
    "icon_url",
    "interactivity_pointer",
    "markdown_text",
    "prevent_creation",
    "reply_broadcast",
    "team",
    "team_id",
    "unfurled_attachments",
    "username",
];

impl Table {
    pub fn method(&self, name: &str) -> Option<&Method> {
        self.methods.get(name)
    }

    pub fn is_common(&self, code: &str) -> bool {
        self.common_errors.iter().any(|common| common == code)
    }

    /// Whether the method may answer this code.
    pub fn allows(&self, method: &str, code: &str) -> bool {
        let own = self.method(method).is_some_and(|own| own.errors.iter().any(|own| own == code));
        let more = self.more_errors.get(method).is_some_and(|more| more.contains_key(code));
        own || more || self.is_common(code)
    }

    /// The type of a method's argument, or None for an unknown one.
    pub fn kind(&self, method: &str, argument: &str) -> Option<Type> {
        let argument_of = self.method(method)?.args.get(argument)?;
        let more = self.more_types.get(argument).copied();
        Some(argument_of.kind.or(more).unwrap_or(Type::String))
    }

    /// Refuses unknown, unplayed, mistyped and missing arguments.
    pub fn check(&self, method: &str, arguments: &Map<String, Value>) -> Result<(), Refusal> {
        for (name, value) in arguments {
            let kind = self
                .kind(method, name)
                .ok_or_else(|| Refusal::arguments(format!("unknown argument {name}")))?;
            if UNPLAYED.contains(&name.as_str()) {
                return Err(Refusal::arguments(format!("this fake does not play {name}")));
            }
            if !kind.fits(value) {
                return Err(Refusal::arguments(format!("{name} is no {kind:?}: {value}")));
            }
        }
        let required = self.methods[method].args.iter().filter(|(_, argument)| argument.required);
        for (name, _) in required {
            if !arguments.contains_key(name) {
                return Err(self.missing(method, name));
            }
        }
        Ok(())
    }

    /// The method's own code for a missing argument, where it has one.
    fn missing(&self, method: &str, argument: &str) -> Refusal {
        let named: &[&'static str] = match argument {
            "channel" => &["channel_not_found"],
            "ts" | "message_ts" => &["message_not_found", "thread_not_found"],
            "user" => &["user_not_found"],
            _ => &[],
        };
        let own = named.iter().find(|code| self.allows(method, code));
        Refusal::mistake(
            own.copied().unwrap_or("invalid_arguments"),
            format!("missing required field: {argument}"),
        )
    }
}

impl Type {
    pub fn fits(self, value: &Value) -> bool {
        match self {
            Type::String => value.is_string(),
            Type::Number => value.is_u64(),
            Type::Boolean => value.is_boolean(),
            Type::Array => value.is_array(),
            Type::Object => value.is_object(),
        }
    }

    /// A value from a query or a form; what does not fit stays a string, which is then refused.
    pub fn decode(self, text: String) -> Value {
        let decoded = match self {
            Type::String => None,
            Type::Number => text.parse().ok().map(|number: u64| Value::from(number)),
            Type::Boolean => match text.as_str() {
                "true" | "1" => Some(Value::from(true)),
                "false" | "0" => Some(Value::from(false)),
                _ => None,
            },
            Type::Array | Type::Object => serde_json::from_str(&text).ok(),
        };
        decoded.unwrap_or(Value::String(text))
    }
}
