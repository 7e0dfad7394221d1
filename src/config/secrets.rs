//! Secrets: from the environment or from files that it names, in a type that cannot be printed.

use std::path::Path;

use secrecy::SecretString;

use super::{Config, Environment, Problem};

/// Tokens by what they open.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    pub intercom: Option<SecretString>,
}

impl Secrets {
    /// Reads what the environment gives; the file's `token_file` comes last.
    pub fn read(environment: &Environment, config: &Config) -> Result<Secrets, Problem> {
        let names = ["CXBOT__INTERCOM__TOKEN", "INTERCOM_TOKEN"];
        let intercom = match from_environment(environment, &names)? {
            Some(secret) => Some(secret),
            None => match &config.intercom.token_file {
                Some(path) => Some(read_file("intercom.token_file", path)?),
                None => None,
            },
        };
        Ok(Secrets { intercom })
    }
}

/// The first of these that is set; `NAME_FILE` names a file that holds the secret.
fn from_environment(
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
