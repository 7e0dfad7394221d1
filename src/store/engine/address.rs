//! Where the database is.

use std::path::PathBuf;
use std::str::FromStr;

use secrecy::SecretString;

/// Where the database is, from its address in the settings. It may carry a password.
#[derive(Debug, Clone)]
pub enum Address {
    File(PathBuf),
    Memory,
    Postgres(SecretString),
}

impl FromStr for Address {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"));
        match path {
            Some(":memory:") => Ok(Address::Memory),
            Some(path) if !path.is_empty() => Ok(Address::File(path.into())),
            _ if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(Address::Postgres(SecretString::from(url)))
            }
            // The address is not repeated: it may carry a password.
            _ => Err("it is not a store's address; write it like sqlite://data/cxbot.db or \
                      postgres://user@host/database"
                .to_owned()),
        }
    }
}
