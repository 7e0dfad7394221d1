//! Who is meant, and everything by which the store knows them: ids that were merged, e-mails, and whoever
//! has the same e-mail, until nothing more is found.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use cxbot_sdk::conversation::{Conversation, Teammate};
use cxbot_sdk::history::PartyKind;

use super::Whom;
use super::forgotten::{Forgotten, Key, Kind, contact_keys, customer_keys, teammate_keys};
use crate::store::engine::{Row, Tx, args};
use crate::store::known::having;
use crate::store::people::{Contact, Person};
use crate::store::write::{Place, place};
use crate::store::{instant, read_record, sql};

/// Whom words lead to.
pub(super) enum Found {
    Nobody,
    /// Nobody any more.
    ForgottenBefore,
    /// More than one source has this id.
    Several(Vec<String>),
    By(Vec<Key>),
}

/// Everything of one person.
#[derive(Default)]
pub(super) struct Known {
    pub(super) keys: BTreeSet<Key>,
    pub(super) names: BTreeSet<String>,
    pub(super) conversations: BTreeMap<Place, Conversation>,
    /// Ids that were merged into others.
    pub(super) merged: BTreeMap<Key, Key>,
    /// Source and id of how sources described them.
    pub(super) described: BTreeSet<Place>,
}

/// How sources describe people.
pub(super) struct Described {
    contacts: Vec<Contact>,
    team: Vec<(String, String, Person)>,
}

impl Described {
    pub(super) async fn read(tx: &mut Tx, whom: Whom) -> Result<Described> {
        let mut all = Described { contacts: Vec::new(), team: Vec::new() };
        match whom {
            Whom::Customer => {
                let rows = tx.fetch(sql::ALL_CONTACTS, args![]).await?;
                all.contacts = rows.iter().map(contact).collect::<Result<_>>()?;
            }
            Whom::Teammate => {
                for row in &tx.fetch(sql::ALL_TEAMMATES, args![]).await? {
                    let about = serde_json::from_str(&row.text(2)?).context("a stored teammate")?;
                    all.team.push((row.text(0)?, row.text(1)?, about));
                }
            }
        }
        Ok(all)
    }

    fn has(&self, key: &Key) -> bool {
        self.contacts.iter().any(|contact| contact_keys(contact).any(|own| own == *key))
            || self.team.iter().any(|one| team_keys(one).any(|own| own == *key))
    }
}

/// By `source/id`, by an id that one source has, or by an e-mail; by name a customer who has neither.
pub(super) async fn meant(
    tx: &mut Tx,
    whom: Whom,
    words: &str,
    described: &Described,
    forgotten: Option<&Forgotten>,
) -> Result<Found> {
    let words = words.trim();
    let sources = tx.fetch(sql::ALL_SOURCES, args![]).await?;
    let sources: Vec<String> = sources.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
    let key = |source: &str, id: &str| match whom {
        Whom::Customer => Key::customer(source, id),
        Whom::Teammate => Key::teammate(source, id),
    };
    let by_email = words.contains('@').then(|| match whom {
        Whom::Customer => Key::email(words),
        Whom::Teammate => Key::teammate_email(words),
    });
    let written = words.split_once('/').map(|(source, id)| key(source, id));
    let bare = sources.iter().map(|source| (source.clone(), key(source, words)));
    let bare: Vec<(String, Key)> = bare.collect();
    let mut found = Vec::new();
    for key in by_email.iter().chain(&written) {
        if is_there(tx, key, described).await? {
            found.push(key.clone());
        }
    }
    let mut of_sources = Vec::new();
    for (source, key) in &bare {
        if is_there(tx, key, described).await? {
            of_sources.push(source.clone());
            found.push(key.clone());
        }
    }
    if of_sources.len() > 1 && by_email.is_none() && found.len() == of_sources.len() {
        return Ok(Found::Several(of_sources));
    }
    let by_name = (whom == Whom::Customer).then(|| Key::customer_name(words));
    for key in by_name.iter().filter(|_| found.is_empty()) {
        if !key.conversations(tx).await?.is_empty() {
            return Ok(Found::By(vec![key.clone()]));
        }
    }
    let bare = bare.iter().map(|(_, key)| key);
    let mut all = by_email.iter().chain(&written).chain(bare).chain(&by_name);
    Ok(match found.is_empty() {
        false => Found::By(found),
        true if all.any(|key| forgotten.is_some_and(|one| one.has(key))) => Found::ForgottenBefore,
        true => Found::Nobody,
    })
}

