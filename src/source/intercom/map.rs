//! From Intercom's conversation to the neutral record: lanes, attribution and score as the product
//! defines them; whatever has an unexpected shape is kept raw and reported.

use std::collections::{BTreeMap, BTreeSet};

use cxbot_sdk::conversation::{
    Ai, Company, Conversation, Csat, Customer, Role, Score, Team, Teammate,
};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::SOURCE;
use super::wire::{self, Id, Lenient};
use crate::store::{Oddity, Person};

/// What a workspace's conversations refer to.
#[derive(Debug, Clone, Default)]
pub(super) struct Directory {
    pub(super) people: BTreeMap<String, Person>,
    pub(super) teams: BTreeMap<String, String>,
    /// Links to conversations start with this; none where the workspace's id is not known.
    pub(super) inbox: Option<String>,
    pub(super) score_attribute: String,
    pub(super) explanation_attribute: String,
}

/// A conversation as read, its customer known by id only.
#[derive(Debug)]
pub(super) struct Mapped {
    pub(super) record: Conversation,
    pub(super) oddities: Vec<Oddity>,
}

/// Takes fields and keeps the odd ones.
struct Reader {
    id: String,
    oddities: Vec<Oddity>,
}

impl Reader {
    fn take<T>(&mut self, field: &str, lenient: Lenient<T>) -> Option<T> {
        match lenient {
            Lenient::Absent => None,
            Lenient::Is(value) => Some(value),
            Lenient::Odd(raw) => {
                let (source, id, field) = (SOURCE.to_owned(), self.id.clone(), field.to_owned());
                self.oddities.push(Oddity { source, id, field, raw });
                None
            }
        }
    }
}

/// An unreadable conversation, kept whole.
pub(super) fn unreadable(raw: &Value, why: &str) -> Oddity {
    let id = match raw.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(id) => id.to_string(),
        None => "unknown".to_owned(),
    };
    Oddity { source: SOURCE.to_owned(), id, field: why.to_owned(), raw: raw.clone() }
}

/// Reads one conversation; the error names what it cannot do without.
pub(super) fn read(raw: &Value, directory: &Directory) -> Result<Mapped, &'static str> {
    let wire: wire::Conversation =
        serde::Deserialize::deserialize(raw).map_err(|_| "conversation without a usable id")?;
    let mut reader = Reader { id: wire.id.0.clone(), oddities: Vec::new() };
    let statistics = reader.take("statistics", wire.statistics);
    let (closed_at, closer) = match statistics {
        Some(statistics) => (
            reader.take("statistics.last_close_at", statistics.last_close_at),
            reader.take("statistics.last_closed_by_id", statistics.last_closed_by_id),
        ),
        None => (None, None),
    };
    let closed_at = closed_at.and_then(|at| Timestamp::from_second(at).ok());
    let Some(closed_at) = closed_at else { return Err("conversation without a time of close") };
    let mut attributes =
        reader.take("custom_attributes", wire.custom_attributes).unwrap_or_default();
    let score =
        attributes.shift_remove(&directory.score_attribute).map_or(Score::Absent, Score::read);
    if let Score::Odd(raw) = &score {
        reader.take::<()>(&directory.score_attribute, Lenient::Odd(raw.clone()));
    }
    let explanation = explanation(&mut reader, &mut attributes, &directory.explanation_attribute);
    let rating = reader.take("conversation_rating", wire.conversation_rating);
    let wrote = reader
        .take("teammates", wire.teammates)
        .and_then(|list| reader.take("teammates.teammates", list.teammates));
    let assignee = reader.take("admin_assignee_id", wire.admin_assignee_id);
    let participated = reader.take("ai_agent_participated", wire.ai_agent_participated);
    let agent = reader.take("ai_agent", wire.ai_agent);
    let contact = reader
        .take("contacts", wire.contacts)
        .and_then(|list| reader.take("contacts.contacts", list.contacts))
        .and_then(|contacts| contacts.into_iter().next());
    let company = reader.take("company", wire.company).and_then(|c| company(&mut reader, c));
    let contact = contact.map(|contact| contact.id.0);
    let customer = customer(contact.as_deref(), company);
    let channel = reader.take("channel", wire.channel);
    let source = reader.take("source", wire.source);
    let record = Conversation {
        source: SOURCE.to_owned(),
        url: directory.inbox.as_ref().map(|inbox| format!("{inbox}{}", reader.id)),
        created_at: reader
            .take("created_at", wire.created_at)
            .and_then(|at| Timestamp::from_second(at).ok()),
        closed_at,
        score,
        explanation,
        reasons: Vec::new(),
        attributes,
        csat: rating.and_then(|rating| csat(&mut reader, rating)),
        ai: ai(&mut reader, participated, agent),
        teammates: teammates(closer, assignee, wrote.unwrap_or_default(), directory),
        team: team(reader.take("team_assignee_id", wire.team_assignee_id), directory),
        customer,
        channel: channel_name(channel, source),
        topics: topics(&mut reader, wire.topics, wire.ai_topics),
        tags: names(reader.take("tags", wire.tags).and_then(|t| reader.take("tags.tags", t.tags))),
        messages: None,
        left_out_by: Vec::new(),
        other: BTreeMap::new(),
        id: reader.id.clone(),
    };
    Ok(Mapped { record, oddities: reader.oddities })
}

