//! Whose conversations: the store's rows hold against the same list in memory, on both databases, and
//! are found by index.

use cxbot::store::{Address, Batch, Counting, Store, Whom};
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::Exclusion;
use cxbot_sdk::history::{Attribution, Party, PartyKind};
use cxbot_sdk::scores::Scores;
use cxbot_sdk::testing::{TestHost, conversation};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, Row, SqliteConnection};

use crate::world::postgres;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// One company that is written in two ways, one without a name, and none.
fn company(id: u32) -> Value {
    let plan = if id.is_multiple_of(2) { "pro" } else { "free" };
    match id % 7 {
        0 => json!({"name": " ACME  ltd", "plan": plan}),
        1 => json!({"id": "b", "plan": plan}),
        2 => Value::Null,
        _ => json!({"id": "a", "name": "Acme Ltd", "plan": plan}),
    }
}

fn one(id: u32, day: u32, teammate: u32, customer: &str) -> Conversation {
    let score = if id.is_multiple_of(11) { Value::Null } else { json!(id % 5 + 1) };
    conversation(json!({
        "source": if id.is_multiple_of(5) { "zendesk" } else { "intercom" }, "id": id.to_string(),
        "closed_at": format!("2026-11-{day:02}T10:00:00Z"), "score": score,
        "topics": [format!("Topic {}", id % 3)], "channel": "chat",
        "teammates": [
            {"id": teammate.to_string(), "name": format!("Ana {teammate}"), "role": "closer"},
            {"id": "7", "name": "Ben"},
        ],
        "customer": {"id": customer, "name": format!("Lee {customer}"),
            "email": format!("{customer}@acme.example"), "company": company(id)},
        "tags": if id.is_multiple_of(13) { json!(["spam"]) } else { json!([]) },
        "attributes": {"Segment": id % 4, "Nested": {"is": "no segment"}},
    }))
}

fn rules() -> Vec<Exclusion> {
    let (name, reason) = ("spam".to_owned(), "test".to_owned());
    vec![Exclusion { name, reason, tag: Some("spam".to_owned()), ..Exclusion::default() }]
}

