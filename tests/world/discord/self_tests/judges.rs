//! Self-tests of the judges: each rule refuses what breaks it, once for each.

use serde_json::json;

use super::*;
use crate::world::discord::schema;

fn rows(components: Value) -> Value {
    json!({"content": "x", "components": [{"type": 1, "components": components}]})
}

fn button(id: &str) -> Value {
    json!({"type": 2, "style": 1, "label": "Go", "custom_id": id})
}

fn menu(more: Value) -> Value {
    let mut menu = json!({
        "type": 3, "custom_id": "m", "options": [{"label": "One", "value": "1"}],
    });
    menu.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
    rows(json!([menu]))
}

/// Every one of these is refused, and the complaint is about this.
async fn refuses(path: &str, http: &str, all: Vec<(Value, &str)>) {
    for (body, why) in all {
        let discord = server().await;
        let answer = call(&discord, http, path, body.clone()).await;
        assert_eq!(answer.body["code"], 50035, "{why}: {}", answer.body);
        let complaint = complaint(&discord);
        assert!(complaint.contains(why), "{complaint} is not about {why}");
    }
}

async fn refuses_messages(all: Vec<(Value, &str)>) {
    refuses(&format!("/channels/{CHANNEL}/messages"), "POST", all).await;
}

#[tokio::test]
async fn messages_keep_to_their_sizes() {
    let six_thousand =
        json!([{"description": "x".repeat(3_001)}, {"description": "x".repeat(3_000)}]);
    let fields = json!([{"fields": [{"name": " ", "value": "x"}]}]);
    refuses_messages(vec![
        (json!({"content": "x".repeat(2_001)}), "rules: content: 2001"),
        (json!({"embeds": six_thousand}), "6001 characters together"),
        (json!({"embeds": [{"title": "x".repeat(257)}]}), "rules: embeds: /title"),
        (json!({"embeds": fields}), "a field's name of 0"),
        (json!({"embeds": [{}]}), "an empty one"),
        (json!({"embeds": [{"image": {"url": "attachment://a.png"}}]}), "no file is named"),
        (json!({"content": "x", "attachments": [{"id": 0}]}), "files[0]"),
    ])
    .await;
    let discord = server().await;
    let full =
        json!({"content": "x".repeat(2_000), "embeds": [{"description": "x".repeat(4_096)}]});
    assert_eq!(post(&discord, full).await.status, 200);
    assert_eq!(post(&discord, json!({"content": "  "})).await.code(), 50006);
}

#[tokio::test]
async fn messages_keep_to_their_fields() {
    refuses_messages(vec![
        (json!({"content": "x", "flags": 64}), "flags: 64"),
        (json!({"content": "x", "nonce": "n".repeat(26)}), "nonce"),
        (json!({"content": "x", "enforce_nonce": true}), "there is no nonce"),
        (
            json!({"content": "x", "allowed_mentions": {"parse": ["users"], "users": [BOB]}}),
            "both all users and some",
        ),
    ])
    .await;
}

#[tokio::test]
async fn rows_hold_buttons_or_one_menu() {
    let mut six = rows(json!([button("a")]));
    six["components"] = (0..6)
        .map(|number| json!({"type": 1, "components": [button(&number.to_string())]}))
        .collect();
    let mixed = rows(json!([
        button("a"),
        {"type": 3, "custom_id": "m", "options": [{"label": "One", "value": "1"}]},
    ]));
    let link =
        json!({"type": 2, "style": 5, "label": "Go", "custom_id": "a", "url": "https://a.b"});
    let bare = json!({"type": 2, "style": 1, "custom_id": "a"});
    let mut long = button("a");
    long["label"] = json!("x".repeat(81));
    refuses_messages(vec![
        (six, "more than five rows"),
        (mixed, "or one menu"),
        (rows(json!([button("a"), button("a")])), "twice"),
        (rows(json!([link])), "has a url"),
        (rows(json!([bare])), "without label"),
        (rows(json!([long])), "more than 80"),
        (rows(json!([button(&"x".repeat(101))])), "custom_id of 101"),
        (json!({"content": "x", "components": [{"type": 10, "content": "V2"}]}), "no row"),
    ])
    .await;
}

