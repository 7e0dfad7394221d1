//! Text as it is searched: what hides is seen through, and every script's digits are 0–9.

use std::ops::Range;
use std::sync::LazyLock;

use regex_syntax::hir::{Class, HirKind};
use unicode_normalization::UnicodeNormalization;

use super::MARKS;

/// In the place of what is found, so that nothing is found across it. Never in the text itself: a
/// control character is seen through.
pub(super) const HIDDEN: char = '\u{1}';

/// The text as seen, and where each of its bytes comes from.
pub(super) struct Seen {
    pub(super) text: String,
    origin: Vec<Range<usize>>,
    found: Vec<(Range<usize>, &'static str)>,
}

impl Seen {
    pub(super) fn new(text: &str) -> Seen {
        let mut seen = Seen { text: String::new(), origin: Vec::new(), found: Vec::new() };
        for (start, c) in text.char_indices() {
            seen.push(c, start..start + c.len_utf8());
        }
        seen.pass_over_marks();
        seen
    }

    /// What is redacted already stays as it is: no mark is a word before a number, or part of a link.
    fn pass_over_marks(&mut self) {
        for mark in MARKS {
            self.text = self.text.replace(mark, &HIDDEN.to_string().repeat(mark.len()));
        }
    }

    fn push(&mut self, c: char, origin: Range<usize>) {
        match look(c) {
            Look::Nothing => {}
            Look::As(c) => self.text.push(c),
            Look::Spelled => self.text.extend(std::iter::once(c).nfkc()),
        }
        self.origin.resize(self.text.len(), origin);
    }

    /// Notes a mark for a range of the text as seen, which is not searched again.
    pub(super) fn hide(&mut self, range: Range<usize>, mark: &'static str) {
        if range.is_empty() {
            return;
        }
        let filler = HIDDEN.to_string().repeat(range.len());
        self.text.replace_range(range.clone(), &filler);
        let start = self.origin[range.start].start;
        self.found.push((start..self.origin[range.end - 1].end, mark));
    }

    /// The text it came from with the marks in it.
    pub(super) fn redacted(mut self, text: &str) -> String {
        self.found.sort_by_key(|(range, _)| range.start);
        let mut out = String::with_capacity(text.len());
        let mut end = 0;
        for (range, mark) in self.found {
            // Two may share a character that spells several, such as "⑩".
            if range.start >= end {
                out.push_str(&text[end..range.start]);
                out.push_str(mark);
            }
            end = end.max(range.end);
        }
        out.push_str(&text[end..]);
        out
    }
}

enum Look {
    Nothing,
    As(char),
    Spelled,
}

fn look(c: char) -> Look {
    match c {
        ' '..='~' => Look::As(c),
        '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Look::As('\n'),
        // The mark of what was shortened is no three dots.
        '…' => Look::As(c),
        '\t' | '\u{2800}' => Look::As(' '),
        c if c.is_control() || is_unseen(c) => Look::Nothing,
        c if c.is_whitespace() => Look::As(' '),
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => {
            Look::As('-')
        }
        c => match digit(c) {
            Some(digit) => Look::As(digit),
            None if is_spelling(c) => Look::Spelled,
            None => Look::As(c),
        },
    }
}

/// What the renderers drop, and also joiners, variation selectors and marks over a letter, which they
/// show: between digits these hide a number from a search, not from a reader.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        | '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20f0}')
}

/// Whether a character is another way to write what addresses and numbers are made of (full width,
/// circled, raised). Punctuation of other scripts is not: "？" ends a sentence and opens no query.
fn is_spelling(c: char) -> bool {
    let mut plain = std::iter::once(c).nfkc().peekable();
    plain.peek() != Some(&c) && plain.all(|c| c.is_alphanumeric() || "@.+-/()_: ".contains(c))
}

/// The digit 0–9 of any script. Unicode keeps each script's ten in a row, from zero on.
fn digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let after = DIGITS.partition_point(|row| row.start <= code);
    let row = DIGITS[..after].last().filter(|row| row.contains(&code))?;
    char::from_digit((code - row.start) % 10, 10)
}

static DIGITS: LazyLock<Vec<Range<u32>>> = LazyLock::new(|| {
    let digits = regex_syntax::parse(r"\p{Nd}").map(|hir| hir.into_kind());
    match digits {
        Ok(HirKind::Class(Class::Unicode(class))) => {
            class.ranges().iter().map(|r| u32::from(r.start())..u32::from(r.end()) + 1).collect()
        }
        _ => unreachable!("a class of Unicode is a class"),
    }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scripts_digits_are_read() {
        let digits =
            ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "０１２３４５６７８９"];
        for row in
            digits.into_iter().chain(["𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "𝟢𝟣𝟤𝟥𝟦𝟧𝟨𝟩𝟪𝟫", "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿", "⓪①②③④⑤⑥⑦⑧⑨"])
        {
            assert_eq!(Seen::new(row).text, "0123456789", "{row}");
        }
        assert!(DIGITS.iter().all(|row| row.len() % 10 == 0));
    }

    #[test]
    fn what_hides_is_seen_through_and_what_is_found_covers_it() {
        let text = "a 1\u{200b}2\u{ad}3 ４⑤ b";
        let mut seen = Seen::new(text);
        assert_eq!(seen.text, "a 123 45 b");
        seen.hide(2..8, "[…]");
        assert_eq!(seen.redacted(text), "a […] b");
    }
}
