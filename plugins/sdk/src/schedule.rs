//! Schedules as people write them: five fields as in crontab, in civil time of a zone.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeZone as _, Timelike, Utc};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::civil::Shown;

/// Longer than any zone's gap or overlap, so that no shifted time is missed.
const SLACK_HOURS: i64 = 25;
const DAY_NAMES: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const LONG_NAMES: [&str; 7] =
    ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// A schedule: minute, hour, day of month, month, day of week (Sunday = 0 or 7), or a shorthand
/// such as `@weekly`. When both day fields are restricted, either one matches.
///
/// A fixed time that a clock change skips happens at the first instant after the gap; one that it
/// repeats happens once. Schedules with `*` or `/` in minute or hour are intervals: they skip a gap
/// and run in both passes of a repeated hour.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Schedule {
    text: String,
    /// Evaluated on civil time as if it were UTC; a time is due when any of these says so.
    any: Vec<cron::Schedule>,
    interval: bool,
    /// Civil days on which it is not run.
    skip: Vec<Date>,
}

/// One time at which a schedule is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The wall-clock time that people wrote: it names the slot, whatever the zone's rules become.
    pub civil: DateTime,
    /// Whether it is the second pass of a repeated hour.
    pub second_pass: bool,
    /// When it is due.
    pub at: Timestamp,
    /// Whether its civil day is one to skip.
    pub skipped: bool,
}

impl Schedule {
    /// The same schedule without these civil days.
    pub fn skipping(mut self, days: &[Date]) -> Self {
        self.skip.extend(days);
        self
    }

    /// The first slot strictly after `after` whose day is not skipped; `None` when there is none
    /// within 75 years.
    pub fn next_after(&self, after: Timestamp, zone: &TimeZone) -> Option<Slot> {
        // Most schedules have their next time soon, so the windows grow.
        let hours = [2, 48, 40 * 24, 400 * 24, 1_500 * 24, 27_400 * 24];
        hours.into_iter().find_map(|hours| {
            let until = after.saturating_add(SignedDuration::from_hours(hours)).ok()?;
            self.between(after, until, zone).into_iter().find(|slot| !slot.skipped)
        })
    }

    /// All slots after `after`, up to and including `until`, in order; equal instants count once.
    /// Days to skip are marked, not left out.
    pub fn between(&self, after: Timestamp, until: Timestamp, zone: &TimeZone) -> Vec<Slot> {
        let slack = Span::new().hours(SLACK_HOURS);
        let mut civil = zone.to_datetime(after).saturating_sub(slack);
        let last = zone.to_datetime(until).saturating_add(slack);
        let mut slots = Vec::new();
        while let Some(next) = self.next_civil(civil).filter(|next| *next <= last) {
            civil = next;
            slots.extend(self.slots(civil, zone));
        }
        slots.retain(|slot| after < slot.at && slot.at <= until);
        slots.sort_by_key(|slot| slot.at);
        slots.dedup_by_key(|slot| slot.at);
        slots
    }

    /// The first civil time strictly after `after`, whatever any zone makes of it.
    fn next_civil(&self, after: DateTime) -> Option<DateTime> {
        let after = Utc.from_utc_datetime(&to_chrono(after)?);
        let next = self.any.iter().filter_map(|cron| cron.after(&after).next()).min()?;
        from_chrono(next.naive_utc())
    }

    /// The slots of a civil time: none, one or two.
    fn slots(&self, civil: DateTime, zone: &TimeZone) -> Vec<Slot> {
        let (first, second) = match (Shown::at(civil, zone), self.interval) {
            (None, _) | (Some(Shown::Skipped(_)), true) => (None, None),
            (Some(Shown::Twice(first, second)), true) => (Some(first), Some(second)),
            (Some(shown), _) => (Some(shown.first()), None),
        };
        let skipped = self.skip.contains(&civil.date());
        let slot = |second_pass| move |at| Slot { civil, second_pass, at, skipped };
        first.map(slot(false)).into_iter().chain(second.map(slot(true))).collect()
    }
}

