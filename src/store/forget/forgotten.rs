//! Whom the store has forgotten, as keyed hashes: what comes in of them again is recognised and
//! stripped, and nobody reads from the store who they were. The secret lies beside the hashes, so
//! whoever has the whole store can still test a guess.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context, Result};
use cxbot_sdk::conversation::{Conversation, erased};
use cxbot_sdk::history::{Party, PartyKind};
use hmac::{Hmac, KeyInit, Mac};
use rand::RngExt;
use sha2::Sha256;

use super::words::{folded, folded_email, stands_alone};
use crate::store::engine::{Tx, args};
use crate::store::people::{Contact, Oddity, Person};
use crate::store::{read_record, sql};

const SECRET: &str = "forget_secret";
/// Fewer letters are no name of their own in a text: "Jo", "de".
const SHORTEST_NAME: usize = 3;

/// Something by which a person is recognised.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct Key {
    pub(super) kind: Kind,
    pub(super) value: String,
    /// Of a name: how many words it has.
    words: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::store) enum Kind {
    Customer,
    Email,
    /// Of a customer without an id and without an e-mail.
    CustomerName,
    Teammate,
    TeammateEmail,
    TeammateName,
}

impl Kind {
    const ALL: [Kind; 6] = [
        Kind::Customer,
        Kind::Email,
        Kind::CustomerName,
        Kind::Teammate,
        Kind::TeammateEmail,
        Kind::TeammateName,
    ];

    fn name(self) -> &'static str {
        match self {
            Kind::Customer => "customer",
            Kind::Email => "email",
            Kind::CustomerName => "customer_name",
            Kind::Teammate => "teammate",
            Kind::TeammateEmail => "teammate_email",
            Kind::TeammateName => "teammate_name",
        }
    }
}

impl Key {
    fn new(kind: Kind, value: String) -> Key {
        Key { kind, value, words: 0 }
    }

    pub(super) fn customer(source: &str, id: &str) -> Key {
        Key::new(Kind::Customer, format!("{source}/{id}"))
    }

    pub(super) fn email(email: &str) -> Key {
        Key::new(Kind::Email, folded_email(email))
    }

    pub(super) fn customer_name(name: &str) -> Key {
        Key::new(Kind::CustomerName, Party::named(PartyKind::CustomerName, name).value)
    }

    pub(super) fn teammate(source: &str, id: &str) -> Key {
        Key::new(Kind::Teammate, format!("{source}/{id}"))
    }

    pub(super) fn teammate_email(email: &str) -> Key {
        Key::new(Kind::TeammateEmail, folded_email(email))
    }

    /// The ways a teammate's name stands in a text of theirs: whole, without regard to case; and each
    /// long enough word of it, written as it is.
    pub(super) fn names(teammate: &str, name: &str) -> Vec<Key> {
        let key = |words: usize, name: String| Key {
            kind: Kind::TeammateName,
            value: format!("{teammate}\n{name}"),
            words,
        };
        let whole = folded(name);
        let mut keys = Vec::new();
        if whole.len() > 1 {
            keys.push(key(whole.len(), whole.join(" ")));
        }
        for place in super::words::words(name) {
            let word = &name[place];
            if word.chars().count() >= SHORTEST_NAME && !word.starts_with(stands_alone) {
                keys.push(key(1, word.to_owned()));
            }
        }
        keys
    }

    /// By what the conversations of this key are found.
    fn party(&self) -> Option<Party> {
        match self.kind {
            Kind::Customer => Some(Party::by_id(PartyKind::Customer, &*self.value)),
            Kind::Email => Some(Party::named(PartyKind::Email, &self.value)),
            Kind::CustomerName => Some(Party::named(PartyKind::CustomerName, &self.value)),
            Kind::Teammate => Some(Party::by_id(PartyKind::Participant, &*self.value)),
            Kind::TeammateEmail | Kind::TeammateName => None,
        }
    }

    /// Forgets how a source described whoever has this id.
    pub(super) async fn drop_description(&self, tx: &mut Tx) -> Result<()> {
        let statement = match self.kind {
            Kind::Customer => sql::DROP_CONTACT,
            Kind::Teammate => sql::DROP_TEAMMATE,
            Kind::Email | Kind::CustomerName | Kind::TeammateEmail | Kind::TeammateName => {
                return Ok(());
            }
        };
        let Some((source, id)) = self.value.split_once('/') else { return Ok(()) };
        tx.execute(statement, args![source, id]).await.map(drop)
    }

    /// The stored conversations of this key.
    pub(super) async fn conversations(&self, tx: &mut Tx) -> Result<Vec<Conversation>> {
        let Some(party) = self.party() else { return Ok(Vec::new()) };
        let rows = tx.fetch(sql::OF_PARTY, args![party.kind.name(), party.value]).await?;
        let records = rows.iter().map(|row| read_record(&row.text(0)?));
        let mut all = records.collect::<Result<Vec<Conversation>>>()?;
        // Others of that name are known by what is theirs alone.
        all.retain(|one| {
            self.kind != Kind::CustomerName || customer_keys(one).any(|key| key == *self)
        });
        Ok(all)
    }
}

