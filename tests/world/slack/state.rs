//! Everything the fake remembers: the workspace, how it is to behave, and what clients asked for.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::asked::Asked;
use super::message::Visibility;
use super::pace::Pace;
use super::reply::{Refusal, Reply};
use super::sockets::Sockets;
use super::table::TABLE;
use super::workspace::Workspace;
use super::{Fault, Seen};

pub struct State {
    /// In the order in which they were granted, which is the order in which Slack names them.
    pub scopes: Vec<String>,
    pub token_error: Option<&'static str>,
    /// By method, and by the channel for those of one channel only.
    pub faults: HashMap<(String, Option<String>), VecDeque<Fault>>,
    pub paced: bool,
    pub pace: Pace,
    pub lag: Duration,
    pub time: Option<f64>,
    pub workspace: Workspace,
    pub sockets: Sockets,
    /// Without a slash at the end.
    pub home: String,
    /// Without its ticket.
    pub link: String,
    pub seen: Vec<Seen>,
    pub complaints: Vec<String>,
}

const SCOPES: &[&str] =
    &["chat:write", "channels:history", "groups:history", "channels:read", "groups:read"];

impl State {
    pub fn new(home: String, link: String) -> State {
        State {
            scopes: SCOPES.iter().map(|&scope| scope.to_owned()).collect(),
            token_error: None,
            faults: HashMap::new(),
            paced: true,
            pace: Pace::default(),
            lag: Duration::ZERO,
            time: None,
            workspace: Workspace::new(),
            sockets: Sockets::new(),
            home,
            link,
            seen: Vec::new(),
            complaints: Vec::new(),
        }
    }

    /// The fake's clock, in unix seconds.
    pub fn now(&self) -> f64 {
        let machine = || SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
        self.time.unwrap_or_else(|| machine().as_secs_f64())
    }

    /// What history shows by now.
    pub fn in_history(&self) -> Visibility {
        Visibility { now: self.now(), lag: self.lag.as_secs_f64() }
    }

    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }

    pub fn complain(&mut self, asked: &Asked, complaint: &str) {
        let method = if asked.method.is_empty() { &asked.path } else { &asked.method };
        self.complaints.push(format!("{method}: {complaint}"));
    }

    /// Turns a refusal into its answer, and writes its complaint down.
    pub fn refuse(&mut self, asked: &Asked, refusal: &Refusal) -> Reply {
        let code = refusal.code;
        assert!(TABLE.allows(&asked.method, code), "{} never answers {code}", asked.method);
        if let Some(complaint) = &refusal.complaint {
            self.complain(asked, &format!("{code}: {complaint}"));
        }
        refusal.reply()
    }

    /// The fault to play on this request, if one waits for it.
    pub fn next_fault(&mut self, asked: &Asked) -> Option<Fault> {
        let channel = asked.channel().map(str::to_owned);
        let mut next = |channel| self.faults.get_mut(&(asked.method.clone(), channel))?.pop_front();
        channel.and_then(|channel| next(Some(channel))).or_else(|| next(None))
    }
}
