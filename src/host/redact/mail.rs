//! E-mail addresses, also as people write them to hide them from machines.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Match, Regex};

use super::seen::Seen;
use super::{MAIL, pattern};

const LOCAL: &str = r"[\p{L}\p{N}_][\p{L}\p{M}\p{N}.!#$%&'*+=?^_`{|}~-]*";
const LABEL: &str = r"[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]*";

/// "(at)" in the languages whose word for it is written out.
const AT: &str = "at|ät|a|bei|chez|arroba|chiocciola|snabel-?a|kukac|małpa|zavináč|собака|@";
const DOT: &str = r"dot|punkt|point|punto|ponto|piste|pont|kropka|tečka|точка|\.";

/// Any name at any host; the host may be cut off by a plugin's "…".
static PLAIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?:{LOCAL}|"[^"\n\x01]{{1,64}}")@(?:{LABEL}(?:\.+{LABEL})*|\[[0-9A-Fa-f.:]+\]|…)…?"#
    ))
});

/// With spaces around the "@", a word must end the host: "3 items @ 4.50" is a price.
static SPACED: LazyLock<Regex> = LazyLock::new(|| {
    let dot = r"(?: {0,2}\.| \. )";
    pattern(&format!(
        r"{LOCAL} {{0,2}}@ {{0,2}}{LABEL}(?:{dot}{LABEL})*{dot}\p{{L}}[\p{{L}}\p{{M}}-]+"
    ))
});

/// "name (at) host.tld" and "name [at] host [dot] tld".
static BRACKETED: LazyLock<Regex> = LazyLock::new(|| {
    let at = format!(r"\s{{0,2}}[(\[{{<_]\s?(?:{AT})\s?[)\]}}>_]\s{{0,2}}");
    let dot = format!(r"(?:\.|\s{{0,2}}[(\[{{<_]\s?(?:{DOT})\s?[)\]}}>_]\s{{0,2}}|\s(?:{DOT})\s)");
    let local = format!(r"{LOCAL}(?:{dot}{LOCAL}){{0,3}}");
    pattern(&format!("(?i){local}{at}{LABEL}(?:{dot}{LABEL})+"))
});

/// "name at host dot tld": one dot at least in words, else it is a sentence.
static WORDED: LazyLock<Regex> = LazyLock::new(|| {
    let dot = format!(r"\s{{1,2}}(?:{DOT})\s{{1,2}}");
    let local = format!(r"{LOCAL}(?:{dot}{LOCAL}){{0,3}}");
    pattern(&format!(
        r"(?i){local}\s{{1,2}}(?:{AT})\s{{1,2}}{LABEL}(?:\.{LABEL})*(?:{dot}{LABEL})+"
    ))
});

pub(super) fn hide(seen: &mut Seen) {
    for written in [&PLAIN, &SPACED, &BRACKETED, &WORDED] {
        let found = written.find_iter(&seen.text).filter(is_address).map(|found| found.range());
        let found: Vec<Range<usize>> = found.collect();
        for range in found {
            seen.hide(range, MAIL);
        }
    }
}

/// "3@4.50" is a price.
fn is_address(found: &Match) -> bool {
    found.as_str().contains(|c: char| c.is_alphabetic() || c == '…')
}
