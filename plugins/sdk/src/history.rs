//! Whose conversations: a teammate's, a customer's, a company's, over time.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::conversation::{Conversation, Role};
use crate::count::{Class, Exclusion, Filter, Lane, classify, same};
use crate::figures::Share;

/// Which teammate a conversation counts for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Attribution {
    /// Whoever closed it.
    #[default]
    Closer,
    /// Whoever it was assigned to.
    Assignee,
    /// Everyone who took part.
    Participants,
}

impl Attribution {
    /// In the middle of a sentence: "conversations that Ana closed".
    pub fn words(self) -> &'static str {
        match self {
            Attribution::Closer => "closed",
            Attribution::Assignee => "was assigned",
            Attribution::Participants => "took part in",
        }
    }
}

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

/// A conversation as it is summed up by company: whose it is, and its score where it counts. Texts are empty
/// where they are not known. Names are short, since as many are kept as there are conversations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summand<'t> {
    /// The name as parties are named, or `source/id` where it has none.
    #[serde(rename = "c", borrow)]
    pub company: Cow<'t, str>,
    /// The name as its source writes it, or the id.
    #[serde(rename = "n", borrow)]
    pub company_name: Cow<'t, str>,
    /// `source/id`.
    #[serde(rename = "w", borrow)]
    pub customer: Cow<'t, str>,
    /// 1–5.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
}

impl Summand<'static> {
    /// None of a conversation that a rule leaves out.
    pub fn of(conversation: &Conversation, rules: &[Exclusion]) -> Option<Summand<'static>> {
        let score = match classify(conversation, rules) {
            Class::Excluded(_) => return None,
            Class::Scored(_, score) => Some(score),
            Class::Unscored(_) => None,
        };
        let customer = conversation.customer.as_ref();
        let key = |id: &String| format!("{}/{id}", conversation.source);
        let company = customer.and_then(|customer| customer.company.as_ref());
        let (name, id) =
            company.map_or((None, None), |company| (company.name.as_ref(), company.id.as_ref()));
        let named = |name: &String| Party::named(PartyKind::CompanyName, name).value;
        let customer = customer.and_then(|customer| customer.id.as_ref());
        Some(Summand {
            company: name.map(named).or_else(|| id.map(key)).unwrap_or_default().into(),
            company_name: name.or(id).cloned().unwrap_or_default().into(),
            customer: customer.map(key).unwrap_or_default().into(),
            score,
        })
    }
}

/// Conversations that are one company's, those that an exclusion rule leaves out aside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfCompany {
    /// As in [`Summand`], and empty for those whose company is not known.
    pub company: String,
    /// One of the ways in which it is written: the first by the alphabet.
    pub company_name: String,
    pub scored: Share,
    /// Known customers with a scored conversation, and how many of them had only good ones.
    pub customers: Share,
}

impl OfCompany {
    /// Sums by company, in the order of [`OfCompany::company`]; good is a score from `good_from` on.
    pub fn sums<'t>(all: impl IntoIterator<Item = Summand<'t>>, good_from: u8) -> Vec<OfCompany> {
        let mut sums: Vec<OfCompany> = Vec::new();
        let mut companies: HashMap<Cow<'t, str>, usize> = HashMap::new();
        let mut customers: HashMap<(usize, Cow<'t, str>), bool> = HashMap::new();
        for Summand { company, company_name, customer, score } in all {
            let number = *companies.entry(company).or_insert_with_key(|company| {
                sums.push(OfCompany { company: company.to_string(), ..OfCompany::default() });
                sums.len() - 1
            });
            let sum = &mut sums[number];
            if sum.company_name.is_empty() || *company_name < *sum.company_name {
                sum.company_name = company_name.into_owned();
            }
            let Some(score) = score else { continue };
            let good = score >= good_from;
            sum.scored = sum.scored + Share { good: good.into(), n: 1 };
            if !customer.is_empty() {
                *customers.entry((number, customer)).or_insert(true) &= good;
            }
        }
        for ((number, _), only_good) in customers {
            let sum = &mut sums[number];
            sum.customers = sum.customers + Share { good: only_good.into(), n: 1 };
        }
        sums.sort_by(|one, other| one.company.cmp(&other.company));
        sums
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

/// Someone on the team's side, as sources and the configuration know them.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Colleague {
    /// `source/id`, several where someone has several.
    pub keys: Vec<String>,
    /// Their id where no name is known.
    pub name: String,
    /// Other names, e-mails and ids by which they are known.
    pub also: Vec<String>,
    /// The teams that `[[people]]` says they are in.
    pub teams: Vec<String>,
}

impl Colleague {
    /// Whether more than an id is known of them.
    pub fn is_named(&self) -> bool {
        !self.keys.iter().any(|key| key.split_once('/').is_some_and(|(_, id)| id == self.name))
    }

    /// Whether these words are a name, an e-mail or an id of theirs.
    pub fn is_called(&self, words: &str) -> bool {
        let ids = self.keys.iter().filter_map(|key| Some(key.split_once('/')?.1));
        let all = std::iter::once(&*self.name).chain(self.also.iter().map(String::as_str));
        all.chain(self.keys.iter().map(String::as_str)).chain(ids).any(|known| same(known, words))
    }

    /// Whether these words are a part of their name.
    pub fn is_named_like(&self, words: &str) -> bool {
        let words = words.to_lowercase();
        let names = std::iter::once(&self.name).chain(&self.also);
        let mut parts = names.flat_map(|name| name.split_whitespace());
        parts.any(|part| part.to_lowercase().starts_with(&words))
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
