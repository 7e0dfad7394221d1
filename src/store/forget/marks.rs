//! What of a person may stand in texts that are not their conversations: posts, requests, plugins'
//! values. There it is found by what cannot be anything else, so that other text stays whole:
//!
//! - their e-mails, their telephone numbers, their ids as `source/id`, an id alone from six letters on,
//!   and their name where it has at least two words: in any case, as whole words;
//! - a name of one word, such as "Ana": only where a value is nothing but that name, and never the
//!   name of a topic or a rule, such as "Billing";
//! - explanations, remarks and addresses of their conversations, from twelve letters on: as they were
//!   written, also where they were shortened with "…".

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use cxbot_sdk::text::shorten;
use serde_json::{Map, Value};

use super::strip::SHORTEST_ID;
use super::words::{self, ERASED, folded};

/// Shorter texts are too often said by others too.
const SHORTEST_TEXT: usize = 12;

/// Everything to look for.
#[derive(Default)]
pub(super) struct Marks {
    /// Names, e-mails, ids and telephone numbers in lower case.
    exact: BTreeSet<String>,
    /// Ids of any length, for what can be thrown away whole.
    loose: BTreeSet<String>,
    /// Names of one word.
    alone: BTreeSet<String>,
    /// Texts and what takes their place, by their first letters.
    texts: HashMap<String, Vec<(String, String)>>,
}

impl Marks {
    pub(super) fn name(&mut self, name: &str) {
        match folded(name).len() {
            0 => false,
            1 => self.alone.insert(name.trim().to_lowercase()),
            _ => self.exact.insert(name.trim().to_lowercase()),
        };
    }

    /// A topic or a rule of this name is counted, and stays what it is called.
    pub(super) fn spare(&mut self, label: &str) {
        self.alone.remove(&label.trim().to_lowercase());
    }

    /// An e-mail or a telephone number.
    pub(super) fn exact(&mut self, words: &str) {
        if !words.trim().is_empty() {
            self.exact.insert(words.trim().to_lowercase());
        }
    }

    /// `source/id`.
    pub(super) fn id(&mut self, key: &str) {
        self.exact(key);
        let id = key.split_once('/').map_or(key, |(_, id)| id);
        if id.chars().count() >= SHORTEST_ID {
            self.exact(id);
        }
        self.loose.insert(id.to_lowercase());
    }

    /// A text of theirs that is gone, or that reads otherwise now.
    pub(super) fn text(&mut self, was: &str, is: Option<&str>) {
        let was = was.trim();
        let Some(head) = head(was) else { return };
        let is = is.unwrap_or(ERASED).trim().to_owned();
        let known = self.texts.entry(head.to_owned()).or_default();
        if known.iter().all(|(text, _)| text != was) {
            known.push((was.to_owned(), is));
            // Of two that begin alike the longer one is looked for first.
            known.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        }
    }

    /// The telephone numbers within a text of theirs. E-mails in it are often someone else's.
    pub(super) fn telephones(&mut self, text: &str) {
        words::telephones(text).into_iter().for_each(|number| self.exact(number));
    }

    /// Whether a text names the person at all, also by what may be something else: for what can be
    /// thrown away whole.
    pub(super) fn may_be_in(&self, text: &str) -> bool {
        let is_one = |word: &str| self.alone.contains(word) || self.loose.contains(word);
        self.erased(text).is_some()
            || folded(text).iter().any(|word| is_one(word))
            || text.to_lowercase().split_whitespace().any(is_one)
    }

    /// The text without the person; none where they are not in it.
    pub(super) fn erased(&self, text: &str) -> Option<String> {
        if self.alone.contains(&text.trim().to_lowercase()) {
            return Some(ERASED.to_owned());
        }
        let quoted = self.without_texts(text);
        let left = quoted.as_deref().unwrap_or(text);
        let places = self.exact.iter().flat_map(|mark| places(left, mark)).collect();
        words::erase(left, places).or(quoted)
    }

