//! What people do in Discord: from an interaction to a request, and its acknowledgement within three
//! seconds. An acknowledgement decides who sees the answer, so it is made here and not later.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cxbot_sdk::Message;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use serenity::all::{
    ActionRowComponent, CommandInteraction, ComponentInteraction, ComponentInteractionDataKind,
    GuildId, Interaction, Member, ModalInteraction, ResolvedOption, ResolvedValue, User,
};

use super::commands::{ABOUT, HELP};
use super::forms::{Drafts, modal, what_is_wrong};
use super::sender::{Call, Sender};
use super::{Discord, EPHEMERAL, NAME, render};
use crate::chat::form::Values;
use crate::chat::{Asked, Command, Desk, Failure, Request, Suggest};
use cxbot_sdk::text::shorten;

/// Kinds of answers to an interaction.
mod answer {
    pub(super) const MESSAGE: u8 = 4;
    pub(super) const LATER: u8 = 5;
    pub(super) const LATER_ON_SOURCE: u8 = 6;
    pub(super) const CHOICES: u8 = 8;
    pub(super) const FORM: u8 = 9;
}

/// What someone reads whose request could not be stored in time.
const SLOW: &str = "cxbot is slow right now. If no answer comes within a minute, ask again.";
const ELSEWHERE: &str = "cxbot answers in the server that it is set up for, and nowhere else.";
/// Discord waits for three seconds, of which storing took some.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_millis(2_300);
const LOOK_EVERY: Duration = Duration::from_millis(10);
const TRY_EVERY: Duration = Duration::from_millis(200);

/// A choice's words and value, in characters.
const CHOICE: usize = 100;

/// Where an answer goes: the token is good for fifteen minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Way {
    application: String,
    token: String,
    /// Whether the answer's place is the message on which the button stands.
    #[serde(default)]
    pub(super) on_source: bool,
}

impl Way {
    pub(super) fn read(answer_to: &str) -> Way {
        serde_json::from_str(answer_to).unwrap_or_else(|_| Way {
            application: String::new(),
            token: String::new(),
            on_source: false,
        })
    }

    pub(super) fn original(&self) -> String {
        format!("/webhooks/{}/{}/messages/@original", self.application, self.token)
    }

    fn more(&self) -> String {
        format!("/webhooks/{}/{}", self.application, self.token)
    }
}

impl Discord {
    pub(super) async fn edit_original(&self, way: &Way, body: &Value) -> Result<(), Failure> {
        let call = Call::new(Method::PATCH, way.original(), "answer").with(body).open();
        Ok(self.sender.call(call).await.map(drop)?)
    }

    /// One more private answer.
    pub(super) async fn follow_up(&self, way: &Way, body: &Value) -> Result<(), Failure> {
        let mut body = body.clone();
        body["flags"] = json!(EPHEMERAL);
        let call = Call::new(Method::POST, way.more(), "answer").with(&body).open();
        Ok(self.sender.call(call).await.map(drop)?)
    }
}

/// Requests that are not acknowledged yet. An answer before its acknowledgement finds nothing to
/// change.
#[derive(Default)]
pub(super) struct Unacknowledged(Mutex<HashSet<String>>);

impl Unacknowledged {
    fn set(&self, id: &str, waits: bool) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match waits {
            true => all.insert(id.to_owned()),
            false => all.remove(id),
        };
    }

    /// Waits until the request is acknowledged, or can be no more.
    pub(super) async fn wait(&self, id: &str) {
        let waits = || self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(id);
        let over = async {
            while waits() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        // Later than that the token is dead or answered.
        tokio::time::timeout(ACKNOWLEDGED_WITHIN * 2, over).await.unwrap_or_default();
    }
}

/// Takes interactions in.
pub(super) struct Reader {
    pub(super) unacknowledged: Arc<Unacknowledged>,
    pub(super) sender: Arc<Sender>,
    pub(super) desk: Arc<dyn Desk>,
    pub(super) commands: Vec<Command>,
    /// The servers whose people are answered.
    pub(super) servers: Vec<String>,
    /// What people wrote into a form that was not right, to be there when they open it again.
    pub(super) drafts: Drafts,
}

/// The parts that every interaction has.
struct Common<'i> {
    id: String,
    token: &'i str,
    application: String,
    user: &'i User,
    member: Option<&'i Member>,
    guild: Option<GuildId>,
    channel: String,
}

/// All kinds of interactions have these fields, and no trait says so.
macro_rules! common {
    ($interaction:expr, $member:expr) => {
        Common {
            id: $interaction.id.to_string(),
            token: &$interaction.token,
            application: $interaction.application_id.to_string(),
            user: &$interaction.user,
            member: $member,
            guild: $interaction.guild_id,
            channel: $interaction.channel_id.to_string(),
        }
    };
}

