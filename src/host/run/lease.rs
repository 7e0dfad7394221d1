//! One running process for each store: a second one is refused, and one that lost the store stops.

use std::time::Duration;

use anyhow::{Result, bail};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::error::with_advice;
use crate::store::{Address, Asked, GONE_AFTER, Runner, Running, Store};

/// How often a process tells that it lives.
const TELL_EVERY: Duration = Duration::from_secs(10);
const ASK_EVERY: Duration = Duration::from_secs(2);

/// Takes the right to run on the store; refused while another process has it. One that was killed
/// and left no other trace than its row is waited for.
pub async fn take_the_store(
    store: &Store,
    address: &Address,
    clock: &dyn Clock,
) -> Result<Running> {
    let owner = owner();
    let mut found: Option<Runner> = None;
    loop {
        let now = clock.now();
        match store.ask_to_run(address, &owner, now).await? {
            Asked::Granted(running) => return Ok(running),
            Asked::Taken(runner) => {
                let silent = runner.as_ref().is_some_and(|runner| {
                    let unheard =
                        found.as_ref().is_none_or(|found| found.seen_at == runner.seen_at);
                    unheard && matches!(address, Address::Postgres(_))
                });
                if !silent {
                    bail!(refusal(runner.as_ref(), now));
                }
                if found.is_none() {
                    tracing::warn!(
                        "another cxbot ran on this store less than {} seconds ago; waiting to see \
                         whether it lives",
                        GONE_AFTER.as_secs()
                    );
                }
                found = runner;
            }
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}

fn refusal(runner: Option<&Runner>, now: Timestamp) -> String {
    let who = runner.map_or(String::new(), |runner| {
        let seconds = now.duration_since(runner.seen_at).as_secs().max(0);
        format!(" ({}, seen {seconds} seconds ago)", runner.owner)
    });
    format!(
        "another cxbot runs on this store{who}; stop that one first, or give this one a store of its \
         own with store.url"
    )
}

/// Machine and process, for people.
fn owner() -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let machine = machine.trim();
    let on = if machine.is_empty() { String::new() } else { format!(" on {machine}") };
    format!("process {}{on}", std::process::id())
}

/// Tells that this process lives, until it stops or another one has taken the store.
pub(super) async fn keep(
    store: &Store,
    running: &Running,
    clock: &dyn Clock,
    stop: &CancellationToken,
) -> Result<()> {
    while stop.run_until_cancelled(tokio::time::sleep(TELL_EVERY)).await.is_some() {
        match store.still_running(running, clock.now()).await {
            Ok(true) => {}
            Ok(false) => {
                bail!(
                    "another cxbot has taken this store over while this one stood still; stopping"
                )
            }
            Err(error) => tracing::error!("the store does not answer: {}", with_advice(&error)),
        }
    }
    Ok(())
}
