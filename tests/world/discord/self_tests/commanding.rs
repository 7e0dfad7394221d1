//! Self-tests of interactions' lives: one first answer in time, then everything else.

use serde_json::json;
use tokio::join;

use super::robot::{Robot, text};
use super::*;
use crate::world::discord::{Acted, Fault, schema};

const CALLBACK: &str = "POST /interactions/{i}/{token}/callback";

async fn started() -> (Discord, Robot) {
    let discord = server().await;
    register(&discord).await;
    let robot = Robot::start(&discord).await;
    (discord, robot)
}

/// Alice asks for the status and the robot answers so; the act and the payload.
async fn ask(discord: &Discord, robot: &mut Robot, answer: Value) -> (Acted, Value) {
    let act = discord.type_command(ALICE, CHANNEL, &["status"], json!({}));
    let (acted, interaction) = join!(act, async {
        let interaction = robot.interaction().await;
        let answered = robot.callback(&interaction, answer).await;
        assert_eq!(answered.status, 204, "{}", answered.body);
        interaction
    });
    (acted, interaction)
}

fn button() -> Value {
    let button = json!({"type": 2, "style": 1, "label": "More", "custom_id": "more"});
    json!([{"type": 1, "components": [button]}])
}

#[tokio::test]
async fn a_command_is_answered_for_all_to_see() {
    let (discord, mut robot) = started().await;
    let (acted, interaction) =
        ask(&discord, &mut robot, json!({"type": 4, "data": {"content": "fine"}})).await;
    assert!(acted.acknowledged_within.is_some() && !acted.deferred && !acted.private);
    assert_eq!(interaction["data"]["options"][0]["name"], "status");
    assert_eq!(discord.sees(BOB, CHANNEL)[0].content, "fine");
    let message = robot.hook("GET", &interaction, "@original", json!(null)).await;
    assert_eq!(schema::check("MessageResponse", &message.body), [""; 0]);
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_deferred_answer_comes_by_editing_the_original() {
    let (discord, mut robot) = started().await;
    let (acted, interaction) = ask(&discord, &mut robot, json!({"type": 5})).await;
    assert!(acted.deferred && discord.sees(BOB, CHANNEL)[0].thinking);
    robot.hook("PATCH", &interaction, "@original", json!({"content": "done"})).await;
    let shown = discord.answered(&acted, SOON).await;
    assert_eq!((shown.content.as_str(), shown.edited), ("done", false));
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_follow_up_to_a_deferral_leaves_a_complaint() {
    let (discord, mut robot) = started().await;
    let (_, interaction) = ask(&discord, &mut robot, json!({"type": 5})).await;
    robot.hook("POST", &interaction, "", json!({"content": "done"})).await;
    robot.hook("POST", &interaction, "", json!({"content": "more"})).await;
    assert_eq!(content(&discord), ["done", "more"]);
    assert!(complaint(&discord).contains("@original"));
}

#[tokio::test]
async fn who_sees_an_answer_is_decided_at_the_deferral() {
    let (discord, mut robot) = started().await;
    let (acted, interaction) =
        ask(&discord, &mut robot, json!({"type": 5, "data": {"flags": 64}})).await;
    robot.hook("PATCH", &interaction, "@original", json!({"content": "secret"})).await;
    assert!(acted.private);
    assert_eq!(discord.sees(ALICE, CHANNEL)[0].content, "secret");
    assert_eq!(discord.sees(BOB, CHANNEL), []);
    let (_, public) = ask(&discord, &mut robot, json!({"type": 5})).await;
    robot.hook("PATCH", &public, "@original", json!({"content": "x", "flags": 64})).await;
    assert_eq!(discord.sees(BOB, CHANNEL)[0].content, "x");
    assert!(complaint(&discord).contains("who sees a message"));
}

#[tokio::test]
async fn a_second_first_answer_is_refused() {
    let (discord, mut robot) = started().await;
    let answer = json!({"type": 4, "data": {"content": "fine"}});
    let (_, interaction) = ask(&discord, &mut robot, answer.clone()).await;
    assert_eq!(robot.callback(&interaction, answer).await.code(), 40060);
    assert!(complaint(&discord).contains("second first answer"));
}

#[tokio::test]
async fn a_first_answer_whose_reply_got_lost_may_be_tried_again() {
    let (discord, mut robot) = started().await;
    discord.fault(CALLBACK, [Fault::OddBody]);
    let answer = json!({"type": 4, "data": {"content": "fine"}});
    let (_, interaction) = ask(&discord, &mut robot, answer.clone()).await;
    assert_eq!(robot.callback(&interaction, answer).await.code(), 40060);
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn three_seconds_without_an_answer_are_too_long() {
    let (discord, mut robot) = started().await;
    let acted = discord.type_command(ALICE, CHANNEL, &["status"], json!({})).await;
    assert_eq!(acted.said.as_deref(), Some("The application did not respond"));
    let interaction = robot.interaction().await;
    assert_eq!(robot.callback(&interaction, json!({"type": 5})).await.code(), 10062);
    assert_eq!(robot.hook("POST", &interaction, "", json!({"content": "x"})).await.code(), 50027);
    assert_eq!(discord.unanswered().len(), 1);
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_token_dies_of_old_age() {
    let (discord, mut robot) = started().await;
    let (_, interaction) = ask(&discord, &mut robot, json!({"type": 5})).await;
    discord.age_tokens();
    let late = robot.hook("PATCH", &interaction, "@original", json!({"content": "x"})).await;
    assert_eq!((late.status, late.code()), (401, 50027));
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn nothing_comes_before_the_first_answer() {
    let (discord, mut robot) = started().await;
    let act = discord.type_command(ALICE, CHANNEL, &["status"], json!({}));
    let (_, early) = join!(act, async {
        let interaction = robot.interaction().await;
        let early = robot.hook("POST", &interaction, "", json!({"content": "x"})).await;
        robot.callback(&interaction, json!({"type": 5})).await;
        early
    });
    assert_eq!(early.code(), 10015);
    assert!(complaint(&discord).contains("before the first answer"));
}

#[tokio::test]
async fn a_button_changes_the_message_it_belongs_to() {
    let (discord, mut robot) = started().await;
    let id = post(&discord, json!({"content": "a", "components": button()})).await.id();
    let (acted, interaction) = join!(discord.press(BOB, &id, "More"), async {
        let interaction = robot.interaction().await;
        let answer = json!({"type": 7, "data": {"content": "b", "components": []}});
        robot.callback(&interaction, answer).await;
        interaction
    });
    assert_eq!(
        (acted.message, interaction["message"]["id"].as_str()),
        (Some(id.clone()), Some(id.as_str()))
    );
    assert_eq!(content(&discord), ["b"]);
    assert_eq!(discord.channel(CHANNEL)[0].buttons(), [""; 0]);
    let more = robot.hook("POST", &interaction, "", json!({"content": "psst", "flags": 64})).await;
    assert_eq!(more.status, 200);
    assert_eq!(discord.sees(BOB, CHANNEL).len(), 2);
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_silent_answer_makes_the_message_the_original() {
    let (discord, mut robot) = started().await;
    let id = post(&discord, json!({"content": "a", "components": button()})).await.id();
    let (_, interaction) = join!(discord.press(BOB, &id, "more"), async {
        let interaction = robot.interaction().await;
        robot.callback(&interaction, json!({"type": 6})).await;
        interaction
    });
    robot.hook("PATCH", &interaction, "@original", json!({"content": "b"})).await;
    assert_eq!(content(&discord), ["b"]);
    assert_eq!(discord.complaints(), [""; 0]);
}

fn modal() -> Value {
    let input =
        json!({"type": 4, "custom_id": "why", "style": 2, "label": "Why?", "max_length": 9});
    let rows = json!([{"type": 1, "components": [input]}]);
    json!({"type": 9, "data": {"custom_id": "mood", "title": "Mood", "components": rows}})
}

#[tokio::test]
async fn a_modal_comes_first_or_not_at_all_and_never_from_a_modal() {
    let (discord, mut robot) = started().await;
    let (acted, interaction) = ask(&discord, &mut robot, modal()).await;
    assert_eq!(acted.modal.as_ref().map(|modal| text(modal, "title")), Some("Mood"));
    let original = robot.hook("GET", &interaction, "@original", json!(null)).await;
    assert_eq!(original.code(), 10008);
    let submit = discord.submit(ALICE, &acted, json!({"why": "sunny"}));
    let (_, (sent, again)) = join!(submit, async {
        let sent = robot.interaction().await;
        let again = robot.callback(&sent, modal()).await;
        robot.callback(&sent, json!({"type": 4, "data": {"content": "noted", "flags": 64}})).await;
        (sent, again)
    });
    assert_eq!(sent["data"]["components"][0]["components"][0]["value"], "sunny");
    assert_eq!(again.code(), 50035);
    assert_eq!(discord.complaints().len(), 2, "{:?}", discord.complaints());
}

#[tokio::test]
async fn a_menus_choice_arrives() {
    let (discord, mut robot) = started().await;
    let menu = json!({
        "type": 3, "custom_id": "team", "options": [
            {"label": "One", "value": "1"}, {"label": "Two", "value": "2"}],
    });
    let rows = json!([{"type": 1, "components": [menu]}]);
    let id = post(&discord, json!({"content": "a", "components": rows})).await.id();
    let (acted, interaction) = join!(discord.choose(BOB, &id, "team", &["2"]), async {
        let interaction = robot.interaction().await;
        robot.callback(&interaction, json!({"type": 6})).await;
        interaction
    });
    assert_eq!(interaction["data"]["values"], json!(["2"]));
    assert!(acted.acknowledged_within.is_some());
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn the_answer_to_an_answer_is_shaped_as_described() {
    let (discord, mut robot) = started().await;
    let act = discord.type_command(ALICE, CHANNEL, &["status"], json!({}));
    let (_, answer) = join!(act, async {
        let interaction = robot.interaction().await;
        let (id, token) = (text(&interaction, "id"), text(&interaction, "token"));
        let path = format!("/interactions/{id}/{token}/callback?with_response=true");
        call(&discord, "POST", &path, json!({"type": 4, "data": {"content": "fine"}})).await
    });
    assert_eq!(schema::check("InteractionCallbackResponse", &answer.body), [""; 0]);
    assert_eq!(answer.body["resource"]["message"]["content"], "fine");
}

#[tokio::test]
async fn an_answer_that_is_slow_on_its_way_comes_too_late() {
    let (discord, mut robot) = started().await;
    discord.fault(CALLBACK, [Fault::Slow(Duration::from_millis(3_100))]);
    let act = discord.type_command(ALICE, CHANNEL, &["status"], json!({}));
    let (acted, answer) = join!(act, async {
        let interaction = robot.interaction().await;
        robot.callback(&interaction, json!({"type": 5})).await
    });
    assert_eq!((answer.code(), acted.acknowledged_within), (10062, None));
    assert_eq!(discord.sees(ALICE, CHANNEL), []);
    assert_eq!(discord.complaints(), [""; 0]);
}
