//! Whose conversations: the store's rows hold against the same list in memory, on both databases, and
//! are found by index.

use cxbot::store::{Address, Batch, Counting, Store};
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::history::{Attribution, Party, PartyKind};
use cxbot_sdk::scores::Scores;
use cxbot_sdk::testing::{TestHost, conversation};
use jiff::Timestamp;
use serde_json::json;
use sqlx::{Connection, Row, SqliteConnection};

use crate::world::World;
use crate::world::postgres;
use crate::world::scene::import;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn one(id: u32, day: u32, teammate: u32, customer: &str) -> Conversation {
    conversation(json!({
        "source": if id.is_multiple_of(5) { "zendesk" } else { "intercom" }, "id": id.to_string(),
        "closed_at": format!("2026-11-{day:02}T10:00:00Z"), "score": id % 5 + 1,
        "topics": [format!("Topic {}", id % 3)], "channel": "chat",
        "teammates": [
            {"id": teammate.to_string(), "name": format!("Ana {teammate}"), "role": "closer"},
            {"id": "7", "name": "Ben"},
        ],
        "customer": {"id": customer, "name": format!("Lee {customer}"),
            "email": format!("{customer}@acme.example"), "company": {"id": "a", "name": "Acme Ltd",
                "plan": if id.is_multiple_of(2) { "pro" } else { "free" }}},
        "attributes": {"Segment": id % 4, "Nested": {"is": "no segment"}},
    }))
}

fn counting() -> Counting {
    let segments = ["plan", "segment", "nested"].map(str::to_owned).to_vec();
    Counting { segments, ..Counting::default() }
}

/// Conversations, of which some are written again with other people and some are gone.
async fn fill(store: &Store) -> Vec<Conversation> {
    let mut all: Vec<Conversation> =
        (1..=60).map(|n| one(n, n % 28 + 1, n % 4, &format!("c{}", n % 6))).collect();
    let put = |put: &[Conversation]| Batch { put: put.to_vec(), ..Batch::default() };
    store.apply(put(&all)).await.expect("stored");
    for n in 1..=15u32 {
        all[n as usize] = one(n + 1, 3, 9, "c9");
    }
    store.apply(put(&all[1..=15])).await.expect("stored");
    let gone = all.split_off(50);
    let places = gone.into_iter().map(|gone| (gone.source, gone.id)).collect();
    store.apply(Batch { delete: places, ..Batch::default() }).await.expect("deleted");
    all
}

async fn holds(store: &Store) {
    let all = fill(store).await;
    let memory = TestHost::new("2026-11-30T09:00:00Z", all);
    let (from, until) = (at("2026-11-02T00:00:00Z"), at("2026-11-20T00:00:00Z"));
    for id in ["intercom/0", "intercom/1", "zendesk/2", "intercom/7", "intercom/9", "intercom/99"] {
        for attribution in [Attribution::Closer, Attribution::Assignee, Attribution::Participants] {
            let party = Party::teammate(id, attribution);
            let found = store.traces(&party, from, until).await.expect("traces");
            let wanted = memory.traces(&party, from, until).await.expect("traces");
            assert_eq!(found, wanted, "{party:?}");
        }
    }
    for party in [
        Party::named(PartyKind::CompanyName, "ACME ltd"),
        Party::by_id(PartyKind::Company, "intercom/a"),
        Party::attribute("Plan", "PRO"),
        Party::attribute("segment", "2"),
        Party::attribute("segment", "7"),
    ] {
        let found = store.traces(&party, from, until).await.expect("traces");
        assert_eq!(found, memory.traces(&party, from, until).await.expect("traces"), "{party:?}");
    }
    for party in [
        Party::by_id(PartyKind::Customer, "intercom/c1"),
        Party::by_id(PartyKind::Customer, "intercom/c9"),
        Party::named(PartyKind::Email, "C2@ACME.example"),
        Party::named(PartyKind::CompanyName, "acme  ltd"),
        Party::named(PartyKind::CompanyName, "nobody"),
    ] {
        let found = store.history(&party, until, 7).await.expect("a history");
        assert_eq!(found, memory.history(&party, until, 7).await.expect("a history"), "{party:?}");
    }
    for words in ["lee", "Lee c", "zzz", ""] {
        let kind = PartyKind::CustomerName;
        let found = store.named_like(kind, words, 4).await.expect("names");
        assert_eq!(found, memory.named_like(kind, words, 4).await.expect("names"), "{words}");
    }
    assert!(store.rebuild().await.expect("counted anew").is_empty());
    let party = Party::teammate("intercom/9", Attribution::Closer);
    let again = store.traces(&party, from, until).await.expect("traces");
    assert_eq!(again, memory.traces(&party, from, until).await.expect("traces"));
}

#[tokio::test]
async fn everyones_conversations_are_as_a_list_in_memory_has_them() {
    let memory = Store::open(&Address::Memory, counting()).await.expect("a store");
    holds(&memory).await;
    if let Some(url) = postgres::database().await {
        let address: Address = url.parse().expect("an address");
        holds(&Store::open(&address, counting()).await.expect("a store")).await;
    }
}

#[tokio::test]
async fn look_ups_are_found_by_index() {
    let world = World::new();
    import(&world).await;
    let url = format!("sqlite://{}", world.path("data/cxbot.db").display());
    let mut store = SqliteConnection::connect(&url).await.expect("the store");
    for statement in [
        "SELECT source, id, closed_at, class, lane, score, traits FROM party WHERE kind = 'closer'
         AND party = 'file/1' AND closed_at >= 1 AND closed_at < 9 ORDER BY closed_at DESC,
         source DESC, id DESC",
        "SELECT c.record FROM party p JOIN conversation c ON c.source = p.source AND c.id = p.id
         WHERE p.kind = 'email' AND p.party = 'x' AND p.closed_at < 9
         ORDER BY p.closed_at DESC, p.source DESC, p.id DESC LIMIT 5",
        "SELECT party FROM party WHERE kind = 'email' AND party > 'x' ORDER BY party LIMIT 1",
        "SELECT record FROM conversation WHERE id = 'x' ORDER BY source",
    ] {
        let plan = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")));
        let plan = plan.fetch_all(&mut store).await.expect("a plan");
        for step in plan {
            let step: String = step.get(3);
            assert!(!step.starts_with("SCAN") && !step.contains("TEMP"), "{statement}: {step}");
        }
    }
}
