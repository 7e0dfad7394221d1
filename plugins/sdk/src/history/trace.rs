//! Where a conversation stands, and what counting and filters need of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::conversation::Conversation;
use crate::count::{Class, Exclusion, Filter, Lane, classify, same};

/// Where a conversation stands among others: whichever was closed later is greater.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// In whole milliseconds, as stores keep it.
    pub closed_at: Timestamp,
    pub source: String,
    pub id: String,
}

impl Place {
    pub fn of(conversation: &Conversation) -> Place {
        let Conversation { closed_at, source, id, .. } = conversation;
        let millis = closed_at.as_nanosecond().div_euclid(1_000_000);
        let whole = i64::try_from(millis).map(Timestamp::from_millisecond);
        let closed_at = whole.ok().and_then(Result::ok).unwrap_or(*closed_at);
        Place { closed_at, source: source.clone(), id: id.clone() }
    }
}

/// A conversation of someone, as far as counting needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    pub source: String,
    pub id: String,
    pub closed_at: Timestamp,
    /// Whether an exclusion rule leaves it out.
    pub excluded: bool,
    pub lane: Option<Lane>,
    /// 1–5, where it counts.
    pub score: Option<u8>,
    pub traits: Traits,
}

/// What filters ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traits {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub team: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
}

impl Traits {
    pub fn of(conversation: &Conversation) -> Traits {
        let distinct: BTreeSet<&String> = conversation.topics.iter().collect();
        let team = conversation.team.iter();
        let team = team.flat_map(|team| std::iter::once(team.id.clone()).chain(team.name.clone()));
        Traits {
            topics: distinct.into_iter().cloned().collect(),
            team: team.collect(),
            channel: conversation.channel.clone(),
        }
    }
}

impl Trace {
    pub fn place(&self) -> Place {
        let Trace { closed_at, source, id, .. } = self;
        Place { closed_at: *closed_at, source: source.clone(), id: id.clone() }
    }

    /// The trace of a conversation under these exclusion rules.
    pub fn of(conversation: &Conversation, rules: &[Exclusion]) -> Trace {
        let class = classify(conversation, rules);
        let score = match class {
            Class::Scored(_, score) => Some(score),
            _ => None,
        };
        Trace {
            source: conversation.source.clone(),
            id: conversation.id.clone(),
            closed_at: conversation.closed_at,
            excluded: matches!(class, Class::Excluded(_)),
            lane: Lane::of(conversation),
            score,
            traits: Traits::of(conversation),
        }
    }

    /// Whether all conditions of a filter hold.
    pub fn matches(&self, filter: &Filter) -> bool {
        let Traits { topics, team, channel, .. } = &self.traits;
        filter.team.as_deref().is_none_or(|wanted| team.iter().any(|known| same(known, wanted)))
            && filter
                .topic
                .as_deref()
                .is_none_or(|wanted| topics.iter().any(|known| same(known, wanted)))
            && filter
                .channel
                .as_deref()
                .is_none_or(|wanted| channel.as_ref().is_some_and(|known| same(known, wanted)))
            && filter.lane.is_none_or(|lane| self.lane == Some(lane))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::conversation;
    use serde_json::json;

    #[test]
    fn a_trace_matches_what_its_conversation_matches() {
        let conversation = conversation(json!({
            "closed_at": "2026-11-10T10:00:00Z", "teammates": [{"id": "1"}], "channel": "Chat",
            "team": {"id": "5", "name": "Billing"}, "topics": ["Invoices", "Refunds"],
        }));
        let trace = Trace::of(&conversation, &[]);
        for fields in [
            json!({"team": "billing"}),
            json!({"team": "5", "topic": "refunds"}),
            json!({"topic": "Shipping"}),
            json!({"channel": "chat", "lane": "human"}),
            json!({"channel": "email"}),
            json!({"lane": "ai"}),
        ] {
            let filter: Filter = serde_json::from_value(fields.clone()).expect("a filter");
            assert_eq!(trace.matches(&filter), filter.matches(&conversation), "{fields}");
        }
    }
}