impl Reader {
    pub(super) async fn take(&self, interaction: Interaction) {
        let done = match &interaction {
            Interaction::Command(command) => {
                let common = common!(command, command.member.as_deref());
                match self.command(command) {
                    Some(what) => self.receive(&common, what, Acknowledged::Later).await,
                    None => self.say(&common, "There is no such command any more.").await,
                }
            }
            Interaction::Autocomplete(command) => {
                let common = common!(command, command.member.as_deref());
                self.suggest(&common, command).await
            }
            Interaction::Component(pressed) => {
                let common = common!(pressed, pressed.member.as_ref());
                self.pressed(&common, pressed).await
            }
            Interaction::Modal(form) => {
                let common = common!(form, form.member.as_ref());
                self.submitted(&common, form).await
            }
            _ => Ok(()),
        };
        if let Err(failure) = done {
            tracing::warn!("Discord did not take an acknowledgement: {failure}");
        }
    }

    /// What a command asks for: its arguments are typed by Discord already.
    fn command(&self, command: &CommandInteraction) -> Option<Asked> {
        let options = command.data.options();
        let ResolvedOption { name, value: ResolvedValue::SubCommand(options), .. } =
            options.first()?
        else {
            return None;
        };
        if *name == HELP {
            let about = options.iter().find(|option| option.name == ABOUT);
            let about = about.and_then(|option| text(&option.value)).unwrap_or_default();
            return Some(Asked::Command(format!("{HELP} {about}")));
        }
        let known = self.commands.iter().find(|known| known.action.name == *name)?;
        let arguments: Map<String, Value> = options
            .iter()
            .filter_map(|option| Some((option.name.to_owned(), json_of(&option.value)?)))
            .collect();
        let arguments = Value::Object(arguments);
        Some(Asked::Press(format!("{}/{name}/{arguments}", known.plugin)))
    }

    async fn pressed(
        &self,
        common: &Common<'_>,
        pressed: &ComponentInteraction,
    ) -> Result<(), Failure> {
        let id = match &pressed.data.kind {
            ComponentInteractionDataKind::Button => pressed.data.custom_id.clone(),
            ComponentInteractionDataKind::StringSelect { values } => {
                values.first().cloned().unwrap_or_default()
            }
            _ => return Ok(()),
        };
        let what = Asked::Press(id);
        if what.asks() {
            return self.open_form(common, &what).await;
        }
        match what.is_about_its_message() {
            true => self.receive(common, what, Acknowledged::OnSource).await,
            false => self.receive(common, what, Acknowledged::Later).await,
        }
    }

    /// A form has to be the first answer to a press, so nothing is stored before.
    async fn open_form(&self, common: &Common<'_>, what: &Asked) -> Result<(), Failure> {
        let Asked::Press(id) = what else { return Ok(()) };
        if !self.answers(common) {
            return self.say(common, ELSEWHERE).await;
        }
        match self.desk.form(id).await {
            Ok(form) => {
                let draft = self.drafts.take(common.user.id.get(), id);
                self.acknowledge(common, answer::FORM, modal(&form, &draft)).await
            }
            Err(why) => self.say_message(common, &why).await,
        }
    }

    async fn submitted(&self, common: &Common<'_>, form: &ModalInteraction) -> Result<(), Failure> {
        let rows = form.data.components.iter().flat_map(|row| &row.components);
        let values: Values = rows
            .filter_map(|component| match component {
                ActionRowComponent::InputText(input) => {
                    let value = input.value.clone().filter(|value| !value.trim().is_empty());
                    Some((input.custom_id.clone(), value?))
                }
                _ => None,
            })
            .collect();
        let id = form.data.custom_id.clone();
        let faults = self.desk.faults(&id, &values);
        if faults.is_empty() {
            return self.receive(common, Asked::Submit { id, values }, Acknowledged::Later).await;
        }
        let message = what_is_wrong(&id, &values, &faults);
        self.drafts.keep(common.user.id.get(), id, values);
        self.say_message(common, &message).await
    }

    /// Stores a request, then acknowledges it.
    async fn receive(
        &self,
        common: &Common<'_>,
        what: Asked,
        how: Acknowledged,
    ) -> Result<(), Failure> {
        if !self.answers(common) {
            return self.say(common, ELSEWHERE).await;
        }
        let on_source = how == Acknowledged::OnSource;
        let way = Way {
            application: common.application.clone(),
            token: common.token.to_owned(),
            on_source,
        };
        let request = self.request(common, what, &way);
        self.unacknowledged.set(&common.id, true);
        let kept = self.desk.receive(NAME, request).await;
        let acknowledged = match (kept, on_source) {
            (_, true) => self.acknowledge(common, answer::LATER_ON_SOURCE, Value::Null).await,
            (true, false) => {
                self.acknowledge(common, answer::LATER, json!({"flags": EPHEMERAL})).await
            }
            // The answer takes its place when it comes.
            (false, false) => self.say(common, SLOW).await,
        };
        self.unacknowledged.set(&common.id, false);
        acknowledged
    }

