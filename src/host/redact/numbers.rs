//! Phone and card numbers, and every other number long enough to be one.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::groups::{Run, groups};
use super::harmless::{self, tail};
use super::seen::{HIDDEN, Seen};
use super::{CARD, NUMBER, PHONE, pattern};

/// Digits and what people set between them; a line may end within a number, a paragraph may not.
static RUN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[0-9]+(?:(?:[ ./()·•_~-]{1,4}|[ -]{0,2}\n[ +-]{0,2}|:)[0-9]+)*"));

/// Four times four digits, whatever is set between them.
static CARDS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9]{4}(?:[^\w\x01]{1,3}[0-9]{4}){3}"));

/// Words before a phone number.
static CUE: LazyLock<Regex> = LazyLock::new(|| {
    let words = r"t[eé]l|t[eé]l[eé]f[oó]n[eo]?|phone|telephone|mobile?|m[oó]vil|m[oó]bil|cell|celular
        |cellulare|handy|portable|gsm|fax|whatsapp|viber|signal|sms|call|ring|dial|text|reach
        |contact|appel(?:er|ez)|anrufen|rufnummer|telefonnummer|handynummer|llam[ae]|ligar|chiam[ai]
        |bel|тел|телефон|моб|هاتف|جوال|موبايل|फ़ोन|मोबाइल";
    let fillers = r"number|numbers|no|nr|num|n|is|are|my|me|us|him|her|on|at|est|ist|es|è|é|et|to
        |unter|sur|al|op|номер|número|numéro|numero|nummer|mob|[:=№]";
    let joined = "电话|電話|手机|手機|携帯|号码|전화|휴대폰|โทร";
    pattern(&format!(
        r"(?ix) (?: (?:^|\P{{L}}) (?:{words}) | {joined} ) (?: [^\w\n\x01]{{1,3}} (?:{fillers}) ){{0,3}} [^\w\n\x01]{{0,4}} $"
    ))
});

static EXTENSION: LazyLock<Regex> = LazyLock::new(|| {
    let words = "ext|extn|extension|x|poste|dw|durchwahl|int|доб|вн|分机|#";
    pattern(&format!(r"(?i)^\)?[ ,;]{{0,3}}(?:{words})[ .:]{{0,3}}[0-9]+"))
});

/// The name of a thing, as in "#1234-5678" and "INV-2026-0045".
static NAMED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:#|[A-Za-z][-_/]?)$"));

pub(super) fn hide(seen: &mut Seen) {
    for range in cards(&seen.text) {
        seen.hide(range, CARD);
    }
    for range in runs(&seen.text) {
        // What stands before is looked at with its own marks in place.
        for (range, mark) in marks(&seen.text, range) {
            seen.hide(range, mark);
        }
    }
}

/// Looked for from every digit on: four digits before a card are not its first.
fn cards(text: &str) -> Vec<Range<usize>> {
    let mut cards = Vec::new();
    let mut next = 0;
    while let Some(found) = CARDS.find_at(text, next) {
        if is_card(text, found.range()) {
            next = found.end();
            cards.push(found.range());
        } else {
            next = found.start() + 1;
        }
    }
    cards
}

fn is_card(text: &str, range: Range<usize>) -> bool {
    let groups = groups(text, range);
    let run = Run::new(text, &groups);
    let are_years = run.all().all(|group| group.starts_with("19") || group.starts_with("20"));
    run.is_card() && !are_years
}

/// Runs of digits, none through a time of day.
fn runs(text: &str) -> Vec<Range<usize>> {
    let mut text = text.to_owned();
    for time in harmless::times(&text) {
        text.replace_range(time.clone(), &HIDDEN.to_string().repeat(time.len()));
    }
    RUN.find_iter(&text).map(|run| run.range()).collect()
}

fn marks(text: &str, range: Range<usize>) -> Vec<(Range<usize>, &'static str)> {
    let groups = groups(text, range);
    let pieces = without_dates(&Run::new(text, &groups)).into_iter();
    pieces.filter_map(|piece| mark(&piece).map(|mark| (whole(&piece, mark), mark))).collect()
}

/// What is left of a run around its dates.
fn without_dates<'a>(run: &Run<'a>) -> Vec<Run<'a>> {
    let mut pieces = Vec::new();
    let (mut start, mut next) = (0, 0);
    while next < run.len() {
        let date = harmless::date(run, next);
        if date.is_some() {
            pieces.push(start..next);
            start = next + date.unwrap_or(0);
        }
        next += date.unwrap_or(1);
    }
    pieces.push(start..run.len());
    let pieces = pieces.into_iter().filter(|piece| !piece.is_empty());
    pieces.map(|piece| run.part(piece)).collect()
}

fn mark(run: &Run) -> Option<&'static str> {
    let international = run.before().ends_with('+') || run.before().ends_with("+(");
    let digits = run.digits();
    let hidden = match digits {
        0..=5 => false,
        6 if international => false,
        _ if international => true,
        6..=8 => is_phone(run),
        _ => !harmless::is_scale(run),
    };
    let short = digits <= 15;
    match (international || run.words().starts_with("00")) && short {
        _ if !hidden => None,
        true => Some(PHONE),
        false if run.has_card() => Some(CARD),
        false if short => Some(PHONE),
        false => Some(NUMBER),
    }
}

/// Whether so few digits are a phone number: a word says so, or they are written as one.
fn is_phone(run: &Run) -> bool {
    if harmless::is_scale(run) || harmless::is_price(run) {
        return false;
    }
    let before = tail(run.before());
    let grouped = run.digits() > 6 && !harmless::is_thousands(run) && is_grouped(run);
    CUE.is_match(before) || grouped && !NAMED.is_match(before)
}

/// Groups as in "555-1234", "12 34 56 78" and "01/23 45 67", on one line.
fn is_grouped(run: &Run) -> bool {
    let trunk = run.words().starts_with('0');
    let only = |sign: &str| run.gaps().all(|gap| gap == sign);
    run.len() > 1
        && run.gaps().all(|gap| !gap.contains(['\n', ':']))
        && run.all().any(|group| group.len() > 1)
        && (trunk || !only("/"))
        && (trunk || !only(".") || run.len() > 2 && run.all().all(|group| group.len() > 1))
}

/// The number with its "+", its brackets and its extension.
fn whole(run: &Run, mark: &str) -> Range<usize> {
    let count = |sign| run.words().matches(sign).count();
    let mut range = run.range();
    let mut lead = run.before();
    if let Some(rest) = lead.strip_suffix('(').filter(|_| count(')') > count('(')) {
        lead = rest;
    }
    lead = lead.strip_suffix('+').unwrap_or(lead);
    if let Some(rest) = lead.strip_suffix('(').filter(|_| count(')') > count('(')) {
        lead = rest;
    }
    range.start = lead.len();
    if let Some(extension) = EXTENSION.find(run.behind()).filter(|_| mark == PHONE) {
        range.end += extension.end();
    }
    range
}
