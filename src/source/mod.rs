//! Where scored conversations come from: each source reads its own kind and hands over records.

pub mod file;
pub mod intake;
pub mod intercom;
pub mod synthetic;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use intake::{Intake, Summary};

/// What a pull is asked for.
#[derive(Debug, Clone)]
pub struct Ask {
    pub now: Timestamp,
    pub zone: TimeZone,
    /// Read from here on, instead of from where the last pull ended.
    pub since: Option<Timestamp>,
    /// Read the whole history again.
    pub full: bool,
}

/// A place that holds scored conversations.
#[async_trait]
pub trait Source: Send + Sync {
    /// The name in records and messages.
    fn name(&self) -> &str;

    /// Hands everything asked for to the intake. What was handed over before an error is kept, and
    /// the next pull goes on from there.
    async fn pull(&self, ask: &Ask, intake: &mut Intake) -> anyhow::Result<()>;
}
