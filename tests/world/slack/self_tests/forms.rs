//! Self-tests of submitting views: what a person fills in, and what the app's answer does.

use serde_json::{Value, json};
use slack_morphism::events::SlackInteractionEvent;

use super::super::Slack;
use super::client::{Client, listening};
use super::views::{button, modal, open, text};
use super::{PERSON, call, complaint};

fn input(block_id: &str, element: Value) -> Value {
    json!({"type": "input", "block_id": block_id, "label": text("Label"), "element": element})
}

fn form() -> Value {
    let option = |value: &str| json!({"text": text(value), "value": value});
    let options = [option("red"), option("blue")];
    let element = |kind: &str| json!({"type": kind, "action_id": format!("a_{kind}")});
    let with_options = |kind: &str| {
        let mut element = element(kind);
        element["options"] = json!(options);
        element
    };
    let mut why = element("plain_text_input");
    why["max_length"] = json!(10);
    let mut team = with_options("static_select");
    team["initial_option"] = options[0].clone();
    let mut day = input("day", element("datepicker"));
    day["optional"] = json!(true);
    let mut at = input("at", element("datetimepicker"));
    at["optional"] = json!(true);
    modal(
        "Form",
        json!([
            input("why", why),
            input("team", team),
            input("teams", with_options("checkboxes")),
            day,
            at,
            input("who", element("multi_users_select")),
            button(),
        ]),
    )
}

async fn opened() -> (Slack, Client) {
    let (slack, mut client) = listening().await;
    let opened = open(&slack, &mut client, &form()).await;
    assert_eq!(opened.body["ok"], true, "{}", opened.body);
    (slack, client)
}

