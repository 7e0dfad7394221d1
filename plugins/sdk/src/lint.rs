//! The rules of wording, as a check over every message. Text quoted from outside is exempt.

use crate::message::Message;
use crate::text::{Span, Text};

/// Words that we never write, with what to write instead.
const NEVER: [(&str, &str); 9] = [
    ("best", "we rank nobody"),
    ("worst", "we rank nobody"),
    ("top performer", "we rank nobody"),
    ("underperforming", "we rank nobody"),
    ("better than", "lanes and people are not compared"),
    ("worse than", "lanes and people are not compared"),
    ("because", "no cause without a named source"),
    ("significant", "say real"),
    ("significantly", "say real"),
];

/// What in a message and its thread breaks a rule; empty when all is well.
pub fn violations(message: &Message) -> Vec<String> {
    let mut found = Vec::new();
    if message.summary.is_empty() {
        found.push("a message without a summary: screen readers have nothing to say".to_owned());
    }
    let texts = std::iter::once(&message.summary).chain(message.texts());
    found.extend(texts.flat_map(|text| in_words(&own_words(text))));
    let labels = message.blocks.iter().flat_map(|block| block.own_words());
    found.extend(labels.flat_map(in_words));
    found.extend(message.thread.iter().flat_map(violations));
    found
}

/// Our own words of a text; what comes from outside leaves a gap.
fn own_words(text: &Text) -> String {
    let own = |span: &Span| match span {
        Span::Plain(words) | Span::Bold(words) | Span::Code(words) => words.clone(),
        Span::Outside(_)
        | Span::Shortened { .. }
        | Span::Verbatim(_)
        | Span::Link { .. }
        | Span::Person { .. }
        | Span::Time(_) => "…".into(),
    };
    text.0.iter().map(own).collect()
}

fn in_words(words: &str) -> Vec<String> {
    let lower = words.to_lowercase();
    let mut found: Vec<String> = NEVER
        .iter()
        .filter(|(never, _)| has_word(&lower, never))
        .map(|(never, instead)| format!("\"{never}\" in \"{words}\": {instead}"))
        .collect();
    if words.contains('!') {
        found.push(format!("an exclamation mark in \"{words}\""));
    }
    found
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_words_are_checked_and_quotes_are_not() {
        let ours = Message::sentence("Ana is our best teammate");
        assert_eq!(violations(&ours).len(), 2, "in the summary and in the text");
        let quoted = Text::from("She wrote: ").outside("the best, because it was quick!");
        assert!(violations(&Message::sentence(quoted)).is_empty());
        assert!(violations(&Message::sentence("Bestow nothing")).is_empty());
    }

    #[test]
    fn the_thread_is_checked_too() {
        let message = Message::sentence("fine").reply(Message::sentence("a significant rise"));
        assert!(!violations(&message).is_empty());
    }
}
