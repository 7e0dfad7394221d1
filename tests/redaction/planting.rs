//! Conversations full of planted personal data, and what of it stands in a text.

use std::collections::BTreeSet;

use cxbot_sdk::week::{Week, day_start};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Sentences with something personal in each, between "⟦" and "⟧".
pub(super) const CORPUS: &str = include_str!("../../src/host/redact/corpus/personal.txt");
/// Part of every customer's name.
pub(super) const CUSTOMER: &str = "Quimby";
pub(super) const WEEKS: i64 = 7;
pub(super) const TOPICS: usize = 10;

pub(super) fn sentences() -> Vec<String> {
    let lines = CORPUS.lines().filter(|line| !line.starts_with("# "));
    lines.map(|line| line.replace(['⟦', '⟧'], "")).collect()
}

/// What is searched for: every planted secret, and of longer ones the first half too, since a secret that
/// was cut is one still.
pub(super) fn secrets() -> BTreeSet<String> {
    let lines = CORPUS.lines().filter(|line| !line.starts_with("# "));
    let whole = lines.flat_map(|line| line.split(['⟦', '⟧']).skip(1).step_by(2)).map(bare);
    let with_half = whole.flat_map(|secret| {
        let half: String = secret.chars().take(secret.chars().count().div_ceil(2)).collect();
        let half = Some(half).filter(|half| half.trim().chars().count() >= 6);
        [Some(secret), half].into_iter().flatten()
    });
    with_half.collect()
}

/// Words as a reader sees them, whatever a platform's escapes make of them.
pub(super) fn bare(words: &str) -> String {
    let words = words.replace(['\\', '\u{200b}', '`', 'ˋ'], "");
    let words = words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The secrets that stand in a text.
pub(super) fn found(text: &str) -> Vec<String> {
    let text = bare(text);
    // Ids are full of digits: a number that is searched for begins where no other goes on.
    let begins = |(at, secret): (usize, &str)| {
        let digit = |c: char| c.is_ascii_digit();
        !(secret.starts_with(digit) && text[..at].ends_with(digit))
    };
    let stands = |secret: &&String| text.match_indices(secret.as_str()).any(begins);
    secrets().iter().filter(stands).cloned().collect()
}

/// Every text in a value, one a line; the keys of objects are ours.
pub(super) fn texts(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text}\n"),
        Value::Array(items) => items.iter().map(texts).collect(),
        Value::Object(fields) => fields.values().map(texts).collect(),
        _ => String::new(),
    }
}

pub(super) fn nothing_in(place: &str, text: &str) {
    assert_eq!(found(text), [""; 0], "in {place}");
}

/// Weeks of conversations in which every text that a customer or their tool may have written is planted.
pub(super) fn records(now: Timestamp) -> String {
    let zone = TimeZone::get("Europe/Dublin").expect("a bundled zone");
    let last = Week::complete_before(now, &zone);
    let sentences = sentences();
    let mut lines = String::new();
    for back in 0..WEEKS {
        let day = day_start(last.minus(back).monday(), &zone) + SignedDuration::from_hours(30);
        for (n, said) in sentences.iter().enumerate() {
            let at = day + SignedDuration::from_mins(i64::try_from(n).expect("few"));
            lines.push_str(&format!("{}\n", record(&sentences, (n, back), said, at)));
        }
    }
    lines
}

pub(super) fn record(
    all: &[String],
    (n, back): (usize, i64),
    said: &str,
    closed_at: Timestamp,
) -> Value {
    let other = |by: usize| all[(n + by) % all.len()].as_str();
    let topic = n % TOPICS;
    // The first topics rise in the last week, the next ones fall, so that they are quoted.
    let good = match topic {
        0..3 => back == 0 || n % 3 == 0,
        3..6 => back > 0 || n % 3 == 0,
        _ => n % 2 == 0,
    };
    let teammate = ["Ana", other(7), "Ana ana.murphy@example.com"][n % 3];
    // A tool that numbers its records with as many digits as a phone number has.
    let id = 880_000_000_000 + i64::try_from(n).expect("few") * 100 + back;
    let score = if good { json!(5) } else { json!(1) };
    json!({
        "source": format!("tool{}", n % 20),
        "id": if back == 0 { (n / 20).to_string() } else { id.to_string() },
        "closed_at": closed_at,
        "score": if n % 41 == 40 { json!(said) } else { score },
        "explanation": format!("{said} {}", other(1)),
        "reasons": [other(2)],
        "csat": {"score": if n % 5 == 0 { 1 } else { 5 }, "remark": other(3)},
        "ai": {"participated": n % 4 == 0, "resolution": other(4)},
        "teammates": [{"id": (n % 3).to_string(), "name": teammate, "role": "closer"}],
        "team": {"id": "t1", "name": other(5)},
        "customer": {
            "id": format!("c{}", n % 50), "name": format!("{CUSTOMER} {}", other(6)),
            "email": "ana.murphy@example.com",
            "company": {"id": "acme", "name": if n % 2 == 0 { "Acme Ltd" } else { other(8) }},
        },
        "topics": [if topic == 9 { "Invoices" } else { &all[topic * 20] }, other(9)],
        "tags": [other(10)],
        "attributes": {"note": other(11)},
    })
}

pub(super) const SETTINGS: &str = r#"
[[people]]
name = "Ana Silva"
slack = "U0ANA00001"
discord = "1200000000000000001"
teammate = ["tool0/0"]
roles = ["leader"]

[[channels]]
channel = "slack:C0QUOTES01"
clearance = "quotes"
[[channels]]
channel = "slack:C0NAMES001"
clearance = "names"
[[channels]]
channel = "slack:C0OPEN0001"
clearance = "names"
redact = false
[[channels]]
channel = "discord:1100000000000000001"
[[channels]]
channel = "discord:1100000000000000002"
clearance = "names"

[plugins.lookup]
groups = [{ name = "VIP", companies = ["Acme Ltd"] }]
[plugins.digest]
clearance = "names"
destinations = [
    "slack:C0QUOTES01", "slack:C0NAMES001", "slack:C0OPEN0001",
    "discord:1100000000000000001", "discord:1100000000000000002",
]
"#;