/// Everyone who was forgotten.
pub(in crate::store) struct Forgotten {
    secret: Hmac<Sha256>,
    /// By kind and hash: what takes the place of an id.
    known: HashMap<(&'static str, String), String>,
    /// How many words the names have.
    pub(super) lengths: BTreeSet<usize>,
    /// What was learned and is not stored yet.
    learned: Vec<Key>,
}

impl Forgotten {
    /// None where nobody was ever forgotten.
    pub(in crate::store) async fn read(tx: &mut Tx) -> Result<Option<Forgotten>> {
        let rows = tx.fetch(sql::SETTING, args![SECRET]).await?;
        let Some(secret) = rows.first().map(|row| row.text(0)).transpose()? else {
            return Ok(None);
        };
        let mut forgotten = Forgotten::with_secret(&secret)?;
        for row in tx.fetch(sql::FORGOTTEN, args![]).await? {
            let kind = row.text(0)?;
            let kind = Kind::ALL.into_iter().find(|known| known.name() == kind);
            let Some(kind) = kind else { continue };
            forgotten.known.insert((kind.name(), row.text(1)?), row.text(3)?);
            if kind == Kind::TeammateName {
                forgotten.lengths.insert(usize::try_from(row.int(2)?)?);
            }
        }
        Ok(Some(forgotten))
    }

    /// The same, with a secret made where there is none.
    pub(super) async fn start(tx: &mut Tx) -> Result<Forgotten> {
        let bytes: [u8; 32] = rand::rng().random();
        tx.execute(sql::SET_SETTING_ONCE, args![SECRET, hex(&bytes)]).await?;
        Forgotten::read(tx).await?.context("a secret that was just stored is there")
    }

    pub(super) fn with_secret(secret: &str) -> Result<Forgotten> {
        let secret = Hmac::new_from_slice(secret.as_bytes()).context("any key length will do")?;
        let (known, lengths, learned) = (HashMap::new(), BTreeSet::new(), Vec::new());
        Ok(Forgotten { secret, known, lengths, learned })
    }

    /// What takes the place of someone's id: the same for the same id, so that people are still told
    /// apart and counted.
    pub(super) fn pseudonym(&self, key: &Key) -> String {
        let hash = self.hash(key.kind, &key.value);
        let own = erased(&hash);
        self.known.get(&(key.kind.name(), hash)).cloned().unwrap_or(own)
    }

    pub(super) fn has(&self, key: &Key) -> bool {
        self.knows(key.kind, &key.value)
    }

    pub(super) fn knows(&self, kind: Kind, value: &str) -> bool {
        !self.known.is_empty() && self.known.contains_key(&(kind.name(), self.hash(kind, value)))
    }

    fn hash(&self, kind: Kind, value: &str) -> String {
        let mut mac = self.secret.clone();
        mac.update(kind.name().as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        hex(&mac.finalize().into_bytes())
    }

    /// Forgets by this key from now on.
    pub(super) fn add(&mut self, key: Key) {
        let pseudonym = self.pseudonym(&key);
        self.add_as(key, pseudonym);
    }

    /// The same for an id in whose place stands what stands for another: the two were merged.
    pub(super) fn add_as(&mut self, key: Key, pseudonym: String) {
        let place = (key.kind.name(), self.hash(key.kind, &key.value));
        if self.known.contains_key(&place) {
            return;
        }
        self.known.insert(place, pseudonym);
        if key.kind == Kind::TeammateName {
            self.lengths.insert(key.words);
        }
        self.learned.push(key);
    }

    /// The same for several. Whether one of them was new.
    fn add_all(&mut self, keys: Vec<Key>) -> bool {
        let before = self.learned.len();
        for key in keys {
            self.add(key);
        }
        self.learned.len() > before
    }

    /// Stores what was learned.
    pub(in crate::store) async fn save(&mut self, tx: &mut Tx) -> Result<Vec<Key>> {
        let learned = std::mem::take(&mut self.learned);
        let row = |key: &Key| {
            args![
                key.kind.name(),
                self.hash(key.kind, &key.value),
                key.words as i64,
                self.pseudonym(key)
            ]
        };
        tx.execute_rows(&sql::SET_FORGOTTEN, learned.iter().map(row).collect()).await?;
        Ok(learned)
    }

    /// Whether the customer was forgotten, by id or by e-mail.
    pub(super) fn has_customer(&self, conversation: &Conversation) -> bool {
        customer_keys(conversation).any(|key| self.has(&key))
    }

    pub(super) fn has_contact(&self, contact: &Contact) -> bool {
        contact_keys(contact).any(|key| self.has(&key))
    }

    pub(in crate::store) fn has_teammate(
        &self,
        source: &str,
        id: &str,
        email: Option<&str>,
    ) -> bool {
        teammate_keys(source, id, email).any(|key| self.has(&key))
    }

    /// A forgotten person who comes with another id, e-mail or name is known by that too from now on.
    pub(in crate::store) fn learn(&mut self, conversations: &[Conversation], contacts: &[Contact]) {
        loop {
            let mut news = false;
            for contact in contacts {
                news |= self.learn_contact(contact);
            }
            for conversation in conversations {
                if self.has_customer(conversation) {
                    news |= self.add_all(customer_keys(conversation).collect());
                }
                for teammate in &conversation.teammates {
                    let (name, email) = (teammate.name.as_deref(), teammate.email.as_deref());
                    news |= self.learn_teammate(&conversation.source, &teammate.id, name, email);
                }
            }
            if !news {
                return;
            }
        }
    }

    /// Who was merged with someone forgotten counts as one with them.
    fn learn_contact(&mut self, contact: &Contact) -> bool {
        let keys: Vec<Key> = contact_keys(contact).collect();
        let is_id = |key: &&Key| key.kind == Kind::Customer;
        let Some(known) = keys.iter().filter(is_id).find(|key| self.has(key)) else {
            let is_forgotten = keys.iter().any(|key| self.has(key));
            return is_forgotten && self.add_all(keys);
        };
        let pseudonym = self.pseudonym(known);
        let before = self.learned.len();
        for key in keys {
            self.add_as(key, pseudonym.clone());
        }
        self.learned.len() > before
    }

    /// The same for one teammate.
    pub(in crate::store) fn learn_teammate(
        &mut self,
        source: &str,
        id: &str,
        name: Option<&str>,
        email: Option<&str>,
    ) -> bool {
        if !self.has_teammate(source, id, email) {
            return false;
        }
        let names = name.map(|name| Key::names(&format!("{source}/{id}"), name));
        let keys: Vec<Key> =
            teammate_keys(source, id, email).chain(names.into_iter().flatten()).collect();
        self.add_all(keys)
    }

    /// Learns those of the team's side of a source; the ones that may be remembered.
    pub(in crate::store) fn without_forgotten<'p>(
        &mut self,
        source: &str,
        people: &'p BTreeMap<String, Person>,
    ) -> Vec<(&'p String, &'p Person)> {
        people
            .iter()
            .filter(|(id, person)| {
                let (name, email) = (person.name.as_deref(), person.email.as_deref());
                self.learn_teammate(source, id, name, email);
                !self.has_teammate(source, id, email)
            })
            .collect()
    }

