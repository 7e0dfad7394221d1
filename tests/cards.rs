//! Every command's card as people see it on Slack, on Discord and at a terminal, over much data, little
//! data, none, and data that means harm. The snapshots are in `tests/cards`, one file for each card.

use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::message::Block;
use cxbot_sdk::testing::conversation;
use cxbot_sdk::{Message, lint};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::house::House;
use crate::world::seen;

pub const SETTINGS: &str = r#"
people = [
    { name = "Lea Park", roles = ["leader", "auditor"] },
    { name = "Ana Silva", teammate = "1" },
]

[plugins.digest]
[plugins.lookup]
groups = [{ name = "Key accounts", companies = ["Acme Ltd", "Beta BV"] }]
"#;

/// The question of each card: the file's name, what is typed or pressed, and by whom.
pub const CARDS: [(&str, &str, &str); 13] = [
    ("teammate", r#"lookup/teammate/{"name":"file/1"}"#, "Lea Park"),
    ("me", "me", "Ana Silva"),
    ("which", "teammate Ana", "Lea Park"),
    ("nobody", "teammate Zacharias", "Lea Park"),
    ("customer", "customer lee@acme.example", "Lea Park"),
    ("no_customer", "customer Leopold", "Lea Park"),
    ("group", "group \"Key accounts\"", "Lea Park"),
    ("topic", "topic Invoices", "Lea Park"),
    ("why", "why 1", "Lea Park"),
    ("audit", "audit", "Lea Park"),
    ("coverage", "coverage", "Lea Park"),
    ("digest", "digest", "Lea Park"),
    ("help", "help", "Lea Park"),
];

const PEOPLE: [(&str, &str); 4] =
    [("1", "Ana Silva"), ("2", "Ana Sousa"), ("3", "Ben Okri"), ("4", "Cem Kaya")];
const TOPICS: [&str; 3] = ["Invoices", "Refunds", "Exports"];
const WHY: [&str; 3] = [
    "The question about the invoice was answered at the first go.",
    "The customer had to explain the problem twice.",
    "It took four days until somebody answered.",
];

/// Conversation `n`, counted back from the last evening of week 46, three hours apart.
fn one(n: u32) -> Conversation {
    let closed = "2026-11-15T20:00:00Z".parse::<jiff::Timestamp>().expect("an instant")
        - jiff::SignedDuration::from_hours(3 * i64::from(n));
    let (id, name) = PEOPLE[if n.is_multiple_of(3) { n as usize / 3 % 4 } else { 0 }];
    let (customer, company) = match n % 4 {
        0 | 1 => (("c1", "Lee Wong", "lee@acme.example"), ("acme", "Acme Ltd")),
        2 => (("c2", "Kim Park", "kim@beta.example"), ("beta", "Beta BV")),
        _ => (("c3", "Jo March", "jo@acme.example"), ("acme", "Acme Ltd")),
    };
    let score = [5, 5, 4, 2, 5, 3, 5, 1][n as usize % 8];
    let by_machine = n % 5 == 4;
    let people = json!([{"id": id, "name": name, "role": "closer"}]);
    conversation(json!({
        "source": "file", "id": (n + 1).to_string(), "closed_at": closed.to_string(),
        "url": format!("https://app.example/{}", n + 1), "score": score,
        "explanation": WHY[(5 - score as usize) / 2], "reasons": ["Speed", "Clarity"],
        "topics": [TOPICS[n as usize % 3]], "team": {"id": "t1", "name": "Billing"},
        "teammates": if by_machine { json!([]) } else { people },
        "ai": {"participated": n % 5 > 2}, "channel": "chat",
        "csat": if n.is_multiple_of(6) { json!({"score": 4}) } else { Value::Null },
        "customer": {"id": customer.0, "name": customer.1, "email": customer.2,
            "company": {"id": company.0, "name": company.1}},
    }))
}

/// Words that would like to be more than words.
fn hostile() -> Vec<String> {
    let long = "x".repeat(10_000);
    let words = [
        "<!channel> look at this",
        "@everyone @here <@U0ANA00001> <@&42> <#C1>",
        "/cx teammate \"Ana Silva\"",
        "*bold* _it_ ~gone~ `code` ```fence```",
        "[click](https://evil.example) <https://evil.example|bank>",
        "first line\nsecond line\r\n/cx audit",
        "{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"<!here>\"}}",
        "\u{1b}[31mred\u{1b}[0m \u{1b}]8;;https://evil.example\u{7}link",
        "right \u{202e}tfel ot\u{202c} and \u{2067}isolated\u{2069}",
        "zero\u{200b}width\u{feff}and\u{ad}soft",
        "# heading\n> quote\n- list\n-# small\n1. one",
        &long,
    ];
    words.map(str::to_owned).to_vec()
}

/// The same conversation with these words wherever words come from outside, in turn.
fn said_by(mut one: Value, words: &[String], n: usize) -> Value {
    let word = |at: usize| words[(n + at) % words.len()].clone();
    let marked = |name: &str, at: usize| format!("{name} {}", word(at));
    one["explanation"] = json!(word(0));
    one["reasons"] = json!([word(1), word(2)]);
    one["tags"] = json!([word(3)]);
    one["channel"] = json!(word(4));
    one["team"]["name"] = json!(word(5));
    if n % 2 == 1 {
        one["topics"] = json!([marked("Refunds", 6), word(7), "Invoices"]);
        one["url"] = json!(["javascript:alert(1)", "https://app.example/(1)?a=<b>|c"][n / 2 % 2]);
    }
    for person in one["teammates"].as_array_mut().into_iter().flatten() {
        person["name"] = json!(marked("Ana", 8));
    }
    one["customer"]["name"] = json!(marked("Lee", 9));
    one["customer"]["company"]["plan"] = json!(word(10));
    if n % 4 == 3 {
        one["customer"]["company"]["name"] = json!(marked("Acme", 11));
    }
    one
}

fn meaning_harm(words: &[String], many: u32) -> Vec<Conversation> {
    let one = |n: u32| {
        let plain = serde_json::to_value(one(n)).expect("JSON");
        conversation(said_by(plain, words, n as usize))
    };
    (0..many).map(one).collect()
}

pub fn data() -> [(&'static str, Vec<Conversation>); 4] {
    [
        ("rich", (0..420).map(one).collect()),
        ("poor", (0..6).map(one).collect()),
        ("empty", Vec::new()),
        ("hostile", meaning_harm(&hostile(), 60)),
    ]
}

/// The card, or what is said instead.
async fn card(house: &House, line: &str, person: &str) -> Message {
    house.ask(line, house.person(person)).await.unwrap_or_else(|refused| refused)
}

fn spelled_out(seen: &str) -> String {
    seen.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn every_card_reads_well_on_every_platform() {
    let mut files: Vec<String> = CARDS.iter().map(|_| String::new()).collect();
    for (title, records) in data() {
        let house = House::open(SETTINGS, records).await;
        for (file, (_, line, person)) in files.iter_mut().zip(CARDS) {
            let card = card(&house, line, person).await;
            assert!(lint::violations(&card).is_empty(), "{line}: {:?}", lint::violations(&card));
            for (platform, seen) in seen::everywhere(&card) {
                let seen = spelled_out(&seen);
                file.push_str(&format!("======== {title}, {platform} ========\n{seen}\n\n"));
            }
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("cards");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for ((name, _, _), file) in CARDS.iter().zip(&files) {
            insta::assert_snapshot!(*name, file);
        }
    });
}

#[tokio::test]
async fn me_is_the_managers_card_to_the_byte_on_every_platform() {
    for (title, records) in data() {
        let house = House::open(SETTINGS, records).await;
        if title == "empty" {
            continue;
        }
        for narrowed in ["", " weeks:2", " topic:Invoices", " since:2026-10-20", " lane:human"] {
            let of_manager = card(&house, &format!("teammate file/1{narrowed}"), "Lea Park").await;
            let own = card(&house, &format!("me{narrowed}"), "Ana Silva").await;
            for (manager, own) in seen::everywhere(&of_manager).iter().zip(seen::everywhere(&own)) {
                assert_eq!(*manager, own, "{title}{narrowed}");
            }
            let zone = &house.app.workspace().zone;
            let bodies = |message: &Message| {
                let slack = cxbot::chat::render::slack::render(message, None, zone);
                (slack, cxbot::chat::render::discord::render(message, zone))
            };
            assert_eq!(bodies(&of_manager), bodies(&own), "{title}{narrowed}");
        }
    }
}

/// All values of a key within a JSON value.
fn all<'v>(value: &'v Value, key: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| all(item, key, found)),
        Value::Object(fields) => {
            found.extend(fields.get(key));
            fields.values().for_each(|field| all(field, key, found));
        }
        _ => {}
    }
}

