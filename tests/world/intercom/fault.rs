//! The ways in which the fake can go wrong on purpose.

use std::time::Duration;

use super::reply::Reply;

/// What happens instead of, or to, a regular answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// An error list with this status.
    Status(u16),
    /// A 429 whose Reset header lies so far ahead. Only this one request is refused.
    RateLimited { reset_in: Duration },
    /// The connection is closed without an answer.
    Cut,
    /// The regular answer's head and half of its body, then the connection is closed.
    CutBody,
    /// The regular answer, so much later.
    Slow(Duration),
    /// A proxy's HTML error page, which knows nothing of Intercom's headers.
    Html(u16),
    /// A page of a search that names, as the next cursor, the one it was asked for with. Waits in
    /// the queue for a request that carries a cursor.
    RepeatCursor,
    /// A page of a search without items, whose next cursor leads to where this page should have been.
    EmptyPageWithNext,
}

impl Fault {
    /// A fault that cannot happen would leave a test passing for nothing.
    pub fn check_for(&self, path: &str) {
        match self {
            Fault::RepeatCursor | Fault::EmptyPageWithNext => {
                assert!(path.ends_with("/search"), "{self:?} needs a search, not {path}");
            }
            Fault::Status(status) => assert!(*status >= 400, "{self:?} is no error"),
            _ => {}
        }
    }

    /// Whether the fault takes the place of the answer, so that the client never sees its content.
    pub fn hides_the_answer(&self) -> bool {
        !matches!(self, Fault::Slow(_) | Fault::RepeatCursor | Fault::EmptyPageWithNext)
    }
}

/// An error of a status, under the code that the documents give it.
pub fn error(status: u16) -> Reply {
    let (code, message) = match status {
        401 => ("unauthorized", "Access Token Invalid"),
        403 => ("api_plan_restricted", "Active subscription needed."),
        404 => ("not_found", "Resource Not Found"),
        409 => ("conflict", "Conflict"),
        422 => ("parameter_invalid", "Parameter invalid"),
        429 => ("rate_limit_exceeded", "Exceeded rate limit"),
        400..500 => ("client_error", "Unknown client error"),
        503 => ("service_unavailable", "Sorry, the API service is temporarily unavailable"),
        _ => ("server_error", "Server error"),
    };
    Reply::error(status, code, message)
}
