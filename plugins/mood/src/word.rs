//! One word, of any script, or one emoji: what is accepted, and what counts as the same.

use std::fmt;

use icu_casemap::CaseMapper;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeEmoji, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;

/// Most characters (Unicode scalar values) of a word.
pub const LONGEST: usize = 24;

/// A word as it was written, trimmed and in Unicode's composed form (NFKC).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Word(String);

impl Word {
    /// What is the same for everyone who says the same: case does not count, nor how an emoji is drawn.
    pub fn folded(&self) -> String {
        let folded = CaseMapper::new().fold_string(&self.0).nfkc().collect::<String>();
        folded.replace(['\u{fe0e}', '\u{fe0f}'], "")
    }
}

impl TryFrom<String> for Word {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let text: String = text.nfkc().collect();
        // "Happy." is a word with a full stop.
        let edge = |c: char| c.is_whitespace() || is_unseen(c) || ".,;:!?¡¿…\"'“”„«»()".contains(c);
        let word = text.trim_matches(edge);
        let words = word.split_whitespace().count();
        if words == 0 {
            return Err("Say it in one word, or with one emoji.".to_owned());
        }
        if words > 1 {
            return Err(format!("One word, please: these are {words}."));
        }
        if is_emoji(word) {
            return Ok(Word(word.to_owned()));
        }
        if word.chars().any(|c| !is_of_words(c)) {
            return Err("One word or one emoji, please, without other signs.".to_owned());
        }
        match word.chars().count() {
            0..=LONGEST => Ok(Word(word.to_owned())),
            long => Err(format!("A word of at most {LONGEST} letters, please: this has {long}.")),
        }
    }
}

impl From<Word> for String {
    fn from(word: Word) -> String {
        word.0
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Joiners belong to some scripts' words; other unseen characters only hide something.
fn is_unseen(c: char) -> bool {
    let other = c.general_category_group() == GeneralCategoryGroup::Other;
    other && !['\u{200c}', '\u{200d}'].contains(&c)
}

fn is_of_words(c: char) -> bool {
    use GeneralCategoryGroup::{Letter, Mark, Number};
    matches!(c.general_category_group(), Letter | Mark | Number)
        || "'’-‑·".contains(c)
        || ['\u{200c}', '\u{200d}'].contains(&c)
}

/// One character as people see it, drawn as an emoji.
fn is_emoji(word: &str) -> bool {
    let mut seen = word.graphemes(true);
    let one = seen.next().is_some() && seen.next().is_none();
    one && word.chars().any(|c| !c.is_ascii() && c.is_emoji_char())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<String, String> {
        Word::try_from(text.to_owned()).map(String::from)
    }

    #[test]
    fn a_word_of_any_script_or_one_emoji_is_taken() {
        for (text, wanted) in [
            ("calm", "calm"),
            ("  Calm. ", "Calm"),
            ("great!", "great"),
            ("ｆｕｌｌ", "full"),
            ("don’t", "don’t"),
            ("so-so", "so-so"),
            ("शांति", "शांति"),
            ("می‌خواهم", "می‌خواهم"),
            ("平静", "平静"),
            ("รู้สึกดี", "รู้สึกดี"),
            ("🙂", "🙂"),
            ("👩🏽‍💻", "👩🏽‍💻"),
            ("🇮🇪", "🇮🇪"),
            ("❤️", "❤️"),
        ] {
            // NFKC spells some letters in parts that look the same.
            assert_eq!(read(text), Ok(wanted.nfkc().collect()), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_what_to_do() {
        for (text, wanted) in [
            ("", "Say it in one word, or with one emoji."),
            (" \u{200b}\u{202e} ", "Say it in one word, or with one emoji."),
            ("very happy", "One word, please: these are 2."),
            ("a\u{a0}b\nc", "One word, please: these are 3."),
            ("🙂🙂", "One word or one emoji, please, without other signs."),
            ("ok🙂", "One word or one emoji, please, without other signs."),
            ("<@U1>", "One word or one emoji, please, without other signs."),
            ("a\u{202e}b", "One word or one emoji, please, without other signs."),
            ("@everyone", "One word or one emoji, please, without other signs."),
            ("=1+1", "One word or one emoji, please, without other signs."),
            ("abcdefghijklmnopqrstuvwxyz", "A word of at most 24 letters, please: this has 26."),
        ] {
            assert_eq!(read(text), Err(wanted.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn the_same_word_is_the_same_however_it_is_written() {
        let folded = |text: &str| Word::try_from(text.to_owned()).expect("a word").folded();
        for (one, other) in [
            ("CALM", "calm"),
            ("Straße", "STRASSE"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("❤️", "❤"),
            ("ﬁne", "Fine"),
        ] {
            assert_eq!(folded(one), folded(other), "{one}");
        }
        assert_ne!(folded("calm"), folded("calmer"));
    }

    proptest! {
        #[test]
        fn a_word_that_is_taken_is_taken_again_and_holds_no_markup(text in "\\PC{0,30}|.{0,40}") {
            if let Ok(word) = read(&text) {
                prop_assert_eq!(read(&word), Ok(word.clone()));
                prop_assert!(!word.contains(|c: char| c.is_whitespace() || c.is_control()));
                prop_assert!(!word.contains(['<', '>', '@', '*', '_', '`', '&', '|', '=', ',', '"', ':']));
            }
        }
    }
}
