//! What is left of a conversation of which someone was forgotten: what it counts by, and nothing of
//! theirs.

use std::ops::Range;

use cxbot_sdk::conversation::{Conversation, Csat, Customer, Score, Teammate};
use cxbot_sdk::count::Exclusion;
use serde_json::Value;

use super::forgotten::{Forgotten, Key, Kind, scalars, teammate_keys};
use super::words::{self, ERASED, folded_email};

/// Shorter ids are too often something else in a text.
pub(super) const SHORTEST_ID: usize = 6;

impl Forgotten {
    /// The conversation as it may be stored. What has been stripped is left as it is.
    pub(in crate::store) fn strip(
        &self,
        conversation: Conversation,
        rules: &[Exclusion],
    ) -> Conversation {
        if !self.concerns(&conversation) && !self.is_written_in(&conversation) {
            return conversation;
        }
        let mut left = conversation.clone();
        if self.has_customer(&conversation) {
            self.strip_customer(&mut left);
        }
        self.strip_teammates(&mut left);
        self.strip_emails(&mut left);
        if left != conversation {
            // Rules may ask for what is gone; they left the conversation out, and still do.
            let held = rules.iter().filter(|rule| rule.leaves_out(&conversation));
            let lost: Vec<String> =
                held.filter(|rule| !rule.leaves_out(&left)).map(|rule| rule.name.clone()).collect();
            left.left_out_by.extend(lost);
        }
        left
    }

    /// Of the customer a pseudonym stays where there was an id, because distinct customers are
    /// counted; of what was said and noted nothing.
    fn strip_customer(&self, conversation: &mut Conversation) {
        let id = conversation.customer.take().and_then(|customer| customer.id);
        let pseudonym = |id: String| self.pseudonym(&Key::customer(&conversation.source, &id));
        let customer = id.map(|id| Customer { id: Some(pseudonym(id)), ..Customer::default() });
        let csat = conversation.csat.take().filter(|csat| csat.score.value().is_some());
        *conversation = Conversation {
            source: std::mem::take(&mut conversation.source),
            id: std::mem::take(&mut conversation.id),
            url: None,
            created_at: conversation.created_at,
            closed_at: conversation.closed_at,
            // What is no score may be anything at all.
            score: conversation.score.value().map_or(Score::Absent, Score::Given),
            explanation: None,
            reasons: Vec::new(),
            attributes: serde_json::Map::new(),
            csat: csat.map(|csat| Csat { remark: None, ..csat }),
            ai: conversation.ai.take(),
            teammates: std::mem::take(&mut conversation.teammates),
            team: conversation.team.take(),
            customer,
            channel: conversation.channel.take(),
            topics: std::mem::take(&mut conversation.topics),
            tags: Vec::new(),
            messages: conversation.messages.take(),
            left_out_by: std::mem::take(&mut conversation.left_out_by),
            other: std::collections::BTreeMap::new(),
        };
    }

    /// Of a teammate a pseudonym and their role stay; their name, e-mail and id go from all that was
    /// written about the conversation.
    fn strip_teammates(&self, conversation: &mut Conversation) {
        let source = conversation.source.clone();
        let mut theirs = Vec::new();
        for teammate in &mut conversation.teammates {
            if self.has_teammate(&source, &teammate.id, teammate.email.as_deref()) {
                let key = Key::teammate(&source, &teammate.id);
                let id = self.pseudonym(&key);
                theirs.push(key.value);
                *teammate = Teammate { id, name: None, email: None, ..teammate.clone() };
            }
        }
        if theirs.is_empty() {
            return;
        }
        let mentions = Mentions { forgotten: self, source: &source, theirs };
        mentions.erase_from(conversation);
    }