    /// Whether something that could not be read is of someone forgotten: their conversation, or one
    /// of its values is their id or has their e-mail in it.
    pub(in crate::store) fn has_oddity(
        &self,
        oddity: &Oddity,
        stripped: &BTreeSet<(String, String)>,
    ) -> bool {
        stripped.contains(&(oddity.source.clone(), oddity.id.clone()))
            || scalars(&oddity.raw).any(|value| {
                let id = format!("{}/{value}", oddity.source);
                // One digit is too often something else.
                let is_id = value.chars().count() >= SHORTEST_NAME;
                self.has_email_in(&value)
                    || is_id && (self.knows(Kind::Customer, &id) || self.knows(Kind::Teammate, &id))
            })
    }
}

/// Every text and number within a value.
pub(super) fn scalars(value: &serde_json::Value) -> Box<dyn Iterator<Item = String> + '_> {
    use serde_json::Value;
    match value {
        Value::String(text) => Box::new(std::iter::once(text.clone())),
        Value::Number(number) => Box::new(std::iter::once(number.to_string())),
        Value::Array(values) => Box::new(values.iter().flat_map(scalars)),
        Value::Object(fields) => Box::new(fields.values().flat_map(scalars)),
        Value::Null | Value::Bool(_) => Box::new(std::iter::empty()),
    }
}

/// By id and by e-mail; by name whoever has neither.
pub(super) fn customer_keys(conversation: &Conversation) -> impl Iterator<Item = Key> {
    let customer = conversation.customer.as_ref();
    let id = customer.and_then(|customer| customer.id.as_ref());
    let email = customer.and_then(|customer| customer.email.as_ref());
    let name = customer.and_then(|customer| customer.name.as_ref());
    let (email, name) = (given(email), given(name));
    let is_known = id.is_some() || email.is_some();
    let id = id.map(|id| Key::customer(&conversation.source, id));
    let name = name.filter(|_| !is_known).map(Key::customer_name);
    id.into_iter().chain(email.map(Key::email)).chain(name)
}

pub(super) fn contact_keys(contact: &Contact) -> impl Iterator<Item = Key> {
    let ids = [Some(&contact.id), Some(&contact.canonical), contact.about.id.as_ref()];
    let ids = ids.into_iter().flatten().map(|id| Key::customer(&contact.source, id));
    ids.chain(given(contact.about.email.as_ref()).map(Key::email))
}

pub(super) fn teammate_keys(
    source: &str,
    id: &str,
    email: Option<&str>,
) -> impl Iterator<Item = Key> {
    let email = email.filter(|email| !email.trim().is_empty()).map(Key::teammate_email);
    std::iter::once(Key::teammate(source, id)).chain(email)
}

fn given(words: Option<&String>) -> Option<&str> {
    words.map(String::as_str).filter(|words| !words.trim().is_empty())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
