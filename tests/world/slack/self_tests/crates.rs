//! The fake under the client that the program uses: slack-morphism's own Socket Mode.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use slack_morphism::prelude::*;

use super::super::Slack;
use super::views::modal;
use super::{CHANNEL, PERSON, call, post_blocks, workspace};

type Client = Arc<SlackHyperClient>;

async fn command(
    _: SlackCommandEvent,
    _: Client,
    _: SlackClientEventsUserState,
) -> UserCallbackResult<SlackCommandEventResponse> {
    let content = SlackMessageContent::new().with_text("usage".to_owned());
    Ok(SlackCommandEventResponse::new(content))
}

/// Every submission is answered with an error.
async fn interaction(
    event: SlackInteractionEvent,
    _: Client,
    _: SlackClientEventsUserState,
) -> UserCallbackResult<SlackInteractionResponse> {
    if !matches!(event, SlackInteractionEvent::ViewSubmission(_)) {
        return Ok(SlackInteractionResponse::Empty);
    }
    let errors = [("why".to_owned(), "Say more.".to_owned())].into_iter().collect();
    let errors = SlackViewSubmissionErrorsResponse::new(errors);
    Ok(SlackInteractionResponse::ViewSubmission(SlackViewSubmissionResponse::Errors(errors)))
}

async fn event(
    _: SlackPushEventCallback,
    _: Client,
    _: SlackClientEventsUserState,
) -> UserCallbackResult<()> {
    Ok(())
}

async fn listen(
    slack: &Slack,
) -> SlackClientSocketModeListener<SlackClientHyperConnector<SlackHyperHttpsConnector>> {
    let connector = hyper_rustls::HttpsConnectorBuilder::new()
        .with_webpki_roots()
        .https_or_http()
        .enable_http1()
        .build();
    let connector = SlackClientHyperConnector::from(connector).with_slack_api_url(&slack.api_url());
    let environment =
        SlackClientEventsListenerEnvironment::new(Arc::new(SlackClient::new(connector)));
    let callbacks = SlackSocketModeListenerCallbacks::new()
        .with_command_events(command)
        .with_interaction_events(interaction)
        .with_push_events(event);
    let config = SlackClientSocketModeConfig::new()
        .with_max_connections_count(2)
        .with_initial_backoff_in_seconds(1)
        .with_reconnect_timeout_in_seconds(1);
    let listener = SlackClientSocketModeListener::new(&config, Arc::new(environment), callbacks);
    let token = SlackApiToken::new(Slack::APP_TOKEN.into());
    listener.listen_for(&token).await.expect("a listener");
    listener.start().await;
    listener
}

async fn connected(slack: &Slack) {
    let wait = async {
        while slack.connections() < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect("two connections");
}

#[tokio::test]
async fn the_crate_hears_everything_and_comes_back() {
    let slack = workspace().await;
    slack.put_user(PERSON, "alice");
    let listener = listen(&slack).await;
    connected(&slack).await;
    slack.cut_sockets();
    connected(&slack).await;
    let typed = slack.type_command(PERSON, CHANNEL, "/cx", "help").await;
    assert_eq!(typed.said, None);
    assert_eq!(slack.sees(PERSON, CHANNEL)[0].text, "usage");

    let text = json!({"type": "plain_text", "text": "Go"});
    let element = json!({"type": "button", "action_id": "go", "text": text});
    let ts = post_blocks(&slack, json!([{"type": "actions", "elements": [element]}])).await.ts();
    let pressed = slack.press(PERSON, CHANNEL, &ts, "go").await;
    assert!(pressed.acknowledged_within.is_some());
    let element = json!({"type": "plain_text_input", "action_id": "why"});
    let input = json!({"type": "input", "block_id": "why", "label": text, "element": element});
    let view = modal("Form", json!([input]));
    let open = json!({"trigger_id": pressed.trigger_id, "view": view});
    assert_eq!(call(&slack, "views.open", open).await.body["ok"], true);
    slack.submit(PERSON, &[("why", json!("x"))]).await;
    assert_eq!(slack.view_errors(PERSON), json!({"why": "Say more."}));
    assert!(slack.open_home(PERSON).await.acknowledged_within.is_some());

    let odd = json!({"type": "interactive", "envelope_id": "odd", "payload": {"type": "new"}});
    assert!(slack.send_odd_frame(odd).await);
    assert_eq!((slack.complaints(), slack.unacknowledged()), (Vec::new(), Vec::new()));
    listener.shutdown().await;
}
