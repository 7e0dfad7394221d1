//! Counting the words of a poll: pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::config::Mode;
use crate::poll::{Answer, Poll, Results, Said};
use crate::word::Word;

/// From so many answers on a word that was said once is shown.
const SHOWS_RARE: usize = 8;

/// The results of a poll. `held_back` are words, folded, that name someone.
pub fn tally(
    poll: &Poll,
    answers: &[Answer],
    held_back: &BTreeSet<String>,
    closed_at: Timestamp,
) -> Results {
    let answered = answers.len() as u64;
    let anonymous = poll.mode == Mode::Anonymous;
    let short_of = (anonymous && answered < poll.floor).then_some(poll.floor);
    let mut results = Results {
        name: poll.name.clone(),
        week: poll.week,
        slot: poll.slot,
        closed_at,
        question: poll.question.clone(),
        asked: poll.asked,
        answered,
        short_of,
        lost: false,
        words: Vec::new(),
        others: 0,
        other_words: 0,
        notes: Vec::new(),
    };
    if short_of.is_some() {
        return results;
    }
    let shows_rare = !anonymous || answers.len() >= SHOWS_RARE;
    for (folded, spellings) in by_word(answers) {
        let count = spellings.values().sum();
        if held_back.contains(&folded) || count == 1 && !shows_rare {
            results.others += count;
            results.other_words += 1;
        } else {
            results.words.push(Said { word: most_written(&spellings), count });
        }
    }
    results
        .words
        .sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.word.cmp(&other.word)));
    results.notes = answers.iter().filter_map(|answer| answer.note.clone()).collect();
    results
}

/// How often each word was written which way.
fn by_word(answers: &[Answer]) -> BTreeMap<String, BTreeMap<&Word, u64>> {
    let mut words: BTreeMap<String, BTreeMap<&Word, u64>> = BTreeMap::new();
    for answer in answers {
        let spellings = words.entry(answer.word.folded()).or_default();
        *spellings.entry(&answer.word).or_default() += 1;
    }
    words
}

/// As most people wrote it; of two that are as frequent the one that comes later in Unicode's order, which
/// is lower case.
fn most_written(spellings: &BTreeMap<&Word, u64>) -> String {
    let most = spellings.iter().max_by_key(|&(word, count)| (count, word));
    most.map(|(word, _)| word.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn poll(mode: Mode) -> Poll {
        let at: Timestamp = "2026-11-16T10:00:00Z".parse().expect("an instant");
        Poll {
            name: "2026-W46".to_owned(),
            week: "2026-W46".parse().expect("a week"),
            slot: at,
            closes_at: at,
            question: "How?".to_owned(),
            channels: Vec::new(),
            mode,
            floor: 5,
            asked: Some(14),
        }
    }

    fn answers(words: &[&str]) -> Vec<Answer> {
        let answer = |word: &&str| Answer {
            word: Word::try_from((*word).to_owned()).expect("a word"),
            note: None,
        };
        words.iter().map(answer).collect()
    }

    fn told(mode: Mode, words: &[&str], held_back: &[&str]) -> String {
        let held_back = held_back.iter().map(|word| (*word).to_owned()).collect();
        let poll = poll(mode);
        let results = tally(&poll, &answers(words), &held_back, poll.closes_at);
        let words = results.words.iter().map(|said| format!("{} {}", said.word, said.count));
        let words: Vec<String> = words.collect();
        format!("{} + {}", words.join(", "), results.others)
    }

    #[test]
    fn words_are_counted_whatever_their_case_and_shown_as_most_wrote_them() {
        let said = ["Calm", "calm", "CALM", "calm", "tired", "tired"];
        assert_eq!(told(Mode::Anonymous, &said, &[]), "calm 4, tired 2 + 0");
    }

    #[test]
    fn words_said_once_are_shown_from_eight_answers_on_or_in_an_open_poll() {
        let seven = ["calm", "calm", "calm", "tired", "tired", "odd", "new"];
        assert_eq!(told(Mode::Anonymous, &seven, &[]), "calm 3, tired 2 + 2");
        assert_eq!(told(Mode::Open, &seven, &[]), "calm 3, tired 2, new 1, odd 1 + 0");
        let eight = ["calm", "calm", "calm", "tired", "tired", "odd", "new", "new"];
        assert_eq!(told(Mode::Anonymous, &eight, &[]), "calm 3, new 2, tired 2, odd 1 + 0");
    }

    #[test]
    fn with_too_few_answers_nothing_is_left_but_how_many() {
        let four = ["calm"; 4];
        assert_eq!(told(Mode::Anonymous, &four, &[]), " + 0");
        assert_eq!(told(Mode::Open, &four[..1], &[]), "calm 1 + 0");
    }

    #[test]
    fn a_word_that_names_someone_is_counted_and_not_shown() {
        let said = ["Ana", "ana", "calm", "calm", "calm"];
        assert_eq!(told(Mode::Anonymous, &said, &["ana"]), "calm 3 + 2");
    }

    proptest! {
        #[test]
        fn every_answer_is_counted_once(said in prop::collection::vec("[a-cA-C]{1,2}", 0..40)) {
            let said: Vec<&str> = said.iter().map(String::as_str).collect();
            let poll = poll(Mode::Anonymous);
            let results = tally(&poll, &answers(&said), &BTreeSet::new(), poll.closes_at);
            let shown: u64 = results.words.iter().map(|said| said.count).sum();
            let all = if results.short_of.is_some() { 0 } else { results.answered };
            prop_assert_eq!(shown + results.others, all);
            prop_assert!(results.words.is_sorted_by(|one, other| one.count >= other.count));
        }
    }
}
