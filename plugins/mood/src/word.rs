//! One word, of any script, or one emoji: what is accepted, and what counts as the same.

use std::fmt;

use icu_casemap::CaseMapper;
use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Most characters (Unicode scalar values) of a word.
pub const LONGEST: usize = 24;

/// A word as it was written, trimmed and in Unicode's composed form (NFKC).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Word(String);

impl Word {
    /// What is the same for everyone who says the same: case does not count, nor what nobody sees, nor how an
    /// emoji is drawn.
    pub fn folded(&self) -> String {
        if emoji(&self.0).is_some() {
            return self.0.replace(['\u{fe0e}', '\u{fe0f}'], "");
        }
        let folded = CaseMapper::new().fold_string(&self.0).into_owned();
        folded.nfkc().filter(|c| !is_unseen(*c)).collect()
    }
}

impl TryFrom<String> for Word {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        // Before anything is composed, which would make letters of some emoji.
        if let Some(emoji) = emoji(text.trim_matches(is_edge)) {
            return Ok(Word(emoji.to_owned()));
        }
        let text: String = text.nfkc().collect();
        let word = text.trim_matches(|c| is_edge(c) || is_drawing(c));
        let words = word.split_whitespace().count();
        if words == 0 {
            return Err("Say it in one word, or with one emoji.".to_owned());
        }
        if words > 1 {
            return Err(format!("One word, please: these are {words}."));
        }
        if word.chars().any(|c| !is_of_words(c)) || !word.chars().any(is_letter) {
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

/// What may stand around a word and is not part of it: "Happy." is a word with a full stop.
fn is_edge(c: char) -> bool {
    let is_sign = ".,;:!?¡¿…\"'“”„«»()".contains(c);
    c.is_whitespace() || c.is_control() || is_sign || is_unseen(c) && !is_drawing(c)
}

/// What says how the emoji before it is drawn, or ends it.
fn is_drawing(c: char) -> bool {
    matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{e0020}'..='\u{e007f}')
}

/// Characters that show nothing, some letters among them.
fn is_unseen(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || c.general_category_group() == GeneralCategoryGroup::Other
}

/// Without one of these nothing is said.
fn is_letter(c: char) -> bool {
    use GeneralCategoryGroup::{Letter, Number};
    matches!(c.general_category_group(), Letter | Number) && !is_unseen(c)
}

fn is_of_words(c: char) -> bool {
    let is_mark = c.general_category_group() == GeneralCategoryGroup::Mark && !is_unseen(c);
    is_letter(c) || is_mark || "'’-‑·".contains(c) || is_joiner(c)
}

/// Unseen, and yet part of how Persian, some Indian scripts and Mongolian are written.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{180b}'..='\u{180d}' | '\u{180f}')
}

/// The text, if it is one emoji: one of the sequences that Unicode recommends, drawn in whatever way. Of
/// those with a sign that means something to platforms and spreadsheets (#️⃣, *️⃣) none is a mood.
fn emoji(text: &str) -> Option<&str> {
    let known = emojis::get(text).is_some();
    (known && !text.contains(['#', '*'])).then_some(text)
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
            ("❤", "❤"),
            ("™️", "™️"),
            ("ℹ️", "ℹ️"),
            ("㊗️", "㊗️"),
            ("1️⃣", "1️⃣"),
            ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"),
            (" 🙂! ", "🙂"),
            ("ᠠ᠋ᠠ", "ᠠ᠋ᠠ"),
        ] {
            // NFKC spells some letters in parts that look the same, and leaves emoji alone.
            let wanted = emoji(wanted).map_or_else(|| wanted.nfkc().collect(), str::to_owned);
            assert_eq!(read(text), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_what_to_do() {
        for (text, wanted) in [
            ("", "Say it in one word, or with one emoji."),
            (" \u{200b}\u{202e} ", "Say it in one word, or with one emoji."),
            ("very happy", "One word, please: these are 2."),
            ("a\u{a0}b\nc", "One word, please: these are 3."),
            ("\u{200d}\u{200c}", "Say it in one word, or with one emoji."),
            ("\u{3164}", "Say it in one word, or with one emoji."),
            ("\u{115f}\u{1160}\u{ffa0}", "Say it in one word, or with one emoji."),
            ("\u{2800}", "One word or one emoji, please, without other signs."),
            ("\u{301}", "One word or one emoji, please, without other signs."),
            ("-", "One word or one emoji, please, without other signs."),
            ("cal\u{3164}m", "One word or one emoji, please, without other signs."),
            ("🙂\u{301}", "One word or one emoji, please, without other signs."),
            ("a\u{200d}🙂", "One word or one emoji, please, without other signs."),
            (
                "👩\u{200d}👩\u{200d}👩\u{200d}👩",
                "One word or one emoji, please, without other signs.",
            ),
            ("*️⃣", "One word or one emoji, please, without other signs."),
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
            ("c\u{200d}alm", "calm"),
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
