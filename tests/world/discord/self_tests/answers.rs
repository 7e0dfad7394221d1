//! Self-tests of the judges of first answers: each rule refuses what breaks it.

use serde_json::json;
use tokio::join;

use super::robot::Robot;
use super::*;

async fn refuses(all: Vec<(Value, &str)>) {
    let discord = server().await;
    register(&discord).await;
    let mut robot = Robot::start(&discord).await;
    let act = discord.type_command(ALICE, CHANNEL, &["status"], json!({}));
    let (acted, ()) = join!(act, async {
        let interaction = robot.interaction().await;
        for (body, why) in all {
            let known = discord.complaints().len();
            let answer = robot.callback(&interaction, body).await;
            assert_eq!(answer.body["code"], 50035, "{why}: {}", answer.body);
            let complaints = discord.complaints().split_off(known);
            assert!(complaints[0].contains(why), "{complaints:?} is not about {why}");
        }
        // A refused answer leaves the interaction as it was.
        assert_eq!(robot.callback(&interaction, json!({"type": 5})).await.status, 204);
    });
    assert!(acted.deferred);
}

#[tokio::test]
async fn first_answers_keep_to_their_type() {
    refuses(vec![
        (json!({"type": 1}), "type"),
        (json!({"type": 6}), "does not answer"),
        (json!({"type": 8, "data": {"choices": []}}), "does not answer"),
        (json!({"type": 5, "data": {"flags": 4}}), "no flags 4"),
        (json!({"type": 5, "data": {"content": "x"}}), "a deferral has no content"),
        (json!({"type": 4, "data": {"content": "x".repeat(2_001)}}), "content: 2001"),
        (json!({"type": 4, "data": {"content": "x", "flags": 1 << 9}}), "flags"),
    ])
    .await;
}

fn modal(change: impl FnOnce(&mut Value)) -> Value {
    let input = json!({"type": 4, "custom_id": "why", "style": 2, "label": "Why?"});
    let rows = json!([{"type": 1, "components": [input]}]);
    let mut data = json!({"custom_id": "mood", "title": "Mood", "components": rows});
    change(&mut data);
    json!({"type": 9, "data": data})
}

#[tokio::test]
async fn modals_keep_to_their_rules() {
    refuses(vec![
        (modal(|it| it["title"] = json!("x".repeat(46))), "a title of 46"),
        (modal(|it| it["components"] = json!([])), "0 components"),
        (
            modal(|it| it["components"][0]["components"][0]["label"] = json!("x".repeat(46))),
            "a label of 46",
        ),
        (
            modal(|it| {
                let input = &mut it["components"][0]["components"][0];
                (input["min_length"], input["max_length"]) = (json!(5), json!(4));
            }),
            "min_length above",
        ),
        (
            modal(|it| {
                let input = &mut it["components"][0]["components"][0];
                (input["value"], input["max_length"]) = (json!("too long"), json!(4));
            }),
            "longer than max_length",
        ),
        (
            modal(|it| {
                let row = it["components"][0].clone();
                it["components"].as_array_mut().expect("a list").push(row);
            }),
            "twice",
        ),
        (
            modal(|it| {
                let button = json!({"type": 2, "style": 1, "label": "a", "custom_id": "a"});
                it["components"][0]["components"] = json!([button]);
            }),
            "one text input",
        ),
    ])
    .await;
}

#[tokio::test]
async fn choices_are_few_and_short() {
    let discord = server().await;
    register(&discord).await;
    let mut robot = Robot::start(&discord).await;
    let act = discord.autocomplete(ALICE, CHANNEL, &["teammate"], json!({"name": "a"}), "name");
    let (choices, ()) = join!(act, async {
        let interaction = robot.interaction().await;
        let many: Value = (0..26).map(|n| json!({"name": n.to_string(), "value": "x"})).collect();
        for choices in [many, json!([{"name": "x".repeat(101), "value": "x"}])] {
            let body = json!({"type": 8, "data": {"choices": choices}});
            assert_eq!(robot.callback(&interaction, body).await.code(), 50035);
        }
    });
    assert_eq!(choices, Err("Loading options failed".to_owned()));
}

#[tokio::test]
async fn what_is_stored_is_told_as_described() {
    let discord = server().await;
    let menu = json!({
        "type": 3, "custom_id": "m", "options": [{"label": "One", "value": "1"}],
    });
    let button = json!({"type": 2, "style": 1, "label": "Go", "custom_id": "b"});
    let body = json!({
        "content": format!("<@{BOB}> <@&{LEADS}>"), "nonce": "n",
        "embeds": [{"title": "t", "fields": [{"name": "n", "value": "v", "inline": null}]}],
        "components": [{"type": 1, "components": [button]}, {"type": 1, "components": [menu]}],
    });
    let posted = post(&discord, body).await;
    assert_eq!(crate::world::discord::schema::check("MessageResponse", &posted.body), [""; 0]);
    assert_eq!(posted.body["nonce"], "n");
    assert_eq!(posted.body["mentions"][0]["id"], BOB);
}
