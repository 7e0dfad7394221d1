//! From the schedule to the channel, over a clock that the test moves: what people see, once.

use std::time::Duration;

use cxbot::store::Address;
use cxbot_sdk::Message;
use cxbot_sdk::week::Week;
use cxbot_sdk::words::week_number;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::world::moved::{Moved, OPERATOR, SUPPORT, Setup, closed};
use crate::world::proxy::Proxy;
use crate::world::slack::{Fault, Shown, What};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const ZONE: &str = "Europe/Dublin";
/// A digest is a parent and seven replies.
const REPLIES: usize = 7;

fn at(instant: &str) -> Timestamp {
    instant.parse().expect("an instant")
}

fn in_memory() -> Setup {
    Setup::new(ZONE, &Address::Memory)
}

async fn addresses() -> Vec<Address> {
    let mut addresses = vec![Address::Memory];
    if let Some(url) = crate::world::postgres::database().await {
        addresses.push(url.parse().expect("an address"));
    }
    addresses
}

/// Started on the Friday before, with a week of conversations.
async fn before_a_monday(setup: Setup) -> Moved {
    let moved = Moved::start(setup, "2026-11-13T12:00:00Z").await;
    for n in 0..40 {
        let closed_at = at("2026-11-09T08:00:00Z") + HOUR * i32::try_from(n).expect("few") * 2;
        moved.feed.put(closed(n, closed_at, if n % 5 == 0 { 2 } else { 5 }));
    }
    moved.at_instant("2026-11-13T12:00:00Z").await;
    moved
}

/// The texts of the channel's parents, and how many replies each has.
fn parents(moved: &Moved, channel: &str) -> Vec<(String, usize)> {
    let shown = moved.slack.channel(channel);
    shown.into_iter().map(|shown| (shown.text, shown.replies.len())).collect()
}

fn one_digest(moved: &Moved) -> String {
    let parents = parents(moved, SUPPORT);
    let [(text, replies)] = &parents[..] else { panic!("not one digest: {parents:#?}") };
    assert_eq!(*replies, REPLIES, "{text}");
    text.clone()
}

fn no_complaints(moved: &Moved) {
    assert_eq!(moved.slack.complaints(), [""; 0]);
    assert_eq!(moved.slack.notifications(), [""; 0]);
}

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
async fn whatever_happens_to_a_call_each_post_is_there_once() {
    for fault in [
        Fault::CutAfter,
        Fault::Cut,
        Fault::Status(500),
        Fault::Html(503),
        Fault::StatusAfter(500),
        Fault::ErrorAfter("internal_error"),
        Fault::RateLimited { retry_after: 30 },
        Fault::Error("rate_limited"),
        Fault::HangAfter,
        Fault::Hang,
        Fault::NotJson,
    ] {
        let moved = before_a_monday(in_memory()).await;
        let named = format!("{fault:?}");
        // The parent and the third reply.
        let calm = || Fault::Slow(Duration::ZERO);
        moved.slack.fault("chat.postMessage", [fault, calm(), calm(), calm(), fault]);
        moved.slack.history_lag(Duration::from_secs(15));
        moved.at_instant("2026-11-16T09:00:00Z").await;
        moved.pass(MINUTE * 15, SignedDuration::from_secs(5)).await;
        assert_eq!(parents(&moved, SUPPORT).len(), 1, "{named}");
        one_digest(&moved);
        let posted = moved.slack.timeline(SUPPORT);
        let posted = posted.iter().filter(|event| event.what == What::Posted).count();
        assert_eq!(posted, 1 + REPLIES, "{named}: none was there twice at any time");
        assert_eq!(parents(&moved, OPERATOR), [], "{named}: a hitch is no trouble");
        no_complaints(&moved);
    }
}

