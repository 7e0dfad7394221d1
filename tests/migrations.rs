//! A store that an earlier version has filled: it keeps what it has, and counts it anew.

use cxbot::store::{Address, Counting, Store};
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::history::{Party, PartyKind};
use cxbot_sdk::scores::Scores;
use cxbot_sdk::testing::{TestHost, conversation};
use jiff::Timestamp;
use serde_json::json;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use crate::world::postgres;

/// The last schema that had a conversation's customer in a column, and a company's sums in several.
const EARLIER: i64 = 11;

fn records() -> Vec<Conversation> {
    let record = |id: u32| {
        conversation(json!({
            "source": "intercom", "id": id.to_string(), "score": id % 5 + 1,
            "closed_at": format!("2026-11-{:02}T10:00:00Z", id % 28 + 1),
            "teammates": [{"id": "7", "name": "Ben", "role": "closer"}],
            "customer": {"id": format!("c{}", id % 3), "name": "Lee O'Hara",
                "company": {"id": "a", "name": "Acme Ltd"}},
        }))
    };
    (1..=30).map(record).collect()
}

/// What that version wrote of them, as far as it is not made anew.
fn rows() -> String {
    let quoted = |text: &str| text.replace('\'', "''");
    let row = |one: Conversation| {
        let record = serde_json::to_string(&one).expect("a record is JSON");
        let (id, at) = (&one.id, one.closed_at.as_millisecond());
        format!(
            "INSERT INTO conversation
             (source, id, closed_at, class, lane, score, csat, customer, record)
             VALUES ('intercom', '{id}', {at}, 'scored', 'human', 1, NULL, 'c1', '{}');
             INSERT INTO party
             (kind, party, closed_at, source, id, class, lane, score, traits, company, company_name,
             customer) VALUES ('company_name', 'acme ltd', {at}, 'intercom', '{id}', 'scored', '',
             NULL, '', 'acme ltd', 'Acme Ltd', 'intercom/c1');",
            quoted(&record)
        )
    };
    let rows: String = records().into_iter().map(row).collect();
    format!("INSERT INTO setting (name, value) VALUES ('counted_with', '{{\"format\":4}}'); {rows}")
}

/// This version's migrations of a database.
async fn migrations(database: &str) -> Migrator {
    let folder = format!("{}/src/store/migrations/{database}", env!("CARGO_MANIFEST_DIR"));
    Migrator::new(std::path::Path::new(&folder)).await.expect("migrations")
}

/// The store as this version opens it.
async fn is_kept(address: &Address) {
    let store = Store::open(address, Counting::default()).await.expect("brought up to date");
    let (from, until): (Timestamp, Timestamp) = (
        "2026-11-01T00:00:00Z".parse().expect("an instant"),
        "2026-12-01T00:00:00Z".parse().expect("an instant"),
    );
    let memory = TestHost::new("2026-11-30T09:00:00Z", records());
    let company = [Party::named(PartyKind::CompanyName, "acme ltd")];
    let customer = [Party::by_id(PartyKind::Customer, "intercom/c1")];
    for parties in [&company, &customer] {
        let places = store.places(parties, from, until, 100).await.expect("places");
        assert!(!places.is_empty());
        assert_eq!(places, memory.places(parties, from, until, 100).await.expect("places"));
        let found = store.conversations(&places).await.expect("conversations");
        assert_eq!(found, memory.conversations(&places).await.expect("conversations"));
    }
    let sums = store.companies(&company, from, until, 4).await.expect("companies");
    assert_eq!(sums, memory.companies(&company, from, until, 4).await.expect("companies"));
    assert_eq!(store.of_id("12").await.expect("by id").len(), 1);
    assert!(store.rebuild().await.expect("counted anew").is_empty());
    store.check().await.expect("every statement fits the schema");
}

#[tokio::test]
async fn a_store_of_an_earlier_version_keeps_its_conversations_in_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cxbot.db");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut database = options.connect().await.expect("a database");
    migrations("sqlite").await.run_to(EARLIER, &mut database).await.expect("the earlier schema");
    sqlx::raw_sql(AssertSqlSafe(rows())).execute(&mut database).await.expect("filled");
    database.close().await.expect("closed");
    is_kept(&Address::File(path)).await;
}

#[tokio::test]
async fn a_store_of_an_earlier_version_keeps_its_conversations_in_postgresql() {
    let Some(url) = postgres::database().await else { return };
    let mut database = PgConnection::connect(&url).await.expect("the database");
    migrations("postgres").await.run_to(EARLIER, &mut database).await.expect("the earlier schema");
    sqlx::raw_sql(AssertSqlSafe(rows())).execute(&mut database).await.expect("filled");
    database.close().await.expect("closed");
    is_kept(&url.parse().expect("an address")).await;
}
