//! Where words and e-mail addresses stand in a text, so that a name is found in it and "Ana" is not
//! found in "Banana".

use std::ops::Range;

/// What stands in the place of something that was erased.
pub(super) const ERASED: &str = "[erased]";

/// The words of a text by their places. Scripts that set no spaces have each sign as a word, so that
/// a name is found there too.
pub(super) fn words(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open = false;
    for (at, sign) in text.char_indices() {
        let end = at + sign.len_utf8();
        match found.last_mut() {
            Some(word) if open && belongs(sign) && !stands_alone(sign) => word.end = end,
            _ if belongs(sign) => found.push(at..end),
            _ => {}
        }
        open = belongs(sign) && !stands_alone(sign);
    }
    found
}

/// The words as they are compared: in lower case, with one space between.
pub(super) fn folded(text: &str) -> Vec<String> {
    words(text).into_iter().map(|place| text[place].to_lowercase()).collect()
}

/// An e-mail address as it is compared.
pub(super) fn folded_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// The e-mail addresses of a text by their places.
pub(super) fn emails(text: &str) -> Vec<Range<usize>> {
    let before = |sign: char| sign.is_alphanumeric() || "._%+-'".contains(sign);
    let after = |sign: char| sign.is_alphanumeric() || ".-".contains(sign);
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let (front, back) = (&text[..at], &text[at + 1..]);
        let name = front.len() - front.trim_end_matches(before).len();
        let domain = back.len() - back.trim_start_matches(after).len();
        let name = front[at - name..].trim_start_matches(['.', '\'', '-']);
        let domain = back[..domain].trim_end_matches(['.', '-']);
        if !name.is_empty() && !domain.is_empty() {
            found.push(at - name.len()..at + 1 + domain.len());
        }
    }
    found
}

/// Telephone numbers as people write them: a plus or a zero, and 9 to 15 digits in all. Dates and
/// order numbers seldom look so.
pub(super) fn telephones(text: &str) -> Vec<&str> {
    let is_part = |sign: char| sign.is_ascii_digit() || " -()./+\u{a0}".contains(sign);
    let runs = text.split(|sign: char| !is_part(sign));
    let runs = runs.map(|run| run.trim_matches(|sign: char| !sign.is_ascii_digit() && sign != '+'));
    let is_number = |run: &&str| {
        let digits = run.chars().filter(char::is_ascii_digit).count();
        (9..=15).contains(&digits) && run.starts_with(['+', '0'])
    };
    runs.filter(is_number).collect()
}

/// Puts [`ERASED`] in the given places, which may overlap; none where there are none.
pub(super) fn erase(text: &str, mut places: Vec<Range<usize>>) -> Option<String> {
    places.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
    let mut left = String::with_capacity(text.len());
    let mut done = 0;
    for place in &places {
        if place.start >= done {
            left.push_str(&text[done..place.start]);
            left.push_str(ERASED);
        }
        done = done.max(place.end);
    }
    left.push_str(&text[done..]);
    (!places.is_empty()).then_some(left)
}

fn belongs(sign: char) -> bool {
    // Accents that follow their letter belong to it.
    sign.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&sign)
}

/// Thai, and what China, Japan and Korea write.
pub(super) fn stands_alone(sign: char) -> bool {
    matches!(sign, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str, places: Vec<Range<usize>>) -> Vec<&str> {
        places.into_iter().map(|place| &text[place]).collect()
    }

    #[test]
    fn words_and_addresses_are_found_as_people_write_them() {
        assert_eq!(at("Ana's Banana, O'Brien", words("Ana's Banana, O'Brien")).len(), 5);
        assert_eq!(folded("李小龙 Lee"), ["李", "小", "龙", "lee"]);
        let text = "Write (x.ana@a-b.example). Or <BEN@x.example>, not @here or a@.";
        assert_eq!(at(text, emails(text)), ["x.ana@a-b.example", "BEN@x.example"]);
        let text = "Call +353 86 123 4567 or (086) 123-4567 on 2026-11-10, order 4400123456.";
        assert_eq!(telephones(text), ["+353 86 123 4567", "086) 123-4567"]);
    }

    proptest! {
        #[test]
        fn what_is_not_erased_stays_as_it_is(text in "\\PC{0,40}", n in 0usize..4) {
            let places: Vec<_> = words(&text).into_iter().take(n).collect();
            let kept = text.len() - places.iter().map(Range::len).sum::<usize>();
            match erase(&text, places.clone()) {
                None => prop_assert!(places.is_empty()),
                Some(left) => prop_assert_eq!(left.len(), kept + places.len() * ERASED.len()),
            }
        }

        #[test]
        fn no_text_is_too_odd_to_look_through(text in "[@.a\u{301}é李 +0-9]{0,40}") {
            for place in words(&text).into_iter().chain(emails(&text)) {
                prop_assert!(text.get(place).is_some());
            }
            telephones(&text);
        }
    }
}