    /// In everybody's conversations the e-mails go of whoever was forgotten: an address means one person
    /// alone, and a name does not.
    fn strip_emails(&self, conversation: &mut Conversation) {
        let source = conversation.source.clone();
        let mentions = Mentions { forgotten: self, source: &source, theirs: Vec::new() };
        mentions.erase_from(conversation);
        let leads_to_them = |url: &String| !mentions.places(url).is_empty();
        conversation.url = conversation.url.take().filter(|url| !leads_to_them(url));
    }

    /// Whether an e-mail of someone forgotten stands in a text of the conversation.
    pub(super) fn is_written_in(&self, conversation: &Conversation) -> bool {
        let remark = conversation.csat.as_ref().and_then(|csat| csat.remark.as_ref());
        let texts = conversation.explanation.iter().chain(remark).chain(&conversation.url);
        let texts = texts.chain(&conversation.reasons).chain(&conversation.tags);
        let values = conversation.attributes.values().chain(conversation.other.values());
        texts.map(String::as_str).any(|text| self.has_email_in(text))
            || values.flat_map(scalars).any(|text| self.has_email_in(&text))
    }

    pub(super) fn has_email_in(&self, text: &str) -> bool {
        words::emails(text).into_iter().any(|place| self.is_email(&text[place]))
    }

    fn is_email(&self, address: &str) -> bool {
        let email = folded_email(address);
        self.knows(Kind::Email, &email) || self.knows(Kind::TeammateEmail, &email)
    }

    /// Whether anything of this conversation has to go.
    pub(super) fn concerns(&self, conversation: &Conversation) -> bool {
        let of_teammate = |teammate: &Teammate| {
            self.has_teammate(&conversation.source, &teammate.id, teammate.email.as_deref())
        };
        self.has_customer(conversation) || conversation.teammates.iter().any(of_teammate)
    }
}

/// Finds the e-mails of whoever was forgotten, and in the texts of their own conversations forgotten
/// teammates: whole names in any case, longer words of a name as they are written, and longer ids; always
/// as whole words.
struct Mentions<'f> {
    forgotten: &'f Forgotten,
    source: &'f str,
    /// `source/id` of those who took part.
    theirs: Vec<String>,
}

