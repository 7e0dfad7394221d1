//! Slack, through slack-morphism's Web API: posts, edits, and finds its own posts again.

mod answer;
mod failure;
mod groups;
pub mod manifest;
mod members;
mod online;
mod pace;
mod payloads;
mod rooms;
mod socket;
mod views;
mod way;
mod web;

pub use manifest::Asks;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use cxbot_sdk::{Members, Message};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use super::form::Form;
use super::render::slack::{self as render, Drawn, views as windows};
use super::{Asked, Call, Desk, Failure, Groups, Platform, Post, Request, Search};
use crate::config::SlackConfig;
use answer::Answers;
use groups::UserGroups;
use members::People;
use pace::Pace;
use rooms::Rooms;
use socket::Hand;
use views::Views;
use way::{Luggage, Way};
use web::Web;

/// The word before the colon of a destination.
pub const NAME: &str = "slack";
/// The type of our posts' metadata, which every member of the workspace may read.
const EVENT_TYPE: &str = "cxbot_post";
/// Messages on one page of a history; Slack takes up to 999.
const PAGE: &str = "200";
/// Pages that are read before a search is given up: a channel with more traffic than 4,000 messages
/// in the minutes of a failed call is not waited for.
const PAGES: usize = 20;
/// Arguments that a post takes and an edit does not.
const POST_ONLY: [&str; 3] = ["unfurl_links", "unfurl_media", "mrkdwn"];

/// One Slack workspace, as the bot's token opens it.
pub struct Slack {
    web: Arc<Web>,
    views: Arc<Views>,
    answers: Answers,
    groups: Arc<UserGroups>,
    groups_for: Duration,
    asks: Asks,
    people: People,
    rooms: Rooms,
    /// The token of Socket Mode, `xapp-…`.
    app_token: Option<SecretString>,
    pace: Option<Pace>,
    zone: TimeZone,
    read_history: bool,
    history_lag: SignedDuration,
    /// Whether the workspace has refused a chart or a table of Slack's own.
    refuses_natives: AtomicBool,
    /// The bot's own id, by which its messages are told from copies of their metadata.
    bot: OnceCell<String>,
}

impl Slack {
    /// Connects to nothing yet.
    pub fn new(
        config: &SlackConfig,
        token: &SecretString,
        zone: TimeZone,
    ) -> anyhow::Result<Slack> {
        let web = Arc::new(Web::new(config, token)?);
        let groups_for = config.groups_for.try_into().context("slack.groups_for")?;
        Ok(Slack {
            views: Arc::new(Views::new(web.clone())),
            answers: Answers::new(config)?,
            groups: Arc::new(UserGroups::new(web.clone(), Vec::new(), groups_for)),
            groups_for,
            asks: Asks::default(),
            people: People::new(web.clone()),
            rooms: Rooms::new(web.clone()),
            app_token: None,
            pace: Pace::new(),
            zone,
            read_history: config.read_history,
            history_lag: config.history_lag,
            refuses_natives: AtomicBool::new(false),
            bot: OnceCell::new(),
            web,
        })
    }

    /// The same, listening for what people ask by Socket Mode.
    pub fn listening(mut self, app_token: Option<SecretString>) -> Slack {
        self.app_token = app_token;
        self
    }

    /// The same, telling who is in these user groups.
    pub fn with_groups(mut self, ids: Vec<String>) -> Slack {
        self.groups = Arc::new(UserGroups::new(self.web.clone(), ids, self.groups_for));
        self
    }

    /// The same, asking Slack about people.
    pub fn asking(mut self, asks: Asks) -> Slack {
        self.asks = asks;
        self
    }

    /// All that is asked about people, for roles too.
    fn asks_for(&self) -> Asks {
        Asks { groups: self.asks.groups || !self.groups.ids().is_empty(), ..self.asks }
    }

    /// The same without keeping to Slack's rates, for a test in which years pass in seconds.
    pub fn unpaced(mut self) -> Slack {
        self.pace = None;
        self
    }

    async fn bot(&self) -> Result<&String, Failure> {
        let ask = || async {
            let answer = self.web.post("auth.test", &json!({})).await?;
            text(&answer, "bot_id", "auth.test")
        };
        self.bot.get_or_try_init(ask).await
    }

