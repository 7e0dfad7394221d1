//! What people do on the page, and what the page is told.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use cxbot_sdk::words::day_time;
use futures_util::Stream;
use futures_util::stream;
use jiff::Span;
use serde::{Deserialize, Serialize};

use super::complete::{self, Choice};
use super::{Console, NAME, Person, sight};
use crate::chat::Asked;
use crate::chat::form::{Fault, Values};
use crate::chat::render::html::LOOK;
use crate::error::with_advice;

type Shared = State<Arc<Console>>;

/// How often an open page looks whether the clock shows another minute.
const TICK: Duration = Duration::from_millis(500);
/// The longest line, in characters.
const LINE: usize = 2_000;
const SLOW: &str = "cxbot is slow right now. If no answer comes within a minute, ask again.";
const STOPPING: &str = "cxbot is stopping.";

/// Who looks.
#[derive(Debug, Deserialize)]
pub(super) struct As {
    #[serde(default, rename = "as")]
    person: String,
    /// What the page has seen already.
    #[serde(default)]
    since: u64,
}

pub(super) async fn page(State(console): Shared, Query(who): Query<As>) -> Response {
    let (setup, zone) = (&console.setup, &console.setup.zone);
    let me = match who.person.as_str() {
        "" => setup.people.first(),
        person => console.person(person),
    };
    let Some(me) = me else {
        return (StatusCode::NOT_FOUND, "There is nobody of that name here; leave out ?as=…\n")
            .into_response();
    };
    let sight = console.room.since(0, &me.id);
    let next = console.time.get().map(|time| time.next()).unwrap_or_default();
    let page = sight::Page {
        setup,
        me,
        now: sight::now(console.clock.now(), zone),
        version: sight.version,
        posts: sight::standing(&sight.items, zone),
        next: next.into_iter().map(|(name, at)| (name, day_time(at, zone))).collect(),
    };
    drawn(&page).map(Html).into_response()
}

pub(super) async fn style() -> impl IntoResponse {
    let own = include_str!("console/console.css");
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], format!("{LOOK}{own}"))
}

pub(super) async fn icon() -> impl IntoResponse {
    ([(CONTENT_TYPE, "image/svg+xml")], include_str!("console/icon.svg"))
}

pub(super) async fn script() -> impl IntoResponse {
    let script = include_str!("console/console.js");
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], script)
}

/// What changes while a page is open: items as they come, and the clock.
pub(super) async fn events(
    State(console): Shared,
    Query(who): Query<As>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    // A browser that was cut off says what it has seen.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let seen = last.unwrap_or(who.since);
    let told = Told { console, person: who.person, seen, now: String::new() };
    let events = stream::unfold(told, |mut told| async move {
        let events = told.next().await?;
        Some((stream::iter(events.into_iter().map(Ok)), told))
    });
    Sse::new(futures_util::StreamExt::flatten(events)).keep_alive(KeepAlive::default())
}

/// What an open page has been told.
struct Told {
    console: Arc<Console>,
    person: String,
    seen: u64,
    now: String,
}

impl Told {
    /// Waits until there is something to tell; `None` once the bot stops.
    async fn next(&mut self) -> Option<Vec<Event>> {
        let mut changes = self.console.room.watch();
        let stop = self.console.stop();
        loop {
            let events = self.news();
            if !events.is_empty() {
                return Some(events);
            }
            tokio::select! {
                _ = changes.changed() => {}
                () = tokio::time::sleep(TICK) => {}
                () = stop.cancelled() => return None,
            }
        }
    }

    fn news(&mut self) -> Vec<Event> {
        let zone = &self.console.setup.zone;
        let sight = self.console.room.since(self.seen, &self.person);
        self.seen = sight.version;
        let change = |item| {
            let event = Event::default().id(sight.version.to_string()).event("item");
            event.json_data(sight::change(item, zone))
        };
        let mut events: Vec<Event> =
            sight.items.iter().filter_map(|item| change(item).ok()).collect();
        let now = sight::now(self.console.clock.now(), zone);
        if now != self.now {
            events.push(Event::default().event("clock").data(&now));
            self.now = now;
        }
        events
    }
}

/// Something that someone does.
#[derive(Debug, Deserialize)]
pub(super) struct Act<T> {
    #[serde(rename = "as")]
    person: String,
    #[serde(flatten)]
    what: T,
}

