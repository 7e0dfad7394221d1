//! Self-tests of mentions: who is notified, and by what.

use serde_json::json;

use super::*;

#[tokio::test]
async fn without_a_rule_a_message_notifies_all_it_names() {
    let discord = server().await;
    say(&discord, &format!("<@{BOB}> <@&{LEADS}>")).await;
    assert_eq!(discord.notified(), [BOB, ALICE]);
}

#[tokio::test]
async fn an_empty_rule_notifies_nobody() {
    let discord = server().await;
    let content = format!("<@{BOB}> <@&{LEADS}> @everyone");
    post(&discord, json!({"content": content, "allowed_mentions": {"parse": []}})).await;
    assert_eq!(discord.notified(), [""; 0]);
}

#[tokio::test]
async fn a_rule_that_names_one_notifies_that_one() {
    let discord = server().await;
    let content = format!("<@{BOB}> <@{ALICE}>");
    post(&discord, json!({"content": content, "allowed_mentions": {"users": [ALICE]}})).await;
    assert_eq!(discord.notified(), [ALICE]);
}

#[tokio::test]
async fn everyone_is_notified_only_by_who_may() {
    let discord = server().await;
    say(&discord, "@everyone").await;
    assert_eq!(discord.notified(), [""; 0]);
    discord.permit(CHANNEL, 1 << 17);
    say(&discord, "@everyone").await;
    assert_eq!(discord.notified(), ["@everyone"]);
}

#[tokio::test]
async fn embeds_never_notify() {
    let discord = server().await;
    post(&discord, json!({"embeds": [{"description": format!("<@{BOB}>")}]})).await;
    assert_eq!(discord.notified(), [""; 0]);
}

#[tokio::test]
async fn an_edit_notifies_only_those_who_are_new() {
    let discord = server().await;
    let id = say(&discord, &format!("<@{BOB}>")).await.id();
    let path = format!("/channels/{CHANNEL}/messages/{id}");
    call(&discord, "PATCH", &path, json!({"content": format!("<@{BOB}> <@{ALICE}>")})).await;
    assert_eq!(discord.notified(), [BOB, ALICE]);
}
