//! Who may ask for what, and what is seen where: every role, every command and every kind of channel, in
//! one table to read and in rules that hold for each of its cells.

use std::collections::BTreeSet;

use cxbot::chat::Suggest;
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::testing::conversation;
use cxbot_sdk::{Invoker, Message};
use serde_json::{Value, json};

use crate::world::house::{House, words};

const SETTINGS: &str = r#"
people = [
    { name = "Ana Silva", teammate = "1", teams = ["Billing"], roles = ["teammate"] },
    { name = "Ben Okri", teammate = "2", teams = ["Billing"] },
    { name = "Ida Berg", teammate = "3", teams = ["Billing"] },
    { name = "Mia Roth", teammate = "4", teams = ["Billing"], roles = ["manager"] },
    { name = "Quinn", roles = ["qa"] },
    { name = "Lea", roles = ["leader"] },
    { name = "Otto", roles = ["operator"] },
    { name = "Ada", roles = ["auditor"] },
    { name = "Coco", roles = ["coach"] },
]
channels = [
    { channel = "slack:CFIGURES", clearance = "figures" },
    { channel = "slack:CQUOTES", clearance = "quotes" },
    { channel = "slack:CNAMES", clearance = "names" },
]
access.commands = { coverage = ["coach", "leader"] }

[plugins.digest]
clearance = "names"

[plugins.lookup]
groups = [{ name = "Key accounts", companies = ["Acme Ltd", "Beta BV"] }]
"#;
const PROTECTED: &str = "access.protected = true\n";

/// A row each: what they are called here, and who they are in the settings.
const ROLES: [(&str, &str); 9] = [
    ("stranger", ""),
    ("no role, own id", "Ben Okri"),
    ("teammate", "Ana Silva"),
    ("manager", "Mia Roth"),
    ("qa", "Quinn"),
    ("leader", "Lea"),
    ("operator", "Otto"),
    ("auditor", "Ada"),
    ("coach", "Coco"),
];

/// A block each: where it is asked for, or shared to.
const CHANNELS: [(&str, Option<&str>); 5] = [
    ("in private", None),
    ("a channel that is not named", Some("slack:CELSEWHERE")),
    ("a channel for figures", Some("slack:CFIGURES")),
    ("a channel for quotes", Some("slack:CQUOTES")),
    ("a channel for names", Some("slack:CNAMES")),
];

/// A column each: a command with its subject, or the button behind a digest.
const COMMANDS: [(&str, &str); 17] = [
    ("self", "teammate SELF"),
    ("own team", "teammate \"Ida Berg\""),
    ("others", "teammate \"Eva Lind\""),
    ("offered", "teammate ?"),
    ("me", "me"),
    ("customer", "customer \"Lee Wong\""),
    ("group", "group \"Key accounts\""),
    ("topic", "topic Invoices"),
    ("why", "why 46-0"),
    ("audit me", "audit me"),
    ("audit", "audit"),
    ("audit Ida", "audit \"Ida Berg\""),
    ("digest", "digest"),
    ("coverage", "coverage"),
    ("details", "digest/details/{}"),
    ("reading", "digest/reading/{}"),
    ("help", "help"),
];

const TEAMMATES: [&str; 10] = [
    "Ana Silva",
    "Ben Okri",
    "Ida Berg",
    "Mia Roth",
    "Noor Aziz",
    "Cem Kaya",
    "Dag Moe",
    "Eva Lind",
    "Fay Ito",
    "Gus Vale",
];
const CUSTOMERS: [&str; 4] = ["Lee Wong", "Kim Park", "Acme Ltd", "Beta BV"];
const EXPLANATION: &str = "It took too long.";

/// Sixty conversations in each of three weeks, worked on by ten people in two teams.
fn conversations() -> Vec<Conversation> {
    let weeks = [(41, "2026-10"), (45, "2026-11"), (46, "2026-11")];
    let one = |week: u32, month: &str, n: u32| {
        let day = [5, 2, 9][[41, 45, 46].iter().position(|known| *known == week).expect("a week")];
        let person = n % 10;
        let acme = n < 30;
        let (team, name) = if person < 5 { ("t1", "Billing") } else { ("t2", "Sales") };
        let company = if acme { ("Lee Wong", "Acme Ltd") } else { ("Kim Park", "Beta BV") };
        conversation(json!({
            "source": "file", "id": format!("{week}-{n}"),
            "closed_at": format!("{month}-{:02}T10:00:00Z", day + n % 5),
            "score": if acme && week == 46 { 1 } else { 5 }, "explanation": EXPLANATION,
            "topics": ["Invoices"], "team": {"id": team, "name": name},
            "teammates": [{"id": (person + 1).to_string(), "name": TEAMMATES[person as usize],
                "role": "closer"}],
            "customer": {"id": company.0, "name": company.0, "company": {"name": company.1}},
        }))
    };
    let all = weeks.iter().flat_map(|(week, month)| (0..60).map(move |n| one(*week, month, n)));
    all.collect()
}

