//! Which conversations a digest is about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Lane;
use crate::conversation::Conversation;

/// All conditions that are given have to hold. Empty: every conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// A team's name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// One of the conversation's topics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// A channel, such as `chat` or `email`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// `human`, `ai` or `handoff`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<Lane>,
}

impl Filter {
    pub fn matches(&self, conversation: &Conversation) -> bool {
        self.team.as_deref().is_none_or(|team| conversation.is_of_team(team))
            && self.topic.as_deref().is_none_or(|topic| conversation.has_topic(topic))
            && self.channel.as_deref().is_none_or(|channel| conversation.is_on_channel(channel))
            && self.lane.is_none_or(|lane| Lane::of(conversation) == Some(lane))
    }

    /// The filter's one spelling: equal filters share their counts in the store.
    pub fn key(&self) -> String {
        let parts = [
            ("team", self.team.as_deref()),
            ("topic", self.topic.as_deref()),
            ("channel", self.channel.as_deref()),
            ("lane", self.lane.map(Lane::name)),
        ];
        let given = parts.into_iter().filter_map(|(name, value)| Some((name, value?)));
        given.map(|(name, value)| format!("{name}={}", fold(value))).collect::<Vec<_>>().join("&")
    }
}

impl Conversation {
    pub(super) fn is_of_team(&self, wanted: &str) -> bool {
        self.team.as_ref().is_some_and(|team| {
            team.id == wanted || team.name.as_deref().is_some_and(|name| same(name, wanted))
        })
    }

    fn has_topic(&self, wanted: &str) -> bool {
        self.topics.iter().any(|topic| same(topic, wanted))
    }

    pub(super) fn is_on_channel(&self, wanted: &str) -> bool {
        self.channel.as_deref().is_some_and(|channel| same(channel, wanted))
    }

    pub(super) fn has_teammate(&self, wanted: &str) -> bool {
        self.teammates.iter().any(|teammate| {
            teammate.id == wanted
                || [&teammate.name, &teammate.email]
                    .into_iter()
                    .flatten()
                    .any(|known| same(known, wanted))
        })
    }

    pub(super) fn is_from_domain(&self, wanted: &str) -> bool {
        let email = self.customer.as_ref().and_then(|customer| customer.email.as_deref());
        let Some((_, domain)) = email.and_then(|email| email.rsplit_once('@')) else {
            return false;
        };
        let (domain, wanted) = (fold(domain), fold(wanted));
        domain == wanted || domain.strip_suffix(&wanted).is_some_and(|rest| rest.ends_with('.'))
    }
}

/// Names compare without regard to case and outer white space.
pub fn same(a: &str, b: &str) -> bool {
    fold(a) == fold(b)
}

fn fold(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::conversation;
    use serde_json::json;

    #[test]
    fn a_filter_matches_when_all_its_conditions_do() {
        let conversation = conversation(json!({
            "teammates": [{"id": "1"}], "team": {"id": "5", "name": "Billing"},
            "topics": ["Invoices", "Refunds"], "channel": "chat",
        }));
        let filter = |fields| serde_json::from_value::<Filter>(fields).expect("a filter");
        assert!(Filter::default().matches(&conversation));
        assert!(filter(json!({"team": "billing", "topic": "refunds"})).matches(&conversation));
        assert!(filter(json!({"lane": "human"})).matches(&conversation));
        assert!(!filter(json!({"lane": "ai", "team": "billing"})).matches(&conversation));
        assert!(!filter(json!({"channel": "email"})).matches(&conversation));
    }

    #[test]
    fn equal_filters_have_one_key() {
        let one = Filter { team: Some("Billing ".into()), ..Filter::default() };
        let other = Filter { team: Some("billing".into()), ..Filter::default() };
        assert_eq!(one.key(), other.key());
        assert_eq!(Filter::default().key(), "");
    }
}