fn to_chrono(civil: DateTime) -> Option<NaiveDateTime> {
    let (year, month, day) = (civil.year().into(), civil.month() as u32, civil.day() as u32);
    NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(
        civil.hour() as u32,
        civil.minute() as u32,
        civil.second() as u32,
    )
}

fn from_chrono(civil: NaiveDateTime) -> Option<DateTime> {
    DateTime::new(
        i16::try_from(civil.year()).ok()?,
        i8::try_from(civil.month()).ok()?,
        i8::try_from(civil.day()).ok()?,
        i8::try_from(civil.hour()).ok()?,
        i8::try_from(civil.minute()).ok()?,
        i8::try_from(civil.second()).ok()?,
        0,
    )
    .ok()
}

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = |why: &str| format!("\"{text}\" is not a schedule: {why}");
        let line = match text.trim() {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            line => line,
        };
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [minute, hour, month_day, month, week_day] = fields[..] else {
            return Err(refuse(
                "it needs five fields: minute, hour, day of month, month, day of week",
            ));
        };
        let cron = |month_day: &str, week_day: &str| {
            format!("0 {minute} {hour} {month_day} {month} {week_day}")
                .parse::<cron::Schedule>()
                .map_err(|_| refuse(&wrong_field(&fields)))
        };
        let week_days = week_days(week_day).map_err(|why| refuse(&why))?;
        let starred = |field: &str| field.starts_with('*') || field == "?";
        let any = match (starred(month_day), starred(week_day)) {
            (false, false) => vec![cron(month_day, "*")?, cron("*", &week_days)?],
            _ => vec![cron(month_day, &week_days)?],
        };
        let interval = [minute, hour].iter().any(|field| field.contains(['*', '/']));
        Ok(Schedule { text: text.trim().to_owned(), any, interval, skip: Vec::new() })
    }
}

/// Which of the five fields cannot be read: the cron crate's own words show a line of six.
fn wrong_field(fields: &[&str]) -> String {
    let names = ["a minute", "an hour", "a day of month", "a month"];
    let is_wrong = |place: &usize| {
        let mut alone = ["0", "*", "*", "*", "*", "*"];
        alone[place + 1] = fields[*place];
        alone.join(" ").parse::<cron::Schedule>().is_err()
    };
    match (0..names.len()).find(is_wrong) {
        Some(place) => format!("\"{}\" cannot be read as {}", fields[place], names[place]),
        None => "it cannot be read".to_owned(),
    }
}

/// The day-of-week field with numbers as crontab counts them, as a list of names: the cron crate
/// counts Sunday as 1 and takes no range that wraps.
fn week_days(field: &str) -> Result<String, String> {
    let mut days = [false; 7];
    for part in field.split(',') {
        let (range, step) = part.split_once('/').unwrap_or((part, "1"));
        let step = step.parse::<usize>().ok().filter(|step| (1..=7).contains(step));
        let step = step.ok_or_else(|| format!("\"{part}\" has no step of 1–7"))?;
        let (first, last) = match range.split_once('-') {
            _ if range == "*" || range == "?" => (0, 6),
            Some((first, last)) => (week_day(first)?, week_day(last)?),
            None if part.contains('/') => (week_day(range)?, 6),
            None => (week_day(range)?, week_day(range)?),
        };
        let last = if last < first { last + 7 } else { last };
        (first..=last).step_by(step).for_each(|day| days[day % 7] = true);
    }
    if days == [true; 7] {
        return Ok("*".to_owned());
    }
    let named = DAY_NAMES.iter().zip(days).filter(|&(_, on)| on).map(|(name, _)| *name);
    Ok(named.collect::<Vec<_>>().join(","))
}

fn week_day(text: &str) -> Result<usize, String> {
    let lower = text.to_lowercase();
    let by_name = LONG_NAMES.iter().position(|name| lower.len() >= 3 && name.starts_with(&lower));
    by_name
        .or_else(|| lower.parse::<usize>().ok().filter(|day| *day <= 7))
        .ok_or_else(|| format!("\"{text}\" is not a day of the week (0–7 or a name such as Mon)"))
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schedule({})", self.text)
    }
}

