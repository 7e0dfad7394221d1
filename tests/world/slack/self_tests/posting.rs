//! Self-tests of posting: where the bot may post, threads, metadata, and what people then see.

use serde_json::{Value, json};

use super::super::{Shown, Slack, What};
use super::{CHANNEL, PERSON, call, complaint, history, post, reply, workspace};

#[tokio::test]
async fn a_post_is_answered_shown_and_remembered() {
    let slack = workspace().await;
    slack.set_time(Some(1_700_000_000.25));
    let answer = post(&slack, "5 &lt; 6").await;
    assert_eq!(answer.ts(), "1700000000.250000");
    assert_eq!(answer.body["channel"], CHANNEL);
    let message = &answer.body["message"];
    assert_eq!((&message["text"], &message["bot_id"]), (&json!("5 &lt; 6"), &json!(Slack::BOT_ID)));
    assert_eq!((&message["type"], &message["user"]), (&json!("message"), &json!(Slack::BOT_USER)));
    // The clock stands still, but no two timestamps are the same.
    assert_eq!(post(&slack, "again").await.ts(), "1700000000.250001");
    let shown: Vec<Shown> = slack.channel(CHANNEL);
    assert_eq!((shown[0].text.as_str(), shown[0].fallback.as_str()), ("5 < 6", "5 &lt; 6"));
    assert_eq!((shown[0].user.as_str(), shown[0].edited), (Slack::BOT_USER, false));
    let event = &slack.timeline(CHANNEL)[1];
    assert_eq!((event.what, event.time), (What::Posted, 1_700_000_000.25));
    assert_eq!(event.body["text"], "again");
    assert!(event.at.elapsed().as_secs() < 60);
    slack.set_time(None);
    assert!(post(&slack, "now").await.ts().as_str() > "1760000000");
}

#[tokio::test]
async fn the_channel_decides_whether_the_bot_may_post() {
    let slack = workspace().await;
    slack.archive(CHANNEL);
    assert_eq!(post(&slack, "words").await.error(), "is_archived");
    slack.unarchive(CHANNEL);
    slack.kick(CHANNEL);
    assert_eq!(post(&slack, "words").await.error(), "not_in_channel");
    slack.grant(&["chat:write.public"]);
    assert_eq!(post(&slack, "words").await.error(), "no error");
    slack.invite(CHANNEL);
    slack.remove_channel(CHANNEL);
    assert_eq!(post(&slack, "words").await.error(), "channel_not_found");
    slack.put_private_channel("C0SECRET01", "secret");
    slack.kick("C0SECRET01");
    let secret = json!({"channel": "C0SECRET01", "text": "words"});
    assert_eq!(call(&slack, "chat.postMessage", secret).await.error(), "not_in_channel");
    assert_eq!((slack.channel(CHANNEL).len(), slack.complaints().len()), (1, 0));
}

#[tokio::test]
async fn a_name_in_the_place_of_an_id_is_a_complaint() {
    let slack = workspace().await;
    for name in ["#support", "support", PERSON] {
        let named = json!({"channel": name, "text": "words"});
        assert_eq!(call(&slack, "chat.postMessage", named).await.error(), "channel_not_found");
    }
    assert_eq!(slack.complaints().len(), 3);
}

#[tokio::test]
async fn a_reply_goes_to_a_parent_that_is_there() {
    let slack = workspace().await;
    let parent = post(&slack, "parent").await.ts();
    let answer = reply(&slack, &parent, "reply").await;
    assert_eq!(answer.body["message"]["thread_ts"], json!(parent));
    assert_eq!(slack.channel(CHANNEL)[0].replies[0].text, "reply");
    assert_eq!(slack.timeline(CHANNEL)[1].thread_ts.as_deref(), Some(parent.as_str()));
    let unknown = reply(&slack, "1700000000.000001", "reply").await;
    assert_eq!((unknown.error(), slack.complaints().len()), ("cannot_reply_to_message", 0));
    assert_eq!(reply(&slack, &answer.ts(), "x").await.error(), "cannot_reply_to_message");
    assert!(complaint(&slack).contains("is a reply"));
    assert_eq!(reply(&slack, "yesterday", "x").await.error(), "invalid_arguments");
    slack.say_in_thread(CHANNEL, &parent, PERSON, "thanks");
    slack.delete_by_hand(CHANNEL, &parent);
    assert_eq!(reply(&slack, &parent, "late").await.error(), "cannot_reply_to_message");
    assert_eq!(slack.channel(CHANNEL)[0].replies.len(), 2);
}

