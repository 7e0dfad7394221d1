//! Every limit holds, nothing comes alive, nothing is lost without a mark.

use cxbot_sdk::Message;
use cxbot_sdk::text::Span;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::Value;

use super::super::{discord, slack, terminal, visible};
use super::{message, small};

const MARK: &str = "Shortened here";

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

#[test]
fn what_does_not_fit_in_slack_leaves_the_buttons_that_lead_to_it() {
    let long = (0..80).fold(small(), |message, _| message.note("w".repeat(400)));
    let body = &slack::render(&long, None, &TimeZone::UTC)[0];
    let blocks = body["blocks"].as_array().expect("blocks");
    assert_eq!(all(body, "action_id").len(), 1);
    assert!(blocks.last().expect("a mark").to_string().contains(MARK));
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
        words.iter().all(|words| shown_letters.contains(&letters(&visible(words))))
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
