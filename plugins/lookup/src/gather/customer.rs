//! What a customer's card says: their whole history, and that of their company.

use std::collections::{BTreeMap, BTreeSet};

use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::history::{Party, PartyKind, Place};
use cxbot_sdk::near::nearest;
use cxbot_sdk::scores::Scores;
use cxbot_sdk::{Cx, Result};
use futures_util::future::try_join_all;
use jiff::Timestamp;

use super::OFFERED;
use super::namesakes::{Meant, Namesake, of_kind};
use super::subjects::{Ordered, company, customer as subject, teammates};
use crate::Lookup;

/// Conversations of a customer that are shown: "more than n".
pub(crate) const HISTORY: usize = 200;
/// Names of the same beginning that are looked through where nobody has the one that was asked for.
const CANDIDATES: usize = 50;
/// Letters of that beginning: first many, so that a long list is looked through in the right place.
const BEGINNINGS: [usize; 2] = [3, 1];

/// A customer's conversations and those of their company.
pub(crate) struct OfCustomer {
    /// Latest first, each once: those of whoever was asked for, and the latest of the others.
    pub(crate) conversations: Vec<Conversation>,
    /// Whom this shows, as the audit log has them, whoever was asked for first.
    pub(crate) subjects: Vec<String>,
    /// Of these, whoever was asked for.
    pub(crate) meant: Vec<String>,
    /// The words that were asked with, without the kind of an id.
    pub(crate) who: String,
    /// The names of the people who were asked for; none for a company.
    pub(crate) asked_for: Vec<String>,
    /// The name of the company where one was asked for.
    pub(crate) company: Option<String>,
    /// Whether there are more than are shown.
    pub(crate) more: bool,
}

/// What has been read so far.
struct Reading<'c> {
    scores: &'c dyn Scores,
    now: Timestamp,
    all: BTreeMap<Place, Conversation>,
    done: BTreeSet<Party>,
    more: bool,
}

/// Whom words lead to.
pub(crate) enum FoundCustomer {
    One(OfCustomer),
    Several(Vec<Namesake>),
    /// Names like theirs.
    None(Vec<String>),
}

/// The history of whoever the words mean.
pub(crate) async fn customer(cx: &Cx<Lookup>, who: &str) -> Result<FoundCustomer> {
    let mut reading = Reading {
        scores: cx.scores()?,
        now: cx.now(),
        all: BTreeMap::new(),
        done: BTreeSet::new(),
        more: false,
    };
    let (kind, who) = of_kind(who);
    reading.read([Party::named(PartyKind::CustomerName, who)]).await?;
    let by_id = reading.latest_by_id(kind, who).await?;
    if let Some(several) = reading.meant(&by_id).which() {
        return Ok(FoundCustomer::Several(several));
    }
    let (companies, customers): (Vec<Party>, Vec<Party>) =
        by_id.into_iter().map(|(party, _)| party).partition(|party| is_company(party.kind));
    reading.read(customers).await?;
    reading.read([Party::named(PartyKind::Email, who)]).await?;
    // Whoever has the same e-mail is the same, whatever their id is.
    let emails: BTreeSet<Party> = reading.parties(&[PartyKind::Email], &reading.latest());
    reading.read(emails).await?;
    let people = reading.latest();
    reading.read(companies).await?;
    let asked_for = reading.latest();
    if asked_for.is_empty() {
        return Ok(FoundCustomer::None(near(cx, who).await?));
    }
    // From the person to their company, and from there to everyone in it.
    let whole = reading.parties(&[PartyKind::Customer, PartyKind::Company], &asked_for);
    reading.read_beside(&asked_for, whole).await?;
    Ok(FoundCustomer::One(reading.card(who, &people, &asked_for)))
}

/// Whether an id or a name of this kind is a company's.
fn is_company(kind: PartyKind) -> bool {
    matches!(kind, PartyKind::Company | PartyKind::CompanyName)
}

