//! From the time on the wall to the instants at which a zone's clocks show it.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// When a wall clock shows a civil time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Once(Timestamp),
    /// In both passes of a repeated hour.
    Twice(Timestamp, Timestamp),
    /// Never: the clock jumps over it, at this instant.
    Skipped(Timestamp),
}

impl Shown {
    /// The instants at which `zone`'s clocks show `civil`; `None` at the ends of representable time.
    pub fn at(civil: DateTime, zone: &TimeZone) -> Option<Shown> {
        let ambiguous = zone.to_ambiguous_timestamp(civil);
        let (earlier, later) = (ambiguous.earlier().ok()?, ambiguous.later().ok()?);
        // Asked for a civil time near the last change that the zone data lists, jiff 1.0 may answer
        // by the rule that holds from there on. Only an instant that shows the time counts.
        let shows = |at: Timestamp| zone.to_datetime(at) == civil;
        Some(match (shows(earlier), shows(later)) {
            (true, true) if earlier < later => Shown::Twice(earlier, later),
            (true, _) => Shown::Once(earlier),
            (false, true) => Shown::Once(later),
            (false, false) => Shown::Skipped(jump_over(civil, zone, earlier).unwrap_or(later)),
        })
    }

    /// The first instant at which the clock has reached the time.
    pub fn first(self) -> Timestamp {
        match self {
            Shown::Once(at) | Shown::Twice(at, _) | Shown::Skipped(at) => at,
        }
    }
}

/// The change of the clock that jumps over `civil`: `before` lies shortly before it.
fn jump_over(civil: DateTime, zone: &TimeZone, before: Timestamp) -> Option<Timestamp> {
    let from = before.checked_sub(Span::new().seconds(1)).ok()?;
    let mut changes = zone.following(from).map(|change| change.timestamp()).take(3);
    changes.find(|&change| zone.to_datetime(change) >= civil)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_change_that_changes_nothing_repeats_no_hour() {
        let nuuk = TimeZone::get("America/Nuuk").expect("a bundled zone");
        let wanted = "2023-10-29T01:00:00Z".parse().expect("an instant");
        let civil = date(2023, 10, 28).at(23, 0, 0, 0);
        assert_eq!(Shown::at(civil, &nuuk), Some(Shown::Once(wanted)));
    }
}
