//! The door: who may ask, how often, and in what form.

use super::Discord;
use super::asked::Asked;
use super::pace;
use super::reply::{Refusal, Reply};
use super::state::State;

/// Lets a request in, or says what it is answered instead.
pub fn check(state: &mut State, asked: &Asked) -> Result<(), Reply> {
    let Some(route) = asked.route else {
        state.complain(asked, "the fake does not know this route");
        return Err(Reply::plain(404, "404: Not Found"));
    };
    agent(asked).map_err(|refusal| state.refuse(asked, &refusal))?;
    if route.needs_token() {
        token(state, asked)?;
    }
    paced(state, asked, route.needs_token())?;
    match asked.problems.as_slice() {
        [] => Ok(()),
        problems => Err(state.refuse(asked, &Refusal::mistake(50109, problems.join("; ")))),
    }
}

/// `DiscordBot (url, version)`, else Cloudflare may block the bot.
fn agent(asked: &Asked) -> Result<(), Refusal> {
    let agent = asked.header("user-agent").unwrap_or_default();
    let inside = agent.strip_prefix("DiscordBot (").and_then(|rest| rest.split_once(')'));
    match inside.and_then(|(inside, _)| inside.split_once(", ")) {
        Some((url, version)) if url.starts_with("http") && !version.is_empty() => Ok(()),
        _ => Err(Refusal::mistake(40333, format!("a User-Agent {agent:?}"))),
    }
}

/// A wrong token is no complaint: tests of one mean to send it.
fn token(state: &mut State, asked: &Asked) -> Result<(), Reply> {
    let given = asked.header("authorization");
    if given == Some(&format!("Bot {}", Discord::TOKEN)) && !state.revoked {
        return Ok(());
    }
    if !given.is_some_and(|given| given.starts_with("Bot ")) {
        state.complain(asked, "no bot's token in Authorization");
    }
    Err(Reply::plain(401, "401: Unauthorized"))
}

fn paced(state: &mut State, asked: &Asked, counts: bool) -> Result<(), Reply> {
    let (name, limit) = pace::window(asked);
    if state.pace.is_early(&name, asked.at) {
        state.complain(asked, "called again before Retry-After has passed");
    }
    if !state.paced {
        return Ok(());
    }
    if counts && let Err(wait) = state.pace.take_global(asked.at) {
        state.pace.tell("", wait, asked.at);
        return Err(Reply::rate_limited(wait, true, "global"));
    }
    // Answers to interactions are under no limit but that of each token's life.
    if asked.label().starts_with("POST /interactions") {
        return Ok(());
    }
    state.pace.take(&name, limit, asked.at).map_err(|wait| {
        state.pace.tell(&name, wait, asked.at);
        Reply::rate_limited(wait, false, "user")
    })
}
