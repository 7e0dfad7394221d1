//! The counts stay exact whatever happens to conversations: held against a plain calculation.

use std::collections::BTreeMap;

use cxbot::store::{Address, Batch, Counting, Store};
use cxbot_digest::report::Report;
use cxbot_sdk::Workspace;
use cxbot_sdk::count::{Exclusion, Filter, Lane, Spread};
use cxbot_sdk::figures::{Cell, Share, judge};
use cxbot_sdk::scores::{PastWeek, Scores};
use cxbot_sdk::week::Week;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::independent::{self, Settings};

const ZONE: &str = "Europe/Dublin";
const MONDAY: &str = "2026-10-26";

fn counting(rules: &[(&str, &str)]) -> Counting {
    let rule = |&(name, tag): &(&str, &str)| Exclusion {
        name: name.to_owned(),
        reason: "test".to_owned(),
        tag: Some(tag.to_owned()),
        ..Exclusion::default()
    };
    let billing = Filter { team: Some("Billing".to_owned()), ..Filter::default() };
    Counting {
        zone: TimeZone::get(ZONE).expect("a bundled zone"),
        zone_name: ZONE.to_owned(),
        exclusions: rules.iter().map(rule).collect(),
        filters: vec![Filter::default(), billing],
        ..Counting::default()
    }
}

async fn digest(store: &Store, filter: &Filter, as_of: &str) -> Value {
    let week = Week::of(format!("{MONDAY}T12:00:00Z").parse().expect("an instant"), &TimeZone::UTC);
    let as_of = as_of.parse().expect("an instant");
    let workspace = Workspace {
        zone: TimeZone::get(ZONE).expect("a bundled zone"),
        zone_name: ZONE.to_owned(),
        ..Workspace::default()
    };
    let window = store.window(filter, week, 4, as_of).await.expect("counts");
    serde_json::to_value(Report::new(&window, week, &workspace, as_of)).expect("plain JSON")
}

async fn records(store: &Store) -> Vec<Value> {
    let page = store.page_after(&(String::new(), String::new()), 10_000).await.expect("records");
    page.iter().map(|(_, record)| serde_json::from_str(record).expect("JSON")).collect()
}

/// Holds the digest at several clocks, and that of a team, against the plain calculation.
async fn check(store: &Store, rules: &[(&'static str, &'static str)]) {
    let records = records(store).await;
    let monday = MONDAY.parse().expect("a date");
    for as_of in ["2026-11-03T09:00:00Z", "2026-11-02T01:00:00Z", "2026-10-29T12:00:00Z"] {
        for team in [None, Some("Billing")] {
            let filter = Filter { team: team.map(str::to_owned), ..Filter::default() };
            let settings = Settings { tag_rules: rules.to_vec(), team, ..Settings::new(ZONE) };
            let at = as_of.parse().expect("an instant");
            let wanted = independent::counts(&records, monday, at, &settings);
            let found = independent::counts_of_digest(&digest(store, &filter, as_of).await);
            assert_eq!(found, wanted, "as of {as_of}, team {team:?}");
        }
    }
}

/// A small world, so that conversations meet each other: few ids, customers, topics, three weeks
/// around the one with the change of the clock.
fn record() -> impl Strategy<Value = Value> {
    let scores = prop::sample::select(vec![
        json!(1),
        json!(2),
        json!(3),
        json!(4),
        json!(5),
        json!(5),
        json!("4"),
        json!(0),
        json!("five"),
        json!(null),
    ]);
    let people = prop::sample::select(vec![
        json!([]),
        json!([{"id": "1"}]),
        json!([{"id": "9", "bot": true}]),
    ]);
    let ai = prop::sample::select(vec![
        json!(null),
        json!({"participated": true}),
        json!({"participated": true, "resolution": "escalated"}),
    ]);
    let names =
        |from: &'static [&'static str]| prop::collection::vec(prop::sample::select(from), 0..3);
    (
        (prop::sample::select(vec!["a", "b"]), 0..12u32, 0..(21 * 48i64)),
        (scores.clone(), people, ai, scores),
        (names(&["T1", "T2", "T3"]), names(&["spam", "test"]), 0..5u32, 0..4u64),
        prop::bool::ANY,
    )
        .prop_map(|((source, id, half_hours), (score, people, ai, csat), lists, billing)| {
            let (topics, tags, customer, messages) = lists;
            let start: jiff::Timestamp = "2026-10-19T00:00:00Z".parse().expect("an instant");
            let closed_at = start + jiff::SignedDuration::from_mins(30 * half_hours);
            json!({
                "source": source, "id": id.to_string(), "closed_at": closed_at.to_string(),
                "score": score, "teammates": people, "ai": ai, "csat": {"score": csat},
                "topics": topics, "tags": tags, "customer": {"id": customer.to_string()},
                "messages": {"customer": messages, "team": 3},
                "team": {"id": "5", "name": if billing { "Billing" } else { "Access" }},
            })
        })
}

