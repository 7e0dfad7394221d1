//! PostgreSQL through sqlx, for stores that outgrow a file or have to be shared.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, Postgres};

use super::{Arg, Row, first_line};

const CONNECTIONS: u32 = 8;
/// How long a lost server is waited for before a command gives up.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// Connects, and brings the schema up to date.
pub(super) async fn open(url: &SecretString) -> Result<PgPool> {
    let options: PgConnectOptions = url.expose_secret().parse()?;
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(CONNECT_WITHIN)
        .connect_with(options.disable_statement_logging())
        .await?;
    sqlx::migrate!("src/store/migrations/postgres").run(&pool).await?;
    Ok(pool)
}

/// What to do about a server that cannot be used, by its SQLSTATE.
pub(super) fn remedy(code: Option<&str>) -> &'static str {
    match code {
        Some("28P01" | "28000") => "it refused user or password; correct them in store.url",
        Some("3D000") => "it has no such database; make it, or correct store.url",
        Some("42501") => "this user may not make tables; give the right",
        _ => "check store.url and that the server runs",
    }
}

/// What to do about an error while it runs, by its SQLSTATE.
pub(super) fn advice(code: &str) -> Option<&'static str> {
    match code {
        "53100" => Some("the database's disk is full: free some space; nothing stored is lost"),
        "53300" => Some("the database has no connection left: allow more, or stop others"),
        "25006" => Some("the database is read-only: connect to the one that takes writes"),
        "57P01" | "57P02" | "57P03" => Some("the database restarts; it is tried again"),
        "40001" | "40P01" => Some("another transaction was in the way; it is tried again"),
        _ => None,
    }
}

/// Has the server free what was deleted. Whether it did: engines differ, and so do rights.
pub(super) async fn vacuum(pool: &PgPool) -> bool {
    let tables = "VACUUM conversation, party, weekly_customer, contact, teammate, oddity, audit, \
                  audit_shown, inbox, plugin_state, board";
    match pool.execute(tables).await {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!("the tables were not vacuumed: {error}");
            false
        }
    }
}

pub(super) fn bind(
    sql: impl Into<Arc<str>>,
    args: Vec<Arg>,
) -> sqlx::query::Query<'static, Postgres, PgArguments> {
    let query = sqlx::query(AssertSqlSafe(sql.into()));
    args.into_iter().fold(query, |query, arg| match arg {
        Arg::Int(value) => query.bind(value),
        // PostgreSQL's texts hold no NUL, which a topic's name from outside may.
        Arg::Text(value) => query.bind(value.map(|text| text.replace('\0', "\u{fffd}"))),
    })
}

pub(super) async fn fetch<'e>(
    executor: impl Executor<'e, Database = Postgres>,
    sql: &str,
    args: Vec<Arg>,
) -> Result<Vec<Row>> {
    let rows = executor.fetch_all(bind(sql, args)).await.with_context(|| first_line(sql))?;
    Ok(rows.into_iter().map(Row::Postgres).collect())
}
