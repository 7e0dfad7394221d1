//! The in-memory host: conversations in a list, a clock that stands where it is put.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::Value;

use super::ballots::Memory;
use crate::ballot::Ballots;
use crate::conversation::Conversation;
use crate::count::{Exclusion, Filter, Lane, PerLane, WeekCounts, awaiting, fold};
use crate::cx::{Host, Looked, Render};
use crate::destination::{Audience, Destination};
use crate::error::Result;
use crate::figures::MIN_N;
use crate::history::{Colleague, OfCompany, Party, PartyKind, Place, Summand, Trace};
use crate::lint;
use crate::message::Message;
use crate::scores::{Look, LookAt, PastCells, PastWeek, Scores, SourceState, Trouble, Window};
use crate::week::Week;
use crate::workspace::Workspace;

/// Where a published message stands: plugin, destination, key.
type Post = (String, Destination, String);

/// What plugins keep, by plugin and key.
type Kept = BTreeMap<(String, String), Value>;

/// A host in memory. Everything published is linted.
#[derive(Default)]
pub struct TestHost {
    pub workspace: Workspace,
    pub rules: Vec<Exclusion>,
    pub sources: Vec<SourceState>,
    pub troubles: Vec<Trouble>,
    /// Teammates' teams by `source/id`.
    pub teams: BTreeMap<String, Vec<String>>,
    audit: Mutex<Vec<Looked>>,
    now: Mutex<Timestamp>,
    conversations: Vec<Conversation>,
    published: Mutex<BTreeMap<Post, Message>>,
    state: Mutex<Kept>,
    /// Ballots in memory.
    pub ballots: Memory,
}

impl TestHost {
    /// A host whose clock stands at `now` (RFC 3339) and that holds the given conversations.
    pub fn new(now: &str, conversations: Vec<Conversation>) -> Self {
        let now = now.parse().expect("a test's own instant is well-formed");
        TestHost { now: Mutex::new(now), conversations, ..TestHost::default() }
    }

    pub fn set_now(&self, now: Timestamp) {
        *lock(&self.now) = now;
    }

    /// Everything published so far, by plugin, destination and key.
    pub fn published(&self) -> BTreeMap<Post, Message> {
        lock(&self.published).clone()
    }

    fn of_week(&self, filter: &Filter, week: Week, as_of: Timestamp) -> Vec<&Conversation> {
        let zone = &self.workspace.zone;
        let falls_in = |conversation: &&Conversation| {
            Week::of(conversation.closed_at, zone) == week
                && conversation.closed_at <= as_of
                && filter.matches(conversation)
        };
        let mut found: Vec<_> = self.conversations.iter().filter(falls_in).collect();
        found.sort_by_key(|conversation| (conversation.closed_at, conversation.id.clone()));
        found.reverse();
        found
    }

    /// Someone's conversations, latest first.
    fn of_party(&self, party: &Party) -> Vec<&Conversation> {
        let mut found: Vec<&Conversation> =
            self.conversations.iter().filter(|one| has(one, party)).collect();
        let order = |one: &&Conversation| (one.closed_at, one.source.clone(), one.id.clone());
        found.sort_by_key(order);
        found.reverse();
        found
    }

    fn trace(&self, conversation: &Conversation) -> Trace {
        Trace::of(conversation, &self.rules)
    }

    fn counts(&self, filter: &Filter, week: Week, as_of: Timestamp) -> WeekCounts {
        let closed = self.of_week(filter, week, as_of);
        let mut counts = fold(closed.iter().copied(), &self.rules);
        let since = as_of - self.workspace.settle;
        let recent = closed.into_iter().filter(|conversation| conversation.closed_at > since);
        for (reason, number) in awaiting(recent, &self.rules) {
            counts.settle(reason, number);
        }
        counts
    }
}

