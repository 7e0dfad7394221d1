//! Whatever is slow, refuses or is odd, nothing is lost and nobody is named.

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use super::{LastWeek, SEARCH, check, customer, lot, neutral, rules, workspace};
use crate::world::World;
use crate::world::intercom::{Fault, Intercom, conversation, from_contact, scored, with};

/// `CXBOT_KILLS` asks for more of them than the short gate needs.
#[tokio::test]
async fn a_sync_that_is_killed_again_and_again_ends_like_one_that_was_not() {
    let kills: u64 = std::env::var("CXBOT_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(12);
    let last = LastWeek::new();
    let intercom = workspace().await;
    lot(&last).into_iter().for_each(|pair| intercom.put(pair.intercom));
    let clean = rules(World::around(&intercom));
    clean.ok(&["sync"]).await;
    let wanted = clean.ok(&["export"]).await;
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut killed = 0;
    while killed < kills {
        let world = rules(World::around(&intercom));
        for _ in 0..4 {
            let after = Duration::from_millis(random.random_range(5..160));
            killed += u64::from(!world.run_and_kill(&["sync"], after).await);
        }
        world.ok(&["sync"]).await;
        assert_eq!(world.ok(&["export"]).await, wanted, "after {killed} kills");
        assert!(world.ok(&["rebuild"]).await.contains("no difference"));
    }
    println!("{killed} kills, every export equal to the undisturbed one");
}

#[tokio::test]
async fn big_pages_that_time_out_are_asked_for_in_smaller_ones() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    let pairs = lot(&last);
    pairs.iter().for_each(|pair| intercom.put(pair.intercom.clone()));
    intercom
        .fault(SEARCH, [Fault::Slow(Duration::from_secs(8)), Fault::Slow(Duration::from_secs(8))]);
    let world = rules(World::around(&intercom)).with("CXBOT__INTERCOM__TIMEOUT", "2s");
    world.ok(&["sync"]).await;
    check(&world, &last, &neutral(&pairs)).await;
    let sizes: Vec<Value> = intercom
        .seen()
        .iter()
        .filter(|seen| seen.path == SEARCH)
        .map(|seen| seen.body["pagination"]["per_page"].clone())
        .take(4)
        .collect();
    assert_eq!(sizes, [150, 50, 20, 20].map(Value::from));
}

#[tokio::test]
async fn the_rate_limit_of_the_headers_is_kept() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    let pairs = lot(&last);
    pairs.iter().for_each(|pair| intercom.put(pair.intercom.clone()));
    intercom.set_rate_limit(15, Duration::from_secs(1));
    let world = rules(World::around(&intercom));
    world.ok(&["sync"]).await;
    check(&world, &last, &neutral(&pairs)).await;
    let refused = intercom.seen().iter().filter(|seen| seen.status == Some(429)).count();
    assert_eq!(refused, 0, "the client waits before it is told to");
}

#[tokio::test]
async fn a_refused_token_is_one_clear_line_and_loses_nothing() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    lot(&last).into_iter().for_each(|pair| intercom.put(pair.intercom));
    let world = rules(World::around(&intercom));
    world.ok(&["sync"]).await;
    let before = world.ok(&["export"]).await;
    let world = world.with("INTERCOM_TOKEN", "bm90LXRoZS10b2tlbg==");
    let ran = world.run(&["sync"]).await;
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("the token was refused; check INTERCOM_TOKEN"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("bm90LXRoZS10b2tlbg"));
    assert_eq!(world.ok(&["export"]).await, before);
}

#[tokio::test]
async fn a_token_without_every_scope_still_brings_the_scores() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    let object = with(conversation("1", last.at(1, 0)), from_contact(&customer("c1")));
    intercom.put(with(object, scored(5, "Fine.")));
    intercom.fault("/teams", [Fault::Status(403)]);
    intercom.fault("/contacts/search", [Fault::Status(401)]);
    intercom.fault("/conversations/deleted", [Fault::Status(404)]);
    let world = World::around(&intercom);
    let summary = world.ok(&["sync"]).await;
    for note in [
        "Teams are known by id only: /teams answers 403 Forbidden.",
        "Customers are known by id only: /contacts/search answers 401 Unauthorized.",
        "Deleted conversations cannot be followed: /conversations/deleted answers 404 Not Found.",
    ] {
        assert!(summary.contains(note), "{note}\n{summary}");
    }
    let record =
        |records: Vec<Value>| (records[0]["score"].clone(), records[0]["customer"]["name"].clone());
    assert_eq!(record(world.records().await), (json!(5), Value::Null));
    // With the scopes given later, the next sync completes what is there.
    world.ok(&["sync"]).await;
    assert_eq!(record(world.records().await), (json!(5), json!("Customer 1")));
}

#[tokio::test]
async fn odd_shapes_are_kept_raw_and_reported_and_the_rest_is_read() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    let fine = |id: &str| with(conversation(id, last.at(1, 0)), scored(5, "Fine."));
    intercom.put(with(fine("1"), |c| c["custom_attributes"] = json!(["odd"])));
    intercom.put(with(fine("2"), |c| c["tags"] = json!("vip")));
    intercom.put(with(fine("3"), |c| c["teammates"] = json!({"teammates": "Ana"})));
    intercom.put(with(fine("4"), |c| c["contacts"] = json!(7)));
    intercom.put(fine("5"));
    let world = World::around(&intercom);
    let summary = world.ok(&["sync"]).await;
    assert!(summary.contains("Read 5 conversations: 5 new"), "{summary}");
    for field in ["custom_attributes (1)", "tags (1)", "teammates.teammates (1)", "contacts (1)"] {
        assert!(summary.contains(field), "{field}: {summary}");
    }
    let scored = world.records().await.iter().filter(|record| record["score"] == 5).count();
    assert_eq!(scored, 4);
}

#[tokio::test]
async fn the_log_names_nobody_and_no_token() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    lot(&last).into_iter().for_each(|pair| intercom.put(pair.intercom));
    intercom.fault(SEARCH, [Fault::Status(500), Fault::CutBody]);
    intercom.fault("/contacts/search", [Fault::Status(500)]);
    intercom.fault("/conversations/deleted", [Fault::Cut]);
    let world = rules(World::around(&intercom));
    let ran = world.run(&["--log", "trace", "sync"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("trying again"));
    let said = ran.stderr + &ran.stdout;
    for secret in [Intercom::TOKEN, "Customer 1", "acme.example", "It was solved", "Ana Silva"] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}
