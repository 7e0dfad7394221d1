//! When a poll opens and closes, whom it asks, and what cuts it off.

use std::sync::Arc;

use cxbot_sdk::ballot::Ballots;
use cxbot_sdk::{Host, Message};
use serde_json::json;

use super::{CLOSES, OPENS, Room};

#[tokio::test]
async fn leaders_open_and_close_a_poll_and_others_may_not() {
    let room = Room::new();
    for what in ["open", "close", "results", "history", "export"] {
        let refused = room.act("a", "mood", json!({"what": what})).await;
        assert_eq!(
            refused, "refused: That is for those with the role leader. You may ask: mood.",
            "{what}"
        );
    }
    let none = room.act("a", "mood", json!({})).await;
    assert!(none.starts_with("No poll is open. The next one opens "), "{none}");
    let opened = room.act("leader", "mood", json!({"what": "open"})).await;
    assert!(opened.starts_with("The poll about week 46 is open until "), "{opened}");
    let again = room.act("leader", "mood", json!({"what": "open"})).await;
    assert!(again.starts_with("refused: The poll about week 46 is open until "), "{again}");
    let closed = room.act("leader", "mood", json!({"what": "close"})).await;
    assert!(closed.contains("0 of 14 answered."), "{closed}");
    let none = room.act("leader", "mood", json!({"what": "close"})).await;
    assert_eq!(none, "refused: No poll is open.");
    // The same week may be asked about again.
    room.host.set_now("2026-11-16T11:00:00Z".parse().expect("an instant"));
    room.act("leader", "mood", json!({"what": "open"})).await;
    assert_eq!(room.host.ballots.names(), ["2026-W46-2"]);
}

