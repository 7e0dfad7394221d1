//! Whose conversations: a row for everyone who has a part in one.

use std::sync::Arc;

use anyhow::Result;
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::history::{Party, PartyKind, Summand, Traits};
use serde::Serialize;

use super::{Core, NO_NUL, Names, OfConversation};
use crate::store::Counting;
use crate::store::engine::Arg;

/// Everyone who has a part, by what is kept of it.
#[derive(Default)]
pub(in crate::store) struct Parties {
    /// Those of whose conversations something is asked without reading them.
    pub(in crate::store) asked: Vec<PartyRow>,
    /// Those whose conversations are only found.
    pub(in crate::store) found: Vec<PartyRow>,
}

/// Someone's part in a conversation.
pub(in crate::store) struct PartyRow {
    kind: Arc<str>,
    party: Arc<str>,
    of: Arc<Core>,
    /// JSON of what is asked; empty where nothing is.
    traits: Arc<str>,
}

/// What is asked of a conversation without reading it, each made when the first one needs it.
#[derive(Default)]
struct Asked {
    by_filters: Option<Arc<str>>,
    by_sums: Option<Arc<str>>,
}

impl Parties {
    pub(super) fn add(
        &mut self,
        conversation: &Conversation,
        core: &Arc<Core>,
        counting: &Counting,
        names: &mut Names,
    ) -> Result<()> {
        let mut asked = Asked::default();
        let segments = Party::segments_of(conversation, &counting.segments);
        for party in Party::all_of(conversation).into_iter().chain(segments) {
            let traits = asked.of(party.kind, conversation, counting)?;
            let rows = if traits.is_some() { &mut self.asked } else { &mut self.found };
            rows.push(PartyRow {
                kind: names.shared(party.kind.name()),
                party: shared(party.value),
                of: core.clone(),
                traits: traits.unwrap_or_else(|| names.shared("")),
            });
        }
        Ok(())
    }

    /// Keeps the rows of these conversations, by source and id.
    pub(in crate::store) fn retain(&mut self, keeps: impl Fn((&str, &str)) -> bool) {
        for rows in [&mut self.asked, &mut self.found] {
            rows.retain(|row| keeps((&row.of.source, &row.of.id)));
        }
    }

    pub(super) fn sort(&mut self) {
        for rows in [&mut self.asked, &mut self.found] {
            rows.sort_unstable_by(|one, other| one.key().cmp(&other.key()));
        }
    }

    pub(in crate::store) fn all(&self) -> impl Iterator<Item = &PartyRow> {
        self.asked.iter().chain(&self.found)
    }
}

impl Asked {
    /// None for those whose conversations are only found.
    fn of(
        &mut self,
        kind: PartyKind,
        conversation: &Conversation,
        counting: &Counting,
    ) -> Result<Option<Arc<str>>> {
        if kind.is_teammate() {
            return kept(&mut self.by_filters, || Traits::of(conversation));
        }
        if kind.is_summed_up() {
            let summand = || Summand::of(conversation, &counting.exclusions).unwrap_or_default();
            return kept(&mut self.by_sums, summand);
        }
        Ok(None)
    }
}

fn kept<T: Serialize>(
    kept: &mut Option<Arc<str>>,
    make: impl FnOnce() -> T,
) -> Result<Option<Arc<str>>> {
    if kept.is_none() {
        *kept = Some(serde_json::to_string(&make())?.into());
    }
    Ok(kept.clone())
}

impl PartyRow {
    fn key(&self) -> (&str, &str, i64, usize) {
        (&self.kind, &self.party, self.of.closed_at, self.of.number)
    }

    /// The columns that say which row it is, and all of [`crate::store::sql::PUT_FOUND`].
    pub(in crate::store) fn key_values(&self, values: &mut Vec<Arg>) {
        let Core { source, id, closed_at, .. } = &*self.of;
        let (kind, party) = (&self.kind, &self.party);
        values.extend([kind.into(), party.into(), (*closed_at).into(), source.into(), id.into()]);
    }

    /// In the order of [`crate::store::sql::PUT_PARTY`].
    pub(in crate::store) fn values(&self, values: &mut Vec<Arg>) {
        self.key_values(values);
        let Core { class, lane, score, .. } = &*self.of;
        values.extend([class.into(), lane.into(), (*score).into(), (&self.traits).into()]);
    }
}

impl OfConversation for PartyRow {
    fn number(&self) -> usize {
        self.of.number
    }
}

fn shared(text: String) -> Arc<str> {
    match text.contains('\0') {
        true => text.replace('\0', NO_NUL).into(),
        false => text.into(),
    }
}
