//! Everything the fake workspace remembers: its objects, and what clients asked for.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::limiter::Limiter;
use super::{Fault, Intercom, Seen, make};

pub type Hook = Arc<dyn Fn(&Intercom, u64) + Send + Sync>;

pub struct State {
    pub me: Value,
    pub admins: BTreeMap<String, Value>,
    pub teams: BTreeMap<String, Value>,
    pub contacts: BTreeMap<String, Value>,
    pub companies: BTreeMap<String, Value>,
    pub conversations: BTreeMap<String, Value>,
    /// Time first, which is what the list is sorted by.
    pub deleted: Vec<(i64, String)>,
    pub merges: Vec<Merge>,
    pub faults: HashMap<String, VecDeque<Fault>>,
    pub hook: Option<Hook>,
    pub limiter: Limiter,
    pub seen: Vec<Seen>,
    pub complaints: Vec<String>,
}

pub struct Merge {
    pub from: String,
    pub into: String,
    pub role: String,
    pub at: i64,
}

impl State {
    pub fn new() -> State {
        State {
            me: make::me(),
            admins: BTreeMap::new(),
            teams: BTreeMap::new(),
            contacts: BTreeMap::new(),
            companies: BTreeMap::new(),
            conversations: BTreeMap::new(),
            deleted: Vec::new(),
            merges: Vec::new(),
            faults: HashMap::new(),
            hook: None,
            // A private app's 10,000 calls a minute, spread over windows of ten seconds.
            limiter: Limiter::new(1_666, Duration::from_secs(10)),
            seen: Vec::new(),
            complaints: Vec::new(),
        }
    }

    /// Where the Link header of a merged contact points: the end of the chain, at most three hops on.
    pub fn canonical(&self, id: &str) -> Option<&str> {
        let hop = |id: &str| self.merges.iter().find(|merge| merge.from == id);
        let mut canonical = hop(id)?;
        for _ in 1..3 {
            match hop(&canonical.into) {
                Some(next) => canonical = next,
                None => break,
            }
        }
        Some(&canonical.into)
    }

    /// The contact as it is answered. The history names direct merges only, the newest first: the
    /// documents do not say whether it also names what had been merged into those.
    pub fn contact(&self, contact: &Value, with_history: bool) -> Value {
        let mut contact = contact.clone();
        if with_history && contact["role"] == "user" {
            let id = contact["id"].clone();
            let history = self.merges.iter().rev().filter(|merge| id == merge.into.as_str());
            contact["merge_history"] = history.map(Merge::item).collect();
        }
        contact
    }
}

impl Merge {
    fn item(&self) -> Value {
        json!({
            "type": "merge_history",
            "source_contact_id": self.from,
            "source_contact_role": self.role,
            "merged_at": self.at,
        })
    }
}
