//! Self-tests of messages: posting, editing, listing, files, and the bot's rights.

use serde_json::json;

use super::*;
use crate::world::discord::What;
use crate::world::discord::schema;

#[tokio::test]
async fn a_posted_message_is_there_until_it_is_deleted() {
    let discord = server().await;
    let id = say(&discord, " hello ").await.id();
    let path = format!("/channels/{CHANNEL}/messages/{id}");
    assert_eq!(get(&discord, &path).await.body["content"], "hello");
    let edited = call(&discord, "PATCH", &path, json!({"content": "bye"})).await;
    assert_eq!((edited.status, &edited.body["content"]), (200, &json!("bye")));
    assert!(discord.channel(CHANNEL)[0].edited);
    let gone = send(request(&discord, Method::DELETE, &path)).await.expect("an answer");
    assert_eq!(gone.status, 204);
    assert_eq!(get(&discord, &path).await.code(), 10008);
    let whats: Vec<What> = discord.timeline(CHANNEL).iter().map(|event| event.what).collect();
    assert_eq!(whats, [What::Posted, What::Edited, What::Deleted]);
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn an_edit_leaves_what_it_does_not_name() {
    let discord = server().await;
    let id = post(&discord, json!({"content": "a", "embeds": [{"title": "t"}]})).await.id();
    let path = format!("/channels/{CHANNEL}/messages/{id}");
    call(&discord, "PATCH", &path, json!({"content": "b"})).await;
    let shown = &discord.channel(CHANNEL)[0];
    assert_eq!(shown.words(), "b\nt");
    let empty = call(&discord, "PATCH", &path, json!({"content": "", "embeds": []})).await;
    assert_eq!(empty.code(), 50006);
}

#[tokio::test]
async fn a_list_is_newest_first_and_pages_by_ids() {
    let discord = server().await;
    let ids = [
        say(&discord, "1").await.id(),
        say(&discord, "2").await.id(),
        say(&discord, "3").await.id(),
    ];
    let list = async |query: String| {
        let path = format!("/channels/{CHANNEL}/messages?{query}");
        let answer = get(&discord, &path).await;
        let all = answer.body.as_array().expect("a list").clone();
        all.iter().map(|it| it["content"].as_str().expect("text").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list("limit=2".to_owned()).await, ["3", "2"]);
    assert_eq!(list(format!("before={}", ids[2])).await, ["2", "1"]);
    assert_eq!(list(format!("after={}&limit=1", ids[0])).await, ["2"]);
    assert_eq!(list(format!("around={}&limit=3", ids[1])).await, ["3", "2", "1"]);
    let wrong = get(&discord, &format!("/channels/{CHANNEL}/messages?limit=101")).await;
    assert_eq!(wrong.code(), 50035);
}

#[tokio::test]
async fn a_picture_is_kept_with_its_size_and_words() {
    let discord = server().await;
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend_from_slice(&[0, 0, 3, 32, 0, 0, 1, 44]);
    let body = json!({
        "embeds": [{"image": {"url": "attachment://chart.png"}}],
        "attachments": [{"id": 0, "filename": "chart.png", "description": "A line"}],
    });
    let posted = post_file(&discord, body, "chart.png", &png).await;
    assert_eq!(posted.status, 200, "{}", posted.body);
    let shown = discord.channel(CHANNEL).remove(0);
    let file = &shown.attachments[0];
    assert_eq!((file.size, file.description.as_deref()), (Some((800, 300)), Some("A line")));
    assert_eq!(file.bytes, png);
    assert_eq!(schema::check("MessageResponse", &posted.body), [""; 0]);
}

#[tokio::test]
async fn each_missing_right_is_refused_in_its_own_way() {
    let discord = server().await;
    discord.deny(CHANNEL, 1 << 11);
    assert_eq!(say(&discord, "x").await.code(), 50013);
    discord.permit(CHANNEL, 1 << 11);
    discord.deny(CHANNEL, 1 << 10);
    assert_eq!(say(&discord, "x").await.code(), 50001);
    discord.permit(CHANNEL, 1 << 10);
    discord.deny(CHANNEL, 1 << 15);
    assert_eq!(post_file(&discord, json!({}), "a.txt", b"a").await.code(), 50013);
    assert_eq!(discord.complaints(), [""; 0]);
    say(&discord, "x").await;
    discord.deny(CHANNEL, 1 << 16);
    assert_eq!(get(&discord, &format!("/channels/{CHANNEL}/messages")).await.body, json!([]));
}

#[tokio::test]
async fn embeds_without_the_right_to_them_are_not_shown() {
    let discord = server().await;
    discord.deny(CHANNEL, 1 << 14);
    post(&discord, json!({"content": "a", "embeds": [{"title": "t"}]})).await;
    assert_eq!(discord.channel(CHANNEL)[0].words(), "a");
    assert!(complaint(&discord).contains("EMBED_LINKS"));
}

#[tokio::test]
async fn what_is_gone_is_unknown_without_a_complaint() {
    let discord = server().await;
    let id = say(&discord, "x").await.id();
    discord.delete_by_hand(CHANNEL, &id);
    let path = format!("/channels/{CHANNEL}/messages/{id}");
    assert_eq!(call(&discord, "PATCH", &path, json!({"content": "y"})).await.code(), 10008);
    discord.delete_channel(CHANNEL);
    assert_eq!(say(&discord, "x").await.code(), 10003);
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn nobody_edits_the_words_of_others() {
    let discord = server().await;
    let id = discord.say(CHANNEL, ALICE, "mine");
    let path = format!("/channels/{CHANNEL}/messages/{id}");
    assert_eq!(call(&discord, "PATCH", &path, json!({"content": "y"})).await.code(), 50005);
    assert!(complaint(&discord).contains("somebody else"));
}

#[tokio::test]
async fn an_edit_keeps_the_files_that_it_lists_or_all_if_it_lists_none() {
    let discord = server().await;
    let id = post_file(&discord, json!({"content": "x"}), "a.txt", b"a").await.id();
    let path = format!("/channels/{CHANNEL}/messages/{id}");
    let files = || discord.channel(CHANNEL)[0].attachments.len();
    call(&discord, "PATCH", &path, json!({"content": "y"})).await;
    assert_eq!(files(), 1);
    let kept = discord.channel(CHANNEL)[0].attachments[0].id.clone();
    call(&discord, "PATCH", &path, json!({"attachments": [{"id": kept}]})).await;
    assert_eq!(files(), 1);
    call(&discord, "PATCH", &path, json!({"attachments": []})).await;
    assert_eq!(files(), 0);
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_channel_with_a_person_opens_once_and_takes_posts_only_if_they_do() {
    let discord = server().await;
    let open = async || {
        call(&discord, "POST", "/users/@me/channels", json!({"recipient_id": ALICE})).await.id()
    };
    let id = open().await;
    let path = format!("/channels/{id}/messages");
    let posted = call(&discord, "POST", &path, json!({"content": "hello"})).await;
    assert_eq!((posted.status, discord.direct(ALICE).len()), (200, 1));
    discord.takes_direct_messages(ALICE, false);
    assert_eq!(open().await, id);
    let refused = call(&discord, "POST", &path, json!({"content": "again"})).await;
    assert_eq!((refused.status, refused.code()), (403, 50007));
    assert_eq!(discord.complaints(), [""; 0]);
}
