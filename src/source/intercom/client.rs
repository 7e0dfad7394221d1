//! The HTTP side: one pinned API version, time-outs, retries with jitter, errors in plain words.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::pace::{Pace, retry_after};
use super::wire::ErrorList;
use crate::config::IntercomConfig;
use crate::tls;

/// Tries of one request, the first included.
const TRIES: usize = 7;
const FIRST_DELAY: Duration = Duration::from_millis(400);
const LONGEST_DELAY: Duration = Duration::from_secs(20);
/// The largest answer that is read, in bytes: a page of 150 conversations is far smaller.
const BODY_LIMIT: usize = 64 << 20;

/// Why a request failed, after its retries.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// An answer that says no; trying again would not help.
    #[error("Intercom answered {path} with {status} {code} (request {request_id}){hint}")]
    Refused {
        path: String,
        status: StatusCode,
        code: String,
        request_id: String,
        hint: &'static str,
        /// Where a merged contact went.
        canonical: Option<String>,
    },
    #[error("Intercom limits the rate of {path}")]
    RateLimited { path: String, wait: Duration },
    #[error("Intercom did not answer {path} in time; raise intercom.timeout or try later")]
    TimedOut { path: String },
    #[error("Intercom does not answer {path}: {what}; check intercom.base_url, or try later")]
    Unavailable { path: String, what: String },
    #[error("Intercom's answer to {path} is not what its API describes: {what}")]
    Unreadable { path: String, what: String },
}

impl Failure {
    fn is_transient(&self) -> bool {
        use Failure::{RateLimited, TimedOut, Unavailable};
        matches!(self, RateLimited { .. } | Unavailable { .. } | TimedOut { .. })
    }

    /// Whether the token or plan lacks what this call needs.
    pub fn is_forbidden(&self) -> bool {
        let no = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
        matches!(self, Failure::Refused { status, .. } if no.contains(status))
    }

    /// Whether this workspace or token does without the call: nothing that would pass.
    pub fn is_lacking(&self) -> bool {
        self.is_forbidden() || self.is_not_found()
    }

    /// The status of a refusal in a few words, for a note.
    pub fn briefly(&self) -> String {
        match self {
            Failure::Refused { path, status, .. } => format!("{path} answers {status}"),
            other => other.to_string(),
        }
    }

    /// Whether there is no such thing, or no such call.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Failure::Refused { status, .. } if *status == StatusCode::NOT_FOUND)
    }
}

/// A client of one workspace.
pub struct Client {
    http: reqwest::Client,
    base: String,
    version: String,
    token: SecretString,
    pace: Pace,
}

impl Client {
    /// A client that has contacted nothing yet.
    pub fn new(config: &IntercomConfig, token: SecretString) -> anyhow::Result<Client> {
        let timeout = Duration::try_from(config.timeout)?;
        let http = reqwest::Client::builder()
            .timeout(timeout)
            .connect_timeout(Duration::from_secs(10))
            // The token must not follow an answer to another host.
            .redirect(redirect::Policy::none())
            .user_agent(concat!("cxbot/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Client {
            http,
            base: config.base_url.trim_end_matches('/').to_owned(),
            version: config.api_version.clone(),
            token,
            pace: Pace::default(),
        })
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.request(Method::GET, path, None).await
    }

    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<T, Failure> {
        self.request(Method::POST, path, Some(body)).await
    }

    /// One try of a search that may be too large: after a time-out the caller asks for less.
    pub(super) async fn post_within_time<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<T, Failure> {
        let too_long = |failure: &Failure| matches!(failure, Failure::TimedOut { .. });
        self.request_unless(too_long, Method::POST, path, Some(body)).await
    }

    async fn request<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, Failure> {
        self.request_unless(|_| false, method, path, body).await
    }

