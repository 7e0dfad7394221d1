//! Honest numbers: every formula of the digest, pure and without I/O.
//!
//! A share always comes with its n and interval; a change is called real only when it passes two
//! gates: the false discovery rate over all cells of the digest, and the band in which such weeks
//! ordinarily end. Either alone cries wolf: a plain test calls nearly half of the weeks real at
//! n = 4,000 when weeks ordinarily wander by 1.5 points.

mod band;
mod mix;
mod more;
mod share;
#[cfg(test)]
mod simulation;
mod verdict;

pub use band::{BAND_MIN_WEEKS, BAND_WEEKS, Band, usual_band};
pub use mix::{Parts, split_change};
pub use more::how_many_more;
pub use share::{Change, Interval, Share, Z95};
pub use verdict::{Cell, FALSE_DISCOVERY_RATE, Judged, MIN_N, Verdict, judge};