#[tokio::test]
async fn menus_can_be_answered() {
    let two = json!([{"label": "One", "value": "1"}, {"label": "Two", "value": "1"}]);
    refuses_messages(vec![
        (menu(json!({"max_values": 2})), "above the number of options"),
        (menu(json!({"min_values": 2})), "min_values above"),
        (menu(json!({"options": two})), "one value"),
    ])
    .await;
    let discord = server().await;
    assert_eq!(post(&discord, menu(json!({"placeholder": "Which?"}))).await.status, 200);
}

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut all = command();
    change(&mut all[0]);
    all
}

#[tokio::test]
async fn commands_keep_to_their_rules() {
    let path = format!("/applications/{}/guilds/{}/commands", Discord::APPLICATION, Discord::GUILD);
    let option = |more: Value| {
        let mut option = json!({"type": 3, "name": "late", "description": "d"});
        option.as_object_mut().expect("an object").extend(more.as_object().expect("it").clone());
        with(|it| it["options"][1]["options"].as_array_mut().expect("a list").push(option))
    };
    let twice = json!([command()[0], command()[0]]);
    let long = with(|it| {
        let choices: Value = (0..25)
            .map(|n| json!({"name": format!("{n:x>100}"), "value": "x".repeat(100)}))
            .collect();
        let options = (0..2).map(
            |n| json!({"type": 3, "name": format!("o{n}"), "description": "d", "choices": choices}),
        );
        it["options"] = options.collect();
    });
    let choices = json!([{"name": "a", "value": "a"}]);
    let deep = with(|it| {
        let group = json!({"type": 2, "name": "in", "description": "d", "options": []});
        it["options"] = json!([{"type": 2, "name": "g", "description": "d", "options": [group]}]);
    });
    refuses(
        &path,
        "PUT",
        vec![
            (with(|it| it["name"] = json!("CX")), "is no name"),
            (with(|it| it["name"] = json!("c x")), "is no name"),
            (with(|it| it["description"] = json!("")), "wrong length"),
            (with(|it| it["contexts"] = json!([0])), "belongs to global"),
            (twice, "commands named \"cx\" twice"),
            (option(json!({"required": true})), "after one that is not"),
            (option(json!({"name": "weeks"})), "options named"),
            (option(json!({"type": 1})), "side by side"),
            (option(json!({"choices": choices, "autocomplete": true})), "choices and autocomplete"),
            (option(json!({"min_length": 5, "max_length": 4})), "min_length above"),
            (long, "characters together"),
            (deep, "a group"),
        ],
    )
    .await;
}

#[tokio::test]
async fn serenitys_empty_fields_are_no_mistake() {
    let discord = server().await;
    let path = format!("/applications/{}/guilds/{}/commands", Discord::APPLICATION, Discord::GUILD);
    let body = with(|it| {
        it["nsfw"] = json!(false);
        it["default_member_permissions"] = json!("32");
        let option = &mut it["options"][1]["options"][1];
        for empty in ["choices", "channel_types"] {
            option[empty] = json!([]);
        }
        option["min_length"] = Value::Null;
        option["autocomplete"] = json!(false);
    });
    let answer = call(&discord, "PUT", &path, body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body[0]["default_member_permissions"], "32");
    assert_eq!(answer.body[0]["options"][1]["options"][1].get("choices"), None);
}

#[tokio::test]
async fn the_official_description_refuses_wrong_types_and_unknown_fields() {
    if !schema::is_there() {
        return;
    }
    refuses_messages(vec![
        (json!({"content": 7}), "schema"),
        (json!({"content": "x", "colour": 7}), "no field \"colour\""),
        (json!({"embeds": [{"title": "x", "text": "y"}]}), "no field \"text\""),
        (
            rows(json!([{"type": 2, "style": 1, "label": "a", "custom_id": "a", "id": "b"}])),
            "schema",
        ),
    ])
    .await;
}

#[tokio::test]
async fn twilight_refuses_on_its_own() {
    refuses_messages(vec![
        (json!({"embeds": [{"title": "x".repeat(257)}]}), "twilight"),
        (json!({"content": "x".repeat(2_001)}), "twilight"),
        (rows(json!([button(&"x".repeat(101))])), "twilight"),
    ])
    .await;
}

#[tokio::test]
async fn a_file_can_be_too_large_or_badly_named() {
    let discord = server().await;
    let large = vec![0; (10 << 20) + 1];
    assert_eq!(post_file(&discord, json!({}), "a.bin", &large).await.code(), 50045);
    assert_eq!(post_file(&discord, json!({}), "ä b.png", b"a").await.code(), 50035);
}