#[tokio::test]
async fn where_slack_refuses_a_chart_the_digest_comes_without_it() {
    let moved = before_a_monday(in_memory()).await;
    // A line needs two weeks.
    (0..40).for_each(|n| moved.feed.put(closed(500 + n, at("2026-11-04T10:00:00Z"), 5)));
    let calm = || Fault::Slow(Duration::ZERO);
    moved.slack.fault("chat.postMessage", [calm(), calm(), Fault::Error("invalid_blocks")]);
    moved.at_instant("2026-11-16T09:00:00Z").await;
    one_digest(&moved);
    let charts = |shown: &Shown| shown.blocks.to_string().matches("data_visualization").count();
    let digest = moved.slack.channel(SUPPORT)[0].clone();
    assert_eq!(digest.replies.iter().map(charts).sum::<usize>(), 0);
    let refused = moved.slack.seen().iter().filter(|seen| seen.answer["ok"] == false).count();
    assert_eq!(refused, 1, "it is not tried with every post");
    no_complaints(&moved);
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
async fn a_restart_between_post_and_answer_leaves_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = Address::File(folder.path().join("cxbot.db"));
    let mut moved = before_a_monday(Setup::new(ZONE, &address)).await;
    moved.slack.fault("chat.postMessage", [Fault::HangAfter]);
    // The process ends while the call is on its way.
    let step = moved.at(at("2026-11-16T09:00:00Z"));
    assert!(tokio::time::timeout(Duration::from_millis(700), step).await.is_err());
    moved.restart().await;
    assert_eq!(moved.slack.timeline(SUPPORT).len(), 1);
    moved.pass(MINUTE * 2, SignedDuration::from_secs(10)).await;
    one_digest(&moved);
    assert_eq!(moved.slack.timeline(SUPPORT).len(), 1 + REPLIES);
}

#[tokio::test]
async fn without_the_history_an_unknown_outcome_is_held_and_the_operator_told_once() {
    let moved = before_a_monday(in_memory()).await;
    moved.slack.revoke("channels:history");
    moved.slack.fault("chat.postMessage", [Fault::CutAfter]);
    moved.at_instant("2026-11-16T09:00:00Z").await;
    moved.pass(HOUR, MINUTE).await;
    assert_eq!(parents(&moved, SUPPORT).len(), 1, "it was posted, but nobody knows");
    assert_eq!(moved.slack.channel(SUPPORT)[0].replies.len(), 0);
    let told = parents(&moved, OPERATOR);
    assert_eq!(told.len(), 1, "{told:#?}");
    let wanted = "digest all/2026-W46 did not get to slack:C0SUPPORT1: whether the post was \
                  made is not known. Slack answers conversations.history with missing_scope \
                  channels:history: grant the scope and install the app anew";
    assert!(told[0].0.contains(wanted), "{}", told[0].0);
    moved.slack.grant(&["channels:history"]);
    moved.pass(MINUTE * 15, MINUTE).await;
    one_digest(&moved);
    let over = parents(&moved, OPERATOR)[0].0.clone();
    assert!(over.contains("Over since Mon 16 Nov 10:"), "{over}");
    no_complaints(&moved);
}

#[tokio::test]
async fn one_dead_destination_keeps_no_other_waiting_and_the_next_digest_tells_of_it() {
    let dead = "C0DEAD0001";
    let mut setup = in_memory();
    setup.digest = json!({"destinations": [format!("slack:{dead}"), format!("slack:{SUPPORT}")]});
    let moved = before_a_monday(setup).await;
    moved.slack.put_channel(dead, "dead");
    moved.slack.kick(dead);
    moved.at_instant("2026-11-16T09:00:00Z").await;
    one_digest(&moved);
    assert_eq!(parents(&moved, dead), []);
    moved.pass(HOUR, MINUTE * 5).await;
    let told = parents(&moved, OPERATOR);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].0.contains("type /invite @cxbot in the channel"), "{}", told[0].0);
    moved.slack.invite(dead);
    moved.pass(MINUTE * 15, MINUTE).await;
    assert_eq!(parents(&moved, dead).len(), 1, "once invited it gets what it missed");
    moved.at_instant("2026-11-23T09:00:00Z").await;
    let coverage = moved.slack.channel(SUPPORT)[1].replies[5].text.clone();
    assert!(coverage.contains("digest all/2026-W46 did not get to"), "{coverage}");
    assert!(coverage.contains("Mon 16 Nov 09:0"), "{coverage}");
    no_complaints(&moved);
}

#[tokio::test]
async fn a_revoked_token_loses_nothing() {
    let moved = before_a_monday(in_memory()).await;
    moved.slack.token_error(Some("token_revoked"));
    moved.at_instant("2026-11-16T09:00:00Z").await;
    moved.pass(HOUR, MINUTE * 5).await;
    assert_eq!(parents(&moved, SUPPORT), []);
    moved.slack.token_error(None);
    moved.pass(MINUTE * 20, MINUTE).await;
    one_digest(&moved);
    no_complaints(&moved);
}