    /// Searches are reads too, so trying again is safe, unless the caller wants to know at once.
    async fn request_unless<T: DeserializeOwned>(
        &self,
        told_at_once: impl Fn(&Failure) -> bool,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, Failure> {
        let backoff = ExponentialBuilder::default()
            .with_min_delay(FIRST_DELAY)
            .with_max_delay(LONGEST_DELAY)
            .with_max_times(TRIES - 1)
            .with_jitter();
        (|| self.once(method.clone(), path, body))
            .retry(backoff)
            .when(|failure| failure.is_transient() && !told_at_once(failure))
            .adjust(|failure, delay| match failure {
                Failure::RateLimited { wait, .. } => delay.map(|delay| delay.max(*wait)),
                _ => delay,
            })
            .notify(|failure, delay| {
                tracing::warn!(error = %failure, ?delay, "trying again");
            })
            .await
    }

    async fn once<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, Failure> {
        self.pace.before_request().await;
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(self.token.expose_secret())
            .header("Intercom-Version", &self.version)
            .header("Accept", "application/json");
        if let Some(body) = body {
            request = request.json(body);
        }
        // Ids and cursors stay out of messages and logs: they may name people.
        let path = plain_path(path);
        let response = request.send().await.map_err(|error| network(&path, &error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        self.pace.after_response(&headers);
        let body = read(response).await.map_err(|error| network(&path, &error))?;
        match status {
            status if status.is_success() => parse(&path, &body),
            StatusCode::TOO_MANY_REQUESTS => {
                Err(Failure::RateLimited { path, wait: retry_after(&headers) })
            }
            StatusCode::REQUEST_TIMEOUT => Err(Failure::TimedOut { path }),
            status if status.is_server_error() => {
                Err(Failure::Unavailable { path, what: status.to_string() })
            }
            status => Err(refused(path, status, &headers, &body)),
        }
    }
}

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > BODY_LIMIT {
            break;
        }
    }
    Ok(body)
}

fn parse<T: DeserializeOwned>(path: &str, body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|error| {
        let path = path.to_owned();
        if error.is_eof() || error.is_syntax() {
            // A cut body or a proxy's page: another try may bring the real answer.
            return Failure::Unavailable { path, what: "an answer that is not whole".to_owned() };
        }
        let (line, column) = (error.line(), error.column());
        let what = format!("unexpected value at line {line}, column {column}");
        Failure::Unreadable { path, what }
    })
}

fn network(path: &str, error: &reqwest::Error) -> Failure {
    let path = path.to_owned();
    if error.is_timeout() && !error.is_connect() {
        return Failure::TimedOut { path };
    }
    let what = match error.is_connect() {
        true => format!("no connection{}", tls::distrust(error)),
        false => "the connection was cut".to_owned(),
    };
    Failure::Unavailable { path, what }
}

fn refused(path: String, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Failure {
    let errors: ErrorList = serde_json::from_slice(body).unwrap_or_default();
    let code = errors.errors.into_iter().find_map(|error| error.code).unwrap_or_default();
    let hint = match status {
        StatusCode::UNAUTHORIZED => {
            ": the token was refused; check INTERCOM_TOKEN and that its app may read conversations"
        }
        StatusCode::FORBIDDEN => ": the workspace's plan or the token's scopes do not allow it",
        StatusCode::BAD_REQUEST if code == "intercom_version_invalid" => {
            ": set intercom.api_version to one that your workspace has"
        }
        status if status.is_redirection() => {
            ": redirects are not followed; set intercom.base_url to the final address"
        }
        StatusCode::NOT_FOUND => ": check intercom.base_url",
        _ => "",
    };
    let request_id = errors.request_id.unwrap_or_else(|| "unknown".to_owned());
    Failure::Refused { path, status, code, request_id, hint, canonical: canonical(headers) }
}

/// `Link: </contacts/{id}>; rel="canonical"` of a merged contact.
fn canonical(headers: &HeaderMap) -> Option<String> {
    let link = headers.get("link")?.to_str().ok()?;
    let (target, rel) = link.split_once('>')?;
    let id = target.rsplit('/').next()?;
    (rel.contains("canonical") && !id.is_empty()).then(|| id.to_owned())
}

/// The call without ids and queries: `/contacts/{id}`.
fn plain_path(path: &str) -> String {
    let path = path.split('?').next().unwrap_or(path);
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| if part.chars().any(|c| c.is_ascii_digit()) { "{id}" } else { part })
        .collect();
    parts.join("/")
}
