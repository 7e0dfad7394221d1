//! What comes from a source, in batches of which one is made ready while the one before it is written.

use cxbot::source::Intake;
use cxbot::store::{Address, Counting, Store};
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::scores::Scores;
use cxbot_sdk::testing::conversation;
use serde_json::json;
use sqlx::{Connection, SqliteConnection};

fn one(id: usize, score: u8) -> Conversation {
    conversation(json!({
        "source": "intercom", "id": id.to_string(), "closed_at": "2026-11-10T10:00:00Z",
        "score": score, "teammates": [{"id": "1"}],
    }))
}

#[tokio::test]
async fn of_two_records_in_batches_under_way_the_later_wins() {
    let store = Store::open(&Address::Memory, Counting::default()).await.expect("a store");
    let mut intake = Intake::new(&store);
    let mut last = 0;
    for id in 1..=30_000 {
        intake.put(one(id, 4)).await.expect("taken");
        // One that comes again in every batch, and several times in some.
        if id % 700 == 0 {
            last = 1 + last % 5;
            intake.put(one(0, last)).await.expect("taken");
        }
    }
    intake.flush().await.expect("written");
    let applied = intake.summary.applied;
    assert!(applied.new == 30_001 && applied.changed > 2 && applied.replaced > 2, "{applied:?}");
    let all = applied.new + applied.changed + applied.unchanged + applied.replaced;
    assert_eq!(all, intake.summary.read);
    assert_eq!(store.of_id("0").await.expect("stored"), [one(0, last)]);
    assert!(store.rebuild().await.expect("counted anew").is_empty());
}

/// One that the database refuses.
const BAD: usize = 5_000;

#[tokio::test]
async fn a_batch_that_fails_is_told_while_records_come_and_nothing_after_it_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cxbot.db");
    let store = Store::open(&Address::File(path.clone()), Counting::default()).await;
    let store = store.expect("a store");
    let mut database = SqliteConnection::connect(&format!("sqlite://{}", path.display()))
        .await
        .expect("the store");
    let refuse = format!(
        "CREATE TRIGGER refuse BEFORE INSERT ON conversation WHEN NEW.id = '{BAD}'
         BEGIN SELECT RAISE(ABORT, 'refused'); END"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(refuse)).execute(&mut database).await.expect("a trigger");
    let mut intake = Intake::new(&store);
    // Some batches are written, one is refused; a source has many more.
    let mut came = 0;
    let failed = loop {
        match intake.put(one(came, 4)).await {
            Ok(()) => came += 1,
            Err(error) => break error,
        }
        assert!(came < 20 * BAD, "nobody was told");
    };
    assert!(format!("{failed:#}").contains("refused"), "{failed:#}");
    drop(intake);
    let stored = store.how_many().await.expect("counted");
    assert!(stored > 0 && stored <= BAD as u64, "{stored}");
    assert!(store.rebuild().await.expect("counted anew").is_empty());
}