impl Mentions<'_> {
    /// Topics, teams and channels stay what they are called: conversations are counted by them.
    fn erase_from(&self, conversation: &mut Conversation) {
        let remark = conversation.csat.as_mut().and_then(|csat| csat.remark.as_mut());
        let texts = conversation.explanation.iter_mut().chain(remark);
        let texts = texts.chain(&mut conversation.reasons).chain(&mut conversation.tags);
        texts.for_each(|text| self.erase(text));
        let values = conversation.attributes.values_mut().chain(conversation.other.values_mut());
        values.for_each(|value| self.erase_within(value));
    }

    fn erase(&self, text: &mut String) {
        if let Some(left) = words::erase(text, self.places(text)) {
            *text = left;
        }
    }

    fn erase_within(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.erase(text),
            Value::Number(number) if self.is_id(&number.to_string()) => {
                *value = Value::from(ERASED);
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.erase_within(value)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.erase_within(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn places(&self, text: &str) -> Vec<Range<usize>> {
        let email = |place: &Range<usize>| self.forgotten.is_email(&text[place.clone()]);
        let mut places: Vec<Range<usize>> = words::emails(text).into_iter().filter(email).collect();
        if self.theirs.is_empty() {
            return places;
        }
        let all = words::words(text);
        places.extend(all.iter().filter(|place| self.is_id(&text[(*place).clone()])).cloned());
        for &length in &self.forgotten.lengths {
            for run in all.windows(length.max(1)) {
                let place = run[0].start..run[run.len() - 1].end;
                let name = match length {
                    1 => text[place.clone()].to_owned(),
                    _ => {
                        let words = run.iter().map(|word| text[word.clone()].to_lowercase());
                        words.collect::<Vec<_>>().join(" ")
                    }
                };
                if self.is_name(&name) {
                    places.push(place);
                }
            }
        }
        places
    }

    fn is_name(&self, name: &str) -> bool {
        let is = |teammate: &String| {
            self.forgotten.knows(Kind::TeammateName, &format!("{teammate}\n{name}"))
        };
        self.theirs.iter().any(is)
    }

    fn is_id(&self, word: &str) -> bool {
        !self.theirs.is_empty()
            && word.chars().count() >= SHORTEST_ID
            && teammate_keys(self.source, word, None).any(|key| self.forgotten.has(&key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cxbot_sdk::count::{classify, contributions, customer_cells};
    use cxbot_sdk::testing::conversation;
    use proptest::prelude::*;
    use serde_json::json;

    fn rules() -> Vec<Exclusion> {
        let rules = json!([
            {"name": "ours", "reason": "r", "customer_domain": "acme.example"},
            {"name": "left", "reason": "r", "teammate": "Ana Silva"},
            {"name": "spam", "reason": "r", "tag": "spam"},
            {"name": "phone", "reason": "r", "channel": "phone"},
        ]);
        serde_json::from_value(rules).expect("rules")
    }

    fn forgotten() -> Forgotten {
        let mut forgotten = Forgotten::with_secret("a test's").expect("a secret");
        for key in [
            Key::customer("x", "c1"),
            Key::email("lee@ACME.example"),
            Key::teammate("x", "8144444"),
            Key::teammate_email("ana@example.com"),
        ] {
            forgotten.add(key);
        }
        for key in Key::names("x/8144444", "Ana Silva") {
            forgotten.add(key);
        }
        forgotten
    }

    fn full() -> Conversation {
        conversation(json!({
            "source": "x", "id": "1", "url": "https://x.example/1", "score": 4,
            "explanation": "Ana's calm helped; ANA SILVA (ana@example.com, 8144444) called Banana Ltd.",
            "reasons": ["Silva was quick"], "attributes": {"by": 8144444, "deep": [{"a": "Ana"}]},
            "csat": {"score": 5, "remark": "Thanks Ana."}, "tags": ["spam", "ana silva"],
            "teammates": [
                {"id": "8144444", "name": "Ana Silva", "email": "ana@example.com", "role": "closer"},
                {"id": "2", "name": "Ben"},
            ],
            "customer": {"id": "c1", "name": "Lee", "email": "lee@acme.example"},
            "channel": "chat", "topics": ["Invoices"], "mood": "odd",
        }))
    }

    #[test]
    fn of_a_teammates_conversation_only_the_teammate_goes() {
        let mut record = full();
        record.customer = None;
        record.tags.truncate(1);
        let left = forgotten().strip(record, &[]);
        insta::assert_snapshot!(serde_json::to_string(&left).expect("JSON"), @r#"{"source":"x","id":"1","url":"https://x.example/1","closed_at":"2026-11-10T10:02:00Z","score":4,"explanation":"[erased]'s calm helped; [erased] ([erased], [erased]) called Banana Ltd.","reasons":["[erased] was quick"],"attributes":{"by":"[erased]","deep":[{"a":"[erased]"}]},"csat":{"score":5,"remark":"Thanks [erased]."},"teammates":[{"id":"erased-60dcb4f5ebffdf4e","role":"closer","bot":false},{"id":"2","name":"Ben","role":"participant","bot":false}],"channel":"chat","topics":["Invoices"],"tags":["spam"],"mood":"odd"}"#);
    }

    #[test]
    fn of_a_customers_conversation_only_what_counts_stays() {
        let mut record = full();
        record.teammates.remove(0);
        let left = forgotten().strip(record, &rules());
        insta::assert_snapshot!(serde_json::to_string(&left).expect("JSON"), @r#"{"source":"x","id":"1","closed_at":"2026-11-10T10:02:00Z","score":4,"csat":{"score":5},"teammates":[{"id":"2","name":"Ben","role":"participant","bot":false}],"customer":{"id":"erased-758d7fc440019c7a"},"channel":"chat","topics":["Invoices"],"left_out_by":["ours","spam"]}"#);
    }

    #[test]
    fn of_anothers_conversation_their_e_mail_goes_and_nothing_else() {
        let record = conversation(json!({
            "source": "x", "id": "2", "url": "https://x.example/2?of=lee@acme.example", "score": 4,
            "explanation": "Lee Wong, Ana Silva and 8144444 wrote to LEE@acme.example, not to xlee@acme.example.",
            "reasons": ["by ana@example.com"], "attributes": {"cc": ["Lee@Acme.example"], "n": 8144444},
            "csat": {"score": 5, "remark": "Ask (lee@acme.example)."}, "tags": ["lee@acme.example"],
            "teammates": [{"id": "2", "name": "Ben"}], "topics": ["lee@acme.example"],
            "customer": {"id": "c9", "name": "Lee", "email": "lee@other.example"},
        }));
        let rule = json!([{"name": "lee", "reason": "r", "tag": "lee@acme.example"}]);
        let rules: Vec<Exclusion> = serde_json::from_value(rule).expect("rules");
        let left = forgotten().strip(record, &rules);
        insta::assert_snapshot!(serde_json::to_string(&left).expect("JSON"), @r#"{"source":"x","id":"2","closed_at":"2026-11-10T10:02:00Z","score":4,"explanation":"Lee Wong, Ana Silva and 8144444 wrote to [erased], not to xlee@acme.example.","reasons":["by [erased]"],"attributes":{"cc":["[erased]"],"n":8144444},"csat":{"score":5,"remark":"Ask ([erased])."},"teammates":[{"id":"2","name":"Ben","role":"participant","bot":false}],"customer":{"id":"c9","name":"Lee","email":"lee@other.example"},"topics":["lee@acme.example"],"tags":["[erased]"],"left_out_by":["lee"]}"#);
    }

    proptest! {
        #[test]
        fn a_stripped_conversation_counts_where_it_counted_and_is_stripped_once(
            score in prop::option::of(0u8..7), customer in 0usize..4, teammate in 0usize..4,
            tag in any::<bool>(), ai in any::<bool>(), channel in prop::sample::select(vec!["chat", "phone"]),
        ) {
            let customer = [
                json!(null),
                json!({"id": "c1", "email": "a@b.example"}),
                json!({"id": "c2", "email": "Lee@acme.example"}),
                json!({"email": "lee@acme.example"}),
            ][customer].clone();
            let teammates = [
                json!([]),
                json!([{"id": "8144444", "name": "Ana Silva"}]),
                json!([{"id": "9", "email": "ANA@example.com", "name": "Ana Silva", "bot": true}]),
                json!([{"id": "2"}]),
            ][teammate].clone();
            let mut record = full();
            record.customer = serde_json::from_value(customer).expect("a customer");
            record.teammates = serde_json::from_value(teammates).expect("teammates");
            record.score = score.map_or(Score::Absent, |score| Score::read(json!(score)));
            record.tags.retain(|_| tag);
            record.channel = Some(channel.to_owned());
            record.ai = ai.then(|| serde_json::from_value(json!({"participated": true})).expect("one"));
            let (forgotten, rules) = (forgotten(), rules());
            let left = forgotten.strip(record.clone(), &rules);
            prop_assert_eq!(classify(&record, &rules), classify(&left, &rules));
            prop_assert_eq!(contributions(&record, &rules), contributions(&left, &rules));
            let cells = |record: &Conversation| {
                customer_cells(record, &rules).map(|(_, lane, cells)| (lane, cells.join(",")))
            };
            prop_assert_eq!(cells(&record), cells(&left));
            let text = serde_json::to_string(&forgotten.strip(left.clone(), &rules)).expect("JSON");
            prop_assert_eq!(text, serde_json::to_string(&left).expect("JSON"));
        }
    }
}
