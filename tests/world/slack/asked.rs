//! A request, read to its end and decoded.

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use reqwest::Url;
use serde_json::{Map, Value};

use super::table::{TABLE, Type};

/// The methods that read take no JSON: Slack would ignore the arguments in it. The others do.
const WITH_JSON: &[&str] = &[
    "api.test",
    "apps.connections.open",
    "auth.test",
    "chat.delete",
    "chat.postEphemeral",
    "chat.postMessage",
    "chat.update",
    "conversations.open",
    RESPONSE,
    "views.open",
    "views.publish",
    "views.push",
    "views.update",
];

/// What the fake calls a response address, in place of a method.
pub const RESPONSE: &str = "response";

pub struct Asked {
    pub http_method: String,
    pub path: String,
    /// Slack's method; empty for a path that is none.
    pub method: String,
    pub headers: HeaderMap,
    pub arguments: Map<String, Value>,
    /// What is wrong with the form of the request.
    pub problems: Vec<String>,
    /// Slack executes JSON without a charset, with a warning.
    pub lacks_charset: bool,
}

impl Asked {
    pub async fn read(request: Request) -> Asked {
        let (parts, body) = request.into_parts();
        // A client that goes away in the middle of its request is not there to be answered.
        let raw = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let path = parts.uri.path().to_owned();
        let mut asked = Asked {
            http_method: parts.method.to_string(),
            method: method(&path),
            path,
            headers: parts.headers,
            arguments: Map::new(),
            problems: Vec::new(),
            lacks_charset: false,
        };
        asked.take_pairs(parts.uri.query().unwrap_or_default());
        asked.take_body(&raw);
        asked
    }

    /// The answer that came with an acknowledgement, which is judged like any other.
    pub fn answer(arguments: Map<String, Value>) -> Asked {
        Asked {
            http_method: "POST".to_owned(),
            path: "acknowledgement".to_owned(),
            method: RESPONSE.to_owned(),
            headers: HeaderMap::new(),
            arguments,
            problems: Vec::new(),
            lacks_charset: false,
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.arguments.get(name)?.as_str()
    }

    pub fn flag(&self, name: &str) -> bool {
        self.arguments.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The channel that the request names, whatever it asks for there.
    pub fn channel(&self) -> Option<&str> {
        self.text("channel")
    }

    fn problem(&mut self, problem: impl Into<String>) {
        self.problems.push(problem.into());
    }

    fn take_body(&mut self, raw: &Bytes) {
        if self.http_method == "GET" {
            if !raw.is_empty() {
                self.problem("a GET with a body");
            }
            return;
        }
        let content_type = self.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        let content_type = content_type.to_lowercase();
        let mut parts = content_type.split(';').map(str::trim);
        match parts.next().unwrap_or_default() {
            "application/json" => {
                self.lacks_charset = !parts.any(|part| part == "charset=utf-8");
                self.take_json(raw);
            }
            "application/x-www-form-urlencoded" => match std::str::from_utf8(raw) {
                Ok(form) => self.take_pairs(form),
                Err(_) => self.problem("a form that is not UTF-8"),
            },
            "" if raw.is_empty() => {}
            other => self.problem(format!("a body of the type {other:?}")),
        }
    }

    fn take_json(&mut self, raw: &Bytes) {
        match serde_json::from_slice(raw) {
            Ok(Value::Object(_)) if !WITH_JSON.contains(&self.method.as_str()) => {
                self.problem("this method takes a query or a form, not JSON");
            }
            Ok(Value::Object(fields)) => {
                for (name, value) in fields {
                    self.put(name, value);
                }
            }
            _ => self.problem("a body that is not a JSON object"),
        }
    }

    /// Pairs of a query or a form. Their text is decoded by the type that the method expects.
    fn take_pairs(&mut self, encoded: &str) {
        // The address is there only to lend its parser.
        let mut address = Url::parse("http://fake.invalid/").expect("an address");
        address.set_query(Some(encoded));
        for (name, value) in address.query_pairs() {
            let kind = TABLE.kind(&self.method, &name).unwrap_or(Type::String);
            self.put(name.into_owned(), kind.decode(value.into_owned()));
        }
    }

    fn put(&mut self, name: String, value: Value) {
        if self.arguments.contains_key(&name) {
            self.problem(format!("{name} is given twice"));
        }
        self.arguments.insert(name, value);
    }
}

fn method(path: &str) -> String {
    if path.starts_with("/response/") {
        return RESPONSE.to_owned();
    }
    path.strip_prefix("/api/").unwrap_or_default().to_owned()
}
