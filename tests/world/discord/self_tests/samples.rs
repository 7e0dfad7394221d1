//! Self-tests against Discord's own samples, in the folder that CXBOT_SHARED names.

use std::collections::BTreeSet;

use serde_json::json;

use super::robot::Robot;
use super::*;
use crate::world::discord::schema;

/// The documents' samples; none without the folder.
fn samples() -> Vec<(String, u64, Value)> {
    let all = schema::shared("docs-samples.json").unwrap_or_default();
    let all = all.as_array().cloned().unwrap_or_default();
    let parts = all.into_iter().map(|it| {
        let source = it["source"].as_str().expect("a source").to_owned();
        (source, it["line"].as_u64().expect("a line"), it["json"].clone())
    });
    parts.collect()
}

fn sample(file: &str, line: u64) -> Option<Value> {
    let all = samples();
    let found = all.iter().find(|(source, at, _)| source.ends_with(file) && *at == line);
    assert!(all.is_empty() || found.is_some(), "no sample of {file} at {line}");
    found.map(|(.., json)| json.clone())
}

fn keys(value: &Value) -> BTreeSet<&String> {
    value.as_object().into_iter().flatten().map(|(key, _)| key).collect()
}

#[tokio::test]
async fn an_interaction_has_every_field_of_the_documents_sample() {
    let Some(theirs) = sample("application-commands.mdx", 500) else { return };
    let discord = server().await;
    register(&discord).await;
    let mut robot = Robot::start(&discord).await;
    let act = discord.type_command(ALICE, CHANNEL, &["status"], json!({}));
    let (_, ours) = tokio::join!(act, async {
        let ours = robot.interaction().await;
        robot.callback(&ours, json!({"type": 5})).await;
        ours
    });
    let missing: Vec<_> = keys(&theirs).difference(&keys(&ours)).cloned().collect();
    assert_eq!(missing, Vec::<&String>::new());
    let (theirs, ours) = (keys(&theirs["data"]), keys(&ours["data"]));
    assert_eq!(theirs.difference(&ours).collect::<Vec<_>>(), Vec::<&&String>::new());
}

#[test]
fn the_judge_by_schema_is_there_when_the_folder_is_named() {
    assert_eq!(schema::is_there(), schema::shared("openapi.json").is_some());
}

#[test]
fn the_judge_by_schema_takes_every_message_and_modal_of_the_documents() {
    let mut judged = 0;
    for (source, line, body) in samples() {
        // Types 3 and 5 are what comes in.
        let components = body["components"].is_array() && body.get("title").is_none();
        let name = match body["type"].as_u64() {
            None if components => "MessageCreateRequest",
            Some(9) => "ModalInteractionCallbackRequest",
            _ => continue,
        };
        judged += 1;
        let problems = schema::check(name, &schema::normal(&body));
        assert_eq!(problems, [""; 0], "{source} {line}");
    }
    assert!(samples().is_empty() || judged >= 20, "only {judged} of them");
}

#[tokio::test]
async fn the_documents_legacy_message_can_be_posted() {
    let Some(body) = sample("reference.mdx", 2_547) else { return };
    let discord = server().await;
    let posted = post(&discord, body).await;
    assert_eq!(posted.status, 200, "{}", posted.body);
    let theirs = sample("resources/message.mdx", 167).expect("a message");
    let (theirs, ours) = (keys(&theirs), keys(&posted.body));
    let missing: Vec<&str> = theirs.difference(&ours).map(|key| key.as_str()).collect();
    assert_eq!(missing, ["reactions"]);
}

#[tokio::test]
async fn the_documents_first_words_open_a_session() {
    let Some(mut frame) = sample("gateway.mdx", 198) else { return };
    let discord = server().await;
    let mut robot = Robot::connect(&discord).await;
    let hello = robot.frame().await;
    let theirs = sample("gateway.mdx", 129).expect("a greeting");
    assert_eq!(keys(&hello["d"]), keys(&theirs["d"]));
    frame["d"]["token"] = json!(Discord::TOKEN);
    robot.say(frame).await;
    assert_eq!(robot.frame().await["t"], "READY");
}
