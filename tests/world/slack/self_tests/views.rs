//! Self-tests of views: what opens one, how they stack, and what is none.

use serde_json::{Value, json};
use slack_morphism::events::{SlackInteractionEvent, SlackPushEventCallback};

use super::super::{Pressed, Slack, judge};
use super::client::{Client, listening};
use super::{Answer, CHANNEL, PERSON, call, complaint};

pub fn text(text: &str) -> Value {
    json!({"type": "plain_text", "text": text})
}

pub fn modal(title: &str, blocks: Value) -> Value {
    json!({"type": "modal", "title": text(title), "submit": text("Send"), "blocks": blocks})
}

pub fn button() -> Value {
    let button = json!({"type": "button", "action_id": "go", "text": text("Go"), "value": "1"});
    json!({"type": "actions", "block_id": "controls", "elements": [button]})
}

fn plain(title: &str) -> Value {
    modal(title, json!([button()]))
}

pub async fn trigger(slack: &Slack, client: &mut Client) -> String {
    let act = slack.type_command(PERSON, CHANNEL, "/cx", "");
    client.during(act, Value::Null).await.0.trigger_id
}

pub async fn open(slack: &Slack, client: &mut Client, view: &Value) -> Answer {
    let trigger_id = trigger(slack, client).await;
    call(slack, "views.open", json!({"trigger_id": trigger_id, "view": view})).await
}

async fn press(slack: &Slack, client: &mut Client) -> (Pressed, Value) {
    client.during(slack.press_in_view(PERSON, "go"), Value::Null).await
}

async fn push(slack: &Slack, client: &mut Client, view: &Value) -> Answer {
    let trigger_id = press(slack, client).await.0.trigger_id;
    call(slack, "views.push", json!({"trigger_id": trigger_id, "view": view})).await
}

fn title(slack: &Slack) -> String {
    let view = slack.view(PERSON).expect("an open view");
    view["title"]["text"].as_str().expect("a title").to_owned()
}

#[tokio::test]
async fn a_trigger_opens_one_view_within_three_seconds() {
    let (slack, mut client) = listening().await;
    slack.set_time(Some(1_790_000_000.0));
    let trigger_id = trigger(&slack, &mut client).await;
    let open = json!({"trigger_id": trigger_id, "view": plain("First")});
    let opened = call(&slack, "views.open", open.clone()).await;
    assert_eq!(opened.body["view"]["root_view_id"], opened.body["view"]["id"]);
    assert_eq!(slack.view(PERSON).expect("a view"), opened.body["view"]);
    assert_eq!(call(&slack, "views.open", open).await.error(), "exchanged_trigger_id");
    assert_eq!(slack.complaints().len(), 1);
    let unknown = json!({"trigger_id": "1.2.3", "view": plain("First")});
    assert_eq!(call(&slack, "views.open", unknown).await.error(), "invalid_trigger_id");
    assert_eq!(slack.complaints().len(), 2);
    let late = trigger(&slack, &mut client).await;
    slack.set_time(Some(1_790_000_004.0));
    let late = json!({"trigger_id": late, "view": plain("Late")});
    assert_eq!(call(&slack, "views.open", late).await.error(), "expired_trigger_id");
    assert_eq!(slack.complaints().len(), 2);
    assert_eq!(title(&slack), "First");
}

#[tokio::test]
async fn three_views_stack_and_close_from_the_top() {
    let (slack, mut client) = listening().await;
    let first = open(&slack, &mut client, &plain("1")).await;
    let second = push(&slack, &mut client, &plain("2")).await;
    assert_eq!(second.body["view"]["previous_view_id"], first.body["view"]["id"]);
    let mut third = plain("3");
    third["notify_on_close"] = json!(true);
    push(&slack, &mut client, &third).await;
    let refused = push(&slack, &mut client, &plain("4")).await;
    assert_eq!(refused.error(), "push_limit_reached");
    assert!(complaint(&slack).contains("three views"));
    let (closed, told) = client.during(slack.close_view(PERSON), Value::Null).await;
    assert!(closed.acknowledged_within.is_some());
    assert_eq!((&told["type"], &told["is_cleared"]), (&json!("view_closed"), &json!(false)));
    serde_json::from_value::<SlackInteractionEvent>(told).expect("the crate reads it");
    assert_eq!(title(&slack), "2");
    let untold = slack.close_view(PERSON).await;
    assert_eq!(untold.acknowledged_within, None);
    slack.close_view(PERSON).await;
    assert_eq!(slack.view(PERSON), None);
    let trigger_id = trigger(&slack, &mut client).await;
    let nowhere = json!({"trigger_id": trigger_id, "view": plain("5")});
    assert_eq!(call(&slack, "views.push", nowhere).await.error(), "not_found");
}

#[tokio::test]
async fn an_update_goes_by_id_and_hash() {
    let (slack, mut client) = listening().await;
    let mut view = plain("Loading");
    view["external_id"] = json!("x1");
    let opened = open(&slack, &mut client, &view).await.body["view"].clone();
    let (id, hash) = (opened["id"].clone(), opened["hash"].clone());
    let update = json!({"view_id": id, "hash": hash, "view": plain("Ready")});
    let updated = call(&slack, "views.update", update.clone()).await;
    assert_eq!(updated.body["view"]["id"], id);
    assert_ne!(updated.body["view"]["hash"], hash);
    assert_eq!(call(&slack, "views.update", update).await.error(), "hash_conflict");
    // Its external id went with the update that left it out.
    let gone = json!({"external_id": "x1", "view": plain("Again")});
    assert_eq!(call(&slack, "views.update", gone.clone()).await.error(), "not_found");
    let back = json!({"view_id": id, "view": view});
    assert_eq!(call(&slack, "views.update", back).await.body["ok"], true);
    assert_eq!(call(&slack, "views.update", gone).await.body["ok"], true);
    let unknown = json!({"view_id": "V0", "view": view});
    assert_eq!(call(&slack, "views.update", unknown).await.error(), "not_found");
    assert_eq!(slack.complaints(), [""; 0]);
    let neither = json!({"view": view});
    assert_eq!(call(&slack, "views.update", neither).await.error(), "invalid_arguments");
    open(&slack, &mut client, &view).await;
    let twice = push(&slack, &mut client, &view).await;
    assert_eq!(twice.error(), "duplicate_external_id");
}