#[derive(Debug, Clone)]
enum Change {
    Put(Vec<Value>),
    Delete(&'static str, u32),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => prop::collection::vec(record(), 1..12).prop_map(Change::Put),
        1 => (prop::sample::select(vec!["a", "b"]), 0..12u32)
            .prop_map(|(source, id)| Change::Delete(source, id)),
    ]
}

async fn apply(store: &Store, change: Change) {
    let batch = match change {
        Change::Put(records) => Batch {
            put: records
                .into_iter()
                .map(|record| serde_json::from_value(record).expect("a record"))
                .collect(),
            ..Batch::default()
        },
        Change::Delete(source, id) => {
            Batch { delete: vec![(source.to_owned(), id.to_string())], ..Batch::default() }
        }
    };
    store.apply(batch).await.expect("stored");
}

/// One engine after the other gets the same changes.
async fn engines() -> Vec<Address> {
    let mut engines = vec![Address::Memory];
    if let Some(url) = crate::world::postgres::database().await {
        engines.push(url.parse().expect("an address"));
    }
    engines
}

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn counts_are_exact_under_edits_scores_moves_and_deletions(
        changes in prop::collection::vec(change(), 1..10),
    ) {
        let rules = [("spam", "spam")];
        block_on(async {
            let store = Store::open(&Address::Memory, counting(&rules)).await.expect("a store");
            for change in changes {
                apply(&store, change).await;
            }
            check(&store, &rules).await;
            assert_eq!(store.rebuild().await.expect("rebuilt"), vec![]);
            check(&store, &rules).await;
        });
    }

    #[test]
    fn both_databases_hold_the_same_and_count_alike(
        changes in prop::collection::vec(change(), 1..8),
    ) {
        let (old, new) = ([("spam", "spam")], [("tests", "test"), ("spam", "spam")]);
        block_on(async {
            let mut exports = Vec::new();
            for address in engines().await {
                let store = Store::open(&address, counting(&old)).await.expect("a store");
                for change in changes.clone() {
                    apply(&store, change).await;
                }
                check(&store, &old).await;
                exports.push(records(&store).await);
                if matches!(address, Address::Postgres(_)) {
                    store.close().await;
                    let store = Store::open(&address, counting(&new)).await.expect("a store");
                    check(&store, &new).await;
                    assert_eq!(store.rebuild().await.expect("rebuilt"), vec![]);
                    store.close().await;
                }
            }
            exports.dedup();
            assert_eq!(exports.len(), 1, "every engine exports the same");
        });
    }

    #[test]
    fn counts_are_exact_when_the_exclusion_rules_change(
        changes in prop::collection::vec(change(), 1..5),
    ) {
        let (old, new) = ([("spam", "spam")], [("tests", "test"), ("spam", "spam")]);
        block_on(async {
            let folder = tempfile::tempdir().expect("a folder");
            let address = Address::File(folder.path().join("cx.db"));
            let store = Store::open(&address, counting(&old)).await.expect("a store");
            for change in changes {
                apply(&store, change).await;
            }
            store.close().await;
            let store = Store::open(&address, counting(&new)).await.expect("a store");
            check(&store, &new).await;
            assert_eq!(store.rebuild().await.expect("rebuilt"), vec![]);
        });
    }
}

#[test]
fn rebuild_finds_and_repairs_a_count_that_was_tampered_with() {
    block_on(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("cx.db");
        let address = Address::File(path.clone());
        let store = Store::open(&address, counting(&[])).await.expect("a store");
        let record = json!({
            "source": "a", "id": "1", "closed_at": "2026-10-27T10:00:00Z", "score": 5,
            "teammates": [{"id": "1"}],
        });
        apply(&store, Change::Put(vec![record])).await;
        let url = format!("sqlite://{}", path.display());
        let pool = sqlx::SqlitePool::connect(&url).await.expect("the file");
        sqlx::query("UPDATE daily SET n = 7 WHERE kind = 'lane'")
            .execute(&pool)
            .await
            .expect("set");
        let differences = store.rebuild().await.expect("rebuilt");
        let lines: Vec<String> = differences.iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "filter 0, 2026-10-27, lane human \"\": was [7, 0, 0, 0, 0, 1], is [1, 0, 0, 0, 0, 1]"
            ]
        );
        assert_eq!(store.rebuild().await.expect("rebuilt"), vec![]);
    });
}

#[test]
fn every_statement_is_prepared_on_both_databases() {
    block_on(async {
        for address in engines().await {
            let store = Store::open(&address, counting(&[])).await.expect("a store");
            store.check().await.expect("every statement fits the schema");
            store.close().await;
        }
    });
}

