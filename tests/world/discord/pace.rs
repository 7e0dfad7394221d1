//! The rate limits: a small window for each route and channel, and one over all routes.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::asked::Asked;

const WINDOW: Duration = Duration::from_secs(5);
const SECOND: Duration = Duration::from_secs(1);
const GLOBAL: usize = 50;
/// An answer takes a moment to arrive, so a client's clock starts later, never earlier; this allows
/// for rounding.
const ROUNDING: Duration = Duration::from_millis(20);

#[derive(Default)]
pub struct Pace {
    windows: HashMap<String, Window>,
    all: VecDeque<Instant>,
    /// Until when a client was told to wait, by window; the empty name is everything.
    told: HashMap<String, Instant>,
}

struct Window {
    since: Instant,
    taken: usize,
}

/// The name of a request's window and how many it admits.
pub fn window(asked: &Asked) -> (String, usize) {
    let label = asked.label();
    let major = ["c", "g", "token"].iter().find_map(|id| asked.ids.get(id));
    let limit = match label.as_str() {
        "POST /channels/{c}/messages" | "PATCH /channels/{c}/messages/{m}" => 5,
        _ if label.contains("/webhooks/") => 5,
        _ => 10,
    };
    (format!("{label} {}", major.map_or("", String::as_str)), limit)
}

impl Pace {
    /// Whether the client was told to wait, and comes all the same.
    pub fn is_early(&self, name: &str, now: Instant) -> bool {
        let early = |name: &str| self.told.get(name).is_some_and(|until| now + ROUNDING < *until);
        early(name) || early("")
    }

    pub fn tell(&mut self, name: &str, wait: f64, now: Instant) {
        self.told.insert(name.to_owned(), now + Duration::from_secs_f64(wait));
    }

    /// Counts a call, or says after how many seconds it may come again.
    pub fn take(&mut self, name: &str, limit: usize, now: Instant) -> Result<(), f64> {
        let window = self.current(name, now);
        if window.taken >= limit {
            return Err((window.since + WINDOW - now).as_secs_f64());
        }
        window.taken += 1;
        Ok(())
    }

    /// The limit over all routes, interactions excepted.
    pub fn take_global(&mut self, now: Instant) -> Result<(), f64> {
        while self.all.front().is_some_and(|first| now.duration_since(*first) >= SECOND) {
            self.all.pop_front();
        }
        match self.all.front() {
            Some(first) if self.all.len() >= GLOBAL => Err((*first + SECOND - now).as_secs_f64()),
            _ => {
                self.all.push_back(now);
                Ok(())
            }
        }
    }

    /// The headers that come with every answer.
    pub fn headers(&mut self, name: &str, limit: usize) -> Vec<(&'static str, String)> {
        let now = Instant::now();
        let window = self.current(name, now);
        let left = limit.saturating_sub(window.taken);
        let after = (window.since + WINDOW - now).as_secs_f64();
        let clock = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
        let route = name.rsplit_once(' ').map_or(name, |(route, _)| route);
        vec![
            ("X-RateLimit-Limit", limit.to_string()),
            ("X-RateLimit-Remaining", left.to_string()),
            ("X-RateLimit-Reset", format!("{:.3}", clock.as_secs_f64() + after)),
            ("X-RateLimit-Reset-After", format!("{after:.3}")),
            ("X-RateLimit-Bucket", bucket(route)),
        ]
    }

    fn current(&mut self, name: &str, now: Instant) -> &mut Window {
        let fresh = || Window { since: now, taken: 0 };
        let window = self.windows.entry(name.to_owned()).or_insert_with(fresh);
        if now.duration_since(window.since) >= WINDOW {
            *window = fresh();
        }
        window
    }
}

/// An opaque name that is the same for all channels, as the real one is.
fn bucket(route: &str) -> String {
    let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", route.bytes().fold(0xcbf2_9ce4_8422_2325, fold))
}
