//! Two people to forget, put into every table.

use cxbot::store::{Address, Batch, Contact, Oddity, Store, Waiting};
use cxbot_sdk::conversation::Customer;
use cxbot_sdk::cx::Looked;
use cxbot_sdk::{Destination, Message, Text};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, SqliteConnection};

use super::searching::Place;

pub(super) const SETTINGS: &str = r#"
[workspace]
timezone = "Europe/Dublin"

[[exclusions]]
name = "spam"
reason = "advertising"
tag = "ober-spam"

[[exclusions]]
name = "staff"
reason = "our own people"
customer_domain = "staff.example"

[[exclusions]]
name = "trainee"
reason = "in training"
teammate = "Ana Silvestre"
tag = "training"

[[people]]
name = "Ana Silvestre"
aliases = ["Anita"]
email = "ana@team.example"
slack = "U0ANASLACK"
teammate = "x/8144444"
"#;

const EXPLANATION: &str = "Mina wrote \"never again\" from +353 86 123 4567; München is closed.";
const REMARK: &str = "I am Mina and I want my money back.";

/// What is only of the customer.
pub(super) const OF_CUSTOMER: [&str; 15] = [
    "5f2cbeef01234567",
    "5f2cbeef09999999",
    "Wilhelmina Oberholtzer",
    "mina@ober.example",
    "Mina.O@staff.example",
    "never again",
    "München is closed",
    "+353 86 123 4567",
    REMARK,
    "Oberholtzer Holdings",
    "https://x.example/inbox/88002",
    "ober-spam",
    "Rathmines Road",
    "furious about Mina",
    "obercode-77",
];

/// What is only of the teammate.
pub(super) const OF_TEAMMATE: [&str; 6] =
    ["8144444", "Ana Silvestre", "Silvestre", "ana@team.example", "Anita", "U0ANASLACK"];

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub(super) fn mina(id: u32, fields: Value) -> Value {
    let mut record = json!({
        "source": "x", "id": id.to_string(), "closed_at": "2026-11-10T10:00:00Z", "score": 2,
        "url": format!("https://x.example/inbox/{id}"), "explanation": EXPLANATION,
        "reasons": ["furious about Mina"], "attributes": {"Street": "Rathmines Road"},
        "csat": {"score": 1, "remark": REMARK}, "topics": ["Refunds"], "channel": "chat",
        "teammates": [{"id": "2", "name": "Ben Okri", "role": "closer"}],
        "customer": {"id": "5f2cbeef01234567", "name": "Wilhelmina Oberholtzer",
            "email": "mina@ober.example",
            "company": {"id": "obercode-77", "name": "Oberholtzer Holdings"}},
        "messages": {"customer": 3, "team": 3}, "mood_of": "furious about Mina",
    });
    merge(&mut record, fields);
    record
}

pub(super) fn merge(record: &mut Value, fields: Value) {
    let fields = fields.as_object().expect("an object").clone();
    record.as_object_mut().expect("an object").extend(fields);
}

/// Of the customer's, of the teammate's, and of others.
pub(super) fn records() -> Vec<Value> {
    let mut all = vec![
        mina(88001, json!({})),
        mina(88002, json!({"tags": ["ober-spam"], "closed_at": "2026-11-03T10:00:00Z"})),
        mina(
            88003,
            json!({"customer": {"id": "5f2cbeef01234567", "email": "Mina.O@staff.example"}}),
        ),
        mina(88004, json!({"customer": {"email": "MINA@ober.example"}, "score": "Mina five"})),
        mina(
            88005,
            json!({"closed_at": "2026-10-28T10:00:00Z", "topics": ["Refunds", "Invoices"]}),
        ),
    ];
    all.push(mina(
        88006,
        json!({"explanation": "Lee sent it to MINA@ober.example and ana@team.example, and waits.",
            "reasons": ["waits"], "attributes": {"cc": ["mina@ober.example"]}, "csat": null, "mood_of": "calm",
            "customer": {"id": "c1", "name": "Lee Wong", "email": "lee1@acme.example"}}),
    ));
    for n in 0..30 {
        let ana = json!({"id": "8144444", "name": "Ana Silvestre", "email": "ana@team.example",
            "role": "closer"});
        let mut record = json!({
            "source": if n % 3 == 0 { "y" } else { "x" }, "id": (100 + n).to_string(), "score": n % 5 + 1,
            "closed_at": format!("2026-11-{:02}T12:00:00Z", n % 14 + 1),
            "url": format!("https://x.example/inbox/88001{n}"),
            "explanation": format!("Banana number {n} was fine."),
            "topics": ["Refunds"], "customer": {"id": format!("c{}", n % 7), "name": "Lee Wong",
                "email": format!("lee{}@acme.example", n % 7)},
            "teammates": [{"id": "2", "name": "Ben Okri", "role": "closer"}],
        });
        if n % 4 == 0 && n % 3 != 0 {
            merge(
                &mut record,
                json!({"teammates": [ana, {"id": "2", "name": "Ben Okri"}],
                "explanation": format!("Silvestre told them twice: banana {n}; write to ana@team.example."),
                "attributes": {"by": 8144444, "told": "ANA SILVESTRE"},
                "tags": if n % 8 == 0 { json!(["training"]) } else { json!(["x"]) },
                "csat": {"score": 5, "remark": "Ana Silvestre was kind to us."}}),
            );
        }
        all.push(record);
    }
    all
}

