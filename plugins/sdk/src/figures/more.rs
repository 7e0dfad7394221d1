//! How many more conversations it takes to tell.

use super::Share;

/// Two-sided 5 % and 80 % power: the usual 1.96 + 0.84.
const QUANTILES: f64 = 1.96 + 0.84;

/// How many more scored conversations this week needs before a change of `points` (a fraction;
/// 0.05 = 5 points) from `before` would be seen four times in five. `None` when `before` is empty
/// or `points` is 0; 0 when there are enough already.
///
/// Source: the sample size of two proportions, n = (z₀.₉₇₅ + z₀.₈)² · (p₀q₀ + p₁q₁) / d²
/// (Fleiss, Statistical Methods for Rates and Proportions).
pub fn how_many_more(now: Share, before: Share, points: f64) -> Option<u64> {
    let p0 = before.value()?;
    if points == 0.0 {
        return None;
    }
    // A rise or a fall: the one that is harder to see decides.
    let variance = [p0 - points, p0 + points]
        .into_iter()
        .filter(|p1| (0.0..=1.0).contains(p1))
        .map(|p1| p0 * (1.0 - p0) + p1 * (1.0 - p1))
        .fold(0.0, f64::max);
    let needed = (QUANTILES.powi(2) * variance / points.powi(2)).ceil() as u64;
    Some(needed.saturating_sub(now.n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_points_from_84_percent_need_942_conversations_a_week() {
        // 7.84 · (0.84·0.16 + 0.79·0.21) / 0.0025 = 941.7
        let before = Share { good: 84, n: 100 };
        assert_eq!(how_many_more(Share::default(), before, 0.05), Some(942));
        assert_eq!(how_many_more(Share { good: 0, n: 900 }, before, 0.05), Some(42));
        assert_eq!(how_many_more(Share { good: 0, n: 950 }, before, 0.05), Some(0));
        assert_eq!(how_many_more(Share::default(), Share::default(), 0.05), None);
    }

    #[test]
    fn near_the_top_only_a_fall_can_be_looked_for() {
        // 7.84 · (0.99·0.01 + 0.94·0.06) / 0.0025 = 207.9
        let before = Share { good: 99, n: 100 };
        assert_eq!(how_many_more(Share::default(), before, 0.05), Some(208));
    }
}
