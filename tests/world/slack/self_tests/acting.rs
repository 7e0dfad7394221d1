//! Self-tests of what people do with messages, and of what the app is told of it.

use serde_json::{Value, json};
use slack_morphism::events::{SlackCommandEvent, SlackInteractionEvent};

use super::client::listening;
use super::{CHANNEL, PERSON, call, complaint, post_blocks};

fn controls() -> Value {
    let text = |text: &str| json!({"type": "plain_text", "text": text});
    let option = |value: &str| json!({"text": text(value), "value": value});
    json!([{"type": "actions", "block_id": "controls", "elements": [
        {"type": "button", "action_id": "details", "text": text("Show Details"), "value": "w46"},
        {"type": "static_select", "action_id": "week", "placeholder": text("Week"),
            "options": [option("w45"), option("w46")]},
        {"type": "overflow", "action_id": "more", "options": [option("share"), option("hide")]},
        {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-01"},
        {"type": "checkboxes", "action_id": "teams", "options": [option("red"), option("blue")]},
    ]}])
}

#[tokio::test]
async fn a_command_is_told_as_documented() {
    let (slack, mut client) = listening().await;
    let act = slack.type_command(PERSON, CHANNEL, "/cx", "digest 2026-W46");
    let (pressed, told) = client.during(act, Value::Null).await;
    assert_eq!(pressed.said, None);
    assert_eq!(told["text"], "digest 2026-W46");
    assert_eq!(told["channel_name"], "support");
    assert_eq!(told["trigger_id"], pressed.trigger_id.as_str());
    assert_eq!(told["is_enterprise_install"], "false");
    serde_json::from_value::<SlackCommandEvent>(told).expect("the crate reads it");
    assert!(slack.sees(PERSON, CHANNEL).is_empty());
}

#[tokio::test]
async fn an_acknowledgement_may_answer_a_command() {
    let (slack, mut client) = listening().await;
    for (payload, public) in [
        (json!({"text": "usage"}), false),
        (json!({"text": "news", "response_type": "in_channel"}), true),
    ] {
        let act = slack.type_command(PERSON, CHANNEL, "/cx", "");
        let (pressed, _) = client.during(act, payload).await;
        assert_eq!(pressed.said, None);
        assert_eq!(slack.channel(CHANNEL).len(), usize::from(public));
    }
    let texts: Vec<String> =
        slack.sees(PERSON, CHANNEL).into_iter().map(|shown| shown.text).collect();
    assert_eq!(texts, ["usage", "news"]);
    assert_eq!(slack.complaints(), [""; 0]);
    let wrong = [
        json!({"txt": "usage"}),
        json!("usage"),
        json!({"text": "usage", "blocks": [{"type": "alert"}]}),
    ];
    for (index, payload) in wrong.into_iter().enumerate() {
        let act = slack.type_command(PERSON, CHANNEL, "/cx", "");
        let (pressed, _) = client.during(act, payload).await;
        assert_eq!(pressed.said.as_deref(), Some("invalid_command_response"));
        assert_eq!(slack.complaints().len(), index + 1);
    }
}

#[tokio::test]
async fn a_press_tells_the_message_and_the_button() {
    let (slack, mut client) = listening().await;
    let metadata = json!({"event_type": "digest", "event_payload": {"week": "2026-W46"}});
    let arguments = json!({
        "channel": CHANNEL, "text": "words", "blocks": controls(), "metadata": metadata,
    });
    let ts = call(&slack, "chat.postMessage", arguments).await.ts();
    let act = slack.press(PERSON, CHANNEL, &ts, "details");
    let (pressed, told) = client.during(act, Value::Null).await;
    assert_eq!(told["message"]["metadata"], metadata);
    assert!(pressed.acknowledged_within.is_some());
    assert_eq!(told["container"]["message_ts"], ts.as_str());
    assert_eq!(told["container"]["is_ephemeral"], false);
    assert_eq!(told["message"]["ts"], ts.as_str());
    assert_eq!(told["actions"][0]["value"], "w46");
    assert_eq!(told["actions"][0]["block_id"], "controls");
    assert_eq!(told["state"]["values"]["controls"]["day"]["selected_date"], "2026-11-01");
    assert!(told["response_url"].as_str().expect("text").starts_with("http://127.0.0.1:"));
    let read = serde_json::from_value(told).expect("the crate reads it");
    let SlackInteractionEvent::BlockActions(read) = read else { panic!("{read:?}") };
    assert!(read.message.is_some() && read.actions.is_some_and(|actions| actions.len() == 1));
}

#[tokio::test]
async fn a_choice_tells_the_option() {
    let (slack, mut client) = listening().await;
    let ts = post_blocks(&slack, controls()).await.ts();
    let cases = [
        ("week", "w45", "/selected_option/value", json!("w45")),
        ("more", "hide", "/selected_option/text/text", json!("hide")),
        ("day", "2026-11-07", "/selected_date", json!("2026-11-07")),
        ("teams", "red,blue", "/selected_options/1/value", json!("blue")),
    ];
    for (action_id, chosen, pointer, value) in cases {
        let act = slack.choose(PERSON, CHANNEL, &ts, action_id, chosen);
        let (_, told) = client.during(act, Value::Null).await;
        assert_eq!(told["actions"][0].pointer(pointer), Some(&value));
        let state = told["state"]["values"]["controls"][action_id].pointer(pointer);
        assert_eq!(state, (action_id != "more").then_some(&value));
        serde_json::from_value::<SlackInteractionEvent>(told).expect("the crate reads it");
    }
}

#[tokio::test]
async fn a_press_on_what_only_one_sees_tells_no_message() {
    let (slack, mut client) = listening().await;
    slack.say(CHANNEL, PERSON, "hello");
    let arguments =
        json!({"channel": CHANNEL, "user": PERSON, "text": "words", "blocks": controls()});
    let shown = call(&slack, "chat.postEphemeral", arguments).await;
    let ts = shown.body["message_ts"].as_str().expect("a timestamp");
    let (_, told) = client.during(slack.press(PERSON, CHANNEL, ts, "details"), Value::Null).await;
    assert_eq!(told["container"]["is_ephemeral"], true);
    assert!(told.get("message").is_none());
    serde_json::from_value::<SlackInteractionEvent>(told).expect("the crate reads it");
}

#[tokio::test]
async fn a_press_accepts_no_payload() {
    let (slack, mut client) = listening().await;
    let ts = post_blocks(&slack, controls()).await.ts();
    let act = slack.press(PERSON, CHANNEL, &ts, "details");
    let (pressed, _) = client.during(act, json!({"text": "no"})).await;
    assert_eq!(pressed.said, None);
    assert!(complaint(&slack).contains("accepts no payload"));
}