fn explanation(
    reader: &mut Reader,
    attributes: &mut Map<String, Value>,
    name: &str,
) -> Option<String> {
    match attributes.shift_remove(name)? {
        Value::String(text) => Some(text),
        Value::Null => None,
        odd => reader.take(name, Lenient::Odd(odd)),
    }
}

/// A rating that was asked for and not given is null.
fn csat(reader: &mut Reader, rating: wire::Rating) -> Option<Csat> {
    let remark = reader.take("conversation_rating.remark", rating.remark);
    let remark = remark.filter(|remark| !remark.is_empty());
    match rating.rating {
        Score::Absent | Score::Odd(Value::Null) => None,
        score => Some(Csat { score, remark }),
    }
}

fn ai(reader: &mut Reader, participated: Option<bool>, agent: Option<wire::AiAgent>) -> Option<Ai> {
    let resolution =
        agent.and_then(|agent| reader.take("ai_agent.resolution_state", agent.resolution_state));
    let participated = participated.unwrap_or(false);
    (participated || resolution.is_some()).then_some(Ai { participated, resolution })
}

/// One entry for each role that someone had. The assignee alone proves nothing: a conversation that
/// only the AI agent handled can carry one, and so can one that nobody answered. So the assignee is
/// named only beside a human who wrote or closed.
fn teammates(
    closer: Option<Id>,
    assignee: Option<Id>,
    wrote: Vec<wire::Reference>,
    directory: &Directory,
) -> Vec<Teammate> {
    let assigned = |id: &Id| id.0 != "0";
    let closer = closer.filter(assigned).map(|id| directory.teammate(&id.0, Role::Closer));
    let mut seen = BTreeSet::new();
    let wrote =
        wrote.into_iter().map(|reference| reference.id).filter(|id| seen.insert(id.clone()));
    let wrote: Vec<Teammate> =
        wrote.map(|id| directory.teammate(&id.0, Role::Participant)).collect();
    let human = closer.iter().chain(&wrote).any(|teammate| !teammate.bot);
    let assignee = assignee
        .filter(|id| human && assigned(id))
        .map(|id| directory.teammate(&id.0, Role::Assignee));
    closer.into_iter().chain(assignee).chain(wrote).collect()
}

impl Directory {
    /// Ids that nobody knows (deleted people) count as human.
    fn teammate(&self, id: &str, role: Role) -> Teammate {
        let person = self.people.get(id).cloned().unwrap_or_default();
        let Person { name, email, bot } = person;
        Teammate { id: id.to_owned(), name, email, role, bot }
    }
}

fn team(id: Option<Id>, directory: &Directory) -> Option<Team> {
    let id = id.filter(|id| id.0 != "0")?.0;
    Some(Team { name: directory.teams.get(&id).cloned(), id })
}

/// The customer's own id for the company where there is one, else Intercom's.
pub(super) fn company_of(wire: wire::Company) -> Company {
    let text = |lenient: Lenient<String>| match lenient {
        Lenient::Is(text) if !text.is_empty() => Some(text),
        _ => None,
    };
    let own = match wire.company_id {
        Lenient::Is(id) => Some(id.0),
        _ => None,
    };
    let plan = match wire.plan {
        Lenient::Is(plan) => plan.name,
        _ => None,
    };
    Company { id: own.or(wire.id.map(|id| id.0)), name: text(wire.name), plan }
}

fn company(reader: &mut Reader, wire: wire::Company) -> Option<Company> {
    reader.take("company.name", wire.name.clone());
    let company = company_of(wire);
    company.id.is_some().then_some(company)
}

fn customer(contact: Option<&str>, company: Option<Company>) -> Option<Customer> {
    if contact.is_none() && company.is_none() {
        return None;
    }
    Some(Customer { id: contact.map(str::to_owned), company, ..Customer::default() })
}

/// Intercom's messenger is what people call chat; other channels keep their names.
fn channel_name(channel: Option<wire::Channel>, source: Option<wire::Source>) -> Option<String> {
    let channel = channel.and_then(|channel| channel.current.or(channel.initial));
    let name = channel.or_else(|| source.and_then(|source| source.kind))?;
    Some(match name.as_str() {
        "messenger" | "conversation" => "chat".to_owned(),
        _ => name,
    })
}

/// The AI's topics where the version has them, else those of rules.
fn topics(
    reader: &mut Reader,
    rules: Lenient<wire::Topics>,
    ai: Lenient<wire::AiTopics>,
) -> Vec<String> {
    let ai =
        reader.take("ai_topics", ai).and_then(|list| reader.take("ai_topics.topics", list.topics));
    let by_ai: Vec<String> =
        ai.unwrap_or_default().into_iter().filter_map(|topic| topic.topic_name).collect();
    let rules =
        reader.take("topics", rules).and_then(|list| reader.take("topics.topics", list.topics));
    if by_ai.is_empty() { names(rules) } else { by_ai }
}

