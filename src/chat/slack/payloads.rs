//! From what Slack sends to a request: pure.

use slack_morphism::events::SlackEventCallbackBody;
use slack_morphism::prelude::{
    SlackCommandEvent, SlackInteractionActionContainer, SlackInteractionBlockActionsEvent,
    SlackInteractionViewSubmissionEvent, SlackPushEventCallback, SlackView, SlackViewStateValue,
    ValueStruct,
};

use super::views::Place;
use super::way::{Luggage, Way};
use crate::chat::{Asked, Request};

pub(super) fn command(event: SlackCommandEvent) -> Request {
    Request {
        id: event.trigger_id.value().clone(),
        what: Asked::Command(event.text.unwrap_or_default()),
        person: event.user_id.value().clone(),
        person_name: None,
        groups: Vec::new(),
        channel: event.channel_id.value().clone(),
        answer_to: Way::Address(event.response_url.value().to_string()).written(),
    }
}

/// A press or a choice, and where a window has to open for it: a press in a view has no address for
/// answers, and a form needs a window in any case.
pub(super) fn press(event: SlackInteractionBlockActionsEvent) -> Option<(Request, Option<Place>)> {
    let action = event.actions?.into_iter().next()?;
    let id = action.selected_option.map(|chosen| chosen.value).or(action.value)?;
    let user = event.user?;
    let what = Asked::Press(id);
    let place = match (&event.container, &event.view) {
        (SlackInteractionActionContainer::View(_), Some(SlackView::Modal(_))) => Place::OnTop,
        _ => Place::First,
    };
    let way = match event.response_url {
        Some(address) => Way::Address(address.value().to_string()),
        None => Way::Window,
    };
    let window = (what.asks() || way == Way::Window).then_some(place);
    let request = Request {
        id: event.trigger_id.value().clone(),
        what,
        person: user.id.value().clone(),
        person_name: user.name.or(user.username),
        groups: Vec::new(),
        channel: event.channel.map(|channel| channel.id.value().clone()).unwrap_or_default(),
        answer_to: way.written(),
    };
    Some((request, window))
}

/// A form with what was filled in, and the names of all its fields.
pub(super) fn submission(
    event: SlackInteractionViewSubmissionEvent,
) -> Option<(Request, Vec<String>)> {
    let SlackView::Modal(modal) = event.view.view else { return None };
    let luggage: Luggage = serde_json::from_str(&modal.private_metadata?).ok()?;
    let state = event.view.state_params;
    let mut fields = Vec::new();
    let mut values = Vec::new();
    for (field, elements) in state.state.into_iter().flat_map(|state| state.values) {
        let field = field.value().clone();
        let value = elements.into_values().find_map(value);
        values.extend(value.map(|value| (field.clone(), value)));
        fields.push(field);
    }
    let view = state.id.value().clone();
    let request = Request {
        // Each state of a view has its own hash, so a form sent again is told from a repeated frame.
        id: event.trigger_id.map_or(format!("{view}/{}", state.hash), |id| id.value().clone()),
        what: Asked::Submit {
            id: modal.callback_id?.value().clone(),
            values: values.into_iter().collect(),
        },
        person: event.user.id.value().clone(),
        person_name: event.user.name.or(event.user.username),
        groups: Vec::new(),
        channel: luggage.channel,
        answer_to: Way::View { id: view, address: luggage.address }.written(),
    };
    Some((request, fields))
}

/// What a field holds; nothing where it was left empty.
fn value(element: SlackViewStateValue) -> Option<String> {
    let ticked = element.selected_options.into_iter().flatten().next();
    let chosen = element.selected_option.or(ticked).map(|option| option.value);
    chosen.or(element.value).filter(|value| !value.trim().is_empty())
}

/// A look at the Home tab.
pub(super) fn home(event: SlackPushEventCallback) -> Option<Request> {
    let SlackEventCallbackBody::AppHomeOpened(opened) = event.event else { return None };
    let at_home = opened.tab.is_none_or(|tab| tab == "home");
    at_home.then(|| Request {
        // An event is sent again under the same id.
        id: event.event_id.value().clone(),
        what: Asked::Home,
        person: opened.user.value().clone(),
        person_name: None,
        groups: Vec::new(),
        channel: String::new(),
        answer_to: Way::Home.written(),
    })
}
