//! Who is a colleague: whoever has conversations, whether a source names them or not.

use cxbot::store::{Address, Batch, Store};
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::testing::conversation;
use serde_json::{Value, json};

use crate::world::house::{House, words};
use crate::world::{World, postgres};

const SETTINGS: &str = r#"
[plugins.lookup]

[[people]]
name = "Lea Park"
roles = ["leader"]

[[people]]
name = "Noor Haddad"
email = "noor@example.com"
teammate = ["77"]
"#;

fn closed_by(id: &str, teammate: Value) -> Conversation {
    conversation(json!({
        "source": "file", "id": id, "closed_at": "2026-11-10T10:00:00Z", "score": 5,
        "teammates": [teammate], "customer": {"id": "c1", "name": "Lee"},
    }))
}

async fn ask(house: &House, line: &str) -> String {
    let said = house.ask(line, house.person("Lea Park")).await;
    said.map_or_else(|refused| format!("refused: {}", words(&refused)), |card| words(&card))
}

#[tokio::test]
async fn a_teammate_whom_no_source_names_is_found_by_id_and_by_e_mail() {
    let all = vec![
        closed_by("1", json!({"id": "814", "role": "closer"})),
        closed_by("2", json!({"id": "815", "email": "ben@example.com", "role": "closer"})),
        closed_by("3", json!({"id": "77", "role": "closer"})),
        closed_by("4", json!({"id": "99", "role": "closer", "bot": true})),
    ];
    let house = House::open(SETTINGS, all).await;
    for (line, title) in [
        ("teammate 814", "Conversations of 814"),
        ("teammate file/814", "Conversations of 814"),
        ("teammate ben@example.com", "Conversations of 815"),
        ("teammate noor@example.com", "Conversations of Noor Haddad"),
    ] {
        let card = ask(&house, line).await;
        assert!(card.starts_with(title), "{line}: {card}");
        assert!(card.contains("1 conversation closed in this time, 1 of them scored"), "{card}");
    }
    let machine = ask(&house, "teammate 99").await;
    assert!(machine.starts_with("refused: Nobody whom you may look up"), "{machine}");
}

#[tokio::test]
async fn what_was_not_known_is_filled_in_and_what_was_known_stays() {
    let mut addresses = vec![Address::Memory];
    if let Some(url) = postgres::database().await {
        addresses.push(url.parse().expect("an address"));
    }
    for at in addresses {
        let house = House::open_at(&at, SETTINGS, Vec::new()).await;
        let store = house.app.store();
        // Each in a batch of its own, the last two in one.
        for put in [
            vec![closed_by("1", json!({"id": "814", "role": "closer"}))],
            vec![closed_by("2", json!({"id": "814", "name": "Maya Ortiz"}))],
            vec![
                closed_by("3", json!({"id": "814", "name": "M. O."})),
                closed_by("4", json!({"id": "814", "email": "maya@example.com"})),
            ],
        ] {
            put_all(store, put).await;
        }
        let known = store.colleagues().await.expect("colleagues");
        let [maya] = known.as_slice() else { panic!("one: {known:?}") };
        assert_eq!(
            (&*maya.name, &*maya.also),
            ("Maya Ortiz", &["maya@example.com".to_owned()][..])
        );
        let card = ask(&house, "teammate Maya").await;
        assert!(card.starts_with("Conversations of Maya Ortiz"), "{card}");
    }
}

async fn put_all(store: &Store, put: Vec<Conversation>) {
    store.apply(Batch { put, ..Batch::default() }).await.expect("stored");
}

#[tokio::test]
async fn whoever_was_forgotten_is_nobodys_colleague_even_after_all_is_counted_anew() {
    let world = World::new();
    let record = |id: &str, teammate: Value| {
        let one = serde_json::to_string(&closed_by(id, teammate)).expect("JSON");
        format!("{one}\n")
    };
    let named = record("1", json!({"id": "814", "role": "closer"}));
    world.write("records.jsonl", named + &record("2", json!({"id": "815", "role": "closer"})));
    world.ok(&["import", "records.jsonl"]).await;
    let said = world.ok(&["forget", "teammate", "814"]).await;
    assert!(said.contains("1 conversation kept for the counts"), "{said}");
    for step in [&["rebuild"][..], &["import", "records.jsonl"]] {
        world.ok(step).await;
        let card = world.ok(&["call", "customer Lee"]).await;
        assert!(card.contains("someone erased") && !card.contains("erased-"), "{card}");
        let near = world.run(&["call", "teammate 814"]).await;
        assert_eq!(near.code, Some(1), "{near:?}");
        assert!(!near.stderr.contains("erased"), "{}", near.stderr);
        let log = world.ok(&["audit"]).await;
        assert!(!log.contains("erased-"), "{log}");
        let other = world.ok(&["call", "teammate 815"]).await;
        assert!(other.contains("1 conversation"), "{other}");
    }
}
