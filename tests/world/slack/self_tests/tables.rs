//! Self-tests of the tables: they are what the data says, and they are kept.

use std::io::{Write, stdout};
use std::path::PathBuf;

use serde_json::{Value, json};

use super::super::table::{TABLE, Type};
use super::{CHANNEL, call, workspace};

#[test]
fn the_tables_are_the_datas() {
    let Some(shared) = std::env::var_os("CXBOT_SHARED") else {
        let skipped = "SKIPPED: Slack's tables are not compared, CXBOT_SHARED is not set";
        writeln!(stdout(), "{skipped}").expect("somewhere to write to");
        return;
    };
    let folder = PathBuf::from(shared).join("data/slack/slack_kit-methods");
    for (name, method) in &TABLE.methods {
        let text = std::fs::read_to_string(folder.join(format!("{name}.json")));
        let data: Value = serde_json::from_str(&text.expect("the method's file")).expect("JSON");
        let label = data["rate_limit"]["label"].as_str().expect("a label");
        let tier = label.strip_prefix("Tier ").map(|rest| rest[..1].parse().expect("a digit"));
        assert_eq!(method.tier, tier, "{name}");
        let scopes = data["scopes"]["bot"].as_array().cloned().unwrap_or_default();
        let scopes: Vec<&Value> = scopes.iter().map(|scope| &scope["name"]).collect();
        assert_eq!(json!(method.bot_scopes), json!(scopes), "{name}");
        let arguments = data["args"].as_object().expect("arguments");
        assert!(method.args.keys().eq(arguments.keys()), "{name}");
        for (argument, value) in arguments {
            let ours = &method.args[argument];
            assert_eq!(json!(ours.required), value["required"], "{name}: {argument}");
            let kind = ours.kind.map(|kind| format!("{kind:?}").to_lowercase());
            assert_eq!(json!(kind), value["type"], "{name}: {argument}");
        }
        let errors = data["errors"].as_object().expect("errors");
        assert!(method.errors.iter().eq(errors.keys()), "{name}");
    }
}

#[test]
fn the_table_knows_the_types_that_the_data_leaves_out() {
    assert_eq!(TABLE.kind("chat.postMessage", "blocks"), Some(Type::Array));
    assert_eq!(TABLE.kind("chat.postMessage", "thread_ts"), Some(Type::String));
    assert_eq!(TABLE.kind("chat.update", "unfurl_links"), None);
}

#[tokio::test]
async fn unknown_arguments_and_wrong_types_are_refused_with_a_complaint() {
    let slack = workspace().await;
    let wrong = [
        json!({"colour": "red"}),
        json!({"text": 5}),
        json!({"text": null}),
        json!({"unfurl_links": "false"}),
        json!({"blocks": "[]"}),
        json!({"metadata": []}),
        json!({"thread_ts": 1_700_000_000.5}),
    ];
    for (index, more) in wrong.into_iter().enumerate() {
        let mut arguments = json!({"channel": CHANNEL, "text": "words"});
        for (key, value) in more.as_object().expect("fields") {
            arguments[key] = value.clone();
        }
        let refused = call(&slack, "chat.postMessage", arguments).await;
        assert_eq!(refused.error(), "invalid_arguments");
        assert!(refused.body["response_metadata"]["messages"][0].is_string());
        assert_eq!(slack.complaints().len(), index + 1);
    }
    assert!(slack.timeline(CHANNEL).is_empty());
}

#[tokio::test]
async fn a_missing_argument_has_the_methods_own_code() {
    let slack = workspace().await;
    let channel = json!({"channel": CHANNEL});
    let cases = [
        ("chat.postMessage", json!({"text": "x"}), "channel_not_found"),
        ("chat.update", json!({"channel": CHANNEL, "text": "x"}), "message_not_found"),
        ("chat.postEphemeral", json!({"channel": CHANNEL, "text": "x"}), "invalid_arguments"),
        ("conversations.replies", channel.clone(), "thread_not_found"),
        ("chat.getPermalink", channel, "message_not_found"),
        ("users.info", json!({}), "user_not_found"),
    ];
    let count = cases.len();
    for (method, arguments, code) in cases {
        assert_eq!(call(&slack, method, arguments).await.error(), code, "{method}");
    }
    assert_eq!(slack.complaints().len(), count);
}