    fn body(&self, post: Post<'_>, drawn: Drawn) -> Value {
        let mut body = render::post(post.message, post.channel, &self.zone, drawn);
        body["metadata"] = json!({"event_type": EVENT_TYPE, "event_payload": {"id": post.id}});
        body
    }

    /// Calls with charts as Slack draws them; where the workspace refuses that, once more without.
    async fn call(
        &self,
        method: &str,
        post: Post<'_>,
        finish: impl Fn(&mut Value) + Send + Sync,
    ) -> Result<Value, Failure> {
        let drawn = match self.refuses_natives.load(Ordering::Relaxed) {
            true => Drawn::Signs,
            false => Drawn::Native,
        };
        let mut body = self.body(post, drawn);
        finish(&mut body);
        match self.web.post(method, &body).await {
            Err(Failure::Content(why)) if render::has_native(&body) => {
                tracing::warn!("{why}; once more without its chart and table");
                let mut plain = self.body(post, Drawn::Signs);
                finish(&mut plain);
                let answer = self.web.post(method, &plain).await?;
                self.refuses_natives.store(true, Ordering::Relaxed);
                Ok(answer)
            }
            other => other,
        }
    }

    /// A message in the channel that its asker alone sees.
    async fn whisper(
        &self,
        address: &str,
        request: &Request,
        message: &Message,
    ) -> Result<(), Failure> {
        let mut body = render::answer(message, &self.zone);
        // A command has no post to replace; the post with a button stays, unless its page is turned.
        if matches!(request.what, Asked::Press(_)) {
            body["replace_original"] = json!(request.what.turns_page());
        }
        self.answers.post(address, &body).await
    }

    /// Whether a message of a history is the post.
    fn is(&self, message: &Value, id: &str, bot: &str) -> bool {
        let metadata = &message["metadata"];
        message["bot_id"] == bot
            && metadata["event_type"] == EVENT_TYPE
            && metadata["event_payload"]["id"] == id
    }
}