async fn is_there(tx: &mut Tx, key: &Key, described: &Described) -> Result<bool> {
    let kind = match key.kind {
        Kind::Customer => PartyKind::Customer,
        Kind::Email => PartyKind::Email,
        Kind::Teammate => PartyKind::Participant,
        _ => return Ok(described.has(key) || !of_team(tx, key).await?.is_empty()),
    };
    let there = tx.fetch(sql::THIS_PARTY, args![kind.name(), key.value.as_str()]).await?;
    Ok(described.has(key) || !there.is_empty())
}

impl Known {
    /// Everyone who is the same by id or e-mail, beginning with these.
    pub(super) async fn of(tx: &mut Tx, keys: Vec<Key>, described: &Described) -> Result<Known> {
        let mut known = Known::default();
        let mut open = keys;
        while let Some(key) = open.pop() {
            if !known.keys.insert(key.clone()) {
                continue;
            }
            let conversations = match key.kind {
                Kind::TeammateEmail => of_team(tx, &key).await?,
                _ => key.conversations(tx).await?,
            };
            for conversation in conversations {
                open.extend(known.name_all(&conversation, &key));
                known.conversations.insert(place(&conversation), conversation);
            }
            for contact in &described.contacts {
                if contact_keys(contact).any(|own| own == key) {
                    open.extend(contact_keys(contact));
                    known.names.extend(contact.about.name.clone());
                    let canonical = Key::customer(&contact.source, &contact.canonical);
                    known.merged.insert(Key::customer(&contact.source, &contact.id), canonical);
                    known.described.insert((contact.source.clone(), contact.id.clone()));
                }
            }
            for one in &described.team {
                if team_keys(one).any(|own| own == key) {
                    open.extend(team_keys(one));
                    known.names.extend(one.2.name.clone());
                    known.described.insert((one.0.clone(), one.1.clone()));
                }
            }
        }
        Ok(known)
    }

    /// Other people's conversations in whose texts an e-mail of theirs stands.
    pub(super) async fn written_in(
        &self,
        tx: &mut Tx,
        forgotten: &Forgotten,
    ) -> Result<Vec<Conversation>> {
        let mut all = BTreeMap::new();
        for key in &self.keys {
            let found = key.written_in(tx, forgotten).await?;
            all.extend(found.into_iter().map(|one| (place(&one), one)));
        }
        all.retain(|place, _| !self.conversations.contains_key(place));
        Ok(all.into_values().collect())
    }

    /// Takes the person's names from a conversation of theirs, and gives what else they are known by.
    fn name_all(&mut self, conversation: &Conversation, key: &Key) -> Vec<Key> {
        let mut more = Vec::new();
        if matches!(key.kind, Kind::Customer | Kind::Email | Kind::CustomerName) {
            let customer = conversation.customer.as_ref();
            self.names.extend(customer.and_then(|customer| customer.name.clone()));
            more.extend(customer_keys(conversation));
        }
        for teammate in &conversation.teammates {
            let keys =
                || teammate_keys(&conversation.source, &teammate.id, teammate.email.as_deref());
            if keys().any(|own| own == *key) {
                self.names.extend(teammate.name.clone());
                more.extend(keys());
            }
        }
        more
    }
}

impl Key {
    /// Conversations in whose texts this e-mail stands.
    pub(super) async fn written_in(
        &self,
        tx: &mut Tx,
        forgotten: &Forgotten,
    ) -> Result<Vec<Conversation>> {
        if !matches!(self.kind, Kind::Email | Kind::TeammateEmail) {
            return Ok(Vec::new());
        }
        let mut all = saying(tx, &self.value).await?;
        all.retain(|one| forgotten.is_written_in(one));
        Ok(all)
    }
}

fn team_keys((source, id, about): &(String, String, Person)) -> impl Iterator<Item = Key> {
    teammate_keys(source, id, about.email.as_deref())
}

/// Conversations in which someone of the team has this e-mail.
async fn of_team(tx: &mut Tx, key: &Key) -> Result<Vec<Conversation>> {
    let mut all = saying(tx, &key.value).await?;
    all.retain(|conversation| {
        let has = |one: &Teammate| {
            teammate_keys(&conversation.source, &one.id, one.email.as_deref())
                .any(|own| own == *key)
        };
        conversation.teammates.iter().any(has)
    });
    Ok(all)
}

/// Conversations whose record has these words somewhere, in any case; no index leads there.
async fn saying(tx: &mut Tx, words: &str) -> Result<Vec<Conversation>> {
    let rows = tx.fetch(sql::SAYING, args![having(words)]).await?;
    rows.iter().map(|row| read_record(&row.text(0)?)).collect()
}

fn contact(row: &Row) -> Result<Contact> {
    Ok(Contact {
        source: row.text(0)?,
        id: row.text(1)?,
        canonical: row.text(2)?,
        about: serde_json::from_str(&row.text(3)?).context("a stored contact")?,
        checked_at: instant(row.int(4)?)?,
    })
}
