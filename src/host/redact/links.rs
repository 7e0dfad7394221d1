//! Links in words lose their query string and fragment: tokens and addresses travel there.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Match, Regex};

use super::seen::Seen;
use super::{CUT, pattern};

/// What no link goes on behind; East Asian sentences go on behind one without a space.
const REST: &str = r#"[^\s<>"\x01。，、；！？）】」》]"#;

/// What closes a sentence rather than a link.
const CLOSING: &[char] =
    &['.', ',', ';', ':', '!', '?', '\'', ')', ']', '}', '»', '”', '’', '*', '_', '…'];

static SCHEMED: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?i)[a-z][a-z0-9+.-]{{1,20}}://({REST}+)")));

/// Without a scheme, a host and a path make a link.
static HOSTED: LazyLock<Regex> = LazyLock::new(|| {
    let host = r"(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}(?::\d+)?";
    pattern(&format!(r#"{host}/[^\s<>"?#\x01]*([?#]{REST}+)"#))
});

/// Without a host, a name and a value make a query string, whatever stands before.
static NAMED: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"([?#][\w.%~\[\]-]{{1,60}}={REST}*)")));

pub(super) fn hide(seen: &mut Seen) {
    hide_parts(seen, &SCHEMED, |rest| [secret(rest), query(rest)]);
    for link in [&HOSTED, &NAMED] {
        hide_parts(seen, link, |rest| [None, query(rest)]);
    }
}

/// The URL without its query string and its fragment; none where an address is part of the way itself.
pub(super) fn without_secrets(mut url: String) -> Option<String> {
    url.truncate(url.find(['?', '#']).unwrap_or(url.len()));
    // Nobody's link to a conversation has one, nor its other spelling.
    let has_address = url.contains('@') || url.to_ascii_lowercase().contains("%40");
    (!has_address).then_some(url)
}

fn hide_parts(seen: &mut Seen, link: &Regex, parts: fn(Match) -> [Option<Range<usize>>; 2]) {
    let rests = link.captures_iter(&seen.text).filter_map(|link| link.get(1));
    let ranges: Vec<_> = rests.flat_map(parts).flatten().collect();
    for range in ranges {
        seen.hide(range, CUT);
    }
}

/// The name and the password before a host.
fn secret(rest: Match) -> Option<Range<usize>> {
    let host = rest.as_str().split(['/', '?', '#']).next()?;
    Some(rest.start()..rest.start() + host.rfind('@')?)
}

fn query(rest: Match) -> Option<Range<usize>> {
    let kept = rest.as_str().trim_end_matches(CLOSING);
    let start = kept.find(['?', '#'])?;
    // "Have you seen https://x.example/path?" asks, and "#" alone says nothing.
    (kept.len() > start + 1).then(|| rest.start() + start..rest.start() + kept.len())
}
