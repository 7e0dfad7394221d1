//! Conversations summed up by company.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Party, PartyKind};
use crate::conversation::Conversation;
use crate::count::{Class, Exclusion, classify};
use crate::figures::Share;

/// A conversation as it is summed up by company: whose it is, and its score where it counts. Texts are empty
/// where they are not known. Names are short, since as many are kept as there are conversations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summand<'t> {
    /// The name as parties are named, or `source/id` where it has none.
    #[serde(rename = "c", borrow)]
    pub company: Cow<'t, str>,
    /// The name as its source writes it, or the id.
    #[serde(rename = "n", borrow)]
    pub company_name: Cow<'t, str>,
    /// `source/id`.
    #[serde(rename = "w", borrow)]
    pub customer: Cow<'t, str>,
    /// 1–5.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
}

impl Summand<'static> {
    /// None of a conversation that a rule leaves out.
    pub fn of(conversation: &Conversation, rules: &[Exclusion]) -> Option<Summand<'static>> {
        let score = match classify(conversation, rules) {
            Class::Excluded(_) => return None,
            Class::Scored(_, score) => Some(score),
            Class::Unscored(_) => None,
        };
        let customer = conversation.customer.as_ref();
        let key = |id: &String| format!("{}/{id}", conversation.source);
        let company = customer.and_then(|customer| customer.company.as_ref());
        let (name, id) =
            company.map_or((None, None), |company| (company.name.as_ref(), company.id.as_ref()));
        let named = |name: &String| Party::named(PartyKind::CompanyName, name).value;
        let customer = customer.and_then(|customer| customer.id.as_ref());
        Some(Summand {
            company: name.map(named).or_else(|| id.map(key)).unwrap_or_default().into(),
            company_name: name.or(id).cloned().unwrap_or_default().into(),
            customer: customer.map(key).unwrap_or_default().into(),
            score,
        })
    }
}

/// Conversations that are one company's, those that an exclusion rule leaves out aside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfCompany {
    /// As in [`Summand`], and empty for those whose company is not known.
    pub company: String,
    /// One of the ways in which it is written: the first by the alphabet.
    pub company_name: String,
    pub scored: Share,
    /// Known customers with a scored conversation, and how many of them had only good ones.
    pub customers: Share,
}

impl OfCompany {
    /// Sums by company, in the order of [`OfCompany::company`]; good is a score from `good_from` on.
    pub fn sums<'t>(all: impl IntoIterator<Item = Summand<'t>>, good_from: u8) -> Vec<OfCompany> {
        let mut sums: Vec<OfCompany> = Vec::new();
        let mut companies: HashMap<Cow<'t, str>, usize> = HashMap::new();
        let mut customers: HashMap<(usize, Cow<'t, str>), bool> = HashMap::new();
        for Summand { company, company_name, customer, score } in all {
            let number = *companies.entry(company).or_insert_with_key(|company| {
                sums.push(OfCompany { company: company.to_string(), ..OfCompany::default() });
                sums.len() - 1
            });
            let sum = &mut sums[number];
            if sum.company_name.is_empty() || *company_name < *sum.company_name {
                sum.company_name = company_name.into_owned();
            }
            let Some(score) = score else { continue };
            let good = score >= good_from;
            sum.scored = sum.scored + Share { good: good.into(), n: 1 };
            if !customer.is_empty() {
                *customers.entry((number, customer)).or_insert(true) &= good;
            }
        }
        for ((number, _), only_good) in customers {
            let sum = &mut sums[number];
            sum.customers = sum.customers + Share { good: only_good.into(), n: 1 };
        }
        sums.sort_by(|one, other| one.company.cmp(&other.company));
        sums
    }
}