fn quoting(words: &str, label: &str, url: &str) -> Text {
    Text::from("“").outside(words).plain("” — ").link(label, url)
}

/// Puts both people into every other table.
async fn plant(store: &Store) {
    let customer = Customer {
        id: Some("5f2cbeef01234567".to_owned()),
        name: Some("Wilhelmina Oberholtzer".to_owned()),
        email: Some("mina@ober.example".to_owned()),
        company: None,
    };
    let contact = |id: &str, about: &Customer| Contact {
        source: "x".to_owned(),
        id: id.to_owned(),
        canonical: about.id.clone().expect("an id"),
        about: about.clone(),
        checked_at: at("2026-11-10T10:00:00Z"),
    };
    let lee = Customer {
        id: Some("c1".to_owned()),
        name: Some("Lee Wong".to_owned()),
        ..Customer::default()
    };
    let oddity = |id: &str, raw: Value| Oddity {
        source: "x".to_owned(),
        id: id.to_owned(),
        field: "tags".to_owned(),
        raw,
    };
    let batch = Batch {
        contacts: vec![
            contact("5f2cbeef01234567", &customer),
            contact("5f2cbeef09999999", &customer),
            contact("c1", &lee),
        ],
        oddities: vec![
            oddity("88001", json!("furious about Mina")),
            oddity(
                "unknown",
                json!({"contacts": [{"id": "5f2cbeef09999999"}], "a": "Rathmines Road"}),
            ),
            oddity("101", json!({"admin": 8144444})),
            oddity("102", json!("banana")),
        ],
        ..Batch::default()
    };
    store.apply(batch).await.expect("stored");
    let looked = |who: &str, whom: &str| Looked {
        at: at("2026-11-12T10:00:00Z"),
        who: who.to_owned(),
        whom: vec![whom.to_owned()],
        command: "customer".to_owned(),
        seen_in: None,
    };
    for (who, whom) in [
        ("ben@team.example", "customer x/5f2cbeef01234567"),
        ("ben@team.example", "teammate x/8144444"),
        ("ana@team.example", "customer x/c1"),
        ("U0ANASLACK", "customer x/5f2cbeef09999999"),
        ("ben@team.example", "customer x/c1"),
    ] {
        store.looked(&looked(who, whom)).await.expect("kept");
    }
    let request = |id: &str, what: &str| Waiting {
        platform: "slack".to_owned(),
        id: id.to_owned(),
        request: json!({"id": id, "what": {"command": what}, "person": "U0BEN", "channel": "C1"})
            .to_string(),
        received_at: Timestamp::now(),
        begun: false,
    };
    let requests = [
        request("1", "customer MINA@ober.example"),
        request("2", "customer Wilhelmina Oberholtzer"),
        request("3", "teammate Anita"),
        request("4", "coverage"),
    ];
    store.receive(&requests).await.expect("received");
    for (key, value) in [
        ("seen", json!({"x/5f2cbeef01234567": 1, "name": "Wilhelmina Oberholtzer", "n": 7})),
        ("quote", json!([format!("They said: {EXPLANATION}"), "banana", REMARK])),
        ("poll", json!({"asked": ["ana@team.example", "ben@team.example"], "by": "x/8144444"})),
        ("other", json!({"banana": [1.5, null, "Lee Wong"]})),
    ] {
        store.set_plugin_state("digest", key, Some(value)).await.expect("kept");
    }
    let message = Message::new("CX week 46")
        .text(quoting(EXPLANATION, "conversation 88001", "https://x.example/inbox/88001"))
        .text(quoting(
            &format!("{}…", &EXPLANATION[..30]),
            "conversation 88002",
            "https://x.example/inbox/88002",
        ))
        .text(
            Text::from("by ")
                .outside("Wilhelmina Oberholtzer")
                .plain(", ")
                .outside("mina@ober.example"),
        )
        .text(quoting(
            "Silvestre told them twice: banana 4; write to ana@team.example.",
            "conversation 104",
            "https://x.example/inbox/880014",
        ))
        .note("Shared by Ana Silvestre.")
        .reply(Message::new("Worth reading").text(quoting(
            REMARK,
            "conversation 880017",
            "https://x.example/inbox/880017",
        )));
    let other = Message::new("CX week 45").text("Banana Silvestrini, 7 of 88001 conversations.");
    let channel: [Destination; 1] = ["slack:C1".parse().expect("a destination")];
    store
        .set_board("digest", &channel, "all/2026-W46", &message, at("2026-11-16T09:00:00Z"))
        .await
        .expect("set");
    store
        .set_board("digest", &channel, "all/2026-W45", &other, at("2026-11-09T09:00:00Z"))
        .await
        .expect("set");
}

pub(super) async fn planted(place: &Place) {
    place.import(&records()).await;
    let store = place.store().await;
    plant(&store).await;
    store.close().await;
    // The planner's samples of indexes hold ids and e-mails too.
    if matches!(place.address, Address::File(_)) {
        let mut other = SqliteConnection::connect(&place.url).await.expect("the same store");
        other.execute("ANALYZE").await.expect("samples");
        other.close().await.expect("closed");
    }
}
