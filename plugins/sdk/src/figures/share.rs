//! A share of good conversations, its interval, and the interval and p-value of a change.

use serde::{Deserialize, Serialize};

/// The standard normal quantile behind every 95 % interval.
pub const Z95: f64 = 1.959_963_984_540_054;

/// `good` of `n` scored conversations. A share is never shown without its `n` and interval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Conversations whose score reached the good limit; at most `n`.
    pub good: u64,
    /// Scored conversations.
    pub n: u64,
}

/// A closed interval; of shares it lies within 0–1, of changes within −1–1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// How two weeks' shares differ: `now − before`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Difference of the two shares, −1 to 1.
    pub points: f64,
    /// Its 95 % interval.
    pub interval: Interval,
    /// Two-sided p-value of "nothing changed", 0 to 1.
    pub p_value: f64,
}

impl Share {
    /// The share as a fraction 0–1; `None` when nothing was scored.
    pub fn value(self) -> Option<f64> {
        (self.n > 0).then(|| self.good as f64 / self.n as f64)
    }

    /// The Wilson score interval, 95 %, without continuity correction
    /// (Wilson 1927; method 3 of Newcombe 1998, Statistics in Medicine 17:857).
    pub fn interval(self) -> Option<Interval> {
        let p = self.value()?;
        let n = self.n as f64;
        let spread = Z95 * Z95 / n;
        let centre = p + spread / 2.0;
        let half = Z95 * (p * (1.0 - p) / n + spread / (4.0 * n)).sqrt();
        Some(Interval {
            low: ((centre - half) / (1.0 + spread)).max(0.0),
            high: ((centre + half) / (1.0 + spread)).min(1.0),
        })
    }

    /// The change from `before` to `self`; `None` when either week has nothing scored.
    pub fn change_from(self, before: Share) -> Option<Change> {
        Some(Change {
            points: self.value()? - before.value()?,
            interval: newcombe(self, before)?,
            p_value: two_proportion_p(self, before)?,
        })
    }
}

impl std::ops::Add for Share {
    type Output = Share;
    fn add(self, other: Share) -> Share {
        Share { good: self.good + other.good, n: self.n + other.n }
    }
}

impl std::iter::Sum for Share {
    fn sum<I: Iterator<Item = Share>>(shares: I) -> Share {
        shares.fold(Share::default(), |sum, share| sum + share)
    }
}

/// Newcombe's hybrid score interval of a difference
/// (method 10 of Newcombe 1998, Statistics in Medicine 17:873).
fn newcombe(now: Share, before: Share) -> Option<Interval> {
    let (p1, p0) = (now.value()?, before.value()?);
    let (w1, w0) = (now.interval()?, before.interval()?);
    let difference = p1 - p0;
    Some(Interval {
        low: difference - (p1 - w1.low).hypot(w0.high - p0),
        high: difference + (w1.high - p1).hypot(p0 - w0.low),
    })
}

/// The two-proportion z test, pooled, two-sided. The p-value is 1 when the pooled share is 0 or 1:
/// then both weeks are alike in every conversation.
fn two_proportion_p(now: Share, before: Share) -> Option<f64> {
    let (p1, p0) = (now.value()?, before.value()?);
    let pooled = (now + before).value()?;
    let variance = pooled * (1.0 - pooled) * (1.0 / now.n as f64 + 1.0 / before.n as f64);
    if variance <= 0.0 {
        return Some(1.0);
    }
    let z = (p1 - p0) / variance.sqrt();
    Some(libm::erfc(z.abs() / std::f64::consts::SQRT_2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(good: u64, n: u64) -> Share {
        Share { good, n }
    }

    #[test]
    fn wilson_intervals_equal_table_1_of_newcombe_1998() {
        for ((good, n), low, high) in [
            ((81, 263), 0.2553, 0.3662),
            ((15, 148), 0.0624, 0.1605),
            ((0, 20), 0.0000, 0.1611),
            ((1, 29), 0.0061, 0.1718),
        ] {
            let interval = share(good, n).interval().expect("n > 0");
            assert!((interval.low - low).abs() < 5e-5, "{good}/{n}: {interval:?}");
            assert!((interval.high - high).abs() < 5e-5, "{good}/{n}: {interval:?}");
        }
    }

    #[test]
    fn newcombe_intervals_equal_table_2_of_newcombe_1998() {
        for ((a, m), (b, n), low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 20), -0.1611, 0.2775),
            ((0, 10), (0, 10), -0.2775, 0.2775),
            ((10, 10), (0, 20), 0.6791, 1.0000),
            ((10, 10), (0, 10), 0.6075, 1.0000),
        ] {
            let interval = newcombe(share(a, m), share(b, n)).expect("n > 0");
            assert!((interval.low - low).abs() < 1e-4, "{a}/{m} − {b}/{n}: {interval:?}");
            assert!((interval.high - high).abs() < 1e-4, "{a}/{m} − {b}/{n}: {interval:?}");
        }
    }

    #[test]
    fn the_p_value_of_a_change_equals_a_hand_calculation() {
        // z = 0.2 / sqrt(0.693333 · 0.306667 · (1/70 + 1/80)) = 2.65017
        let p = two_proportion_p(share(56, 70), share(48, 80)).expect("n > 0");
        assert!((p - 0.008_045).abs() < 1e-5, "{p}");
    }

    #[test]
    fn two_weeks_that_are_all_good_have_a_p_value_of_one() {
        assert_eq!(two_proportion_p(share(30, 30), share(20, 20)), Some(1.0));
        assert_eq!(two_proportion_p(share(0, 30), share(0, 20)), Some(1.0));
    }

    #[test]
    fn nothing_scored_gives_no_figures() {
        assert_eq!(share(0, 0).value(), None);
        assert_eq!(share(0, 0).interval(), None);
        assert_eq!(share(1, 2).change_from(share(0, 0)), None);
    }
}
