//! What people do with the app, and what they see of it: commands, buttons and menus.

use std::time::Duration;

use serde_json::{Value, json};

use super::addresses::Origin;
use super::delivery::{Delivered, envelope};
use super::message::{Message, Visibility};
use super::state::State;
use super::{Slack, elements, judge, methods, payloads, shapes};

/// What became of an act.
#[derive(Clone, Debug)]
pub struct Pressed {
    /// None if it was not, or not in time, or if the app was not told at all.
    pub acknowledged_within: Option<Duration>,
    /// The error that the person is shown.
    pub said: Option<String>,
    /// Empty for what has none.
    pub trigger_id: String,
}

impl Pressed {
    pub fn new(delivered: &Delivered, trigger_id: String) -> Pressed {
        let (acknowledged_within, said) = match delivered {
            Delivered::Acknowledged(after, _) => (Some(*after), None),
            Delivered::Not => (None, Some("operation_timeout".to_owned())),
            Delivered::Nowhere => (None, Some("dispatch_failed".to_owned())),
        };
        Pressed { acknowledged_within, said, trigger_id }
    }
}

impl Slack {
    /// A person types a command into a channel's message box.
    pub async fn type_command(
        &self,
        user: &str,
        channel: &str,
        command: &str,
        text: &str,
    ) -> Pressed {
        let mut payload = {
            let state = &mut self.lock();
            let place =
                state.workspace.channels.get(channel).expect("a channel put before").clone();
            payloads::command(state, user, &place, command, text)
        };
        let trigger_id = self.equip(&mut payload, user, Some((channel, Origin::Command)));
        let delivered = self.deliver(&envelope("slash_commands", payload, true)).await;
        let mut pressed = Pressed::new(&delivered, trigger_id);
        if let Delivered::Acknowledged(_, answer) = delivered
            && !answer.is_null()
            && answer != json!({})
        {
            let verdict = judge::of_blocks(&answer["blocks"]).await;
            let shown = methods::show_answer(&mut self.lock(), user, channel, answer, &verdict);
            // As Slack says it of an answer that it cannot read.
            pressed.said = shown.err().map(|()| "invalid_command_response".to_owned());
        }
        pressed
    }

    /// A person presses a button of a message, be it everybody's or only theirs.
    pub async fn press(&self, user: &str, channel: &str, ts: &str, action_id: &str) -> Pressed {
        self.act(user, channel, ts, action_id, None).await
    }

    /// A person chooses from a menu, or picks a date; several options with commas between them.
    pub async fn choose(
        &self,
        user: &str,
        channel: &str,
        ts: &str,
        action_id: &str,
        option: &str,
    ) -> Pressed {
        self.act(user, channel, ts, action_id, Some(option)).await
    }

    async fn act(
        &self,
        user: &str,
        channel: &str,
        ts: &str,
        action_id: &str,
        option: Option<&str>,
    ) -> Pressed {
        let (mut payload, origin) =
            block_actions(&mut self.lock(), (user, channel, ts), action_id, option);
        let trigger_id = self.equip(&mut payload, user, Some((channel, origin)));
        let delivered = self.deliver(&envelope("interactive", payload, false)).await;
        Pressed::new(&delivered, trigger_id)
    }

    /// Gives a payload its trigger and, where it has a channel, its response address.
    pub(super) fn equip(
        &self,
        payload: &mut Value,
        user: &str,
        place: Option<(&str, Origin)>,
    ) -> String {
        let state = &mut self.lock();
        let now = state.now();
        if let Some((channel, origin)) = place {
            let path = state.workspace.addresses.make(user, channel, origin, now);
            payload["response_url"] = json!(format!("{}{path}", state.home));
        }
        let trigger_id = state.workspace.triggers.make(user, now);
        payload["trigger_id"] = json!(trigger_id);
        trigger_id
    }
}

fn block_actions(
    state: &mut State,
    (user, channel, ts): (&str, &str, &str),
    action_id: &str,
    option: Option<&str>,
) -> (Value, Origin) {
    let place = state.workspace.channels.get(channel).expect("a channel put before").clone();
    let public = place.message(ts, Visibility::ALL).cloned();
    let whispered = state.workspace.whispered(user, ts).cloned();
    let ephemeral = public.is_none();
    let message: Message = public.or(whispered).expect("a message that this person sees");
    let blocks = shapes::with_ids(&message.blocks);
    let (block_id, element) = elements::find(&blocks, action_id);
    let now = state.now();
    let action = elements::action(&block_id, &element, option, &state.workspace.next_ts(now));
    let mut values = elements::initial(&blocks);
    elements::remember(&mut values, &action);
    let mut payload = payloads::interaction(state, "block_actions", user);
    payload["container"] = json!({
        "type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": ephemeral,
    });
    payload["channel"] = json!({"id": channel, "name": payloads::channel_name(&place)});
    // Of an ephemeral message nothing more is told; of any other everything, metadata included.
    if !ephemeral {
        payload["message"] = shapes::message(&message, true);
    }
    payload["state"] = json!({"values": values});
    payload["actions"] = json!([action]);
    let ts = ts.to_owned();
    (payload, if ephemeral { Origin::Whispered(ts) } else { Origin::Public(ts) })
}