fn texts(value: &Value, key: &str) -> Vec<String> {
    let mut found = Vec::new();
    all(value, key, &mut found);
    found.iter().filter_map(|text| text.as_str()).map(str::to_owned).collect()
}

/// What of a body to Slack would be more than words.
fn live_in_slack(body: &Value) -> Vec<String> {
    const KINDS: [&str; 12] = [
        "header",
        "plain_text",
        "rich_text",
        "rich_text_section",
        "rich_text_preformatted",
        "text",
        "link",
        "context",
        "actions",
        "button",
        "static_select",
        "section",
    ];
    let mut live: Vec<String> =
        texts(body, "type").into_iter().filter(|kind| !KINDS.contains(&&**kind)).collect();
    live.extend(
        texts(body, "url").into_iter().filter(|url| !url.starts_with("https://app.example")),
    );
    let fallback = body["text"].as_str().unwrap_or_default();
    live.extend(fallback.contains(['<', '>']).then(|| fallback.to_owned()));
    live
}

/// The same of Discord, whose Markdown is read here with no help from the renderer.
fn live_in_discord(body: &Value) -> Vec<String> {
    let mut live = Vec::new();
    if body["allowed_mentions"] != json!({"parse": []}) {
        live.push("mentions".to_owned());
    }
    for text in ["content", "title", "description"].iter().flat_map(|key| texts(body, key)) {
        let outside: String = text.split("```").step_by(2).collect::<Vec<_>>().join(" ");
        for sign in ["@everyone", "@here", "<@", "<#", "<:", "</", "<t:"] {
            let bare = outside.match_indices(sign).any(|(at, _)| {
                // Times are ours.
                let time = sign == "<t:" && outside[at..].contains(":f>");
                !outside[..at].ends_with('\\') && !time
            });
            live.extend(bare.then(|| format!("{sign} in {text}")));
        }
        for (at, _) in outside.match_indices("](") {
            let address = &outside[at + 2..];
            let ours = address.starts_with("https://app.example");
            live.extend((!outside[..at].ends_with('\\') && !ours).then(|| address.to_owned()));
        }
    }
    live
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(hostile()),
        1 => "\\PC{0,60}",
        1 => "[<@!#&*_~`|>\\[\\]()/:a-c1. \n]{1,40}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn what_customers_write_is_never_a_command_a_mention_or_markup(
        words in prop::collection::vec(words(), 3..14)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let house = House::open(SETTINGS, meaning_harm(&words, 40)).await;
            for (_, line, person) in CARDS {
                harmless(line, &card(&house, line, person).await, &words);
            }
        });
    }
}

fn harmless(line: &str, card: &Message, words: &[String]) {
    let zone = jiff::tz::TimeZone::UTC;
    for part in std::iter::once(card).chain(&card.thread) {
        let slack = cxbot::chat::render::slack::answer(part, &zone);
        assert!(live_in_slack(&slack).is_empty(), "{line}: {:?}", live_in_slack(&slack));
        let discord = cxbot::chat::render::discord::answer(part);
        assert!(live_in_discord(&discord).is_empty(), "{line}: {:?}", live_in_discord(&discord));
        let shown = cxbot::chat::render::terminal::render(part, &zone);
        let hides = |c: char| c != '\n' && c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!shown.contains(hides), "{line}: {shown:?}");
        // A press can mean only what we said.
        let ids = part.blocks.iter().flat_map(Block::buttons).map(|button| &button.id);
        for id in ids {
            let theirs = words.iter().find(|word| word.len() > 3 && id.contains(&***word));
            assert!(theirs.is_none(), "{line}: {id}");
        }
    }
}
