//! Every closed conversation is scored, excluded by a named rule, or unscored for a named reason.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Lane;
use super::filter::same;
use crate::conversation::Conversation;

/// The built-in rule for conversations in which nobody of the team, human or AI, took part.
pub const NOBODY_ANSWERED: &str = "nobody_answered";

/// Fewer messages than this from either side make a conversation too short to score.
const MIN_MESSAGES: u64 = 2;

/// A rule that leaves conversations out, with the reason that people read. All of its conditions
/// have to hold; names compare without regard to case, ids exactly.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// A short name of its own, such as `spam`: the key in the digest's JSON.
    pub name: String,
    /// Why such conversations say nothing about support.
    pub reason: String,
    /// A tag's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// A team's name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// A teammate's id, name or e-mail, in any role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teammate: Option<String>,
    /// A channel, such as `email`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The domain of the customer's e-mail address, such as `example.com`; subdomains included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_domain: Option<String>,
}

impl Exclusion {
    /// Whether the rule names anything to match; one that does not would exclude everything.
    pub fn has_condition(&self) -> bool {
        [&self.tag, &self.team, &self.teammate, &self.channel, &self.customer_domain]
            .into_iter()
            .any(Option::is_some)
    }

    /// Whether it leaves the conversation out, by what the record says or by what it said before
    /// someone was erased from it.
    pub fn leaves_out(&self, conversation: &Conversation) -> bool {
        conversation.left_out_by.contains(&self.name) || self.matches(conversation)
    }

    fn matches(&self, conversation: &Conversation) -> bool {
        let holds = |condition: &Option<String>, test: &dyn Fn(&str) -> bool| {
            condition.as_deref().is_none_or(test)
        };
        self.has_condition()
            && holds(&self.tag, &|tag| conversation.tags.iter().any(|own| same(own, tag)))
            && holds(&self.team, &|team| conversation.is_of_team(team))
            && holds(&self.teammate, &|who| conversation.has_teammate(who))
            && holds(&self.channel, &|channel| conversation.is_on_channel(channel))
            && holds(&self.customer_domain, &|domain| conversation.is_from_domain(domain))
    }
}

/// Why a conversation has no score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unscored {
    NoScore,
    TooShort,
    /// Closed less than the settling time before the digest's clock. Never stored: it passes.
    TooRecent,
}

impl Unscored {
    pub const ALL: [Unscored; 3] = [Unscored::NoScore, Unscored::TooShort, Unscored::TooRecent];

    /// The name in stores and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Unscored::NoScore => "no_score",
            Unscored::TooShort => "too_short",
            Unscored::TooRecent => "too_recent",
        }
    }
}

/// What a conversation counts as, however recent it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class<'r> {
    /// Left out by the rule of this name; its score, if any, shows the rule's effect.
    Excluded(&'r str),
    Scored(Lane, u8),
    Unscored(Unscored),
}

/// The class of a conversation: the first matching rule, else the score, else why there is none.
/// A score is never dropped for being recent or short.
pub fn classify<'r>(conversation: &Conversation, rules: &'r [Exclusion]) -> Class<'r> {
    if let Some(rule) = rules.iter().find(|rule| rule.leaves_out(conversation)) {
        return Class::Excluded(&rule.name);
    }
    let Some(lane) = Lane::of(conversation) else { return Class::Excluded(NOBODY_ANSWERED) };
    match conversation.score.value() {
        Some(score) => Class::Scored(lane, score),
        None if is_short(conversation) => Class::Unscored(Unscored::TooShort),
        None => Class::Unscored(Unscored::NoScore),
    }
}

fn is_short(conversation: &Conversation) -> bool {
    conversation.messages.as_ref().is_some_and(|messages| {
        [messages.customer, messages.team].into_iter().flatten().any(|count| count < MIN_MESSAGES)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::conversation;
    use serde_json::{Value, json};

    fn rule(conditions: Value) -> Exclusion {
        let mut rule = json!({"name": "r", "reason": "test"});
        for (key, value) in conditions.as_object().expect("an object") {
            rule[key] = value.clone();
        }
        serde_json::from_value(rule).expect("a rule")
    }

    #[test]
    fn each_condition_of_a_rule_matches_its_field() {
        let conversation = conversation(json!({
            "tags": ["VIP"], "team": {"id": "5", "name": "Billing"}, "channel": "email",
            "teammates": [{"id": "814", "name": "Maya Ortiz", "email": "maya@example.com"}],
            "customer": {"email": "lee@mail.acme.example"},
        }));
        for matching in [
            json!({"tag": "vip"}),
            json!({"team": "billing"}),
            json!({"team": "5"}),
            json!({"teammate": "814"}),
            json!({"teammate": "maya ortiz"}),
            json!({"teammate": "maya@example.com"}),
            json!({"channel": "email"}),
            json!({"customer_domain": "acme.example"}),
            json!({"tag": "vip", "channel": "email"}),
        ] {
            assert!(rule(matching.clone()).matches(&conversation), "{matching}");
        }
        for other in [
            json!({}),
            json!({"tag": "spam"}),
            json!({"team": "55"}),
            json!({"customer_domain": "me.example"}),
            json!({"tag": "vip", "channel": "chat"}),
        ] {
            assert!(!rule(other.clone()).matches(&conversation), "{other}");
        }
    }

    #[test]
    fn a_rule_still_leaves_out_what_it_left_out_before_someone_was_erased() {
        let rules = [rule(json!({"customer_domain": "acme.example"}))];
        let fields = json!({"score": 5, "teammates": [{"id": "1"}], "left_out_by": ["r"]});
        assert_eq!(classify(&conversation(fields.clone()), &rules), Class::Excluded("r"));
        // A rule that the settings have no more leaves nothing out.
        assert_eq!(classify(&conversation(fields), &[]), Class::Scored(Lane::Human, 5));
    }

    #[test]
    fn exclusion_comes_before_the_score_and_the_score_before_its_absence() {
        let spam = [rule(json!({"tag": "spam"}))];
        let human = json!([{"id": "1"}]);
        let class = |fields: Value| {
            let mut fields = fields;
            fields["teammates"] = human.clone();
            classify(&conversation(fields), &spam)
        };
        assert_eq!(class(json!({"tags": ["spam"], "score": 5})), Class::Excluded("r"));
        assert_eq!(
            class(json!({"score": 5, "messages": {"customer": 1}})),
            Class::Scored(Lane::Human, 5)
        );
        assert_eq!(
            class(json!({"score": 6, "messages": {"customer": 1, "team": 4}})),
            Class::Unscored(Unscored::TooShort)
        );
        assert_eq!(class(json!({"score": null})), Class::Unscored(Unscored::NoScore));
        assert_eq!(
            classify(&conversation(json!({"score": 5})), &spam),
            Class::Excluded(NOBODY_ANSWERED)
        );
    }
}