#[derive(Debug, Deserialize)]
pub(super) struct Line {
    line: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Press {
    id: String,
    /// The item that carries the button.
    on: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Filled {
    id: String,
    values: Values,
}

#[derive(Debug, Deserialize)]
pub(super) struct Forward {
    /// ISO 8601, such as PT1H or P7D.
    by: String,
}

/// What the page does next.
#[derive(Debug, Default, Serialize)]
pub(super) struct Then {
    /// A window with a form.
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<Fault>,
    /// A line for the one who acted.
    #[serde(skip_serializing_if = "Option::is_none")]
    say: Option<String>,
    /// What the clock shows, where it was moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<String>,
}

type Acted<T> = Result<Json<T>, (StatusCode, String)>;

pub(super) async fn say(State(console): Shared, Json(act): Json<Act<Line>>) -> Acted<Then> {
    let me = known(&console, &act.person)?;
    let (line, root) = (act.what.line.trim(), &console.setup.root);
    if line.chars().count() > LINE {
        return told(format!("That is longer than {LINE} letters. Ask with fewer."));
    }
    let rest = line.strip_prefix(root.as_str());
    match rest.filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace)) {
        Some(rest) => receive(&console, me, Asked::Command(rest.trim().to_owned()), "").await,
        None => told(format!("Nobody but cxbot is here. Begin with {root}, such as {root} help.")),
    }
}

pub(super) async fn press(State(console): Shared, Json(act): Json<Act<Press>>) -> Acted<Then> {
    let me = known(&console, &act.person)?;
    let Press { id, on } = act.what;
    let what = Asked::Press(id.clone());
    if !what.asks() {
        return receive(&console, me, what, &on).await;
    }
    let desk = console.desk.get().ok_or_else(stopping)?;
    match desk.form(&id).await {
        Ok(form) => {
            let form = drawn(&sight::Asking { form: &form })?;
            Ok(Json(Then { form: Some(form), ..Then::default() }))
        }
        Err(why) => {
            console.whisper(&me.id, console.request(&me.id, what, "").id, None, why);
            Ok(Json(Then::default()))
        }
    }
}

pub(super) async fn submit(State(console): Shared, Json(act): Json<Act<Filled>>) -> Acted<Then> {
    let me = known(&console, &act.person)?;
    let Filled { id, mut values } = act.what;
    values.retain(|_, value| !value.trim().is_empty());
    let faults = console.desk.get().ok_or_else(stopping)?.faults(&id, &values);
    match faults.is_empty() {
        true => receive(&console, me, Asked::Submit { id, values }, "").await,
        false => Ok(Json(Then { faults, ..Then::default() })),
    }
}

pub(super) async fn complete(
    State(console): Shared,
    Json(act): Json<Act<Line>>,
) -> Acted<Vec<Choice>> {
    let me = known(&console, &act.person)?;
    let desk = console.desk.get().ok_or_else(stopping)?;
    let setup = &console.setup;
    let next = complete::next(&setup.root, &setup.commands, &act.what.line);
    let mut choices = Vec::new();
    if let Some(asking) = &next.ask {
        let request = console.request(&me.id, Asked::Command(String::new()), "");
        let found = desk.suggest(NAME, &request, &asking.what).await;
        choices.extend(found.iter().map(|(label, value)| {
            // The name that people know, where it means one alone.
            let alone = found.iter().filter(|(other, _)| other == label).count() == 1;
            asking.choice(label.clone(), if alone { label } else { value })
        }));
    }
    choices.extend(next.choices);
    choices.truncate(complete::MOST);
    Ok(Json(choices))
}

pub(super) async fn forward(State(console): Shared, Json(act): Json<Act<Forward>>) -> Acted<Then> {
    known(&console, &act.person)?;
    let by: Span = act.what.by.parse().map_err(|_| bad("by: write it like PT1H or P7D"))?;
    if by.is_negative() || by.is_zero() {
        return Err(bad("by: the clock moves forward only"));
    }
    let time = console.time.get().ok_or_else(stopping)?;
    match time.forward(by).await {
        Ok(()) => {
            let now = sight::now(console.clock.now(), &console.setup.zone);
            Ok(Json(Then { now: Some(now), ..Then::default() }))
        }
        Err(error) => {
            tracing::error!("the clock was not moved: {}", with_advice(&error));
            told("That did not work; the reason is in the log of cxbot demo.".to_owned())
        }
    }
}

async fn receive(console: &Console, me: &Person, what: Asked, on: &str) -> Acted<Then> {
    let desk = console.desk.get().ok_or_else(stopping)?;
    match desk.receive(NAME, console.request(&me.id, what, on)).await {
        true => Ok(Json(Then::default())),
        false => told(SLOW.to_owned()),
    }
}

fn told(say: String) -> Acted<Then> {
    Ok(Json(Then { say: Some(say), ..Then::default() }))
}

fn known<'c>(console: &'c Console, id: &str) -> Result<&'c Person, (StatusCode, String)> {
    console.person(id).ok_or_else(|| bad("as: there is nobody of that name here"))
}

fn bad(why: &str) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, format!("{why}\n"))
}

fn stopping() -> (StatusCode, String) {
    (StatusCode::SERVICE_UNAVAILABLE, format!("{STOPPING}\n"))
}

fn drawn(template: &impl Template) -> Result<String, (StatusCode, String)> {
    template.render().map_err(|error| {
        tracing::error!("a page could not be drawn: {error}");
        (StatusCode::INTERNAL_SERVER_ERROR, "The page could not be drawn.\n".to_owned())
    })
}
