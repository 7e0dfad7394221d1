//! Customers: names and companies by id, and merges followed, so that one person counts once.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use cxbot_sdk::conversation::{Company, Conversation, Customer};
use jiff::Timestamp;
use serde_json::json;

use super::SOURCE;
use super::client::{Client, Failure};
use super::map::company_of;
use super::wire::{self, Lenient};
use crate::store::{Contact, Store};

/// Ids in one search: `IN` is a shortcut for OR, and a group takes 15 filters at most.
const IDS_A_SEARCH: usize = 15;

/// Looks customers up, each at most once a pull.
pub(super) struct People<'c> {
    client: &'c Client,
    store: Store,
    now: Timestamp,
    companies: BTreeMap<String, Option<Company>>,
    /// Why customers are not looked up, once that is known.
    pub(super) refused: Option<String>,
}

/// What a look-up found out.
#[derive(Default)]
pub(super) struct Found {
    pub(super) contacts: Vec<Contact>,
    /// Stored conversations whose customer is now known otherwise.
    pub(super) rewritten: Vec<Conversation>,
}

impl<'c> People<'c> {
    pub(super) fn new(client: &'c Client, store: &Store, now: Timestamp) -> Self {
        People { client, store: store.clone(), now, companies: BTreeMap::new(), refused: None }
    }

    /// Completes the customers of a page's records, asking only for those not known yet.
    pub(super) async fn complete(&mut self, records: &mut [Conversation]) -> Result<Found> {
        let ids: BTreeSet<String> = records.iter().filter_map(customer_id).collect();
        let ids: Vec<String> = ids.into_iter().collect();
        let mut known = self.store.contacts(SOURCE, &ids).await?;
        let unknown: Vec<String> =
            ids.iter().filter(|id| !known.contains_key(*id)).cloned().collect();
        let found = self.look_up(&unknown).await?;
        for contact in &found.contacts {
            known.insert(contact.id.clone(), (contact.canonical.clone(), contact.about.clone()));
        }
        for record in records {
            if let Some(id) = customer_id(record)
                && let Some((canonical, about)) = known.get(&id)
            {
                describe(record, canonical, about);
            }
        }
        Ok(found)
    }

    /// Asks about these contacts, and about whom they were merged with.
    pub(super) async fn look_up(&mut self, ids: &[String]) -> Result<Found> {
        let mut found = Found::default();
        for chunk in ids.chunks(IDS_A_SEARCH) {
            if self.refused.is_some() {
                break;
            }
            match self.search(chunk).await {
                Ok(contacts) => found.contacts.extend(contacts),
                Err(failure) if failure.is_forbidden() => {
                    let why = failure.briefly();
                    self.refused = Some(format!("Customers are known by id only: {why}."));
                }
                Err(failure) => return Err(failure.into()),
            }
        }
        found.rewritten = self.rewrite(&found.contacts).await?;
        Ok(found)
    }

    async fn search(&mut self, ids: &[String]) -> Result<Vec<Contact>, Failure> {
        let body = json!({
            "query": {"field": "id", "operator": "IN", "value": ids},
            "pagination": {"per_page": IDS_A_SEARCH},
        });
        let answer = self.client.post("/contacts/search?include_merge_history=true", &body).await;
        let found: Vec<wire::Contact> = match answer {
            Ok(wire::Contacts { data }) => data,
            Err(failure) if failure.is_forbidden() => return Err(failure),
            // No search, or none for these ids: then each is asked for on its own.
            Err(Failure::Refused { .. }) => Vec::new(),
            Err(failure) => return Err(failure),
        };
        let mut all = Vec::new();
        for contact in found {
            all.extend(self.described(contact).await?);
        }
        // Merged contacts are not found by a search, and new ones only after minutes.
        let missing: Vec<&String> =
            ids.iter().filter(|id| all.iter().all(|contact| contact.id != **id)).collect();
        for id in missing {
            all.extend(self.get(id).await?);
        }
        Ok(all)
    }