#[tokio::test]
async fn those_who_have_not_answered_are_reminded_where_a_poll_is_open() {
    let room = Room::new();
    room.job("remind", OPENS).await;
    assert!(room.host.ballots.reminders().is_empty());
    room.job("open", OPENS).await;
    room.job("remind", "2026-11-17T09:00:00Z").await;
    let reminders: Vec<String> = room.host.ballots.reminders().iter().map(Message::plain).collect();
    insta::assert_snapshot!(reminders.join("\n"), @"
    In one word, how did the CX Score make you feel last week? The poll is open until 2026-11-17T12:00:00Z.
    Anonymous: nobody can see who said what, and with fewer than 5 answers the words are deleted.
    ");
}

#[tokio::test]
async fn without_channels_everyone_gets_it_as_a_direct_message_and_without_anyone_nobody() {
    let room = Room::with(json!({"audience": ["Maya Ortiz", "slack:S0123ABCD"]}));
    room.job("open", OPENS).await;
    assert!(room.host.published().is_empty());
    assert_eq!(room.host.ballots.direct().len(), 1);
    let room = Room::with(json!({}));
    room.job("open", OPENS).await;
    assert!(room.host.published().is_empty() && room.host.ballots.names().is_empty());
    assert_eq!(room.act("a", "mood", json!({})).await, "No poll is open.");
}

#[tokio::test]
async fn a_close_that_was_cut_off_at_any_step_comes_to_its_end_with_the_same_results() {
    let room = Room::with(json!({"audience": ["Maya Ortiz"]}));
    room.job("open", OPENS).await;
    let open = room.host.read_state("mood", "poll").await.expect("read").expect("an open poll");
    for who in ["a", "b", "c", "d", "e"] {
        room.say(who, "calm").await;
    }
    room.job("close", CLOSES).await;
    let shown = room.host.ballots.direct();
    assert!(shown["2026-W46"].plain().contains("calm"), "{shown:?}");
    // The process ended after the ballot was burnt and before the poll was put away.
    room.host.write_state("mood", "poll", Some(open)).await.expect("written");
    room.job("close", CLOSES).await;
    assert_eq!(room.host.read_state("mood", "poll").await.expect("read"), None);
    assert_eq!(room.host.ballots.direct(), shown);
    let history = room.act("leader", "mood", json!({"what": "history"})).await;
    assert_eq!(history.matches("calm 5").count(), 1, "{history}");
}

#[tokio::test]
async fn a_poll_that_was_opened_by_hand_is_left_alone_until_its_end() {
    let room = Room::new();
    room.host.set_now("2026-11-16T09:10:00Z".parse().expect("an instant"));
    room.act("leader", "mood", json!({"what": "open"})).await;
    room.say("a", "calm").await;
    room.job("open", OPENS).await;
    assert!(room.channel().contains("1 of 14 answered."), "{}", room.channel());
    assert!(room.say("a", "tired").await.starts_with("Changed to"));
    room.job("close", CLOSES).await;
    assert!(room.channel().contains("closed 2026-11-17T12:00:00Z"), "{}", room.channel());
    // The next week's comes as ever.
    room.job("open", "2026-11-23T10:00:00Z").await;
    assert_eq!(room.host.ballots.names(), ["2026-W47"]);
}

#[tokio::test]
async fn a_poll_closes_at_its_own_time_whatever_the_settings_become() {
    let room = Room::new();
    room.job("open", OPENS).await;
    let room = room.set_anew(json!({"channels": ["slack:C0LEADERS1"], "closes": "0 12 * * Fri"}));
    room.job("remind", "2026-11-17T11:45:00Z").await;
    assert!(room.channel().contains("open until"), "{}", room.channel());
    room.job("remind", CLOSES).await;
    assert!(room.channel().contains("closed 2026-11-17T12:00:00Z"), "{}", room.channel());
}

#[tokio::test]
async fn answers_that_cannot_be_read_are_ended_by_no_command_and_told_of_at_the_end() {
    let room = Room::new();
    room.job("open", OPENS).await;
    for who in ["a", "b", "c"] {
        room.say(who, "calm").await;
    }
    room.host.ballots.lose();
    let refused = room.act("leader", "mood", json!({"what": "close"})).await;
    insta::assert_snapshot!(refused, @"refused: The poll stays open: its answers cannot be counted from here, since the secret is gone. Close it where cxbot runs, or put the secret back. Once 2026-11-17T12:00:00Z is past, cxbot run closes it and deletes answers that it cannot read.");
    assert_eq!(room.host.ballots.names(), ["2026-W46"]);
    room.job("close", CLOSES).await;
    let told = room.channel();
    assert!(told.contains("3 of 14 answered.") && told.contains("cannot be counted"), "{told}");
}

#[tokio::test]
async fn whoever_cannot_be_told_is_not_asked_one_by_one() {
    let mut room = Room::with(json!({"audience": ["slack:C0LEADERS1"]}));
    Arc::get_mut(&mut room.host).expect("nobody else's").ballots.asked = None;
    let refused = room.act("leader", "mood", json!({"what": "open"})).await;
    assert!(refused.starts_with("refused: Who is asked cannot be told"), "{refused}");
    assert!(room.host.ballots.names().is_empty());
    assert_eq!(room.host.read_state("mood", "poll").await.expect("read"), None);
}

#[tokio::test]
async fn two_that_open_or_close_a_poll_at_once_leave_one() {
    let room = Room::new();
    let (due, by_hand) =
        (room.job("open", OPENS), room.act("leader", "mood", json!({"what": "open"})));
    tokio::join!(due, by_hand);
    assert_eq!(room.host.ballots.names(), ["2026-W46"]);
    for who in ["a", "b", "c", "d", "e"] {
        room.say(who, "calm").await;
    }
    let (due, watch) = (room.job("close", CLOSES), room.job("remind", CLOSES));
    tokio::join!(due, watch);
    let history = room.act("leader", "mood", json!({"what": "history"})).await;
    assert_eq!(history.matches("W46").count(), 1, "{history}");
    assert!(history.contains("calm 5"), "{history}");
    // A count that comes late does not take the place of the results.
    let shown = room.channel();
    room.job("open", OPENS).await;
    assert_eq!(room.channel(), shown);
}

#[tokio::test]
async fn a_poll_that_was_cut_off_while_it_opened_is_opened_by_the_next_try() {
    let room = Room::new();
    room.job("open", OPENS).await;
    // As if the process had ended before its ballot was there.
    room.host.ballots.burn("mood", "2026-W46").await.expect("burnt");
    room.job("open", OPENS).await;
    assert_eq!(room.host.ballots.names(), ["2026-W46"]);
    assert!(room.say("a", "calm").await.starts_with("Recorded"));
    assert!(room.channel().contains("1 of 14 answered."), "{}", room.channel());
}

#[tokio::test]
async fn a_poll_that_is_over_is_not_ended_by_opening_another_where_its_answers_cannot_be_read() {
    let room = Room::new();
    room.job("open", OPENS).await;
    room.say("a", "calm").await;
    room.host.ballots.lose();
    room.host.set_now("2026-11-17T13:00:00Z".parse().expect("an instant"));
    let refused = room.act("leader", "mood", json!({"what": "open"})).await;
    assert!(refused.starts_with("refused: The poll stays open"), "{refused}");
    assert_eq!(room.host.ballots.names(), ["2026-W46"]);
}
