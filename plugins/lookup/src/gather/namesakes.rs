//! Customers and companies whom the same words mean, who are asked about before anything of theirs is
//! shown.

use std::collections::BTreeSet;

use cxbot_sdk::conversation::{Conversation, Customer};
use cxbot_sdk::history::{Party, PartyKind};
use jiff::Timestamp;

/// A key longer than this, or with an e-mail in it, is for no button.
const KEY: usize = 60;

/// A customer or a company whom words mean, beside others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Namesake {
    /// A customer or a company.
    pub(crate) kind: PartyKind,
    /// By what they alone are asked for: `source/id`, else an e-mail.
    pub(crate) key: String,
    pub(crate) name: Option<String>,
    /// A customer's.
    pub(crate) company: Option<String>,
    /// When their latest conversation was closed.
    pub(crate) latest: Timestamp,
}

impl Namesake {
    /// As they are asked for and as the audit log has them: `company source/id`.
    pub(crate) fn asked(&self) -> String {
        format!("{} {}", self.kind.name(), self.key)
    }

    pub(crate) fn fits_a_button(&self) -> bool {
        self.key.len() <= KEY && !self.key.contains('@')
    }
}

/// The other way round: what kind is asked for, where words say so, and what is left of them.
pub(super) fn of_kind(words: &str) -> (Option<PartyKind>, &str) {
    let words = words.trim();
    // An id may have spaces in it; a source and an e-mail have none.
    let is_key = |rest: &str| {
        rest.split_once(['/', '@']).is_some_and(|(start, _)| !start.contains(char::is_whitespace))
    };
    let kinds = [PartyKind::Customer, PartyKind::Company];
    let of = |kind: PartyKind| {
        let rest = words.strip_prefix(kind.name())?.strip_prefix(' ')?;
        Some((Some(kind), rest)).filter(|(_, rest)| is_key(rest))
    };
    kinds.into_iter().find_map(of).unwrap_or((None, words))
}

/// Whom words mean, each once.
#[derive(Default)]
pub(super) struct Meant {
    all: Vec<One>,
    /// Whether somebody among them cannot be asked for alone.
    unasked: bool,
}

/// Somebody, and by what they are told from others.
struct One {
    marks: BTreeSet<String>,
    /// A customer's companies, by the marks of those.
    companies: BTreeSet<String>,
    namesake: Namesake,
}

impl Meant {
    /// The customer of a conversation. By an id, one source has nobody beside them: two ids there were
    /// merged.
    pub(super) fn customer(&mut self, of: &Conversation, by_id: bool) {
        let Some(Customer { id, email, name, company }) = &of.customer else { return };
        let key = id.as_ref().map(|id| format!("{}/{id}", of.source));
        let email = email.as_ref().map(|email| Party::named(PartyKind::Email, email).value);
        let email = email.filter(|email| !email.is_empty());
        let Some(asked) = key.clone().or_else(|| email.clone()) else {
            self.unasked = true;
            return;
        };
        let source = by_id.then(|| of.source.clone());
        self.add(One {
            marks: [key, email, source].into_iter().flatten().collect(),
            companies: company_marks(of),
            namesake: Namesake {
                kind: PartyKind::Customer,
                key: asked,
                name: name.clone(),
                company: company.as_ref().and_then(|company| company.name.clone()),
                latest: of.closed_at,
            },
        });
    }

    /// The company of a conversation, unless it is that of a customer who is meant: their card shows it
    /// anyway.
    pub(super) fn company(&mut self, of: &Conversation) {
        let company = of.customer.as_ref().and_then(|customer| customer.company.as_ref());
        let Some(company) = company else { return };
        let marks = company_marks(of);
        let Some(id) = &company.id else { return };
        if self.all.iter().any(|one| !one.companies.is_disjoint(&marks)) {
            return;
        }
        self.add(One {
            marks,
            companies: BTreeSet::new(),
            namesake: Namesake {
                kind: PartyKind::Company,
                key: format!("{}/{id}", of.source),
                name: company.name.clone(),
                company: None,
                latest: of.closed_at,
            },
        });
    }

    /// Whoever shares a mark with others is one with them, and is asked for by the latest.
    fn add(&mut self, new: One) {
        let kind = new.namesake.kind;
        let is_same = |one: &One| one.namesake.kind == kind && !one.marks.is_disjoint(&new.marks);
        let (same, others) = std::mem::take(&mut self.all).into_iter().partition(is_same);
        self.all = others;
        let joined = |mut one: One, mut other: One| {
            one.marks.append(&mut other.marks);
            one.companies.append(&mut other.companies);
            if one.namesake.latest < other.namesake.latest {
                one.namesake = other.namesake;
            }
            one
        };
        self.all.push(Vec::into_iter(same).fold(new, joined));
    }

    /// Those who are to be asked about, latest first. None where it is one, or where one of them cannot
    /// be asked for alone.
    pub(super) fn which(self) -> Option<Vec<Namesake>> {
        let mut all: Vec<Namesake> = self.all.into_iter().map(|one| one.namesake).collect();
        all.sort_by(|one, other| {
            other.latest.cmp(&one.latest).then_with(|| one.asked().cmp(&other.asked()))
        });
        (all.len() > 1 && !self.unasked).then_some(all)
    }
}

/// Companies of one name are one.
fn company_marks(of: &Conversation) -> BTreeSet<String> {
    let kinds = [PartyKind::Company, PartyKind::CompanyName];
    let all = Party::all_of(of).into_iter().filter(|party| kinds.contains(&party.kind));
    all.map(|party| format!("{} {}", party.kind.name(), party.value)).collect()
}
