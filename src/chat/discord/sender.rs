//! Calls of Discord's REST interface. serenity's own client loses how long to wait, ignores the base
//! address where it limits rates, and takes a post with an odd answer for one that was not made; so
//! messages and answers go out from here.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, Response, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::failure::{Refusal, limited, sorted};
use super::limits::{Left, Limits, Wait};
use crate::chat::Failure;
use crate::chat::render::discord::Picture;
use crate::config::DiscordConfig;

/// Discord refuses clients that do not say who they are.
const USER_AGENT: &str =
    concat!("DiscordBot (https://crates.io/crates/cxbot, ", env!("CARGO_PKG_VERSION"), ")");
/// The pause where Discord limits the rate and does not say for how long.
const PAUSE: Duration = Duration::from_secs(60);

pub(super) struct Sender {
    client: Client,
    /// With the interface's version, without a slash at the end.
    base: String,
    token: SecretString,
    limits: Mutex<Limits>,
}

/// One call. `route` is what Discord counts calls by: the path with its main ids alone.
pub(super) struct Call<'c> {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) route: String,
    /// For the operator: "post a message".
    pub(super) what: &'c str,
    pub(super) body: Option<&'c Value>,
    pub(super) pictures: &'c [Picture],
    /// Whether the path itself holds the right to call it, as an interaction's does.
    pub(super) open: bool,
}

impl<'c> Call<'c> {
    pub(super) fn new(method: Method, path: String, what: &'c str) -> Call<'c> {
        let route = format!("{method} {}", route(&path));
        Call { method, path, route, what, body: None, pictures: &[], open: false }
    }

    pub(super) fn with(mut self, body: &'c Value) -> Call<'c> {
        self.body = Some(body);
        self
    }

    pub(super) fn with_pictures(mut self, pictures: &'c [Picture]) -> Call<'c> {
        self.pictures = pictures;
        self
    }

    pub(super) fn open(mut self) -> Call<'c> {
        self.open = true;
        self
    }
}

/// The path without the ids that do not count: of a channel's messages the channel does, and of an
/// interaction its token.
fn route(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let major = match parts.first() {
        Some(&("webhooks" | "interactions")) => 3,
        _ => 2,
    };
    let is_id = |part: &str| part.len() >= 15 && part.chars().all(|c| c.is_ascii_digit());
    let part = |(place, part): (usize, &&str)| match place >= major && is_id(part) {
        true => "id".to_owned(),
        false => (*part).to_owned(),
    };
    parts.iter().enumerate().map(part).collect::<Vec<_>>().join("/")
}

impl Sender {
    pub(super) fn new(config: &DiscordConfig, token: &SecretString) -> Result<Sender> {
        let timeout: Duration = config.timeout.try_into().context("discord.timeout")?;
        let client = Client::builder()
            .timeout(timeout)
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none());
        Ok(Sender {
            client: client.build()?,
            base: format!("{}/api/v10", config.api_url.trim_end_matches('/')),
            token: token.clone(),
            limits: Mutex::default(),
        })
    }

    fn limits(&self) -> MutexGuard<'_, Limits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn get(&self, path: String, what: &str) -> Result<Value, Refusal> {
        self.call(Call::new(Method::GET, path, what)).await
    }

    /// How long a call of this route has to wait.
    pub(super) fn wait(&self, method: Method, path: &str) -> Duration {
        let route = format!("{method} {}", route(path));
        match self.limits().check(&route, Instant::now()) {
            Err(Wait::Rate(wait)) => wait,
            _ => Duration::ZERO,
        }
    }

