//! Self-tests of updates and deletions, by the bot and by hand.

use serde_json::{Value, json};

use super::super::What;
use super::{CHANNEL, PERSON, call, post, post_blocks, reply, workspace};

fn naming(ts: &str, more: Value) -> Value {
    let mut arguments = json!({"channel": CHANNEL, "ts": ts});
    arguments.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
    arguments
}

#[tokio::test]
async fn an_update_replaces_what_it_names() {
    let slack = workspace().await;
    let metadata = json!({"event_type": "x", "event_payload": {"a": 1}});
    let blocks = json!([{"type": "divider"}]);
    let ts = post_blocks(&slack, blocks.clone()).await.ts();
    let answer = call(&slack, "chat.update", naming(&ts, json!({"metadata": metadata}))).await;
    assert_eq!((answer.ts(), &answer.body["message"]["metadata"]), (ts.clone(), &metadata));
    let shown = slack.channel(CHANNEL).remove(0);
    assert_eq!((shown.fallback.as_str(), &shown.blocks, shown.edited), ("words", &blocks, true));
    // A text without blocks removes them; the metadata stays until it is replaced by nothing.
    let answer = call(&slack, "chat.update", naming(&ts, json!({"text": "new"}))).await;
    assert_eq!((&answer.body["text"], &answer.body["channel"]), (&json!("new"), &json!(CHANNEL)));
    assert!(answer.body["message"]["edited"]["ts"].is_string());
    let shown = slack.channel(CHANNEL).remove(0);
    assert_eq!((shown.text.as_str(), shown.blocks, shown.metadata), ("new", Value::Null, metadata));
    call(&slack, "chat.update", naming(&ts, json!({"text": "new", "metadata": {}}))).await;
    assert_eq!(slack.channel(CHANNEL)[0].metadata, Value::Null);
    let kinds: Vec<What> = slack.timeline(CHANNEL).iter().map(|event| event.what).collect();
    assert_eq!(kinds, [What::Posted, What::Edited, What::Edited, What::Edited]);
    assert_eq!(slack.complaints(), [""; 0]);
    assert_eq!(call(&slack, "chat.update", naming(&ts, json!({}))).await.error(), "no_text");
    assert_eq!(
        call(&slack, "chat.update", naming(&ts, json!({"text": ""}))).await.error(),
        "no_text"
    );
    let previews = json!({"text": "x", "unfurl_links": false});
    assert_eq!(
        call(&slack, "chat.update", naming(&ts, previews)).await.error(),
        "invalid_arguments"
    );
}

#[tokio::test]
async fn only_the_bots_own_messages_can_be_changed() {
    let slack = workspace().await;
    let theirs = slack.say(CHANNEL, PERSON, "mine");
    let text = json!({"text": "x"});
    let update = |ts: &str| naming(ts, text.clone());
    assert_eq!(call(&slack, "chat.update", update(&theirs)).await.error(), "cant_update_message");
    assert_eq!(call(&slack, "chat.update", update("1.2")).await.error(), "message_not_found");
    let delete = naming(&theirs, json!({}));
    assert_eq!(call(&slack, "chat.delete", delete).await.error(), "cant_delete_message");
    assert_eq!(
        call(&slack, "chat.delete", naming("1.2", json!({}))).await.error(),
        "message_not_found"
    );
    let ours = post(&slack, "ours").await.ts();
    slack.archive(CHANNEL);
    assert_eq!(call(&slack, "chat.update", update(&ours)).await.error(), "is_inactive");
    slack.unarchive(CHANNEL);
    slack.kick(CHANNEL);
    assert_eq!(call(&slack, "chat.update", update(&ours)).await.error(), "cant_update_message");
    assert_eq!((slack.timeline(CHANNEL).len(), slack.complaints().len()), (2, 0));
}

#[tokio::test]
async fn a_deleted_message_is_gone() {
    let slack = workspace().await;
    let ts = post(&slack, "words").await.ts();
    let answer = call(&slack, "chat.delete", naming(&ts, json!({}))).await;
    assert_eq!((answer.ts(), &answer.body["channel"]), (ts.clone(), &json!(CHANNEL)));
    assert!(slack.channel(CHANNEL).is_empty());
    let last = slack.timeline(CHANNEL).remove(1);
    assert_eq!((last.what, last.text.as_str(), last.ts), (What::Deleted, "", ts.clone()));
    assert_eq!(
        call(&slack, "chat.delete", naming(&ts, json!({}))).await.error(),
        "message_not_found"
    );
}

#[tokio::test]
async fn a_parent_with_replies_leaves_a_stub_until_the_last_one_goes() {
    let slack = workspace().await;
    let parent = post(&slack, "parent").await.ts();
    let child = reply(&slack, &parent, "reply").await.ts();
    slack.delete_by_hand(CHANNEL, &parent);
    let shown = slack.channel(CHANNEL).remove(0);
    assert_eq!(
        (shown.ts.as_str(), shown.text.as_str()),
        (parent.as_str(), "This message was deleted.")
    );
    assert_eq!(shown.replies[0].ts, child);
    let update = naming(&parent, json!({"text": "back"}));
    assert_eq!(call(&slack, "chat.update", update).await.error(), "message_not_found");
    let thread = naming(&parent, json!({}));
    let replies = call(&slack, "conversations.replies", thread).await;
    assert_eq!(replies.body["messages"][0]["subtype"], "tombstone");
    assert_eq!(replies.texts(), ["This message was deleted.", "reply"]);
    call(&slack, "chat.delete", naming(&child, json!({}))).await;
    assert!(slack.channel(CHANNEL).is_empty());
}
