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
        what: Asked::Command(as_typed(&event.text.unwrap_or_default())),
        person: event.user_id.value().clone(),
        person_name: None,
        groups: Vec::new(),
        channel: event.channel_id.value().clone(),
        answer_to: Way::Address(event.response_url.value().to_string()).written(),
    }
}

/// The words as they were typed: Slack escapes three signs and makes links of addresses. Mentions stay
/// as they are, because their ids say who is meant.
fn as_typed(text: &str) -> String {
    let mut typed = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        let Some((inside, behind)) = after.split_once('>') else { break };
        typed.push_str(before);
        match inside.chars().next() {
            Some('@' | '#' | '!') | None => typed.push_str(&format!("<{inside}>")),
            Some(_) => {
                let address = inside.split('|').next().unwrap_or_default();
                typed.push_str(address.strip_prefix("mailto:").unwrap_or(address));
            }
        }
        rest = behind;
    }
    typed.push_str(rest);
    typed.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
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
    let way = match (event.response_url, event.container) {
        (Some(address), _) => Way::Address(address.value().to_string()),
        // A page is turned in its own window.
        (None, SlackInteractionActionContainer::View(view))
            if what.turns_page() && place == Place::OnTop =>
        {
            Way::View { id: view.view_id.value().clone(), address: None }
        }
        (None, _) => Way::Window,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_as_they_were_typed() {
        for (sent, typed) in [
            ("customer <mailto:lee@acme.example|lee@acme.example>", "customer lee@acme.example"),
            ("topic R&amp;D", "topic R&D"),
            ("why <https://app.example/c/1|app.example/c/1>", "why https://app.example/c/1"),
            ("teammate <@U0ANA|ana> topic:&lt;x&gt;", "teammate <@U0ANA|ana> topic:<x>"),
            ("a &lt; b", "a < b"),
            ("open < only", "open < only"),
        ] {
            assert_eq!(as_typed(sent), typed);
        }
    }
}
