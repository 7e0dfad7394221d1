//! The clock, passed in wherever time matters and never read in the middle.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still: the demo's, and that of `--as-of`.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// A clock that goes on from an instant of one's choice and can be moved forward: the demo's.
#[derive(Debug)]
pub struct MovedClock {
    start: Timestamp,
    began: Instant,
    /// Nanoseconds, which reach for 292 years; anything coarser would stop short of the instant.
    moved: AtomicI64,
}

impl MovedClock {
    pub fn new(start: Timestamp) -> MovedClock {
        MovedClock { start, began: Instant::now(), moved: AtomicI64::new(0) }
    }

    /// Moves it to an instant; it never goes back.
    pub fn forward_to(&self, at: Timestamp) {
        let by = at.duration_since(self.now()).as_nanos().max(0);
        self.moved.fetch_add(i64::try_from(by).unwrap_or(i64::MAX), Ordering::Relaxed);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        let gone = SignedDuration::try_from(self.began.elapsed()).unwrap_or(SignedDuration::MAX);
        let moved = SignedDuration::from_nanos(self.moved.load(Ordering::Relaxed));
        self.start.saturating_add(gone + moved).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_clock_goes_on_from_where_it_is_put_and_never_back() {
        let start: Timestamp = "2026-11-16T09:00:00Z".parse().expect("an instant");
        let later = start + SignedDuration::from_hours(24 * 7);
        let clock = MovedClock::new(start);
        assert!(clock.now() >= start && clock.now() < start + SignedDuration::from_mins(1));
        clock.forward_to(later);
        let moved = clock.now();
        assert!(moved >= later && moved < later + SignedDuration::from_mins(1));
        clock.forward_to(start);
        assert!(clock.now() >= moved);
    }
}
