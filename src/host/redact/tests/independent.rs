//! A second detector, written without a pattern and without the first one's parts.

/// What of a text still looks personal.
pub(super) fn finds(text: &str) -> Vec<String> {
    let seen: Vec<char> =
        text.chars().filter(|c| !"\u{200b}\u{ad}\u{200d}\u{2060}".contains(*c)).collect();
    let mut found = Vec::new();
    found.extend(long_runs(&seen));
    found.extend(cards(&seen));
    found.extend(accounts(&seen));
    found.extend(addresses(&seen));
    found.extend(queries(&seen));
    found
}

fn value(c: char) -> Option<u32> {
    let zeros = ['0', '０', '٠', '०'].map(u32::from);
    zeros.into_iter().find_map(|zero| u32::from(c).checked_sub(zero).filter(|value| *value < 10))
}

fn long_runs(seen: &[char]) -> Vec<String> {
    let runs = seen.split(|c| value(*c).is_none());
    runs.filter(|run| run.len() >= 9).map(|run| run.iter().collect()).collect()
}

/// Windows of 13–19 digits from one edge to another, through single spaces and dashes.
fn cards(seen: &[char]) -> Vec<String> {
    let mut found = Vec::new();
    for start in 0..seen.len() {
        if value(seen[start]).is_none() || start > 0 && value(seen[start - 1]).is_some() {
            continue;
        }
        let (mut digits, mut end) = (Vec::new(), start);
        while end < seen.len() && digits.len() < 19 {
            match value(seen[end]) {
                Some(digit) => digits.push(digit),
                None if " -".contains(seen[end]) && value(seen[end - 1]).is_some() => {}
                None => break,
            }
            end += 1;
            let edge = seen.get(end).is_none_or(|c| value(*c).is_none());
            // Groups of fewer than four are dates and counts rather than a card's.
            if edge && digits.len() >= 13 && is_luhn(&digits) && fours(&seen[start..end]) {
                found.push(seen[start..end].iter().collect());
            }
        }
    }
    found
}

fn fours(seen: &[char]) -> bool {
    seen.split(|c| value(*c).is_none()).all(|group| group.len() >= 4)
}

fn is_luhn(digits: &[u32]) -> bool {
    let mut sum = 0;
    for (place, digit) in digits.iter().rev().enumerate() {
        sum +=
            if place % 2 == 1 { [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][*digit as usize] } else { *digit };
    }
    sum.is_multiple_of(10)
}

/// German and Irish accounts, written together: two letters and twenty signs, divided by hand.
fn accounts(seen: &[char]) -> Vec<String> {
    let windows = seen.windows(22).filter(|window| {
        let turned = window[4..].iter().chain(&window[..4]);
        let number: Option<String> = turned
            .map(|c| c.to_digit(36).filter(|_| c.is_ascii()).map(|value| value.to_string()))
            .collect();
        let known = matches!(window[..2], ['D', 'E'] | ['I', 'E']);
        known && number.is_some_and(|number| divides(&number))
    });
    windows.map(|window| window.iter().collect()).collect()
}

fn divides(number: &str) -> bool {
    number.bytes().fold(0u32, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97) == 1
}

fn addresses(seen: &[char]) -> Vec<String> {
    let around = seen.windows(3).filter(|three| {
        three[1] == '@' && three[0].is_ascii_alphabetic() && three[2].is_ascii_alphabetic()
    });
    around.map(|three| three.iter().collect()).collect()
}

fn queries(seen: &[char]) -> Vec<String> {
    let words = seen.split(|c| c.is_whitespace()).map(|word| word.iter().collect::<String>());
    let links = words.filter(|word| {
        let rest = word.split_once("https://").map_or("", |(_, rest)| rest);
        let rest = rest.split(['<', '"']).next().unwrap_or_default();
        rest.split_once('?').is_some_and(|(_, query)| {
            query.contains('=') && query.starts_with(|c: char| c.is_ascii_alphanumeric())
        })
    });
    links.collect()
}

#[test]
fn it_finds_what_it_looks_for() {
    let card = "4111 1111 1111 1111";
    for text in
        ["a@b", "0871234567", card, "DE89370400440532013000", "https://x/y?z=1", "٠٨٧١٢٣٤٥٦٧"]
    {
        assert!(!finds(text).is_empty(), "{text}");
    }
    assert!(finds("On 2026-11-16 09:00 12345678 was @home?").is_empty());
}
