//! What a small digest looks like.

use cxbot_sdk::message::{Block, Button, Chart, Fact, Point, Table};
use cxbot_sdk::{Message, Text};
use jiff::tz::TimeZone;

use super::super::{discord, slack, terminal};

pub(in crate::chat::render) fn small() -> Message {
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
