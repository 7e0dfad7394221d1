//! Only what can be seen: text from outside may carry characters that hide, reorder or command.

/// The words in one line, without control characters, direction overrides and invisible fillers.
///
/// Joiners stay: emoji sequences and several scripts are written with them.
pub(in crate::chat) fn visible(words: &str) -> String {
    words.chars().filter_map(shown).collect()
}

fn shown(c: char) -> Option<char> {
    match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() => None,
        // Direction marks, embeddings, overrides and isolates.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            None
        }
        // Zero-width spaces, soft hyphens, fillers, invisible operators and tags.
        '\u{ad}'
        | '\u{200b}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{3164}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => None,
        c => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_commands_is_gone_and_the_rest_stays() {
        assert_eq!(visible("a\u{1b}[31mb\nc\u{202e}d\u{200b}e"), "a[31mb cde");
        assert_eq!(visible("שלום 👩\u{200d}🚀 ok"), "שלום 👩\u{200d}🚀 ok");
    }
}
