//! One verdict per cell, from both gates: false alarms over all cells, and the usual band.

use serde::{Deserialize, Serialize};

use super::{Band, Change, Share, usual_band};

/// Cells with fewer scored conversations in either week get no verdict.
pub const MIN_N: u64 = 20;
/// The false discovery rate that the Benjamini–Hochberg procedure holds.
pub const FALSE_DISCOVERY_RATE: f64 = 0.05;

/// What we dare say about a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    RealRise,
    RealFall,
    Wobble,
    Steady,
    CantTell,
}

impl Verdict {
    /// Symbol and words, never colour alone.
    pub fn label(self) -> &'static str {
        match self {
            Verdict::RealRise => "▲ real rise",
            Verdict::RealFall => "▼ real fall",
            Verdict::Wobble => "~ normal wobble",
            Verdict::Steady => "= steady",
            Verdict::CantTell => "? can't tell yet",
        }
    }

    /// Whether the change is more than chance and more than the usual.
    pub fn is_real(self) -> bool {
        matches!(self, Verdict::RealRise | Verdict::RealFall)
    }
}

/// One cell of a digest before judging: this week, the week before, and the weeks up to and
/// including the week before, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    pub now: Share,
    pub before: Share,
    pub history: Vec<Share>,
}

/// A cell with everything there is to say about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    pub change: Option<Change>,
    pub usual: Option<Band>,
    pub verdict: Verdict,
}

impl Cell {
    /// Whether the cell takes part in the test: n ≥ 20 in both weeks.
    pub fn is_looked_at(&self) -> bool {
        self.now.n >= MIN_N && self.before.n >= MIN_N
    }
}

/// Judges all cells of one digest together; `steady` is the half-width (a fraction, 0.05 = 5 points)
/// within which the whole interval of a change has to lie to be called steady.
pub fn judge(cells: &[Cell], steady: f64) -> Vec<Judged> {
    let changes: Vec<Option<Change>> =
        cells.iter().map(|cell| cell.now.change_from(cell.before)).collect();
    let p_values: Vec<Option<f64>> = cells
        .iter()
        .zip(&changes)
        .map(|(cell, change)| change.filter(|_| cell.is_looked_at()).map(|change| change.p_value))
        .collect();
    let rejected = reject(&p_values);
    cells
        .iter()
        .zip(changes)
        .zip(rejected)
        .map(|((cell, change), rejected)| {
            let usual = usual_band(&cell.history, cell.now.n);
            let verdict = match change {
                Some(change) if cell.is_looked_at() => {
                    verdict(cell.now, change, usual, rejected, steady)
                }
                _ => Verdict::CantTell,
            };
            Judged { change, usual, verdict }
        })
        .collect()
}

fn verdict(
    now: Share,
    change: Change,
    usual: Option<Band>,
    rejected: bool,
    steady: f64,
) -> Verdict {
    let share = now.value().unwrap_or_default();
    let rises = change.points > 0.0;
    let unusual = match usual {
        Some(band) if rises => share > band.high,
        Some(band) => share < band.low,
        None => true,
    };
    match (rejected, unusual) {
        (true, true) if rises => Verdict::RealRise,
        (true, true) => Verdict::RealFall,
        (true, false) => Verdict::Wobble,
        _ if change.interval.low > -steady && change.interval.high < steady => Verdict::Steady,
        _ => Verdict::CantTell,
    }
}

/// Benjamini and Hochberg's step-up procedure (1995, Journal of the Royal Statistical Society B
/// 57:289) at 5 %; `None` takes no part and is never rejected.
fn reject(p_values: &[Option<f64>]) -> Vec<bool> {
    let mut sorted: Vec<f64> = p_values.iter().copied().flatten().collect();
    sorted.sort_by(f64::total_cmp);
    let m = sorted.len() as f64;
    let limit = sorted
        .iter()
        .enumerate()
        .rev()
        .find(|&(rank, &p)| p <= (rank + 1) as f64 / m * FALSE_DISCOVERY_RATE)
        .map(|(_, &p)| p);
    p_values.iter().map(|&p| p.zip(limit).is_some_and(|(p, limit)| p <= limit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_benjamini_and_hochberg_1995_rejects_its_four_hypotheses() {
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ];
        let rejected = reject(&p.map(Some));
        assert_eq!(rejected.iter().filter(|&&yes| yes).count(), 4);
        assert!(rejected[..4].iter().all(|&yes| yes));
    }

    #[test]
    fn a_cell_that_takes_no_part_does_not_dilute_the_others() {
        assert_eq!(reject(&[Some(0.04), None, None]), [true, false, false]);
        assert_eq!(reject(&[Some(0.04), Some(0.9), Some(0.9)]), [false, false, false]);
        assert_eq!(reject(&[]), Vec::<bool>::new());
    }

    fn one(now: Share, before: Share, history: Vec<Share>) -> Verdict {
        judge(&[Cell { now, before, history }], 0.05)[0].verdict
    }

    fn share(good: u64, n: u64) -> Share {
        Share { good, n }
    }

    #[test]
    fn each_verdict_has_its_case() {
        let calm = vec![share(840, 1000); 12];
        let wild: Vec<Share> =
            (0..12).map(|week| share(if week % 2 == 0 { 700 } else { 950 }, 1000)).collect();
        assert_eq!(one(share(19, 19), share(1, 1000), vec![]), Verdict::CantTell);
        assert_eq!(one(share(920, 1000), share(840, 1000), calm.clone()), Verdict::RealRise);
        assert_eq!(one(share(760, 1000), share(840, 1000), calm.clone()), Verdict::RealFall);
        assert_eq!(one(share(760, 1000), share(840, 1000), vec![]), Verdict::RealFall);
        assert_eq!(one(share(760, 1000), share(840, 1000), wild), Verdict::Wobble);
        assert_eq!(one(share(845, 1000), share(840, 1000), calm.clone()), Verdict::Steady);
        assert_eq!(one(share(21, 25), share(20, 25), calm), Verdict::CantTell);
    }
}