fn names(list: Option<Vec<wire::Named>>) -> Vec<String> {
    list.unwrap_or_default().into_iter().filter_map(|named| named.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cxbot_sdk::count::Lane;
    use proptest::prelude::*;
    use serde_json::json;

    fn directory() -> Directory {
        let person = |name: &str, bot| Person { name: Some(name.to_owned()), email: None, bot };
        Directory {
            people: [("1".to_owned(), person("Ana", false)), ("9".to_owned(), person("Fin", true))]
                .into(),
            teams: [("5".to_owned(), "Billing".to_owned())].into(),
            inbox: Some("https://app.example/".to_owned()),
            score_attribute: "CX Score rating".to_owned(),
            explanation_attribute: "CX Score explanation".to_owned(),
        }
    }

    fn mapped(fields: Value) -> Mapped {
        let mut raw = json!({"id": "7", "statistics": {"last_close_at": 1_794_819_600}});
        for (key, value) in fields.as_object().expect("an object") {
            raw[key] = value.clone();
        }
        read(&raw, &directory()).expect("readable")
    }

    #[test]
    fn the_lane_follows_who_wrote_or_closed_and_not_who_is_assigned() {
        let wrote = |ids: &[&str]| {
            let ids: Vec<Value> = ids.iter().map(|id| json!({"type": "admin", "id": id})).collect();
            json!({"type": "admin.list", "teammates": ids})
        };
        for (fields, lane) in [
            (json!({"teammates": wrote(&["1"])}), Some(Lane::Human)),
            (json!({"teammates": wrote(&["404"])}), Some(Lane::Human)),
            (json!({"ai_agent_participated": true, "teammates": null}), Some(Lane::Ai)),
            (json!({"ai_agent_participated": true, "teammates": wrote(&["9"])}), Some(Lane::Ai)),
            (json!({"ai_agent_participated": true, "admin_assignee_id": 1}), Some(Lane::Ai)),
            (
                json!({"ai_agent_participated": true, "teammates": wrote(&["1"])}),
                Some(Lane::Handoff),
            ),
            (
                json!({"ai_agent_participated": true, "ai_agent": {"resolution_state": "routed_to_team"}}),
                Some(Lane::Handoff),
            ),
            (json!({"admin_assignee_id": 1}), None),
            (json!({"teammates": wrote(&["9"])}), None),
        ] {
            assert_eq!(Lane::of(&mapped(fields.clone()).record), lane, "{fields}");
        }
    }

    #[test]
    fn nobody_assigned_is_zero_or_null() {
        let record = mapped(json!({"team_assignee_id": 0, "admin_assignee_id": 0})).record;
        assert_eq!((record.team, record.teammates), (None, vec![]));
        let record = mapped(json!({"team_assignee_id": "5"})).record;
        assert_eq!(record.team.and_then(|team| team.name).as_deref(), Some("Billing"));
    }

    #[test]
    fn odd_shapes_are_kept_and_do_not_spoil_the_rest() {
        let mapped = mapped(json!({
            "custom_attributes": {"CX Score rating": "five", "CX Score explanation": ["?"], "Plan": 1},
            "tags": "vip", "ai_agent": 7, "topics": {}, "conversation_rating": {"rating": null},
            "teammates": {"teammates": null},
        }));
        assert_eq!(mapped.record.score, Score::Odd(json!("five")));
        assert_eq!(mapped.record.attributes, *json!({"Plan": 1}).as_object().expect("an object"));
        assert_eq!(mapped.record.csat, None);
        let odd: Vec<&str> = mapped.oddities.iter().map(|oddity| &*oddity.field).collect();
        assert_eq!(odd, ["CX Score rating", "CX Score explanation", "ai_agent", "tags"]);
    }

    /// Any JSON at all, with the names of real fields strewn in.
    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,12}".prop_map(Value::from),
        ];
        let name = prop::sample::select(vec![
            "id",
            "statistics",
            "last_close_at",
            "custom_attributes",
            "CX Score rating",
            "contacts",
            "teammates",
            "tags",
            "topics",
            "ai_agent",
            "company",
            "channel",
            "conversation_rating",
        ]);
        leaf.prop_recursive(4, 64, 8, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((name.clone(), inner), 0..8).prop_map(|fields| {
                    Value::Object(fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_shape_of_a_conversation_breaks_the_reader(odd in json(), closed_at in any::<i64>()) {
            let mut raw = json!({"id": "7", "statistics": {"last_close_at": closed_at}});
            if let (Value::Object(raw), Value::Object(odd)) = (&mut raw, odd.clone()) {
                raw.extend(odd);
            }
            for value in [raw, odd] {
                match read(&value, &directory()) {
                    Ok(mapped) => prop_assert!(!mapped.record.id.is_empty()),
                    Err(why) => prop_assert!(unreadable(&value, why).field == why),
                }
            }
        }
    }

    #[test]
    fn without_a_time_of_close_there_is_no_record() {
        let raw = json!({"id": "7", "statistics": null});
        assert!(read(&raw, &directory()).is_err());
    }
}
