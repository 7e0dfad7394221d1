//! What digits count that is nobody's number: dates, times, versions, decimals, prices.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::groups::Run;
use super::pattern;

static TIME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"));

/// "82.4–86.0", "4.5 / 4.2 / 4.8".
static DECIMALS: LazyLock<Regex> = LazyLock::new(|| {
    let decimal = r"(?:0|[1-9][0-9]{0,2})\.[0-9]{1,2}";
    pattern(&format!("^{decimal}(?:[ /~-]{{1,3}}{decimal})*$"))
});

/// "1234567.89", "1 234 567.89".
static CENTS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[1-9](?:[0-9]{0,6}|[0-9]{0,2}(?: [0-9]{3}){1,2})\.[0-9]{2}$"));

static THOUSANDS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[1-9][0-9]{0,2}(?:(?: [0-9]{3})+|(?:\.[0-9]{3})+)$"));

static VERSION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:v|version|build|release|chrome|firefox|safari|edge|macos)[ ./:]{0,2}$")
});

const CODES: &str = r"EUR|USD|GBP|CHF|PLN|CZK|SEK|NOK|DKK|JPY|INR|BRL|AUD|CAD";

static PRICE_BEFORE: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?:^|[^0-9 ]) ?(?:\p{{Sc}}|\b(?:{CODES})) ?$")));

static PRICE_BEHIND: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"^ ?(?:\p{{Sc}}|%|(?:{CODES})\b)")));

/// The times of day in a text.
pub(super) fn times(text: &str) -> Vec<Range<usize>> {
    let times = TIME.find_iter(text).filter(|time| {
        let before = text[..time.start()].chars().next_back();
        let mut behind = text[time.end()..].chars();
        let goes_on = match behind.next() {
            Some(':') => behind.next().is_some_and(|c| c.is_ascii_digit()),
            next => next.is_some_and(|c| c.is_ascii_digit()),
        };
        let began = before.is_some_and(|c| c.is_ascii_digit() || c == ':');
        !began && !goes_on && is_time(time.as_str())
    });
    times.map(|time| time.range()).collect()
}

fn is_time(time: &str) -> bool {
    let mut parts = time.split([':', '.', ',']).map(|part| part.parse().unwrap_or(u32::MAX));
    parts.next().is_some_and(|hour| hour <= 24) && parts.take(2).all(|part| part < 60)
}

/// How many groups from here on are a date with a year of four digits, a month or a span of years.
///
/// Only where it stands apart: what goes on with the same sign is something else.
pub(super) fn date(run: &Run, start: usize) -> Option<usize> {
    [3, 2].into_iter().find(|&length| {
        start + length <= run.len() && is_apart(run, start, length) && {
            let part = run.part(start..start + length);
            let parts: Vec<&str> = part.all().collect();
            match parts[..] {
                [first, second] => is_month(first, second),
                [first, second, third] => {
                    is_year(first) && is_day(second, third)
                        || is_year(third) && is_day(first, second)
                }
                _ => false,
            }
        }
    })
}

fn is_apart(run: &Run, start: usize, length: usize) -> bool {
    let sign = run.gap(start);
    let outer = [start.checked_sub(1), Some(start + length - 1)].into_iter().flatten();
    let mut outer = outer.filter(|&gap| gap + 1 < run.len()).map(|gap| run.gap(gap));
    let inner = run.part(start..start + length);
    ["-", ".", "/", ". "].contains(&sign)
        && inner.gaps().all(|gap| gap == sign)
        && outer.all(|gap| gap != sign && (length == 3 || gap.contains([' ', '\n'])))
        && !inner.before().ends_with('+')
}

fn is_year(year: &str) -> bool {
    year.len() == 4 && (year.starts_with("19") || year.starts_with("20"))
}

fn is_day(first: &str, second: &str) -> bool {
    let number = |part: &str| part.parse().ok().filter(|_| part.len() <= 2).unwrap_or(0);
    let (first, second): (u32, u32) = (number(first), number(second));
    (1..=31).contains(&first) && (1..=31).contains(&second) && first.min(second) <= 12
}

/// "2026-11", "11/2026" or "2024-2026".
fn is_month(first: &str, second: &str) -> bool {
    is_year(first) && is_day("1", second)
        || is_year(second) && is_day(first, "1")
        || is_year(first) && is_year(second) && first < second
}

/// Decimals, a version, or dates with a year of two digits: harmless however many digits there are.
pub(super) fn is_scale(run: &Run) -> bool {
    let words = run.words();
    DECIMALS.is_match(words) || CENTS.is_match(words) || is_version(run) || are_short_dates(run)
}

fn is_version(run: &Run) -> bool {
    let has_zero = run.all().skip(1).any(|group| group == "0");
    run.len() > 1
        && run.gaps().all(|gap| gap == ".")
        && run.all().all(|group| group.len() <= 5)
        && (has_zero || VERSION.is_match(tail(run.before())))
}

fn are_short_dates(run: &Run) -> bool {
    run.len().is_multiple_of(3)
        && (0..run.len()).step_by(3).all(|start| {
            let (day, month, year) = (run.group(start), run.group(start + 1), run.group(start + 2));
            let sign = run.gap(start);
            let alike = ["-", ".", "/"].contains(&sign) && run.gap(start + 1) == sign;
            alike && year.len() == 2 && is_day(day, month)
        })
}

pub(super) fn is_price(run: &Run) -> bool {
    PRICE_BEFORE.is_match(tail(run.before())) || PRICE_BEHIND.is_match(run.behind())
}

pub(super) fn is_thousands(run: &Run) -> bool {
    THOUSANDS.is_match(run.words())
}

/// The end of what stands before a number, as much as a word about it needs.
pub(super) fn tail(before: &str) -> &str {
    &before[before.floor_char_boundary(before.len().saturating_sub(64))..]
}