fn filled() -> [(&'static str, Value); 3] {
    [("why", json!("because")), ("teams", json!(["blue"])), ("who", json!([PERSON]))]
}

/// Submits the form with this answer; what the person is told.
async fn submitted(slack: &Slack, client: &mut Client, answer: Value) -> Option<String> {
    let values = filled();
    let (pressed, _) = client.during(slack.submit(PERSON, &values), answer).await;
    assert!(pressed.acknowledged_within.is_some());
    pressed.said
}

fn title(slack: &Slack) -> Option<String> {
    Some(slack.view(PERSON)?["title"]["text"].as_str()?.to_owned())
}

#[tokio::test]
async fn values_are_told_by_the_elements_type() {
    let (slack, mut client) = opened().await;
    let values = [filled().as_slice(), &[("at", json!("1790000000"))]].concat();
    let act = slack.submit(PERSON, &values);
    let (pressed, told) = client.during(act, Value::Null).await;
    assert_eq!(pressed.said, None);
    let state = &told["view"]["state"]["values"];
    assert_eq!(state["why"]["a_plain_text_input"]["value"], "because");
    assert_eq!(state["team"]["a_static_select"]["selected_option"]["value"], "red");
    assert_eq!(state["teams"]["a_checkboxes"]["selected_options"][0]["value"], "blue");
    assert_eq!(state["day"]["a_datepicker"]["selected_date"], Value::Null);
    assert_eq!(state["at"]["a_datetimepicker"]["selected_date_time"], 1_790_000_000);
    assert_eq!(state["who"]["a_multi_users_select"]["selected_users"], json!([PERSON]));
    let read = serde_json::from_value(told).expect("the crate reads it");
    let SlackInteractionEvent::ViewSubmission(read) = read else { panic!("{read:?}") };
    assert_eq!(read.view.state_params.state.expect("a state").values.len(), 6);
    assert_eq!(slack.view(PERSON), None);
    assert_eq!(slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn slack_itself_asks_for_what_is_missing_or_too_long() {
    let (slack, _client) = opened().await;
    let pressed = slack.submit(PERSON, &[("why", json!("much too long"))]).await;
    assert!(pressed.said.is_some() && pressed.acknowledged_within.is_none());
    let errors = slack.view_errors(PERSON);
    assert_eq!(errors["why"], "Please enter at most 10 characters.");
    assert!(errors["teams"].is_string() && errors["who"].is_string());
    assert!(errors.get("team").is_none() && errors.get("day").is_none());
    assert!(slack.unacknowledged().is_empty());
}

#[tokio::test]
async fn a_choice_stays_in_the_view_until_it_is_submitted_and_through_updates() {
    let (slack, _client) = opened().await;
    let chosen = slack.choose_in_view(PERSON, "a_static_select", "blue").await;
    assert_eq!(chosen.acknowledged_within, None);
    let pointer = "/state/values/team/a_static_select/selected_option/value";
    let blue = |view: Value| view.pointer(pointer) == Some(&json!("blue"));
    assert!(blue(slack.view(PERSON).expect("a view")));
    let id = slack.view(PERSON).expect("a view")["id"].clone();
    call(&slack, "views.update", json!({"view_id": id, "view": form()})).await;
    assert!(blue(slack.view(PERSON).expect("a view")));
    let mut other = form();
    other["blocks"][1]["element"]["action_id"] = json!("another");
    call(&slack, "views.update", json!({"view_id": id, "view": other})).await;
    assert!(!blue(slack.view(PERSON).expect("a view")));
}

#[tokio::test]
async fn an_input_that_dispatches_tells_its_choice_at_once() {
    let (slack, mut client) = opened().await;
    let id = slack.view(PERSON).expect("a view")["id"].clone();
    let mut view = form();
    view["blocks"][1]["dispatch_action"] = json!(true);
    call(&slack, "views.update", json!({"view_id": id, "view": view})).await;
    let act = slack.choose_in_view(PERSON, "a_static_select", "blue");
    let (_, told) = client.during(act, Value::Null).await;
    assert_eq!(told["actions"][0]["selected_option"]["value"], "blue");
    let state = &told["view"]["state"]["values"]["team"]["a_static_select"];
    assert_eq!(state["selected_option"]["value"], "blue");
    serde_json::from_value::<SlackInteractionEvent>(told).expect("the crate reads it");
}

#[tokio::test]
async fn an_answer_clears_updates_or_pushes() {
    let (slack, mut client) = opened().await;
    let answer = json!({"response_action": "push", "view": form()});
    assert_eq!(submitted(&slack, &mut client, answer).await, None);
    let below = slack.view(PERSON).expect("a view")["previous_view_id"].clone();
    assert!(below.is_string());
    let view = modal("Done", json!([button()]));
    let answer = json!({"response_action": "update", "view": view});
    assert_eq!(submitted(&slack, &mut client, answer).await, None);
    assert_eq!(title(&slack).as_deref(), Some("Done"));
    slack.close_view(PERSON).await;
    assert_eq!(slack.view(PERSON).expect("a view")["id"], below);
    let answer = json!({"response_action": "clear"});
    assert_eq!(submitted(&slack, &mut client, answer).await, None);
    assert_eq!(title(&slack), None);
    assert_eq!(slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn errors_stand_under_the_inputs_they_name() {
    let (slack, mut client) = opened().await;
    let errors = json!({"why": "Say more."});
    let answer = json!({"response_action": "errors", "errors": errors});
    assert_eq!(submitted(&slack, &mut client, answer).await, None);
    assert_eq!(slack.view_errors(PERSON), errors);
    assert_eq!(title(&slack).as_deref(), Some("Form"));
    assert_eq!(submitted(&slack, &mut client, json!({})).await, None);
    assert_eq!(title(&slack), None);
    assert_eq!(slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_trouble() {
    let (slack, mut client) = opened().await;
    let wrong = [
        json!({"response_action": "errors", "errors": {"controls": "no input"}}),
        json!({"response_action": "errors", "errors": {"elsewhere": "not there"}}),
        json!({"response_action": "errors", "errors": {}}),
        json!({"response_action": "errors", "errors": {"why": ""}}),
        json!({"response_action": "update", "view": {"type": "home", "blocks": []}}),
        json!({"response_action": "close"}),
        json!({"text": "thank you"}),
        json!({"response_action": "clear", "view": {}}),
        json!([]),
    ];
    for (index, answer) in wrong.into_iter().enumerate() {
        let said = submitted(&slack, &mut client, answer).await;
        assert!(said.expect("an error").contains("trouble"));
        assert_eq!(slack.complaints().len(), index + 1);
    }
    assert_eq!(title(&slack).as_deref(), Some("Form"));
}

#[tokio::test]
async fn a_submission_that_nobody_acknowledges_leaves_the_view_open() {
    let (slack, mut client) = opened().await;
    let values = filled();
    let (pressed, envelope) = tokio::join!(slack.submit(PERSON, &values), client.next());
    assert_eq!(envelope["accepts_response_payload"], true);
    assert_eq!(pressed.said.as_deref(), Some("operation_timeout"));
    assert_eq!(slack.unacknowledged(), ["interactive view_submission"]);
    assert_eq!(title(&slack).as_deref(), Some("Form"));
}

#[tokio::test]
async fn a_view_that_clears_on_close_takes_the_stack_with_it() {
    let (slack, mut client) = opened().await;
    let mut view = form();
    (view["clear_on_close"], view["notify_on_close"]) = (json!(true), json!(true));
    let answer = json!({"response_action": "push", "view": view});
    assert_eq!(submitted(&slack, &mut client, answer).await, None);
    let (_, told) = client.during(slack.close_view(PERSON), json!({})).await;
    assert_eq!(told["is_cleared"], true);
    assert_eq!(title(&slack), None);
    assert!(complaint(&slack).contains("accepts no payload"));
}
