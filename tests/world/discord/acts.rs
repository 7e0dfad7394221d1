//! What people do with the bot, and what they see of it: commands, choices, buttons and modals.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::time::sleep;

use super::carried::{chosen, component, component_act, data, filled};
use super::interactions::{Ack, Interaction, Kind, PATIENCE};
use super::options::typed;
use super::state::State;
use super::{Discord, Shown, payloads};

/// What became of an act.
#[derive(Clone, Debug)]
pub struct Acted {
    /// None if the bot did not answer in time.
    pub acknowledged_within: Option<Duration>,
    /// The error that the person is shown.
    pub said: Option<String>,
    /// "Thinking…": the answer comes later.
    pub deferred: bool,
    /// The message of the answer, or the one that the act changed.
    pub message: Option<String>,
    /// Whether the person alone sees that message.
    pub private: bool,
    /// The form that opened; None for none.
    pub modal: Option<Value>,
    pub token: String,
    pub channel: String,
}

const FAILED: &str = "The application did not respond";
const FAILED_ON_MESSAGE: &str = "This interaction failed";

impl Discord {
    /// A person types `/cx` and these parts of it with these options, such as `{"week": "2026-W30"}`.
    ///
    /// Panics where the person could not type it: the app's box knows what is registered.
    pub async fn type_command(
        &self,
        user: &str,
        channel: &str,
        path: &[&str],
        options: Value,
    ) -> Acted {
        let token = self.send(|state| {
            let typed = typed(&state.guild, path, &options, None)?;
            let data = data(&typed.command, typed.options, typed.resolved);
            Ok(payloads::make(state, Kind::Command, (user, channel), None, data))
        });
        self.wait(token).await
    }

    /// The choices, names and values, that a person sees while typing the focused option; Err with
    /// what the box says where none come.
    pub async fn autocomplete(
        &self,
        user: &str,
        channel: &str,
        path: &[&str],
        options: Value,
        focused: &str,
    ) -> Result<Vec<(String, Value)>, String> {
        let token = self.send(|state| {
            let typed = typed(&state.guild, path, &options, Some(focused))?;
            let data = data(&typed.command, typed.options, typed.resolved);
            Ok(payloads::make(state, Kind::Autocomplete, (user, channel), None, data))
        });
        let Some((_, Ack::Choices(choices))) = self.outcome(&token).await.acknowledged else {
            return Err("Loading options failed".to_owned());
        };
        let name = |choice: &Value| choice["name"].as_str().unwrap_or_default().to_owned();
        let choices = choices.as_array().into_iter().flatten();
        Ok(choices.map(|choice| (name(choice), choice["value"].clone())).collect())
    }

    /// A person presses the button with this label or custom_id under a message.
    pub async fn press(&self, user: &str, message: &str, button: &str) -> Acted {
        let token = self.send(|state| {
            let found = component(state, user, message, |it| {
                it["type"] == 2 && (it["label"] == button || it["custom_id"] == button)
            })?;
            let data = json!({
                "component_type": 2, "custom_id": found["custom_id"], "id": found["id"],
            });
            component_act(state, user, message, data)
        });
        self.wait(token).await
    }

    /// A person chooses from a menu under a message.
    pub async fn choose(&self, user: &str, message: &str, menu: &str, values: &[&str]) -> Acted {
        let token = self.send(|state| {
            let found =
                component(state, user, message, |it| it["type"] != 2 && it["custom_id"] == menu)?;
            let data = chosen(state, &found, values)?;
            component_act(state, user, message, data)
        });
        self.wait(token).await
    }

    /// A person fills the modal that an act opened, by custom_id, and sends it.
    pub async fn submit(&self, user: &str, opened: &Acted, values: Value) -> Acted {
        let modal = opened.modal.as_ref().expect("an act that opened a modal");
        let data = filled(modal, &values).unwrap_or_else(|problem| panic!("{problem}"));
        let token = self.send(|state| {
            let known = state.guild.interactions.with_token(&opened.token);
            let source = known.expect("an act of this fake").source.clone();
            let place = (user, opened.channel.as_str());
            Ok(payloads::make(state, Kind::Modal, place, source.as_deref(), data))
        });
        self.wait(token).await
    }

    /// The answer to an act, once it is no longer "thinking".
    pub async fn answered(&self, acted: &Acted, within: Duration) -> Shown {
        let id = acted.message.as_ref().unwrap_or_else(|| panic!("no answer to {acted:?}"));
        let started = Instant::now();
        loop {
            let shown = {
                let state = &mut self.lock();
                let message = state.guild.any(id).cloned();
                message.map(|message| message.shown(&state.guild))
            };
            match shown {
                Some(shown) if !shown.thinking => return shown,
                _ => assert!(started.elapsed() < within, "still thinking: {acted:?}"),
            }
            sleep(Duration::from_millis(5)).await;
        }
    }

    fn send(&self, make: impl FnOnce(&mut State) -> Result<(String, Value), String>) -> String {
        let state = &mut self.lock();
        let (token, payload) = make(state).unwrap_or_else(|problem| panic!("{problem}"));
        state.gateway.interact(payload);
        token
    }

    async fn wait(&self, token: String) -> Acted {
        let interaction = self.outcome(&token).await;
        let state = &mut self.lock();
        let message = interaction.original.as_ref().and_then(|id| state.guild.any(id)).cloned();
        let mut acted = Acted {
            acknowledged_within: None,
            said: None,
            deferred: false,
            private: message.is_some_and(|message| message.only_for.is_some()),
            message: interaction.original,
            modal: None,
            token,
            channel: interaction.channel,
        };
        match interaction.acknowledged {
            Some((at, ack)) => {
                acted.acknowledged_within = Some(at - interaction.sent);
                acted.deferred = matches!(ack, Ack::Deferred);
                acted.modal = if let Ack::Modal(modal) = ack { Some(modal) } else { None };
            }
            None if interaction.kind == Kind::Command => acted.said = Some(FAILED.to_owned()),
            None => acted.said = Some(FAILED_ON_MESSAGE.to_owned()),
        }
        acted
    }

    async fn outcome(&self, token: &str) -> Interaction {
        loop {
            {
                let guild = &mut self.lock().guild;
                let now = guild.interactions.with_token(token).expect("just made").clone();
                if now.acknowledged.is_some() {
                    return now;
                }
                if now.sent.elapsed() > PATIENCE {
                    let label = format!("{:?} by {} in {}", now.kind, now.user, now.channel);
                    guild.interactions.unanswered.push(label);
                    return now;
                }
            }
            sleep(Duration::from_millis(5)).await;
        }
    }
}
