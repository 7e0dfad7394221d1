//! Words in the picture: inert, shortened to the room they have, never smaller than a phone shows.

use cxbot_sdk::text::shorten;
use resvg::usvg::Node;
use unicode_segmentation::UnicodeSegmentation;

use super::super::visible::visible;
use super::palette::{Colour, PAPER};
use super::{FONT, parsed};

/// Sizes of letters, in pixels of a picture 1,000 wide.
pub(super) const SMALL: f64 = 26.0;
pub(super) const VALUE: f64 = 30.0;
pub(super) const TITLE: f64 = 34.0;

/// How words are written; where they are anchored is SVG's `start`, `middle` or `end`.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub size: f64,
    pub bold: bool,
    pub anchor: &'static str,
    pub colour: Colour,
    /// Whether the ground shines around the letters, so that a line behind them does not strike
    /// them through.
    pub apart: bool,
}

impl Style {
    /// The words as an element of SVG.
    pub fn write(self, words: &str, x: f64, y: f64) -> String {
        let Style { size, bold, anchor, colour, apart } = self;
        let weight = if bold { 700 } else { 400 };
        let halo = match apart {
            true => format!(
                r#" stroke="{PAPER}" stroke-width="8" stroke-linejoin="round" paint-order="stroke""#
            ),
            false => String::new(),
        };
        format!(
            r#"<text x="{x:.1}" y="{y:.1}" font-family="{FONT}, sans-serif" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="{colour}"{halo}>{}</text>"#,
            escaped(words),
        )
    }

    /// How wide the words are, in pixels.
    pub fn width(self, words: &str) -> f64 {
        let text = self.write(words, 0.0, 0.0);
        let tree = parsed(&format!(r#"<svg xmlns="{NAMESPACE}">{text}</svg>"#));
        let node = tree.as_ref().and_then(|tree| tree.root().children().first());
        node.map_or(0.0, |node: &Node| f64::from(node.abs_bounding_box().width()))
    }

    /// The words as one visible line, shortened until they are at most this wide; and their width.
    pub fn fitted(self, words: &str, limit: usize, room: f64) -> (String, f64) {
        let mut words = shorten(&visible(words), limit).trim().to_owned();
        loop {
            let (letters, width) = (words.graphemes(true).count(), self.width(&words));
            if width <= room || letters < 2 {
                return (words, width);
            }
            // What would fit if all letters were of one width; one letter less in any case.
            let kept = ((letters as f64 * room / width) as usize).clamp(1, letters - 1);
            let limit = words.graphemes(true).take(kept).map(|letter| letter.chars().count()).sum();
            words = shorten(&words, limit);
        }
    }

    /// The words in as many lines as they take at this width; a word wider than that is shortened.
    pub fn lines(self, words: &str, room: f64) -> Vec<String> {
        if self.width(words) <= room {
            return vec![words.to_owned()];
        }
        let mut lines: Vec<String> = Vec::new();
        for word in words.split_whitespace() {
            let longer = lines.last().map(|line| format!("{line} {word}"));
            match (longer.filter(|longer| self.width(longer) <= room), lines.last_mut()) {
                (Some(longer), Some(line)) => *line = longer,
                _ => lines.push(self.fitted(word, words.len(), room).0),
            }
        }
        lines
    }
}

pub(super) const NAMESPACE: &str = "http://www.w3.org/2000/svg";

/// Words as the content of an element or of a quoted attribute; what XML cannot hold is replaced.
pub(super) fn escaped(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' => escaped.push(c),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {
                escaped.push('\u{fffd}');
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::palette::INK;
    use super::*;
    use proptest::prelude::*;

    const STYLE: Style =
        Style { size: TITLE, bold: true, anchor: "start", colour: INK, apart: false };

    #[test]
    fn markup_becomes_words() {
        let hostile = "</text><script>alert('1')</script> &amp; \"x\" \0\u{1b}\u{ffff}";
        let inert = "&lt;/text&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp;amp; \
                     &quot;x&quot; \u{fffd}\u{fffd}\u{fffd}";
        assert_eq!(escaped(hostile), inert);
    }

    /// How many of the words' letters no font of ours has.
    fn boxes(words: &str) -> usize {
        let text = STYLE.write(words, 0.0, 0.0);
        let tree = parsed(&format!(r#"<svg xmlns="{NAMESPACE}">{text}</svg>"#)).expect("an SVG");
        let Some(Node::Text(text)) = tree.root().children().first() else { panic!("{words}") };
        let glyphs = text.layouted().iter().flat_map(|span| &span.positioned_glyphs);
        glyphs.filter(|glyph| glyph.id.0 == 0).count()
    }

    #[test]
    fn the_fonts_have_the_letters_of_europe_and_our_signs_and_a_box_for_the_rest() {
        let known = "84.3 % 79.5–86.2 Fin → human… ▲ ▼ ~ = ? −0.4 · ÀÉßłőğ Ωμέγα Ђїґ Качество Chất lượng e\u{301}";
        for word in known.split(' ') {
            assert_eq!(boxes(word), 0, "{word}");
        }
        assert_eq!(boxes("東京"), 2);
        assert!(STYLE.width("東京") > 0.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn fitted_words_fit_and_say_what_is_missing(words in "\\PC{0,60}", room in 60.0..900.0) {
            let (fitted, width) = STYLE.fitted(&words, 40, room);
            prop_assert!(width <= room || fitted.graphemes(true).count() < 2, "{fitted}: {width}");
            prop_assert!(fitted == visible(&words).trim() || fitted.ends_with('…'));
        }
    }
}
