//! Messages of every shape, with words that may come alive somewhere.

use cxbot_sdk::message::{Block, Button, Chart, Choose, Fact, Point, Table};
use cxbot_sdk::text::Span;
use cxbot_sdk::{Message, Text};
use jiff::Timestamp;
use proptest::prelude::*;

pub(in crate::chat::render) fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "<!channel>",
            "<!here> <@U123456>",
            "@everyone @here",
            "<@&42> <#9> </cx:1> <t:1:R>",
            "[click](https://evil.example)",
            "<https://evil.example|bank>",
            "```",
            "`code` ``",
            "*bold* _it_ ~gone~ ||spoiler||",
            "> quote",
            "# heading",
            "-# small",
            "1. list",
            "- list",
            "\u{202e}desrever\u{202c}",
            "שלום עולם",
            "مرحبا",
            "👩\u{200d}👩\u{200d}👧\u{200d}👦🇮🇪👍🏽",
            "\u{1b}[2J\u{7}\u{0}\r\n",
            "a\u{200b}b\u{feff}c\u{e0041}",
            "&amp; & < >",
            "\\",
            "",
            "https://evil.example/?a=(b)",
            "<script>alert(1)</script>",
            ":smile:",
            "\u{2028}",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,40}",
        ("[a-z<&@*`\u{5d0}😀]", 200usize..5_000).prop_map(|(unit, times)| unit.repeat(times)),
    ]
}

fn span() -> impl Strategy<Value = Span> {
    prop_oneof![
        4 => hostile().prop_map(Span::Outside),
        1 => hostile().prop_map(Span::Verbatim),
        1 => (hostile(), 1usize..400).prop_map(|(words, most)| Span::Shortened { words, most }),
        1 => Just(Span::Plain("our own words ".to_owned())),
        1 => Just(Span::Bold("84.3 % good".to_owned())),
        1 => (hostile(), prop_oneof![hostile(), Just("https://x.example/(1)".to_owned())])
            .prop_map(|(label, url)| Span::Link { label, url, verbatim: false }),
        1 => hostile().prop_map(|name| Span::Person { id: "U1".to_owned(), name }),
        1 => Just(Span::Time(Timestamp::UNIX_EPOCH)),
    ]
}

fn text() -> impl Strategy<Value = Text> {
    prop::collection::vec(span(), 0..5).prop_map(Text)
}

fn chart() -> impl Strategy<Value = Chart> {
    let point = (hostile(), prop::option::of(prop_oneof![0.0..=1.0f64, Just(f64::NAN)]));
    let points = prop::collection::vec(point, 0..14);
    (points, text()).prop_map(|(points, finding)| Chart {
        title: "Share of good conversations".to_owned(),
        finding,
        points: points.into_iter().map(|(label, value)| Point { label, value }).collect(),
        usual: None,
    })
}

fn table() -> impl Strategy<Value = Table> {
    prop::collection::vec(prop::collection::vec(text(), 3), 0..60).prop_map(|rows| Table {
        columns: ["Score", "Conversations", "Share"].map(str::to_owned).to_vec(),
        rows,
    })
}

fn buttons() -> impl Strategy<Value = Block> {
    let button = (0u32..50, hostile()).prop_map(|(number, long)| Button {
        label: format!("Button {number}"),
        id: if number % 7 == 0 { long } else { format!("digest/details/{{\"n\":{number}}}") },
        outside: false,
    });
    prop::collection::vec(button, 0..40).prop_map(Block::Buttons)
}

fn choose() -> impl Strategy<Value = Block> {
    let choice = (0u32..50, hostile()).prop_map(|(number, id)| {
        let label = "Week ".to_owned() + &"4".repeat(number as usize * 4);
        let id = if number % 3 == 0 { id } else { format!("digest/digest/{number}") };
        Button { label, id, outside: false }
    });
    prop::collection::vec(choice, 0..30)
        .prop_map(|choices| Block::Choose(Choose { prompt: "Another week".to_owned(), choices }))
}

fn block() -> impl Strategy<Value = Block> {
    let fact = (text(), text()).prop_map(|(label, value)| Fact { label, value });
    prop_oneof![
        2 => text().prop_map(Block::Heading),
        5 => text().prop_map(Block::Text),
        2 => text().prop_map(Block::Note),
        2 => prop::collection::vec(fact, 0..8).prop_map(Block::Facts),
        1 => table().prop_map(Block::Table),
        1 => chart().prop_map(Block::Chart),
        1 => Just(Block::Divider),
        1 => buttons(),
        1 => choose(),
    ]
}

pub(in crate::chat::render) fn message() -> impl Strategy<Value = Message> {
    let blocks = prop_oneof![
        4 => prop::collection::vec(block(), 0..12),
        1 => prop::collection::vec(block(), 100..200),
    ];
    (text(), blocks, prop::collection::vec(text(), 0..3)).prop_map(|(summary, blocks, replies)| {
        let summary = Text::from("Something: ").then(summary);
        let thread = replies.into_iter().map(|text| Message::new("A reply").text(text)).collect();
        Message { summary, blocks, thread, ..Message::default() }
    })
}
