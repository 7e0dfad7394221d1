//! Who is in the user groups that give a role. Their people are read beside what is asked, so that no
//! acknowledgement waits for it; a list that is too old, or that cannot be read, gives nobody a role.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::web::Web;
use crate::chat::{Failure, Groups};

/// The pause after a reading that failed, where Slack asks for no longer one.
const TRY_EVERY: Duration = Duration::from_secs(30);
/// How long someone who asked is kept waiting for a list.
const WAITED_FOR: Duration = Duration::from_secs(3);
/// What someone reads who is refused meanwhile.
const UNREAD: &str = "Roles from Slack's user groups cannot be read just now. If yours comes from \
                      there, ask again in a few minutes.";

/// The user groups that give a role.
pub(super) struct UserGroups {
    web: Arc<Web>,
    ids: Vec<String>,
    good_for: Duration,
    lists: Mutex<HashMap<String, List>>,
    /// Held while lists are read, so that those who ask at once share one reading; the time before
    /// which there is no other.
    reading: tokio::sync::Mutex<Option<Instant>>,
}

/// What is known of one group.
#[derive(Default)]
struct List {
    people: HashSet<String>,
    read_at: Option<Instant>,
    /// Whether the log says that it cannot be read.
    said: bool,
}

impl UserGroups {
    pub(super) fn new(web: Arc<Web>, ids: Vec<String>, good_for: Duration) -> UserGroups {
        UserGroups { web, ids, good_for, lists: Mutex::default(), reading: Default::default() }
    }

    pub(super) fn ids(&self) -> &[String] {
        &self.ids
    }

    /// The groups that this person is in.
    pub(super) async fn of(self: &Arc<Self>, person: &str) -> Groups {
        if !self.are_known() {
            let groups = self.clone();
            // It goes on by itself where nobody is kept waiting any longer.
            let reading = tokio::spawn(async move { groups.read_unless_known().await });
            let _waited = tokio::time::timeout(WAITED_FOR, reading).await;
        }
        let (known, unread): (Vec<&String>, Vec<&String>) =
            self.ids.iter().partition(|id| !self.is_older(id, self.good_for));
        let lists = self.lists();
        let is_in = |id: &&String| lists.get(*id).is_some_and(|list| list.people.contains(person));
        let ids = known.into_iter().filter(is_in).cloned().collect();
        Groups { ids, unread: (!unread.is_empty()).then_some(UNREAD) }
    }

    /// Reads the lists anew before they are too old, until told to stop.
    pub(super) async fn keep_reading(&self, stop: &CancellationToken) {
        let half = self.good_for / 2;
        while !self.ids.is_empty() && !stop.is_cancelled() {
            let every = match stop.run_until_cancelled(self.read()).await {
                Some(true) => half,
                Some(false) | None => self.pause(),
            };
            stop.run_until_cancelled(tokio::time::sleep(every)).await;
        }
    }

    /// The people of one group.
    pub(super) async fn people(&self, id: &str) -> Result<HashSet<String>, Failure> {
        people(&self.web, id).await.map(HashSet::from_iter)
    }

    fn pause(&self) -> Duration {
        TRY_EVERY.min(self.good_for / 2)
    }

    async fn read_unless_known(&self) {
        let mut not_before = self.reading.lock().await;
        if !self.are_known() {
            self.read_all(&mut not_before).await;
        }
    }

    /// Whether every list could be read.
    async fn read(&self) -> bool {
        let mut not_before = self.reading.lock().await;
        self.read_all(&mut not_before).await
    }

    async fn read_all(&self, not_before: &mut Option<Instant>) -> bool {
        if not_before.is_some_and(|time| Instant::now() < time) {
            return false;
        }
        let mut wait = None;
        // Those that were read a moment ago are left out, so that a rate cuts off no group for ever.
        for id in self.ids.iter().filter(|id| self.is_older(id, self.good_for / 2)) {
            // The age of a list counts from before it was asked for.
            let asked_at = Instant::now();
            let read = self.people(id).await;
            let failure = read.as_ref().err().cloned();
            self.note(id, asked_at, read);
            if let Some(failure) = failure {
                wait = Some(self.pause());
                if let Failure::Later { after, .. } = failure {
                    wait = wait.max(after);
                    break;
                }
            }
        }
        *not_before = wait.map(|wait| Instant::now() + wait);
        wait.is_none()
    }

    /// Keeps what was read; an outage is told once.
    fn note(&self, id: &str, asked_at: Instant, read: Result<HashSet<String>, Failure>) {
        let mut lists = self.lists();
        let list = lists.entry(id.to_owned()).or_default();
        match read {
            Ok(people) => {
                if list.said {
                    tracing::info!("the people of Slack's user group {id} can be read again");
                }
                *list = List { people, read_at: Some(asked_at), said: false };
            }
            Err(failure) if !list.said => {
                list.said = true;
                tracing::error!(
                    "the people of Slack's user group {id} cannot be read, so it gives no role once \
                     what is known of it is older than {:?}: {failure}",
                    self.good_for
                );
            }
            Err(_) => {}
        }
    }

    fn are_known(&self) -> bool {
        !self.ids.iter().any(|id| self.is_older(id, self.good_for))
    }

    /// Whether what is known of a group is so old, or nothing at all.
    fn is_older(&self, id: &str, age: Duration) -> bool {
        let read_at = self.lists().get(id).and_then(|list| list.read_at);
        read_at.is_none_or(|read_at| read_at.elapsed() >= age)
    }

    fn lists(&self) -> MutexGuard<'_, HashMap<String, List>> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The people of a user group; one that was switched off has none.
pub(super) async fn people(web: &Web, id: &str) -> Result<Vec<String>, Failure> {
    let method = "usergroups.users.list";
    let answer = web.get(method, &[("usergroup", id.to_owned())]).await?;
    let people = answer["users"].as_array().filter(|_| answer["ok"] == true);
    let people = people
        .ok_or_else(|| Failure::Unknown(format!("Slack's answer to {method} holds no people")))?;
    Ok(people.iter().filter_map(|person| person.as_str().map(str::to_owned)).collect())
}
