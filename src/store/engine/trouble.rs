//! What is wrong with a database, and what to do about it.

use std::path::Path;

use super::{postgres, sqlite};

/// The database's own code of an error.
pub(super) fn code(error: &anyhow::Error) -> Option<String> {
    let database = error.chain().find_map(|cause| cause.downcast_ref::<sqlx::Error>())?;
    let database = database.as_database_error()?;
    database.code().map(std::borrow::Cow::into_owned)
}

/// What to do about an error of the store, where the database says what it is.
pub fn advice(error: &anyhow::Error) -> Option<&'static str> {
    let database = error.chain().find_map(|cause| cause.downcast_ref::<sqlx::Error>())?;
    match database {
        sqlx::Error::Database(database) => {
            let code = database.code()?;
            match database.try_downcast_ref::<sqlx::sqlite::SqliteError>() {
                Some(_) => sqlite::advice(&code),
                None => postgres::advice(&code),
            }
        }
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
            Some("the database does not answer; it is tried again")
        }
        _ => None,
    }
}

pub(super) fn unusable_file(path: &Path, error: anyhow::Error) -> anyhow::Error {
    let remedy = sqlite::remedy(code(&error).as_deref());
    let why = crate::error::plainly(&error);
    anyhow::anyhow!("cannot open the store {}; {remedy}: {why}", path.display())
}

pub(super) fn unusable_server(error: anyhow::Error) -> anyhow::Error {
    let remedy = postgres::remedy(code(&error).as_deref());
    let why = crate::error::plainly(&error);
    anyhow::anyhow!("cannot use the PostgreSQL store; {remedy}: {why}")
}

/// Which statement failed; its values may be personal and are not said.
pub(super) fn first_line(sql: &str) -> String {
    format!("the store: {}", sql.trim().lines().next().unwrap_or_default())
}
