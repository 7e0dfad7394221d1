//! One digest a week, at its time, corrected by what comes late.

use cxbot::store::Address;
use cxbot_sdk::Message;
use cxbot_sdk::week::Week;
use cxbot_sdk::words::week_number;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{
    HOUR, MINUTE, REPLIES, ZONE, addresses, at, before_a_monday, in_memory, no_complaints,
    one_digest, parents,
};
use crate::world::moved::{Moved, SUPPORT, Setup, closed};
use crate::world::slack::What;

#[tokio::test]
async fn on_monday_at_nine_a_digest_and_its_thread_stand_in_the_channel() {
    for address in addresses().await {
        let moved = before_a_monday(Setup::new(ZONE, &address)).await;
        moved.at_instant("2026-11-16T08:59:59Z").await;
        assert_eq!(parents(&moved, SUPPORT), []);
        moved.at_instant("2026-11-16T09:00:00Z").await;
        let text = one_digest(&moved);
        assert!(text.starts_with("CX week 46 · Mon 9 – Sun 15 Nov 2026 · Europe/Dublin"), "{text}");
        assert!(text.contains("Scored 40 of 40 closed (100.0 %)"), "{text}");
        for shown in moved.slack.channel(SUPPORT) {
            assert!(!shown.edited && !shown.fallback.is_empty());
        }
        moved.pass(HOUR * 3, MINUTE * 10).await;
        assert_eq!(moved.slack.timeline(SUPPORT).len(), 1 + REPLIES, "nothing more happens");
        no_complaints(&moved);
    }
}

#[tokio::test]
async fn a_late_score_edits_the_digest_and_says_when() {
    let moved = before_a_monday(in_memory()).await;
    moved.at_instant("2026-11-16T09:00:00Z").await;
    moved.feed.put(closed(0, at("2026-11-09T08:00:00Z"), 5));
    moved.at_instant("2026-11-16T11:05:00Z").await;
    let text = one_digest(&moved);
    assert!(text.contains("corrected 11:05"), "{text}");
    assert!(text.contains("82.5 % good"), "33 of 40: {text}");
    let edits = moved.slack.timeline(SUPPORT);
    let edits = edits.iter().filter(|event| event.what == What::Edited).count();
    assert!(edits > 0 && edits <= 1 + REPLIES, "only what changed is edited: {edits}");
    // A conversation of the running week changes no number of the digest.
    moved.feed.put(closed(900, at("2026-11-16T10:00:00Z"), 1));
    moved.at_instant("2026-11-16T14:00:00Z").await;
    assert_eq!(one_digest(&moved), text);
    moved.feed.put(closed(5, at("2026-11-09T18:00:00Z"), 5));
    moved.at_instant("2026-11-17T10:30:00Z").await;
    assert!(one_digest(&moved).contains("corrected Tue 17 Nov 10:30"));
    no_complaints(&moved);
}