#[tokio::test]
async fn a_press_in_a_view_tells_the_view() {
    let (slack, mut client) = listening().await;
    open(&slack, &mut client, &plain("First")).await;
    let (_, told) = press(&slack, &mut client).await;
    assert_eq!(told["container"]["view_id"], told["view"]["id"]);
    assert_eq!(told["actions"][0]["value"], "1");
    assert!(told.get("response_url").is_none() && told.get("channel").is_none());
    let read = serde_json::from_value(told).expect("the crate reads it");
    let SlackInteractionEvent::BlockActions(read) = read else { panic!("{read:?}") };
    assert!(read.view.is_some());
}

#[tokio::test]
async fn a_home_tab_is_published_for_one_person() {
    let (slack, mut client) = listening().await;
    let (opened, told) = client.during(slack.open_home(PERSON), Value::Null).await;
    assert!(opened.acknowledged_within.is_some());
    assert!(told["event"].get("view").is_none());
    let view = json!({"type": "home", "blocks": [button()]});
    let publish = json!({"user_id": PERSON, "view": view});
    let published = call(&slack, "views.publish", publish.clone()).await;
    assert_eq!(slack.home(PERSON).expect("a view"), published.body["view"]);
    assert_eq!(slack.home("U0BOB00001"), None);
    let (_, told) = client.during(slack.open_home(PERSON), Value::Null).await;
    assert_eq!(told["event"]["view"]["type"], "home");
    serde_json::from_value::<SlackPushEventCallback>(told).expect("the crate reads it");
    let (_, told) = press(&slack, &mut client).await;
    assert_eq!(told["view"]["type"], "home");
    let stale = json!({"user_id": PERSON, "view": view, "hash": "1.2"});
    assert_eq!(call(&slack, "views.publish", stale).await.error(), "hash_conflict");
    assert_eq!(slack.complaints(), [""; 0]);
    let nobody = json!({"user_id": "U0NOBODY01", "view": view});
    assert_eq!(call(&slack, "views.publish", nobody).await.error(), "invalid_arguments");
}

#[tokio::test]
async fn an_event_comes_again_with_its_own_id_until_it_is_acknowledged() {
    let (slack, mut client) = listening().await;
    let read = async {
        let first = client.next().await;
        (first, client.answer(Value::Null).await)
    };
    let (opened, (first, again)) = tokio::join!(slack.open_home(PERSON), read);
    assert!(opened.acknowledged_within.is_some());
    assert_eq!((&first["retry_attempt"], &first["retry_reason"]), (&json!(0), &json!("")));
    assert_eq!((&again["retry_attempt"], &again["retry_reason"]), (&json!(1), &json!("timeout")));
    assert_eq!(first["payload"], again["payload"]);
    assert_ne!(first["envelope_id"], again["envelope_id"]);
    assert_eq!(slack.unacknowledged(), ["events_api app_home_opened"]);
}

#[tokio::test]
async fn what_is_no_view_is_refused_with_a_complaint() {
    let (slack, mut client) = listening().await;
    let with = |key: &str, value: Value| {
        let mut view = plain("Title");
        view[key] = value;
        view
    };
    let block = |kind: &str| json!({"type": kind});
    let input = json!({"type": "input", "label": text("Why"), "element":
        {"type": "plain_text_input", "action_id": "why"}});
    let mut unsent = modal("Title", json!([input]));
    unsent["submit"] = Value::Null;
    let many: Vec<Value> = (0..101).map(|_| block("divider")).collect();
    let wrong = [
        with("title", Value::Null),
        with("title", text("a title of 25 characters.")),
        with("submit", text("a label of 25 characters.")),
        with("close", json!({"type": "mrkdwn", "text": "x"})),
        with("private_metadata", json!("x".repeat(3_001))),
        with("colour", json!("red")),
        with("type", json!("home")),
        with("blocks", json!([])),
        with("blocks", json!(many)),
        with("blocks", json!([block("data_visualization")])),
        with("blocks", json!([button(), button()])),
        with("notify_on_close", json!("yes")),
        unsent,
    ];
    for (index, view) in wrong.into_iter().enumerate() {
        let refused = open(&slack, &mut client, &view).await;
        assert_eq!(refused.error(), "invalid_arguments", "{view}");
        assert_eq!(slack.complaints().len(), index + 1);
    }
    let large = with("private_metadata", json!("x".repeat(250_000)));
    assert_eq!(open(&slack, &mut client, &large).await.error(), "view_too_large");
    assert_eq!(slack.view(PERSON), None);
    if judge::is_there() {
        let hint = with("blocks", json!([{"type": "header", "text": text(&"x".repeat(151))}]));
        assert_eq!(open(&slack, &mut client, &hint).await.error(), "invalid_arguments");
    }
}
