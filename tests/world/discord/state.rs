//! Everything the fake remembers: the server, how it is to behave, and what clients asked for.

use std::collections::{HashMap, VecDeque};

use super::asked::Asked;
use super::gateway::Gateway;
use super::guild::Guild;
use super::pace::Pace;
use super::reply::{Refusal, Reply};
use super::{Fault, Seen};

pub struct State {
    pub guild: Guild,
    pub gateway: Gateway,
    pub pace: Pace,
    pub paced: bool,
    pub revoked: bool,
    pub members_intent: bool,
    /// By route, and by the channel for those of one channel only.
    pub faults: HashMap<(String, Option<String>), VecDeque<Fault>>,
    /// Without a slash at the end.
    pub home: String,
    pub link: String,
    pub seen: Vec<Seen>,
    pub complaints: Vec<String>,
    pub invalid: usize,
}

impl State {
    pub fn new(home: String, link: String) -> State {
        State {
            guild: Guild::new(),
            gateway: Gateway::new(),
            pace: Pace::default(),
            paced: true,
            revoked: false,
            members_intent: false,
            faults: HashMap::new(),
            home,
            link,
            seen: Vec::new(),
            complaints: Vec::new(),
            invalid: 0,
        }
    }

    pub fn complain(&mut self, asked: &Asked, complaint: &str) {
        self.complaints.push(format!("{}: {complaint}", asked.label()));
    }

    /// Turns a refusal into its answer, and writes its complaint down.
    pub fn refuse(&mut self, asked: &Asked, refusal: &Refusal) -> Reply {
        if let Some(complaint) = &refusal.complaint {
            self.complain(asked, &format!("{}: {complaint}", refusal.code));
        }
        refusal.reply()
    }

    /// The fault to play on this request, if one waits for it.
    pub fn next_fault(&mut self, asked: &Asked) -> Option<Fault> {
        let route = asked.label();
        let channel = asked.ids.get("c").cloned();
        let mut next = |channel| self.faults.get_mut(&(route.clone(), channel))?.pop_front();
        channel.and_then(|channel| next(Some(channel))).or_else(|| next(None))
    }
}
