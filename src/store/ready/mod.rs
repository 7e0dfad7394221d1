//! What is written of conversations, made ready before their transaction begins: pure, so that one batch
//! is made ready while the one before it is written.

mod parties;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Context, Result};
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::{Class, Lane, classify};

use super::counts::Delta;
use super::engine::Arg;
use super::people::Person;
use super::write::{Place, place};
use super::{Counting, millis};
pub(super) use parties::{Parties, PartyRow};

/// Conversations, each once, and every row that is written of them. Rows are in the order of their keys:
/// a tree grows faster so.
#[derive(Default)]
pub(super) struct Ready {
    /// In the order of their places.
    pub(super) conversations: Vec<Whole>,
    pub(super) topics: Vec<TopicRow>,
    pub(super) parties: Parties,
    /// What all of them add to the counts.
    pub(super) delta: Delta,
}

/// A conversation as its rows need it.
pub(super) struct Whole {
    pub(super) place: Place,
    pub(super) conversation: Conversation,
    pub(super) record: Arc<str>,
    core: Arc<Core>,
}

/// What all rows of a conversation say.
struct Core {
    /// Its number among the conversations that are ready.
    number: usize,
    source: Arc<str>,
    id: Arc<str>,
    closed_at: i64,
    class: Arc<str>,
    lane: Arc<str>,
    score: Option<i64>,
}

/// A scored conversation's topic.
pub(super) struct TopicRow {
    topic: Arc<str>,
    of: Arc<Core>,
}

/// A row that belongs to a conversation that is ready.
pub(super) trait OfConversation {
    /// The number of the conversation.
    fn number(&self) -> usize;
}

impl Ready {
    /// Of two conversations of one place the later one is kept.
    pub(super) fn of(put: Vec<Conversation>, counting: &Counting) -> Result<Ready> {
        let latest: BTreeMap<Place, Conversation> =
            put.into_iter().map(without_nul).map(|one| (place(&one), one)).collect();
        let with_record = |conversation: Conversation| {
            let record = serde_json::to_string(&conversation).context("a record is plain JSON")?;
            Ok((conversation, record))
        };
        let recorded = latest.into_values().map(with_record).collect::<Result<_>>()?;
        Ready::recorded(recorded, counting)
    }

    /// Of conversations in the order of their places, with their records.
    pub(super) fn recorded(
        conversations: Vec<(Conversation, String)>,
        counting: &Counting,
    ) -> Result<Ready> {
        let mut ready = Ready::default();
        let mut names = Names::default();
        for (conversation, record) in conversations {
            ready.delta.add(&conversation, counting);
            let number = ready.conversations.len();
            let core = Arc::new(Core::of(number, &conversation, counting, &mut names));
            ready.add_topics(&conversation, &core, &mut names);
            ready.parties.add(&conversation, &core, counting, &mut names)?;
            let place = place(&conversation);
            ready.conversations.push(Whole { place, conversation, record: record.into(), core });
        }
        ready.topics.sort_unstable_by(|one, other| one.key().cmp(&other.key()));
        ready.parties.sort();
        Ok(ready)
    }

    fn add_topics(&mut self, conversation: &Conversation, core: &Arc<Core>, names: &mut Names) {
        if &*core.class != SCORED {
            return;
        }
        let distinct: BTreeSet<&String> = conversation.topics.iter().collect();
        let row = |topic: &String| TopicRow { topic: names.shared(topic), of: core.clone() };
        self.topics.extend(distinct.into_iter().map(row));
    }

    /// Everyone on the team's side of these conversations by source and id, those of these numbers aside.
    /// Whoever was forgotten is nobody any more.
    pub(super) fn team(&self, but: &HashSet<usize>) -> BTreeMap<Place, Person> {
        let mut people: BTreeMap<(&str, &str), Person> = BTreeMap::new();
        for one in self.conversations.iter().filter(|one| !but.contains(&one.number())) {
            let Conversation { source, teammates, .. } = &one.conversation;
            for teammate in teammates.iter().filter(|teammate| !teammate.is_erased()) {
                people
                    .entry((&**source, &*teammate.id))
                    .or_insert_with(|| Person::of(teammate))
                    .fill_in(teammate.name.as_ref(), teammate.email.as_ref());
            }
        }
        let owned = |((source, id), person): ((&str, &str), _)| {
            ((source.to_owned(), id.to_owned()), person)
        };
        people.into_iter().map(owned).collect()
    }
}

const SCORED: &str = "scored";

impl Core {
    fn of(
        number: usize,
        conversation: &Conversation,
        counting: &Counting,
        names: &mut Names,
    ) -> Core {
        let class = match classify(conversation, &counting.exclusions) {
            Class::Excluded(_) => "excluded",
            Class::Scored(..) => SCORED,
            Class::Unscored(reason) => reason.name(),
        };
        Core {
            number,
            source: names.shared(&conversation.source),
            id: conversation.id.as_str().into(),
            closed_at: millis(conversation.closed_at),
            class: names.shared(class),
            lane: names.shared(Lane::of(conversation).map_or("", Lane::name)),
            score: conversation.score.value().map(i64::from),
        }
    }
}

impl Whole {
    /// In the order of [`super::sql::PUT`].
    pub(super) fn values(&self, values: &mut Vec<Arg>) {
        let Core { source, id, closed_at, class, lane, score, .. } = &*self.core;
        let csat = self.conversation.csat.as_ref().and_then(|csat| csat.score.value());
        let csat = csat.map(i64::from);
        values.extend([source.into(), id.into(), (*closed_at).into(), class.into(), lane.into()]);
        values.extend([(*score).into(), csat.into(), (&self.record).into()]);
    }
}

impl TopicRow {
    fn key(&self) -> (&str, &str, i64, usize) {
        (&self.topic, &self.of.lane, self.of.closed_at, self.of.number)
    }

    /// In the order of [`super::sql::PUT_TOPIC`].
    pub(super) fn values(&self, values: &mut Vec<Arg>) {
        self.key_values(values);
        values.push(self.of.score.into());
    }

    /// The columns that say which row it is.
    pub(super) fn key_values(&self, values: &mut Vec<Arg>) {
        let Core { lane, closed_at, source, id, .. } = &*self.of;
        let topic = &self.topic;
        values.extend([topic.into(), lane.into(), (*closed_at).into(), source.into(), id.into()]);
    }
}

impl OfConversation for Whole {
    fn number(&self) -> usize {
        self.core.number
    }
}

impl OfConversation for TopicRow {
    fn number(&self) -> usize {
        self.of.number
    }
}

/// Words that come again and again, each kept once.
#[derive(Default)]
struct Names(HashMap<String, Arc<str>>);

impl Names {
    fn shared(&mut self, name: &str) -> Arc<str> {
        match self.0.get(name) {
            Some(known) => known.clone(),
            None => self.0.entry(name.to_owned()).or_insert_with(|| name.into()).clone(),
        }
    }
}

/// What keys are made of, without NUL: PostgreSQL's texts hold none, and both databases are to hold
/// the same.
fn without_nul(mut conversation: Conversation) -> Conversation {
    let customer = conversation.customer.as_mut().and_then(|customer| customer.id.as_mut());
    let keys = [&mut conversation.source, &mut conversation.id].into_iter().chain(customer);
    for key in keys.chain(&mut conversation.topics).filter(|key| key.contains('\0')) {
        *key = key.replace('\0', NO_NUL);
    }
    conversation
}

const NO_NUL: &str = "\u{fffd}";