    /// Makes a call. A success whose answer cannot be read is a success all the same: it is `Null`.
    pub(super) async fn call(&self, call: Call<'_>) -> Result<Value, Refusal> {
        // Discord counts interactions by their own routes alone, and their askers wait.
        let begun = match call.open {
            true => self.limits().begin_open(&call.route, Instant::now()),
            false => self.limits().begin(&call.route, Instant::now()),
        };
        begun.map_err(|wait| kept_back(&call, wait))?;
        let reads = call.method == Method::GET;
        let answer = match self.request(&call)?.send().await {
            Ok(answer) => answer,
            Err(error) => return Err(broken(&call, &error, reads).into()),
        };
        let status = answer.status();
        self.note(&call, &answer);
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(self.told_to_wait(&call, answer).await);
        }
        let body = answer.json::<Value>().await;
        if status.is_success() {
            return Ok(body.unwrap_or_default());
        }
        if status == StatusCode::UNAUTHORIZED && !call.open {
            self.limits().refused(Instant::now());
        }
        let code = body.ok().and_then(|body| body["code"].as_u64());
        let refusal = sorted(call.what, status.as_u16(), code);
        Err(match refusal.failure {
            // Reading again does no harm.
            Failure::Unknown(why) if reads => Failure::Later { after: None, why }.into(),
            _ => refusal,
        })
    }

    fn request(&self, call: &Call<'_>) -> Result<reqwest::RequestBuilder, Refusal> {
        let request =
            self.client.request(call.method.clone(), format!("{}{}", self.base, call.path));
        let request = match call.open {
            true => request,
            false => {
                request.header(header::AUTHORIZATION, format!("Bot {}", self.token.expose_secret()))
            }
        };
        Ok(match (call.body, call.pictures) {
            (None, _) => request,
            (Some(body), []) => request.json(body),
            (Some(body), pictures) => request.multipart(form(body, pictures)?),
        })
    }

    /// What the headers say of the route, and whether the answer counts towards a ban.
    fn note(&self, call: &Call<'_>, answer: &Response) {
        let number = |name: &str| answer.headers().get(name)?.to_str().ok()?.parse::<f64>().ok();
        let calls = number("x-ratelimit-remaining");
        let mut limits = self.limits();
        if let (Some(calls), Some(after)) = (calls, number("x-ratelimit-reset-after")) {
            let until = Duration::try_from_secs_f64(after).unwrap_or_default();
            limits.seen(&call.route, Left { calls: calls as u32, until }, Instant::now());
        }
        let shared =
            answer.headers().get("x-ratelimit-scope").is_some_and(|scope| scope == "shared");
        if matches!(answer.status().as_u16(), 401 | 403) || answer.status() == 429 && !shared {
            limits.bad(Instant::now());
        }
    }

    async fn told_to_wait(&self, call: &Call<'_>, answer: Response) -> Refusal {
        let header = |name: &str| answer.headers().get(name)?.to_str().ok().map(str::to_owned);
        let by_header = header("retry-after").and_then(|text| text.parse::<f64>().ok());
        let all_by_header = header("x-ratelimit-global").is_some();
        let body = answer.json::<Value>().await.unwrap_or_default();
        let after = body["retry_after"].as_f64().or(by_header);
        let after =
            after.and_then(|after| Duration::try_from_secs_f64(after).ok()).unwrap_or(PAUSE);
        let all = all_by_header || body["global"] == true;
        self.limits().told_to_wait(&call.route, after, all, Instant::now());
        limited(call.what, after)
    }
}

fn kept_back(call: &Call<'_>, wait: Wait) -> Refusal {
    match wait {
        Wait::Rate(after) => limited(call.what, after),
        Wait::TooManyBad(after) => Failure::Later {
            after: Some(after),
            why: "Discord refused so many requests that no more are sent for a while".to_owned(),
        }
        .into(),
        Wait::Refused => {
            Failure::Account("the token is not valid: set DISCORD_TOKEN anew".to_owned()).into()
        }
    }
}

/// The error itself is not repeated: an address of an interaction is a secret while it lasts.
fn broken(call: &Call<'_>, error: &reqwest::Error, reads: bool) -> Failure {
    let what = call.what;
    match error.is_connect() {
        true => Failure::Later {
            after: None,
            why: format!(
                "no connection to Discord to {what}{}; check discord.api_url",
                crate::tls::distrust(error)
            ),
        },
        false if reads => {
            Failure::Later { after: None, why: format!("Discord did not answer: {what}") }
        }
        false => Failure::Unknown(format!("Discord did not answer in time: {what}")),
    }
}

fn form(body: &Value, pictures: &[Picture]) -> Result<Form, Refusal> {
    let odd = |_| Failure::Content("a picture cannot be attached".to_owned());
    let mut form = Form::new();
    let json = Part::text(body.to_string()).mime_str("application/json").map_err(odd)?;
    form = form.part("payload_json", json);
    for (number, picture) in pictures.iter().enumerate() {
        let part = Part::bytes(picture.bytes.clone()).file_name(picture.name.clone());
        form = form.part(format!("files[{number}]"), part.mime_str("image/png").map_err(odd)?);
    }
    Ok(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_channel_and_not_by_message() {
        let message = "/channels/111111111111111111/messages/222222222222222222";
        assert_eq!(route(message), "channels/111111111111111111/messages/id");
        assert_eq!(
            route("/channels/111111111111111111/messages?limit=100&after=0"),
            "channels/111111111111111111/messages"
        );
        assert_eq!(
            route("/webhooks/111111111111111111/token/messages/222222222222222222"),
            "webhooks/111111111111111111/token/messages/id"
        );
    }
}
