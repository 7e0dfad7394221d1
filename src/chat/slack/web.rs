//! Calls of Slack's Web API through slack-morphism, each with a time-out, which the crate has not.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use hyper_rustls::HttpsConnectorBuilder;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use slack_morphism::prelude::{
    SlackApiAppsConnectionOpenRequest, SlackClientHyperConnector, SlackHyperClient,
};
use slack_morphism::{SlackApiToken, SlackApiTokenValue, SlackClient};
use tokio_util::sync::CancellationToken;

use super::failure::sorted;
use super::socket::{self, Hand, Socket};
use crate::chat::Failure;
use crate::config::SlackConfig;

/// The client with its token.
pub(super) struct Web {
    client: Arc<SlackHyperClient>,
    token: SlackApiToken,
    timeout: Duration,
    api_url: String,
}

impl Web {
    pub(super) fn new(config: &SlackConfig, token: &SecretString) -> Result<Web> {
        // The machine's certificates, for those whose proxy has its own; else those of the web.
        let builder = HttpsConnectorBuilder::new();
        let builder = match builder.with_native_roots() {
            Ok(builder) => builder,
            Err(_) => HttpsConnectorBuilder::new().with_webpki_roots(),
        };
        let connector = builder.https_or_http().enable_http1().enable_http2().build();
        let connector = SlackClientHyperConnector::with_connector(connector)
            .with_slack_api_url(config.api_url.trim_end_matches('/'));
        Ok(Web {
            client: Arc::new(SlackClient::new(connector)),
            token: api_token(token),
            timeout: config.timeout.try_into().context("slack.timeout")?,
            api_url: config.api_url.trim_end_matches('/').to_owned(),
        })
    }

    /// A call that changes something. Its body is the very JSON that the renderer made.
    pub(super) async fn post(&self, method: &str, body: &Value) -> Result<Value, Failure> {
        let session = self.client.open_session(&self.token);
        let call = session.http_session_api.http_post(method, body, None);
        self.within(method, call).await
    }

    /// A call that reads.
    pub(super) async fn get(
        &self,
        method: &str,
        query: &[(&str, String)],
    ) -> Result<Value, Failure> {
        let session = self.client.open_session(&self.token);
        let query: Vec<(&str, Option<&String>)> =
            query.iter().map(|(name, value)| (*name, Some(value))).collect();
        let call = session.http_session_api.http_get(method, &query, None);
        self.within(method, call).await
    }

    /// What the token may do. The crate keeps no headers, so this call is made beside it.
    pub(super) async fn scopes(&self) -> Result<Vec<String>, Failure> {
        let refused = |_| Failure::Unknown("Slack did not answer auth.test".to_owned());
        let url = format!("{}/auth.test", self.api_url);
        let client = reqwest::Client::builder().timeout(self.timeout).build().map_err(refused)?;
        let token = &self.token.token_value.0;
        let answer = client.post(url).bearer_auth(token).send().await.map_err(refused)?;
        let scopes = answer.headers().get("x-oauth-scopes").and_then(|text| text.to_str().ok());
        let scopes = scopes.unwrap_or_default().split(',').map(|scope| scope.trim().to_owned());
        Ok(scopes.collect())
    }

    /// Whether Socket Mode opens for this app token; the connection is not used.
    pub(super) async fn open_connection(&self, token: &SecretString) -> Result<(), Failure> {
        let token = api_token(token);
        let session = self.client.open_session(&token);
        let method = "apps.connections.open";
        let request = SlackApiAppsConnectionOpenRequest::new();
        let opening = session.apps_connections_open(&request);
        match tokio::time::timeout(self.timeout, opening).await {
            Ok(opened) => opened.map(drop).map_err(|error| sorted(method, &error)),
            Err(_) => Err(Failure::Unknown(format!("Slack did not answer {method} in time"))),
        }
    }

    /// Listens for what people ask, with the token of Socket Mode.
    pub(super) async fn listen(&self, token: &SecretString, hand: Hand, stop: &CancellationToken) {
        let socket = Socket { client: self.client.clone(), token: api_token(token), hand };
        while !stop.is_cancelled() {
            let pause = match self.open_connection(token).await {
                Ok(()) => {
                    socket.listen(stop, || self.open_connection(token)).await;
                    continue;
                }
                Err(Failure::Account(why)) => {
                    tracing::error!("commands and buttons are not heard: {why}");
                    socket::LOOK_EVERY
                }
                Err(failure) => {
                    tracing::warn!("Slack's socket does not open yet: {failure}");
                    socket::TRY_EVERY
                }
            };
            stop.run_until_cancelled(tokio::time::sleep(pause)).await;
        }
    }

    async fn within(
        &self,
        method: &str,
        call: impl Future<Output = slack_morphism::ClientResult<Value>>,
    ) -> Result<Value, Failure> {
        match tokio::time::timeout(self.timeout, call).await {
            Ok(answer) => answer.map_err(|error| sorted(method, &error)),
            Err(_) => Err(Failure::Unknown(format!("Slack did not answer {method} in time"))),
        }
    }
}

fn api_token(token: &SecretString) -> SlackApiToken {
    SlackApiToken::new(SlackApiTokenValue(token.expose_secret().to_owned()))
}
