//! The console: one channel on a page of this machine, where a newcomer tries cxbot without an account.
//! It is a platform like the others, so no plugin knows it.
//!
//! [`room`] holds what stands in the channel; [`sight`] draws it; [`complete`] says how a line can go on;
//! [`acts`] is what people do there; [`door`] lets nobody else in.

mod acts;
mod complete;
mod door;
mod room;
mod sight;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use async_trait::async_trait;
use cxbot_sdk::{Members, Message};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use rand::RngExt;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::form::{Form, Values};
use super::{Asked, Call, Command, Desk, Failure, Platform, Post, Request, Search};
use crate::clock::Clock;
use room::{Item, Room};

/// The word before the colon of a destination.
pub const NAME: &str = "web";

/// Someone as whom the console can be used.
#[derive(Debug, Clone)]
pub struct Person {
    /// An e-mail address, as under `[[people]]`.
    pub id: String,
    pub name: String,
    /// What they are, in a few words.
    pub about: String,
}

/// What the console is made for.
pub struct Setup {
    /// The channel, without the platform's name.
    pub channel: String,
    /// The command under which everything is asked, such as "/cx".
    pub root: String,
    /// As whom the page can be used, the one it opens with first.
    pub people: Vec<Person>,
    /// The ids of those who are in the channel.
    pub members: Vec<String>,
    pub commands: Vec<Command>,
    pub zone: TimeZone,
    /// The zone as people know it.
    pub zone_name: String,
}

/// Moves the clock that everything goes by.
#[async_trait]
pub trait Time: Send + Sync {
    /// Moves it forward and does everything that comes due on the way.
    async fn forward(&self, by: Span) -> anyhow::Result<()>;

    /// What comes next by itself: its name and its time.
    fn next(&self) -> Vec<(String, Timestamp)>;
}

/// The console as a platform.
pub struct Web {
    console: Arc<Console>,
    listener: Mutex<Option<TcpListener>>,
}

/// What the pages share.
struct Console {
    setup: Setup,
    clock: Arc<dyn Clock>,
    room: Room,
    /// The secret part of the address.
    key: String,
    port: u16,
    desk: OnceLock<Arc<dyn Desk>>,
    time: OnceLock<Arc<dyn Time>>,
    stop: OnceLock<CancellationToken>,
    posts: AtomicU64,
}

impl Web {
    /// A console that will be heard at this listener, which has to be one of this machine alone.
    pub fn new(setup: Setup, clock: Arc<dyn Clock>, listener: TcpListener) -> std::io::Result<Web> {
        let port = listener.local_addr()?.port();
        let key = format!("{:032x}", rand::rng().random::<u128>());
        let console = Console {
            setup,
            clock,
            room: Room::new(),
            key,
            port,
            desk: OnceLock::new(),
            time: OnceLock::new(),
            stop: OnceLock::new(),
            posts: AtomicU64::new(0),
        };
        Ok(Web { console: Arc::new(console), listener: Mutex::new(Some(listener)) })
    }

    /// Where the page is; whoever has this address may use it.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/{}/", self.console.port, self.console.key)
    }

    /// Says who moves the clock. The first time counts.
    pub fn let_time_pass_by(&self, time: Arc<dyn Time>) {
        let _known: Result<(), _> = self.console.time.set(time);
    }

    /// Fills in a form in someone's name, as they would on the page; false where nobody takes it yet.
    pub async fn fill_in(&self, person: &str, id: &str, values: Values) -> bool {
        let Some(desk) = self.console.desk.get() else { return false };
        let what = Asked::Submit { id: id.to_owned(), values };
        // One that the store is slow to keep is answered all the same.
        desk.receive(NAME, self.console.request(person, what, "")).await;
        true
    }
}

impl Console {
    fn person(&self, id: &str) -> Option<&Person> {
        self.setup.people.iter().find(|person| person.id == id)
    }

