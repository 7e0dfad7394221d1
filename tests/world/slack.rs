//! A stateful, strict stand-in for Slack's Web API on a loopback port.
//!
//! It is as strict as the documents, and where they are silent it takes the reading that is harder
//! for the client. What a client should never do leaves a complaint, whether Slack would refuse it or
//! not, so that a test ends with `assert_eq!(slack.complaints(), [""; 0])`. What a client cannot help
//! (a channel that is gone, a token that was revoked) is refused without one.
//!
//! ```ignore
//! let slack = Slack::start().await;
//! slack.put_channel("C0SUPPORT1", "support");
//! slack.fault("chat.postMessage", [Fault::CutAfter, Fault::Status(503)]);
//! ```
//!
//! People act through [`Slack::type_command`], [`Slack::press`] and their like, which go out over
//! Socket Mode (`sockets`, `link`, `delivery`) and return what the person sees of it.

mod acts;
mod addresses;
mod asked;
mod blocks;
mod cursor;
mod delivery;
mod elements;
mod events;
mod fault;
mod gate;
mod judge;
mod link;
mod mentions;
mod message;
mod metadata;
mod methods;
mod pace;
mod payloads;
mod people;
mod reading;
mod reply;
mod self_tests;
mod server;
mod shapes;
mod sockets;
mod state;
mod submission;
mod table;
mod triggers;
mod view_acts;
mod view_rules;
mod views;
mod workspace;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use acts::Pressed;
pub use events::{Event, Shown, What};
pub use fault::Fault;

use super::tls::Authority;
use state::State;
use table::TABLE;

/// The fake workspace; clones share it, and it serves until the last clone is dropped.
#[derive(Clone)]
pub struct Slack {
    shared: Arc<Shared>,
    /// None in the server's own clone, which must not keep itself alive.
    _running: Option<Arc<Running>>,
}

struct Shared {
    state: Mutex<State>,
}

/// Dropping the sender tells the server to close its connections, idle and hanging ones included.
struct Running {
    _stop: watch::Sender<()>,
}

/// One request, as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Slack's method, such as `chat.postMessage`, or `response` for a response address.
    pub method: String,
    pub http_method: String,
    /// Decoded, wherever they stood: query, form or JSON.
    pub arguments: Value,
    /// None for a request that got no answer.
    pub status: Option<u16>,
    /// What was answered; Null without an answer, and for one that is not JSON.
    pub answer: Value,
    pub at: Instant,
}

impl Slack {
    /// The only accepted bot token.
    pub const BOT_TOKEN: &str = "xoxb-000000000000-0000000000000-fAkEsLaCkToKeN0000000000";
    /// The only accepted app-level token, which opens sockets and nothing else.
    pub const APP_TOKEN: &str = "xapp-1-A0CXAPP001-0000000000000-fAkEsLaCkApPtOkEn00";
    /// The user as which the bot posts.
    pub const BOT_USER: &str = "U0CXBOT001";
    pub const BOT_ID: &str = "B0CXBOT001";
    pub const TEAM_ID: &str = "T0CXTEAM01";

    pub async fn start() -> Slack {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free loopback port");
        let address = listener.local_addr().expect("the port just bound");
        let link = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free loopback port");
        let link_address = link.local_addr().expect("the port just bound");
        let (home, link_url) = (format!("http://{address}"), format!("ws://{link_address}/link"));
        let shared = Arc::new(Shared { state: Mutex::new(State::new(home, link_url)) });
        let (stop, stopped) = watch::channel(());
        let inside = Slack { shared: Arc::clone(&shared), _running: None };
        tokio::spawn(link::serve(link, inside.clone(), stopped.clone()));
        tokio::spawn(server::serve(listener, inside, stopped));
        Slack { shared, _running: Some(Arc::new(Running { _stop: stop })) }
    }

    /// Without a slash at the end; a method's name follows after one.
    pub fn api_url(&self) -> String {
        format!("{}/api", self.lock().home)
    }

    /// From now on gives out addresses of the Web API and of responses that lead through TLS.
    pub async fn web_through(&self, authority: &Authority) {
        let home = self.lock().home.clone();
        let home = authority.before(&home).await;
        self.lock().home = home;
    }

    /// The same for addresses of sockets.
    pub async fn sockets_through(&self, authority: &Authority) {
        let link = self.lock().link.clone();
        let link = authority.before(&link).await;
        self.lock().link = link;
    }

    /// Adds scopes to the bot token's.
    pub fn grant(&self, scopes: &[&str]) {
        let mut state = self.lock();
        for scope in scopes {
            if !state.has_scope(scope) {
                state.scopes.push((*scope).to_owned());
            }
        }
    }

    pub fn revoke(&self, scope: &str) {
        let mut state = self.lock();
        assert!(state.has_scope(scope), "the token never had the scope {scope}");
        state.scopes.retain(|granted| granted != scope);
    }

    /// What every call answers until it is cleared, such as `token_revoked`.
    pub fn token_error(&self, code: Option<&'static str>) {
        let known = code.is_none_or(|code| TABLE.is_common(code));
        assert!(known, "{code:?} is not answered by every method");
        self.lock().token_error = code;
    }

    /// Queues faults for the next calls of this method, one call each. `response` stands for the
    /// response addresses.
    ///
    /// A call refused at the door (token, pace) uses none up.
    pub fn fault(&self, method: &str, faults: impl IntoIterator<Item = Fault>) {
        self.queue(method, None, faults);
    }

    /// The same, only for calls that name this channel; these come before the method's others.
    pub fn fault_for(&self, channel: &str, method: &str, faults: impl IntoIterator<Item = Fault>) {
        self.queue(method, Some(channel.to_owned()), faults);
    }

    fn queue(
        &self,
        method: &str,
        channel: Option<String>,
        faults: impl IntoIterator<Item = Fault>,
    ) {
        let faults = faults.into_iter().inspect(|fault| fault.check_for(method));
        self.lock().faults.entry((method.to_owned(), channel)).or_default().extend(faults);
    }

    /// Whether calls beyond the rate limits are refused; they are unless a test says otherwise.
    ///
    /// The limits go by the machine's clock, even while the fake's own stands still.
    pub fn paced(&self, paced: bool) {
        self.lock().paced = paced;
    }

    /// History does not show messages younger than this, by the fake's clock.
    pub fn history_lag(&self, lag: Duration) {
        self.lock().lag = lag;
    }

    /// The fake's own clock, in unix seconds, where it stands until set again. None is the machine's.
    pub fn set_time(&self, time: Option<f64>) {
        // Earlier seconds have fewer digits, and timestamps are compared as text.
        assert!(time.is_none_or(|time| (1e9..1e10).contains(&time)), "{time:?} has not 10 digits");
        self.lock().time = time;
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.lock().seen.clone()
    }

    /// Every rule that the client broke so far.
    pub fn complaints(&self) -> Vec<String> {
        self.lock().complaints.clone()
    }

    /// A poisoned lock means that the fake itself panicked; the first panic is the one to read.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
