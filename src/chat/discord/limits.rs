//! Keeping within Discord's rates: what each route's answers say is left, a pause for all where Discord
//! asks for one, and a guard far below the number of bad requests that gets a machine banned. Pure.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// Discord bans a machine for 10,000 requests within ten minutes that it answers with 401, 403 or 429.
const BAD_REQUESTS: usize = 500;
const BAD_WITHIN: Duration = Duration::from_secs(10 * 60);
/// A token that was refused is not tried again before.
const REFUSED_FOR: Duration = Duration::from_secs(5 * 60);
/// Routes that are remembered; those of interactions are many and short-lived.
const ROUTES: usize = 1_000;

/// What an answer's headers say of its route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) calls: u32,
    pub(super) until: Duration,
}

#[derive(Debug, Default)]
pub(super) struct Limits {
    routes: HashMap<String, (u32, Instant)>,
    all_until: Option<Instant>,
    bad: VecDeque<Instant>,
    refused_until: Option<Instant>,
}

/// Why a call may not be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    Rate(Duration),
    TooManyBad(Duration),
    Refused,
}

impl Limits {
    /// Whether a call of this route may be made; it counts as made.
    pub(super) fn begin(&mut self, route: &str, now: Instant) -> Result<(), Wait> {
        self.check(route, now)?;
        self.begin_open(route, now)
    }

    /// The same for a call that is in no common limit: it is its own route's alone.
    pub(super) fn begin_open(&mut self, route: &str, now: Instant) -> Result<(), Wait> {
        self.check_route(route, now)?;
        if let Some((left, _)) = self.routes.get_mut(route) {
            *left = left.saturating_sub(1);
        }
        Ok(())
    }

    /// Whether a call may be made, without counting it.
    pub(super) fn check(&mut self, route: &str, now: Instant) -> Result<(), Wait> {
        if self.refused_until.is_some_and(|until| now < until) {
            return Err(Wait::Refused);
        }
        while self.bad.front().is_some_and(|at| now.duration_since(*at) > BAD_WITHIN) {
            self.bad.pop_front();
        }
        if let Some(first) = self.bad.front().filter(|_| self.bad.len() >= BAD_REQUESTS) {
            return Err(Wait::TooManyBad(BAD_WITHIN.saturating_sub(now.duration_since(*first))));
        }
        if let Some(until) = self.all_until.filter(|until| now < *until) {
            return Err(Wait::Rate(until - now));
        }
        self.check_route(route, now)
    }

    fn check_route(&mut self, route: &str, now: Instant) -> Result<(), Wait> {
        match self.routes.get(route) {
            Some((0, until)) if now < *until => Err(Wait::Rate(*until - now)),
            Some((_, until)) if now >= *until => {
                self.routes.remove(route);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    pub(super) fn seen(&mut self, route: &str, left: Left, now: Instant) {
        if self.routes.len() >= ROUTES {
            self.routes.retain(|_, (_, until)| now < *until);
        }
        self.routes.insert(route.to_owned(), (left.calls, now + left.until));
    }

    /// An answer said to wait: this route alone, or all of them.
    pub(super) fn told_to_wait(&mut self, route: &str, after: Duration, all: bool, now: Instant) {
        match all {
            true => self.all_until = Some(now + after),
            false => self.seen(route, Left { calls: 0, until: after }, now),
        }
    }

    /// An answer that counts towards a ban.
    pub(super) fn bad(&mut self, now: Instant) {
        self.bad.push_back(now);
    }

    /// The token was refused.
    pub(super) fn refused(&mut self, now: Instant) {
        self.refused_until = Some(now + REFUSED_FOR);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_route_that_is_used_up_waits_and_another_does_not() {
        let (mut limits, now) = (Limits::default(), Instant::now());
        limits.seen("a", Left { calls: 1, until: SECOND }, now);
        assert_eq!(limits.begin("a", now), Ok(()));
        assert_eq!(limits.begin("a", now), Err(Wait::Rate(SECOND)));
        assert_eq!(limits.begin("b", now), Ok(()));
        assert_eq!(limits.begin("a", now + SECOND), Ok(()));
    }

    #[test]
    fn a_pause_for_all_is_for_all() {
        let (mut limits, now) = (Limits::default(), Instant::now());
        limits.told_to_wait("a", SECOND, true, now);
        assert_eq!(limits.begin("b", now), Err(Wait::Rate(SECOND)));
        assert_eq!(limits.begin_open("an interaction's", now), Ok(()));
        assert_eq!(limits.begin("b", now + SECOND), Ok(()));
    }

    #[test]
    fn long_before_a_ban_nothing_more_is_sent() {
        let (mut limits, now) = (Limits::default(), Instant::now());
        (0..BAD_REQUESTS).for_each(|_| limits.bad(now));
        assert_eq!(limits.begin("a", now), Err(Wait::TooManyBad(BAD_WITHIN)));
        assert_eq!(limits.begin("a", now + BAD_WITHIN + SECOND), Ok(()));
    }

    #[test]
    fn a_refused_token_is_left_alone_for_a_while() {
        let (mut limits, now) = (Limits::default(), Instant::now());
        limits.refused(now);
        assert_eq!(limits.begin("a", now), Err(Wait::Refused));
        assert_eq!(limits.begin("a", now + REFUSED_FOR), Ok(()));
    }
}
