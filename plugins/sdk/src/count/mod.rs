//! Which conversation counts where: classes, lanes, exclusion rules and the counts of a week.
//!
//! Pure. The store keeps the same contributions as daily counts that the in-memory host folds anew.

mod class;
mod contribution;
mod filter;
mod fold;
mod lane;
mod week_counts;

pub use class::{Class, Exclusion, NOBODY_ANSWERED, Unscored, classify};
pub use contribution::{Contribution, Kind, NO_TOPIC, Tally, contributions, customer_cells};
pub use filter::{Filter, same};
pub use fold::{awaiting, fold};
pub use lane::{Lane, PerLane};
pub use week_counts::{Cells, Csat, Excluded, Spread, WeekCounts};