#[tokio::test]
async fn what_was_refused_for_good_is_tried_again_at_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = Address::File(folder.path().join("cxbot.db"));
    let mut moved = before_a_monday(Setup::new(ZONE, &address)).await;
    moved.slack.fault("chat.postMessage", [Fault::Error("invalid_blocks")]);
    moved.at_instant("2026-11-16T09:00:00Z").await;
    moved.pass(HOUR * 2, MINUTE * 10).await;
    assert_eq!(parents(&moved, SUPPORT), []);
    assert!(
        parents(&moved, OPERATOR)[0]
            .0
            .contains("Slack refuses chat.postMessage with invalid_blocks")
    );
    moved.restart().await;
    moved.pass(MINUTE, MINUTE).await;
    one_digest(&moved);
}

#[tokio::test]
async fn a_post_that_someone_deletes_stays_deleted() {
    let moved = before_a_monday(in_memory()).await;
    moved.at_instant("2026-11-16T09:00:00Z").await;
    let parent = moved.slack.channel(SUPPORT)[0].clone();
    moved.slack.delete_by_hand(SUPPORT, &parent.replies[0].ts);
    moved.feed.put(closed(0, at("2026-11-09T08:00:00Z"), 5));
    moved.pass(HOUR * 2, MINUTE * 10).await;
    let after = moved.slack.channel(SUPPORT)[0].clone();
    assert_eq!(after.replies.len(), REPLIES - 1);
    assert!(after.text.contains("corrected"), "{}", after.text);
    assert_eq!(parents(&moved, OPERATOR), [], "that is nobody's trouble");
}

#[tokio::test]
async fn a_source_that_is_away_is_waited_for_and_then_said_to_be() {
    let moved = before_a_monday(in_memory()).await;
    moved.feed.breaks(Some("Intercom refused the token"));
    moved.at_instant("2026-11-16T09:00:00Z").await;
    moved.pass(MINUTE * 119, MINUTE).await;
    assert_eq!(parents(&moved, SUPPORT), [], "it waits two hours");
    moved.pass(MINUTE * 2, MINUTE).await;
    let text = one_digest(&moved);
    assert!(
        text.contains("feed sync stopped Fri 12:00; numbers cover 64 % of the week."),
        "{text}"
    );
    let told = parents(&moved, OPERATOR);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].0.contains("The feed sync stands still"), "{}", told[0].0);
    assert!(told[0].0.contains("Intercom refused the token"), "{}", told[0].0);
    moved.feed.breaks(None);
    moved.pass(HOUR, MINUTE * 5).await;
    let text = one_digest(&moved);
    assert!(text.contains("corrected 1") && !text.contains("stopped"), "{text}");
    assert!(parents(&moved, OPERATOR)[0].0.contains("Over since"));
    no_complaints(&moved);
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
async fn a_job_that_fails_is_told_once_and_over_when_it_ran() {
    let moved = before_a_monday(in_memory()).await;
    let store = moved.app.store().clone();
    moved.at_instant("2026-11-16T08:59:00Z").await;
    moved.feed.breaks(Some("away"));
    moved.at_instant("2026-11-16T09:00:00Z").await;
    let claim = store.claim_slot("digest/all", moved.now()).await.expect("asked").expect("due");
    assert!(store.slot_failed(&claim, "no such thing", moved.now()).await.expect("recorded"));
    moved.pass(MINUTE, MINUTE).await;
    let told = parents(&moved, OPERATOR);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].0.contains("The job digest/all failed: no such thing"), "{}", told[0].0);
    moved.feed.breaks(None);
    moved.pass(MINUTE * 10, MINUTE).await;
    one_digest(&moved);
    let told = parents(&moved, OPERATOR);
    assert!(told.len() == 1 && told[0].0.contains("Over since Mon 16 Nov 09:0"), "{told:#?}");
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

#[tokio::test]
async fn a_database_that_is_away_for_a_while_loses_nothing() {
    let Some(url) = crate::world::postgres::database().await else { return };
    let port: u16 = url
        .split(['@', '/'])
        .find_map(|part| part.split_once(':')?.1.parse().ok())
        .expect("a port");
    let proxy = Proxy::to(port).await;
    let address = url.replace(&format!(":{port}/"), &format!(":{}/", proxy.port));
    let moved = before_a_monday(Setup::new(ZONE, &address.parse().expect("an address"))).await;
    proxy.cut();
    moved.at_instant("2026-11-16T09:00:00Z").await;
    assert_eq!(parents(&moved, SUPPORT), []);
    proxy.mend();
    moved.at_instant("2026-11-16T09:01:00Z").await;
    one_digest(&moved);
    no_complaints(&moved);
}
