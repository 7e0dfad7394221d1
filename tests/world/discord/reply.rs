//! What the fake answers: JSON, or a refusal with one of Discord's codes.

use serde_json::{Value, json};

pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    /// Null is written as an empty body.
    pub body: Value,
}

/// A request that is not executed.
#[derive(Debug)]
pub struct Refusal {
    pub code: u32,
    /// What the client did wrong; None where it could not know better.
    pub complaint: Option<String>,
    /// The tree of what is wrong with a form; Null for none.
    pub errors: Value,
}

pub type Answer = Result<Reply, Refusal>;

/// The codes in use with their statuses and messages, as in the documents' table.
const CODES: &[(u32, u16, &str)] = &[
    (10003, 404, "Unknown Channel"),
    (10004, 404, "Unknown Guild"),
    (10007, 404, "Unknown Member"),
    (10008, 404, "Unknown Message"),
    (10015, 404, "Unknown Webhook"),
    (10062, 404, "Unknown interaction"),
    (10063, 404, "Unknown application command"),
    (30034, 400, "Max number of daily application command creates has been reached (200)"),
    (40005, 413, "Request entity too large"),
    (40060, 400, "Interaction has already been acknowledged"),
    (40067, 400, "A tag is required to create a forum post in this channel"),
    (40333, 403, "internal network error"),
    (50001, 403, "Missing Access"),
    (50005, 403, "Cannot edit a message authored by another user"),
    (50006, 400, "Cannot send an empty message"),
    (50007, 403, "Cannot send messages to this user"),
    (50008, 400, "Cannot send messages in a non-text channel"),
    (50013, 403, "Missing Permissions"),
    (50024, 400, "Cannot execute action on this channel type"),
    (50027, 401, "Invalid Webhook Token"),
    (50035, 400, "Invalid Form Body"),
    (50045, 400, "File uploaded exceeds the maximum size"),
    (50083, 400, "Thread is archived"),
    (50109, 400, "The request body contains invalid JSON."),
    (160004, 400, "A thread has already been created for this message"),
    (160005, 400, "Thread is locked"),
];

impl Reply {
    pub fn ok(body: Value) -> Reply {
        Reply { status: 200, headers: Vec::new(), body }
    }

    pub fn created(body: Value) -> Reply {
        Reply { status: 201, ..Reply::ok(body) }
    }

    pub fn nothing() -> Reply {
        Reply { status: 204, ..Reply::ok(Value::Null) }
    }

    /// An answer without one of the numbered codes.
    pub fn plain(status: u16, message: &str) -> Reply {
        Reply { status, ..Reply::ok(json!({"message": message, "code": 0})) }
    }

    pub fn rate_limited(after: f64, global: bool, scope: &str) -> Reply {
        let mut headers = vec![
            ("Retry-After", format!("{}", after.ceil().max(1.0) as u64)),
            ("X-RateLimit-Scope", scope.to_owned()),
        ];
        if global {
            headers.push(("X-RateLimit-Global", "true".to_owned()));
        }
        let message = "You are being rate limited.";
        let body = json!({"message": message, "retry_after": after, "global": global});
        Reply { status: 429, headers, body }
    }
}

impl Refusal {
    /// Something that can happen to any client.
    pub fn because(code: u32) -> Refusal {
        Refusal { code, complaint: None, errors: Value::Null }
    }

    /// Something that the client should have known.
    pub fn mistake(code: u32, complaint: impl Into<String>) -> Refusal {
        Refusal { complaint: Some(complaint.into()), ..Refusal::because(code) }
    }

    /// A form that breaks rules.
    pub fn form(problems: &[String]) -> Refusal {
        let errors: Vec<Value> = problems
            .iter()
            .map(|problem| json!({"code": "BASE_TYPE_BAD", "message": problem}))
            .collect();
        let errors = json!({"_errors": errors});
        Refusal { errors, ..Refusal::mistake(50035, problems.join("; ")) }
    }

    pub fn reply(&self) -> Reply {
        let known = CODES.iter().find(|(code, ..)| *code == self.code);
        let (code, status, message) = known.expect("a code of the table");
        let mut body = json!({"message": message, "code": code});
        if !self.errors.is_null() {
            body["errors"] = self.errors.clone();
        }
        Reply { status: *status, ..Reply::ok(body) }
    }
}
