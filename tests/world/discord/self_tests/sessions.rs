//! Self-tests of the gateway, with a bare client.

use serde_json::json;

use super::robot::{Heard, Robot};
use super::*;

async fn thrown_out(discord: &Discord, more: Value) -> Option<u16> {
    let mut robot = Robot::connect(discord).await;
    robot.identify(more).await;
    robot.closed().await
}

#[tokio::test]
async fn a_session_begins_only_with_the_right_words() {
    let discord = server().await;
    assert_eq!(thrown_out(&discord, json!({"token": "wrong"})).await, Some(4004));
    assert_eq!(thrown_out(&discord, json!({"intents": 2})).await, Some(4014));
    assert_eq!(discord.complaints(), [""; 0]);
    assert_eq!(thrown_out(&discord, json!({"intents": 1u64 << 60})).await, Some(4013));
    assert_eq!(thrown_out(&discord, json!({"filler": "x".repeat(4_096)})).await, Some(4002));
    assert_eq!(discord.complaints().len(), 2);
    discord.flag_members_intent(true);
    let mut robot = Robot::connect(&discord).await;
    robot.frame().await;
    robot.identify(json!({"intents": 3})).await;
    assert_eq!(robot.frame().await["d"]["application"]["flags"], 1 << 14);
    assert_eq!(robot.frame().await["t"], "GUILD_CREATE");
    assert_eq!(discord.identifies(), 1);
}

#[tokio::test]
async fn sessions_begin_five_seconds_apart() {
    let discord = server().await;
    let _first = Robot::start(&discord).await;
    let mut second = Robot::connect(&discord).await;
    second.frame().await;
    second.identify(json!({})).await;
    let invalid = second.frame().await;
    assert_eq!((&invalid["op"], &invalid["d"]), (&json!(9), &json!(false)));
    discord.identify_spacing(Duration::ZERO);
    second.identify(json!({})).await;
    assert_eq!(second.frame().await["t"], "READY");
}

