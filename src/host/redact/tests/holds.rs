//! What holds for every text.

use proptest::prelude::*;

use cxbot_sdk::message::Block;
use cxbot_sdk::{Message, Text};

use super::super::{message, words};
use super::corpus::Planted;
use super::independent::finds;

/// Bits that texts with something personal in them are made of, and such as confuse.
fn bit() -> impl Strategy<Value = String> {
    let secrets: Vec<&str> = Planted::all().iter().flat_map(Planted::secrets).collect();
    prop_oneof![
        4 => proptest::sample::select(secrets).prop_map(str::to_owned),
        3 => r"[ .,:;()\[\]{}<>/?#=@+*_\n-]{1,3}",
        2 => "[0-9]{1,20}",
        2 => "[0-9]{1,4}([ ./-][0-9]{1,4}){1,4}",
        1 => "(tel|phone|call me on|ext|x|at|dot|DE|IE29|https://x.example/|v|€|EUR|#|INV-) ?",
        1 => "(2026-11-16|16\\.11\\.2026|09:00|12:34:56|2026-W46|4\\.5|1 234 567|\\[phone\\])",
        1 => "\\PC{0,6}",
        1 => "[\u{200b}\u{ad}\u{200d}\u{2026}０-９٠-٩①⑩½]{1,4}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(bit(), 0..12).prop_map(|bits| bits.concat())
}

/// Enough for what goes wrong in one text of a thousand, in a second.
const CASES: u32 = 1000;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn any_text_is_redacted_without_a_fault(text in "(?s).*") {
        words(&text);
    }

    #[test]
    fn what_is_redacted_stays_as_it_is(text in text()) {
        let once = words(&text);
        prop_assert_eq!(words(&once), once);
    }

    #[test]
    fn a_second_detector_finds_nothing_left(text in text()) {
        let redacted = words(&text);
        let found = finds(&redacted);
        prop_assert!(found.is_empty(), "{} → {}: {:?}", text, redacted, found);
    }

    #[test]
    fn a_planted_secret_is_hidden_whatever_is_around_it(
        before in "\\PC{0,20}", behind in "\\PC{0,20}", phone in "\\+[1-9][0-9]{1,2}( [0-9]{3,4}){2,3}"
    ) {
        let redacted = words(&format!("{before} {phone} {behind}"));
        prop_assert!(!redacted.contains(&phone), "{}", redacted);
    }

    #[test]
    fn a_redacted_message_stays_as_it_is(
        texts in proptest::collection::vec((text(), 1usize..80), 0..4)
    ) {
        let spans = texts.into_iter().fold(Text::new(), |all, (text, most)| {
            all.outside(&*text).shortened(&*text, most).link(&*text, "https://x.example/?a=b")
        });
        let once = message(Message::sentence(spans));
        prop_assert_eq!(message(once.clone()), once);
    }

    #[test]
    fn what_is_shortened_fits_and_holds_nothing_of_what_is_hidden(text in text(), most in 1usize..80) {
        let shown = shortened(&text, most);
        prop_assert!(shown.chars().count() <= most);
        prop_assert!(words(&text).starts_with(shown.trim_end_matches('…')), "{} → {}", text, shown);
    }
}

/// What is shown of a text of which at most so many characters are.
fn shortened(text: &str, most: usize) -> String {
    let redacted = message(Message::sentence(Text::new().shortened(text, most)));
    match redacted.blocks.first() {
        Some(Block::Text(text)) => text.words(),
        other => panic!("no text: {other:?}"),
    }
}

/// Half of a number or of an address is still somebody's: at every place where a planted sentence can be
/// cut, what is shown is the beginning of what is shown of the whole.
#[test]
fn nothing_planted_is_shown_wherever_it_is_cut() {
    let mut cuts = 0;
    for planted in Planted::all() {
        let whole = words(&planted.sentence());
        let length = planted.sentence().chars().count();
        for most in 1..=length {
            let shown = shortened(&planted.sentence(), most);
            let kept = shown.trim_end_matches('…');
            assert!(whole.starts_with(kept), "{} cut at {most}: {shown}", planted.sentence());
            cuts += 1;
        }
    }
    assert!(cuts > 5_000, "{cuts}");
}
