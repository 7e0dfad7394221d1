//! Who looked whom up: one line for a look, found by everyone whom it showed, on both databases.

use cxbot::store::{Address, Batch, Counting, Forgot, Store, Whom};
use cxbot_sdk::cx::Looked;
use cxbot_sdk::testing::conversation;
use serde_json::json;

use crate::world::house::House;
use crate::world::postgres;

async fn stores() -> Vec<Store> {
    let mut addresses = vec![Address::Memory];
    addresses.extend(postgres::database().await.map(|url| url.parse().expect("an address")));
    let mut stores = Vec::new();
    for address in addresses {
        stores.push(Store::open(&address, Counting::default()).await.expect("a store"));
    }
    stores
}

fn look<S: ToString>(minute: u32, whom: impl IntoIterator<Item = S>) -> Looked {
    Looked {
        at: format!("2026-11-12T10:{minute:02}:00Z").parse().expect("an instant"),
        who: "Xenia".to_owned(),
        whom: whom.into_iter().map(|one| one.to_string()).collect(),
        command: "customer".to_owned(),
        seen_in: None,
    }
}

#[tokio::test]
async fn a_look_is_one_line_and_everyone_whom_it_showed_finds_it() {
    for store in stores().await {
        let everyone: Vec<String> = (0..170).map(|n| format!("customer x/{n:03}")).collect();
        for minute in 0..59 {
            store.looked(&look(minute, &everyone)).await.expect("kept");
        }
        store.looked(&look(59, ["teammate x/1", "teammate y/1"])).await.expect("kept");
        let latest = store.audit(None, 50).await.expect("looks");
        assert_eq!(latest.len(), 50);
        assert_eq!(latest[0].whom, ["teammate x/1", "teammate y/1"]);
        assert_eq!(latest[1], look(58, &everyone));
        let of = |subjects: &[&str]| -> Vec<String> {
            subjects.iter().map(|subject| (*subject).to_owned()).collect()
        };
        for (subjects, wanted) in [
            (of(&["customer x/000"]), 59),
            (of(&["customer x/169"]), 59),
            (of(&["teammate y/1"]), 1),
            // Whoever has two ids was looked up once.
            (of(&["teammate x/1", "teammate y/1"]), 1),
            (of(&["customer x/170"]), 0),
            (of(&[]), 0),
        ] {
            let found = store.audit(Some(&subjects), 1_000).await.expect("looks");
            assert_eq!(found.len(), wanted, "{subjects:?}");
            assert!(found.is_sorted_by(|one, other| one.at > other.at), "the latest first");
        }
        let found = store.audit(Some(&of(&["customer x/007"])), 3).await.expect("looks");
        assert_eq!(
            found.iter().map(|look| look.at).collect::<Vec<_>>(),
            [58, 57, 56].map(|n| look(n, [""]).at)
        );
    }
}

#[tokio::test]
async fn whoever_is_forgotten_is_in_no_look_and_the_others_still_are() {
    for store in stores().await {
        let one = |id: &str, name: &str, email: &str| {
            let customer = json!({"id": id, "name": name, "email": email});
            conversation(json!({"source": "x", "id": id, "customer": customer}))
        };
        let put = vec![
            one("c1234567", "Lee Wong", "lee@acme.example"),
            one("c7654321", "Kim Park", "kim@acme.example"),
        ];
        store.apply(Batch { put, ..Batch::default() }).await.expect("stored");
        for (minute, whom) in [
            vec!["customer x/c1234567", "customer x/c7654321"],
            vec!["customer x/c7654321", "customer x/c1234567"],
            vec!["customer lee@acme.example"],
            vec!["customer Lee Wong"],
            vec!["customer x/c1234567"],
            vec!["company x/acme", "customer x/c1234567"],
        ]
        .into_iter()
        .enumerate()
        {
            store.looked(&look(minute as u32, whom)).await.expect("kept");
        }
        let forgot = store.forget(Whom::Customer, "lee@acme.example", &[]).await.expect("forgot");
        assert!(matches!(forgot, Forgot::Done { .. }), "{forgot:?}");
        let left: Vec<Vec<String>> =
            store.audit(None, 9).await.expect("looks").into_iter().map(|look| look.whom).collect();
        assert_eq!(
            left,
            [
                vec!["company x/acme"],
                vec!["customer x/c7654321"],
                vec!["someone erased", "customer x/c7654321"],
            ]
        );
    }
}

#[tokio::test]
async fn a_teammate_without_conversations_is_somebody() {
    let settings = r#"
    people = [
        { name = "Lea Park", roles = ["leader", "auditor"] },
        { name = "Noor Aziz", teammate = "990", email = "noor@example.com" },
    ]
    [plugins.lookup]
    "#;
    let house = House::open(settings, Vec::new()).await;
    let lea = || house.person("Lea Park");
    for words in ["Noor", "noor@example.com", "990"] {
        let card = house.ask(&format!("teammate {words}"), lea()).await.expect("a card").plain();
        assert!(card.starts_with("Noor Aziz\n"), "{words}: {card}");
        assert!(card.contains("no scored conversations"), "{words}: {card}");
        assert!(card.ends_with("may be another than the source's."), "{words}: {card}");
        let own = house.ask("me", house.person("Noor Aziz")).await.expect("a card").plain();
        assert_eq!(own, card);
    }
    let looked = house.ask("audit me", house.person("Noor Aziz")).await.expect("looks").plain();
    assert!(
        looked.contains("Lea Park looked up Noor Aziz (teammate 990) with teammate"),
        "{looked}"
    );
    // Their first conversation makes nothing of that unknown.
    let first = json!({"id": "7", "teammates": [{"id": "990", "name": "Noor", "role": "closer"}]});
    let batch = Batch { put: vec![conversation(first)], ..Batch::default() };
    house.app.store().apply(batch).await.expect("stored");
    house.ask("teammate Noor", lea()).await.expect("a card");
    let looked = house.ask("audit me", house.person("Noor Aziz")).await.expect("looks").plain();
    assert!(
        looked.contains("(teammate test/990)") && looked.contains("(teammate 990)"),
        "{looked}"
    );
}
