//! What the fake answers: JSON objects, and errors in Intercom's list form.

use serde_json::{Value, json};

pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Value,
    /// The number of the page answered, if another follows.
    pub more_after: Option<u64>,
}

/// A request that breaks a rule: refused, and complained about.
#[derive(Debug)]
pub struct Refusal {
    pub status: u16,
    pub code: &'static str,
    pub message: String,
}

impl Reply {
    pub fn ok(body: Value) -> Reply {
        Reply { status: 200, headers: Vec::new(), body, more_after: None }
    }

    pub fn error(status: u16, code: &str, message: &str) -> Reply {
        let errors = json!([{"code": code, "message": message}]);
        // The request's id is filled in when the answer leaves.
        let body = json!({"type": "error.list", "request_id": null, "errors": errors});
        Reply { status, ..Reply::ok(body) }
    }

    pub fn rate_limited() -> Reply {
        Reply::error(429, "rate_limit_exceeded", "Exceeded rate limit")
    }
}

impl Refusal {
    pub fn bad_request(message: impl Into<String>) -> Refusal {
        Refusal { status: 400, code: "bad_request", message: message.into() }
    }

    pub fn parameter(message: impl Into<String>) -> Refusal {
        Refusal { status: 400, code: "parameter_invalid", message: message.into() }
    }

    pub fn sort_order(order: &Value) -> Refusal {
        let order = order.as_str().map_or_else(|| order.to_string(), str::to_owned);
        let message =
            format!("Invalid sort order '{order}'. Must be one of: ascending, descending");
        Refusal { status: 400, code: "invalid_sort_order", message }
    }

    pub fn reply(&self) -> Reply {
        Reply::error(self.status, self.code, &self.message)
    }
}