/// A test that panicked elsewhere must not hide its message behind a poisoned lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Scores for TestHost {
    async fn window(
        &self,
        filter: &Filter,
        week: Week,
        history: usize,
        as_of: Timestamp,
    ) -> anyhow::Result<Window> {
        let past = |week: Week| {
            let counts = self.counts(filter, week, as_of);
            let mut lanes = PerLane::<PastCells>::default();
            for lane in Lane::ALL {
                let cells = &counts.lanes[lane];
                lanes[lane] = PastCells { all: cells.all, topics: cells.topics.clone() };
            }
            PastWeek { week, lanes }
        };
        // A list in memory can give everything there is.
        let first = self.conversations.iter().map(|c| Week::of(c.closed_at, &self.workspace.zone));
        let all = first.min().map_or(0, |first| week.index() - first.index());
        let weeks = (1..=all.max(history as i64)).rev().map(|back| week.minus(back));
        Ok(Window {
            now: self.counts(filter, week, as_of),
            before: self.counts(filter, week.minus(1), as_of),
            history: weeks.map(past).collect(),
        })
    }

    async fn past_of_topic(
        &self,
        filter: &Filter,
        topic: &str,
        week: Week,
        history: usize,
        as_of: Timestamp,
    ) -> anyhow::Result<Vec<PastWeek>> {
        let mut past = self.window(filter, week, history, as_of).await?.history;
        for lane in Lane::ALL {
            let mut wanted = history;
            for week in past.iter_mut().rev() {
                let mut topics = std::mem::take(&mut week.lanes[lane]).topics;
                topics.retain(|known, spread| {
                    known == topic && spread.scored() >= MIN_N && wanted > 0
                });
                wanted -= topics.len();
                week.lanes[lane].topics = topics;
            }
        }
        past.retain(|week| week.lanes.iter().any(|(_, cells)| !cells.topics.is_empty()));
        Ok(past)
    }

    async fn look(&self, look: Look<'_>) -> anyhow::Result<Vec<Conversation>> {
        let scored = |conversation: &&Conversation| {
            !matches!(
                crate::count::classify(conversation, &self.rules),
                crate::count::Class::Excluded(_) | crate::count::Class::Unscored(_)
            )
        };
        let wanted = |conversation: &&Conversation| look.at.wants(conversation);
        let closed = self.of_week(look.filter, look.week, look.as_of);
        let mut found: Vec<_> = closed.into_iter().filter(scored).filter(wanted).collect();
        if let LookAt::Random { seed } = look.at
            && !found.is_empty()
        {
            let start = usize::try_from(seed).unwrap_or_default() % found.len();
            found.rotate_left(start);
        }
        Ok(found.into_iter().take(look.limit).cloned().collect())
    }

    async fn traces(
        &self,
        party: &Party,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Vec<Trace>> {
        let found = self.of_party(party).into_iter();
        let within = found.filter(|conversation| (from..until).contains(&conversation.closed_at));
        Ok(within.map(|conversation| self.trace(conversation)).collect())
    }

    async fn companies(
        &self,
        parties: &[Party],
        from: Timestamp,
        until: Timestamp,
        good_from: u8,
    ) -> anyhow::Result<Vec<Vec<OfCompany>>> {
        let sums = |party: &Party| {
            let found = self.of_party(party).into_iter();
            let within = found.filter(|one| one.closed_at >= from && one.closed_at < until);
            OfCompany::sums(within.filter_map(|one| Summand::of(one, &self.rules)), good_from)
        };
        Ok(parties.iter().map(sums).collect())
    }

    async fn places(
        &self,
        parties: &[Party],
        from: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> anyhow::Result<Vec<Place>> {
        let found = parties.iter().flat_map(|party| self.of_party(party));
        let within = found.filter(|one| one.closed_at >= from && one.closed_at < until);
        let places: BTreeSet<Place> = within.map(Place::of).collect();
        Ok(places.into_iter().rev().take(limit).collect())
    }

    async fn conversations(&self, places: &[Place]) -> anyhow::Result<Vec<Conversation>> {
        let find = |place: &Place| {
            let is = |one: &&Conversation| one.source == place.source && one.id == place.id;
            self.conversations.iter().find(is).cloned()
        };
        Ok(places.iter().filter_map(find).collect())
    }

    async fn of_id(&self, id: &str) -> anyhow::Result<Vec<Conversation>> {
        Ok(self.conversations.iter().filter(|one| one.id == id).cloned().collect())
    }

    async fn keys_of(&self, kind: PartyKind, id: &str) -> anyhow::Result<Vec<Party>> {
        let sources: BTreeSet<&String> = self.conversations.iter().map(|one| &one.source).collect();
        let keys = sources.into_iter().map(|source| format!("{source}/{id}"));
        let keys = std::iter::once(id.to_owned()).chain(keys);
        Ok(keys.map(|key| Party::by_id(kind, key)).collect())
    }

    async fn named_like(
        &self,
        kind: PartyKind,
        words: &str,
        limit: usize,
    ) -> anyhow::Result<Vec<String>> {
        let beginning = Party::named(kind, words).value;
        let parties = self.conversations.iter().flat_map(Party::all_of);
        let like = parties
            .filter(|party| party.kind == kind && party.value.starts_with(&beginning))
            .map(|party| party.value);
        Ok(like.collect::<BTreeSet<_>>().into_iter().take(limit).collect())
    }

    async fn sources(&self) -> anyhow::Result<Vec<SourceState>> {
        Ok(self.sources.clone())
    }

    async fn troubles(&self, from: Timestamp, to: Timestamp) -> anyhow::Result<Vec<Trouble>> {
        let began = |trouble: &&Trouble| from < trouble.since && trouble.since <= to;
        Ok(self.troubles.iter().filter(began).cloned().collect())
    }
}

#[async_trait]
impl Host for TestHost {
    fn now(&self) -> Timestamp {
        *lock(&self.now)
    }

    fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    fn scores(&self) -> &dyn Scores {
        self
    }

    fn ballots(&self) -> &dyn Ballots {
        &self.ballots
    }

    async fn colleagues(&self) -> anyhow::Result<Vec<Colleague>> {
        let mut all = BTreeMap::new();
        for conversation in &self.conversations {
            let people = conversation.teammates.iter();
            for teammate in people.filter(|one| !one.bot && !one.is_erased()) {
                let key = format!("{}/{}", conversation.source, teammate.id);
                let name = teammate.called().to_owned();
                let also = teammate.email.iter().cloned().collect();
                let teams = self.teams.get(&key).cloned().unwrap_or_default();
                all.insert(key.clone(), Colleague { keys: vec![key], name, also, teams });
            }
        }
        let mut all: Vec<Colleague> = all.into_values().collect();
        all.sort_by(|one, other| (&one.name, &one.keys).cmp(&(&other.name, &other.keys)));
        Ok(all)
    }

    async fn audit(&self, looked: Looked) -> anyhow::Result<()> {
        lock(&self.audit).push(looked);
        Ok(())
    }

    async fn audited(
        &self,
        subjects: Option<&[String]>,
        limit: usize,
    ) -> anyhow::Result<Vec<Looked>> {
        let all = lock(&self.audit).clone().into_iter().rev();
        let meant = |looked: &Looked| {
            subjects.is_none_or(|some| looked.whom.iter().any(|whom| some.contains(whom)))
        };
        Ok(all.filter(meant).take(limit).collect())
    }

    async fn read_state(&self, plugin: &str, key: &str) -> anyhow::Result<Option<Value>> {
        Ok(lock(&self.state).get(&(plugin.to_owned(), key.to_owned())).cloned())
    }

    async fn write_state(
        &self,
        plugin: &str,
        key: &str,
        value: Option<Value>,
    ) -> anyhow::Result<()> {
        let key = (plugin.to_owned(), key.to_owned());
        keep(&mut lock(&self.state), key, value);
        Ok(())
    }

    async fn swap_state(
        &self,
        plugin: &str,
        key: &str,
        before: Option<&Value>,
        after: Option<Value>,
    ) -> anyhow::Result<bool> {
        let key = (plugin.to_owned(), key.to_owned());
        let mut state = lock(&self.state);
        let same = state.get(&key) == before;
        if same {
            keep(&mut state, key, after);
        }
        Ok(same)
    }

    async fn publish(
        &self,
        plugin: &str,
        audience: &Audience,
        key: &str,
        render: Render<'_>,
    ) -> Result<()> {
        let message = render.await?;
        let violations = lint::violations(&message);
        assert!(violations.is_empty(), "{violations:#?}");
        for destination in audience {
            let place = (plugin.to_owned(), destination.clone(), key.to_owned());
            lock(&self.published).insert(place, message.clone());
        }
        Ok(())
    }
}

fn keep(state: &mut Kept, key: (String, String), value: Option<Value>) {
    match value {
        Some(value) => state.insert(key, value),
        None => state.remove(&key),
    };
}

fn has(conversation: &Conversation, party: &Party) -> bool {
    match (party.kind, party.value.split_once('=')) {
        (PartyKind::Attribute, Some((name, _))) => {
            Party::segments_of(conversation, &[name.to_owned()]).contains(party)
        }
        _ => Party::all_of(conversation).contains(party),
    }
}
