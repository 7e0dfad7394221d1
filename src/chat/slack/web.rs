//! Calls of Slack's Web API through slack-morphism, each with a time-out, which the crate has not.

use std::time::Duration;

use anyhow::{Context, Result};
use hyper_rustls::HttpsConnectorBuilder;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use slack_morphism::prelude::{SlackClientHyperConnector, SlackHyperClient};
use slack_morphism::{SlackApiToken, SlackApiTokenValue, SlackClient};

use super::failure::sorted;
use crate::chat::Failure;
use crate::config::SlackConfig;

/// The client with its token.
pub(super) struct Web {
    client: SlackHyperClient,
    token: SlackApiToken,
    timeout: Duration,
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
            client: SlackClient::new(connector),
            token: SlackApiToken::new(SlackApiTokenValue(token.expose_secret().to_owned())),
            timeout: config.timeout.try_into().context("slack.timeout")?,
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