/// What is in a cell: nothing where it is refused or there is nothing to ask.
#[derive(Default)]
struct Cell {
    word: String,
    shown: BTreeSet<&'static str>,
    refusal: Option<String>,
}

/// What of the house can be read in words.
fn contents(words: &str) -> BTreeSet<&'static str> {
    let any = |names: &[&str]| names.iter().any(|name| words.contains(name));
    let all = [
        ("quotes", words.contains(EXPLANATION)),
        ("names", any(&CUSTOMERS)),
        ("teammates", any(&TEAMMATES)),
    ];
    all.into_iter().filter(|(_, is)| *is).map(|(what, _)| what).collect()
}

fn cell(answer: Result<Message, Message>) -> Cell {
    let message = match answer {
        Ok(message) => message,
        Err(refusal) => {
            let refusal = refusal.plain();
            let word = match &refusal {
                why if why.contains("protected mode") => "never",
                why if why.contains("stays with you") => "stays",
                _ => "no",
            };
            return Cell { word: word.to_owned(), refusal: Some(refusal), ..Cell::default() };
        }
    };
    let all = words(&message);
    let shown = contents(&all);
    let has = |what| shown.contains(what);
    let word = match () {
        () if message.summary.words().contains("looked") => "looks",
        () if all.contains("What customers experienced in conversations that") => "card",
        () if has("names") => "names",
        () if has("quotes") => "quotes",
        () if all.contains(" % good") || all.contains("closed = ") => "figures",
        () => "yes",
    };
    Cell { word: word.to_owned(), shown, refusal: None }
}

async fn ask(house: &House, line: &str, name: &str, invoker: &Invoker) -> Cell {
    let line = match line {
        // Whoever is no teammate has no card of their own.
        "teammate SELF" if invoker.teammate.is_empty() => {
            return Cell { word: "–".to_owned(), ..Cell::default() };
        }
        "teammate SELF" => format!("teammate \"{name}\""),
        "teammate ?" => return offered(house, invoker).await,
        line => line.to_owned(),
    };
    cell(house.ask(&line, invoker.clone()).await)
}

/// How many names are offered to someone who types a teammate's name.
async fn offered(house: &House, invoker: &Invoker) -> Cell {
    let what = Suggest {
        plugin: "lookup",
        action: "teammate".to_owned(),
        argument: "name".to_owned(),
        typed: String::new(),
    };
    let found = house.app.suggest(&what, invoker.clone()).await.expect("suggestions");
    Cell { word: found.len().to_string(), ..Cell::default() }
}

async fn house(settings: &str) -> House {
    let house = House::open(settings, conversations()).await;
    // So that there is something to audit.
    for name in TEAMMATES {
        let _refused_in_protected_mode =
            house.ask(&format!("teammate \"{name}\""), house.person("Lea")).await;
    }
    house
}

/// One block: a row for each role, with its cells.
async fn block(house: &House, channel: Option<&str>) -> Vec<(&'static str, Vec<Cell>)> {
    let mut rows = Vec::new();
    for (role, name) in ROLES {
        let channel = channel.map(|channel| channel.parse().expect("a channel"));
        let invoker = Invoker { channel, ..house.person(name) };
        let mut cells = Vec::new();
        for (_, line) in COMMANDS {
            cells.push(ask(house, line, name, &invoker).await);
        }
        rows.push((role, cells));
    }
    rows
}

