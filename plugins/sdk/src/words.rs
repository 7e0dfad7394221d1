//! How numbers and dates are written, in one place, so that every message says them alike.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::figures::Interval;
use crate::week::Week;

/// `84.3 %` of a fraction.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// `82.4–86.0`, in percent, of two fractions.
pub fn range(interval: Interval) -> String {
    format!("{:.1}–{:.1}", interval.low * 100.0, interval.high * 100.0)
}

/// `+2.2` or `−0.4`: points of a difference of fractions.
pub fn points(difference: f64) -> String {
    let rounded = (difference * 1000.0).round() / 10.0;
    let sign = if rounded < 0.0 { "−" } else { "+" };
    format!("{sign}{:.1}", rounded.abs())
}

/// `1,604`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join(",")
}

/// `1 conversation`, `2 conversations`.
pub fn counted(n: u64, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(n))
}

/// `Mon 9 – Sun 15 Nov 2026`, with the months and years that it takes.
pub fn days_of(week: Week) -> String {
    let (monday, sunday) = (week.monday(), week.sunday());
    let first = match (monday.year() == sunday.year(), monday.month() == sunday.month()) {
        (true, true) => "%a %-d",
        (true, false) => "%a %-d %b",
        (false, _) => "%a %-d %b %Y",
    };
    format!("{} – {}", monday.strftime(first), sunday.strftime("%a %-d %b %Y"))
}

/// `46`: the number people call a week by.
pub fn week_number(week: Week) -> i8 {
    week.monday().iso_week_date().week()
}

/// `Sun 22:10`, in the workspace's zone.
pub fn weekday_time(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%a %H:%M").to_string()
}

/// `Sun 15 Nov 22:10`, in the workspace's zone.
pub fn day_time(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%a %-d %b %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!(percent(0.8429), "84.3 %");
        assert_eq!(points(0.0221), "+2.2");
        assert_eq!(points(-0.004), "−0.4");
        assert_eq!(points(-0.0004), "+0.0");
        assert_eq!(count(0), "0");
        assert_eq!(count(1604), "1,604");
        assert_eq!(count(12_345_678), "12,345,678");
        assert_eq!(counted(1, "customer"), "1 customer");
        assert_eq!(range(Interval { low: 0.8243, high: 0.8599 }), "82.4–86.0");
    }

    #[test]
    fn a_week_is_written_with_its_days() {
        let days = |name: &str| days_of(name.parse().expect("a week"));
        assert_eq!(days("2026-W46"), "Mon 9 – Sun 15 Nov 2026");
        assert_eq!(days("2026-W49"), "Mon 30 Nov – Sun 6 Dec 2026");
        assert_eq!(days("2026-W53"), "Mon 28 Dec 2026 – Sun 3 Jan 2027");
    }
}
