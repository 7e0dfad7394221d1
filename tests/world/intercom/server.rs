//! The HTTP side: takes requests in, plays the faults, and writes the answers out.

use std::io;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{self, Request};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::{StreamExt, stream};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::gate::{self, Asked};
use super::limiter::Allowance;
use super::reply::Reply;
use super::state::State;
use super::{Fault, Intercom, Seen, endpoints, fault};

pub async fn serve(listener: TcpListener, intercom: Intercom, stopped: oneshot::Receiver<()>) {
    let router = Router::new().fallback(answer).with_state(intercom);
    let until = async {
        // The sender never sends: it is dropped with the last clone of the fake.
        let _ = stopped.await;
    };
    axum::serve(listener, router).with_graceful_shutdown(until).await.expect("a serving listener");
}

/// Where a request stands after the door.
struct Arrival {
    number: usize,
    allowance: Allowance,
    /// The fault to play, or the answer at the door.
    passed: Result<Option<Fault>, Reply>,
}

async fn answer(extract::State(intercom): extract::State<Intercom>, request: Request) -> Response {
    let asked = Asked::read(request).await;
    let Arrival { number, allowance, passed } = arrive(&mut intercom.lock(), &asked);
    let (reply, fault) = match passed {
        Err(reply) => (reply, None),
        Ok(fault) => {
            if let Some(Fault::Slow(delay)) = fault {
                tokio::time::sleep(delay).await;
            }
            // Even when a fault hides the answer, the request is checked like any other.
            let reply =
                endpoints::respond(&mut intercom.lock(), intercom.base_url(), &asked, &fault);
            (reply, fault)
        }
    };
    turn_the_page(&intercom, &reply, &fault);
    let (status, response) = play(reply, fault, allowance, number);
    intercom.lock().seen[number].status = status;
    response
}

fn arrive(state: &mut State, asked: &Asked) -> Arrival {
    let number = state.seen.len();
    state.seen.push(Seen {
        method: asked.method.clone(),
        path: asked.path.clone(),
        query: asked.query.clone(),
        body: asked.body.clone(),
        status: None,
        at: Instant::now(),
    });
    let allowance = state.limiter.take();
    let passed = gate::check(state, asked, allowance).map(|()| next_fault(state, asked));
    Arrival { number, allowance, passed }
}

fn next_fault(state: &mut State, asked: &Asked) -> Option<Fault> {
    let queue = state.faults.get_mut(&asked.path)?;
    let waits = queue.front() == Some(&Fault::RepeatCursor) && asked.cursor().is_none();
    if waits { None } else { queue.pop_front() }
}

/// Lets the test change the data after a page that the client will follow.
fn turn_the_page(intercom: &Intercom, reply: &Reply, fault: &Option<Fault>) {
    let hidden = fault.as_ref().is_some_and(Fault::hides_the_answer);
    let hook = intercom.lock().hook.clone();
    if let (Some(page), Some(hook), false) = (reply.more_after, hook, hidden) {
        // Not under the lock: the hook calls the fake's own methods.
        hook(intercom, page);
    }
}

/// The response, and the status that the journal notes.
fn play(
    reply: Reply,
    fault: Option<Fault>,
    allowance: Allowance,
    number: usize,
) -> (Option<u16>, Response) {
    let respond =
        |reply: Reply, allowance: Allowance| (Some(reply.status), whole(reply, allowance, number));
    match fault {
        Some(Fault::Status(status)) => respond(fault::error(status), allowance),
        Some(Fault::RateLimited { reset_in }) => {
            respond(Reply::rate_limited(), allowance.exhausted(reset_in))
        }
        Some(Fault::Html(status)) => (Some(status), html(status)),
        Some(Fault::Cut) => (None, cut()),
        Some(Fault::CutBody) => {
            (Some(reply.status), cut_in_half(whole_text(&reply, number), reply, allowance))
        }
        None | Some(Fault::Slow(_) | Fault::RepeatCursor | Fault::EmptyPageWithNext) => {
            respond(reply, allowance)
        }
    }
}

fn whole(reply: Reply, allowance: Allowance, number: usize) -> Response {
    let text = whole_text(&reply, number);
    head(reply, allowance, Body::from(text))
}

/// The body, an error's with a request id in the form of a UUID.
fn whole_text(reply: &Reply, number: usize) -> String {
    let mut body = reply.body.clone();
    if body["type"] == "error.list" {
        body["request_id"] = Value::from(format!("f4ce0000-0000-4000-8000-{number:012x}"));
    }
    body.to_string()
}

fn head(reply: Reply, allowance: Allowance, body: Body) -> Response {
    let mut response = Response::builder()
        .status(reply.status)
        .header(header::CONTENT_TYPE, "application/json; charset=utf-8");
    for (name, value) in reply.headers.into_iter().chain(allowance.headers()) {
        response = response.header(name, value);
    }
    response.body(body).expect("a valid response")
}

fn html(status: u16) -> Response {
    let page = format!("<html><head><title>{status}</title></head><body>nginx</body></html>\n");
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "text/html")
        .body(Body::from(page))
        .expect("a valid response")
}

/// A body that fails before its first byte makes the server close the connection with the head
/// still unsent.
fn cut() -> Response {
    Response::new(Body::from_stream(stream::iter([Err::<String, _>(gone())])))
}

fn cut_in_half(text: String, reply: Reply, allowance: Allowance) -> Response {
    let length = HeaderValue::from(text.len());
    let half = text.as_bytes()[..text.len() / 2].to_vec();
    let failure = stream::once(async {
        // Long enough for the first half to leave; else nothing would.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(gone())
    });
    let body = stream::iter([Ok(half)]).chain(failure);
    let mut response = head(reply, allowance, Body::from_stream(body));
    response.headers_mut().insert(header::CONTENT_LENGTH, length);
    response
}

fn gone() -> io::Error {
    io::Error::from(io::ErrorKind::ConnectionAborted)
}
