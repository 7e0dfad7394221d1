//! What is read is counted right, followed when it changes, and the same wherever it is kept.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{LastWeek, SEARCH, check, customer, lot, neutral, rules, workspace};
use crate::world::World;
use crate::world::intercom::{Fault, company, conversation, from_contact, scored, with};

#[tokio::test]
async fn every_count_is_right_whatever_goes_wrong_on_the_way() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    let pairs = lot(&last);
    pairs.iter().for_each(|pair| intercom.put(pair.intercom.clone()));
    intercom.fault(
        SEARCH,
        [
            Fault::Status(500),
            Fault::RateLimited { reset_in: Duration::from_secs(1) },
            Fault::Cut,
            Fault::CutBody,
            Fault::Html(503),
            Fault::RepeatCursor,
            Fault::EmptyPageWithNext,
        ],
    );
    intercom.fault("/me", [Fault::Cut]);
    intercom.fault("/admins", [Fault::Status(502)]);
    intercom.fault("/contacts/search", [Fault::CutBody, Fault::Status(500)]);
    let world = rules(World::around(&intercom));
    let summary = world.ok(&["sync"]).await;
    assert!(summary.contains("odd scores kept as \"no score\""), "{summary}");
    check(&world, &last, &neutral(&pairs)).await;
    assert!(world.ok(&["rebuild"]).await.contains("no difference"));
    assert_eq!(intercom.complaints(), [""; 0]);
}

#[tokio::test]
async fn late_scores_second_closes_and_deletions_are_followed() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    let mut pairs = lot(&last);
    pairs.iter().for_each(|pair| intercom.put(pair.intercom.clone()));
    let world = rules(World::around(&intercom));
    world.ok(&["sync"]).await;
    // A score arrives without a trace in updated_at.
    intercom.edit("1017", scored(2, "Late."));
    pairs[17].neutral["score"] = json!(2);
    // Reopened and closed again, a day later.
    let again = last.at(3, 5);
    intercom
        .edit("1001", |conversation| conversation["statistics"]["last_close_at"] = json!(again));
    pairs[1].neutral["closed_at"] =
        json!(Timestamp::from_second(again).expect("in range").to_string());
    intercom.delete("1002", Timestamp::now().as_second());
    pairs.remove(2);
    let summary = world.ok(&["sync"]).await;
    assert!(summary.contains(" 0 new, 2 changed,") && summary.contains("1 deleted"), "{summary}");
    check(&world, &last, &neutral(&pairs)).await;
    assert!(world.ok(&["rebuild"]).await.contains("no difference"));
    assert_eq!(intercom.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_merged_customer_counts_once_and_keeps_one_name() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    for (n, who) in ["c1", "c2", "c3"].into_iter().enumerate() {
        let id = (n + 1).to_string();
        let object = with(conversation(&id, last.at(1, 0)), from_contact(&customer(who)));
        intercom.put(with(object, scored(5, "Fine.")));
    }
    // Merged before the first look: the conversation still names the old contact.
    intercom.merge_contact("c3", "c1");
    let world = World::around(&intercom);
    world.ok(&["sync"]).await;
    let customers = |records: &[Value]| -> Vec<String> {
        let one = |record: &Value| record["customer"]["name"].as_str().expect("a name").to_owned();
        records.iter().map(one).collect()
    };
    assert_eq!(customers(&world.records().await), ["Customer 1", "Customer 2", "Customer 1"]);
    let digest = world.digest(&last.week.to_string(), &last.as_of).await;
    assert_eq!(digest["lanes"][0]["customers"], 2);
    // Merged later; a new conversation of the remaining contact brings it to light.
    intercom.merge_contact("c2", "c4");
    let object = with(conversation("9", last.at(1, 0)), from_contact(&customer("c4")));
    intercom.put(with(object, scored(4, "Fine.")));
    world.ok(&["sync"]).await;
    let records = world.records().await;
    assert_eq!(customers(&records), ["Customer 1", "Customer 4", "Customer 1", "Customer 4"]);
    let digest = world.digest(&last.week.to_string(), &last.as_of).await;
    assert_eq!(digest["lanes"][0]["customers"], 2);
    assert!(world.ok(&["rebuild"]).await.contains("no difference"));
    assert_eq!(intercom.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_customers_company_comes_from_the_conversation_or_else_from_the_contact() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    let acme = company("co1", "Acme Ltd");
    intercom.put_company(with(acme, |company| company["company_id"] = json!("acme")));
    intercom.put_contact(with(customer("c1"), |contact| {
        contact["companies"]["data"] =
            json!([{"type": "company", "id": "co1", "url": "/companies/co1"}]);
        contact["companies"]["total_count"] = json!(1);
    }));
    intercom.put(with(conversation("1", last.at(1, 0)), from_contact(&customer("c1"))));
    let own = with(conversation("2", last.at(1, 0)), from_contact(&customer("c1")));
    intercom.put(with(own, |conversation| conversation["company"] = company("co2", "Other")));
    let world = World::around(&intercom);
    world.ok(&["sync"]).await;
    let records = world.records().await;
    assert_eq!(records[0]["customer"]["company"]["id"], "acme");
    assert_eq!(records[0]["customer"]["company"]["name"], "Acme Ltd");
    assert_ne!(records[1]["customer"]["company"]["id"], "acme");
    assert_eq!(intercom.complaints(), [""; 0]);
}

#[tokio::test]
async fn an_export_imported_elsewhere_gives_the_same_digest_and_the_same_export() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    lot(&last).into_iter().for_each(|pair| intercom.put(pair.intercom));
    let synced = rules(World::around(&intercom));
    synced.ok(&["sync"]).await;
    let export = synced.ok(&["export"]).await;
    let imported = rules(World::new());
    imported.write("records.jsonl", &export);
    imported.ok(&["import", "records.jsonl"]).await;
    assert_eq!(imported.ok(&["export"]).await, export);
    let (week, as_of) = (last.week.to_string(), &last.as_of);
    assert_eq!(imported.digest(&week, as_of).await, synced.digest(&week, as_of).await);
}

#[tokio::test]
async fn postgresql_gives_the_same_export_and_the_same_digest() {
    let Some(url) = crate::world::postgres::database().await else { return };
    let last = LastWeek::new();
    let intercom = workspace().await;
    lot(&last).into_iter().for_each(|pair| intercom.put(pair.intercom));
    let sqlite = rules(World::around(&intercom));
    let postgres = rules(World::around(&intercom)).with("DATABASE_URL", &url);
    for world in [&sqlite, &postgres] {
        world.ok(&["sync"]).await;
        intercom.edit("1003", scored(2, "Another opinion."));
        world.ok(&["sync"]).await;
        intercom.edit("1003", scored(2, "The last word."));
        world.ok(&["sync"]).await;
    }
    assert_eq!(postgres.ok(&["export"]).await, sqlite.ok(&["export"]).await);
    let (week, as_of) = (last.week.to_string(), &last.as_of);
    assert_eq!(postgres.digest(&week, as_of).await, sqlite.digest(&week, as_of).await);
    assert!(postgres.ok(&["rebuild"]).await.contains("no difference"));
    assert!(postgres.ok(&["check"]).await.contains("ok       store"));
    assert!(!postgres.path("data").exists(), "nothing is kept in a file");
    let nowhere = World::new().with("DATABASE_URL", "postgres://u:c2VjcmV0@127.0.0.1:9/x");
    let ran = nowhere.run(&["digest"]).await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("check store.url and that the server runs"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("c2VjcmV0"), "{}", ran.stderr);
}
