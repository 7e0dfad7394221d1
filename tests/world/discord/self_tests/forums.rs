//! Self-tests of threads and forums.

use serde_json::json;

use super::*;
use crate::world::discord::schema;

#[tokio::test]
async fn a_thread_begins_at_a_message_and_bears_its_id() {
    let discord = server().await;
    let id = say(&discord, "top").await.id();
    let path = format!("/channels/{CHANNEL}/messages/{id}/threads");
    let thread = call(&discord, "POST", &path, json!({"name": "more"})).await;
    assert_eq!((thread.status, thread.id()), (201, id.clone()));
    assert_eq!(schema::check("ThreadResponse", &thread.body), [""; 0]);
    call(&discord, "POST", &format!("/channels/{id}/messages"), json!({"content": "in"})).await;
    assert_eq!(discord.thread(CHANNEL, &id)[0].content, "in");
    assert_eq!(discord.channel(CHANNEL)[0].thread, Some(id.clone()));
    assert_eq!(discord.threads(CHANNEL), [(id, "more".to_owned())]);
    assert_eq!(call(&discord, "POST", &path, json!({"name": "more"})).await.code(), 160_004);
}

#[tokio::test]
async fn threads_ask_for_rights_of_their_own() {
    let discord = server().await;
    let id = say(&discord, "top").await.id();
    let path = format!("/channels/{CHANNEL}/messages/{id}/threads");
    discord.deny(CHANNEL, 1 << 35);
    assert_eq!(call(&discord, "POST", &path, json!({"name": "more"})).await.code(), 50013);
    discord.permit(CHANNEL, 1 << 35);
    call(&discord, "POST", &path, json!({"name": "more"})).await;
    discord.deny(CHANNEL, 1 << 38);
    let inside = format!("/channels/{id}/messages");
    assert_eq!(call(&discord, "POST", &inside, json!({"content": "x"})).await.code(), 50013);
    discord.permit(CHANNEL, 1 << 38);
    discord.deny(CHANNEL, 1 << 11);
    assert_eq!(call(&discord, "POST", &inside, json!({"content": "x"})).await.status, 200);
}

#[tokio::test]
async fn a_message_opens_an_archived_thread_but_no_locked_one() {
    let discord = server().await;
    let body = json!({"name": "week", "message": {"content": "first"}});
    let id = call(&discord, "POST", &format!("/channels/{FORUM}/threads"), body).await.id();
    let path = format!("/channels/{id}/messages");
    discord.archive(&id);
    let edit = format!("{path}/{id}");
    assert_eq!(call(&discord, "PATCH", &edit, json!({"content": "x"})).await.code(), 50083);
    call(&discord, "POST", &path, json!({"content": "second"})).await;
    assert!(!discord.is_archived(&id));
    discord.lock_thread(&id);
    assert_eq!(call(&discord, "POST", &path, json!({"content": "x"})).await.code(), 160_005);
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_forum_takes_threads_with_a_message_and_its_tags() {
    let discord = server().await;
    let path = format!("/channels/{FORUM}/threads");
    let body = json!({"name": "week", "message": {"content": "first"}, "applied_tags": [TAG]});
    let posted = call(&discord, "POST", &path, body).await;
    assert_eq!(posted.status, 201, "{}", posted.body);
    let mut thread = posted.body.clone();
    // The documents have it, the description does not.
    let message = thread.as_object_mut().expect("an object").remove("message");
    let message = message.expect("the first message");
    assert_eq!(schema::check("CreatedThreadResponse", &thread), [""; 0]);
    assert_eq!(schema::check("MessageResponse", &message), [""; 0]);
    assert_eq!(message["id"], thread["id"]);
    assert_eq!(discord.thread(FORUM, &posted.id())[0].content, "first");
    let unknown = json!({"name": "w", "message": {"content": "x"}, "applied_tags": [CHANNEL]});
    assert_eq!(call(&discord, "POST", &path, unknown).await.code(), 50035);
    let flat = format!("/channels/{FORUM}/messages");
    let flat = call(&discord, "POST", &flat, json!({"content": "x"})).await;
    assert_eq!(flat.code(), 50008);
}

#[tokio::test]
async fn a_forum_can_insist_on_tags() {
    let discord = server().await;
    discord.put_forum("1100000000000000008", "strict", true);
    let body = json!({"name": "week", "message": {"content": "first"}});
    let answer = call(&discord, "POST", "/channels/1100000000000000008/threads", body).await;
    assert_eq!(answer.code(), 40067);
}