impl TryFrom<String> for Schedule {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Schedule> for String {
    fn from(schedule: Schedule) -> String {
        schedule.text
    }
}

impl JsonSchema for Schedule {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Schedule".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "Five fields as in crontab (minute, hour, day of month, month, day of \
                            week), or @weekly and the like, in the workspace's zone."
        })
    }

    fn inline_schema() -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(schedule: &str, zone: &str, after: &str) -> String {
        let schedule: Schedule = schedule.parse().expect("a schedule");
        let zone = TimeZone::get(zone).expect("a bundled zone");
        let after = after.parse().expect("an instant");
        schedule.next_after(after, &zone).expect("a next time").at.to_string()
    }

    #[test]
    fn monday_is_1_and_sunday_is_0_or_7() {
        let from = "2026-11-17T00:00:00Z";
        assert_eq!(next("0 9 * * 1", "UTC", from), "2026-11-23T09:00:00Z");
        assert_eq!(next("0 9 * * Mon", "UTC", from), "2026-11-23T09:00:00Z");
        assert_eq!(next("0 9 * * 0", "UTC", from), "2026-11-22T09:00:00Z");
        assert_eq!(next("0 9 * * 7", "UTC", from), "2026-11-22T09:00:00Z");
        assert_eq!(next("0 9 * * fri-mon", "UTC", from), "2026-11-20T09:00:00Z");
        assert_eq!(next("@weekly", "UTC", from), "2026-11-22T00:00:00Z");
    }

    #[test]
    fn when_both_day_fields_are_restricted_either_matches() {
        assert_eq!(next("0 9 18 * 1", "UTC", "2026-11-17T00:00:00Z"), "2026-11-18T09:00:00Z");
        assert_eq!(next("0 9 18 * 1", "UTC", "2026-11-19T00:00:00Z"), "2026-11-23T09:00:00Z");
    }

    #[test]
    fn a_fixed_time_in_a_gap_fires_at_its_end_and_in_an_overlap_once() {
        let dublin = "Europe/Dublin";
        assert_eq!(next("30 1 * * *", dublin, "2026-03-28T12:00:00Z"), "2026-03-29T01:00:00Z");
        assert_eq!(next("30 1 * * *", dublin, "2026-10-24T12:00:00Z"), "2026-10-25T00:30:00Z");
        assert_eq!(next("30 1 * * *", dublin, "2026-10-25T00:30:00Z"), "2026-10-26T01:30:00Z");
    }

    #[test]
    fn an_interval_runs_in_both_passes_of_a_repeated_hour() {
        let dublin = "Europe/Dublin";
        assert_eq!(next("*/30 * * * *", dublin, "2026-10-25T00:30:00Z"), "2026-10-25T01:00:00Z");
        assert_eq!(next("*/30 * * * *", dublin, "2026-10-25T00:59:00Z"), "2026-10-25T01:00:00Z");
    }

    #[test]
    fn a_leap_day_is_found_years_ahead_and_an_impossible_day_never() {
        assert_eq!(next("0 9 29 2 *", "UTC", "2024-03-01T00:00:00Z"), "2028-02-29T09:00:00Z");
        let never: Schedule = "0 9 31 2 *".parse().expect("a schedule");
        assert_eq!(never.next_after(Timestamp::UNIX_EPOCH, &TimeZone::UTC), None);
    }

    /// The plain definition, minute by minute: a fixed time is due at the first instant at which
    /// the wall clock has reached it, an interval at every instant at which the wall clock shows it.
    fn by_definition(
        schedule: &str,
        minute_of_day: Option<i64>,
        from: Timestamp,
        until: Timestamp,
        zone: &TimeZone,
    ) -> Vec<Timestamp> {
        assert!(minute_of_day.is_some() || schedule == "*/30 * * * *");
        let mut due = Vec::new();
        let mut reached: Option<DateTime> = None;
        let mut at = from;
        while at <= until {
            let civil = zone.to_datetime(at);
            match minute_of_day {
                None if i64::from(civil.minute()) % 30 == 0 => due.push(at),
                None => {}
                Some(minute) => {
                    let of_day = civil.date().to_datetime(jiff::civil::Time::midnight());
                    let wanted = of_day.saturating_add(Span::new().minutes(minute));
                    // The latest wanted time that the clock has reached so far.
                    let wanted = if wanted <= civil {
                        wanted
                    } else {
                        wanted.saturating_sub(Span::new().days(1))
                    };
                    if reached.is_some_and(|reached| wanted > reached) {
                        due.push(at);
                    }
                    reached = reached.max(Some(wanted));
                }
            }
            at += SignedDuration::from_mins(1);
        }
        due
    }

    /// Every zone, every change of its clock from 2020 to 2037.
    #[test]
    fn every_change_of_every_zone_keeps_the_promises() {
        let start: Timestamp = "2020-01-01T00:00:00Z".parse().expect("an instant");
        let end: Timestamp = "2038-01-01T00:00:00Z".parse().expect("an instant");
        let mut changes = 0;
        for name in jiff::tz::db().available() {
            let zone = TimeZone::get(name.as_str()).expect("a bundled zone");
            let moments = zone.following(start).map(|change| change.timestamp());
            for change in moments.take_while(|at| *at < end) {
                changes += 1;
                let from = change - SignedDuration::from_hours(4);
                let until = change + SignedDuration::from_hours(4);
                let civil = zone.to_datetime(change);
                // Just before, at and within whatever the change skips or repeats.
                for shift in [-45, -30, 0, 15] {
                    let time = civil.saturating_add(Span::new().minutes(shift));
                    let minute = i64::from(time.hour()) * 60 + i64::from(time.minute());
                    let text = format!("{} {} * * *", time.minute(), time.hour());
                    compare(&text, Some(minute), from, until, &zone, name.as_str());
                }
                compare("*/30 * * * *", None, from, until, &zone, name.as_str());
            }
        }
        println!("{changes} changes of the clock");
        assert!(changes > 5_000, "{changes}");
    }

    fn compare(
        text: &str,
        minute: Option<i64>,
        from: Timestamp,
        until: Timestamp,
        zone: &TimeZone,
        name: &str,
    ) {
        let schedule: Schedule = text.parse().expect("a schedule");
        let wanted = by_definition(text, minute, from, until, zone);
        let earliest = from + SignedDuration::from_mins(1);
        let found: Vec<Timestamp> = schedule
            .between(from, until, zone)
            .into_iter()
            .map(|slot| slot.at)
            .filter(|at| *at >= earliest)
            .collect();
        let wanted: Vec<Timestamp> = wanted.into_iter().filter(|at| *at >= earliest).collect();
        assert_eq!(found, wanted, "{text} in {name}");
    }

    #[test]
    fn nonsense_is_refused_with_what_is_wrong() {
        for (text, why) in [
            ("0 9 * *", "five fields"),
            ("0 0 9 * * 1", "five fields"),
            ("0 9 * * 8", "not a day of the week"),
            ("61 9 * * 1", "\"61 9 * * 1\" is not a schedule: \"61\" cannot be read as a minute"),
            ("0 24 * * 1", "\"24\" cannot be read as an hour"),
            ("0 9 31-40 * 1", "\"31-40\" cannot be read as a day of month"),
            ("0 9 * Smarch 1", "\"Smarch\" cannot be read as a month"),
            ("", "five fields"),
        ] {
            let error = text.parse::<Schedule>().expect_err(text);
            assert!(error.contains(why), "{error}");
        }
        // Other tools mean the first Monday by this; here it would have been every Monday.
        for unknown in ["0 9 * * MON#1", "0 9 * * 5L", "0 9 * * mondays"] {
            let why = unknown.parse::<Schedule>().expect_err(unknown);
            assert!(why.contains("is not a day of the week"), "{why}");
        }
        assert!("0 9 * * Monday,tues".parse::<Schedule>().is_ok());
    }
}