    /// `on` is the item whose button was pressed.
    fn request(&self, person: &str, what: Asked, on: &str) -> Request {
        Request {
            id: format!("{:032x}", rand::rng().random::<u128>()),
            what,
            person: person.to_owned(),
            person_name: self.person(person).map(|person| person.name.clone()),
            groups: Vec::new(),
            channel: self.setup.channel.clone(),
            answer_to: on.to_owned(),
        }
    }

    /// Puts something up that one person alone sees.
    fn whisper(&self, person: &str, key: String, asked: Option<String>, message: Message) {
        let item = Item::new(key, self.clock.now(), message);
        self.room.put(Item { only: Some(person.to_owned()), asked, ..item });
    }

    /// Told when the bot stops, so that open pages do not keep it.
    fn stop(&self) -> CancellationToken {
        self.stop.get().cloned().unwrap_or_default()
    }
}

#[async_trait]
impl Platform for Web {
    fn name(&self) -> &'static str {
        NAME
    }

    fn settles_in(&self) -> SignedDuration {
        SignedDuration::ZERO
    }

    async fn pace(&self, _: Call, _: &str) {}

    async fn post(&self, post: Post<'_>) -> Result<String, Failure> {
        let key = format!("post-{}", self.console.posts.fetch_add(1, Ordering::Relaxed));
        let item = Item::new(key.clone(), self.console.clock.now(), post.message.clone());
        self.console.room.put(Item {
            thread: post.thread.map(str::to_owned),
            only: (post.channel != self.console.setup.channel).then(|| post.channel.to_owned()),
            post: Some(post.id.to_owned()),
            ..item
        });
        Ok(key)
    }

    async fn edit(&self, place: &str, post: Post<'_>) -> Result<(), Failure> {
        let message = Some(post.message.clone());
        match self.console.room.change(place, |item| item.message = message) {
            true => Ok(()),
            false => Err(Failure::Gone),
        }
    }

    async fn delete(&self, _: &str, place: &str) -> Result<(), Failure> {
        match self.console.room.change(place, |item| item.message = None) {
            true => Ok(()),
            false => Err(Failure::Gone),
        }
    }

    async fn find(&self, search: Search<'_>) -> Result<Vec<String>, Failure> {
        Ok(self.console.room.find(search.id, search.thread))
    }

    /// Forms are opened at the press itself and not handed over later.
    async fn ask(&self, _: &Request, _: &Form) -> Result<(), Failure> {
        Err(Failure::Gone)
    }

    async fn members(&self, of: &Members) -> Result<Vec<String>, Failure> {
        match of {
            Members::Channel(channel) if *channel == self.console.setup.channel => {
                Ok(self.console.setup.members.clone())
            }
            Members::Channel(name) | Members::Group(name) => {
                Err(Failure::Channel(format!("there is no {name} in the console")))
            }
        }
    }

    async fn answer(&self, request: &Request, message: &Message) -> Result<(), Failure> {
        let stands = !request.answer_to.is_empty() && request.what.turns_page();
        let turned = stands
            && self.console.room.change(&request.answer_to, |item| {
                item.message = Some(message.clone());
            });
        if !turned {
            let asked = match &request.what {
                Asked::Command(line) => Some(format!("{} {line}", self.console.setup.root)),
                _ => None,
            };
            let key = format!("answer-{}", request.id);
            self.console.whisper(&request.person, key, asked, message.clone());
        }
        Ok(())
    }

    /// An answer stands under its request's id, so the same one again changes nothing.
    fn answers_in_place(&self, _: &Request) -> bool {
        true
    }

    async fn take_away(&self, request: &Request) -> Result<(), Failure> {
        self.console.room.change(&request.answer_to, |item| item.message = None);
        Ok(())
    }

    async fn listen(&self, desk: Arc<dyn Desk>, stop: CancellationToken) {
        let _known: Result<(), _> = self.console.desk.set(desk);
        let _known: Result<(), _> = self.console.stop.set(stop.clone());
        let listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(listener) = listener else { return };
        let serving = axum::serve(listener, door::router(self.console.clone()));
        let stopped = stop.clone();
        if let Err(error) = serving.with_graceful_shutdown(stopped.cancelled_owned()).await {
            tracing::error!("the page is not served any more: {error}");
        }
    }
}