    async fn get(&mut self, id: &str) -> Result<Vec<Contact>, Failure> {
        let mut at = id.to_owned();
        // A contact that was merged may have been merged again.
        for _ in 0..5 {
            let path = format!("/contacts/{at}?include_merge_history=true");
            match self.client.get::<wire::Contact>(&path).await {
                Ok(contact) => {
                    let mut all = self.described(contact).await?;
                    if at != id
                        && let Some(target) = all.first().cloned()
                    {
                        all.push(Contact { id: id.to_owned(), ..target });
                    }
                    return Ok(all);
                }
                Err(Failure::Refused { canonical: Some(canonical), .. }) => at = canonical,
                Err(failure) if failure.is_forbidden() => return Err(failure),
                // Gone, or merged into nobody knows whom: one customer must not stop the sync.
                Err(Failure::Refused { .. }) => break,
                Err(failure) => return Err(failure),
            }
        }
        Ok(vec![self.contact(id, id, Customer { id: Some(id.to_owned()), ..Customer::default() })])
    }

    /// The contact, and every other one that was merged into it.
    async fn described(&mut self, wire: wire::Contact) -> Result<Vec<Contact>, Failure> {
        let id = wire.id.0;
        let company = match wire.companies {
            Lenient::Is(list) => match list.data.into_iter().next() {
                Some(reference) => self.company(&reference.id.0).await?,
                None => None,
            },
            _ => None,
        };
        let about = Customer {
            id: Some(id.clone()),
            name: text(wire.name),
            email: text(wire.email),
            company,
        };
        let merged = match wire.merge_history {
            Lenient::Is(merges) => merges,
            _ => Vec::new(),
        };
        let merged = merged.into_iter().map(|merge| merge.source_contact_id.0);
        let ids: Vec<String> = std::iter::once(id.clone()).chain(merged).collect();
        Ok(ids.iter().map(|from| self.contact(from, &id, about.clone())).collect())
    }

    fn contact(&self, id: &str, canonical: &str, about: Customer) -> Contact {
        Contact {
            source: SOURCE.to_owned(),
            id: id.to_owned(),
            canonical: canonical.to_owned(),
            about,
            checked_at: self.now,
        }
    }

    async fn company(&mut self, id: &str) -> Result<Option<Company>, Failure> {
        if let Some(known) = self.companies.get(id) {
            return Ok(known.clone());
        }
        let company = match self.client.get::<wire::Company>(&format!("/companies/{id}")).await {
            Ok(company) => Some(company_of(company)),
            Err(Failure::Refused { .. }) => None,
            Err(failure) => return Err(failure),
        };
        self.companies.insert(id.to_owned(), company.clone());
        Ok(company)
    }

    /// Stored conversations of these contacts that would now be written otherwise.
    async fn rewrite(&self, contacts: &[Contact]) -> Result<Vec<Conversation>> {
        let ids: Vec<String> = contacts.iter().map(|contact| contact.id.clone()).collect();
        let before = self.store.contacts(SOURCE, &ids).await?;
        let mut rewritten = Vec::new();
        for contact in contacts {
            let old = before.get(&contact.id).and_then(|(_, about)| about.company.as_ref());
            for stored in self.store.of_customer(SOURCE, &contact.id).await? {
                let mut record = stored.clone();
                forget_company(&mut record, old);
                describe(&mut record, &contact.canonical, &contact.about);
                if record != stored {
                    rewritten.push(record);
                }
            }
        }
        Ok(rewritten)
    }
}

/// A company that came from the contact's old description gives way to the new one's.
fn forget_company(record: &mut Conversation, old: Option<&Company>) {
    if let Some(customer) = &mut record.customer
        && customer.company.as_ref() == old
    {
        customer.company = None;
    }
}

fn customer_id(record: &Conversation) -> Option<String> {
    record.customer.as_ref()?.id.clone()
}

/// Writes what is known of a customer into a record. The conversation's own company, the one it was
/// about at the time, goes before the contact's.
fn describe(record: &mut Conversation, canonical: &str, about: &Customer) {
    let Some(customer) = &mut record.customer else { return };
    customer.id = Some(canonical.to_owned());
    customer.name.clone_from(&about.name);
    customer.email.clone_from(&about.email);
    if customer.company.is_none() {
        customer.company.clone_from(&about.company);
    }
}

fn text(lenient: Lenient<String>) -> Option<String> {
    match lenient {
        Lenient::Is(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}
