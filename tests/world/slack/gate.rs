//! The door: what every request is checked for, whichever method it calls.

use std::time::Instant;

use super::Slack;
use super::asked::{Asked, RESPONSE};
use super::reply::{Refusal, Reply};
use super::state::State;
use super::table::TABLE;

pub fn check(state: &mut State, asked: &Asked) -> Result<(), Reply> {
    if asked.method == RESPONSE {
        // The address is the secret, and its uses are the limit.
        return Ok(());
    }
    known(asked).and_then(|()| token(asked)).map_err(|refusal| state.refuse(asked, &refusal))?;
    if let Some(code) = state.token_error {
        return Err(Reply::error(code));
    }
    if state.paced {
        let taken = state.pace.take(&asked.method, asked.channel(), Instant::now());
        taken.map_err(Reply::rate_limited)?;
    }
    Ok(())
}

fn known(asked: &Asked) -> Result<(), Refusal> {
    if TABLE.method(&asked.method).is_none() {
        let complaint = format!("the fake knows no {}", asked.path);
        return Err(Refusal::mistake("unknown_method", complaint));
    }
    match asked.http_method.as_str() {
        "GET" | "POST" => Ok(()),
        other => Err(Refusal::arguments(format!("{other} is neither GET nor POST"))),
    }
}

/// A wrong token is no complaint: tests of one mean to send it. One in the arguments is, because
/// addresses are written into logs.
fn token(asked: &Asked) -> Result<(), Refusal> {
    if asked.arguments.contains_key("token") {
        return Err(Refusal::arguments("the token belongs into the Authorization header"));
    }
    let app_only = asked.method == "apps.connections.open";
    match asked.header("authorization") {
        Some(header) if header == format!("Bearer {}", Slack::APP_TOKEN) => match app_only {
            true => Ok(()),
            false => Err(Refusal::mistake("not_allowed_token_type", "the app's token")),
        },
        Some(header) if app_only && header == format!("Bearer {}", Slack::BOT_TOKEN) => {
            Err(Refusal::mistake("not_allowed_token_type", "not the app's token"))
        }
        Some(header) if header == format!("Bearer {}", Slack::BOT_TOKEN) => Ok(()),
        Some(_) => Err(Refusal::because("invalid_auth")),
        // The one method that needs no token.
        None if asked.method == "api.test" => Ok(()),
        None => Err(Refusal::because("not_authed")),
    }
}
