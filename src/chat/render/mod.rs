//! From a message as data to what one platform shows: pure, within named limits, never failing.
//!
//! Nothing is dropped without a mark: what does not fit ends in "…" or in a line that says so.

pub mod discord;
mod drawing;
pub mod html;
pub mod picture;
pub mod slack;
pub mod terminal;
#[cfg(test)]
mod tests;
mod visible;

use cxbot_sdk::Message;

/// Everything that any test renders is held to the rules of wording.
fn lint(message: &Message) {
    debug_assert!(
        cxbot_sdk::lint::violations(message).is_empty(),
        "{:#?}",
        cxbot_sdk::lint::violations(message)
    );
}

/// The mark at the end of a message that did not fit.
fn shortened(dropped: usize) -> String {
    let parts = if dropped == 1 { "part" } else { "parts" };
    format!("Shortened here: {dropped} more {parts} did not fit.")
}