#[tokio::test]
async fn what_was_missed_is_told_on_resuming_and_lost_in_a_new_session() {
    let discord = server().await;
    let mut robot = Robot::connect(&discord).await;
    robot.frame().await;
    robot.identify(json!({})).await;
    let session = robot.frame().await["d"]["session_id"].clone();
    discord.cut_gateway();
    assert_eq!(robot.closed().await, None);
    discord.send_event("ODD", json!({"missed": true}));
    let mut robot = Robot::connect(&discord).await;
    // As serenity does, before it has read the greeting.
    robot.resume(&session, 1).await;
    assert_eq!(robot.frame().await["op"], 10);
    assert_eq!(robot.frame().await["d"], json!({"missed": true}));
    assert_eq!(robot.frame().await["t"], "RESUMED");
    assert_eq!(discord.resumes(), 1);
    discord.invalidate_session(false);
    assert_eq!(robot.frame().await["op"], 9);
    discord.send_event("LOST", json!({}));
    discord.identify_spacing(Duration::ZERO);
    let mut robot = Robot::start(&discord).await;
    assert!(matches!(robot.hear().await, Heard::Nothing));
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_number_from_the_future_ends_the_session() {
    let discord = server().await;
    let mut robot = Robot::connect(&discord).await;
    robot.frame().await;
    robot.identify(json!({})).await;
    let session = robot.frame().await["d"]["session_id"].clone();
    discord.close_gateway(4000);
    assert_eq!(robot.closed().await, Some(4000));
    let mut robot = Robot::connect(&discord).await;
    robot.resume(&session, 99).await;
    assert_eq!(robot.closed().await, Some(4007));
    assert!(complaint(&discord).contains("never sent"));
    let mut robot = Robot::connect(&discord).await;
    robot.frame().await;
    robot.resume(&session, 1).await;
    assert_eq!(robot.frame().await["op"], 9);
}

#[tokio::test]
async fn heartbeats_are_acknowledged_unless_they_are_withheld() {
    let discord = server().await;
    let mut robot = Robot::start(&discord).await;
    robot.say(json!({"op": 1, "d": 1})).await;
    assert_eq!(robot.frame().await["op"], 11);
    discord.withhold_acks(true);
    robot.say(json!({"op": 1, "d": 1})).await;
    assert!(matches!(robot.hear().await, Heard::Nothing));
}

#[tokio::test]
async fn a_client_that_sends_no_heartbeats_is_thrown_out() {
    let discord = server().await;
    discord.heartbeat_interval(Duration::from_secs(1));
    let mut robot = Robot::start(&discord).await;
    tokio::time::sleep(Duration::from_millis(3_600)).await;
    assert_eq!(robot.closed().await, Some(4009));
    assert!(complaint(&discord).contains("no heartbeat"));
}

#[tokio::test]
async fn a_client_that_talks_too_much_is_thrown_out() {
    let discord = server().await;
    let mut robot = Robot::start(&discord).await;
    discord.withhold_acks(true);
    for _ in 0..120 {
        robot.say(json!({"op": 1, "d": 1})).await;
    }
    assert_eq!(robot.closed().await, Some(4008));
    assert!(complaint(&discord).contains("120"));
}

#[tokio::test]
async fn operations_that_are_unknown_or_too_early_are_refused() {
    let discord = server().await;
    for (op, code) in [(99, 4001), (3, 4003)] {
        let mut robot = Robot::connect(&discord).await;
        robot.say(json!({"op": op, "d": {}})).await;
        assert_eq!(robot.closed().await, Some(code));
    }
    discord.identify_spacing(Duration::ZERO);
    let mut robot = Robot::start(&discord).await;
    robot.identify(json!({})).await;
    assert_eq!(robot.closed().await, Some(4005));
    assert_eq!(discord.complaints().len(), 3);
}

#[tokio::test]
async fn events_are_compressed_for_who_asks_for_it() {
    let discord = server().await;
    let mut robot = Robot::connect(&discord).await;
    assert!(matches!(robot.hear().await, Heard::Frame(_)));
    robot.identify(json!({"compress": true})).await;
    assert!(matches!(robot.hear().await, Heard::Binary(_)));
}

#[tokio::test]
async fn a_frozen_gateway_says_nothing_but_forgets_nothing() {
    let discord = server().await;
    let mut robot = Robot::connect(&discord).await;
    robot.frame().await;
    robot.identify(json!({})).await;
    let session = robot.frame().await["d"]["session_id"].clone();
    discord.freeze_gateway();
    robot.say(json!({"op": 1, "d": 1})).await;
    discord.send_event("ODD", json!({}));
    assert!(matches!(robot.hear().await, Heard::Nothing));
    let mut robot = Robot::connect(&discord).await;
    robot.frame().await;
    robot.resume(&session, 1).await;
    assert_eq!(robot.frame().await["t"], "ODD");
}

#[tokio::test]
async fn an_interaction_can_come_twice_or_lack_a_field() {
    let discord = server().await;
    register(&discord).await;
    let mut robot = Robot::start(&discord).await;
    discord.leave_out("locale");
    let act = discord.type_command(ALICE, CHANNEL, &["status"], json!({}));
    let (_, ()) = tokio::join!(act, async {
        let first = robot.frame().await;
        discord.repeat_last_interaction();
        assert_eq!(first, robot.frame().await);
        assert_eq!(first["d"]["locale"], Value::Null);
        robot.callback(&first["d"], json!({"type": 5})).await;
    });
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_client_that_says_goodbye_ends_its_session() {
    let discord = server().await;
    for (code, ends) in [(1000, true), (4000, false)] {
        discord.identify_spacing(Duration::ZERO);
        let mut robot = Robot::connect(&discord).await;
        robot.frame().await;
        robot.identify(json!({})).await;
        let session = robot.frame().await["d"]["session_id"].clone();
        robot.goodbye(code).await;
        let mut robot = Robot::connect(&discord).await;
        robot.frame().await;
        robot.resume(&session, 1).await;
        let answer = robot.frame().await;
        assert_eq!((code, answer["op"] == 9), (code, ends), "{answer}");
    }
}
