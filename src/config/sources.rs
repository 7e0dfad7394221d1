//! Settings of the sources.

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Problem, is_web, require};

/// `[intercom]`: on when `INTERCOM_TOKEN` is set.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct IntercomConfig {
    /// The API's address: <https://api.eu.intercom.io> and <https://api.au.intercom.io> for those
    /// regions, or any compatible server.
    pub base_url: String,
    /// The address of the inbox, for links to conversations.
    pub app_url: String,
    /// The API version that is pinned and sent with every request.
    pub api_version: String,
    /// A file that holds the token, where the environment does not.
    pub token_file: Option<std::path::PathBuf>,
    /// The conversation attribute that holds the score, as your workspace names it.
    pub score_attribute: String,
    /// The conversation attribute that holds the score's explanation.
    pub explanation_attribute: String,
    /// How many complete weeks the first sync goes back, 1–260.
    pub history_weeks: u16,
    /// How many days each sync reads again, because scores arrive hours after the close, 1–60.
    pub reread_days: u16,
    /// How long one request may take, such as "60s".
    #[schemars(with = "String")]
    pub timeout: SignedDuration,
}

impl Default for IntercomConfig {
    fn default() -> Self {
        IntercomConfig {
            base_url: "https://api.intercom.io".to_owned(),
            app_url: "https://app.intercom.com".to_owned(),
            api_version: "2.16".to_owned(),
            token_file: None,
            score_attribute: "CX Score rating".to_owned(),
            explanation_attribute: "CX Score explanation".to_owned(),
            history_weeks: 27,
            reread_days: 7,
            timeout: SignedDuration::from_secs(60),
        }
    }
}

impl IntercomConfig {
    pub(super) fn check(&self) -> Result<(), Problem> {
        let timeout = SignedDuration::from_secs(1)..=SignedDuration::from_mins(10);
        let checks = [
            ((1..=260).contains(&self.history_weeks), "history_weeks", "must be 1 to 260"),
            ((1..=60).contains(&self.reread_days), "reread_days", "must be 1 to 60"),
            (timeout.contains(&self.timeout), "timeout", "must be between 1s and 10m"),
            (is_web(&self.base_url), "base_url", "must start with https:// or http://"),
            (is_web(&self.app_url), "app_url", "must start with https:// or http://"),
        ];
        checks
            .into_iter()
            .try_for_each(|(holds, key, must)| require(holds, &format!("intercom.{key}"), must))
    }
}