#[test]
fn the_band_of_a_sparse_topic_looks_back_until_it_has_26_weeks_that_say_something() {
    block_on(async {
        for address in engines().await {
            let store = Store::open(&address, counting(&[])).await.expect("a store");
            let week: Week = "2026-W44".parse().expect("a week");
            // Every other week has 30 conversations, the others 5; sixty weeks in all.
            let of_week = |back: i64| {
                let number = if back % 2 == 0 { 30 } else { 5 };
                (0..number).map(move |n| {
                    json!({
                        "source": "a", "id": format!("{back}-{n}"), "score": 1 + n % 5,
                        "closed_at": format!("{}T12:00:00Z", week.minus(back).monday()),
                        "teammates": [{"id": "1"}], "topics": ["T1"],
                    })
                })
            };
            apply(&store, Change::Put((0..60).flat_map(of_week).collect())).await;
            let workspace = Workspace::default();
            let as_of = "2026-11-02T09:00:00Z".parse().expect("an instant");
            let window = store.window(&Filter::default(), week, 26, as_of).await.expect("counts");
            let report = Report::new(&window, week, &workspace, as_of);
            let weeks: Vec<Option<usize>> =
                report.cells().map(|cell| cell.usual.map(|band| band.weeks)).collect();
            assert_eq!(weeks, [Some(26), None, None, Some(26)]);
            store.close().await;
        }
    });
}

/// How many conversations each week has of two topics in three lanes, and how many of them are good.
fn weeks_of_topics() -> impl Strategy<Value = Vec<Vec<(u32, u32)>>> {
    let cell = (prop::sample::select(vec![0u32, 6, 19, 20, 27]), 0..10u32);
    prop::collection::vec(prop::collection::vec(cell, 6), 24)
}

fn conversations_of(weeks: &[Vec<(u32, u32)>], last: Week) -> Vec<Value> {
    let lanes = [
        json!({"teammates": [{"id": "1"}]}),
        json!({"ai": {"participated": true}}),
        json!({"teammates": [{"id": "1"}], "ai": {"participated": true}}),
    ];
    let mut all = Vec::new();
    for (back, cells) in weeks.iter().enumerate() {
        let day = last.minus(back as i64).monday();
        for (cell, (number, good)) in cells.iter().enumerate() {
            for n in 0..*number {
                let mut record = lanes[cell % 3].clone();
                record["source"] = json!("a");
                record["id"] = json!(format!("{back}-{cell}-{n}"));
                record["closed_at"] = json!(format!("{day}T12:00:00Z"));
                record["score"] = json!(if n % 10 < *good { 5 } else { 2 });
                record["topics"] = json!([format!("T{}", cell / 3)]);
                all.push(record);
            }
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn a_topic_is_judged_by_its_own_past_as_by_the_whole_window(weeks in weeks_of_topics()) {
        block_on(async {
            let week: Week = "2026-W44".parse().expect("a week");
            for address in engines().await {
                let store = Store::open(&address, counting(&[])).await.expect("a store");
                apply(&store, Change::Put(conversations_of(&weeks, week))).await;
                for as_of in ["2026-11-02T09:00:00Z", "2026-10-28T09:00:00Z"] {
                    judges_alike(&store, week, as_of).await;
                }
                store.close().await;
            }
        });
    }
}

async fn judges_alike(store: &Store, week: Week, as_of: &str) {
    let (filter, as_of) = (Filter::default(), as_of.parse().expect("an instant"));
    let window = store.window(&filter, week, 10, as_of).await.expect("counts");
    for topic in ["T0", "T1", "T2"] {
        let own = store.past_of_topic(&filter, topic, week, 10, as_of).await.expect("weeks");
        for lane in Lane::ALL {
            let share = |cells: &BTreeMap<String, Spread>| {
                cells.get(topic).map_or(Share::default(), |spread| spread.share(4))
            };
            let judged = |past: &[PastWeek]| {
                let cell = Cell {
                    now: share(&window.now.lanes[lane].topics),
                    before: share(&window.before.lanes[lane].topics),
                    history: past.iter().map(|week| share(&week.lanes[lane].topics)).collect(),
                };
                format!("{:?}", judge(&[cell], 0.05))
            };
            // Of nothing there is nothing to tell.
            if window.now.lanes[lane].topics.contains_key(topic) {
                assert_eq!(judged(&own), judged(&window.history), "{topic}, {}", lane.name());
            }
        }
    }
}

/// A database that gives one of two transactions up, as distributed engines do, costs another try.
#[test]
fn transactions_that_are_given_up_for_another_are_run_again() {
    block_on(async {
        let Some(url) = crate::world::postgres::database().await else { return };
        let strict = format!("{url}?options=-c%20default_transaction_isolation%3Dserializable");
        let address = strict.parse().expect("an address");
        let store = Store::open(&address, Counting::default()).await.expect("a store");
        let writers: Vec<_> =
            (0..4).map(|writer| tokio::spawn(write_ten(store.clone(), writer))).collect();
        for writer in writers {
            writer.await.expect("no panic");
        }
        assert_eq!(store.how_many().await.expect("a count"), 40);
        assert!(store.rebuild().await.expect("counted anew").is_empty());
    });
}

async fn write_ten(store: Store, writer: u8) {
    for n in 0..10 {
        let record = json!({
            "source": "x", "id": format!("{writer}-{n}"), "score": 5,
            "closed_at": "2026-11-10T10:00:00Z", "teammates": [{"id": "1"}],
        });
        let put = vec![serde_json::from_value(record).expect("a record")];
        store.apply(Batch { put, ..Batch::default() }).await.expect("applied in the end");
    }
}