impl Reading<'_> {
    /// Whom words mean by an id, each with their latest conversation; companies by name too. Two sources
    /// may number their customers alike, and their companies as well.
    async fn latest_by_id(
        &self,
        kind: Option<PartyKind>,
        who: &str,
    ) -> Result<Vec<(Party, Conversation)>> {
        let mut parties = Vec::new();
        for known in [PartyKind::Customer, PartyKind::Company] {
            if kind.is_none_or(|kind| kind == known) {
                parties.extend(self.scores.keys_of(known, who).await?);
            }
        }
        parties.push(Party::named(PartyKind::CompanyName, who));
        let latest = try_join_all(parties.iter().map(|party| self.latest_of(party))).await?;
        let found = parties.into_iter().zip(latest);
        Ok(found.filter_map(|(party, latest)| Some((party, latest?))).collect())
    }

    async fn latest_of(&self, party: &Party) -> Result<Option<Conversation>> {
        let party = std::slice::from_ref(party);
        let place = self.scores.places(party, Timestamp::MIN, self.now, 1).await?;
        Ok(self.scores.conversations(&place).await?.pop())
    }

    /// Those who have the name that was read, and those of an id.
    fn meant(&self, by_id: &[(Party, Conversation)]) -> Meant {
        let mut meant = Meant::default();
        self.all.values().for_each(|one| meant.customer(one, false));
        for (party, latest) in by_id {
            match is_company(party.kind) {
                true => meant.company(latest),
                false => meant.customer(latest, true),
            }
        }
        meant
    }

    async fn read(&mut self, parties: impl IntoIterator<Item = Party>) -> Result<()> {
        let places = self.new_places(parties).await?;
        self.add(&places).await
    }

    /// Reads what is shown beside these: the latest, as many as there is room for.
    async fn read_beside(
        &mut self,
        shown: &[Place],
        parties: impl IntoIterator<Item = Party>,
    ) -> Result<()> {
        let shown: BTreeSet<&Place> = shown.iter().collect();
        if shown.len() >= HISTORY && self.more {
            self.all.retain(|place, _| shown.contains(place));
            return Ok(());
        }
        let places = self.new_places(parties).await?;
        self.more |= self.all.len() + places.len() > HISTORY;
        let mut others: BTreeSet<&Place> = self.all.keys().chain(&places).collect();
        others.retain(|place| !shown.contains(place));
        let others: BTreeSet<Place> =
            others.into_iter().rev().take(HISTORY - shown.len()).cloned().collect();
        self.all.retain(|place, _| shown.contains(place) || others.contains(place));
        let new: Vec<Place> = places.into_iter().filter(|place| others.contains(place)).collect();
        self.add(&new).await
    }

    /// Where conversations of theirs are that are not known yet.
    async fn new_places(&mut self, parties: impl IntoIterator<Item = Party>) -> Result<Vec<Place>> {
        let new = parties.into_iter().filter(|party| self.done.insert(party.clone()));
        let new: Vec<Party> = new.collect();
        // What is older than one more than are shown makes no difference any more.
        let oldest = self.all.keys().rev().nth(HISTORY);
        let from = oldest.map_or(Timestamp::MIN, |place| place.closed_at);
        let mut places = self.scores.places(&new, from, self.now, HISTORY + 1).await?;
        self.more |= places.len() > HISTORY;
        places.retain(|place| !self.all.contains_key(place));
        Ok(places)
    }

    async fn add(&mut self, places: &[Place]) -> Result<()> {
        let read = self.scores.conversations(places).await?;
        self.all.extend(read.into_iter().map(|one| (Place::of(&one), one)));
        Ok(())
    }

    /// Everyone of these kinds in these conversations.
    fn parties(&self, kinds: &[PartyKind], places: &[Place]) -> BTreeSet<Party> {
        let all = places.iter().filter_map(|place| self.all.get(place)).flat_map(Party::all_of);
        all.filter(|party| kinds.contains(&party.kind)).collect()
    }

    /// Those that are shown whatever else there is, latest first.
    fn latest(&self) -> Vec<Place> {
        self.all.keys().rev().take(HISTORY).cloned().collect()
    }

    fn card(self, who: &str, people: &[Place], asked_for: &[Place]) -> OfCustomer {
        let at = |places: &[Place]| -> Vec<Conversation> {
            places.iter().filter_map(|place| self.all.get(place).cloned()).collect()
        };
        let (people, first) = (at(people), at(asked_for));
        let mut subjects = Ordered::default();
        match people.is_empty() {
            true => subjects.extend(first.iter().find_map(company)),
            false => subjects.extend(people.iter().filter_map(subject)),
        }
        let mut meant = Ordered::default();
        meant.extend(subjects.0.iter().cloned());
        let company = first.iter().find_map(company_name).filter(|_| people.is_empty());
        let mut names = Ordered::default();
        names.extend(people.iter().filter_map(|one| one.customer.as_ref()?.name.clone()));
        let conversations: Vec<Conversation> = self.all.into_values().rev().collect();
        subjects.extend(first.iter().chain(&conversations).filter_map(subject));
        subjects.extend(conversations.iter().flat_map(teammates));
        // Whoever cannot be told from others is written down as they were asked for.
        if subjects.0.is_empty() {
            subjects.extend([format!("customer {who}")]);
        }
        if meant.0.is_empty() {
            meant.extend(subjects.0.first().cloned());
        }
        OfCustomer {
            conversations,
            subjects: subjects.0,
            meant: meant.0,
            who: who.to_owned(),
            asked_for: names.0,
            company: company.cloned(),
            more: self.more,
        }
    }
}

fn company_name(of: &Conversation) -> Option<&String> {
    of.customer.as_ref()?.company.as_ref()?.name.as_ref()
}

/// Names that may be meant where nobody has the one that was asked for.
async fn near(cx: &Cx<Lookup>, who: &str) -> Result<Vec<String>> {
    for letters in BEGINNINGS {
        let mut names = Ordered::default();
        for kind in [PartyKind::CustomerName, PartyKind::CompanyName] {
            let like = cx.scores()?.named_like(kind, beginning(who, letters), CANDIDATES).await?;
            for name in nearest(who, like, OFFERED) {
                names.extend([as_written(cx, kind, name).await?]);
            }
        }
        if !names.0.is_empty() {
            return Ok(names.0);
        }
    }
    Ok(Vec::new())
}

/// A name that is kept in lower case, as their latest conversation writes it.
async fn as_written(cx: &Cx<Lookup>, kind: PartyKind, name: String) -> Result<String> {
    let party = Party::named(kind, &name);
    let scores = cx.scores()?;
    let latest = scores.places(&[party], Timestamp::MIN, cx.now(), 1).await?;
    let latest = scores.conversations(&latest).await?;
    let customer = latest.into_iter().next().and_then(|one| one.customer);
    let written = customer.and_then(|customer| match kind {
        PartyKind::CompanyName => customer.company?.name,
        _ => customer.name,
    });
    Ok(written.unwrap_or(name))
}

/// Enough of a name to find others like it.
fn beginning(who: &str, letters: usize) -> &str {
    let who = who.trim();
    let end = who.char_indices().nth(letters).map_or(who.len(), |(end, _)| end);
    &who[..end]
}
