//! Settings of the chat platforms.

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Deserialize;

use super::ids::is_snowflake;
use super::{Problem, is_web, require};

/// `[slack]`: on when `SLACK_BOT_TOKEN` is set.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SlackConfig {
    /// The API's address; the method is appended.
    pub api_url: String,
    /// The slash command under which everything is asked, such as "/cx".
    pub command: String,
    /// A file that holds the bot token, where the environment does not.
    pub bot_token_file: Option<std::path::PathBuf>,
    /// A file that holds the app-level token, where the environment does not.
    pub app_token_file: Option<std::path::PathBuf>,
    /// How long one call may take, 1s–25s.
    #[schemars(with = "String")]
    pub timeout: SignedDuration,
    /// Whether the channel's history may be read to find out if a post that got no answer was made.
    /// Without that, such a post is held until someone looks.
    pub read_history: bool,
    /// How long after a call without an answer the history is sure to show what was done, 1s–10m.
    #[schemars(with = "String")]
    pub history_lag: SignedDuration,
    /// How long the people of a user group that gives a role are taken to be the same, 1s–10m. They
    /// are read again before that is over.
    #[schemars(with = "String")]
    pub groups_for: SignedDuration,
}

impl Default for SlackConfig {
    fn default() -> Self {
        SlackConfig {
            api_url: "https://slack.com/api".to_owned(),
            command: "/cx".to_owned(),
            bot_token_file: None,
            app_token_file: None,
            timeout: SignedDuration::from_secs(15),
            read_history: true,
            history_lag: SignedDuration::from_secs(20),
            groups_for: SignedDuration::from_mins(10),
        }
    }
}

impl SlackConfig {
    pub(super) fn check(&self) -> Result<(), Problem> {
        // Longer calls would outlive the lease under which they are made.
        let timeout = SignedDuration::from_secs(1)..=SignedDuration::from_secs(25);
        let lag = SignedDuration::from_secs(1)..=SignedDuration::from_mins(10);
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
        let word = self.command.strip_prefix('/').unwrap_or_default();
        let command = (1..=31).contains(&word.len()) && word.chars().all(is_word);
        let checks = [
            (
                command,
                "command",
                "must be / and at most 31 lower-case letters, digits, hyphens, such as /cx",
            ),
            (is_web(&self.api_url), "api_url", "must start with https:// or http://"),
            (timeout.contains(&self.timeout), "timeout", "must be between 1s and 25s"),
            (lag.contains(&self.history_lag), "history_lag", "must be between 1s and 10m"),
            (lag.contains(&self.groups_for), "groups_for", "must be between 1s and 10m"),
        ];
        checks
            .into_iter()
            .try_for_each(|(holds, key, must)| require(holds, &format!("slack.{key}"), must))
    }
}

/// `[discord]`: on when `DISCORD_TOKEN` is set.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DiscordConfig {
    /// The address of Discord; /api/v10 is appended, and the gateway's address comes from its answer.
    pub api_url: String,
    /// The slash command under which everything is asked, without its slash.
    pub command: String,
    /// The one server in which cxbot is used, by its id: its commands are there at once, and nobody
    /// elsewhere is answered. Without it the commands are there in every server of the bot.
    pub guild: Option<String>,
    /// A file that holds the token, where the environment does not.
    pub token_file: Option<std::path::PathBuf>,
    /// How long one call may take, 1s–25s.
    #[schemars(with = "String")]
    pub timeout: SignedDuration,
    /// How long after a call without an answer the channel is sure to show what was done, 1s–10m.
    #[schemars(with = "String")]
    pub history_lag: SignedDuration,
}

impl Default for DiscordConfig {
    fn default() -> Self {
        DiscordConfig {
            api_url: "https://discord.com".to_owned(),
            command: "cx".to_owned(),
            guild: None,
            token_file: None,
            timeout: SignedDuration::from_secs(15),
            history_lag: SignedDuration::from_secs(10),
        }
    }
}

impl DiscordConfig {
    pub(super) fn check(&self) -> Result<(), Problem> {
        let timeout = SignedDuration::from_secs(1)..=SignedDuration::from_secs(25);
        let lag = SignedDuration::from_secs(1)..=SignedDuration::from_mins(10);
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
        let command = (1..=32).contains(&self.command.len()) && self.command.chars().all(is_word);
        let guild = self.guild.as_deref().is_none_or(is_snowflake);
        let checks = [
            (
                command,
                "command",
                "must be 1–32 lower-case letters, digits, hyphens, without a slash, such as cx",
            ),
            (guild, "guild", "must be the server's id, such as 112233445566778899"),
            (is_web(&self.api_url), "api_url", "must start with https:// or http://"),
            (timeout.contains(&self.timeout), "timeout", "must be between 1s and 25s"),
            (lag.contains(&self.history_lag), "history_lag", "must be between 1s and 10m"),
        ];
        checks
            .into_iter()
            .try_for_each(|(holds, key, must)| require(holds, &format!("discord.{key}"), must))
    }
}