#[tokio::test]
async fn only_the_latest_digest_is_edited() {
    let moved = before_a_monday(in_memory()).await;
    moved.at_instant("2026-11-16T09:00:00Z").await;
    moved.at_instant("2026-11-23T09:00:00Z").await;
    let before = parents(&moved, SUPPORT);
    assert_eq!(before.len(), 2);
    moved.feed.put(closed(0, at("2026-11-09T08:00:00Z"), 5));
    moved.feed.put(closed(900, at("2026-11-17T08:00:00Z"), 5));
    moved.pass(HOUR * 3, HOUR).await;
    let after = parents(&moved, SUPPORT);
    assert_eq!(after[0], before[0], "the older one stays as it was");
    assert!(after[1].0.contains("corrected 10:00"), "{}", after[1].0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_weeks_in_four_zones_post_one_digest_a_week_at_nine_about_the_week_before() {
    let zones = ["Europe/Dublin", "America/Vancouver", "Australia/Lord_Howe", "Asia/Kathmandu"];
    let running: Vec<_> = zones.map(|zone| tokio::spawn(sixty_weeks_in(zone))).into();
    for zone in running {
        zone.await.expect("sixty weeks");
    }
}

async fn sixty_weeks_in(zone: &str) {
    let change = |config: &mut cxbot::config::Config| {
        config.schedule.sync = "0 3 * * *".parse().expect("a schedule");
    };
    let setup = Setup { zone: zone.to_owned(), change, ..in_memory() };
    let moved = Moved::start(setup, "2025-10-01T00:00:00Z").await;
    let tz = TimeZone::get(zone).expect("a bundled zone");
    for week in 0..61_u8 {
        let closed_at = moved.now() + HOUR * 24 * 7 * i32::from(week);
        moved.feed.put(closed(week.into(), closed_at, 4));
    }
    let end = moved.now() + HOUR * 24 * 7 * 60;
    while moved.now() < end {
        let local = tz.to_datetime(moved.now());
        // Finer the nearer nine o'clock on Monday is.
        let step = match (local.weekday(), local.hour()) {
            (Weekday::Monday, 8) => MINUTE * 5,
            (Weekday::Monday, 0..8) | (Weekday::Sunday, 18..) => MINUTE * 30,
            _ => HOUR * 6,
        };
        moved.at(moved.now() + step).await;
    }
    check_sixty_weeks(&moved, zone, &tz);
    no_complaints(&moved);
}

fn check_sixty_weeks(moved: &Moved, zone: &str, tz: &TimeZone) {
    let timeline = moved.slack.timeline(SUPPORT);
    let parents = timeline.iter().filter(|event| event.thread_ts.is_none());
    let mut weeks = std::collections::BTreeSet::new();
    for event in parents.filter(|event| event.what == What::Posted) {
        let posted_at = Timestamp::from_second(event.time as i64).expect("a time");
        let local = tz.to_datetime(posted_at);
        let time = (local.weekday(), local.hour(), local.minute());
        assert_eq!(time, (Weekday::Monday, 9, 0), "{zone} {local}");
        let week = Week::of(posted_at, tz).minus(1);
        let wanted = format!("CX week {} ", week_number(week));
        assert!(event.text.starts_with(&wanted), "{zone} {local}: {}", event.text);
        assert!(weeks.insert(week), "{zone}: {week} twice");
    }
    assert_eq!(weeks.len(), 60, "{zone}");
}

#[tokio::test]
async fn a_thread_that_becomes_shorter_and_longer_again_is_seen_so() {
    for address in addresses().await {
        let moved = Moved::start(Setup::new(ZONE, &address), "2026-11-13T12:00:00Z").await;
        let at = [format!("slack:{SUPPORT}").parse().expect("a destination")];
        for (minute, replies) in [(1, 3), (2, 1), (3, 2), (4, 0)] {
            let message = (0..replies).fold(Message::sentence("A board"), |message, number| {
                message.reply(Message::sentence(format!("{number}, version {minute}")))
            });
            let store = moved.app.store();
            store.set_board("mood", &at, "poll", &message, moved.now()).await.expect("published");
            moved.pass(MINUTE, SignedDuration::from_secs(10)).await;
            let shown = moved.slack.channel(SUPPORT);
            let texts: Vec<&str> =
                shown[0].replies.iter().map(|reply| reply.text.as_str()).collect();
            let wanted: Vec<String> =
                (0..replies).map(|number| format!("{number}, version {minute}")).collect();
            assert_eq!((shown.len(), texts), (1, wanted.iter().map(String::as_str).collect()));
        }
        no_complaints(&moved);
    }
}

#[tokio::test]
async fn late_scores_are_waited_for_and_then_the_digest_is_early() {
    let setup = Setup {
        change: |config| config.workspace.settle = SignedDuration::from_hours(24),
        ..in_memory()
    };
    let moved = before_a_monday(setup).await;
    let unscored = |n: u64| {
        let mut record = closed(100 + n, at("2026-11-15T20:00:00Z"), 1);
        record["score"] = json!(null);
        record
    };
    (0..8).for_each(|n| moved.feed.put(unscored(n)));
    moved.at_instant("2026-11-16T09:00:00Z").await;
    moved.pass(HOUR, MINUTE * 5).await;
    assert_eq!(parents(&moved, SUPPORT), [], "scores may still come");
    moved.pass(HOUR + MINUTE, MINUTE).await;
    let text = one_digest(&moved);
    let wanted = "Early: 83 % scored so far; 8 conversations may still get a score.";
    assert!(text.contains(wanted), "{text}");
    (0..8).for_each(|n| moved.feed.put(closed(100 + n, at("2026-11-15T20:00:00Z"), 5)));
    moved.pass(HOUR, MINUTE * 10).await;
    let text = one_digest(&moved);
    assert!(text.contains("corrected 12:") && !text.contains("Early"), "{text}");
    no_complaints(&moved);
}

#[tokio::test]
async fn after_a_weekend_without_power_the_digest_comes_late_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = Address::File(folder.path().join("cxbot.db"));
    let mut moved = before_a_monday(Setup::new(ZONE, &address)).await;
    moved.restart().await;
    moved.at_instant("2026-11-16T11:20:00Z").await;
    moved.pass(MINUTE, SignedDuration::from_secs(15)).await;
    let text = one_digest(&moved);
    assert!(text.contains("Late: this digest was due Mon 09:00."), "{text}");
    assert!(text.contains("Scored 40 of 40"), "the source was read first: {text}");
}

#[tokio::test]
async fn a_day_to_skip_has_no_digest() {
    let mut setup = in_memory();
    setup.digest = json!({"destinations": [format!("slack:{SUPPORT}")], "skip": ["2026-11-16"]});
    let moved = before_a_monday(setup).await;
    moved.pass(HOUR * 24 * 4, HOUR).await;
    assert_eq!(parents(&moved, SUPPORT), []);
    moved.at_instant("2026-11-23T09:00:00Z").await;
    assert!(one_digest(&moved).starts_with("CX week 47"));
}
