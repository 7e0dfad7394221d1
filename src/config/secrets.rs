//! Secrets: from the environment or from files that it names, in a type that cannot be printed.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::{Config, Environment, Problem};

/// Tokens by what they open.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    pub intercom: Option<SecretString>,
    /// The bot token, `xoxb-…`.
    pub slack_bot: Option<SecretString>,
    /// The app-level token of Socket Mode, `xapp-…`.
    pub slack_app: Option<SecretString>,
    pub discord: Option<SecretString>,
}

impl Secrets {
    /// Reads what the environment gives; the file's own settings that name a file come last.
    pub fn read(environment: &Environment, config: &Config) -> Result<Secrets, Problem> {
        let read = |section: &str, key: &str, file: &Option<PathBuf>| {
            let short = format!("{section}_{key}").to_uppercase();
            let own = format!("CXBOT__{section}__{key}").to_uppercase();
            match (named(environment, &[&own, &short])?, file) {
                (None, Some(path)) => read_file(&format!("{section}.{key}_file"), path).map(Some),
                (found, _) => Ok(found),
            }
        };
        let secrets = Secrets {
            intercom: read("intercom", "token", &config.intercom.token_file)?,
            slack_bot: read("slack", "bot_token", &config.slack.bot_token_file)?,
            slack_app: read("slack", "app_token", &config.slack.app_token_file)?,
            discord: read("discord", "token", &config.discord.token_file)?,
        };
        refuse_kind("SLACK_BOT_TOKEN", &secrets.slack_bot, "xapp-", "the bot token, xoxb-…")?;
        refuse_kind("SLACK_APP_TOKEN", &secrets.slack_app, "xoxb-", "the app-level token, xapp-…")?;
        Ok(secrets)
    }
}

/// The two tokens of Slack are easily mixed up.
fn refuse_kind(
    name: &str,
    token: &Option<SecretString>,
    other: &str,
    wanted: &str,
) -> Result<(), Problem> {
    match token {
        Some(token) if token.expose_secret().starts_with(other) => {
            Err(Problem::at(name, format!("this is the other kind of token; give it {wanted}")))
        }
        _ => Ok(()),
    }
}

/// A secret in one piece: a line break within it would break every request.
fn whole(setting: &str, text: &str) -> Result<SecretString, Problem> {
    match text.trim() {
        secret if secret.chars().any(|c| c.is_whitespace() || c.is_control()) => {
            Err(Problem::at(setting, "holds white space within it; give the bare token"))
        }
        secret => Ok(SecretString::from(secret)),
    }
}

/// The first of these that is set; `NAME_FILE` names a file that holds the secret.
pub(super) fn named(
    environment: &Environment,
    names: &[&str],
) -> Result<Option<SecretString>, Problem> {
    for name in names {
        if let Some(secret) = environment.get(name) {
            return whole(name, secret).map(Some);
        }
        let file = format!("{name}_FILE");
        if let Some(path) = environment.get(&file) {
            return read_file(&file, Path::new(path)).map(Some);
        }
    }
    Ok(None)
}

fn read_file(setting: &str, path: &Path) -> Result<SecretString, Problem> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Problem::at(setting, format!("cannot read {}: {error}", path.display()))
    })?;
    match text.trim() {
        "" => Err(Problem::at(setting, format!("{} is empty", path.display()))),
        secret => whole(setting, secret),
    }
}
