//! The fields that a search may name, from the tables in the API's description.

use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Text,
    Date,
    Integer,
    Boolean,
    /// Documented, but not played by this fake.
    Unplayed,
}

pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    /// Where the value lies in the object; a star stands for every element of a list.
    path: &'static str,
    /// The values that a text can have, where the documents number them.
    pub allowed: &'static [&'static str],
}

const fn field(kind: Kind, name: &'static str) -> Field {
    Field { name, kind, path: name, allowed: &[] }
}

const fn text(name: &'static str) -> Field {
    field(Kind::Text, name)
}

const fn date(name: &'static str) -> Field {
    field(Kind::Date, name)
}

const fn integer(name: &'static str) -> Field {
    field(Kind::Integer, name)
}

const fn boolean(name: &'static str) -> Field {
    field(Kind::Boolean, name)
}

const fn unplayed(name: &'static str) -> Field {
    field(Kind::Unplayed, name)
}

impl Field {
    const fn at(mut self, path: &'static str) -> Field {
        self.path = path;
        self
    }

    const fn one_of(mut self, allowed: &'static [&'static str]) -> Field {
        self.allowed = allowed;
        self
    }

    /// The field's values in an object, or None where it is null or missing.
    pub fn values(&self, object: &Value) -> Option<Vec<Value>> {
        let path: Vec<&str> = self.path.split('.').collect();
        let found = walk(object, &path)?;
        // Documented as unique: a body is searched word by word, never as a whole.
        Some(if self.name == "source.body" {
            found.iter().flat_map(words).collect()
        } else {
            found
        })
    }
}

fn walk(value: &Value, path: &[&str]) -> Option<Vec<Value>> {
    match path {
        [] => (!value.is_null()).then(|| vec![value.clone()]),
        ["*", rest @ ..] => {
            let elements = value.as_array()?.iter();
            Some(elements.filter_map(|element| walk(element, rest)).flatten().collect())
        }
        [key, rest @ ..] => walk(value.get(key)?, rest),
    }
}

/// The words of an HTML body. What counts as an "element" of it is not said; words are the reading
/// that the documents' example asks for.
fn words(body: &Value) -> Vec<Value> {
    let mut in_tag = false;
    let outside_tags = |letter: char| {
        let shown = !in_tag && letter != '<';
        in_tag = letter == '<' || in_tag && letter != '>';
        if shown { letter } else { ' ' }
    };
    let text: String = body.as_str().unwrap_or_default().chars().map(outside_tags).collect();
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(Value::from).collect()
}

const SOURCES: &[&str] = &[
    "conversation",
    "email",
    "facebook",
    "instagram",
    "phone_call",
    "phone_switch",
    "push",
    "sms",
    "twitter",
    "whatsapp",
];

// For the next four the table says only "String"; a value outside the schema's enumeration could
// match nothing and is surely a mistake.
const STATES: &[&str] = &["open", "closed", "snoozed"];
const PRIORITIES: &[&str] = &["none", "low", "medium", "high", "urgent"];
const ANSWERS: &[&str] = &["ai_answer", "custom_answer"];
const RESOLUTIONS: &[&str] = &[
    "assumed_resolution",
    "confirmed_resolution",
    "escalated",
    "negative_feedback",
    "procedure_handoff",
];

pub const CONVERSATION: &[Field] = &[
    text("id"),
    date("created_at"),
    date("updated_at"),
    text("source.type").one_of(SOURCES),
    text("source.id"),
    text("source.delivered_as"),
    text("source.subject"),
    text("source.body"),
    text("source.author.id"),
    text("source.author.type"),
    text("source.author.name"),
    text("source.author.email"),
    text("source.url"),
    text("contact_ids").at("contacts.contacts.*.id"),
    text("teammate_ids").at("teammates.teammates.*.id"),
    integer("admin_assignee_id"),
    integer("team_assignee_id"),
    text("channel_initiated").at("channel.initial"),
    boolean("open"),
    boolean("read"),
    text("state").one_of(STATES),
    date("waiting_since"),
    date("snoozed_until"),
    text("tag_ids").at("tags.tags.*.id"),
    text("priority").one_of(PRIORITIES),
    integer("statistics.time_to_assignment"),
    integer("statistics.time_to_admin_reply"),
    integer("statistics.time_to_first_close"),
    integer("statistics.time_to_last_close"),
    integer("statistics.median_time_to_reply"),
    date("statistics.first_contact_reply_at"),
    date("statistics.first_assignment_at"),
    date("statistics.first_admin_reply_at"),
    date("statistics.first_close_at"),
    date("statistics.last_assignment_at"),
    date("statistics.last_assignment_admin_reply_at"),
    date("statistics.last_contact_reply_at"),
    date("statistics.last_admin_reply_at"),
    date("statistics.last_close_at"),
    text("statistics.last_closed_by_id"),
    integer("statistics.count_reopens"),
    integer("statistics.count_assignments"),
    integer("statistics.count_conversation_parts"),
    date("conversation_rating.requested_at").at("conversation_rating.created_at"),
    date("conversation_rating.replied_at").at("conversation_rating.updated_at"),
    integer("conversation_rating.score").at("conversation_rating.rating"),
    text("conversation_rating.remark"),
    text("conversation_rating.contact_id").at("conversation_rating.contact.id"),
    // The documents' own spelling.
    text("conversation_rating.admin_d").at("conversation_rating.teammate.id"),
    boolean("ai_agent_participated"),
    text("ai_agent.resolution_state").one_of(RESOLUTIONS),
    text("ai_agent.last_answer_type").one_of(ANSWERS),
    integer("ai_agent.rating"),
    text("ai_agent.rating_remark"),
    text("ai_agent.source_type"),
    text("ai_agent.source_title"),
];

/// Dates are not played: up to 2.16 they mean whole days in the workspace's time zone, which is a
/// trap that the client has no reason to step into. The devices' fields and the custom attributes
/// are left out altogether.
pub const CONTACT: &[Field] = &[
    text("id"),
    text("role").one_of(&["user", "lead"]),
    text("name"),
    unplayed("avatar"),
    text("owner_id"),
    text("email"),
    text("email_domain"),
    text("phone"),
    unplayed("formatted_phone"),
    text("external_id"),
    unplayed("created_at"),
    unplayed("signed_up_at"),
    unplayed("updated_at"),
    unplayed("last_seen_at"),
    unplayed("last_contacted_at"),
    unplayed("last_replied_at"),
    unplayed("last_email_opened_at"),
    unplayed("last_email_clicked_at"),
    text("language_override"),
    text("browser"),
    text("browser_language"),
    text("os"),
    text("location.country"),
    text("location.region"),
    text("location.city"),
    boolean("unsubscribed_from_emails"),
    boolean("marked_email_as_spam"),
    boolean("has_hard_bounced"),
    unplayed("segment_id"),
    unplayed("tag_id"),
];
