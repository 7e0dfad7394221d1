//! The made-up weeks: those of the past never change, and those to come are the same by every way there.

use std::collections::BTreeMap;

use cxbot_digest::config::Config;
use cxbot_digest::{Digest, report::Cell};
use cxbot_sdk::conversation::Score;
use cxbot_sdk::scores::Scores;
use cxbot_sdk::{Plugin, Tick, Workspace};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::store::{Address, Applied, Counting, Store};

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn weeks(weeks: i64) -> SignedDuration {
    hours(weeks * 7 * 24)
}

fn now() -> Timestamp {
    NOW.parse().expect("an instant")
}

fn zone() -> TimeZone {
    TimeZone::get(ZONE).expect("a zone")
}

/// What is handed over, by number.
type Records = BTreeMap<String, Conversation>;

fn handed_over(now: Timestamp, since: Option<Timestamp>) -> Records {
    let zone = zone();
    let asked = Asked::new(now, &zone, since).expect("the demo's clock");
    let all = asked.weeks().flat_map(|week| week.expect("a week"));
    all.map(|record| (record.id.clone(), record)).collect()
}

#[test]
fn the_past_is_the_same_byte_for_byte() {
    let mut hash = Sha256::new();
    for record in handed_over(now(), None).values() {
        hash.update(serde_json::to_string(record).expect("JSON"));
    }
    let found: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(found, "55c759e5239005cc44a5ef039d942f44b6f5d8be4b2513389fe8e1be27aee724");
}

#[test]
fn a_conversation_is_known_from_its_close_and_its_score_within_six_hours() {
    let at = now() - hours(30);
    let (early, late) = (handed_over(at, None), handed_over(now() + hours(60), None));
    assert!(early.values().all(|record| record.closed_at <= at));
    let closed = |record: &&Conversation| record.closed_at <= at;
    assert_eq!(late.values().filter(closed).count(), early.len());
    let mut came = 0;
    for (id, record) in &early {
        let mut with_score = record.clone();
        let later = &late[id];
        if record.score != later.score {
            assert_eq!(record.score, Score::Absent);
            assert!(at.duration_since(record.closed_at) < SCORED_WITHIN);
            with_score.score = later.score.clone();
            with_score.explanation = later.explanation.clone();
            came += 1;
        }
        assert_eq!(with_score, *later, "nothing else changes");
    }
    assert!(came > 10, "{came}");
}

#[test]
fn every_later_week_has_as_many_conversations_as_one_of_the_past_and_numbers_of_its_own() {
    let end = now() + weeks(5);
    let all = handed_over(end, Some(now() - weeks(2)));
    let mut by_week = BTreeMap::<Week, usize>::new();
    for record in all.values() {
        *by_week.entry(Week::of(record.closed_at, &zone())).or_default() += 1;
    }
    let complete = by_week.iter().filter(|(week, _)| week.end(&zone()) <= end).skip(1);
    for (week, closed) in complete {
        assert!((1_600..1_800).contains(closed), "{week}: {closed}");
    }
    assert_eq!(by_week.len(), 8);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn the_steps_of_the_clock_make_no_difference(steps in prop::collection::vec(1i64..200, 1..6)) {
        let start = now() - hours(24);
        let (mut read_until, mut known) = (start, handed_over(start, None));
        for step in steps {
            let at = read_until + hours(step);
            known.extend(handed_over(at, Some(read_until)));
            read_until = at;
        }
        prop_assert!(known == handed_over(read_until, None));
    }
}

async fn pull(store: &Store, now: Timestamp, since: Option<Timestamp>) -> Applied {
    let mut intake = Intake::new(store);
    let ask = Ask { now, zone: zone(), since, full: false };
    Synthetic.pull(&ask, &mut intake).await.expect("a pull");
    assert_eq!(intake.read_until(NAME).await.expect("a store"), Some(now));
    intake.summary.applied
}

async fn store() -> Store {
    let counting = Counting { zone: zone(), zone_name: ZONE.to_owned(), ..Counting::default() };
    Store::open(&Address::Memory, counting).await.expect("a store")
}

#[tokio::test]
async fn a_pull_goes_on_where_the_one_before_ended() {
    let store = store().await;
    let first = pull(&store, now() + hours(24), Some(now())).await;
    let next = pull(&store, now() + hours(48), None).await;
    let a_day = 200..400;
    assert!(a_day.contains(&first.new) && a_day.contains(&next.new), "{first:?} {next:?}");
    assert!(next.changed > 0, "scores that came late");
    let again = pull(&store, now() + hours(48), None).await;
    assert_eq!((again.new, again.changed), (0, 0));
}

/// What is called real in the week before a clock, a cell each.
async fn real(store: &Store, at: Timestamp) -> Vec<String> {
    let workspace = Workspace { zone: zone(), zone_name: ZONE.to_owned(), ..Workspace::default() };
    let edition = Digest::new(Config::default()).expect("a plugin").edition(None).expect("one");
    let week = Week::complete_before(at, &zone());
    let scores: &dyn Scores = store;
    let weekly = Digest::weekly(scores, &workspace, edition, week, Tick::on_time(at)).await;
    let told = |cell: &Cell| {
        let topic = cell.topic.as_deref().unwrap_or("the lane");
        format!("{topic}, {}: {}", cell.lane.name(), cell.verdict.label())
    };
    let report = weekly.expect("a digest").report;
    report.cells().filter(|cell| cell.verdict.is_real()).map(told).collect()
}

#[tokio::test]
async fn whoever_moves_the_clock_finds_a_quiet_week_then_a_real_fall_then_a_real_rise() {
    let store = store().await;
    pull(&store, now() + weeks(5), None).await;
    let mut found = Vec::new();
    for later in 0..5 {
        found.push(real(&store, now() + weeks(later)).await.join(" · "));
    }
    insta::assert_snapshot!(found.join("\n"), @"
    Invoices, human: ▲ real rise · SSO log-in, ai: ▼ real fall

    the lane, human: ▼ real fall · Refunds, human: ▼ real fall
    Exports, ai: ▲ real rise
    ");
}