#[async_trait]
impl Platform for Slack {
    fn name(&self) -> &'static str {
        NAME
    }

    fn settles_in(&self) -> SignedDuration {
        self.history_lag
    }

    async fn pace(&self, call: Call, channel: &str) {
        if let Some(pace) = &self.pace {
            pace.wait(call, channel).await;
        }
    }

    async fn post(&self, post: Post<'_>) -> Result<String, Failure> {
        let room = self.rooms.of(post.channel).await?;
        let in_thread = |body: &mut Value| {
            if let Some(thread) = post.thread {
                body["thread_ts"] = json!(thread);
            }
        };
        let here = Post { channel: &room, ..post };
        let posted = self.call("chat.postMessage", here, in_thread).await;
        let answer = self.rooms.noted(post.channel, posted)?;
        text(&answer, "ts", "chat.postMessage")
    }

    async fn edit(&self, place: &str, post: Post<'_>) -> Result<(), Failure> {
        let room = self.rooms.of(post.channel).await?;
        let at_its_place = |body: &mut Value| {
            if let Some(fields) = body.as_object_mut() {
                fields.retain(|field, _| !POST_ONLY.contains(&field.as_str()));
            }
            body["ts"] = json!(place);
        };
        let here = Post { channel: &room, ..post };
        let edited = self.call("chat.update", here, at_its_place).await;
        self.rooms.noted(post.channel, edited).map(drop)
    }

    async fn delete(&self, channel: &str, place: &str) -> Result<(), Failure> {
        let room = self.rooms.of(channel).await?;
        let body = json!({"channel": room, "ts": place});
        self.rooms.noted(channel, self.web.post("chat.delete", &body).await).map(drop)
    }

    async fn ask(&self, request: &Request, form: &Form) -> Result<(), Failure> {
        let address = match Way::read(&request.answer_to) {
            Way::Address(address) => Some(address),
            _ => None,
        };
        let luggage = Luggage { channel: request.channel.clone(), address };
        let luggage = serde_json::to_string(&luggage).unwrap_or_default();
        self.views.fill(&request.id, &windows::form(form, &luggage)).await
    }

    async fn answer(&self, request: &Request, message: &Message) -> Result<(), Failure> {
        let window = || windows::window(message, &self.zone);
        match Way::read(&request.answer_to) {
            Way::Address(address) => self.whisper(&address, request, message).await,
            Way::Window => self.views.fill(&request.id, &window()).await,
            Way::Home => {
                self.views.publish(&request.person, &windows::home(message, &self.zone)).await
            }
            Way::View { id, address } => match (self.views.update(&id, &window()).await, address) {
                // Whoever has closed the window reads the answer in the channel; so does everyone while many
                // windows at once are more than Slack takes.
                (Err(Failure::Gone | Failure::Later { .. }), Some(address)) => {
                    self.whisper(&address, request, message).await
                }
                (done, _) => done,
            },
        }
    }

    async fn groups(&self, request: &Request) -> Groups {
        self.groups.of(&request.person).await
    }

    async fn members(&self, of: &Members) -> Result<Vec<String>, Failure> {
        self.people.of(of).await
    }

    async fn zone(&self, person: &str) -> Option<TimeZone> {
        self.people.zone(person).await
    }

    async fn names(&self, person: &str) -> Vec<String> {
        self.people.names(person).await
    }

    fn answers_in_place(&self, request: &Request) -> bool {
        match Way::read(&request.answer_to) {
            Way::Address(_) => request.what.turns_page(),
            Way::Window | Way::Home | Way::View { .. } => true,
        }
    }

    async fn take_away(&self, request: &Request) -> Result<(), Failure> {
        let Way::Address(address) = Way::read(&request.answer_to) else { return Ok(()) };
        self.answers.post(&address, &json!({"delete_original": true})).await
    }

    async fn listen(&self, desk: Arc<dyn Desk>, stop: CancellationToken) {
        if let Some(token) = &self.app_token {
            let views = self.views.clone();
            let hand = Hand { desk, views, opened: Arc::default() };
            tokio::join!(self.web.listen(token, hand, &stop), self.groups.keep_reading(&stop));
        }
    }

    async fn find(&self, search: Search<'_>) -> Result<Vec<String>, Failure> {
        if !self.read_history {
            let why = "whether the post was made is not known, and slack.read_history is off";
            return Err(Failure::History(why.to_owned()));
        }
        let bot = self.bot().await?;
        let room = self.rooms.of(search.channel).await?;
        let method = match search.thread {
            Some(_) => "conversations.replies",
            None => "conversations.history",
        };
        let oldest = oldest(search.since);
        let mut query = vec![
            ("channel", room),
            ("oldest", oldest),
            ("inclusive", "true".to_owned()),
            ("limit", PAGE.to_owned()),
            ("include_all_metadata", "true".to_owned()),
        ];
        query.extend(search.thread.map(|thread| ("ts", thread.to_owned())));
        let mut found = Vec::new();
        for _ in 0..PAGES {
            let answer = self.web.get(method, &query).await.map_err(unreadable)?;
            let messages = answer["messages"].as_array().ok_or_else(|| {
                Failure::Unknown(format!("Slack's answer to {method} holds no messages"))
            })?;
            let ours = messages.iter().filter(|message| self.is(message, search.id, bot));
            found.extend(ours.filter_map(|message| message["ts"].as_str().map(str::to_owned)));
            let cursor = answer["response_metadata"]["next_cursor"].as_str().unwrap_or_default();
            if cursor.is_empty() {
                found.sort();
                return Ok(found);
            }
            query.retain(|(name, _)| *name != "cursor");
            query.push(("cursor", cursor.to_owned()));
        }
        Err(Failure::Later {
            after: None,
            why: format!(
                "there is too much in the channel to find a post in; {PAGES} pages were read"
            ),
        })
    }
}

/// Slack's time stamps are seconds with six digits behind the point.
fn oldest(since: Timestamp) -> String {
    format!("{}.000000", since.as_second())
}

/// A history that may not be read leaves an outcome unknown for as long as nobody grants it.
fn unreadable(failure: Failure) -> Failure {
    match failure {
        Failure::Account(why) if why.contains("missing_scope") => {
            Failure::History(format!("whether the post was made is not known. {why}"))
        }
        // The thread's parent was deleted, and the replies with it.
        Failure::Gone => Failure::Channel("the post above the thread was deleted".to_owned()),
        other => other,
    }
}

fn text(answer: &Value, field: &str, method: &str) -> Result<String, Failure> {
    let found = answer[field].as_str().filter(|_| answer["ok"] == true).map(str::to_owned);
    found.ok_or_else(|| Failure::Unknown(format!("Slack's answer to {method} lacks {field}")))
}
