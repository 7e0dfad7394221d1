//! The rate limiter, and the three headers in which every answer reports it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Counts requests in fixed windows, the first of which begins with the first request.
pub struct Limiter {
    limit: u32,
    window: Duration,
    used: u32,
    /// Whole unix seconds: a request before this very moment still counts into the window.
    ends: u64,
}

/// What the limiter says about one request.
#[derive(Clone, Copy)]
pub struct Allowance {
    pub granted: bool,
    pub limit: u32,
    pub remaining: u32,
    pub reset: u64,
}

impl Limiter {
    pub fn new(limit: u32, window: Duration) -> Limiter {
        Limiter { limit, window, used: 0, ends: 0 }
    }

    pub fn take(&mut self) -> Allowance {
        let now = SystemTime::now();
        if unix(now).as_secs() >= self.ends {
            self.used = 0;
            self.ends = whole_seconds(now + self.window);
        }
        let granted = self.used < self.limit;
        self.used += u32::from(granted);
        let remaining = self.limit - self.used;
        Allowance { granted, limit: self.limit, remaining, reset: self.ends }
    }
}

impl Allowance {
    /// The allowance of an app that has used everything up until then.
    pub fn exhausted(self, reset_in: Duration) -> Allowance {
        let reset = whole_seconds(SystemTime::now() + reset_in);
        Allowance { granted: false, remaining: 0, reset, ..self }
    }

    pub fn headers(self) -> [(&'static str, String); 3] {
        [
            ("X-RateLimit-Limit", self.limit.to_string()),
            ("X-RateLimit-Remaining", self.remaining.to_string()),
            ("X-RateLimit-Reset", self.reset.to_string()),
        ]
    }
}

pub fn unix(time: SystemTime) -> Duration {
    time.duration_since(UNIX_EPOCH).expect("a clock after 1970")
}

/// Rounds up: waiting until the second named must be enough.
fn whole_seconds(time: SystemTime) -> u64 {
    let time = unix(time);
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
