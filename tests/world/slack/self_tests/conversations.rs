//! Self-tests of the methods about conversations and people.

use serde_json::json;

use super::super::Slack;
use super::{CHANNEL, PERSON, call, workspace};

#[tokio::test]
async fn a_channel_describes_itself() {
    let slack = workspace().await;
    let ask = json!({"channel": CHANNEL, "include_num_members": true});
    let info = call(&slack, "conversations.info", ask.clone()).await;
    let channel = &info.body["channel"];
    assert_eq!((&channel["name"], &channel["is_member"]), (&json!("support"), &json!(true)));
    assert_eq!((&channel["is_private"], &channel["num_members"]), (&json!(false), &json!(1)));
    slack.kick(CHANNEL);
    slack.archive(CHANNEL);
    let info = call(&slack, "conversations.info", ask).await;
    assert_eq!(info.body["channel"]["is_member"], false);
    assert_eq!(info.body["channel"]["is_archived"], true);
    slack.put_private_channel("C0SECRET01", "secret");
    let secret = json!({"channel": "C0SECRET01"});
    let info = call(&slack, "conversations.info", secret.clone()).await;
    assert_eq!(info.body["channel"]["is_private"], true);
    slack.kick("C0SECRET01");
    assert_eq!(call(&slack, "conversations.info", secret).await.error(), "channel_not_found");
}

#[tokio::test]
async fn the_list_shows_the_kinds_asked_for() {
    let slack = workspace().await;
    slack.put_private_channel("C0SECRET01", "secret");
    slack.put_channel("C0ARCHIVED", "archived");
    slack.archive("C0ARCHIVED");
    let count = async |arguments| {
        let answer = call(&slack, "conversations.list", arguments).await;
        answer.body["channels"].as_array().expect("a list").len()
    };
    assert_eq!(count(json!({})).await, 2);
    assert_eq!(count(json!({"exclude_archived": true})).await, 1);
    assert_eq!(count(json!({"types": "public_channel,private_channel"})).await, 3);
    slack.kick("C0SECRET01");
    assert_eq!(count(json!({"types": "private_channel"})).await, 0);
    assert_eq!(slack.complaints(), [""; 0]);
    let unknown = call(&slack, "conversations.list", json!({"types": "public"})).await;
    assert_eq!(unknown.error(), "invalid_types");
    let limit = call(&slack, "conversations.list", json!({"limit": 1_000})).await;
    assert_eq!(limit.error(), "invalid_limit");
    let direct = call(&slack, "conversations.list", json!({"types": "im"})).await;
    assert_eq!(direct.body["needed"], "im:read");
}

#[tokio::test]
async fn a_direct_conversation_is_opened_once() {
    let slack = workspace().await;
    slack.put_user(PERSON, "alice");
    let users = json!({"users": PERSON});
    assert_eq!(call(&slack, "conversations.open", users.clone()).await.body["needed"], "im:write");
    slack.grant(&["im:write"]);
    let first = call(&slack, "conversations.open", users.clone()).await;
    let id = first.body["channel"]["id"].as_str().expect("an id").to_owned();
    assert!(id.starts_with('D'), "{id}");
    let second = call(&slack, "conversations.open", users).await;
    assert_eq!(
        (&second.body["channel"]["id"], &second.body["already_open"]),
        (&json!(id), &json!(true))
    );
    let posted = json!({"channel": id, "text": "hello"});
    assert_eq!(call(&slack, "chat.postMessage", posted).await.error(), "no error");
    assert_eq!(slack.channel(&id)[0].text, "hello");
    let stranger = call(&slack, "conversations.open", json!({"users": "U0NOBODY01"})).await;
    assert_eq!((stranger.error(), slack.complaints().len()), ("user_not_found", 0));
    let nobody = call(&slack, "conversations.open", json!({})).await;
    assert_eq!(nobody.error(), "users_list_not_supplied");
}

#[tokio::test]
async fn people_and_the_team_need_their_scopes() {
    let slack = workspace().await;
    let ask = json!({"user": Slack::BOT_USER});
    assert_eq!(call(&slack, "users.info", ask.clone()).await.body["needed"], "users:read");
    assert_eq!(call(&slack, "team.info", json!({})).await.body["needed"], "team:read");
    slack.grant(&["users:read", "team:read"]);
    assert_eq!(call(&slack, "users.info", ask).await.body["user"]["is_bot"], true);
    let stranger = call(&slack, "users.info", json!({"user": "U0NOBODY01"})).await;
    assert_eq!(stranger.error(), "user_not_found");
    let team = call(&slack, "team.info", json!({})).await;
    assert_eq!(team.body["team"]["id"], Slack::TEAM_ID);
    assert_eq!(slack.complaints(), [""; 0]);
}
