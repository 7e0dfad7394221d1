//! The neutral record of one support conversation: every source writes it, every file carries it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::names::{NAME_MARK, Names};

/// One support conversation, closed at an instant. Only source, id and `closed_at` are required.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    #[serde(deserialize_with = "id")]
    pub source: String,
    #[serde(deserialize_with = "id")]
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// The latest close: it decides the week.
    pub closed_at: Timestamp,
    #[serde(default, skip_serializing_if = "Score::is_absent")]
    pub score: Score,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Map::is_empty")]
    pub attributes: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csat: Option<Csat>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ai: Option<Ai>,
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub teammates: Vec<Teammate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Team>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Messages>,
    /// The rules that left it out by something that was erased from it since: they still do.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub left_out_by: Vec<String>,
    /// Fields that we do not know: kept, so that export gives back what import took.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl Conversation {
    /// The explanation that came with the score, if any did.
    pub fn why(&self) -> Option<&str> {
        self.explanation.as_deref().map(str::trim).filter(|why| !why.is_empty())
    }

    /// The same for where nobody may be named: neither the customer nor their company nor who worked on it.
    pub fn why_unnamed(&self) -> Option<String> {
        let customer = self.customer.as_ref();
        let company = customer.and_then(|one| one.company.as_ref()?.name.as_deref());
        let teammates = self.teammates.iter().filter_map(|one| one.name.clone());
        let people: Vec<String> =
            teammates.chain(customer.and_then(|one| one.name.clone())).collect();
        let names = Names::of(&people).and_companies(company);
        Some(names.masked(self.why()?, NAME_MARK))
    }
}

/// The customer's own answer to a survey.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Csat {
    #[serde(default, skip_serializing_if = "Score::is_absent")]
    pub score: Score,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

/// What the AI agent did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ai {
    #[serde(default, deserialize_with = "or_default")]
    pub participated: bool,
    /// The vendor's word, such as `confirmed_resolution` or `routed_to_team`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
}

/// Someone who took part on the team's side; one entry for each role that they had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Named")]
pub struct Teammate {
    /// Where a tool gives no id, the e-mail or the name has to do.
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub role: Role,
    pub bot: bool,
}

/// Stands before what takes the place of someone's id when they are forgotten, so that people are still
/// told apart and counted.
const ERASED: &str = "erased-";
/// Letters of the hash behind it.
const ERASED_HASH: usize = 16;

/// What takes the place of the id of someone who is forgotten; of the hash, in hexadecimal, as much as
/// tells people apart.
pub fn erased(hash: &str) -> String {
    format!("{ERASED}{}", &hash[..ERASED_HASH])
}

impl Teammate {
    /// Whether this is someone who was forgotten, known by nothing but a pseudonym.
    pub fn is_erased(&self) -> bool {
        let hash = self.id.strip_prefix(ERASED).filter(|hash| hash.len() == ERASED_HASH);
        hash.is_some_and(|hash| hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
    }

    /// What they are called: by name, else by id.
    pub fn called(&self) -> &str {
        match &self.name {
            Some(name) => name,
            None if self.is_erased() => "someone erased",
            None => &self.id,
        }
    }
}

/// A teammate or a team as files name them.
#[derive(Deserialize)]
struct Named {
    #[serde(default, deserialize_with = "optional_id")]
    id: Option<String>,
    name: Option<String>,
    email: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    role: Role,
    #[serde(default, deserialize_with = "or_default")]
    bot: bool,
}

const NAMELESS: &str = "expected an id, or a name in its place";

impl TryFrom<Named> for Teammate {
    type Error = &'static str;

    fn try_from(named: Named) -> Result<Self, Self::Error> {
        let Named { id, name, email, role, bot } = named;
        let id = id.or_else(|| email.clone()).or_else(|| name.clone()).ok_or(NAMELESS)?;
        Ok(Teammate { id, name, email, role, bot })
    }
}

impl TryFrom<Named> for Team {
    type Error = &'static str;

