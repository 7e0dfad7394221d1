//! The routes that the fake knows, each with what answers it and the schema of its body.

use std::collections::HashMap;

use super::asked::Asked;
use super::reply::Answer;
use super::state::State;
use super::{callbacks, commands, messages, reading, threads, webhooks};

pub struct Route {
    pub http_method: &'static str,
    /// Parts in braces stand for anything.
    pub path: &'static str,
    pub handler: fn(&mut State, &Asked) -> Answer,
    pub body: Form,
}

/// What a body has to look like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    None,
    /// A schema of the official description.
    Schema(&'static str),
    /// A list of such.
    List(&'static str),
    /// By the `type` of an interaction's answer.
    Callback,
    /// By whether the thread comes with a message.
    Thread,
}

impl Route {
    /// Interactions' tokens stand in the path.
    pub fn needs_token(&self) -> bool {
        !self.path.starts_with("/interactions") && !self.path.starts_with("/webhooks")
    }
}

const fn get(path: &'static str, handler: fn(&mut State, &Asked) -> Answer) -> Route {
    Route { http_method: "GET", path, handler, body: Form::None }
}

const fn send(
    http_method: &'static str,
    path: &'static str,
    handler: fn(&mut State, &Asked) -> Answer,
    body: Form,
) -> Route {
    Route { http_method, path, handler, body }
}

const GLOBAL: &str = "/applications/{a}/commands";
const GLOBAL_ONE: &str = "/applications/{a}/commands/{command}";
const OWN: &str = "/applications/{a}/guilds/{g}/commands";
const OWN_ONE: &str = "/applications/{a}/guilds/{g}/commands/{command}";
const HOOK: &str = "/webhooks/{a}/{token}/messages/{m}";
const MESSAGES: &str = "/channels/{c}/messages";
const MESSAGE: &str = "/channels/{c}/messages/{m}";

const BULK: Form = Form::List("ApplicationCommandUpdateRequest");
const CREATE: Form = Form::Schema("ApplicationCommandCreateRequest");
const CHANGE: Form = Form::Schema("ApplicationCommandPatchRequestPartial");

pub static TABLE: &[Route] = &[
    get("/gateway", reading::gateway),
    get("/gateway/bot", reading::gateway_bot),
    get("/users/@me", reading::me),
    get("/applications/@me", reading::application),
    get("/oauth2/applications/@me", reading::application),
    get(GLOBAL, commands::list),
    get(OWN, commands::list),
    get(GLOBAL_ONE, commands::one),
    get(OWN_ONE, commands::one),
    send("PUT", GLOBAL, commands::overwrite, BULK),
    send("PUT", OWN, commands::overwrite, BULK),
    send("POST", GLOBAL, commands::create, CREATE),
    send("POST", OWN, commands::create, CREATE),
    send("PATCH", GLOBAL_ONE, commands::change, CHANGE),
    send("PATCH", OWN_ONE, commands::change, CHANGE),
    send("DELETE", GLOBAL_ONE, commands::delete, Form::None),
    send("DELETE", OWN_ONE, commands::delete, Form::None),
    send("POST", "/interactions/{i}/{token}/callback", callbacks::callback, Form::Callback),
    send(
        "POST",
        "/webhooks/{a}/{token}",
        webhooks::follow_up,
        Form::Schema("IncomingWebhookRequestPartial"),
    ),
    get(HOOK, webhooks::one),
    send("PATCH", HOOK, webhooks::edit, Form::Schema("IncomingWebhookUpdateRequestPartial")),
    send("DELETE", HOOK, webhooks::delete, Form::None),
    get(MESSAGES, messages::list),
    send("POST", MESSAGES, messages::create, Form::Schema("MessageCreateRequest")),
    get(MESSAGE, messages::one),
    send("PATCH", MESSAGE, messages::edit, Form::Schema("MessageEditRequestPartial")),
    send("DELETE", MESSAGE, messages::delete, Form::None),
    get("/channels/{c}", reading::channel),
    get("/channels/{c}/threads/archived/public", threads::archived),
    send("PATCH", "/channels/{c}", threads::change, Form::Schema("UpdateThreadRequestPartial")),
    send("POST", "/channels/{c}/threads", threads::create, Form::Thread),
    send(
        "POST",
        "/channels/{c}/messages/{m}/threads",
        threads::from_message,
        Form::Schema("CreateTextThreadWithMessageRequest"),
    ),
    get("/guilds/{g}", reading::guild),
    get("/guilds/{g}/roles", reading::roles),
    get("/guilds/{g}/channels", reading::channels),
    get("/guilds/{g}/threads/active", threads::active),
    send(
        "POST",
        "/users/@me/channels",
        threads::direct,
        Form::Schema("CreatePrivateChannelRequest"),
    ),
    get("/guilds/{g}/members", reading::members),
    get("/guilds/{g}/members/{u}", reading::member),
];

type Ids = HashMap<&'static str, String>;

pub fn find(http_method: &str, path: &str) -> Option<(&'static Route, Ids)> {
    let path = path.strip_prefix("/api/v10")?;
    let mut routes = TABLE.iter().filter(|route| route.http_method == http_method);
    routes.find_map(|route| Some((route, matches(route.path, path)?)))
}

fn matches(pattern: &'static str, path: &str) -> Option<Ids> {
    let (pattern, path): (Vec<&'static str>, Vec<&str>) =
        (pattern.split('/').collect(), path.split('/').collect());
    if pattern.len() != path.len() {
        return None;
    }
    let mut ids = Ids::new();
    for (pattern, part) in pattern.into_iter().zip(path) {
        match pattern.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) if !part.is_empty() => drop(ids.insert(name, part.to_owned())),
            _ if pattern == part => {}
            _ => return None,
        }
    }
    Some(ids)
}

/// A misspelt route would leave a test passing for nothing.
pub fn check(label: &str) {
    let known = |route: &Route| format!("{} {}", route.http_method, route.path) == label;
    assert!(TABLE.iter().any(known), "the fake knows no {label}");
}
