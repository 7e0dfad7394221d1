//! Intercom: a small typed client of the calls that a pull needs, and the pull.

mod client;
mod contacts;
mod map;
mod pace;
mod sync;
mod wire;

pub use client::{Client, Failure};
pub use sync::Intercom;

/// The name in records.
pub const SOURCE: &str = "intercom";