fn drawn(rows: &[(&str, Vec<Cell>)]) -> String {
    let line = |first: &str, words: Vec<&str>| {
        let cells = words.iter().zip(COMMANDS).map(|(word, (column, _))| {
            format!("{word:<width$}", width = column.chars().count().max(7))
        });
        let cells = cells.collect::<Vec<_>>().join("  ");
        format!("{first:<16}{cells}").trim_end().to_owned()
    };
    let head = line("", COMMANDS.iter().map(|(column, _)| *column).collect());
    let row = |(role, cells): &(&str, Vec<Cell>)| {
        line(role, cells.iter().map(|cell| &*cell.word).collect())
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    format!("{head}\n{}\n", rows.join("\n"))
}

fn is_about_people(column: &str) -> bool {
    ["self", "own team", "others", "me", "customer", "why", "audit me", "audit", "audit Ida"]
        .contains(&column)
}

/// What no cell may break, whoever asks.
fn holds(channel: &str, private: &[(&str, Vec<Cell>)], rows: &[(&str, Vec<Cell>)]) {
    for ((role, cells), (_, alone)) in rows.iter().zip(private) {
        for (at, (column, _)) in COMMANDS.into_iter().enumerate() {
            let (cell, alone, place) =
                (&cells[at], &alone[at], format!("{channel}: {role}, {column}"));
            assert!(cell.shown.is_subset(&alone.shown), "{place} shows more than in private");
            assert!(
                alone.refusal.is_none() || cell.refusal.is_some(),
                "{place} is refused in private"
            );
            if let Some(why) = &cell.refusal {
                let says = ["You may ask", "You may look up", "stays with you"];
                assert!(says.iter().any(|says| why.contains(says)), "{place}: {why}");
                assert!(!contents(why).contains("quotes"), "{place}: {why}");
            }
            if channel == "in private" {
                continue;
            }
            assert!(!cell.shown.contains("teammates"), "{place} names a teammate");
            if channel != "a channel for names" {
                assert!(!cell.shown.contains("names"), "{place} names a customer");
                if channel != "a channel for quotes" {
                    assert!(!cell.shown.contains("quotes"), "{place} quotes an explanation");
                }
            }
            if is_about_people(column) && cell.word != "–" {
                assert!(cell.refusal.is_some(), "{place} is about people");
            }
        }
    }
}

/// The table of all channels; those that look the same stand there once.
async fn matrix(house: &House) -> String {
    let private = block(house, None).await;
    let mut table: Vec<(String, String)> = Vec::new();
    for (title, channel) in CHANNELS {
        let rows = block(house, channel).await;
        holds(title, &private, &rows);
        let drawn = drawn(&rows);
        match table.iter_mut().find(|(_, known)| *known == drawn) {
            Some((titles, _)) => titles.push_str(&format!("; {title}")),
            None => table.push((title.to_owned(), drawn)),
        }
    }
    let blocks = table.into_iter().map(|(title, block)| format!("{title}\n{block}"));
    blocks.collect::<Vec<_>>().join("\n")
}

fn cell_of<'r>(rows: &'r [(&str, Vec<Cell>)], role: &str, column: &str) -> &'r Cell {
    let at = COMMANDS.iter().position(|(known, _)| *known == column).expect("a column");
    let row = rows.iter().find(|(known, _)| *known == role).expect("a role");
    &row.1[at]
}

#[tokio::test]
async fn every_command_is_in_the_matrix() {
    let house = house(SETTINGS).await;
    let asked = |line: &str, name: &str| line.split([' ', '/']).any(|word| word == name);
    for manifest in house.app.plugins().manifests() {
        for action in &manifest.actions {
            let is_there = COMMANDS.iter().any(|(_, line)| asked(line, &action.name));
            assert!(is_there, "{} has no column", action.name);
        }
    }
}

