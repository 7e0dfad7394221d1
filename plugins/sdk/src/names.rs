//! Names of people within words: found whatever their case and accents, and left alone where they are
//! ordinary words too.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// What stands in the place of a name.
pub const NAME_MARK: &str = "[name]";
/// What stands behind a company's name and is left out when people speak of it, without dots and case.
const LEGAL_FORMS: [&str; 14] = [
    "ab", "ag", "as", "bv", "co", "corp", "gmbh", "inc", "limited", "llc", "ltd", "oy", "plc", "sa",
];
/// A single letter is no name by itself.
const SHORTEST: usize = 2;

/// English words that people are called by too, and little words of several languages. They are a name
/// only beside another part of it: else "hope" could never be said where a Hope works.
static ORDINARY: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| include_str!("ordinary_words.txt").split_whitespace().collect());

/// Names that are looked for: whole ones, and each part of them that is no ordinary word.
#[derive(Debug, Clone, Default)]
pub struct Names(Vec<Vec<String>>);

impl Names {
    pub fn of(names: &[String]) -> Names {
        let words = |name: &String| -> Vec<String> { name.unicode_words().map(fold).collect() };
        let whole: BTreeSet<Vec<String>> = names.iter().map(words).collect();
        // "ana.silva" is one word to Unicode, and so is "O'Neill".
        let split = |word: &String| -> Vec<String> {
            word.split(['.', '_', '\'', '’']).map(str::to_owned).collect()
        };
        let parts: BTreeSet<Vec<String>> =
            whole.iter().flatten().flat_map(split).map(|part| vec![part]).collect();
        let mut all: Vec<Vec<String>> = whole.union(&parts).cloned().collect();
        all.retain(|name| match &name[..] {
            [] => false,
            [one] => is_name(one),
            _ => true,
        });
        let mut names = Names(all);
        names.longest_first();
        names
    }

    /// These and companies, whose names are looked for as a whole: their parts are words of every day.
    pub fn and_companies<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Names {
        for name in names {
            let mut words: Vec<String> = name.unicode_words().map(fold).collect();
            while words.len() > 1 && words.last().is_some_and(|it| LEGAL_FORMS.contains(&&**it)) {
                self.0.push(words.clone());
                words.pop();
            }
            if words.len() > 1 || words.first().is_some_and(|word| is_name(word)) {
                self.0.push(words);
            }
        }
        self.longest_first();
        self
    }

    /// "Ana Silva" before "Ana".
    fn longest_first(&mut self) {
        self.0.sort_by_key(|name| std::cmp::Reverse(name.len()));
    }

    /// The words with a mark in the place of each of these names, as whole words.
    pub fn masked(&self, words: &str, mark: &str) -> String {
        // To Unicode "Ana's" is one word.
        let bare = |(at, word): (usize, &str)| {
            let owns = ["'s", "’s"].iter().find_map(|owns| word.strip_suffix(owns));
            at..at + owns.unwrap_or(word).len()
        };
        let found: Vec<Range<usize>> = words.unicode_word_indices().map(bare).collect();
        let folded: Vec<String> = found.iter().map(|range| fold(&words[range.clone()])).collect();
        let (mut out, mut end, mut at) = (String::new(), 0, 0);
        while at < found.len() {
            match self.0.iter().find(|name| folded[at..].starts_with(name)) {
                Some(name) => {
                    out.push_str(&words[end..found[at].start]);
                    out.push_str(mark);
                    at += name.len();
                    end = found[at - 1].end;
                }
                None => at += 1,
            }
        }
        out.push_str(&words[end..]);
        out
    }
}

/// Whether a single word is a name by itself.
fn is_name(word: &str) -> bool {
    let is_long = word.chars().count() >= SHORTEST && word.chars().any(char::is_alphabetic);
    is_long && !ORDINARY.contains(word)
}

/// What is the same for all who write a name the same: without case, accents and characters that nobody sees.
fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    let seen = word.nfkd().filter(|c| !is_accent(*c) && !is_unseen(*c));
    for letter in seen.flat_map(char::to_lowercase) {
        match STROKED.iter().find(|(stroked, _)| *stroked == letter) {
            Some((_, plain)) => folded.push_str(plain),
            None => folded.push(letter),
        }
    }
    folded
}

/// Letters that Unicode does not take apart, as they are written without their strokes.
const STROKED: [(char, &str); 10] = [
    ('ø', "o"),
    ('ł', "l"),
    ('đ', "d"),
    ('ð', "d"),
    ('þ', "th"),
    ('ß', "ss"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('ı', "i"),
    ('ħ', "h"),
];

/// The accents of Latin, Greek and Cyrillic letters; signs of other scripts are letters of their own.
fn is_accent(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(words: &str, names: &[&str]) -> String {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Names::of(&names).masked(words, "[name]")
    }

    #[test]
    fn names_and_their_parts_are_masked_as_whole_words_whatever_their_case() {
        let names = ["Ana Silva", "Bo", ""];
        for (words, wanted) in [
            ("ANA SILVA helped, and Ana too.", "[name] helped, and [name] too."),
            ("Ana\u{a0}Silva's banana", "[name]'s banana"),
            ("Bob and bo", "Bob and [name]"),
            ("calm", "calm"),
        ] {
            assert_eq!(masked(words, &names), wanted);
        }
    }

    #[test]
    fn a_name_of_two_letters_with_or_without_its_accents_is_one() {
        let names = ["Zoë Bø", "Łukasz Öz", "Anne-Marie Li", "李明", "pat.o'neill"];
        for word in [
            "neill",
            "pat",
            "zoe",
            "ZOË",
            "Bo",
            "lukasz",
            "oz",
            "Öz",
            "marie",
            "Li",
            "李明",
            "z\u{200d}oe",
        ] {
            assert_eq!(masked(word, &names), "[name]", "{word}");
        }
    }

    #[test]
    fn an_ordinary_word_is_a_name_only_beside_another_part_of_it() {
        let names = ["Hope Young", "Will Happy", "Maria de la Cruz", "An Do"];
        for word in ["hope", "Happy", "young", "de", "will do", "an"] {
            assert_eq!(masked(word, &names), word);
        }
        assert_eq!(masked("Hope Young and An Do", &names), "[name] and [name]");
        assert_eq!(masked("cruz", &names), "[name]");
    }

    #[test]
    fn a_company_is_found_as_a_whole_and_without_its_legal_form() {
        let names = Names::of(&[]).and_companies(["Acme Ltd", "Cloud Services Inc", "Hope"]);
        for (words, wanted) in [
            ("ACME Ltd. and Acme's export", "[name]. and [name]'s export"),
            ("Cloud Services is in the cloud", "[name] is in the cloud"),
            ("hope, limited", "hope, limited"),
        ] {
            assert_eq!(names.masked(words, NAME_MARK), wanted);
        }
    }

    #[test]
    fn the_ordinary_words_are_written_as_they_are_looked_for() {
        for word in ORDINARY.iter() {
            assert_eq!(fold(word), **word);
        }
    }
}
