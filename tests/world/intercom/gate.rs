//! The door: what every request is checked for, whichever path it asks for.

use axum::body::{Bytes, to_bytes};
use axum::extract::{Query, Request};
use axum::http::{HeaderMap, header};
use serde_json::Value;

use super::Intercom;
use super::limiter::Allowance;
use super::reply::{Refusal, Reply};
use super::state::State;

const VERSION: &str = "2.16";

/// A request, read to its end.
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub raw: Bytes,
    /// Null when there is none or it is not JSON.
    pub body: Value,
}

impl Asked {
    pub async fn read(request: Request) -> Asked {
        let (parts, body) = request.into_parts();
        // A client that goes away in the middle of its request is not there to be answered.
        let raw = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let query = match Query::try_from_uri(&parts.uri) {
            Ok(Query(pairs)) => pairs,
            // No endpoint knows a parameter of this name, so it is refused there.
            Err(_) => vec![("unreadable".to_owned(), parts.uri.to_string())],
        };
        Asked {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query,
            headers: parts.headers,
            body: serde_json::from_slice(&raw).unwrap_or_default(),
            raw,
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The cursor of a search, if the body carries one.
    pub fn cursor(&self) -> Option<&str> {
        self.body.pointer("/pagination/starting_after")?.as_str()
    }

    /// Refuses every query parameter but these; one given twice would be ambiguous.
    pub fn only(&self, names: &[&str]) -> Result<(), Refusal> {
        for (index, (name, _)) in self.query.iter().enumerate() {
            let twice = self.query[..index].iter().any(|(earlier, _)| earlier == name);
            if twice || !names.contains(&name.as_str()) {
                return Err(Refusal::parameter(format!("query parameter {name} is not expected")));
            }
        }
        Ok(())
    }

    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.parameter(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(Refusal::parameter(format!("{name} is a boolean, not {other}"))),
        }
    }

    /// A whole number in a range, or what it is without the parameter.
    pub fn number(&self, name: &str, most: usize, otherwise: usize) -> Result<usize, Refusal> {
        let Some(text) = self.parameter(name) else { return Ok(otherwise) };
        let number = text.parse().ok().filter(|number| (1..=most).contains(number));
        number.ok_or_else(|| Refusal::parameter(format!("{name} must be 1 to {most}, not {text}")))
    }
}

/// Checks the token, the version, the allowance and the form of the body, in this order.
pub fn check(state: &mut State, asked: &Asked, allowance: Allowance) -> Result<(), Reply> {
    if asked.header("authorization") != Some(&format!("Bearer {}", Intercom::TOKEN)) {
        // Not a complaint: tests of a revoked token mean to do this.
        return Err(Reply::error(401, "unauthorized", "Access Token Invalid"));
    }
    version(asked).map_err(|refusal| complain(state, asked, &refusal))?;
    if !allowance.granted {
        return Err(Reply::rate_limited());
    }
    form(asked).map_err(|refusal| complain(state, asked, &refusal))
}

/// Writes a complaint down and turns the refusal into its answer.
pub fn complain(state: &mut State, asked: &Asked, refusal: &Refusal) -> Reply {
    let Refusal { code, message, .. } = refusal;
    state.complaints.push(format!("{} {}: {code}: {message}", asked.method, asked.path));
    refusal.reply()
}

/// Without the header, Intercom takes the version of the app's settings, which may be 1.0; that is
/// never what a client wants, so it is refused as an unknown version is.
fn version(asked: &Asked) -> Result<(), Refusal> {
    match asked.header("intercom-version") {
        Some(VERSION) => Ok(()),
        other => Err(Refusal {
            status: 400,
            code: "intercom_version_invalid",
            message: format!("Intercom-Version must be {VERSION}, not {other:?}"),
        }),
    }
}

/// The documents know JSON bodies on POST and none on GET.
fn form(asked: &Asked) -> Result<(), Refusal> {
    if asked.method != "POST" {
        return if asked.raw.is_empty() {
            Ok(())
        } else {
            Err(Refusal::bad_request("a body where none is expected"))
        };
    }
    let kind = asked.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        return Err(Refusal::bad_request(format!("Content-Type must be JSON, not {kind:?}")));
    }
    if !asked.body.is_object() {
        return Err(Refusal::bad_request("the body is not a JSON object"));
    }
    Ok(())
}
