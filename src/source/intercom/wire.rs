//! Intercom's JSON, as far as a pull needs it. Everything but ids may be missing, null or odd.

use cxbot_sdk::conversation::Score;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A field that may hold a shape nobody described: kept raw instead of failing the page.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Lenient<T> {
    #[default]
    Absent,
    Is(T),
    Odd(Value),
}

impl<'de, T: for<'v> Deserialize<'v>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if value.is_null() {
            return Ok(Lenient::Absent);
        }
        Ok(match T::deserialize(&value) {
            Ok(read) => Lenient::Is(read),
            Err(_) => Lenient::Odd(value),
        })
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ErrorList {
    pub(super) request_id: Option<String>,
    #[serde(default)]
    pub(super) errors: Vec<ErrorItem>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ErrorItem {
    pub(super) code: Option<String>,
}

/// `GET /me`
#[derive(Debug, Deserialize)]
pub(super) struct Me {
    pub(super) app: Option<App>,
}

#[derive(Debug, Deserialize)]
pub(super) struct App {
    pub(super) id_code: Option<String>,
    pub(super) timezone: Option<String>,
}

/// `GET /admins`
#[derive(Debug, Deserialize)]
pub(super) struct Admins {
    pub(super) admins: Vec<Option<Admin>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Admin {
    pub(super) id: Id,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) has_inbox_seat: Option<bool>,
}

/// `GET /teams`
#[derive(Debug, Deserialize)]
pub(super) struct Teams {
    pub(super) teams: Vec<Option<Team>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Team {
    pub(super) id: Id,
    pub(super) name: Option<String>,
}

/// `POST /conversations/search`: each conversation is read on its own, so that one cannot spoil a page.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    #[serde(default)]
    pub(super) conversations: Vec<Value>,
    pub(super) total_count: Option<u64>,
    pub(super) pages: Option<Pages>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Pages {
    #[serde(default)]
    pub(super) next: Lenient<Next>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Next {
    pub(super) starting_after: Option<String>,
}

/// `GET /conversations/deleted`
#[derive(Debug, Deserialize)]
pub(super) struct DeletedPage {
    #[serde(default)]
    pub(super) conversations: Vec<Deleted>,
    pub(super) pages: Option<DeletedPages>,
}

#[derive(Debug, Deserialize)]
pub(super) struct DeletedPages {
    pub(super) total_pages: Option<u64>,
    /// An address here, absent or null at the end.
    #[serde(default)]
    pub(super) next: Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct Deleted {
    pub(super) id: Id,
}

/// `POST /contacts/search`
#[derive(Debug, Deserialize)]
pub(super) struct Contacts {
    #[serde(default)]
    pub(super) data: Vec<Contact>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Contact {
    pub(super) id: Id,
    #[serde(default)]
    pub(super) name: Lenient<String>,
    #[serde(default)]
    pub(super) email: Lenient<String>,
    #[serde(default)]
    pub(super) companies: Lenient<CompanyList>,
    #[serde(default)]
    pub(super) merge_history: Lenient<Vec<Merge>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CompanyList {
    #[serde(default)]
    pub(super) data: Vec<CompanyReference>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CompanyReference {
    pub(super) id: Id,
}

#[derive(Debug, Deserialize)]
pub(super) struct Merge {
    pub(super) source_contact_id: Id,
}

/// A company, within a conversation or from `GET /companies/{id}`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Company {
    pub(super) id: Option<Id>,
    /// The customer's own id for the company.
    #[serde(default)]
    pub(super) company_id: Lenient<Id>,
    #[serde(default)]
    pub(super) name: Lenient<String>,
    #[serde(default)]
    pub(super) plan: Lenient<Plan>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Plan {
    pub(super) name: Option<String>,
}

/// A conversation in a list or a search.
#[derive(Debug, Deserialize)]
pub(super) struct Conversation {
    pub(super) id: Id,
    #[serde(default)]
    pub(super) created_at: Lenient<i64>,
    #[serde(default)]
    pub(super) statistics: Lenient<Statistics>,
    #[serde(default)]
    pub(super) custom_attributes: Lenient<Map<String, Value>>,
    #[serde(default)]
    pub(super) conversation_rating: Lenient<Rating>,
    #[serde(default)]
    pub(super) ai_agent_participated: Lenient<bool>,
    #[serde(default)]
    pub(super) ai_agent: Lenient<AiAgent>,
    #[serde(default)]
    pub(super) teammates: Lenient<Teammates>,
    #[serde(default)]
    pub(super) admin_assignee_id: Lenient<Id>,
    #[serde(default)]
    pub(super) team_assignee_id: Lenient<Id>,
    #[serde(default)]
    pub(super) contacts: Lenient<ContactReferences>,
    #[serde(default)]
    pub(super) company: Lenient<Company>,
    #[serde(default)]
    pub(super) channel: Lenient<Channel>,
    #[serde(default)]
    pub(super) source: Lenient<Source>,
    #[serde(default)]
    pub(super) tags: Lenient<Tags>,
    #[serde(default)]
    pub(super) topics: Lenient<Topics>,
    #[serde(default)]
    pub(super) ai_topics: Lenient<AiTopics>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Statistics {
    #[serde(default)]
    pub(super) last_close_at: Lenient<i64>,
    #[serde(default)]
    pub(super) last_closed_by_id: Lenient<Id>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Rating {
    #[serde(default)]
    pub(super) rating: Score,
    #[serde(default)]
    pub(super) remark: Lenient<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct AiAgent {
    #[serde(default)]
    pub(super) resolution_state: Lenient<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Teammates {
    #[serde(default)]
    pub(super) teammates: Lenient<Vec<Reference>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Reference {
    pub(super) id: Id,
}

#[derive(Debug, Deserialize)]
pub(super) struct ContactReferences {
    #[serde(default)]
    pub(super) contacts: Lenient<Vec<Reference>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Channel {
    pub(super) current: Option<String>,
    pub(super) initial: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Source {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tags {
    #[serde(default)]
    pub(super) tags: Lenient<Vec<Named>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Topics {
    #[serde(default)]
    pub(super) topics: Lenient<Vec<Named>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Named {
    pub(super) name: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct AiTopics {
    #[serde(default)]
    pub(super) topics: Lenient<Vec<AiTopic>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct AiTopic {
    pub(super) topic_name: Option<String>,
}

/// An id, text or number as the version has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id(pub(super) String);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) if !text.is_empty() => Ok(Id(text)),
            Value::Number(number) => Ok(Id(number.to_string())),
            _ => Err(serde::de::Error::custom("expected an id")),
        }
    }
}
