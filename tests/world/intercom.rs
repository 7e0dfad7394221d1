//! A stateful, strict stand-in for Intercom's REST API, version 2.16, on a loopback port.
//!
//! It is as strict as the documents, and where they are silent it takes the reading that is harder
//! for the client. Every request that breaks a rule is refused and leaves a complaint, so that a test
//! ends with `assert_eq!(intercom.complaints(), [""; 0])`.
//!
//! ```ignore
//! let intercom = Intercom::start().await;
//! intercom.put(with(conversation("7", 1_756_684_800), scored(4, "Quick and kind.")));
//! intercom.fault("/conversations/search", [Fault::Status(500), Fault::Cut]);
//! ```

mod cursor;
mod endpoints;
mod fault;
mod fields;
mod filter;
mod gate;
mod limiter;
mod make;
mod reply;
mod search;
mod self_tests;
mod server;
mod setters;
mod state;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use fault::Fault;
pub use make::{ADMIN, CONTACT, TEAM, admin, company, contact, conversation, me, team};
pub use setters::*;

use limiter::Limiter;
use state::{Merge, State};

/// The fake workspace; clones share it, and it serves until the last clone is dropped.
#[derive(Clone)]
pub struct Intercom {
    shared: Arc<Shared>,
    /// None in the server's own clone, which must not keep itself alive.
    _running: Option<Arc<Running>>,
}

struct Shared {
    base_url: String,
    state: Mutex<State>,
}

/// Dropping the sender tells the server to close its connections, idle ones included.
struct Running {
    _stop: oneshot::Sender<()>,
}

/// One request, as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    /// Null without a body, and for a body that is not JSON.
    pub body: Value,
    /// None for a request that got no answer: cut off, or the client stopped waiting.
    pub status: Option<u16>,
    /// For tests of waiting. That a client waits long enough is for them to check: the fake cannot
    /// complain about haste, because a client under test may wait on a clock of its own.
    pub at: Instant,
}

impl Intercom {
    /// The only accepted bearer token.
    pub const TOKEN: &str = "dG9rOmZha2UtaW50ZXJjb20=";

    pub async fn start() -> Intercom {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free loopback port");
        let address = listener.local_addr().expect("the port just bound");
        let shared = Arc::new(Shared {
            base_url: format!("http://{address}"),
            state: Mutex::new(State::new()),
        });
        let (stop, stopped) = oneshot::channel();
        let inside = Intercom { shared: Arc::clone(&shared), _running: None };
        tokio::spawn(server::serve(listener, inside, stopped));
        Intercom { shared, _running: Some(Arc::new(Running { _stop: stop })) }
    }

    pub fn base_url(&self) -> String {
        self.shared.base_url.clone()
    }

    /// Stores a full `conversation_list_item`, replacing the one of the same id.
    pub fn put(&self, conversation: Value) {
        let times = ["created_at", "updated_at"];
        assert!(times.iter().all(|key| conversation[key].is_i64()), "unix seconds in {times:?}");
        self.lock().conversations.insert(id_of(&conversation), conversation);
    }

    /// Changes a stored conversation. `updated_at` moves only if the closure moves it: whether
    /// writing a score does so in the real one is unknown.
    pub fn edit(&self, id: &str, change: impl FnOnce(&mut Value)) {
        change(self.lock().conversations.get_mut(id).expect("a stored conversation"));
    }

    /// Takes a conversation out of the search and lists it as deleted.
    pub fn delete(&self, id: &str, at: i64) {
        let mut state = self.lock();
        state.conversations.remove(id).expect("a stored conversation");
        state.deleted.push((at, id.to_owned()));
    }

    /// What `GET /me` answers: the workspace's code, time zone and region are in `app`.
    pub fn edit_me(&self, change: impl FnOnce(&mut Value)) {
        change(&mut self.lock().me);
    }

    pub fn put_admin(&self, admin: Value) {
        self.lock().admins.insert(id_of(&admin), admin);
    }

    /// Deleted admins vanish from the list without a trace.
    pub fn remove_admin(&self, id: &str) {
        self.lock().admins.remove(id).expect("a stored admin");
    }

    pub fn put_team(&self, team: Value) {
        self.lock().teams.insert(id_of(&team), team);
    }

    pub fn put_contact(&self, contact: Value) {
        assert!(contact["created_at"].is_i64() && contact["updated_at"].is_i64(), "unix seconds");
        self.lock().contacts.insert(id_of(&contact), contact);
    }

    pub fn put_company(&self, company: Value) {
        self.lock().companies.insert(id_of(&company), company);
    }

    /// Merges a contact away: gone from the search, 410 by its id, named in `into`'s merge history.
    pub fn merge_contact(&self, from: &str, into: &str) {
        let mut state = self.lock();
        let target = state.contacts.get(into).expect("a stored contact to merge into");
        assert_eq!(target["role"], "user", "Intercom merges into users only");
        let source = state.contacts.remove(from).expect("a stored contact to merge");
        let role = source["role"].as_str().expect("a role").to_owned();
        let merge = Merge { from: from.to_owned(), into: into.to_owned(), role, at: unix_now() };
        state.merges.push(merge);
    }

    /// Queues faults for the next requests to exactly this path, one request each.
    ///
    /// A request refused at the door (token, version, rate limit) uses none up.
    pub fn fault(&self, path: &str, faults: impl IntoIterator<Item = Fault>) {
        let faults = faults.into_iter().inspect(|fault| fault.check_for(path));
        self.lock().faults.entry(path.to_owned()).or_default().extend(faults);
    }

    /// Calls the hook after every page of a search that has a next one, with that page's number, so
    /// that the data can change under the reader.
    pub fn on_page(&self, hook: impl Fn(&Intercom, u64) + Send + Sync + 'static) {
        self.lock().hook = Some(Arc::new(hook));
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.lock().seen.clone()
    }

    /// Every rule that the client broke so far.
    pub fn complaints(&self) -> Vec<String> {
        self.lock().complaints.clone()
    }

    /// Allows so many requests per window. A window ends on a whole second, because that is all the
    /// Reset header can say, so it may last up to a second longer than asked for.
    pub fn set_rate_limit(&self, per_window: u32, window: Duration) {
        self.lock().limiter = Limiter::new(per_window, window);
    }

    /// A poisoned lock means that some test closure panicked; the first panic is the one to read.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn id_of(object: &Value) -> String {
    object["id"].as_str().expect("an id that is a string").to_owned()
}

fn unix_now() -> i64 {
    limiter::unix(std::time::SystemTime::now()).as_secs() as i64
}
