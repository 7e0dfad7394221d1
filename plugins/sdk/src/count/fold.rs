//! Counts straight from conversations: for the in-memory host, and for a week that is not over.

use std::collections::{BTreeMap, BTreeSet};

use super::{Exclusion, Unscored, WeekCounts, classify, contributions, customer_cells};
use crate::conversation::Conversation;
use crate::count::Class;

/// The counts of the given conversations, as the store would have them.
pub fn fold<'c>(
    conversations: impl IntoIterator<Item = &'c Conversation>,
    rules: &[Exclusion],
) -> WeekCounts {
    let mut counts = WeekCounts::default();
    let mut customers: BTreeMap<(&'static str, &str), BTreeSet<String>> = BTreeMap::new();
    for conversation in conversations {
        for part in contributions(conversation, rules) {
            counts.add(part.kind, part.lane, part.label, part.tally);
        }
        if let Some((customer, lane, cells)) = customer_cells(conversation, rules) {
            for cell in cells {
                customers.entry((lane.name(), cell)).or_default().insert(customer.clone());
                let number = customers[&(lane.name(), cell)].len() as u64;
                counts.lanes[lane].customers.insert(cell.to_owned(), number);
            }
        }
    }
    counts
}

/// How many of the given conversations still await their score, by the reason they would get later.
pub fn awaiting<'c>(
    conversations: impl IntoIterator<Item = &'c Conversation>,
    rules: &[Exclusion],
) -> BTreeMap<Unscored, u64> {
    let mut reasons = BTreeMap::new();
    for conversation in conversations {
        if let Class::Unscored(reason) = classify(conversation, rules) {
            *reasons.entry(reason).or_default() += 1;
        }
    }
    reasons
}
