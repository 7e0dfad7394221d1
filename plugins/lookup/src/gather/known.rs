//! Whether there is a topic, a team or a channel of the name that someone asks for, so that a misspelt one
//! is not answered with a card full of nothing.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use cxbot_sdk::count::same;
use cxbot_sdk::history::{Trace, Traits};
use cxbot_sdk::near::nearest;

use super::OFFERED;
use crate::arguments::TeammateArgs;

/// A name that none of someone's conversations has.
pub(crate) struct Unknown {
    /// topic, team or channel.
    pub(crate) what: &'static str,
    pub(crate) name: String,
    /// Whether those that are offered are like it.
    pub(crate) alike: bool,
    pub(crate) offered: Vec<String>,
    /// How many there are beside those.
    pub(crate) more: usize,
}

/// What conversations may be asked for by.
struct Kind<'a> {
    what: &'static str,
    asked: &'a Option<String>,
    names: fn(&Traits) -> &[String],
    /// Those of the names that people use.
    offered: fn(&Traits) -> &[String],
}

/// The first name that was asked for and that none of these conversations has. Where there are no
/// conversations at all, nothing is known of any name.
pub(super) fn unknown(args: &TeammateArgs, traces: &[Trace]) -> Option<Unknown> {
    let kinds = [
        Kind {
            what: "topic",
            asked: &args.topic,
            names: |traits| &traits.topics,
            offered: |traits| &traits.topics,
        },
        Kind {
            what: "team",
            asked: &args.team,
            names: |traits| &traits.team,
            // The id, and behind it the name.
            offered: |traits| traits.team.last().map_or(&[], std::slice::from_ref),
        },
        Kind {
            what: "channel",
            asked: &args.channel,
            names: |traits| traits.channel.as_slice(),
            offered: |traits| traits.channel.as_slice(),
        },
    ];
    kinds.into_iter().filter(|_| !traces.is_empty()).find_map(|kind| {
        let asked = kind.asked.as_ref()?;
        let has = |trace: &Trace| (kind.names)(&trace.traits).iter().any(|name| same(name, asked));
        (!traces.iter().any(has)).then(|| offering(&kind, asked, traces))
    })
}

fn offering(kind: &Kind<'_>, asked: &str, traces: &[Trace]) -> Unknown {
    let mut often: BTreeMap<&String, usize> = BTreeMap::new();
    for name in traces.iter().flat_map(|trace| (kind.offered)(&trace.traits)) {
        *often.entry(name).or_default() += 1;
    }
    let mut names: Vec<(&String, usize)> = often.into_iter().collect();
    names.sort_by_key(|(_, often)| Reverse(*often));
    let names: Vec<String> = names.into_iter().map(|(name, _)| name.clone()).collect();
    let (what, name) = (kind.what, asked.to_owned());
    let alike = nearest(asked, names.iter().cloned(), OFFERED);
    if !alike.is_empty() {
        return Unknown { what, name, alike: true, offered: alike, more: 0 };
    }
    let more = names.len().saturating_sub(OFFERED);
    let offered = names.into_iter().take(OFFERED).collect();
    Unknown { what, name, alike: false, offered, more }
}
