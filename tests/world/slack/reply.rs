//! What the fake answers: JSON objects that say whether they are ok, and refusals with a code.

use serde_json::{Map, Value, json};

pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    /// A text is written as it is, everything else as JSON.
    pub body: Value,
}

/// A request that is not executed.
#[derive(Debug)]
pub struct Refusal {
    pub code: &'static str,
    /// What the client did wrong; None where it could not know better.
    pub complaint: Option<String>,
    /// Fields beside the code.
    pub more: Map<String, Value>,
}

impl Reply {
    /// `ok` comes first, as in Slack's answers.
    pub fn ok(fields: Value) -> Reply {
        let mut body = json!({"ok": true});
        if let (Some(body), Value::Object(fields)) = (body.as_object_mut(), fields) {
            body.extend(fields);
        }
        Reply { status: 200, headers: Vec::new(), body }
    }

    pub fn error(code: &str) -> Reply {
        let body = json!({"ok": false, "error": code});
        Reply { status: 200, headers: Vec::new(), body }
    }

    pub fn rate_limited(retry_after: u64) -> Reply {
        let headers = vec![("Retry-After", retry_after.to_string())];
        Reply { status: 429, headers, ..Reply::error("ratelimited") }
    }
}

impl Refusal {
    /// Something that can happen to any client.
    pub fn because(code: &'static str) -> Refusal {
        Refusal { code, complaint: None, more: Map::new() }
    }

    /// Something that the client should have known.
    pub fn mistake(code: &'static str, complaint: impl Into<String>) -> Refusal {
        let complaint = complaint.into();
        let mut more = Map::new();
        let messages = json!([format!("[ERROR] {complaint}")]);
        more.insert("response_metadata".to_owned(), json!({"messages": messages}));
        Refusal { code, complaint: Some(complaint), more }
    }

    pub fn arguments(complaint: impl Into<String>) -> Refusal {
        Refusal::mistake("invalid_arguments", complaint)
    }

    pub fn with(mut self, key: &str, value: Value) -> Refusal {
        self.more.insert(key.to_owned(), value);
        self
    }

    pub fn reply(&self) -> Reply {
        let mut reply = Reply::error(self.code);
        reply.body.as_object_mut().expect("an object").extend(self.more.clone());
        reply
    }
}