fn counting() -> Counting {
    let segments = ["plan", "segment", "nested"].map(str::to_owned).to_vec();
    Counting { segments, exclusions: rules(), ..Counting::default() }
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
    let mut memory = TestHost::new("2026-11-30T09:00:00Z", all);
    memory.rules = rules();
    let (from, until) = (at("2026-11-02T00:00:00Z"), at("2026-11-20T00:00:00Z"));
    for id in ["intercom/0", "intercom/1", "zendesk/2", "intercom/7", "intercom/9", "intercom/99"] {
        for attribution in [Attribution::Closer, Attribution::Assignee, Attribution::Participants] {
            let party = Party::teammate(id, attribution);
            let found = store.traces(&party, from, until).await.expect("traces");
            let wanted = memory.traces(&party, from, until).await.expect("traces");
            assert_eq!(found, wanted, "{party:?}");
        }
    }
    let summed_up = [
        Party::named(PartyKind::CompanyName, "ACME ltd"),
        Party::attribute("Plan", "PRO"),
        Party::attribute("segment", "2"),
        Party::attribute("segment", "7"),
    ];
    for (good_from, some) in [(3, &summed_up[..]), (4, &summed_up), (5, &summed_up[1..2]), (4, &[])]
    {
        let found = store.companies(some, from, until, good_from).await.expect("companies");
        let wanted = memory.companies(some, from, until, good_from).await.expect("companies");
        assert_eq!(found, wanted, "{some:?}, good from {good_from}");
    }
    let parties = [
        Party::by_id(PartyKind::Customer, "intercom/c1"),
        Party::by_id(PartyKind::Customer, "intercom/c9"),
        Party::named(PartyKind::Email, "C2@ACME.example"),
        Party::named(PartyKind::CompanyName, "acme  ltd"),
        Party::named(PartyKind::CompanyName, "nobody"),
    ];
    let each = parties.iter().map(std::slice::from_ref);
    for some in each.chain([&parties[..0], &parties[1..3], &parties]) {
        for limit in [0, 7, 1_000] {
            let places = store.places(some, from, until, limit).await.expect("places");
            let wanted = memory.places(some, from, until, limit).await.expect("places");
            assert_eq!(places, wanted, "{some:?}, {limit}");
            let found = store.conversations(&places).await.expect("conversations");
            let wanted = memory.conversations(&places).await.expect("conversations");
            assert_eq!(found, wanted, "{some:?}, {limit}");
        }
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
    let behind = Store::open(&Address::Memory, counting()).await.expect("a store");
    behind.find_later().await;
    holds(&behind).await;
    if let Some(url) = postgres::database().await {
        let address: Address = url.parse().expect("an address");
        holds(&Store::open(&address, counting()).await.expect("a store")).await;
    }
}

/// What a store answers to one of these questions, which is the first that it is asked.
async fn first_answer(question: usize, later: bool) -> Option<String> {
    let store = Store::open(&Address::Memory, counting()).await.expect("a store");
    if later {
        store.find_later().await;
    }
    let all: Vec<Conversation> =
        (1..=60).map(|n| one(n, n % 28 + 1, n % 4, &format!("c{}", n % 6))).collect();
    for part in all.chunks(30) {
        store.apply(Batch { put: part.to_vec(), ..Batch::default() }).await.expect("stored");
    }
    // One that comes again as it was, one with other people, and one that goes at once.
    let put = vec![all[1].clone(), one(3, 3, 1, "c1"), one(7, 3, 1, "c1")];
    let delete = vec![("intercom".to_owned(), "7".to_owned())];
    store.apply(Batch { put, delete, ..Batch::default() }).await.expect("stored");
    let (from, until) = (at("2026-11-02T00:00:00Z"), at("2026-11-20T00:00:00Z"));
    let ana = Party::teammate("intercom/1", Attribution::Closer);
    let acme = [Party::named(PartyKind::CompanyName, "acme ltd")];
    let name = PartyKind::CustomerName;
    Some(match question {
        0 => format!("{:?}", store.traces(&ana, from, until).await.expect("traces")),
        1 => format!("{:?}", store.companies(&acme, from, until, 4).await.expect("companies")),
        2 => format!("{:?}", store.places(&acme, from, until, 50).await.expect("places")),
        3 => format!("{:?}", store.named_like(name, "lee", 9).await.expect("names")),
        4 => format!("{:?}", store.of_customer("intercom", "c1").await.expect("conversations")),
        5 => format!("{:?}", store.missing(name, "Lee c1").await.expect("names")),
        6 => format!("{:?}", store.teams().await.expect("teams")),
        7 => format!("{:?}", store.rebuild().await.expect("differences")),
        8 => {
            let forgot = store.forget(Whom::Customer, "c1@acme.example", &[]).await;
            format!("{:?}", forgot.expect("forgotten"))
        }
        _ => return None,
    })
}

#[tokio::test]
async fn people_who_come_behind_are_there_for_whoever_asks_first() {
    for question in 0.. {
        let Some(wanted) = first_answer(question, false).await else { break };
        assert_eq!(first_answer(question, true).await, Some(wanted), "question {question}");
    }
}

/// A store in a file with this many conversations' rows, and its folder.
async fn filled(address: &Address) -> Store {
    let store = Store::open(address, counting()).await.expect("a store");
    let all: Vec<Conversation> =
        (1..=1_500).map(|n| one(n, n % 28 + 1, n % 40, &format!("c{}", n % 300))).collect();
    store.apply(Batch { put: all, ..Batch::default() }).await.expect("stored");
    store
}

#[tokio::test]
async fn look_ups_are_found_by_index_in_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cxbot.db");
    let store = filled(&Address::File(path.clone())).await;
    let mut database = SqliteConnection::connect(&format!("sqlite://{}", path.display()))
        .await
        .expect("the store");
    for statement in store.statements_of_look_ups() {
        let plan = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")));
        let plan = plan.fetch_all(&mut database).await.expect("a plan");
        let steps: Vec<String> = plan.iter().map(|step| step.get(3)).collect();
        for step in &steps {
            // What was asked for or found is gone through, row by row, and the audit log along its key.
            let asked = step.contains("CONSTANT ROW")
                || ["SCAN w", "SCAN wanted", "SCAN known", "SCAN audit"].contains(&step.as_str());
            assert!(!step.starts_with("SCAN") || asked, "{statement}: {steps:?}");
            // Sums are of rows that an index has found.
            let sums = statement.contains("GROUP BY");
            assert!(sums || !step.contains("TEMP B-TREE"), "{statement}: {steps:?}");
        }
    }
}

#[tokio::test]
async fn look_ups_are_found_by_index_in_postgresql() {
    let Some(url) = postgres::database().await else { return };
    let store = filled(&url.parse().expect("an address")).await;
    let mut database = PgConnection::connect(&url).await.expect("the store");
    // So few rows are quicker read whole; what is asked is whether an index would do.
    let settings = "ANALYZE; SET enable_seqscan = off; SET enable_bitmapscan = off;
        SET plan_cache_mode = force_generic_plan";
    sqlx::raw_sql(settings).execute(&mut database).await.expect("settings");
    for (number, statement) in store.statements_of_look_ups().into_iter().enumerate() {
        let plan = pg_plan(&mut database, number, &statement).await;
        // Sums are of rows that an index has found.
        let may_sort = statement.contains("GROUP BY");
        let is_bad = |step: &str| step.contains("Seq Scan") || !may_sort && step.contains("Sort");
        let reads_all = plan.lines().any(is_bad);
        assert!(!reads_all && plan.contains("Index"), "{statement}:\n{plan}");
    }
}

/// How a statement is gone about whatever its values are.
async fn pg_plan(database: &mut PgConnection, number: usize, statement: &str) -> String {
    let run = |sql: String| sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
    let prepare = format!("PREPARE look_up_{number} AS {statement}");
    run(prepare).execute(&mut *database).await.expect("prepared");
    let last = (1..).take_while(|value| statement.contains(&format!("${value}"))).last();
    let values = vec!["NULL"; last.unwrap_or_default()].join(", ");
    let values = if values.is_empty() { values } else { format!("({values})") };
    let explain = format!("EXPLAIN EXECUTE look_up_{number} {values}");
    let plan = run(explain).fetch_all(database).await.expect("a plan");
    plan.iter().map(|step| step.get::<String, _>(0)).collect::<Vec<_>>().join("\n")
}