    fn request(&self, common: &Common<'_>, what: Asked, way: &Way) -> Request {
        let nick = common.member.and_then(|member| member.nick.clone());
        let name = nick.or(common.user.global_name.clone()).unwrap_or(common.user.name.clone());
        let roles = common.member.map(|member| &member.roles).into_iter().flatten();
        Request {
            id: common.id.clone(),
            what,
            person: common.user.id.to_string(),
            person_name: Some(name),
            groups: roles.map(ToString::to_string).collect(),
            channel: common.channel.clone(),
            answer_to: serde_json::to_string(way).unwrap_or_default(),
        }
    }

    /// Nobody is answered in direct messages or in another server.
    fn answers(&self, common: &Common<'_>) -> bool {
        common.guild.is_some_and(|guild| self.servers.contains(&guild.to_string()))
    }

    async fn suggest(
        &self,
        common: &Common<'_>,
        command: &CommandInteraction,
    ) -> Result<(), Failure> {
        let options = command.data.options();
        let name = options.first().map(|option| option.name).unwrap_or_default();
        let known = self.commands.iter().find(|known| known.action.name == name);
        let (Some(known), Some(focused)) = (known, command.data.autocomplete()) else {
            return self.acknowledge(common, answer::CHOICES, json!({"choices": []})).await;
        };
        let asked = Suggest {
            plugin: known.plugin,
            action: known.action.name.clone(),
            argument: focused.name.to_owned(),
            typed: focused.value.to_owned(),
        };
        let way = Way { application: String::new(), token: String::new(), on_source: false };
        // Whoever may not ask gets no names either.
        let suggestions = match self.answers(common) {
            true => {
                let request = self.request(common, Asked::Command(String::new()), &way);
                self.desk.suggest(NAME, &request, &asked).await
            }
            false => Vec::new(),
        };
        let choice = |(label, value): &(String, String)| json!({"name": shorten(label, CHOICE), "value": shorten(value, CHOICE)});
        let usable = suggestions.iter().filter(|(label, _)| !label.trim().is_empty());
        let choices: Vec<Value> = usable.take(25).map(choice).collect();
        self.acknowledge(common, answer::CHOICES, json!({"choices": choices})).await
    }

    async fn say(&self, common: &Common<'_>, words: &str) -> Result<(), Failure> {
        self.say_message(common, &Message::sentence(words)).await
    }

    async fn say_message(&self, common: &Common<'_>, message: &Message) -> Result<(), Failure> {
        let mut body = render::answer(message);
        body["flags"] = json!(EPHEMERAL);
        self.acknowledge(common, answer::MESSAGE, body).await
    }

    async fn acknowledge(&self, common: &Common<'_>, kind: u8, data: Value) -> Result<(), Failure> {
        let mut body = json!({"type": kind});
        if !data.is_null() {
            body["data"] = data;
        }
        let path = format!("/interactions/{}/{}/callback", common.id, common.token);
        let trying = async {
            loop {
                let call = Call::new(Method::POST, path.clone(), "acknowledge a request");
                match self.sender.call(call.with(&body).open()).await.map_err(Failure::from) {
                    Err(Failure::Later { .. } | Failure::Unknown(_)) => {
                        tokio::time::sleep(TRY_EVERY).await;
                    }
                    done => return done.map(drop),
                }
            }
        };
        match tokio::time::timeout(ACKNOWLEDGED_WITHIN, trying).await {
            Ok(done) => done,
            Err(_) => Err(Failure::Unknown("it was not acknowledged in time".to_owned())),
        }
    }
}

/// How a request is acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Acknowledged {
    /// With a private answer to come.
    Later,
    /// The answer changes the message on which the button stands.
    OnSource,
}

fn text(value: &ResolvedValue<'_>) -> Option<String> {
    match value {
        ResolvedValue::String(text) => Some((*text).to_owned()),
        _ => None,
    }
}

fn json_of(value: &ResolvedValue<'_>) -> Option<Value> {
    match value {
        ResolvedValue::String(text) => Some(json!(text)),
        ResolvedValue::Integer(number) => Some(json!(number)),
        ResolvedValue::Number(number) => Some(json!(number)),
        ResolvedValue::Boolean(yes) => Some(json!(yes)),
        _ => None,
    }
}
