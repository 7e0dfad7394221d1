//! Rate limiting as the response headers say, never as assumed: limits differ by plan.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rand::RngExt;
use reqwest::header::{DATE, HeaderMap};

/// Windows are 10 seconds; a longer wait than this is a broken header.
const LONGEST_WAIT: Duration = Duration::from_secs(65);
const JITTER_MILLIS: u64 = 250;

/// How much of the current window is left.
#[derive(Default)]
pub(super) struct Pace(Mutex<Window>);

#[derive(Default, Clone, Copy)]
struct Window {
    remaining: Option<u64>,
    /// When the window ends, by this machine's clock.
    ends: Option<SystemTime>,
}

impl Pace {
    /// Waits for the next window where this one is used up.
    pub(super) async fn before_request(&self) {
        let window = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if window.remaining == Some(0)
            && let Some(ends) = window.ends
            && let Ok(left) = ends.duration_since(SystemTime::now())
        {
            tokio::time::sleep(jittered(left)).await;
        }
    }

    /// Remembers what an answer's headers say of the window.
    pub(super) fn after_response(&self, headers: &HeaderMap) {
        let remaining = number(headers, "x-ratelimit-remaining");
        let ends = wait(headers).and_then(|wait| SystemTime::now().checked_add(wait));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Window { remaining, ends };
    }
}

/// How long a refused request has to wait: `Retry-After`, else until the window's reset.
pub(super) fn retry_after(headers: &HeaderMap) -> Duration {
    let told = number(headers, "retry-after").map(Duration::from_secs);
    jittered(told.or_else(|| wait(headers)).unwrap_or(Duration::from_secs(1)))
}

/// Until the reset, measured on the server's own clock where it tells it, so that two clocks that
/// disagree do not matter.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let reset = number(headers, "x-ratelimit-reset")?;
    let now = server_now(headers).unwrap_or_else(|| {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
    });
    Some(Duration::from_secs(reset.saturating_sub(now)).min(LONGEST_WAIT))
}

fn server_now(headers: &HeaderMap) -> Option<u64> {
    let date = headers.get(DATE)?.to_str().ok()?;
    let zoned = jiff::fmt::rfc2822::parse(date).ok()?;
    u64::try_from(zoned.timestamp().as_second()).ok()
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// Several processes that wait for the same reset must not all come back at once.
fn jittered(wait: Duration) -> Duration {
    let jitter = rand::rng().random_range(0..JITTER_MILLIS);
    wait.min(LONGEST_WAIT) + Duration::from_millis(jitter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(of: &[(&'static str, &str)]) -> HeaderMap {
        of.iter()
            .map(|&(name, value)| {
                let name = reqwest::header::HeaderName::from_static(name);
                (name, value.parse().expect("a header value"))
            })
            .collect()
    }

    #[test]
    fn the_wait_is_measured_on_the_servers_clock() {
        let headers = headers(&[
            ("date", "Mon, 16 Nov 2026 09:00:00 GMT"),
            ("x-ratelimit-reset", "1794819607"),
        ]);
        assert_eq!(wait(&headers), Some(Duration::from_secs(7)));
    }

    #[test]
    fn a_reset_far_away_is_not_believed() {
        let headers = headers(&[
            ("date", "Mon, 16 Nov 2026 09:00:00 GMT"),
            ("x-ratelimit-reset", "1999999999"),
        ]);
        assert_eq!(wait(&headers), Some(LONGEST_WAIT));
    }
}
