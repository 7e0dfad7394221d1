//! Text as typed spans: escaping happens once, in the renderer of each platform.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// A run of text with one meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Our own words.
    Plain(String),
    /// Our own words, stressed.
    Bold(String),
    /// A command or a key, shown verbatim.
    Code(String),
    /// Words from outside (names, topics, explanations): data, never markup, never a mention.
    Outside(String),
    /// The same, of which at most so many characters are shown. They are cut when what is personal in
    /// them has been hidden: half of a phone number looks like none.
    Shortened { words: String, most: usize },
    /// From outside, but an id that leads somewhere, or the asker's own typed words given back: escaped
    /// like [`Span::Outside`], never redacted.
    Verbatim(String),
    /// A way to more; the label may come from outside. One that is our own words with an id says so, and
    /// is never redacted.
    Link {
        label: String,
        url: String,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        verbatim: bool,
    },
    /// A person by name; shown without mentioning them.
    Person { id: String, name: String },
    /// An instant, shown in the reader's zone where the platform can, else in the workspace's.
    Time(Timestamp),
}

/// A line or a paragraph.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub Vec<Span>);

impl Text {
    pub fn new() -> Self {
        Text::default()
    }

    pub fn plain(self, words: impl Into<String>) -> Self {
        self.with(Span::Plain(words.into()))
    }

    pub fn bold(self, words: impl Into<String>) -> Self {
        self.with(Span::Bold(words.into()))
    }

    pub fn code(self, words: impl Into<String>) -> Self {
        self.with(Span::Code(words.into()))
    }

    pub fn outside(self, words: impl Into<String>) -> Self {
        self.with(Span::Outside(words.into()))
    }

    pub fn shortened(self, words: impl Into<String>, most: usize) -> Self {
        self.with(Span::Shortened { words: words.into(), most })
    }

    pub fn verbatim(self, words: impl Into<String>) -> Self {
        self.with(Span::Verbatim(words.into()))
    }

    pub fn link(self, label: impl Into<String>, url: impl Into<String>) -> Self {
        self.with(Span::Link { label: label.into(), url: url.into(), verbatim: false })
    }

    /// A link whose label is our own words with an id.
    pub fn link_by_id(self, label: impl Into<String>, url: impl Into<String>) -> Self {
        self.with(Span::Link { label: label.into(), url: url.into(), verbatim: true })
    }

    /// Names from outside with commas between them, each shortened.
    pub fn names<N: Into<String>>(self, names: impl IntoIterator<Item = N>, most: usize) -> Self {
        names.into_iter().enumerate().fold(self, |text, (place, name)| {
            let text = if place == 0 { text } else { text.plain(", ") };
            text.shortened(name, most)
        })
    }

    pub fn time(self, at: Timestamp) -> Self {
        self.with(Span::Time(at))
    }

    fn with(mut self, span: Span) -> Self {
        self.0.push(span);
        self
    }

    /// Adds another text's spans behind this one's.
    pub fn then(mut self, more: Text) -> Self {
        self.0.extend(more.0);
        self
    }

    /// The bare words, for logs' and errors' one line.
    pub fn words(&self) -> String {
        self.0.iter().map(Span::words).collect()
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|span| span.words().is_empty())
    }
}

impl Span {
    /// The bare words of this span.
    pub fn words(&self) -> String {
        match self {
            Span::Plain(words)
            | Span::Bold(words)
            | Span::Code(words)
            | Span::Outside(words)
            | Span::Verbatim(words) => words.clone(),
            Span::Shortened { words, most } => shorten(words, *most),
            Span::Link { label, .. } => label.clone(),
            Span::Person { name, .. } => name.clone(),
            Span::Time(at) => at.to_string(),
        }
    }
}

impl From<&str> for Text {
    fn from(words: &str) -> Self {
        Text::new().plain(words)
    }
}

impl From<String> for Text {
    fn from(words: String) -> Self {
        Text::new().plain(words)
    }
}

/// Shortens to at most `limit` characters (Unicode scalar values), on a grapheme border, with "…" as
/// the mark that something is missing.
pub fn shorten(words: &str, limit: usize) -> String {
    if words.chars().count() <= limit {
        return words.to_owned();
    }
    let mut kept = String::new();
    let mut count = 0;
    for grapheme in words.graphemes(true) {
        count += grapheme.chars().count();
        if count >= limit {
            break;
        }
        kept.push_str(grapheme);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_flag_is_not_cut_in_half() {
        assert_eq!(shorten("ab🇮🇪cd", 4), "ab…");
        assert_eq!(shorten("abcd", 4), "abcd");
        assert_eq!(shorten("abcde", 4), "abc…");
    }

    proptest! {
        #[test]
        fn a_shortened_text_fits_and_says_so(words in ".*", limit in 1usize..40) {
            let short = shorten(&words, limit);
            prop_assert!(short.chars().count() <= limit);
            prop_assert!(short == words || short.ends_with('…'));
        }
    }
}
