//! What is hidden, what is not, and what holds for every text.

mod corpus;
mod holds;
mod independent;

use cxbot_sdk::message::{Chart, Choose, Table};
use jiff::Timestamp;

use super::*;

const SECRET: &str = "call +353 87 123 4567";
const SAFE: &str = "call [phone]";

fn ours() -> Text {
    let person = Span::Person { id: "1".to_owned(), name: SECRET.to_owned() };
    let text = Text::new().plain(SECRET).bold(SECRET).code(SECRET).verbatim(SECRET);
    let text = text.time(Timestamp::UNIX_EPOCH);
    text.then(Text(vec![person]))
}

fn mixed(outside: &str, query: &str) -> Text {
    let url = format!("https://x.example/conversation/20261116000123{query}");
    ours().outside(outside).link(outside, &*url).link_by_id("conversation 20261116000123", url)
}

/// A message with the text everywhere a text can be.
fn everywhere(text: &Text) -> Message {
    let fact = Fact { label: text.clone(), value: text.clone() };
    let rows = vec![vec![text.clone(), text.clone()]];
    let table = Table { columns: vec![SECRET.to_owned(), "b".to_owned()], rows };
    let title = SECRET.to_owned();
    let chart = Chart { title, finding: text.clone(), points: vec![], usual: None };
    let blocks = [Block::Facts(vec![fact]), Block::Table(table), Block::Chart(chart)];
    let message = Message::new(text.clone()).heading(text.clone()).text(text.clone());
    let message = blocks.into_iter().fold(message.note(text.clone()), Message::block);
    message.block(Block::Divider)
}

fn button(label: &str) -> Button {
    Button { label: label.to_owned(), id: "1".to_owned(), outside: false }
}

#[test]
fn names_on_buttons_are_redacted_and_our_own_labels_never() {
    let named = |label: &str| vec![button(label).named_outside(), button(SECRET)];
    let both = |label: &str| {
        let choose = Choose { prompt: SECRET.to_owned(), choices: named(label) };
        Message::new("x").block(Block::Buttons(named(label))).block(Block::Choose(choose))
    };
    assert_eq!(message(both(SECRET)), both(SAFE));
}

#[test]
fn a_link_whose_way_leads_past_an_address_is_no_link() {
    let link = |url: &str| Message::sentence(Text::new().link_by_id("conversation 7", url));
    let bare = Message::sentence(Text::new().verbatim("conversation 7"));
    for url in ["https://x.example/ana@x.example/7", "https://a:b@x.example/7", "https://x/a%40x"] {
        assert_eq!(message(link(url)), bare, "{url}");
    }
}

#[test]
fn where_nothing_is_redacted_words_are_shortened_all_the_same() {
    let long = |text: Text| Message::sentence(text);
    assert_eq!(
        open(long(Text::new().shortened(SECRET, 12).outside(SECRET))),
        long(Text::new().outside("call +353 8…").outside(SECRET))
    );
}

#[test]
fn words_from_outside_and_query_strings_are_redacted_wherever_they_stand_and_ours_never() {
    let before = mixed(SECRET, "?token=abc#top");
    let after = mixed(SAFE, "");
    let deep = |text| everywhere(text).reply(everywhere(text).reply(everywhere(text)));
    assert_eq!(message(deep(&before)), deep(&after));
}

#[test]
fn a_message_keeps_saying_its_corrections() {
    let said = Message { says_corrections: true, ..Message::sentence("ours") };
    assert_eq!(message(said.clone()), said);
}

#[test]
fn an_empty_text_stays_empty() {
    assert_eq!(words(""), "");
}

#[test]
fn a_long_text_takes_no_longer_than_its_length() {
    // Digits and signs that could each begin or go on something: quadratic work would take minutes.
    for bit in ["1", "1 ", "a.", "a@", "DE", "D1", "12:", "(", "a (at) ", "a dot ", "x://", "?a="] {
        words(&bit.repeat(20_000));
    }
}
