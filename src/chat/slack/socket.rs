//! Requests through Socket Mode, so that no public address is needed. The crate acknowledges only
//! after a callback has returned, one after another on each connection, so callbacks hand over to the
//! desk and nothing else.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use slack_morphism::errors::SlackClientProtocolError;
use slack_morphism::listener::{
    HttpStatusCode, SlackClientEventsListenerEnvironment, SlackClientEventsUserState,
};
use slack_morphism::prelude::{
    SlackClientHyperHttpsConnector, SlackCommandEvent, SlackCommandEventResponse, SlackHyperClient,
    SlackInteractionBlockActionsEvent, SlackInteractionEvent, SlackInteractionResponse,
    SlackInteractionViewSubmissionEvent, SlackPushEventCallback, SlackViewSubmissionErrorsResponse,
    SlackViewSubmissionResponse, SlackViewSubmissionUpdateResponse,
};
use slack_morphism::{
    SlackApiToken, SlackClientSocketModeConfig, SlackClientSocketModeListener, SlackMessageContent,
    SlackSocketModeListenerCallbacks, UserCallbackResult,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::views::Views;
use super::{NAME, payloads};
use crate::chat::form::Fault;
use crate::chat::render::slack::views as windows;
use crate::chat::{Asked, Desk, Failure};

/// Two, so that one of them is there while Slack renews the other.
const CONNECTIONS: u32 = 2;
const SECONDS_BETWEEN_CONNECTIONS: u64 = 1;
const SECONDS_BEFORE_RECONNECTING: u64 = 5;
/// What someone reads whose request could not be stored in time.
const SLOW: &str = "cxbot is slow right now. If no answer comes within a minute, ask again.";

type Listener = SlackClientSocketModeListener<SlackClientHyperHttpsConnector>;

/// What the callbacks, which are plain functions, have in hand.
#[derive(Clone)]
pub(super) struct Hand {
    pub(super) desk: Arc<dyn Desk>,
    pub(super) views: Arc<Views>,
    /// Called when a connection is there.
    pub(super) opened: Arc<Notify>,
}

/// How often it is looked whether the socket may still be used: the crate goes on trying for ever and
/// tells nobody.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(5 * 60);
/// A socket that is not open by then does not open by itself.
const OPENS_WITHIN: Duration = Duration::from_secs(20);
/// The pause where Slack cannot be reached.
pub(super) const TRY_EVERY: Duration = Duration::from_secs(5);

/// What a socket needs.
pub(super) struct Socket {
    pub(super) client: Arc<SlackHyperClient>,
    pub(super) token: SlackApiToken,
    pub(super) hand: Hand,
}

impl Socket {
    /// Listens until told to stop, or until a look says that it is not allowed any more.
    pub(super) async fn listen<F>(&self, stop: &CancellationToken, look: impl Fn() -> F)
    where
        F: Future<Output = Result<(), Failure>>,
    {
        let listener = self.listener();
        if listener.listen_for(&self.token).await.is_err() {
            tracing::error!("Slack's socket cannot be prepared");
            return;
        }
        listener.start().await;
        let opened = tokio::time::timeout(OPENS_WITHIN, self.hand.opened.notified());
        if let Some(Err(_)) = stop.run_until_cancelled(opened).await {
            tracing::error!(
                "commands and buttons are not heard: Slack's socket does not open; wss has to be \
                 allowed from here to Slack, and its certificate trusted (SSL_CERT_FILE)"
            );
        }
        while stop.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
            if let Err(Failure::Account(_)) = look().await {
                break;
            }
        }
        listener.shutdown().await;
    }

    fn listener(&self) -> Listener {
        let environment = SlackClientEventsListenerEnvironment::new(self.client.clone())
            .with_error_handler(unreadable)
            .with_user_state(self.hand.clone());
        let callbacks = SlackSocketModeListenerCallbacks::new()
            .with_hello_events(|_, _, states: SlackClientEventsUserState| async move {
                tracing::info!("Slack's socket is open");
                if let Ok(hand) = hand(&states).await {
                    hand.opened.notify_one();
                }
            })
            .with_command_events(command)
            .with_interaction_events(interaction)
            .with_push_events(event);
        let config = SlackClientSocketModeConfig::new()
            .with_max_connections_count(CONNECTIONS)
            .with_initial_backoff_in_seconds(SECONDS_BETWEEN_CONNECTIONS)
            .with_reconnect_timeout_in_seconds(SECONDS_BEFORE_RECONNECTING);
        Listener::new(&config, Arc::new(environment), callbacks)
    }
}

