//! What one conversation adds to the counts of its day.

use super::{Class, Lane, classify};
use crate::conversation::Conversation;
use crate::count::Exclusion;

/// The label under which a conversation without topics is kept for mix and within.
pub const NO_TOPIC: &str = "";

/// What a count is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Scored conversations of a lane.
    Lane,
    /// Scored conversations of a lane that have the labelled topic among theirs.
    Topic,
    /// Scored conversations of a lane whose first topic is the label.
    Primary,
    /// Conversations left out by the labelled rule; the spread shows the rule's effect.
    Excluded,
    /// Conversations without a score, by the labelled reason.
    Unscored,
    /// Surveys answered, spread by the customer's rating; label [`Kind::ALSO_SCORED`] or empty.
    Csat,
}

impl Kind {
    /// The label of survey answers on conversations that have a CX Score too.
    pub const ALSO_SCORED: &'static str = "scored";

    const ALL: [Kind; 6] =
        [Kind::Lane, Kind::Topic, Kind::Primary, Kind::Excluded, Kind::Unscored, Kind::Csat];

    /// The name in stores.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Lane => "lane",
            Kind::Topic => "topic",
            Kind::Primary => "primary",
            Kind::Excluded => "excluded",
            Kind::Unscored => "unscored",
            Kind::Csat => "csat",
        }
    }

    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How many, and how many of each score 1–5. As a difference it may be negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub n: i64,
    pub spread: [i64; 5],
}

impl Tally {
    /// One conversation, with its score if it has one.
    pub fn one(score: Option<u8>) -> Tally {
        let mut tally = Tally { n: 1, spread: [0; 5] };
        if let Some(score) = score {
            tally.spread[usize::from(score - 1)] = 1;
        }
        tally
    }

    /// Adds `times` (1 or −1) of another tally.
    pub fn add(&mut self, other: Tally, times: i64) {
        self.n += times * other.n;
        for (own, other) in self.spread.iter_mut().zip(other.spread) {
            *own += times * other;
        }
    }
}

/// One conversation's part in one count of its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution<'c> {
    pub kind: Kind,
    pub lane: Option<Lane>,
    pub label: &'c str,
    pub tally: Tally,
}

/// Everything that a conversation adds under the given exclusion rules.
pub fn contributions<'c>(
    conversation: &'c Conversation,
    rules: &'c [Exclusion],
) -> Vec<Contribution<'c>> {
    let score = conversation.score.value();
    let one = |kind, lane, label| Contribution { kind, lane, label, tally: Tally::one(score) };
    let class = classify(conversation, rules);
    let mut all = Vec::with_capacity(5);
    match class {
        Class::Excluded(rule) => {
            return vec![one(Kind::Excluded, Lane::of(conversation), rule)];
        }
        Class::Unscored(why) => {
            all.push(one(Kind::Unscored, Lane::of(conversation), why.name()));
        }
        Class::Scored(lane, _) => {
            all.push(one(Kind::Lane, Some(lane), ""));
            let primary = conversation.topics.first().map_or(NO_TOPIC, String::as_str);
            all.push(one(Kind::Primary, Some(lane), primary));
            let topics = distinct_topics(conversation);
            all.extend(topics.map(|topic| one(Kind::Topic, Some(lane), topic)));
        }
    }
    if let Some(answer) = conversation.csat.as_ref().and_then(|csat| csat.score.value()) {
        let label = if score.is_some() { Kind::ALSO_SCORED } else { "" };
        let tally = Tally::one(Some(answer));
        all.push(Contribution { kind: Kind::Csat, lane: None, label, tally });
    }
    all
}

/// The cells (lane and topic, the lane itself being the empty topic) in which a scored
/// conversation's customer is counted, and that customer's id; none where the id is not known.
pub fn customer_cells<'c>(
    conversation: &'c Conversation,
    rules: &[Exclusion],
) -> Option<(String, Lane, Vec<&'c str>)> {
    let Class::Scored(lane, _) = classify(conversation, rules) else { return None };
    let id = conversation.customer.as_ref()?.id.as_deref()?;
    let cells = std::iter::once("").chain(distinct_topics(conversation)).collect();
    // Two sources may number their customers alike.
    Some((format!("{}:{id}", conversation.source), lane, cells))
}

/// Each topic once, however often the source names it.
fn distinct_topics(conversation: &Conversation) -> impl Iterator<Item = &str> {
    let topics = &conversation.topics;
    topics
        .iter()
        .enumerate()
        .filter(|&(index, topic)| !topic.is_empty() && !topics[..index].contains(topic))
        .map(|(_, topic)| topic.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::conversation;
    use serde_json::json;

    #[test]
    fn a_topic_named_twice_counts_once_and_the_first_is_the_primary_one() {
        let conversation = conversation(json!({
            "score": 4, "teammates": [{"id": "1"}], "topics": ["A", "B", "A"],
        }));
        let labels: Vec<_> = contributions(&conversation, &[])
            .into_iter()
            .map(|part| (part.kind, part.label))
            .collect();
        assert_eq!(
            labels,
            [(Kind::Lane, ""), (Kind::Primary, "A"), (Kind::Topic, "A"), (Kind::Topic, "B")]
        );
    }

    #[test]
    fn an_excluded_conversation_counts_nowhere_else_its_survey_included() {
        let conversation = conversation(json!({"score": 4, "csat": {"score": 5}}));
        let kinds: Vec<_> =
            contributions(&conversation, &[]).into_iter().map(|part| part.kind).collect();
        assert_eq!(kinds, [Kind::Excluded]);
    }
}