    /// The same for everything within a value. Whether anything was there.
    pub(super) fn erase_within(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => match self.erased(text) {
                Some(left) => {
                    *text = left;
                    true
                }
                None => false,
            },
            Value::Number(number) if self.exact.contains(&number.to_string()) => {
                *value = Value::from(ERASED);
                true
            }
            Value::Array(values) => {
                let found =
                    values.iter_mut().filter_map(|one| self.erase_within(one).then_some(()));
                found.count() > 0
            }
            Value::Object(fields) => {
                let names = self.erase_names(fields);
                let found = fields
                    .values_mut()
                    .fold(names, |found, value| self.erase_within(value) || found);
                without_link(value);
                found
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// Plugins may keep things by a person's id.
    fn erase_names(&self, fields: &mut Map<String, Value>) -> bool {
        if fields.keys().all(|name| self.erased(name).is_none()) {
            return false;
        }
        let renamed = std::mem::take(fields)
            .into_iter()
            .map(|(name, value)| (self.erased(&name).unwrap_or(name), value));
        fields.extend(renamed);
        true
    }

    fn without_texts(&self, text: &str) -> Option<String> {
        if self.texts.is_empty() {
            return None;
        }
        let mut left = String::new();
        let (mut done, mut at) = (0, 0);
        while let Some(sign) = text[at..].chars().next() {
            let found = head(&text[at..])
                .and_then(|head| self.texts.get(head))
                .and_then(|texts| texts.iter().find_map(|(was, is)| quoted(&text[at..], was, is)));
            match found {
                Some((length, is)) => {
                    left.push_str(&text[done..at]);
                    left.push_str(&is);
                    at += length;
                    done = at;
                }
                None => at += sign.len_utf8(),
            }
        }
        left.push_str(&text[done..]);
        (done > 0).then_some(left)
    }
}

/// How much of a text is this quote, whole or shortened, and what takes its place.
fn quoted(text: &str, was: &str, is: &str) -> Option<(usize, String)> {
    if let Some(rest) = text.strip_prefix(was) {
        // An address goes on to be another one's.
        let goes_on =
            was.ends_with(char::is_alphanumeric) && rest.starts_with(char::is_alphanumeric);
        return (!goes_on).then(|| (was.len(), is.to_owned()));
    }
    let end = text.find('…')?;
    let cut = &text[..end];
    let is_cut = cut.chars().count() + 1 >= SHORTEST_TEXT && was.starts_with(cut);
    is_cut.then(|| (end + '…'.len_utf8(), shorten(is, cut.chars().count() + 1)))
}

/// The first letters; none where there are too few.
fn head(text: &str) -> Option<&str> {
    let (last, sign) = text.char_indices().nth(SHORTEST_TEXT - 1)?;
    Some(&text[..last + sign.len_utf8()])
}

/// Where a mark stands as whole words: nothing that could make another address or id of it may be
/// beside it.
fn places(text: &str, mark: &str) -> Vec<Range<usize>> {
    let is_address = mark.contains(['@', '/']);
    let goes_on = |sign: char| sign.is_alphanumeric() || is_address && "_-+".contains(sign);
    let ends_before = |front: &str| {
        let mut signs = front.chars().rev();
        match signs.next() {
            Some('.') if is_address => !signs.next().is_some_and(char::is_alphanumeric),
            sign => !sign.is_some_and(goes_on),
        }
    };
    let begins_after = |back: &str| {
        let mut signs = back.chars();
        match signs.next() {
            Some('.') if is_address => !signs.next().is_some_and(char::is_alphanumeric),
            sign => !sign.is_some_and(goes_on),
        }
    };
    let first = mark.chars().next();
    let starts = text.char_indices().filter(|(_, sign)| sign.to_lowercase().next() == first);
    let whole = starts.filter_map(|(start, _)| {
        let length = length_of(&text[start..], mark)?;
        let end = start + length;
        (ends_before(&text[..start]) && begins_after(&text[end..])).then_some(start..end)
    });
    whole.collect()
}

/// How long the mark is at the beginning of a text, in any case.
fn length_of(text: &str, mark: &str) -> Option<usize> {
    let mut wanted = mark.chars();
    let mut length = 0;
    for sign in text.chars() {
        if wanted.as_str().is_empty() {
            return Some(length);
        }
        for lower in sign.to_lowercase() {
            if wanted.next() != Some(lower) {
                return None;
            }
        }
        length += sign.len_utf8();
    }
    wanted.as_str().is_empty().then_some(length)
}

/// A way that leads nowhere any more is shown as its label.
fn without_link(value: &mut Value) {
    let Some(link) = value.get("link") else { return };
    let leads = link.get("url").and_then(Value::as_str).is_none_or(|url| !url.contains(ERASED));
    if !leads && let Some(label) = link.get("label").cloned() {
        *value = serde_json::json!({ "outside": label });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn marks() -> Marks {
        let mut marks = Marks::default();
        for name in ["Ana Silva", "Lee", "Jo"] {
            marks.name(name);
        }
        marks.exact("ana@example.com");
        marks.id("x/8144444");
        marks.id("x/7");
        marks.text("She was told to wait, and then again.", None);
        marks.text("Ana Silva solved it at once.", Some("[erased] solved it at once."));
        marks.text("https://x.example/conversation/88123", None);
        marks.text("Good.", None);
        marks.telephones("Call +353 86 123 4567 or ben@acme.example.");
        marks
    }

    #[test]
    fn a_person_is_found_by_what_cannot_be_anything_else() {
        let marks = marks();
        let left = |text: &str| marks.erased(text).unwrap_or_else(|| "as it was".to_owned());
        for (text, wanted) in [
            ("ANA SILVA, Ana Silvana, Banana Silva", "[erased], Ana Silvana, Banana Silva"),
            ("Lee", "[erased]"),
            ("Lee spoke to Jo and Ana.", "as it was"),
            (
                "(ana@example.com). x.ana@example.com ana@example.com.au",
                "([erased]). x.ana@example.com ana@example.com.au",
            ),
            ("8144444 x/8144444, x/7, x/77, 7", "[erased] [erased], [erased], x/77, 7"),
            ("“She was told to wait, and then again.” — 1", "“[erased]” — 1"),
            ("She was told to wait…", "[erased]"),
            ("She was…", "as it was"),
            ("Ana Silva solved it…", "[erased] solved it…"),
            ("Good.", "as it was"),
            ("at +353 86 123 4567; ben@acme.example", "at [erased]; ben@acme.example"),
        ] {
            assert_eq!(left(text), wanted, "{text}");
        }
        assert!(marks.may_be_in("customer lee") && !marks.may_be_in("customer Leeds"));
    }

    #[test]
    fn within_a_message_texts_change_and_ways_end() {
        let mut message = json!({"summary": [{"outside": "Lee"}], "blocks": [{"text": [
            {"link": {"label": "conversation 88123", "url": "https://x.example/conversation/88123"}},
            {"link": {"label": "conversation 1", "url": "https://x.example/conversation/881234"}},
        ]}, {"buttons": [{"label": "More", "id": "lookup/customer/{\"who\":\"x/8144444\"}"}]}],
            "x/8144444": 1, "n": 8144444});
        assert!(marks().erase_within(&mut message));
        insta::assert_snapshot!(message, @r#"{"summary":[{"outside":"[erased]"}],"blocks":[{"text":[{"outside":"conversation 88123"},{"link":{"label":"conversation 1","url":"https://x.example/conversation/881234"}}]},{"buttons":[{"label":"More","id":"lookup/customer/{\"who\":\"[erased]\"}"}]}],"[erased]":1,"n":"[erased]"}"#);
        let mut other = json!({"a": ["Banana Silva", 7, null]});
        assert!(!marks().erase_within(&mut other));
    }

    proptest! {
        #[test]
        fn text_without_the_person_stays_as_it_is(text in "[A-Za-z ,.@…7é]{0,60}") {
            let lower = text.to_lowercase();
            let there = ["ana silva", "lee", "jo", "@", "x/7", "she was told"].iter().any(|mark| lower.contains(mark));
            prop_assert!(there || marks().erased(&text).is_none());
        }

        #[test]
        fn nothing_of_the_person_is_left(front in "\\PC{0,8}", back in "\\PC{0,8}") {
            for mark in ["ana@example.com", "She was told to wait, and then again."] {
                let text = format!("{front} {mark} {back}");
                let left = marks().erased(&text).expect("they are in it");
                prop_assert!(!left.contains(mark), "{left}");
            }
        }
    }
}
