//! The HTTP side: takes requests in, plays the faults, and writes the answers out.

use std::io;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{self, Request};
use axum::http::header;
use axum::response::Response;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::asked::Asked;
use super::reply::{Refusal, Reply};
use super::state::State;
use super::{Discord, Fault, Seen, gate, judge, pace};

pub async fn serve(listener: TcpListener, discord: Discord, stopped: watch::Receiver<()>) {
    let router = Router::new().fallback(answer).with_state(discord);
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
async fn answer(extract::State(discord): extract::State<Discord>, request: Request) -> Response {
    let asked = Asked::read(request).await;
    let played = tokio::spawn(play(discord.clone(), asked)).await;
    played.unwrap_or_else(|_| {
        discord.lock().complaints.push("the fake itself panicked, see stderr".to_owned());
        cut()
    })
}

async fn play(discord: Discord, asked: Asked) -> Response {
    let (number, passed) = arrive(&mut discord.lock(), &asked);
    let (mut reply, fault) = match passed {
        Err(reply) => (reply, None),
        Ok(fault) => {
            if let Some(Fault::Slow(delay)) = fault {
                tokio::time::sleep(delay).await;
            }
            let problems = judge::problems(&asked);
            (execute(&mut discord.lock(), &asked, &problems, fault), fault)
        }
    };
    let mut state = discord.lock();
    let (name, limit) = pace::window(&asked);
    reply.headers.extend(state.pace.headers(&name, limit));
    let outcome = outcome(&mut state, &asked, reply, fault);
    leave(&mut state, number, outcome)
}

fn arrive(state: &mut State, asked: &Asked) -> (usize, Result<Option<Fault>, Reply>) {
    let number = state.seen.len();
    state.seen.push(Seen {
        route: asked.label(),
        path: asked.path.clone(),
        body: asked.body.clone(),
        files: asked.files.iter().map(|file| file.name.clone()).collect(),
        status: None,
        answer: Value::Null,
        at: Instant::now(),
    });
    (number, gate::check(state, asked).map(|()| state.next_fault(asked)))
}

/// Even a request that a fault keeps from being executed is checked like any other; only its traces
/// in the server are wiped.
fn execute(state: &mut State, asked: &Asked, problems: &[String], fault: Option<Fault>) -> Reply {
    let before = fault.is_some_and(|fault| !fault.executes()).then(|| state.guild.clone());
    let handler = asked.route.expect("a route that was let in").handler;
    let answer = match problems {
        [] => handler(state, asked),
        problems => Err(Refusal::form(problems)),
    };
    let reply = answer.unwrap_or_else(|refusal| state.refuse(asked, &refusal));
    if let Some(before) = before {
        state.guild = before;
    } else if fault.is_some_and(|fault| fault.leaves_doubt()) {
        state.guild.leave_in_doubt(asked);
    }
    reply
}

/// What leaves in the end.
enum Outcome {
    Reply(Reply),
    /// A status, a body of some other type, and more headers.
    Other(u16, &'static str, String, Vec<(&'static str, String)>),
    Nothing,
}

fn outcome(state: &mut State, asked: &Asked, reply: Reply, fault: Option<Fault>) -> Outcome {
    let other = |status, kind, body| Outcome::Other(status, kind, body, Vec::new());
    match fault {
        Some(Fault::CutBefore | Fault::CutAfter) => Outcome::Nothing,
        Some(Fault::Status(status)) => other(status, "text/plain", String::new()),
        Some(Fault::Unauthorized) => Outcome::Reply(Reply::plain(401, "401: Unauthorized")),
        Some(Fault::RateLimited { after, global, shared }) => {
            let name = if global { String::new() } else { pace::window(asked).0 };
            state.pace.tell(&name, after, Instant::now());
            let scope = if global { "global" } else { "user" };
            let scope = if shared { "shared" } else { scope };
            Outcome::Reply(Reply::rate_limited(after, global, scope))
        }
        Some(Fault::Cloudflare { retry_after }) => {
            state.pace.tell("", retry_after as f64, Instant::now());
            let page = "<html><title>Access denied</title>error code: 1015</html>".to_owned();
            Outcome::Other(429, "text/html", page, vec![("Retry-After", retry_after.to_string())])
        }
        Some(Fault::OddBody) => Outcome::Reply(Reply { body: json!({"odd": [1, null]}), ..reply }),
        Some(Fault::TruncatedBody) => {
            let whole = reply.body.to_string();
            other(reply.status, "application/json", whole.chars().take(whole.len() / 2).collect())
        }
        Some(Fault::Slow(_)) | None => Outcome::Reply(reply),
    }
}

/// Writes into the journal what the client is about to get.
fn leave(state: &mut State, number: usize, outcome: Outcome) -> Response {
    let (status, kind, body, headers) = match outcome {
        Outcome::Nothing => return cut(),
        Outcome::Other(status, kind, body, headers) => (status, kind, body, headers),
        Outcome::Reply(Reply { status, headers, body }) => {
            state.seen[number].answer = body.clone();
            let text = if body.is_null() { String::new() } else { body.to_string() };
            (status, "application/json", text, headers)
        }
    };
    state.seen[number].status = Some(status);
    let shared = ("X-RateLimit-Scope", "shared".to_owned());
    if [401, 403, 429].contains(&status) && !headers.contains(&shared) {
        state.invalid += 1;
    }
    let mut response = Response::builder().status(status).header(header::CONTENT_TYPE, kind);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(Body::from(body)).expect("a valid response")
}

/// A body that fails before its first byte makes the server close the connection with the head
/// still unsent.
fn cut() -> Response {
    let gone = io::Error::from(io::ErrorKind::ConnectionAborted);
    Response::new(Body::from_stream(stream::iter([Err::<String, _>(gone)])))
}