#[tokio::test]
async fn every_role_gets_what_it_may_see_and_no_channel_more_than_it_may_carry() {
    let house = house(SETTINGS).await;
    insta::assert_snapshot!(matrix(&house).await, @"
    in private
                    self     own team  others   offered  me       customer  group    topic    why      audit me  audit    audit Ida  digest   coverage  details  reading  help
    stranger        –        no        no       0        no       no        no       figures  no       looks     looks    no         figures  no        figures  yes      yes
    no role, own id card     no        no       1        card     names     names    quotes   quotes   looks     looks    no         names    no        names    yes      yes
    teammate        card     no        no       1        card     names     names    quotes   quotes   looks     looks    no         names    no        names    yes      yes
    manager         card     card      no       4        card     names     names    quotes   quotes   looks     looks    no         names    no        names    yes      yes
    qa              –        card      card     10       no       names     names    quotes   quotes   looks     looks    no         names    no        names    yes      yes
    leader          –        card      card     10       no       names     names    quotes   quotes   looks     looks    no         names    figures   names    yes      yes
    operator        –        card      card     10       no       names     names    quotes   quotes   looks     looks    looks      names    figures   names    yes      yes
    auditor         –        no        no       0        no       no        no       figures  no       looks     looks    looks      figures  no        figures  yes      yes
    coach           –        no        no       0        no       no        no       figures  no       looks     looks    no         figures  figures   figures  yes      yes

    a channel that is not named; a channel for figures
                    self     own team  others   offered  me       customer  group    topic    why      audit me  audit    audit Ida  digest   coverage  details  reading  help
    stranger        –        no        no       0        no       no        no       figures  no       stays     stays    stays      figures  no        figures  yes      yes
    no role, own id stays    stays     stays    1        stays    stays     figures  figures  stays    stays     stays    stays      figures  no        figures  yes      yes
    teammate        stays    stays     stays    1        stays    stays     figures  figures  stays    stays     stays    stays      figures  no        figures  yes      yes
    manager         stays    stays     stays    4        stays    stays     figures  figures  stays    stays     stays    stays      figures  no        figures  yes      yes
    qa              –        stays     stays    10       no       stays     figures  figures  stays    stays     stays    stays      figures  no        figures  yes      yes
    leader          –        stays     stays    10       no       stays     figures  figures  stays    stays     stays    stays      figures  figures   figures  yes      yes
    operator        –        stays     stays    10       no       stays     figures  figures  stays    stays     stays    stays      figures  figures   figures  yes      yes
    auditor         –        no        no       0        no       no        no       figures  no       stays     stays    stays      figures  no        figures  yes      yes
    coach           –        no        no       0        no       no        no       figures  no       stays     stays    stays      figures  figures   figures  yes      yes

    a channel for quotes
                    self     own team  others   offered  me       customer  group    topic    why      audit me  audit    audit Ida  digest   coverage  details  reading  help
    stranger        –        no        no       0        no       no        no       figures  no       stays     stays    stays      figures  no        figures  yes      yes
    no role, own id stays    stays     stays    1        stays    stays     figures  quotes   stays    stays     stays    stays      quotes   no        quotes   yes      yes
    teammate        stays    stays     stays    1        stays    stays     figures  quotes   stays    stays     stays    stays      quotes   no        quotes   yes      yes
    manager         stays    stays     stays    4        stays    stays     figures  quotes   stays    stays     stays    stays      quotes   no        quotes   yes      yes
    qa              –        stays     stays    10       no       stays     figures  quotes   stays    stays     stays    stays      quotes   no        quotes   yes      yes
    leader          –        stays     stays    10       no       stays     figures  quotes   stays    stays     stays    stays      quotes   figures   quotes   yes      yes
    operator        –        stays     stays    10       no       stays     figures  quotes   stays    stays     stays    stays      quotes   figures   quotes   yes      yes
    auditor         –        no        no       0        no       no        no       figures  no       stays     stays    stays      figures  no        figures  yes      yes
    coach           –        no        no       0        no       no        no       figures  no       stays     stays    stays      figures  figures   figures  yes      yes

    a channel for names
                    self     own team  others   offered  me       customer  group    topic    why      audit me  audit    audit Ida  digest   coverage  details  reading  help
    stranger        –        no        no       0        no       no        no       figures  no       stays     stays    stays      figures  no        figures  yes      yes
    no role, own id stays    stays     stays    1        stays    stays     names    quotes   stays    stays     stays    stays      names    no        names    yes      yes
    teammate        stays    stays     stays    1        stays    stays     names    quotes   stays    stays     stays    stays      names    no        names    yes      yes
    manager         stays    stays     stays    4        stays    stays     names    quotes   stays    stays     stays    stays      names    no        names    yes      yes
    qa              –        stays     stays    10       no       stays     names    quotes   stays    stays     stays    stays      names    no        names    yes      yes
    leader          –        stays     stays    10       no       stays     names    quotes   stays    stays     stays    stays      names    figures   names    yes      yes
    operator        –        stays     stays    10       no       stays     names    quotes   stays    stays     stays    stays      names    figures   names    yes      yes
    auditor         –        no        no       0        no       no        no       figures  no       stays     stays    stays      figures  no        figures  yes      yes
    coach           –        no        no       0        no       no        no       figures  no       stays     stays    stays      figures  figures   figures  yes      yes
    ");
}

#[tokio::test]
async fn in_protected_mode_no_role_sees_anyone() {
    let house = house(&format!("{PROTECTED}{SETTINGS}")).await;
    let private = block(&house, None).await;
    for (role, cells) in &private {
        for (cell, (column, _)) in cells.iter().zip(COMMANDS) {
            let place = format!("{role}, {column}");
            assert!(cell.shown.is_empty(), "{place} shows {:?}", cell.shown);
            assert!(column != "offered" || cell.word == "0", "{place}");
        }
    }
    insta::assert_snapshot!(matrix(&house).await, @"
    in private
                    self     own team  others   offered  me       customer  group    topic    why      audit me  audit    audit Ida  digest   coverage  details  reading  help
    stranger        –        never     never    0        never    never     never    figures  never    looks     looks    no         figures  no        figures  yes      yes
    no role, own id never    never     never    0        never    never     never    figures  never    looks     looks    no         figures  no        figures  yes      yes
    teammate        never    never     never    0        never    never     never    figures  never    looks     looks    no         figures  no        figures  yes      yes
    manager         never    never     never    0        never    never     never    figures  never    looks     looks    no         figures  no        figures  yes      yes
    qa              –        never     never    0        never    never     never    figures  never    looks     looks    no         figures  no        figures  yes      yes
    leader          –        never     never    0        never    never     never    figures  never    looks     looks    no         figures  figures   figures  yes      yes
    operator        –        never     never    0        never    never     never    figures  never    looks     looks    looks      figures  figures   figures  yes      yes
    auditor         –        never     never    0        never    never     never    figures  never    looks     looks    looks      figures  no        figures  yes      yes
    coach           –        never     never    0        never    never     never    figures  never    looks     looks    no         figures  figures   figures  yes      yes

    a channel that is not named; a channel for figures; a channel for quotes; a channel for names
                    self     own team  others   offered  me       customer  group    topic    why      audit me  audit    audit Ida  digest   coverage  details  reading  help
    stranger        –        never     never    0        never    never     never    figures  never    stays     stays    stays      figures  no        figures  yes      yes
    no role, own id never    never     never    0        never    never     never    figures  never    stays     stays    stays      figures  no        figures  yes      yes
    teammate        never    never     never    0        never    never     never    figures  never    stays     stays    stays      figures  no        figures  yes      yes
    manager         never    never     never    0        never    never     never    figures  never    stays     stays    stays      figures  no        figures  yes      yes
    qa              –        never     never    0        never    never     never    figures  never    stays     stays    stays      figures  no        figures  yes      yes
    leader          –        never     never    0        never    never     never    figures  never    stays     stays    stays      figures  figures   figures  yes      yes
    operator        –        never     never    0        never    never     never    figures  never    stays     stays    stays      figures  figures   figures  yes      yes
    auditor         –        never     never    0        never    never     never    figures  never    stays     stays    stays      figures  no        figures  yes      yes
    coach           –        never     never    0        never    never     never    figures  never    stays     stays    stays      figures  figures   figures  yes      yes
    ");
}

#[tokio::test]
async fn whoever_has_neither_role_nor_id_is_offered_only_what_is_answered() {
    let house = house(SETTINGS).await;
    let rows = block(&house, None).await;
    for role in ["stranger", "auditor", "coach"] {
        for column in ["own team", "others", "me", "customer", "group", "why"] {
            let cell = cell_of(&rows, role, column);
            let why = cell.refusal.as_deref().unwrap_or_else(|| panic!("{role}: {column}"));
            // What they may ask is what they would be answered.
            let (_, may) = why.split_once("You may ask: ").expect("what else there is");
            for word in may.trim().trim_end_matches('.').split(", ") {
                let cell = cell_of(&rows, role, word);
                assert!(cell.refusal.is_none(), "{role} is offered {word}");
            }
        }
        assert_eq!(cell_of(&rows, role, "offered").word, "0", "{role}");
    }
    let help = house.ask("help", house.person("")).await.expect("help");
    let help = help.plain();
    assert!(help.contains("topic NAME") && !help.contains("customer"), "{help}");
}

/// A role that no word of the product knows is no role.
#[tokio::test]
async fn an_unknown_role_is_as_none() {
    let house = house(SETTINGS).await;
    let stranger = house.person("");
    for (_, line) in COMMANDS.iter().filter(|(_, line)| !line.contains(['?', 'S'])) {
        let guest = Invoker { roles: vec!["guest".to_owned()], ..stranger.clone() };
        let (alone, guest) =
            (cell(house.ask(line, stranger.clone()).await), cell(house.ask(line, guest).await));
        assert_eq!(guest.word, alone.word, "{line}");
    }
}

/// A plugin's argument that is not what its schema says changes nothing of who is refused.
#[tokio::test]
async fn a_button_is_authorised_again_whatever_it_carries() {
    let house = house(SETTINGS).await;
    for arguments in [json!({}), json!({"name": "file/3"}), Value::Null, json!({"x": 1})] {
        let id = format!("lookup/teammate/{arguments}");
        let refused = house.ask(&id, house.person("")).await.expect_err("a stranger");
        assert!(refused.plain().contains("You may ask"), "{}", refused.plain());
    }
}
