//! The HTTP side: takes requests in, plays the faults, and writes the answers out.

use std::io;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{self, Request};
use axum::http::header;
use axum::response::Response;
use futures_util::stream;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::asked::{Asked, RESPONSE};
use super::judge::{self, Verdict};
use super::reply::Reply;
use super::state::State;
use super::{Fault, Seen, Slack, gate, methods};

#[derive(Clone)]
struct Serving {
    slack: Slack,
    /// Ends with an error when the last clone of the fake is dropped.
    stopped: watch::Receiver<()>,
}

pub async fn serve(listener: TcpListener, slack: Slack, stopped: watch::Receiver<()>) {
    let serving = Serving { slack, stopped: stopped.clone() };
    let router = Router::new().fallback(answer).with_state(serving);
    axum::serve(listener, router)
        .with_graceful_shutdown(stop(stopped))
        .await
        .expect("a serving listener");
}

async fn stop(mut stopped: watch::Receiver<()>) {
    // Nothing is ever sent: the sender is dropped.
    let _ = stopped.changed().await;
}

/// A request is played to its end even when the client hangs up: a server does not notice either.
async fn answer(extract::State(serving): extract::State<Serving>, request: Request) -> Response {
    let slack = serving.slack.clone();
    let asked = Asked::read(request).await;
    let played = tokio::spawn(play(serving, asked)).await;
    played.unwrap_or_else(|_| {
        slack.lock().complaints.push("the fake itself panicked, see stderr".to_owned());
        cut()
    })
}

async fn play(Serving { slack, stopped }: Serving, asked: Asked) -> Response {
    let (number, passed) = arrive(&mut slack.lock(), &asked);
    let (reply, fault) = match passed {
        Err(reply) => (reply, None),
        Ok(fault) => {
            if let Some(Fault::Slow(delay)) = fault {
                tokio::time::sleep(delay).await;
            }
            let verdict = judge::verdict(&asked).await;
            (execute(&mut slack.lock(), &asked, &verdict, fault), fault)
        }
    };
    let outcome = match fault {
        Some(Fault::Hang | Fault::HangAfter) => {
            stop(stopped).await;
            Outcome::Nothing
        }
        Some(Fault::SlowAfter(delay)) => {
            tokio::time::sleep(delay).await;
            Outcome::Reply(reply)
        }
        fault => outcome(reply, fault),
    };
    leave(&slack, number, outcome)
}

fn arrive(state: &mut State, asked: &Asked) -> (usize, Result<Option<Fault>, Reply>) {
    let number = state.seen.len();
    state.seen.push(Seen {
        method: asked.method.clone(),
        http_method: asked.http_method.clone(),
        arguments: Value::Object(asked.arguments.clone()),
        status: None,
        answer: Value::Null,
        at: Instant::now(),
    });
    (number, gate::check(state, asked).map(|()| state.next_fault(asked)))
}

/// Even a request that a fault keeps from being executed is checked like any other; only its traces
/// in the workspace are wiped.
fn execute(state: &mut State, asked: &Asked, verdict: &Verdict, fault: Option<Fault>) -> Reply {
    let wiped = fault.is_some_and(|fault| !fault.executes());
    let before = wiped.then(|| state.workspace.clone());
    let mut reply = methods::respond(state, asked, verdict);
    if let Some(before) = before {
        state.workspace = before;
    }
    if asked.method == RESPONSE {
        return reply;
    }
    reply.headers.push(("x-oauth-scopes", state.scopes.join(",")));
    reply
}

/// What leaves in the end.
enum Outcome {
    Reply(Reply),
    /// A status and a body of some other type.
    Other(u16, &'static str, String),
    Nothing,
}

fn outcome(reply: Reply, fault: Option<Fault>) -> Outcome {
    let scopes = reply.headers.clone();
    match fault {
        Some(Fault::Status(status) | Fault::StatusAfter(status)) => {
            Outcome::Other(status, "text/plain", String::new())
        }
        Some(Fault::Html(status)) => Outcome::Other(status, "text/html", page(status)),
        Some(Fault::NotJson) => Outcome::Other(200, "application/json", "{\"ok\":tr".to_owned()),
        Some(Fault::RateLimited { retry_after }) => {
            Outcome::Reply(Reply::rate_limited(retry_after))
        }
        Some(Fault::Error(code) | Fault::ErrorAfter(code)) => {
            Outcome::Reply(Reply { headers: scopes, ..Reply::error(code) })
        }
        Some(Fault::Cut | Fault::CutAfter | Fault::Hang | Fault::HangAfter) => Outcome::Nothing,
        Some(Fault::Slow(_) | Fault::SlowAfter(_)) | None => Outcome::Reply(reply),
    }
}

/// Writes into the journal what the client is about to get.
fn leave(slack: &Slack, number: usize, outcome: Outcome) -> Response {
    let mut state = slack.lock();
    let seen = &mut state.seen[number];
    match outcome {
        Outcome::Nothing => cut(),
        Outcome::Other(status, content_type, body) => {
            seen.status = Some(status);
            respond(status, content_type, &[], body)
        }
        Outcome::Reply(Reply { status, body: Value::String(text), .. }) => {
            (seen.status, seen.answer) = (Some(status), Value::Null);
            respond(status, "text/html", &[], text)
        }
        Outcome::Reply(reply) => {
            (seen.status, seen.answer) = (Some(reply.status), reply.body.clone());
            let json = "application/json; charset=utf-8";
            respond(reply.status, json, &reply.headers, reply.body.to_string())
        }
    }
}

fn respond(
    status: u16,
    content_type: &str,
    headers: &[(&'static str, String)],
    body: String,
) -> Response {
    let mut response =
        Response::builder().status(status).header(header::CONTENT_TYPE, content_type);
    for (name, value) in headers {
        response = response.header(*name, value);
    }
    response.body(Body::from(body)).expect("a valid response")
}

fn page(status: u16) -> String {
    format!("<html><head><title>{status}</title></head><body>Server Error | Slack</body></html>\n")
}

/// A body that fails before its first byte makes the server close the connection with the head
/// still unsent.
fn cut() -> Response {
    let gone = io::Error::from(io::ErrorKind::ConnectionAborted);
    Response::new(Body::from_stream(stream::iter([Err::<String, _>(gone)])))
}
