//! Private answers, to the address that came with the question. slack-morphism's own call for this
//! can say neither who sees an answer nor read an empty success, so it is made with reqwest.

use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::{Client, StatusCode, Url, header};
use serde_json::Value;

use crate::chat::Failure;
use crate::config::SlackConfig;
use crate::tls;

/// Posts to addresses for answers.
pub(super) struct Answers {
    client: Client,
    /// The operator's own address: a server that stands in for Slack gives addresses of its own.
    api_host: Option<String>,
}

impl Answers {
    pub(super) fn new(config: &SlackConfig) -> Result<Answers> {
        let timeout: Duration = config.timeout.try_into().context("slack.timeout")?;
        let client = Client::builder().timeout(timeout).redirect(reqwest::redirect::Policy::none());
        let api_host = Url::parse(&config.api_url).ok().and_then(|url| host_and_port(&url));
        Ok(Answers { client: client.build()?, api_host })
    }

    /// The address came from outside, so only Slack's own are written to.
    fn is_slacks(&self, url: &Url) -> bool {
        let slack = url.host_str().is_some_and(|host| host.ends_with(".slack.com"));
        (slack && url.scheme() == "https") || host_and_port(url) == self.api_host
    }

    pub(super) async fn post(&self, address: &str, body: &Value) -> Result<(), Failure> {
        let url = Url::parse(address).ok().filter(|url| self.is_slacks(url));
        let Some(url) = url else {
            return Err(Failure::Channel("the address for the answer is not Slack's".to_owned()));
        };
        let call = self
            .client
            .post(url)
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .body(body.to_string());
        match call.send().await {
            Ok(answer) => sorted(answer.status(), retry_after(answer.headers())),
            Err(error) if error.is_connect() => Err(Failure::Later {
                after: None,
                why: format!("no connection to Slack for an answer{}", tls::distrust(&error)),
            }),
            // The error is not repeated: it names the address, which is a secret while it lasts.
            Err(_) => Err(Failure::Unknown("Slack did not take an answer in time".to_owned())),
        }
    }
}

fn sorted(status: StatusCode, after: Option<Duration>) -> Result<(), Failure> {
    match status {
        status if status.is_success() => Ok(()),
        StatusCode::TOO_MANY_REQUESTS => {
            Err(Failure::Later { after, why: "Slack limits the rate of answers".to_owned() })
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(Failure::Gone),
        status if status.is_server_error() => {
            Err(Failure::Unknown(format!("Slack took an answer with HTTP {status}")))
        }
        status => Err(Failure::Content(format!("Slack refused an answer with HTTP {status}"))),
    }
}

fn retry_after(headers: &header::HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn host_and_port(url: &Url) -> Option<String> {
    Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
}
