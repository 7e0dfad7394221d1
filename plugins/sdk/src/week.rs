//! Weeks and days in civil time: Monday to Monday in the workspace's zone.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, ISOWeekDate, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::civil::Shown;

const EPOCH: Date = date(1970, 1, 1);

/// A civil day, as days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

impl Day {
    /// The day on which an instant falls in `zone`.
    pub fn of(at: Timestamp, zone: &TimeZone) -> Day {
        Day::from(zone.to_datetime(at).date())
    }

    pub fn date(self) -> Date {
        EPOCH.saturating_add(Span::new().days(self.0))
    }

    pub fn week(self) -> Week {
        // Day 4, 1970-01-05, was a Monday.
        Week((self.0 + 3).div_euclid(7))
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Day(i64::from((date - EPOCH).get_days()))
    }
}

/// A week from Monday 00:00 to the next Monday 00:00, written in ISO form: `2026-W46`.
///
/// In a zone with daylight saving it has 167 or 169 hours twice a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Week(i64);

impl Week {
    /// The week in which an instant falls.
    pub fn of(at: Timestamp, zone: &TimeZone) -> Week {
        Day::of(at, zone).week()
    }

    /// The latest week that is over at `at`.
    pub fn complete_before(at: Timestamp, zone: &TimeZone) -> Week {
        Week::of(at, zone).minus(1)
    }

    pub fn minus(self, weeks: i64) -> Week {
        Week(self.0 - weeks)
    }

    pub fn monday(self) -> Date {
        self.first_day().date()
    }

    pub fn sunday(self) -> Date {
        Day(self.first_day().0 + 6).date()
    }

    pub fn first_day(self) -> Day {
        Day(self.0 * 7 - 3)
    }

    /// Weeks since the one that held 1970-01-01: the number that stores use.
    pub fn index(self) -> i64 {
        self.0
    }

    /// The week with that index.
    pub fn at_index(index: i64) -> Week {
        Week(index)
    }

    /// The first instant of the week in `zone`.
    pub fn start(self, zone: &TimeZone) -> Timestamp {
        day_start(self.monday(), zone)
    }

    /// The first instant after the week in `zone`.
    pub fn end(self, zone: &TimeZone) -> Timestamp {
        day_start(self.minus(-1).monday(), zone)
    }
}

/// The first instant of a civil day. Where midnight does not exist, that is the end of the gap.
pub fn day_start(date: Date, zone: &TimeZone) -> Timestamp {
    let midnight = date.to_datetime(jiff::civil::Time::midnight());
    Shown::at(midnight, zone).map_or(Timestamp::MAX, Shown::first)
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let iso = self.monday().iso_week_date();
        write!(f, "{}-W{:02}", iso.year(), iso.week())
    }
}

/// What is wrong with a week's name, and how one looks.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" is not a week; write it like 2026-W46")]
pub struct NotAWeek(String);

impl FromStr for Week {
    type Err = NotAWeek;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let week = || -> Option<Week> {
            let (year, week) = name.trim().split_once(['-', ' '])?;
            let week = week.strip_prefix(['W', 'w'])?;
            if year.len() != 4 || week.len() != 2 {
                return None;
            }
            let iso =
                ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, Weekday::Monday).ok()?;
            Some(Day::from(iso.date()).week())
        };
        week().ok_or_else(|| NotAWeek(name.to_owned()))
    }
}

impl TryFrom<String> for Week {
    type Error = NotAWeek;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}

impl From<Week> for String {
    fn from(week: Week) -> String {
        week.to_string()
    }
}

impl JsonSchema for Week {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Week".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[0-9]{4}-W[0-9]{2}$",
            "description": "A week in ISO form, such as 2026-W46."
        })
    }

    fn inline_schema() -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a bundled zone")
    }

    #[test]
    fn week_46_of_2026_starts_on_monday_9_november() {
        let week: Week = "2026-W46".parse().expect("a week");
        assert_eq!(week.monday(), date(2026, 11, 9));
        assert_eq!(week.sunday(), date(2026, 11, 15));
        assert_eq!(week.to_string(), "2026-W46");
    }

    #[test]
    fn the_week_of_the_clock_change_has_169_hours_in_dublin() {
        let week: Week = "2026-W43".parse().expect("a week");
        let dublin = zone("Europe/Dublin");
        let length = week.end(&dublin).duration_since(week.start(&dublin));
        assert_eq!(length.as_hours(), 169);
    }

    #[test]
    fn a_conversation_just_after_midnight_in_dublin_belongs_to_the_new_week() {
        let dublin = zone("Europe/Dublin");
        let at: Timestamp = "2026-06-14T23:30:00Z".parse().expect("an instant");
        assert_eq!(Week::of(at, &dublin).to_string(), "2026-W25");
        assert_eq!(Week::of(at, &TimeZone::UTC).to_string(), "2026-W24");
    }

    #[test]
    fn nonsense_is_not_a_week() {
        for name in ["", "2026", "2026-46", "2026-W54", "2026-W00", "26-W04", "2026-W4", "2025-W53"]
        {
            assert!(name.parse::<Week>().is_err(), "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_instant_lies_in_its_week(second in 0i64..4_000_000_000, zone_index in 0usize..4) {
            let names = ["UTC", "America/Vancouver", "Australia/Lord_Howe", "Asia/Kathmandu"];
            let zone = zone(names[zone_index]);
            let at = Timestamp::from_second(second).expect("in range");
            let week = Week::of(at, &zone);
            prop_assert!(week.start(&zone) <= at && at < week.end(&zone));
            prop_assert_eq!(week.to_string().parse::<Week>().expect("its own name"), week);
        }
    }
}
