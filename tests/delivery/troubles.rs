//! Whatever is away or refuses, nothing is lost and nothing is there twice.

use std::time::Duration;

use cxbot::store::Address;
use jiff::SignedDuration;
use serde_json::json;

use super::{
    HOUR, MINUTE, REPLIES, ZONE, at, before_a_monday, in_memory, no_complaints, one_digest, parents,
};
use crate::world::moved::{OPERATOR, SUPPORT, Setup, closed};
use crate::world::proxy::Proxy;
use crate::world::slack::{Fault, Shown, What};

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
