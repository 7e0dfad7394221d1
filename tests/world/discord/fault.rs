//! The ways in which the fake can go wrong on purpose.

use std::time::Duration;

/// What happens instead of, or to, a regular answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// HTTP 429 with JSON; a global one stops every route, a shared one counts as nobody's mistake.
    RateLimited { after: f64, global: bool, shared: bool },
    /// HTTP 429 with Cloudflare's HTML page 1015, which names no time in JSON.
    Cloudflare { retry_after: u64 },
    /// An empty answer with this status, not executed.
    Status(u16),
    /// The connection is closed without an answer, not executed.
    CutBefore,
    /// Executed, then the connection is closed without an answer.
    CutAfter,
    /// Executed and answered so much later.
    Slow(Duration),
    /// Executed, then answered with a success and JSON that is not what was asked for.
    OddBody,
    /// Executed, then answered with a success and half of the JSON.
    TruncatedBody,
    /// HTTP 401, not executed.
    Unauthorized,
}

impl Fault {
    pub fn executes(&self) -> bool {
        use Fault::*;
        matches!(self, CutAfter | Slow(_) | OddBody | TruncatedBody)
    }

    /// Whether the client cannot know that its request was executed.
    pub fn leaves_doubt(&self) -> bool {
        matches!(self, Fault::CutAfter | Fault::OddBody | Fault::TruncatedBody)
    }
}
