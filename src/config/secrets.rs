//! Secrets: from the environment or from files that it names, in a type that cannot be printed.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::{Config, Environment, Problem};

/// Tokens by what they open.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    pub intercom: Option<SecretString>,
    /// The bot token, `xoxb-…`.
    pub slack_bot: Option<SecretString>,
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
        Ok(Secrets {
            intercom: read("intercom", "token", &config.intercom.token_file)?,
            slack_bot: read("slack", "bot_token", &config.slack.bot_token_file)?,
        })
    }
}

/// The first of these that is set; `NAME_FILE` names a file that holds the secret.
pub(super) fn named(
    environment: &Environment,
    names: &[&str],
) -> Result<Option<SecretString>, Problem> {
    for name in names {
        if let Some(secret) = environment.get(name) {
            return Ok(Some(SecretString::from(secret.trim())));
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
        secret => Ok(SecretString::from(secret)),
    }
}
