//! Renderers against hostile messages: every limit holds, nothing comes alive, nothing is lost
//! without a mark.

use std::io::Write;
use std::process::{Command, Stdio};

use cxbot_sdk::message::{Block, Button, Chart, Choose, Fact, Point, Table};
use cxbot_sdk::text::Span;
use cxbot_sdk::{Message, Text};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use super::{discord, slack, terminal};

const MARK: &str = "Shortened here";

pub(super) fn hostile() -> impl Strategy<Value = String> {
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

pub(super) fn message() -> impl Strategy<Value = Message> {
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

/// Every text within a JSON value that is the value of one of these keys.
fn values<'v>(value: &'v Value, key: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| values(item, key, found)),
        Value::Object(fields) => {
            found.extend(fields.get(key));
            fields.values().for_each(|field| values(field, key, found));
        }
        _ => {}
    }
}

fn all<'v>(value: &'v Value, key: &str) -> Vec<&'v Value> {
    let mut found = Vec::new();
    values(value, key, &mut found);
    found
}

fn length(value: &Value) -> usize {
    value.as_str().unwrap_or_default().chars().count()
}

/// Letters and digits only, so that escapes and gaps do not matter.
fn letters(words: &str) -> String {
    words.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What a person can read of a body.
fn readable(body: &Value) -> String {
    let keys = ["text", "description", "title", "content"];
    keys.iter().flat_map(|key| all(body, key)).filter_map(Value::as_str).collect()
}

/// Whether all of a message's short texts are there, or a mark says that some are not.
fn nothing_lost_silently(message: &Message, shown: &str) -> bool {
    let shown_letters = letters(shown);
    let whole = message.texts().filter(|text| text.words().chars().count() < 100).all(|text| {
        let words: Vec<String> =
            text.0.iter().filter(|span| !matches!(span, Span::Time(_))).map(Span::words).collect();
        words.iter().all(|words| shown_letters.contains(&letters(&super::visible::visible(words))))
    });
    whole || shown.contains(MARK) || shown.contains('…')
}

/// An independent reading of Discord's Markdown: what of it would be live.
fn live_in_discord(markdown: &str) -> Vec<String> {
    let mut live = Vec::new();
    let outside_fences: String =
        markdown.split("```").step_by(2).collect::<Vec<_>>().join(" fence ");
    for mention in ["@everyone", "@here", "<@", "<#", "<:", "</"] {
        let escaped = format!("\\{mention}");
        let bare = outside_fences.matches(mention).count();
        if bare > outside_fences.matches(&escaped).count() {
            live.push(mention.to_owned());
        }
    }
    for (at, _) in outside_fences.match_indices("](") {
        let target: String = outside_fences[at + 2..].chars().take(8).collect();
        let escaped = outside_fences[..at].ends_with('\\');
        if !escaped && !target.starts_with("https://") && !target.starts_with("http://") {
            live.push(format!("a link to {target}"));
        }
    }
    live
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn slack_gets_bodies_within_its_limits_in_which_nothing_is_parsed(message in message()) {
        let bodies = slack::render(&message, Some("C1"), &TimeZone::UTC);
        prop_assert_eq!(bodies.len(), 1 + message.thread.len());
        for body in &bodies {
            let blocks = body["blocks"].as_array().expect("blocks");
            prop_assert!(!blocks.is_empty() && blocks.len() <= 50, "{} blocks", blocks.len());
            let json = body["blocks"].to_string();
            let escaped = json.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            prop_assert!(escaped.chars().count() <= 12_000);
            prop_assert!(all(body, "type").iter().all(|kind| **kind != "mrkdwn"));
            let texts = all(&body["blocks"], "text");
            let empty = texts.iter().any(|text| text.is_string() && length(text) == 0);
            prop_assert!(!empty, "an empty text");
            prop_assert!(texts.iter().all(|text| length(text) <= 3_000));
            let plain = body["text"].as_str().expect("a text");
            prop_assert!(!plain.contains(['<', '>']) && !plain.is_empty());
            prop_assert!(plain.chars().count() <= 3_000);
            let mut ids: Vec<&Value> = all(body, "action_id");
            let number = ids.len();
            ids.sort_by_key(|id| id.to_string());
            ids.dedup();
            prop_assert_eq!(ids.len(), number);
            prop_assert!(ids.iter().all(|id| (1..=255).contains(&length(id))));
            let urls = all(body, "url");
            prop_assert!(urls.iter().all(|url| url.as_str().is_some_and(|u| u.starts_with("http"))));
        }
        prop_assert!(nothing_lost_silently(&message, &readable(&bodies[0])));
    }

    #[test]
    fn discord_gets_bodies_within_its_limits_in_which_nothing_is_live(message in message()) {
        let bodies = discord::render(&message, &TimeZone::UTC);
        prop_assert_eq!(bodies.len(), 1 + message.thread.len());
        for body in &bodies {
            prop_assert_eq!(&body["allowed_mentions"], &serde_json::json!({"parse": []}));
            let content = length(&body["content"]);
            prop_assert!(content <= 2_000);
            let embed = &body["embeds"][0];
            prop_assert!(content > 0 || length(&embed["title"]) + length(&embed["description"]) > 0);
            prop_assert!(length(&embed["title"]) <= 256);
            let texts = ["title", "description"].map(|key| all(&body["embeds"], key)).concat();
            prop_assert!(texts.iter().all(|text| length(text) <= 4_096));
            // With the mark at the end, which has 40 characters, within 6,000.
            prop_assert!(texts.into_iter().map(length).sum::<usize>() <= 5_950);
            let empty = Vec::new();
            let rows = body["components"].as_array().unwrap_or(&empty);
            prop_assert!(rows.len() <= 5);
            for row in rows {
                let inside = row["components"].as_array().expect("buttons or one list");
                prop_assert!((1..=5).contains(&inside.len()));
                let lists = inside.iter().filter(|inside| inside["type"] == 3).count();
                prop_assert!(lists == 0 || inside.len() == 1, "a list has a row for itself");
                for option in inside.iter().flat_map(|list| list["options"].as_array()).flatten() {
                    prop_assert!((1..=100).contains(&length(&option["value"])));
                    prop_assert!((1..=100).contains(&length(&option["label"])));
                }
                let mut buttons = inside.iter().filter(|inside| inside["type"] == 2);
                prop_assert!(buttons.all(|button| (1..=80).contains(&length(&button["label"]))));
            }
            let mut ids = all(body, "custom_id");
            let number = ids.len();
            ids.sort_by_key(|id| id.to_string());
            ids.dedup();
            prop_assert_eq!(ids.len(), number);
            prop_assert!(ids.iter().all(|id| (1..=100).contains(&length(id))));
            // What is read to those who do not see a picture is plain, not Markdown.
            for (inside, key) in [(body, "content"), (&body["embeds"], "description"), (&body["embeds"], "title")] {
                for text in all(inside, key) {
                    let live = live_in_discord(text.as_str().expect("a text"));
                    prop_assert!(live.is_empty(), "{live:?} in {text}");
                }
            }
        }
        prop_assert!(nothing_lost_silently(&message, &readable(&bodies[0])));
    }

    #[test]
    fn the_terminal_gets_no_control_characters_and_everything_else(message in message()) {
        let shown = terminal::render(&message, &TimeZone::UTC);
        prop_assert!(shown.chars().all(|c| c == '\n' || !c.is_control()));
        let hidden = ['\u{202e}', '\u{200b}'];
        prop_assert!(!shown.contains(hidden));
        prop_assert!(nothing_lost_silently(&message, &shown));
    }
}

/// What a small digest looks like.
pub(super) fn small() -> Message {
    let fact = |label: &str, value: Text| Fact { label: label.into(), value };
    let win = Text::new()
        .outside("Invoices <!channel>")
        .plain(", human team: 92.6 % good, was 82.1 %   ▲ real rise");
    Message::new("CX week 46: human team 84.3 % good")
        .heading("CX week 46 · Mon 9 – Sun 15 Nov 2026")
        .block(Block::Facts(vec![
            fact("WIN", win),
            fact("HUMAN TEAM", "84.3 % good  (82.4–86.0, n=1,604)   = steady".into()),
        ]))
        .text(
            Text::from("“")
                .outside("Quick & kind, *thanks* @everyone")
                .plain("” — ")
                .link("conversation 7", "https://app.example/7"),
        )
        .note("Scored 6,134 of 6,702 closed.")
        .block(Block::Chart(Chart {
            title: "Share of good conversations".to_owned(),
            finding: "3 weeks: now 84.3 %.".into(),
            points: [("W44", Some(0.80)), ("W45", None), ("W46", Some(0.843))]
                .map(|(label, value)| Point { label: label.to_owned(), value })
                .to_vec(),
            usual: None,
        }))
        .block(Block::Table(Table {
            columns: vec!["Score".to_owned(), "Conversations".to_owned()],
            rows: vec![vec!["5".into(), "855".into()], vec!["4".into(), "97".into()]],
        }))
        .block(Block::Buttons(vec![Button::call("Details", "digest", "details", &7)]))
        .reply(Message::new("More").heading("1 · Wins").text("None."))
}

#[test]
fn what_does_not_fit_in_slack_leaves_the_buttons_that_lead_to_it() {
    let long = (0..80).fold(small(), |message, _| message.note("w".repeat(400)));
    let body = &slack::render(&long, None, &TimeZone::UTC)[0];
    let blocks = body["blocks"].as_array().expect("blocks");
    assert_eq!(all(body, "action_id").len(), 1);
    assert!(blocks.last().expect("a mark").to_string().contains(MARK));
}

#[test]
fn a_small_digest_in_the_terminal() {
    insta::assert_snapshot!(terminal::render(&small(), &TimeZone::UTC), @"
    CX week 46 · Mon 9 – Sun 15 Nov 2026
    WIN         Invoices <!channel>, human team: 92.6 % good, was 82.1 %   ▲ real rise
    HUMAN TEAM  84.3 % good  (82.4–86.0, n=1,604)   = steady
    “Quick & kind, *thanks* @everyone” — conversation 7 (https://app.example/7)
    Scored 6,134 of 6,702 closed.
    Share of good conversations
    W44 80.0 % ▃ ▆ 84.3 % W46
    3 weeks: now 84.3 %.
    Score  Conversations
    5      855
    4      97
    [Details]

    ────────────────────────────────────────
    1 · Wins
    None.
    ");
}

#[test]
fn a_small_digest_in_slack() {
    insta::assert_json_snapshot!(slack::render(&small(), Some("C1"), &TimeZone::UTC), @r#"
    [
      {
        "channel": "C1",
        "text": "CX week 46: human team 84.3 % good",
        "blocks": [
          {
            "type": "header",
            "text": {
              "type": "plain_text",
              "text": "CX week 46 · Mon 9 – Sun 15 Nov 2026",
              "emoji": false
            }
          },
          {
            "type": "rich_text",
            "elements": [
              {
                "type": "rich_text_section",
                "elements": [
                  {
                    "type": "text",
                    "text": "WIN",
                    "style": {
                      "bold": true
                    }
                  },
                  {
                    "type": "text",
                    "text": "  Invoices <!channel>, human team: 92.6 % good, was 82.1 %   ▲ real rise\n"
                  },
                  {
                    "type": "text",
                    "text": "HUMAN TEAM",
                    "style": {
                      "bold": true
                    }
                  },
                  {
                    "type": "text",
                    "text": "  84.3 % good  (82.4–86.0, n=1,604)   = steady\n“Quick & kind, *thanks* @everyone” — "
                  },
                  {
                    "type": "link",
                    "url": "https://app.example/7",
                    "text": "conversation 7"
                  }
                ]
              }
            ]
          },
          {
            "type": "context",
            "elements": [
              {
                "type": "plain_text",
                "text": "Scored 6,134 of 6,702 closed.",
                "emoji": false
              }
            ]
          },
          {
            "type": "rich_text",
            "elements": [
              {
                "type": "rich_text_section",
                "elements": [
                  {
                    "type": "text",
                    "text": "Share of good conversations",
                    "style": {
                      "bold": true
                    }
                  }
                ]
              }
            ]
          },
          {
            "type": "data_visualization",
            "title": "Share of good conversations",
            "chart": {
              "type": "line",
              "series": [
                {
                  "name": "Good",
                  "data": [
                    {
                      "label": "W44",
                      "value": 80.0
                    },
                    {
                      "label": "W46",
                      "value": 84.3
                    }
                  ]
                }
              ],
              "axis_config": {
                "categories": [
                  "W44",
                  "W46"
                ],
                "x_label": "Week",
                "y_label": "% good"
              }
            }
          },
          {
            "type": "rich_text",
            "elements": [
              {
                "type": "rich_text_section",
                "elements": [
                  {
                    "type": "text",
                    "text": "3 weeks: now 84.3 %."
                  }
                ]
              }
            ]
          },
          {
            "type": "table",
            "column_settings": [
              {
                "align": "right",
                "is_wrapped": true
              },
              {
                "align": "right",
                "is_wrapped": true
              }
            ],
            "rows": [
              [
                {
                  "type": "raw_text",
                  "text": "Score"
                },
                {
                  "type": "raw_text",
                  "text": "Conversations"
                }
              ],
              [
                {
                  "type": "raw_text",
                  "text": "5"
                },
                {
                  "type": "raw_text",
                  "text": "855"
                }
              ],
              [
                {
                  "type": "raw_text",
                  "text": "4"
                },
                {
                  "type": "raw_text",
                  "text": "97"
                }
              ]
            ]
          },
          {
            "type": "actions",
            "elements": [
              {
                "type": "button",
                "text": {
                  "type": "plain_text",
                  "text": "Details",
                  "emoji": false
                },
                "action_id": "digest/details/7",
                "value": "digest/details/7"
              }
            ]
          }
        ],
        "unfurl_links": false,
        "unfurl_media": false,
        "mrkdwn": false,
        "parse": "none",
        "link_names": false
      },
      {
        "channel": "C1",
        "text": "More",
        "blocks": [
          {
            "type": "header",
            "text": {
              "type": "plain_text",
              "text": "1 · Wins",
              "emoji": false
            }
          },
          {
            "type": "rich_text",
            "elements": [
              {
                "type": "rich_text_section",
                "elements": [
                  {
                    "type": "text",
                    "text": "None."
                  }
                ]
              }
            ]
          }
        ],
        "unfurl_links": false,
        "unfurl_media": false,
        "mrkdwn": false,
        "parse": "none",
        "link_names": false
      }
    ]
    "#);
}

#[test]
fn a_small_digest_in_discord() {
    let bodies = serde_json::to_string_pretty(&discord::render(&small(), &TimeZone::UTC));
    // The break within mentions is invisible, so the snapshot spells it out.
    let shown = bodies.expect("plain JSON").replace('\u{200b}', "(break)");
    insta::assert_snapshot!(shown, @r#"
    [
      {
        "attachments": [
          {
            "id": 0,
            "filename": "chart.png",
            "description": "3 weeks: now 84.3 %."
          }
        ],
        "embeds": [
          {
            "description": "**WIN**  Invoices \\<!channel\\>, human team: 92.6 % good, was 82.1 %   ▲ real rise\n**HUMAN TEAM**  84.3 % good  \\(82.4–86.0, n=1,604\\)   = steady\n“Quick & kind, \\*thanks\\* @(break)everyone” — [conversation 7](https://app.example/7)\n-# Scored 6,134 of 6,702 closed.\n**Share of good conversations**\n3 weeks: now 84.3 %.\n```\nScore  Conversations\n5      855\n4      97\n```",
            "title": "CX week 46 · Mon 9 – Sun 15 Nov 2026",
            "image": {
              "url": "attachment://chart.png"
            }
          }
        ],
        "components": [
          {
            "type": 1,
            "components": [
              {
                "type": 2,
                "style": 2,
                "label": "Details",
                "custom_id": "digest/details/7"
              }
            ]
          }
        ],
        "allowed_mentions": {
          "parse": []
        }
      },
      {
        "embeds": [
          {
            "description": "None.",
            "title": "1 · Wins"
          }
        ],
        "allowed_mentions": {
          "parse": []
        }
      }
    ]
    "#);
}

/// Build the judge with `cargo build --manifest-path tests/judges/slackblocks/Cargo.toml` and name
/// its executable in `CXBOT_SLACK_JUDGE`.
#[test]
fn an_independent_judge_of_block_kit_finds_no_fault() {
    let Some(judge) = std::env::var_os("CXBOT_SLACK_JUDGE") else {
        println!("SKIPPED: Block Kit is not judged, CXBOT_SLACK_JUDGE is not set");
        return;
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[46; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let hostile = (0..150).map(|_| message().new_tree(&mut runner).expect("a message").current());
    let lines: String = std::iter::once(small())
        .chain(hostile)
        .flat_map(|message| slack::render(&message, Some("C1"), &TimeZone::UTC))
        .map(|body| format!("{body}\n"))
        .collect();
    let mut running = Command::new(judge)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the judge starts");
    let mut stdin = running.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = running.wait_with_output().expect("the judge ends");
    writer.join().expect("written").expect("the judge reads everything");
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{}", said.lines().last().unwrap_or_default());
    assert!(output.status.success(), "{said}");
}
