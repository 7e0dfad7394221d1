//! Chat platforms: what each can do with a post, and the renderers that draw it.

pub mod discord;
pub mod form;
pub mod render;
pub mod slack;
pub mod web;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cxbot_sdk::message::Button;
use cxbot_sdk::plugin::Action;
use cxbot_sdk::{Members, Message};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use form::{Fault, Form, Values};

/// A post on its way: a message without its thread, or one reply.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    pub channel: &'a str,
    /// The parent's place, for a reply.
    pub thread: Option<&'a str>,
    /// Travels with the post; opaque to everyone else.
    pub id: &'a str,
    pub message: &'a Message,
}

/// Where to look for posts of ours.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    pub channel: &'a str,
    pub thread: Option<&'a str>,
    pub id: &'a str,
    /// No post of this id is older.
    pub since: Timestamp,
}

/// What is to be done, for keeping within the platform's rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Call {
    Post,
    Edit,
    Delete,
    Find,
    FindReply,
}

/// Why a call to a platform did not do what it was to do. The texts are for the operator and carry
/// neither tokens nor anything that a customer wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Surely not done; worth another try, after this long where the platform said so.
    #[error("{why}")]
    Later { after: Option<Duration>, why: String },
    /// Nobody knows whether it was done.
    #[error("{0}")]
    Unknown(String),
    /// No call will do until the operator acts: a token, a permission.
    #[error("{0}")]
    Account(String),
    /// This channel cannot be used until someone acts.
    #[error("{0}")]
    Channel(String),
    /// The channel's past cannot be read, so an unknown outcome stays unknown.
    #[error("{0}")]
    History(String),
    /// The platform refuses what the post says.
    #[error("{0}")]
    Content(String),
    /// The post to change is not there any more.
    #[error("the post is not there any more")]
    Gone,
}

/// A line for the operator: good, or what to do.
pub type Finding = Result<String, String>;

/// What a look at an audience finds.
pub async fn audience(platform: &dyn Platform, of: &Members) -> Finding {
    let (Members::Channel(name) | Members::Group(name)) = of;
    match platform.members(of).await {
        Ok(people) if people.is_empty() => Err(format!("{name}: there is nobody in it")),
        Ok(people) => Ok(format!("{name} has {} people", people.len())),
        Err(failure) => Err(format!("{name}: {failure}")),
    }
}

/// What someone asked for in chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Unique for each request; a repeated one has the same.
    pub id: String,
    pub what: Asked,
    /// The person's id on the platform.
    pub person: String,
    /// What the person is called there, where the platform says so.
    #[serde(default)]
    pub person_name: Option<String>,
    /// The ids of the groups that the platform says, with the request, the person is in.
    #[serde(default)]
    pub groups: Vec<String>,
    pub channel: String,
    /// Where the answer goes, as the platform gave it.
    pub answer_to: String,
}

/// The groups of a platform that someone is in, by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Groups {
    pub ids: Vec<String>,
    /// What someone who is refused reads where not every group could be read.
    pub unread: Option<&'static str>,
}

/// What someone did to ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// The words after the command's own.
    Command(String),
    /// A button's id, or what a command would have as one whose arguments the platform has typed.
    Press(String),
    /// A form, by the id of the button that led to it.
    Submit { id: String, values: Values },
    /// A look at the home page.
    Home,
}

impl Asked {
    /// Whether the button behind it asks for more before it does anything.
    pub fn asks(&self) -> bool {
        let Asked::Press(id) = self else { return false };
        Button::parts(id).is_some_and(|press| press.asks)
    }

    /// Whether its answer takes the place of the private answer on which the button stood.
    pub fn turns_page(&self) -> bool {
        let Asked::Press(id) = self else { return false };
        Button::parts(id).is_some_and(|press| (press.plugin, press.action) == TURN_PAGE)
    }

    /// Whether it is about the private answer on which the button stood, and changes or removes it.
    pub fn is_about_its_message(&self) -> bool {
        let Asked::Press(id) = self else { return false };
        self.turns_page()
            || Button::parts(id).is_some_and(|press| (press.plugin, press.action) == SHARE)
    }
}

/// The button of the host's own that shows another part of a long answer.
pub const TURN_PAGE: (&str, &str) = ("host", "page");
/// The one that shares an answer.
pub const SHARE: (&str, &str) = ("host", "share");

/// A slash command with the plugin that it belongs to.
#[derive(Debug, Clone)]
pub struct Command {
    pub plugin: &'static str,
    pub action: Action,
}

/// An argument that someone is typing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggest {
    pub plugin: &'static str,
    pub action: String,
    pub argument: String,
    pub typed: String,
}