fn with_metadata(metadata: Value) -> Value {
    json!({"channel": CHANNEL, "text": "words", "metadata": metadata})
}

#[tokio::test]
async fn metadata_has_a_shape_and_a_size() {
    let slack = workspace().await;
    let good = json!({"event_type": "cx.digest-1_a", "event_payload": {
        "week": 46, "key": "a1b2", "test": false, "inner": {"part": 1},
    }});
    let ts = call(&slack, "chat.postMessage", with_metadata(good.clone())).await.ts();
    assert_eq!((&slack.channel(CHANNEL)[0].metadata, slack.complaints().len()), (&good, 0));
    let shown = history(&slack, json!({"include_all_metadata": true})).await;
    assert_eq!(
        (&shown.body["messages"][0]["metadata"], &shown.body["messages"][0]["ts"]),
        (&good, &json!(ts))
    );
    assert!(history(&slack, json!({})).await.body["messages"][0].get("metadata").is_none());
    let bad = [
        json!({"event_type": "", "event_payload": {}}),
        json!({"event_type": "with space", "event_payload": {}}),
        json!({"event_type": "x", "event_payload": []}),
        json!({"event_type": "x", "event_payload": {"a": [1]}}),
        json!({"event_type": "x", "event_payload": {"a": {"b": {"c": 1}}}}),
        json!({"event_type": "x", "event_payload": {}, "entities": []}),
        json!({"event_type": "x".repeat(256), "event_payload": {}}),
    ];
    for metadata in bad {
        let refused = call(&slack, "chat.postMessage", with_metadata(metadata)).await;
        assert_eq!(refused.error(), "invalid_metadata_format");
    }
    let large = json!({"event_type": "x", "event_payload": {"a": "y".repeat(8_000)}});
    let refused = call(&slack, "chat.postMessage", with_metadata(large)).await;
    assert_eq!(refused.error(), "metadata_too_large");
    assert_eq!((slack.complaints().len(), slack.timeline(CHANNEL).len()), (8, 1));
}

#[tokio::test]
async fn metadata_is_no_place_for_personal_data() {
    let slack = workspace().await;
    for text in ["ann@example.org", "Ann Smith"] {
        let metadata = json!({"event_type": "x", "event_payload": {"who": text}});
        assert_eq!(
            call(&slack, "chat.postMessage", with_metadata(metadata)).await.error(),
            "no error"
        );
    }
    assert_eq!(slack.complaints().len(), 2);
}

#[tokio::test]
async fn an_ephemeral_message_is_for_one_member_only() {
    let slack = workspace().await;
    let whisper = json!({"channel": CHANNEL, "user": PERSON, "text": "psst <@U0ALICE001>"});
    let refused = call(&slack, "chat.postEphemeral", whisper.clone()).await;
    assert_eq!(refused.error(), "user_not_in_channel");
    slack.say(CHANNEL, PERSON, "hello");
    let answer = call(&slack, "chat.postEphemeral", whisper).await;
    assert!(answer.body["message_ts"].is_string());
    assert_eq!(slack.ephemerals(CHANNEL, PERSON)[0].text, "psst @U0ALICE001");
    assert!(slack.ephemerals(CHANNEL, "U0BOB00001").is_empty());
    assert_eq!((slack.channel(CHANNEL).len(), slack.timeline(CHANNEL).len()), (1, 1));
    let edit = json!({"channel": CHANNEL, "ts": answer.body["message_ts"], "text": "x"});
    assert_eq!(call(&slack, "chat.update", edit).await.error(), "message_not_found");
    assert_eq!(slack.complaints(), [""; 0]);
}
