//! The ways in which the fake can go wrong on purpose.

use std::time::Duration;

use super::asked::RESPONSE;
use super::table::TABLE;

/// What happens instead of, or to, a regular answer. Those that end in `After` come once the request
/// has been executed, as does `NotJson`; of the others only `Slow` executes it at all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// An empty answer with this status.
    Status(u16),
    /// A proxy's HTML error page.
    Html(u16),
    /// HTTP 429 with a Retry-After of whole seconds.
    RateLimited { retry_after: u64 },
    /// HTTP 200 with `ok: false` and this code.
    Error(&'static str),
    /// The connection is closed without an answer.
    Cut,
    /// Executed, then the connection is closed without an answer.
    CutAfter,
    /// Executed, then answered with this status.
    StatusAfter(u16),
    /// Executed, then answered with `ok: false` and this code.
    ErrorAfter(&'static str),
    /// Executed and answered so much later, even if the client has gone by then.
    Slow(Duration),
    /// Executed at once, answered so much later.
    SlowAfter(Duration),
    /// Never answered.
    Hang,
    /// Executed, never answered.
    HangAfter,
    /// Executed, then answered with a body that is not JSON.
    NotJson,
}

impl Fault {
    /// A fault that cannot happen would leave a test passing for nothing.
    pub fn check_for(&self, method: &str) {
        let response = method == RESPONSE;
        assert!(response || TABLE.method(method).is_some(), "the fake does not know {method}");
        match self {
            Fault::Status(status) | Fault::Html(status) | Fault::StatusAfter(status) => {
                assert!(*status >= 400, "{self:?} is no error");
            }
            Fault::Error(code) => assert!(TABLE.allows(method, code), "{method} has no {code}"),
            // A code that says what is wrong with the request would be a lie after executing it.
            Fault::ErrorAfter(code) => {
                let trouble = ["internal_error", "fatal_error", "request_timeout"];
                assert!(trouble.contains(code), "{code} says that nothing was done");
            }
            _ => {}
        }
    }

    pub fn executes(&self) -> bool {
        use Fault::*;
        match self {
            Status(_) | Html(_) | RateLimited { .. } | Error(_) | Cut | Hang => false,
            CutAfter | StatusAfter(_) | ErrorAfter(_) | Slow(_) | SlowAfter(_) => true,
            HangAfter | NotJson => true,
        }
    }
}
