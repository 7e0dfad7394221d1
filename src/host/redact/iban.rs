//! International bank account numbers (ISO 13616).
//!
//! Those of the registry's countries are found however they are spaced: their length and make-up are
//! known. Several countries write such numbers without being in it, and a list ages; of any other two
//! letters only the form that banks print is taken, or a sentence in five would hold one.

use std::ops::Range;
use std::sync::LazyLock;

use iban::{BaseIban, Iban};
use regex::Regex;

use super::seen::Seen;
use super::{IBAN, pattern};

static START: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[A-Za-z] ?[A-Za-z][ .:-]{0,2}[0-9] ?[0-9]"));

const SHORTEST: usize = 15;
const LONGEST: usize = 34;

pub(super) fn hide(seen: &mut Seen) {
    let starts: Vec<usize> = START.find_iter(&seen.text).map(|found| found.start()).collect();
    for start in starts {
        if let Some(range) = at(&seen.text, start) {
            seen.hide(range, IBAN);
        }
    }
}

/// The number that starts here.
fn at(text: &str, start: usize) -> Option<Range<usize>> {
    let signs = signs(&text[start..]);
    let lengths = SHORTEST..=signs.len();
    let length = lengths.rev().find(|&length| is_iban(&text[start..], &signs[..length]))?;
    Some(start..start + signs[length - 1].0 + 1)
}

fn is_iban(text: &str, signs: &[(usize, char)]) -> bool {
    let number: String = signs.iter().map(|(_, c)| c.to_ascii_uppercase()).collect();
    number.parse::<Iban>().is_ok() || is_printed(text, signs) && number.parse::<BaseIban>().is_ok()
}

/// Whether capitals and digits stand together, or in fours with a space between, and a word ends.
fn is_printed(text: &str, signs: &[(usize, char)]) -> bool {
    let end = signs[signs.len() - 1].0 + 1;
    let is_last = !text[end..].starts_with(char::is_alphanumeric);
    let joined = end == signs.len();
    let in_fours = signs.iter().enumerate().all(|(place, (at, _))| *at == place + place / 4);
    let digits = signs.iter().filter(|(_, c)| c.is_ascii_digit()).count();
    is_last
        && (joined || in_fours && !text[..end].contains(['.', '-', '/', ':', '\n']))
        && digits * 2 > signs.len()
        && signs.iter().all(|(_, c)| !c.is_ascii_lowercase())
}

/// Letters and digits with their places, through at most two separators between them.
fn signs(text: &str) -> Vec<(usize, char)> {
    let mut signs: Vec<(usize, char)> = Vec::new();
    for (place, c) in text.char_indices() {
        let gap = signs.last().map_or(0, |(last, _)| place - last - 1);
        if signs.len() == LONGEST || gap > 2 {
            break;
        }
        match c {
            c if c.is_ascii_alphanumeric() => signs.push((place, c)),
            ' ' | '.' | '-' | '/' | ':' | '\n' => {}
            _ => break,
        }
    }
    signs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        at(text, 0).map(|range| &text[range])
    }

    #[test]
    fn the_registrys_examples_are_found_and_a_slip_of_the_pen_is_not() {
        assert_eq!(found("NO93 8601 1117 947, thanks"), Some("NO93 8601 1117 947"));
        assert_eq!(
            found("MT84MALT011000012345MTLCAST001S"),
            Some("MT84MALT011000012345MTLCAST001S")
        );
        assert_eq!(
            found("IE29 AIBK 9311 5212 3456 78 is mine"),
            Some("IE29 AIBK 9311 5212 3456 78")
        );
        assert_eq!(found("IE29 AIBK 9311 5212 3456 79 is mine"), None);
    }
}
