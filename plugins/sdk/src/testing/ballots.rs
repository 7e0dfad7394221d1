//! Ballots in memory: as strict as the host's about what is open, without its secrets.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Time;
use serde_json::Value;

use crate::ballot::{Ballots, Cast, Whom};
use crate::cx::Render;
use crate::error::{Error, Result};
use crate::message::Message;
use crate::names::{NAME_MARK, Names};

/// Papers by voter, and whether more are taken.
#[derive(Default)]
struct BallotBox {
    sealed: bool,
    papers: BTreeMap<String, Value>,
}

/// All ballots, by plugin and name.
#[derive(Default)]
pub struct Memory {
    /// How many people are asked.
    pub asked: Option<u64>,
    /// Names of people who are known.
    pub names: Vec<String>,
    boxes: Mutex<BTreeMap<(String, String), BallotBox>>,
    direct: Mutex<BTreeMap<String, Message>>,
    reminders: Mutex<Vec<Message>>,
    lost: AtomicBool,
}

impl Memory {
    /// What everyone who is asked sees in a direct message, by key.
    pub fn direct(&self) -> BTreeMap<String, Message> {
        lock(&self.direct).clone()
    }

    /// From now on no paper can be read, as without the host's secret.
    pub fn lose(&self) {
        self.lost.store(true, Ordering::Relaxed);
    }

    fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    pub fn reminders(&self) -> Vec<Message> {
        lock(&self.reminders).clone()
    }

    /// The ballots that are there.
    pub fn names(&self) -> Vec<String> {
        lock(&self.boxes).keys().map(|(_, name)| name.clone()).collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn place(plugin: &str, ballot: &str) -> (String, String) {
    (plugin.to_owned(), ballot.to_owned())
}

#[async_trait]
impl Ballots for Memory {
    async fn open(&self, plugin: &str, ballot: &str, whom: Whom<'_>) -> Result<Option<u64>> {
        if whom.directly && self.asked.is_none() {
            return Err(Error::refused("Who is asked cannot be told."));
        }
        lock(&self.boxes).entry(place(plugin, ballot)).or_default();
        Ok(self.asked)
    }

    async fn cast(
        &self,
        plugin: &str,
        ballot: &str,
        voter: &str,
        paper: Option<Value>,
    ) -> anyhow::Result<Cast> {
        let mut boxes = lock(&self.boxes);
        let Some(open) = boxes.get_mut(&place(plugin, ballot)).filter(|open| !open.sealed) else {
            return Ok(Cast::Closed);
        };
        let before = open.papers.remove(voter);
        Ok(match (paper, before) {
            (Some(paper), before) => {
                open.papers.insert(voter.to_owned(), paper);
                if before.is_some() { Cast::Changed } else { Cast::Recorded }
            }
            (None, Some(_)) => Cast::TakenBack,
            (None, None) => Cast::Nothing,
        })
    }

    async fn papers(&self, plugin: &str, ballot: &str) -> anyhow::Result<u64> {
        let boxes = lock(&self.boxes);
        Ok(boxes.get(&place(plugin, ballot)).map_or(0, |open| open.papers.len() as u64))
    }

    async fn unreadable(&self, plugin: &str, ballot: &str) -> anyhow::Result<Option<String>> {
        let lost = self.is_lost() && self.papers(plugin, ballot).await? > 0;
        Ok(lost.then(|| "the secret is gone".to_owned()))
    }

    async fn seal(&self, plugin: &str, ballot: &str) -> anyhow::Result<Vec<Value>> {
        let mut boxes = lock(&self.boxes);
        let Some(open) = boxes.get_mut(&place(plugin, ballot)) else { return Ok(Vec::new()) };
        open.sealed = true;
        if self.is_lost() {
            return Ok(Vec::new());
        }
        Ok(open.papers.values().cloned().collect())
    }

    async fn burn(&self, plugin: &str, ballot: &str) -> anyhow::Result<()> {
        lock(&self.boxes).remove(&place(plugin, ballot));
        Ok(())
    }

    async fn publish(
        &self,
        plugin: &str,
        ballot: &str,
        key: &str,
        render: Render<'_>,
    ) -> Result<()> {
        let stands = lock(&self.direct).contains_key(key);
        if !stands && !lock(&self.boxes).contains_key(&place(plugin, ballot)) {
            return Err(Error::refused("Nobody is named to whom it could be sent."));
        }
        let message = render.await?;
        lock(&self.direct).insert(key.to_owned(), message);
        Ok(())
    }

    async fn remind(
        &self,
        _: &str,
        _: &str,
        _: Time,
        _: (Timestamp, Timestamp),
        message: &Message,
    ) -> anyhow::Result<()> {
        lock(&self.reminders).push(message.clone());
        Ok(())
    }

    async fn without_names(
        &self,
        _: &str,
        _: &str,
        texts: &[String],
    ) -> anyhow::Result<Vec<String>> {
        let names = Names::of(&self.names);
        Ok(texts.iter().map(|text| names.masked(text, NAME_MARK)).collect())
    }
}
