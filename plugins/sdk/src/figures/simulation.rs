//! The promises about error rates, kept by simulation with fixed seeds.
//!
//! A digest here has 24 cells: three lanes of the sizes that product pages show (n = 1,604, 3,912
//! and 618), and seven topics in each. Run with `--nocapture` to read the measured rates.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Binomial, Distribution, Normal};

use super::{Cell, Share, Verdict, judge};

const LANES: [(u64, f64); 3] = [(1604, 0.84), (3912, 0.72), (618, 0.65)];
const TOPICS: [f64; 7] = [0.30, 0.20, 0.15, 0.12, 0.10, 0.08, 0.05];
const DIGESTS: usize = 2_000;
const STEADY: f64 = 0.05;

/// How weeks wander, in standard deviations of the true share.
#[derive(Clone, Copy)]
enum Wander {
    Nothing,
    /// A lane's topics move together, as when a release or a holiday touches everyone.
    ByLane(f64),
    /// Every cell, lanes included, moves on its own: the harshest case.
    ByCell(f64),
}

struct Workspace {
    random: ChaCha8Rng,
    wander: Wander,
}

impl Workspace {
    fn new(seed: u64, wander: Wander) -> Self {
        Workspace { random: ChaCha8Rng::seed_from_u64(seed), wander }
    }

    fn step(&mut self, sigma: f64) -> f64 {
        Normal::new(0.0, sigma).expect("a finite sigma").sample(&mut self.random)
    }

    fn draw(&mut self, n: u64, share: f64) -> Share {
        let share = share.clamp(0.0, 1.0);
        let good = Binomial::new(n, share).expect("a share within 0–1").sample(&mut self.random);
        Share { good, n }
    }

    /// One week of all 24 cells: each lane, then its topics.
    fn week(&mut self) -> Vec<Share> {
        let mut cells = Vec::with_capacity(24);
        for (n, base) in LANES {
            let sizes = TOPICS.map(|part| (n as f64 * part).round() as u64);
            match self.wander {
                Wander::ByCell(sigma) => {
                    for n in [n].into_iter().chain(sizes) {
                        let share = base + self.step(sigma);
                        cells.push(self.draw(n, share));
                    }
                }
                Wander::Nothing | Wander::ByLane(_) => {
                    let share = match self.wander {
                        Wander::ByLane(sigma) => base + self.step(sigma),
                        _ => base,
                    };
                    let topics = sizes.map(|n| self.draw(n, share));
                    cells.push(topics.into_iter().sum());
                    cells.extend(topics);
                }
            }
        }
        cells
    }

    /// A digest after `history` complete weeks.
    fn digest(&mut self, history: usize) -> Vec<Cell> {
        let weeks: Vec<Vec<Share>> = (0..=history).map(|_| self.week()).collect();
        (0..weeks[0].len())
            .map(|cell| Cell {
                now: weeks[history][cell],
                before: weeks[history - 1][cell],
                history: weeks[..history].iter().map(|week| week[cell]).collect(),
            })
            .collect()
    }
}

/// The part of digests with any "real" in them although nothing real happened.
fn false_alarms(seed: u64, wander: Wander, history: usize) -> f64 {
    let mut workspace = Workspace::new(seed, wander);
    let alarmed = (0..DIGESTS)
        .filter(|_| {
            let cells = workspace.digest(history);
            judge(&cells, STEADY).iter().any(|judged| judged.verdict.is_real())
        })
        .count();
    alarmed as f64 / DIGESTS as f64
}

#[test]
fn when_nothing_wanders_at_most_one_digest_in_twenty_has_a_false_real() {
    for history in [0, 8, 12, 26].map(|weeks: usize| weeks.max(1)) {
        let rate = false_alarms(1, Wander::Nothing, history);
        println!("nothing wanders, {history} weeks of history: {:.1} % false", rate * 100.0);
        assert!(rate <= 0.05, "{history} weeks: {rate}");
    }
}

#[test]
fn when_weeks_wander_by_one_and_a_half_points_26_weeks_of_history_keep_that_promise() {
    for history in [8, 12, 26] {
        for (name, wander) in
            [("by lane", Wander::ByLane(0.015)), ("by cell", Wander::ByCell(0.015))]
        {
            let rate = false_alarms(2, wander, history);
            println!(
                "weeks wander {name} by 1.5 points, {history} weeks of history: {:.1} % false",
                rate * 100.0
            );
            assert!(history < 26 || rate <= 0.05, "{name}, {history} weeks: {rate}");
        }
    }
}

#[test]
fn a_fall_of_fifteen_points_alone_among_24_cells_is_found_nine_times_in_ten() {
    let mut workspace = Workspace::new(3, Wander::Nothing);
    let found = (0..DIGESTS)
        .filter(|_| {
            let mut cells = workspace.digest(26);
            let history: Vec<Share> = (0..26).map(|_| workspace.draw(400, 0.84)).collect();
            cells[1] = Cell { now: workspace.draw(400, 0.69), before: history[25], history };
            judge(&cells, STEADY)[1].verdict == Verdict::RealFall
        })
        .count();
    let rate = found as f64 / DIGESTS as f64;
    println!("a fall of 15 points from 84 % at n = 400: {:.1} % found", rate * 100.0);
    assert!(rate >= 0.90, "{rate}");
}
