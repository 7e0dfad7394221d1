//! Self-tests against Discord's own samples, in the folder that CXBOT_SHARED names.

use std::collections::BTreeSet;

use serde_json::json;

use super::robot::Robot;
use super::*;
use crate::world::discord::schema;

fn sample(line: u64) -> Option<Value> {
    let all = schema::shared("docs-samples.json")?;
    let all = all.as_array().expect("a list");
    let found = all.iter().find(|it| {
        let source = it["source"].as_str().unwrap_or_default();
        source.ends_with("application-commands.mdx") && it["line"] == line
    });
    let found = found.expect("a sample at this line");
    let keys = ["json", "sample", "value", "data", "body"];
    keys.iter().find_map(|key| found.get(*key)).cloned()
}

fn keys(value: &Value) -> BTreeSet<&String> {
    value.as_object().into_iter().flatten().map(|(key, _)| key).collect()
}

#[tokio::test]
async fn an_interaction_has_every_field_of_the_documents_sample() {
    let Some(theirs) = sample(500) else { return };
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
