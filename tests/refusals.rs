//! Whatever is asked wrongly is refused in words that people know: every argument of every command, typed
//! and carried by a button.

use cxbot_sdk::plugin::Action;
use cxbot_sdk::testing::conversation;
use serde_json::{Value, json};

use crate::world::house::House;

const SETTINGS: &str = r#"
people = [{ name = "Ana Silva", teammate = "1", roles = ["operator", "leader", "auditor"] }]

[plugins.digest]
[plugins.mood]
[plugins.lookup]
groups = [{ name = "Key accounts", companies = ["Acme Ltd"] }]
"#;

/// What parsers say, and what the types of a program are called.
const FOREIGN: [&str; 17] = [
    "missing field",
    "unknown field",
    "unknown variant",
    "invalid",
    "expected",
    "parse",
    "integer",
    "enum",
    "struct",
    "variant",
    "u8",
    "i64",
    "Some(",
    "None(",
    " line ",
    "column",
    "Error",
];

async fn house() -> House {
    let record = json!({
        "source": "file", "id": "1", "closed_at": "2026-11-10T10:00:00Z", "score": 5,
        "explanation": "It was solved.", "topics": ["Invoices"], "channel": "chat",
        "team": {"id": "t1", "name": "Billing"},
        "teammates": [{"id": "1", "name": "Ana Silva", "role": "closer"}],
        "customer": {"id": "c1", "name": "Lee Wong", "company": {"name": "Acme Ltd"}},
    });
    House::open(SETTINGS, vec![conversation(record)]).await
}

fn actions(house: &House) -> Vec<(&'static str, Action)> {
    let manifests = house.app.plugins().manifests();
    manifests.flat_map(|of| of.actions.iter().map(|action| (of.name, action.clone()))).collect()
}

fn arguments(action: &Action) -> Vec<String> {
    let properties = action.arguments.get("properties").and_then(Value::as_object);
    properties.into_iter().flat_map(|all| all.keys().cloned()).collect()
}

/// What is said, where it is refused; nothing of a parser's in it.
async fn said(house: &House, line: &str) -> Option<String> {
    let refused = house.ask(line, house.person("Ana Silva")).await.err()?.plain();
    for foreign in FOREIGN {
        assert!(!refused.contains(foreign), "{line}: {refused}");
    }
    assert!(refused.ends_with(['.', '?']) || refused.contains(": "), "{line}: {refused}");
    Some(refused)
}

/// Something good for an argument that has to be there.
fn good(argument: &str) -> &'static str {
    match argument {
        "conversation" => "1",
        "who" => "Lee Wong",
        _ => "Ana Silva",
    }
}

#[tokio::test]
async fn no_refusal_of_a_typed_command_speaks_as_a_parser_does() {
    let house = house().await;
    let long = "x".repeat(3_000);
    let bad = [
        "",
        " ",
        "nonsense",
        "-1",
        "0",
        "300",
        "99999999999999999999",
        "1.5",
        "10-20",
        "20 Oct",
        "2026-02-30",
        "2026-W60",
        "2099-W01",
        "AI",
        "<!channel>",
        &long,
    ];
    for (_, action) in actions(&house).into_iter().filter(|(_, action)| action.command) {
        let all = arguments(&action);
        said(&house, &action.name).await;
        for argument in &all {
            for value in bad {
                let first = all.first().filter(|first| *first != argument);
                let required = first.map(|first| format!("{first}:\"{}\" ", good(first)));
                let required = required.filter(|_| action.arguments.get("required").is_some());
                let line = format!(
                    "{} {}{argument}:\"{value}\"",
                    action.name,
                    required.unwrap_or_default()
                );
                said(&house, &line).await;
            }
        }
    }
}

#[tokio::test]
async fn no_refusal_of_a_button_speaks_as_a_parser_does() {
    let house = house().await;
    let bad = [
        json!(null),
        json!(true),
        json!(7),
        json!(-1),
        json!(1.5),
        json!([]),
        json!({"a": 1}),
        json!(""),
        json!("nonsense"),
        json!("2026-02-30"),
        json!(u64::MAX),
    ];
    for (plugin, action) in actions(&house) {
        let press = |arguments: Value| format!("{plugin}/{}/{arguments}", action.name);
        for whole in [json!({}), json!(null), json!([1]), json!("x"), json!({"no such": 1})] {
            said(&house, &press(whole)).await;
        }
        for argument in arguments(&action) {
            for value in &bad {
                said(&house, &press(json!({ &argument: value }))).await;
            }
        }
    }
}

#[tokio::test]
async fn a_refusal_says_what_can_be_asked() {
    let house = house().await;
    let mut lines = Vec::new();
    for line in [
        "teammate",
        "customer",
        "why",
        "group",
        "topic",
        "teammate Ana since:10-20",
        "teammate Ana weeks:40",
        "teammate Ana lane:robots",
        "teammate Ana lane:AI",
        "teammate Ana topic:Invoics",
        "teammate Ana team:Sales",
        "customer \"Lee Wing\"",
        "topic Invoics",
        "digest 2026-W50",
        "coverage 2027-W01",
        "digest edition:x",
        "mood everything",
        "audit Bob",
    ] {
        let said = said(&house, line).await.unwrap_or_else(|| panic!("{line} is answered"));
        lines.push(format!("{line}\n    {said}"));
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    teammate
        name is missing: a name, an e-mail or an id.
    customer
        who is missing: an e-mail, a name, a company or an id.
    why
        conversation is missing: the conversation's id, or its link.
    group
        name is missing: the group's name, as the configuration has it.
    topic
        name is missing: the topic's name.
    teammate Ana since:10-20
        "10-20" is not a day; write it with its year, like 2026-10-20.
    teammate Ana weeks:40
        weeks takes a whole number from 1 to 26, not 40.
    teammate Ana lane:robots
        lane takes human, ai or handoff, not "robots".
    teammate Ana lane:AI
        Where Fin answers alone no teammate takes part, so nobody has conversations in that lane. lane takes human or handoff here.
    teammate Ana topic:Invoics
        None of Ana Silva's conversations of Mon 21 Sep – Sun 15 Nov 2026 has the topic "Invoics". The nearest: Invoices
    teammate Ana team:Sales
        None of Ana Silva's conversations of Mon 21 Sep – Sun 15 Nov 2026 has the team "Sales". What there is: Billing
    customer "Lee Wing"
        There is no customer "Lee Wing". The nearest: Lee Wong
    topic Invoics
        No scored conversation of the last two weeks has the topic "Invoics". Topics like it: Invoices
    digest 2026-W50
        2026-W50 is still to come. The last complete week is 2026-W46.
    coverage 2027-W01
        2027-W01 is still to come. The last complete week is 2026-W46.
    digest edition:x
        There is no edition "x". There are: all.
    mood everything
        what takes open, close, results, history or export, not "everything".
    audit Bob
        There is no teammate and no customer "Bob".
    "#);
}

#[tokio::test]
async fn the_running_week_has_a_digest_and_one_to_come_has_none() {
    let house = house().await;
    assert_eq!(said(&house, "digest 2026-W47").await, None);
    let refused = said(&house, "digest 2026-W48").await.expect("a week to come");
    assert_eq!(refused, "2026-W48 is still to come. The last complete week is 2026-W46.");
}
