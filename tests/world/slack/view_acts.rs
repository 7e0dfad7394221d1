//! What people do in views, and what they see there.

use serde_json::{Value, json};

use super::acts::Pressed;
use super::delivery::{Delivered, envelope};
use super::state::State;
use super::views::View;
use super::{Slack, elements, judge, payloads, submission};

impl Slack {
    /// The view on top of a person's stack.
    pub fn view(&self, user: &str) -> Option<Value> {
        self.lock().workspace.views.top(user).map(View::shape)
    }

    /// What the person reads under the fields of the view on top, by block id.
    pub fn view_errors(&self, user: &str) -> Value {
        let state = self.lock();
        state.workspace.views.top(user).map_or(json!({}), |view| view.errors.clone())
    }

    /// The person's Home tab, once something was published there.
    pub fn home(&self, user: &str) -> Option<Value> {
        self.lock().workspace.views.home(user).map(View::shape)
    }

    /// A person presses a button in the view on top, or else in their Home tab.
    pub async fn press_in_view(&self, user: &str, action_id: &str) -> Pressed {
        self.act_in_view(user, action_id, None).await
    }

    /// A person chooses from a menu there, or picks a date. The app is told at once, unless it is in
    /// an input block that keeps its choice until it is submitted.
    pub async fn choose_in_view(&self, user: &str, action_id: &str, option: &str) -> Pressed {
        self.act_in_view(user, action_id, Some(option)).await
    }

    async fn act_in_view(&self, user: &str, action_id: &str, option: Option<&str>) -> Pressed {
        let Some(mut payload) = block_actions(&mut self.lock(), user, action_id, option) else {
            return untold(None);
        };
        let trigger_id = self.equip(&mut payload, user, None);
        let delivered = self.deliver(&envelope("interactive", payload, false)).await;
        Pressed::new(&delivered, trigger_id)
    }

    /// A person fills the view on top in, by block id, and submits it. A choice is given by the
    /// option's value, several as a list; what is left out stays as it was.
    pub async fn submit(&self, user: &str, values: &[(&str, Value)]) -> Pressed {
        let (id, mut payload) = {
            let state = &mut self.lock();
            let view = state.workspace.views.top(user).expect("an open view").id.clone();
            let view = state.workspace.views.modal(&view).expect("just seen");
            if let Err(said) = submission::fill(view, values) {
                return untold(Some(said));
            }
            let (id, shape) = (view.id.clone(), view.shape());
            let mut payload = payloads::interaction(state, "view_submission", user);
            payload["view"] = shape;
            payload["response_urls"] = json!([]);
            (id, payload)
        };
        let trigger_id = self.equip(&mut payload, user, None);
        let delivered = self.deliver(&envelope("interactive", payload, true)).await;
        let mut pressed = Pressed::new(&delivered, trigger_id);
        if let Delivered::Acknowledged(_, answer) = delivered {
            let verdict = judge::of_view(&answer["view"]).await;
            let state = &mut self.lock();
            if let Err(complaint) = submission::respond(state, user, &id, &answer, &verdict) {
                state.complaints.push(format!("view_submission: {complaint}"));
                pressed.said = Some(submission::TROUBLE.to_owned());
            }
        }
        pressed
    }

    /// A person closes the view on top; the app is told if it asked to be.
    pub async fn close_view(&self, user: &str) -> Pressed {
        let payload = {
            let state = &mut self.lock();
            let view = state.workspace.views.top(user).expect("an open view").clone();
            let cleared = view.body["clear_on_close"] == true;
            if cleared {
                state.workspace.views.clear(user);
            } else {
                state.workspace.views.close(user, &view.id);
            }
            let mut payload = payloads::interaction(state, "view_closed", user);
            payload["view"] = view.shape();
            payload["is_cleared"] = json!(cleared);
            payload
        };
        if payload["view"]["notify_on_close"] != true {
            return untold(None);
        }
        let delivered = self.deliver(&envelope("interactive", payload, false)).await;
        // A person who left sees nothing of it.
        Pressed { said: None, ..Pressed::new(&delivered, String::new()) }
    }

    /// A person opens the app's Home tab.
    pub async fn open_home(&self, user: &str) -> Pressed {
        let payload = {
            let state = &mut self.lock();
            let now = state.now();
            let (channel, _) = state.workspace.direct(user, now);
            let mut event = json!({
                "type": "app_home_opened", "user": user, "channel": channel, "tab": "home",
                "event_ts": state.workspace.next_ts(now),
            });
            if let Some(home) = state.workspace.views.home(user) {
                event["view"] = home.shape();
            }
            payloads::event(state, event)
        };
        let delivered = self.deliver_event(payload).await;
        Pressed { said: None, ..Pressed::new(&delivered, String::new()) }
    }
}

/// An act that the app does not hear of.
fn untold(said: Option<String>) -> Pressed {
    Pressed { acknowledged_within: None, said, trigger_id: String::new() }
}

fn block_actions(
    state: &mut State,
    user: &str,
    action_id: &str,
    option: Option<&str>,
) -> Option<Value> {
    let now = state.now();
    let ts = state.workspace.next_ts(now);
    let views = &mut state.workspace.views;
    let id = views.top(user).or(views.home(user)).expect("an open view").id.clone();
    let view = views.any(&id).expect("just seen");
    let (block_id, element) = elements::find(&view.body["blocks"], action_id);
    let action = elements::action(&block_id, &element, option, &ts);
    elements::remember(&mut view.values, &action);
    let blocks = view.body["blocks"].as_array().into_iter().flatten();
    let mut inputs = blocks.filter(|block| block["type"] == "input");
    if inputs
        .any(|block| block["block_id"] == block_id.as_str() && block["dispatch_action"] != true)
    {
        return None;
    }
    let shape = view.shape();
    let mut payload = payloads::interaction(state, "block_actions", user);
    payload["container"] = json!({"type": "view", "view_id": id});
    payload["view"] = shape;
    payload["actions"] = json!([action]);
    Some(payload)
}
