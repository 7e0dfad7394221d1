//! Look-ups say the same over both databases, also after conversations were deleted and customers merged.

use cxbot::store::{Address, Batch, Contact};
use cxbot_sdk::conversation::Customer;

use crate::cards::{CARDS, SETTINGS, data};
use crate::world::house::{House, NOW, words};
use crate::world::postgres;

/// What is asked beside each card.
const MORE: [&str; 14] = [
    "customer c1",
    "customer file/c2",
    "customer file/merged",
    "customer merged",
    "customer \"Acme Ltd\"",
    "customer \"Lee Wing\"",
    "customer acme",
    "teammate Ana topic:Refunds since:2026-10-01",
    "teammate \"Ana Silva\" topic:Nothing",
    "teammate \"Ben Okri\" weeks:8 lane:handoff",
    "topic Invoics",
    "why 3",
    "audit \"Ana Silva\"",
    "digest 2026-W44",
];

/// What everyone is told, after a third of the conversations were deleted and one customer was merged.
async fn told(at: &Address, records: Vec<cxbot_sdk::conversation::Conversation>) -> Vec<String> {
    let gone: Vec<(String, String)> =
        records.iter().step_by(3).map(|one| (one.source.clone(), one.id.clone())).collect();
    let house = House::open_at(at, SETTINGS, records).await;
    let contact = Contact {
        source: "file".to_owned(),
        id: "merged".to_owned(),
        canonical: "c1".to_owned(),
        about: Customer::default(),
        checked_at: NOW.parse().expect("an instant"),
    };
    let batch = Batch { delete: gone, contacts: vec![contact], ..Batch::default() };
    house.app.store().apply(batch).await.expect("stored");
    let mut all = Vec::new();
    let cards = CARDS.iter().map(|(_, line, person)| (*line, *person));
    for (line, person) in cards.chain(MORE.map(|line| (line, "Lea Park"))) {
        let said = house.ask(line, house.person(person)).await;
        let said = said
            .map_or_else(|refused| format!("refused: {}", words(&refused)), |card| words(&card));
        all.push(format!("{line}\n{said}"));
    }
    all
}

#[tokio::test]
async fn both_databases_are_asked_and_say_the_same() {
    let Some(_) = postgres::database().await else { return };
    for (title, records) in data() {
        let url = postgres::database().await.expect("a database");
        let address = url.parse().expect("an address");
        let here = told(&Address::Memory, records.clone()).await;
        let there = told(&address, records).await;
        for (here, there) in here.iter().zip(&there) {
            assert_eq!(here, there, "{title}");
        }
        let of = |line: &str| here.iter().find(|told| told.starts_with(line)).expect("an answer");
        if title == "rich" {
            let own = of("customer c1\n").split_once('\n').expect("an answer").1;
            for line in ["customer merged\n", "customer file/merged\n"] {
                let rest = of(line).split_once('\n').expect("an answer").1;
                assert_eq!(rest.lines().last(), own.lines().last(), "{line}");
            }
            assert!(of("why 1").contains("refused"), "it is deleted: {}", of("why 1"));
        }
    }
}