    fn try_from(named: Named) -> Result<Self, Self::Error> {
        let id = named.id.or_else(|| named.name.clone()).ok_or(NAMELESS)?;
        Ok(Team { id, name: named.name })
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Closer,
    Assignee,
    #[default]
    Participant,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Named")]
pub struct Team {
    /// Where a tool gives no id, the name has to do.
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    #[serde(default, deserialize_with = "optional_id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Company>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Company {
    #[serde(default, deserialize_with = "optional_id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
}

/// How many messages each side wrote, where known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Messages {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<u64>,
}

/// A score of 1–5, or none. A value that is no score is kept as it came, and never becomes 0.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Score {
    #[default]
    Absent,
    /// A whole number 1–5.
    Given(u8),
    /// Anything else: 0, 6, 4.5, "five", true, null.
    Odd(Value),
}

impl Score {
    /// Reads a number (4, 4.0) or a numeric string ("4").
    pub fn read(value: Value) -> Score {
        let number = match &value {
            Value::Number(number) => number.as_f64(),
            Value::String(digits) => digits.parse::<f64>().ok(),
            _ => None,
        };
        match number {
            Some(number) if (1.0..=5.0).contains(&number) && number.fract() == 0.0 => {
                Score::Given(number as u8)
            }
            _ => Score::Odd(value),
        }
    }

    /// The score 1–5, if there is one.
    pub fn value(&self) -> Option<u8> {
        match self {
            Score::Given(score) => Some(*score),
            Score::Absent | Score::Odd(_) => None,
        }
    }

    pub fn is_absent(&self) -> bool {
        *self == Score::Absent
    }

    pub fn is_odd(&self) -> bool {
        matches!(self, Score::Odd(_))
    }
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Score::read)
    }
}

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Score::Absent => serializer.serialize_none(),
            Score::Given(score) => serializer.serialize_u8(*score),
            Score::Odd(value) => value.serialize(serializer),
        }
    }
}

/// An id as text; systems that number their records may write a number.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) if !text.is_empty() => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(D::Error::custom("expected a text or a number that is not empty")),
    }
}

/// Takes null for "nothing there", as many exports write it.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

fn optional_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        value => id(value).map(Some).map_err(D::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_whole_numbers_from_1_to_5_are_scores() {
        for value in [json!(4), json!(4.0), json!("4"), json!("4.0")] {
            assert_eq!(Score::read(value), Score::Given(4));
        }
        for value in [
            json!(0),
            json!(6),
            json!(4.5),
            json!("five"),
            json!(true),
            json!(null),
            json!(""),
            json!([4]),
        ] {
            assert_eq!(Score::read(value.clone()), Score::Odd(value));
        }
    }

    #[test]
    fn a_record_comes_back_as_it_was_given_odd_scores_and_unknown_fields_included() {
        let line = r#"{"source":"x","id":"1","closed_at":"2026-11-10T10:02:00Z","score":null,"csat":{"score":"five"},"mood":"odd"}"#;
        let record: Conversation = serde_json::from_str(line).expect("a record");
        assert_eq!(serde_json::to_string(&record).expect("written"), line);
    }

    #[test]
    fn a_team_or_a_teammate_may_have_only_a_name() {
        let line = r#"{"source":"x","id":"1","closed_at":"2026-11-10T10:02:00Z",
            "team":{"name":"Billing"},"teammates":[{"email":"a@x.example","name":"Ana"}]}"#;
        let record: Conversation = serde_json::from_str(line).expect("a record");
        assert_eq!(record.team.map(|team| team.id).as_deref(), Some("Billing"));
        assert_eq!(record.teammates[0].id, "a@x.example");
    }

    #[test]
    fn a_number_is_taken_as_an_id_and_an_empty_text_is_not() {
        let record = |id: Value| {
            let value = json!({"source": "x", "id": id, "closed_at": "2026-11-10T10:02:00Z"});
            serde_json::from_value::<Conversation>(value)
        };
        assert_eq!(record(json!(88123)).expect("a record").id, "88123");
        assert!(record(json!("")).is_err());
    }
}
