//! Who has a part in a conversation.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Attribution;
use crate::conversation::{Conversation, Role};
use crate::count::same;

/// Someone whose conversations can be asked for. Ids are written `source/id`; names and e-mails compare
/// without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Party {
    pub kind: PartyKind,
    pub value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    Closer,
    Assignee,
    Participant,
    Customer,
    Email,
    CustomerName,
    Company,
    CompanyName,
    /// Everyone with an attribute of a value, `name=value`.
    Attribute,
}

impl PartyKind {
    pub fn name(self) -> &'static str {
        match self {
            PartyKind::Closer => "closer",
            PartyKind::Assignee => "assignee",
            PartyKind::Participant => "participant",
            PartyKind::Customer => "customer",
            PartyKind::Email => "email",
            PartyKind::CustomerName => "customer_name",
            PartyKind::Company => "company",
            PartyKind::CompanyName => "company_name",
            PartyKind::Attribute => "attribute",
        }
    }

    /// Whether these are someone of the team, whose conversations are filtered one by one.
    pub fn is_teammate(self) -> bool {
        matches!(self, PartyKind::Closer | PartyKind::Assignee | PartyKind::Participant)
    }

    /// Whether these are many companies or one, whose conversations are summed up by company.
    pub fn is_summed_up(self) -> bool {
        matches!(self, PartyKind::CompanyName | PartyKind::Attribute)
    }
}

impl Party {
    /// By an id of a source, `source/id`.
    pub fn by_id(kind: PartyKind, key: impl Into<String>) -> Party {
        Party { kind, value: key.into() }
    }

    /// By a name or an e-mail, as people write them.
    pub fn named(kind: PartyKind, words: &str) -> Party {
        Party { kind, value: words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase() }
    }

    /// A teammate by the way conversations are attributed.
    pub fn teammate(key: &str, attribution: Attribution) -> Party {
        let kind = match attribution {
            Attribution::Closer => PartyKind::Closer,
            Attribution::Assignee => PartyKind::Assignee,
            Attribution::Participants => PartyKind::Participant,
        };
        Party::by_id(kind, key)
    }

    /// Everyone whose attribute of this name has this value, such as the plan "pro".
    pub fn attribute(name: &str, value: &str) -> Party {
        Party::named(PartyKind::Attribute, &format!("{}={}", name.trim(), value.trim()))
    }

    /// The segments that a conversation is in: its values of these attributes. The company's plan is
    /// called "plan".
    pub fn segments_of(conversation: &Conversation, attributes: &[String]) -> Vec<Party> {
        let customer = conversation.customer.as_ref();
        let plan = customer.and_then(|customer| customer.company.as_ref()?.plan.as_deref());
        let value = |name: &String| {
            let known = conversation.attributes.iter().find(|(known, _)| same(known, name));
            let own = known.and_then(|(_, value)| in_words(value));
            own.or_else(|| plan.filter(|_| same(name, "plan")).map(str::to_owned))
        };
        let segment = |name: &String| Some(Party::attribute(name, &value(name)?));
        attributes.iter().filter_map(segment).collect()
    }

    /// Everyone who has a part in a conversation, each once; machines have none.
    pub fn all_of(conversation: &Conversation) -> BTreeSet<Party> {
        let mut parties = BTreeSet::new();
        let key = |id: &str| format!("{}/{id}", conversation.source);
        for teammate in conversation.teammates.iter().filter(|teammate| !teammate.bot) {
            let key = key(&teammate.id);
            match teammate.role {
                Role::Closer => drop(parties.insert(Party::by_id(PartyKind::Closer, &*key))),
                Role::Assignee => drop(parties.insert(Party::by_id(PartyKind::Assignee, &*key))),
                Role::Participant => {}
            }
            parties.insert(Party::by_id(PartyKind::Participant, key));
        }
        let Some(customer) = &conversation.customer else { return parties };
        let company = customer.company.as_ref();
        let ids = [
            (PartyKind::Customer, customer.id.as_ref()),
            (PartyKind::Company, company.and_then(|company| company.id.as_ref())),
        ];
        let names = [
            (PartyKind::Email, customer.email.as_ref()),
            (PartyKind::CustomerName, customer.name.as_ref()),
            (PartyKind::CompanyName, company.and_then(|company| company.name.as_ref())),
        ];
        let given = |(kind, id): (PartyKind, Option<&String>)| Some((kind, id?.clone()));
        parties.extend(
            ids.into_iter().filter_map(given).map(|(kind, id)| Party::by_id(kind, key(&id))),
        );
        parties.extend(
            names.into_iter().filter_map(given).map(|(kind, name)| Party::named(kind, &name)),
        );
        parties.retain(|party| !party.value.is_empty());
        parties
    }
}

fn in_words(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(words) => Some(words.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::Bool(is) => Some(is.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::conversation;
    use serde_json::json;

    #[test]
    fn everyone_who_has_a_part_is_there_once_and_machines_are_not() {
        let conversation = conversation(json!({
            "source": "intercom", "closed_at": "2026-11-10T10:00:00Z",
            "teammates": [
                {"id": "1", "role": "closer"}, {"id": "1", "role": "assignee"}, {"id": "2"},
                {"id": "9", "bot": true},
            ],
            "customer": {"id": "c1", "email": "Lee@Acme.example", "name": " Lee  Wong",
                "company": {"id": "acme", "name": "Acme Ltd"}},
        }));
        let all: Vec<String> = Party::all_of(&conversation)
            .into_iter()
            .map(|party| format!("{} {}", party.kind.name(), party.value))
            .collect();
        assert_eq!(
            all,
            [
                "closer intercom/1",
                "assignee intercom/1",
                "participant intercom/1",
                "participant intercom/2",
                "customer intercom/c1",
                "email lee@acme.example",
                "customer_name lee wong",
                "company intercom/acme",
                "company_name acme ltd",
            ]
        );
    }
}
