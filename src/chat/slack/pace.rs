//! Slack's rates: one message a second and channel, and a number of calls a minute for each method.
//!
//! Source: <https://docs.slack.dev/apis/web-api/rate-limits>.

use std::time::Duration;

use governor::clock::DefaultClock;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::chat::Call;

/// A little slower than Slack allows, because its clock is not ours.
const BETWEEN_POSTS: Duration = Duration::from_millis(1_100);
/// Tier 3 allows 50 a minute: five at once and one every 1.35 seconds make 49.
const BETWEEN_CALLS: Duration = Duration::from_millis(1_350);
const CALLS_AT_ONCE: u32 = 5;

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock>;

/// Waits where the next call would be too early.
pub(super) struct Pace {
    posts: Limiter<String>,
    others: Limiter<Call>,
}

impl Pace {
    pub(super) fn new() -> Option<Pace> {
        let at_once = std::num::NonZeroU32::new(CALLS_AT_ONCE)?;
        Some(Pace {
            posts: Limiter::dashmap(Quota::with_period(BETWEEN_POSTS)?),
            others: Limiter::dashmap(Quota::with_period(BETWEEN_CALLS)?.allow_burst(at_once)),
        })
    }

    pub(super) async fn wait(&self, call: Call, channel: &str) {
        match call {
            Call::Post => self.posts.until_key_ready(&channel.to_owned()).await,
            other => self.others.until_key_ready(&other).await,
        }
    }
}
