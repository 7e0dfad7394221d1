//! Erases a person from everything but counts, and keeps them erased.
//!
//! [`find`] says who is meant, [`forgotten`] recognises them without naming them, [`strip`] says what is
//! left of their conversations, and [`elsewhere`] looks through all other tables by [`marks`].

mod elsewhere;
mod find;
mod forgotten;
mod marks;
mod strip;
mod words;

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use cxbot_sdk::conversation::Conversation;
use jiff::Timestamp;

use super::engine::{Cleaned, Tx, args};
use super::ready::Ready;
use super::write::{Prepared, place};
use super::{COUNTED_WITH, Store, sql};
use elsewhere::Elsewhere;
use find::{Described, Found, Known};
pub(super) use forgotten::Forgotten;
use forgotten::{Key, Kind, scalars};
use marks::Marks;

/// Which side someone is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    Customer,
    Teammate,
}

/// What came of forgetting someone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forgot {
    /// Nobody is known by these words.
    Nobody,
    /// These sources have someone of this id.
    Several(Vec<String>),
    Done {
        erased: Erased,
        cleaned: Cleaned,
    },
}

/// From how much someone was erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Whether they had been forgotten before, so that there was nothing left.
    pub before: bool,
    /// Kept for the counts.
    pub conversations: u64,
    /// Other people's, from whose texts their e-mails went.
    pub mentions: u64,
    /// Contacts, or teammates as their source described them.
    pub descriptions: u64,
    pub oddities: u64,
    pub looks: u64,
    pub requests: u64,
    /// Values of plugins.
    pub values: u64,
    pub messages: u64,
    /// Those of the messages that stand on a platform, or may.
    pub posts: u64,
}

impl Store {
    /// Forgets whom these words mean: `source/id`, an id that one source has, or an e-mail; the name of a
    /// customer who has neither. `also` is what else they are called, as the configuration says.
    pub async fn forget(&self, whom: Whom, words: &str, also: &[String]) -> Result<Forgot> {
        self.find_at_once().await?;
        let erased = match self.engine.transact(|| self.erase(whom, words, also)).await? {
            Ok(erased) => erased,
            Err(other) => return Ok(other),
        };
        let cleaned = self.engine.clean().await.context(
            "they are erased, but their bytes may still be in the store's files; run the same command \
             again",
        )?;
        Ok(Forgot::Done { erased, cleaned })
    }

    async fn erase(
        &self,
        whom: Whom,
        words: &str,
        also: &[String],
    ) -> Result<Result<Erased, Forgot>> {
        let mut tx = self.engine.begin().await?;
        self.must_count_alike(&tx.fetch(sql::SETTING, args![COUNTED_WITH]).await?)?;
        let described = Described::read(&mut tx, whom).await?;
        let forgotten = Forgotten::read(&mut tx).await?;
        let keys = match find::meant(&mut tx, whom, words, &described, forgotten.as_ref()).await? {
            Found::By(keys) => keys,
            Found::Nobody => return Ok(Err(Forgot::Nobody)),
            Found::Several(sources) => return Ok(Err(Forgot::Several(sources))),
            Found::ForgottenBefore => {
                return Ok(Ok(Erased { before: true, ..Erased::default() }));
            }
        };
        let known = Known::of(&mut tx, keys, &described).await?;
        let mut forgotten = Forgotten::start(&mut tx).await?;
        for key in known.all_keys(also) {
            let pseudonym = forgotten.pseudonym(known.counts_as(&key));
            forgotten.add_as(key, pseudonym);
        }
        forgotten.save(&mut tx).await?;
        let was = known.conversations.values();
        let is: Vec<Conversation> = was
            .clone()
            .map(|one| forgotten.strip(one.clone(), &self.counting.exclusions))
            .collect();
        let labels = tx.fetch(sql::ALL_LABELS, args![]).await?;
        let labels: Vec<String> = labels.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
        let mut marks = known.marks(whom, also, was.zip(&is));
        labels.iter().for_each(|label| marks.spare(label));
        let mut erased = Erased { conversations: is.len() as u64, ..Erased::default() };
        self.put(&mut tx, &Ready::of(is, &self.counting)?).await?;
        let others = known.written_in(&mut tx, &forgotten).await?;
        erased.mentions = others.len() as u64;
        let others = others.into_iter().map(|one| forgotten.strip(one, &self.counting.exclusions));
        self.put(&mut tx, &Ready::of(others.collect(), &self.counting)?).await?;
        let now = Timestamp::now();
        let elsewhere = Elsewhere { tx: &mut tx, whom, known: &known, marks: &marks, now };
        elsewhere.erase(self, &mut erased).await?;
        tx.execute(sql::REVISE, args![]).await?;
        tx.commit().await?;
        Ok(Ok(erased))
    }

