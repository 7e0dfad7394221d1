//! Whom a look shows, as the audit log has them.

use std::collections::BTreeSet;

use cxbot_sdk::conversation::{Conversation, Customer};

/// Words, each once, in the order in which they came.
#[derive(Default)]
pub(super) struct Ordered(pub(super) Vec<String>);

impl Ordered {
    pub(super) fn extend(&mut self, words: impl IntoIterator<Item = String>) {
        let mut known: BTreeSet<String> = self.0.iter().cloned().collect();
        self.0.extend(words.into_iter().filter(|word| known.insert(word.clone())));
    }
}

/// Everyone who has a part in these conversations: customers, then teammates.
pub(super) fn everyone(conversations: &[Conversation]) -> Vec<String> {
    let mut all = Ordered::default();
    all.extend(conversations.iter().filter_map(|one| customer(one).or_else(|| company(one))));
    all.extend(conversations.iter().flat_map(teammates));
    all.0
}

/// The customer of a conversation: by id, else by e-mail, else by name.
pub(super) fn customer(conversation: &Conversation) -> Option<String> {
    let Customer { id, email, name, .. } = conversation.customer.as_ref()?;
    let by_id = id.as_ref().map(|id| format!("{}/{id}", conversation.source));
    let by_email = || email.as_ref().map(|email| email.trim().to_lowercase());
    let by_name = || name.as_ref().map(|name| name.trim().to_owned());
    let whom = by_id.or_else(by_email).or_else(by_name).filter(|whom| !whom.is_empty())?;
    Some(format!("customer {whom}"))
}

pub(super) fn company(conversation: &Conversation) -> Option<String> {
    let company = conversation.customer.as_ref()?.company.as_ref()?;
    let by_id = company.id.as_ref().map(|id| format!("{}/{id}", conversation.source));
    Some(format!("company {}", by_id.or_else(|| company.name.clone())?))
}

/// Machines are nobody, and so is whoever was forgotten.
pub(super) fn teammates(conversation: &Conversation) -> impl Iterator<Item = String> {
    let people = conversation.teammates.iter();
    let people = people.filter(|teammate| !teammate.bot && !teammate.is_erased());
    people.map(|teammate| format!("teammate {}/{}", conversation.source, teammate.id))
}
