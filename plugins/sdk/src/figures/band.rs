//! The usual band: Laney's p′ limits over the weeks before this one.

use serde::Serialize;

use super::{MIN_N, Share};

/// How many of the latest weeks the band looks back on.
pub const BAND_WEEKS: usize = 26;
/// Fewer weeks than this give no band.
pub const BAND_MIN_WEEKS: usize = 8;
/// d₂ of a moving range of two: turns a mean range into a standard deviation.
const MEAN_RANGE_TO_SIGMA: f64 = 1.128;

/// The range in which a week of this size ordinarily ends.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Band {
    /// Lower limit, 0–1.
    pub low: f64,
    /// Upper limit, 0–1.
    pub high: f64,
    /// How many weeks it was drawn from, 8–26.
    pub weeks: usize,
}

/// The band for a week with `n` scored conversations, from the weeks before it, oldest first.
///
/// Weeks with fewer than 20 scored conversations are left out. `None` with fewer than 8 such weeks,
/// with n = 0, or when the pooled share is 0 or 1. Source: Laney 2002, "Improved control charts for
/// attributes", Quality Engineering 14:531; never narrower than the plain p-chart.
pub fn usual_band(before: &[Share], n: u64) -> Option<Band> {
    let mut weeks: Vec<Share> =
        before.iter().rev().filter(|share| share.n >= MIN_N).take(BAND_WEEKS).copied().collect();
    weeks.reverse();
    if weeks.len() < BAND_MIN_WEEKS || n == 0 {
        return None;
    }
    let mean = weeks.iter().copied().sum::<Share>().value()?;
    if mean <= 0.0 || mean >= 1.0 {
        return None;
    }
    let half = 3.0 * sigma(mean, n) * sigma_z(&weeks, mean).max(1.0);
    Some(Band { low: (mean - half).max(0.0), high: (mean + half).min(1.0), weeks: weeks.len() })
}

fn sigma(mean: f64, n: u64) -> f64 {
    (mean * (1.0 - mean) / n as f64).sqrt()
}

/// How much more the weeks wander than chance alone would have it: 1 is chance.
fn sigma_z(weeks: &[Share], mean: f64) -> f64 {
    let z: Vec<f64> = weeks
        .iter()
        .filter_map(|share| Some((share.value()? - mean) / sigma(mean, share.n)))
        .collect();
    let ranges: f64 = z.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum();
    ranges / (z.len() - 1) as f64 / MEAN_RANGE_TO_SIGMA
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weeks(good: &[u64], n: u64) -> Vec<Share> {
        good.iter().map(|&good| Share { good, n }).collect()
    }

    #[test]
    fn seven_weeks_give_no_band_and_eight_do() {
        assert_eq!(usual_band(&weeks(&[80; 7], 100), 100), None);
        let mut eight = weeks(&[80; 7], 100);
        eight.push(Share { good: 81, n: 100 });
        assert_eq!(usual_band(&eight, 100).map(|band| band.weeks), Some(8));
    }

    #[test]
    fn small_weeks_are_passed_over_and_only_the_latest_26_count() {
        let mut history = weeks(&[10; 10], 100);
        history.extend(weeks(&[80; 26], 100));
        history.insert(20, Share { good: 0, n: 19 });
        let band = usual_band(&history, 100).expect("enough weeks");
        assert_eq!(band.weeks, 26);
        assert!((band.low + band.high - 1.6).abs() < 1e-9, "{band:?}");
    }

    #[test]
    fn steady_weeks_give_the_plain_p_chart() {
        // 0.8 ± 3 · sqrt(0.8 · 0.2 / 400) = 0.74 to 0.86
        let band = usual_band(&weeks(&[80; 12], 100), 400).expect("enough weeks");
        assert!((band.low - 0.74).abs() < 1e-12 && (band.high - 0.86).abs() < 1e-12, "{band:?}");
    }

    /// Accident and emergency attendances seen within four hours (Mohammed et al. 2013, BMJ Quality
    /// and Safety 22:362; in R as `qicharts2::nhs_accidents`), and the p′ limits that qicharts2
    /// 0.8.1 gives for the last of its twenty weeks.
    #[test]
    fn the_limits_equal_those_of_qicharts2_for_the_nhs_accidents() {
        let seen = [
            266_501, 264_225, 276_532, 281_461, 269_071, 261_215, 270_409, 279_778, 270_483,
            270_320, 267_923, 271_478, 255_353, 256_820, 261_835, 259_144, 255_910, 260_863,
            264_465, 260_989,
        ];
        let all = [
            280_443, 276_823, 291_681, 296_155, 282_343, 275_888, 283_867, 295_251, 284_468,
            282_529, 279_618, 283_932, 266_629, 268_091, 276_803, 271_578, 266_005, 273_520,
            278_574, 273_772,
        ];
        let weeks: Vec<Share> =
            seen.into_iter().zip(all).map(|(good, n)| Share { good, n }).collect();
        let band = usual_band(&weeks, 273_772).expect("twenty weeks");
        assert!((band.low - 0.939_974_996_522_904).abs() < 1e-12, "{band:?}");
        assert!((band.high - 0.965_824_426_165_478).abs() < 1e-12, "{band:?}");
    }

    #[test]
    fn a_history_that_is_all_good_gives_no_band() {
        assert_eq!(usual_band(&weeks(&[100; 12], 100), 100), None);
        assert_eq!(usual_band(&weeks(&[0; 12], 100), 100), None);
        assert_eq!(usual_band(&weeks(&[80; 12], 100), 0), None);
    }
}