    /// What comes in without those who were forgotten; none where nobody was. Where one of them comes
    /// with an id or an e-mail that was not known, what is stored under that is stripped too.
    pub(super) async fn without_forgotten(
        &self,
        tx: &mut Tx,
        prepared: &Prepared,
    ) -> Result<Option<Prepared>> {
        let Some(mut forgotten) = Forgotten::read(tx).await? else { return Ok(None) };
        let mut batch = prepared.batch();
        forgotten.learn(&batch.put, &batch.contacts);
        loop {
            let learned = forgotten.save(tx).await?;
            if learned.is_empty() {
                break;
            }
            let coming: BTreeSet<_> = batch.put.iter().map(place).collect();
            let mut stored = Vec::new();
            for key in &learned {
                key.drop_description(tx).await?;
                stored.extend(key.conversations(tx).await?);
                stored.extend(key.written_in(tx, &forgotten).await?);
            }
            stored.retain(|one| !coming.contains(&place(one)));
            // They go first, so that of two the one that comes in wins.
            stored.append(&mut batch.put);
            batch.put = stored;
            forgotten.learn(&batch.put, &batch.contacts);
        }
        let stripped = batch.put.iter().filter(|one| forgotten.concerns(one)).map(place).collect();
        batch.oddities.retain(|oddity| !forgotten.has_oddity(oddity, &stripped));
        batch.contacts.retain(|contact| !forgotten.has_contact(contact));
        let rules = &self.counting.exclusions;
        batch.put = std::mem::take(&mut batch.put)
            .into_iter()
            .map(|conversation| forgotten.strip(conversation, rules))
            .collect();
        self.prepare(batch).map(Some)
    }
}

impl Known {
    /// Everything by which they are recognised from now on.
    fn all_keys(&self, also: &[String]) -> Vec<Key> {
        let mut keys: Vec<Key> = self.keys.iter().cloned().collect();
        for teammate in self.keys.iter().filter(|key| key.kind == Kind::Teammate) {
            for name in self.names.iter().chain(also).filter(|name| !name.contains('@')) {
                keys.extend(Key::names(&teammate.value, name));
            }
        }
        keys
    }

    /// The id under which this one's conversations are counted: the one that it was merged into, unless
    /// there are some of its own still.
    fn counts_as<'k>(&'k self, key: &'k Key) -> &'k Key {
        let mut own = self.conversations.values().flat_map(forgotten::customer_keys);
        match self.merged.get(key) {
            Some(canonical) if own.all(|own| own != *key) => canonical,
            _ => key,
        }
    }

    /// By what they are found in texts that are not theirs.
    fn marks<'c>(
        &self,
        whom: Whom,
        also: &[String],
        changed: impl Iterator<Item = (&'c Conversation, &'c Conversation)>,
    ) -> Marks {
        let mut marks = Marks::default();
        self.names.iter().chain(also).for_each(|name| marks.name(name));
        for key in &self.keys {
            match key.kind {
                Kind::Customer | Kind::Teammate => marks.id(&key.value),
                Kind::Email | Kind::TeammateEmail => marks.exact(&key.value),
                // Names are looked for as they are written.
                Kind::CustomerName | Kind::TeammateName => {}
            }
        }
        for (was, is) in changed {
            for (was, is) in texts(was).into_iter().zip(texts(is)) {
                if let Some(was) = was.filter(|was| is != Some(was)) {
                    marks.text(was, is);
                }
            }
            if whom == Whom::Customer {
                let values = was.attributes.values().chain(was.other.values()).flat_map(scalars);
                values.for_each(|value| marks.telephones(&value));
                texts(was).into_iter().flatten().for_each(|text| marks.telephones(text));
            }
        }
        marks
    }
}

/// What is quoted of a conversation, and the way to it.
fn texts(conversation: &Conversation) -> [Option<&str>; 3] {
    let remark = conversation.csat.as_ref().and_then(|csat| csat.remark.as_deref());
    [conversation.explanation.as_deref(), remark, conversation.url.as_deref()]
}