/// Takes requests in; kept short, because the platform waits for it.
#[async_trait]
pub trait Desk: Send + Sync {
    /// Whether the request is safely kept. Answers within a second or so in any case.
    async fn receive(&self, platform: &'static str, request: Request) -> bool;

    /// What is wrong with a form as it is filled in; at once, and without doing anything.
    fn faults(&self, id: &str, values: &Values) -> Vec<Fault>;

    /// The form of a button that asks for more; why there is none.
    async fn form(&self, id: &str) -> Result<Form, Message>;

    /// Labels and values for what someone is typing, within a second or so; none where they may not
    /// ask. Of the request only who asks from where counts.
    async fn suggest(
        &self,
        platform: &'static str,
        request: &Request,
        what: &Suggest,
    ) -> Vec<(String, String)>;
}

/// A platform that nobody has set up: every call says so.
pub struct Absent {
    why: String,
}

impl Absent {
    pub fn new(platform: &str) -> Absent {
        let why = match platform {
            slack::NAME => "SLACK_BOT_TOKEN is not set, so nothing is posted to Slack".to_owned(),
            discord::NAME => "DISCORD_TOKEN is not set, so nothing is posted to Discord".to_owned(),
            web::NAME => {
                "only cxbot demo has a web channel; name one in Slack or Discord".to_owned()
            }
            other => format!("this version of cxbot does not post to {other}"),
        };
        Absent { why }
    }

    fn refuse<T>(&self) -> Result<T, Failure> {
        Err(Failure::Account(self.why.clone()))
    }
}

#[async_trait]
impl Platform for Absent {
    fn name(&self) -> &'static str {
        "absent"
    }

    fn settles_in(&self) -> SignedDuration {
        SignedDuration::ZERO
    }

    async fn pace(&self, _: Call, _: &str) {}

    async fn post(&self, _: Post<'_>) -> Result<String, Failure> {
        self.refuse()
    }

    async fn edit(&self, _: &str, _: Post<'_>) -> Result<(), Failure> {
        self.refuse()
    }

    async fn delete(&self, _: &str, _: &str) -> Result<(), Failure> {
        self.refuse()
    }

    async fn find(&self, _: Search<'_>) -> Result<Vec<String>, Failure> {
        self.refuse()
    }

    async fn ask(&self, _: &Request, _: &Form) -> Result<(), Failure> {
        self.refuse()
    }

    async fn members(&self, _: &Members) -> Result<Vec<String>, Failure> {
        self.refuse()
    }

    async fn answer(&self, _: &Request, _: &Message) -> Result<(), Failure> {
        self.refuse()
    }

    fn answers_in_place(&self, _: &Request) -> bool {
        false
    }

    async fn take_away(&self, _: &Request) -> Result<(), Failure> {
        self.refuse()
    }

    async fn listen(&self, _: Arc<dyn Desk>, _: CancellationToken) {}
}

/// A place where people read and answer.
#[async_trait]
pub trait Platform: Send + Sync {
    /// The word before the colon of a destination.
    fn name(&self) -> &'static str;

    /// How long after an unknown outcome the channel's history is sure to show what was done.
    fn settles_in(&self) -> SignedDuration;

    /// Waits until a call keeps within the platform's rates.
    async fn pace(&self, call: Call, channel: &str);

    /// Posts, and answers with the post's place. An error other than [`Failure::Unknown`] means that
    /// nothing was posted.
    async fn post(&self, post: Post<'_>) -> Result<String, Failure>;

    /// Makes a post look like this.
    async fn edit(&self, place: &str, post: Post<'_>) -> Result<(), Failure>;

    /// Takes a post of ours away.
    async fn delete(&self, channel: &str, place: &str) -> Result<(), Failure>;

    /// The places of all our posts with this id, oldest first.
    async fn find(&self, search: Search<'_>) -> Result<Vec<String>, Failure>;

    /// Asks for more with a form. [`Failure::Gone`] where that comes too late.
    async fn ask(&self, request: &Request, form: &Form) -> Result<(), Failure>;

    /// The groups that the asker is in, as of now or of a few minutes ago.
    async fn groups(&self, request: &Request) -> Groups {
        Groups { ids: request.groups.clone(), unread: None }
    }

    /// The ids of the people who belong to something, in their order; bots are left out.
    async fn members(&self, of: &Members) -> Result<Vec<String>, Failure>;

    /// The zone that a person has set for themselves, where the platform tells.
    async fn zone(&self, _person: &str) -> Option<TimeZone> {
        None
    }

    /// What a person is called there, as far as the platform tells.
    async fn names(&self, _person: &str) -> Vec<String> {
        Vec::new()
    }

    /// Answers a request so that only its asker sees it.
    async fn answer(&self, request: &Request, message: &Message) -> Result<(), Failure>;

    /// Whether an answer takes the place of what the asker sees, so that giving it once more does no
    /// harm, and a word about it would hide it.
    fn answers_in_place(&self, request: &Request) -> bool;

    /// Takes away the private answer on which the request's button stood.
    async fn take_away(&self, request: &Request) -> Result<(), Failure>;

    /// Takes requests in and hands them to the desk until told to stop.
    async fn listen(&self, desk: Arc<dyn Desk>, stop: CancellationToken);
}
