//! Self-tests of reading back: what history and threads show, and what they hide.

use std::time::Duration;

use serde_json::json;

use super::super::Slack;
use super::{CHANNEL, PERSON, call, history, post, reply, workspace};

#[tokio::test]
async fn history_shows_parents_newest_first() {
    let slack = workspace().await;
    let parent = post(&slack, "one").await.ts();
    slack.say(CHANNEL, PERSON, "two");
    let child = reply(&slack, &parent, "reply").await.ts();
    let answer = history(&slack, json!({})).await;
    assert_eq!((answer.texts(), &answer.body["has_more"]), (vec!["two", "one"], &json!(false)));
    let top = &answer.body["messages"][1];
    assert_eq!((&top["reply_count"], &top["latest_reply"]), (&json!(1), &json!(child)));
    assert_eq!((&top["thread_ts"], &top["bot_id"]), (&json!(parent), &json!(Slack::BOT_ID)));
    assert_eq!(answer.body["messages"][0]["user"], PERSON);
    assert!(answer.body["messages"][0].get("bot_id").is_none());
}

#[tokio::test]
async fn a_range_excludes_its_ends_unless_they_are_wanted() {
    let slack = workspace().await;
    for second in 1..=4 {
        slack.set_time(Some(1_700_000_000.0 + f64::from(second)));
        post(&slack, &second.to_string()).await;
    }
    let range = json!({"oldest": "1700000001", "latest": "1700000003.000000"});
    assert_eq!(history(&slack, range.clone()).await.texts(), ["2"]);
    let mut closed = range;
    closed["inclusive"] = json!(true);
    assert_eq!(history(&slack, closed).await.texts(), ["3", "2", "1"]);
    assert_eq!(history(&slack, json!({"oldest": "x"})).await.error(), "invalid_ts_oldest");
    assert_eq!(history(&slack, json!({"latest": "1.2345678"})).await.error(), "invalid_ts_latest");
    assert_eq!(history(&slack, json!({"limit": 1_000})).await.error(), "invalid_arguments");
    assert_eq!(slack.complaints().len(), 3);
}

#[tokio::test]
async fn a_thread_shows_its_parent_and_replies_oldest_first() {
    let slack = workspace().await;
    let parent = post(&slack, "parent").await.ts();
    let child = reply(&slack, &parent, "one").await.ts();
    slack.say_in_thread(CHANNEL, &parent, PERSON, "two");
    let thread = |ts: &str| json!({"channel": CHANNEL, "ts": ts});
    let answer = call(&slack, "conversations.replies", thread(&parent)).await;
    assert_eq!(answer.texts(), ["parent", "one", "two"]);
    assert_eq!(answer.body["messages"][2]["parent_user_id"], Slack::BOT_USER);
    assert_eq!(answer.body["messages"][0]["reply_users_count"], 2);
    // A reply's own timestamp leads to nothing but itself.
    assert_eq!(call(&slack, "conversations.replies", thread(&child)).await.texts(), ["one"]);
    let unknown = call(&slack, "conversations.replies", thread("1700000000.000001")).await;
    assert_eq!(unknown.error(), "thread_not_found");
    assert_eq!(slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn young_messages_are_not_in_history_yet() {
    let slack = workspace().await;
    slack.set_time(Some(1_700_000_000.0));
    slack.history_lag(Duration::from_secs(3));
    let parent = post(&slack, "young").await.ts();
    assert!(history(&slack, json!({})).await.texts().is_empty());
    let thread = json!({"channel": CHANNEL, "ts": parent});
    assert_eq!(
        call(&slack, "conversations.replies", thread.clone()).await.error(),
        "thread_not_found"
    );
    slack.set_time(Some(1_700_000_003.0));
    reply(&slack, &parent, "younger").await;
    assert_eq!(history(&slack, json!({})).await.texts(), ["young"]);
    assert_eq!(call(&slack, "conversations.replies", thread).await.texts(), ["young"]);
    assert_eq!(slack.channel(CHANNEL)[0].replies.len(), 1, "people see it at once");
}

#[tokio::test]
async fn history_is_for_members() {
    let slack = workspace().await;
    let parent = post(&slack, "words").await.ts();
    slack.kick(CHANNEL);
    assert_eq!(history(&slack, json!({})).await.error(), "not_in_channel");
    let thread = json!({"channel": CHANNEL, "ts": parent});
    assert_eq!(call(&slack, "conversations.replies", thread).await.error(), "channel_not_found");
    assert_eq!(slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_permalink_leads_to_a_message_or_a_reply() {
    let slack = workspace().await;
    slack.set_time(Some(1_700_000_000.5));
    let parent = post(&slack, "words").await.ts();
    let child = reply(&slack, &parent, "reply").await.ts();
    let link = |ts: &str| json!({"channel": CHANNEL, "message_ts": ts});
    let answer = call(&slack, "chat.getPermalink", link(&parent)).await;
    let address = "https://cxteam.slack.com/archives/C0SUPPORT1/p1700000000500000";
    assert_eq!(answer.body["permalink"], address);
    let answer = call(&slack, "chat.getPermalink", link(&child)).await;
    let address = answer.body["permalink"].as_str().expect("an address");
    assert!(address.ends_with("500001?thread_ts=1700000000.500000&cid=C0SUPPORT1"), "{address}");
    assert_eq!(call(&slack, "chat.getPermalink", link("1.2")).await.error(), "message_not_found");
}