async fn hand(states: &SlackClientEventsUserState) -> UserCallbackResult<Hand> {
    let hand = states.read().await.get_user_state::<Hand>().cloned();
    hand.ok_or_else(|| "the socket listens without a desk".into())
}

async fn command(
    event: SlackCommandEvent,
    _: Arc<SlackHyperClient>,
    states: SlackClientEventsUserState,
) -> UserCallbackResult<SlackCommandEventResponse> {
    let kept = hand(&states).await?.desk.receive(NAME, payloads::command(event)).await;
    let content = SlackMessageContent::new();
    Ok(SlackCommandEventResponse::new(match kept {
        true => content,
        false => content.with_text(SLOW.to_owned()),
    }))
}

async fn interaction(
    event: SlackInteractionEvent,
    _: Arc<SlackHyperClient>,
    states: SlackClientEventsUserState,
) -> UserCallbackResult<SlackInteractionResponse> {
    let hand = hand(&states).await?;
    match event {
        SlackInteractionEvent::BlockActions(event) => pressed(&hand, event).await,
        SlackInteractionEvent::ViewSubmission(event) => return submitted(&hand, event).await,
        _ => tracing::warn!("Slack sent an interaction that nothing here asks for"),
    }
    Ok(SlackInteractionResponse::Empty)
}

async fn pressed(hand: &Hand, event: SlackInteractionBlockActionsEvent) {
    let Some((request, window)) = payloads::press(event) else {
        return tracing::warn!("Slack sent a press without a button or without a way to answer");
    };
    // The trigger is good for three seconds, whatever the store is doing.
    if let Some(place) = window {
        hand.views.begin(&request.id, place);
    }
    // A press has no room for words in its acknowledgement; the answer comes all the same.
    let _kept = hand.desk.receive(NAME, request).await;
}

/// What is wrong with a form is said under its fields at once; all else is answered in its window.
async fn submitted(
    hand: &Hand,
    event: SlackInteractionViewSubmissionEvent,
) -> UserCallbackResult<SlackInteractionResponse> {
    let Some((request, fields)) = payloads::submission(event) else {
        tracing::warn!("Slack sent a form that is not from here");
        return Ok(SlackInteractionResponse::Empty);
    };
    if let Asked::Submit { id, values } = &request.what {
        let faults = hand.desk.faults(id, values);
        if !faults.is_empty() {
            return Ok(SlackViewSubmissionResponse::Errors(errors(faults, &fields)).into());
        }
    }
    let view = match hand.desk.receive(NAME, request).await {
        true => windows::waiting(),
        false => windows::words(SLOW),
    };
    let view = SlackViewSubmissionUpdateResponse::new(serde_json::from_value(view)?);
    Ok(SlackViewSubmissionResponse::Update(view).into())
}

/// Each fault under its field; one that names no field of the form under the first.
fn errors(faults: Vec<Fault>, fields: &[String]) -> SlackViewSubmissionErrorsResponse {
    let under = |fault: &Fault| {
        let own = fields.iter().find(|field| **field == fault.argument).or(fields.first());
        own.cloned().unwrap_or_default()
    };
    let errors = faults.into_iter().map(|fault| (under(&fault), fault.why));
    SlackViewSubmissionErrorsResponse::new(errors.collect())
}

async fn event(
    event: SlackPushEventCallback,
    _: Arc<SlackHyperClient>,
    states: SlackClientEventsUserState,
) -> UserCallbackResult<()> {
    if let Some(request) = payloads::home(event) {
        let _kept = hand(&states).await?.desk.receive(NAME, request).await;
    }
    Ok(())
}

/// A frame that the crate cannot read is acknowledged by it, and logged here by its type alone: what
/// it says may be personal.
fn unreadable(
    error: Box<dyn std::error::Error + Send + Sync>,
    _: Arc<SlackHyperClient>,
    _: SlackClientEventsUserState,
) -> HttpStatusCode {
    let body = error.downcast_ref::<SlackClientProtocolError>();
    let body = body.and_then(|error| error.json_body.as_deref());
    let frame = body.and_then(|body| serde_json::from_str::<Value>(body).ok());
    match frame {
        Some(frame) => {
            let (kind, inner) = (word(&frame["type"]), word(&frame["payload"]["type"]));
            tracing::warn!("Slack sent something that cannot be read: {kind} {inner}");
        }
        None => tracing::warn!("Slack's socket had a fault; it is opened again"),
    }
    HttpStatusCode::OK
}

fn word(value: &Value) -> String {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    value.as_str().unwrap_or("without a type").chars().filter(allowed).take(40).collect()
}
