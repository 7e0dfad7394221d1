//! The outbox at work: brings every post of every destination to where it is wanted, once.

mod courier;
mod protocol;
#[cfg(test)]
mod simulation;

pub use courier::{Courier, Outbox, Worked};
pub use protocol::OLD_AFTER;
