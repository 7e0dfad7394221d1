//! A stateful, strict stand-in for Discord's HTTP API and gateway, on two loopback ports.
//!
//! It is as strict as the documents, and where they are silent it takes the reading that is harder
//! for the client. What a client should never do leaves a complaint, whether Discord would refuse it
//! or not, so that a test ends with `assert_eq!(discord.complaints(), [""; 0])`. What a client cannot
//! help (a channel that is gone, a token that was revoked) is refused without one.
//!
//! ```ignore
//! let discord = Discord::start().await;
//! discord.put_channel("1100000000000000001", "support");
//! discord.fault("POST /channels/{c}/messages", [Fault::CutAfter, Fault::Status(503)]);
//! ```
//!
//! People act through [`Discord::type_command`], [`Discord::press`] and their like, which go out over
//! the gateway (`link`, `gateway`) and return what the person sees of it.

mod acts;
mod asked;
mod attachments;
mod callbacks;
mod carried;
mod commands;
mod events;
mod fault;
mod forms;
mod gate;
mod gateway;
mod guild;
mod interactions;
mod judge;
mod link;
mod mentions;
mod message;
mod messages;
mod options;
mod pace;
mod payloads;
mod people;
mod reading;
mod reply;
mod rules;
mod schema;
mod script;
mod self_tests;
mod sentences;
mod server;
mod shapes;
mod state;
mod table;
mod third;
mod threads;
mod webhooks;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use acts::Acted;
pub use attachments::Attachment;
pub use events::{Event, Shown, What};
pub use fault::Fault;

use state::State;

/// The fake server ("guild") and its bot; clones share it, and it serves until the last clone is
/// dropped.
#[derive(Clone)]
pub struct Discord {
    shared: Arc<Shared>,
    /// None in the server's own clone, which must not keep itself alive.
    _running: Option<Arc<Running>>,
}

struct Shared {
    api_url: String,
    state: Mutex<State>,
}

/// Dropping the sender tells the server to close its connections, idle and hanging ones included.
struct Running {
    _stop: watch::Sender<()>,
}

/// One request, as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The route, such as `POST /channels/{c}/messages`; the plain path of one the fake does not know.
    pub route: String,
    pub path: String,
    /// The JSON body, `payload_json` of a form included; Null for none.
    pub body: Value,
    pub files: Vec<String>,
    /// None for a request that got no answer.
    pub status: Option<u16>,
    /// What was answered; Null without an answer, and for one that is not JSON.
    pub answer: Value,
    pub at: Instant,
}

impl Discord {
    /// The only accepted token; its first part is the application's id, as serenity expects.
    pub const TOKEN: &str =
        "MTIwMDAwMDAwMDAwMDAwMDAwMQ.GfAkEx.fAkEdIsCoRdToKeN0000000000000000000000";
    pub const APPLICATION: &str = "1200000000000000001";
    /// The user as which the bot posts; the same number as the application's, as with all new bots.
    pub const BOT_USER: &str = "1200000000000000001";
    pub const GUILD: &str = "1300000000000000001";
    /// The one command whose parts [`Discord::type_command`] names.
    pub const ROOT: &str = "cx";

    pub async fn start() -> Discord {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free loopback port");
        let address = listener.local_addr().expect("the port just bound");
        let link = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free loopback port");
        let link_address = link.local_addr().expect("the port just bound");
        let home = format!("http://{address}");
        let state = State::new(home.clone(), format!("ws://{link_address}"));
        let shared = Arc::new(Shared { api_url: home, state: Mutex::new(state) });
        let (stop, stopped) = watch::channel(());
        let inside = Discord { shared: Arc::clone(&shared), _running: None };
        tokio::spawn(link::serve(link, inside.clone(), stopped.clone()));
        tokio::spawn(server::serve(listener, inside, stopped));
        Discord { shared, _running: Some(Arc::new(Running { _stop: stop })) }
    }

    /// Without a slash at the end; `/api/v10` follows after it.
    pub fn api_url(&self) -> String {
        self.shared.api_url.clone()
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Seen> {
        self.lock().seen.clone()
    }

    /// The same, of one route only.
    pub fn requests_to(&self, route: &str) -> Vec<Seen> {
        table::check(route);
        let all = self.requests();
        all.into_iter().filter(|seen| seen.route == route).collect()
    }

    /// Every rule that the client broke so far.
    pub fn complaints(&self) -> Vec<String> {
        self.lock().complaints.clone()
    }

    /// How many answers counted against the 10 000 that Discord bears in ten minutes: 401, 403 and 429,
    /// except for limits that are shared with others.
    pub fn invalid_requests(&self) -> usize {
        self.lock().invalid
    }

    /// Queues faults for the next calls of this route, one call each.
    ///
    /// A call refused at the door (token, pace) uses none up.
    pub fn fault(&self, route: &str, faults: impl IntoIterator<Item = Fault>) {
        self.queue(route, None, faults);
    }

    /// The same, only for calls about this channel; these come before the route's others.
    pub fn fault_for(&self, channel: &str, route: &str, faults: impl IntoIterator<Item = Fault>) {
        self.queue(route, Some(channel.to_owned()), faults);
    }

    fn queue(&self, route: &str, channel: Option<String>, faults: impl IntoIterator<Item = Fault>) {
        table::check(route);
        let key = (route.to_owned(), channel);
        self.lock().faults.entry(key).or_default().extend(faults);
    }

    /// Whether calls beyond the rate limits are refused; they are unless a test says otherwise.
    pub fn paced(&self, paced: bool) {
        self.lock().paced = paced;
    }

    /// From now on the token opens nothing, and the gateway closes with 4004.
    pub fn revoke_token(&self) {
        self.lock().revoked = true;
        self.close_gateway(4004);
    }

    /// Whether the application may ask for the members of the server.
    pub fn flag_members_intent(&self, on: bool) {
        self.lock().members_intent = on;
    }

    /// A poisoned lock means that the fake itself panicked; the first panic is the one to read.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
