//! What a group's card says: sums by company.

use std::collections::{BTreeMap, BTreeSet};

use cxbot_sdk::figures::Share;
use cxbot_sdk::history::{OfCompany, Party, PartyKind};
use cxbot_sdk::{Cx, Result};
use futures_util::future::try_join;
use jiff::Timestamp;

use super::complete_weeks;
use crate::Lookup;
use crate::config::Group;

/// A group's conversations by company.
pub(crate) struct OfGroup {
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) members: Vec<Member>,
}

#[derive(Default)]
pub(crate) struct Member {
    /// Empty for those whose company is not known.
    pub(crate) company: String,
    pub(crate) now: Share,
    pub(crate) before: Share,
    /// Known customers with a scored conversation, and how many of them had only good ones.
    pub(crate) customers: Share,
}

pub(crate) async fn group(cx: &Cx<Lookup>, group: &Group, asked: Option<u8>) -> Result<OfGroup> {
    let [start, from, until] = complete_weeks(cx, asked);
    let mut members: BTreeMap<String, Member> = BTreeMap::new();
    for company in &group.companies {
        let key = Party::named(PartyKind::CompanyName, company).value;
        members.insert(key, Member { company: company.clone(), ..Member::default() });
    }
    let listed: BTreeSet<String> = members.keys().cloned().collect();
    let parties: Vec<Party> = group.parties().collect::<BTreeSet<_>>().into_iter().collect();
    let (scores, good_from) = (cx.scores()?, cx.workspace().good_from);
    // Side by side: they are two halves of the work.
    let (before, now) = try_join(
        scores.companies(&parties, start, from, good_from),
        scores.companies(&parties, from, until, good_from),
    )
    .await?;
    let found = before.into_iter().zip(now);
    for (party, (before, now)) in parties.iter().zip(found) {
        // A company that has the attribute too was counted by its name.
        let by_name = party.kind == PartyKind::CompanyName;
        let is_new =
            |one: &OfCompany| by_name || one.company.is_empty() || !listed.contains(&one.company);
        for one in before.into_iter().filter(is_new) {
            member(&mut members, &one).before = one.scored;
        }
        for one in now.into_iter().filter(is_new) {
            let member = member(&mut members, &one);
            (member.now, member.customers) = (one.scored, one.customers);
        }
    }
    Ok(OfGroup { from, until, members: members.into_values().collect() })
}

fn member<'m>(members: &'m mut BTreeMap<String, Member>, one: &OfCompany) -> &'m mut Member {
    let new = || Member { company: one.company_name.clone(), ..Member::default() };
    members.entry(one.company.clone()).or_insert_with(new)
}
