//! Protected mode, for workplaces where nobody's work may be looked at one by one: of the scores only
//! fixed cells of complete weeks are lent to plugins, and no conversation and no person at all.
//!
//! This is the host's wall and not a plugin's promise: whatever a plugin asks, it gets no more.

mod cells;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use async_trait::async_trait;
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::{Cells, Filter, Lane, PerLane, Spread, WeekCounts, same};
use cxbot_sdk::history::{Attribution, OfCompany, Party, PartyKind, Place, Trace};
use cxbot_sdk::scores::{Look, PastCells, PastWeek, Scores, SourceState, Trouble, Window};
use cxbot_sdk::week::Week;
use jiff::Timestamp;

use super::people;
use crate::config::PersonConfig;
use crate::store::Store;
use cells::{CONVERSATIONS, Cell, PEOPLE, Seen, shown};

/// What is said to whoever asks for more.
pub(super) const SAID: &str = "cxbot runs in protected mode: there are no cards of single people, customers or conversations.";

/// The scores as protected mode lends them.
pub(super) struct Protected {
    store: Store,
    /// Whoever has two ids is one person.
    people: Vec<PersonConfig>,
}

/// Scored conversations of one week, by lane.
type Lanes = PerLane<Vec<Seen>>;

/// Why a filter is no fixed cell, where it is none.
pub(super) fn refusal(filter: &Filter) -> Option<&'static str> {
    let given = [filter.team.is_some(), filter.topic.is_some(), filter.lane.is_some()];
    if filter.channel.is_some() {
        return Some("protected mode has no cells by channel; filter by team, topic or lane");
    }
    let combines = given.into_iter().filter(|given| *given).count() > 1;
    combines.then_some("filters do not combine in protected mode; give one of team, topic and lane")
}

/// What a week's cells are judged by.
#[derive(Default)]
struct Known {
    lanes: Lanes,
    /// Distinct known customers of the lanes and topics that were asked for.
    customers: PerLane<BTreeMap<String, u64>>,
}

impl Protected {
    pub(super) fn new(store: Store, people: Vec<PersonConfig>) -> Protected {
        Protected { store, people }
    }

    /// What the cells of these weeks are judged by.
    async fn known(&self, filter: &Filter, from: Week, to: Week) -> Result<BTreeMap<Week, Known>> {
        let zone = self.store.zone();
        let mut weeks: BTreeMap<Week, Known> = BTreeMap::new();
        for (week, lanes) in self.seen(from.start(zone), to.end(zone)).await? {
            weeks.entry(week).or_default().lanes = lanes;
        }
        for (week, mut counts) in self.store.customers_of(filter, from, to).await? {
            let known = weeks.entry(week).or_default();
            for lane in Lane::ALL {
                known.customers[lane] = std::mem::take(&mut counts.lanes[lane].customers);
            }
        }
        Ok(weeks)
    }

    /// Who worked on what from one instant to another, by week.
    async fn seen(&self, from: Timestamp, until: Timestamp) -> Result<BTreeMap<Week, Lanes>> {
        let mut all: BTreeMap<(String, String), (Trace, Seen)> = BTreeMap::new();
        for colleague in people::merged(self.store.colleagues().await?, &self.people) {
            let Some(person) = colleague.keys.first() else { continue };
            for key in &colleague.keys {
                let party = Party::teammate(key, Attribution::Participants);
                for trace in self.store.traces(&party, from, until).await? {
                    let place = (trace.source.clone(), trace.id.clone());
                    let (_, seen) = all.entry(place).or_insert_with(|| (trace.clone(), of(&trace)));
                    seen.people.insert(person.clone());
                }
            }
        }
        let mut weeks: BTreeMap<Week, Lanes> = BTreeMap::new();
        for (trace, seen) in all.into_values().filter(|(trace, _)| trace.score.is_some()) {
            let week = Week::of(trace.closed_at, self.store.zone());
            if let Some(lane) = trace.lane {
                weeks.entry(week).or_default()[lane].push(seen);
            }
        }
        Ok(weeks)
    }

    /// Empties what may not be shown of past weeks, the oldest of which is the first.
    async fn wall(&self, past: &mut [PastWeek], filter: &Filter) -> Result<()> {
        let (Some(first), Some(last)) = (past.first(), past.last()) else { return Ok(()) };
        let known = self.known(filter, first.week, last.week).await?;
        for past in past {
            keep_past(past, known.get(&past.week), filter);
        }
        Ok(())
    }
}

fn of(trace: &Trace) -> Seen {
    Seen {
        people: BTreeSet::new(),
        team: trace.traits.team.clone(),
        topics: trace.traits.topics.clone(),
    }
}

/// What may be shown of one lane in one week: of all of it or, with a filter, of that cell of it.
struct Shown {
    cells: BTreeSet<Cell>,
    whole: bool,
    topics: bool,
}

impl Shown {
    fn of(week: &[Seen], filter: &Filter) -> Shown {
        let cells = shown(week);
        // A name that means two cells would combine them.
        let only = |meant: BTreeSet<Cell>| meant.len() == 1 && meant.is_subset(&cells);
        let whole = match (&filter.team, &filter.topic) {
            (Some(team), _) => {
                let of_team = |seen: &&Seen| seen.team.iter().any(|known| same(known, team));
                let ids = week.iter().filter(of_team).filter_map(|seen| seen.team.first());
                only(ids.cloned().map(Cell::Team).collect())
            }
            (_, Some(topic)) => {
                let topics = week.iter().flat_map(|seen| &seen.topics);
                only(topics.filter(|known| same(known, topic)).cloned().map(Cell::Topic).collect())
            }
            (None, None) => cells.contains(&Cell::Whole),
        };
        Shown { cells, whole, topics: filter.team.is_none() && filter.topic.is_none() }
    }

    fn has(&self, topic: &str) -> bool {
        self.topics && self.cells.contains(&Cell::Topic(topic.to_owned()))
    }
}

/// Whether a topic may be shown.
type HasTopic<'l> = dyn Fn(&str) -> bool + 'l;

/// Empties what may not be shown.
fn keep(counts: &mut WeekCounts, known: Option<&Known>, filter: &Filter, is_over: bool) {
    let none = Known::default();
    let known = known.unwrap_or(&none);
    let mut shows_any = false;
    for lane in Lane::ALL {
        let cells = &mut counts.lanes[lane];
        let shown = Shown::of(&known.lanes[lane], filter);
        let (whole, has): (bool, Box<HasTopic>) = match lane {
            // Nobody of the team worked there: only how many counts.
            Lane::Ai => {
                let large = large(cells.all, &cells.topics, &known.customers[lane]);
                let topics = shown.topics;
                (large.contains(""), Box::new(move |topic| topics && large.contains(topic)))
            }
            _ => (shown.whole, Box::new(|topic| shown.has(topic))),
        };
        if !(whole && is_over) {
            *cells = Cells { hidden: cells.all.scored(), ..Cells::default() };
            continue;
        }
        shows_any = true;
        let before = cells.topics.len();
        cells.topics.retain(|topic, _| has(topic));
        cells.customers.retain(|label, _| label.is_empty() || has(label));
        cells.hidden_topics = (before - cells.topics.len()) as u64;
    }
    for excluded in counts.excluded.values_mut() {
        excluded.lanes = PerLane::default();
        excluded.scored = 0;
    }
    // How much a small team closed is its people's workload: of a lane it is told that something is hidden,
    // and not how much.
    if *filter != Filter::default() && !shows_any {
        for lane in Lane::ALL {
            counts.lanes[lane].hidden = counts.lanes[lane].hidden.min(1);
        }
        *counts = WeekCounts {
            lanes: std::mem::take(&mut counts.lanes),
            withheld: true,
            ..WeekCounts::default()
        };
    }
}

/// The cells of the AI agent's lane with enough conversations of enough customers; empty: all of it.
fn large(
    all: Spread,
    topics: &BTreeMap<String, Spread>,
    customers: &BTreeMap<String, u64>,
) -> BTreeSet<String> {
    let of = |label: &str, n: u64| {
        let customers = customers.get(label).copied().unwrap_or_default();
        n >= CONVERSATIONS as u64 && customers >= PEOPLE as u64
    };
    let topics = topics.iter().map(|(topic, spread)| (topic.as_str(), spread.scored()));
    let all = topics.chain([("", all.scored())]);
    all.filter(|(label, n)| of(label, *n)).map(|(label, _)| label.to_owned()).collect()
}

/// The same for a week that a usual range looks back on.
fn keep_past(past: &mut PastWeek, known: Option<&Known>, filter: &Filter) {
    let none = Known::default();
    let known = known.unwrap_or(&none);
    for lane in Lane::ALL {
        let cells = &mut past.lanes[lane];
        let shown = Shown::of(&known.lanes[lane], filter);
        if lane == Lane::Ai {
            let large = large(cells.all, &cells.topics, &known.customers[lane]);
            cells.topics.retain(|topic, _| shown.topics && large.contains(topic));
            if !large.contains("") {
                cells.all = Spread::default();
            }
            continue;
        }
        cells.topics.retain(|topic, _| shown.has(topic));
        if !shown.whole {
            *cells = PastCells::default();
        }
    }
}

#[async_trait]
impl Scores for Protected {
    async fn window(
        &self,
        filter: &Filter,
        week: Week,
        history: usize,
        as_of: Timestamp,
    ) -> Result<Window> {
        if let Some(why) = refusal(filter) {
            bail!("{why}");
        }
        let mut window = self.store.window(filter, week, history, as_of).await?;
        let first = window.history.iter().map(|past| past.week).min();
        let first = first.unwrap_or(week).min(week.minus(1));
        let known = self.known(filter, first, week).await?;
        // A week that is not over would tell a conversation at a time.
        let is_over = |week: Week| week.end(self.store.zone()) <= as_of;
        keep(&mut window.now, known.get(&week), filter, is_over(week));
        let before = week.minus(1);
        keep(&mut window.before, known.get(&before), filter, is_over(before));
        for past in &mut window.history {
            keep_past(past, known.get(&past.week), filter);
        }
        Ok(window)
    }

    async fn past_of_topic(
        &self,
        filter: &Filter,
        topic: &str,
        week: Week,
        history: usize,
        as_of: Timestamp,
    ) -> Result<Vec<PastWeek>> {
        if let Some(why) = refusal(filter) {
            bail!("{why}");
        }
        let mut past = self.store.past_of_topic(filter, topic, week, history, as_of).await?;
        self.wall(&mut past, filter).await?;
        // That there is such a week would tell how many there were.
        past.retain(|week| week.lanes.iter().any(|(_, cells)| !cells.topics.is_empty()));
        Ok(past)
    }

    /// No conversation is shown.
    async fn look(&self, _: Look<'_>) -> Result<Vec<Conversation>> {
        Ok(Vec::new())
    }

    async fn traces(&self, _: &Party, _: Timestamp, _: Timestamp) -> Result<Vec<Trace>> {
        bail!(SAID)
    }

    async fn companies(
        &self,
        _: &[Party],
        _: Timestamp,
        _: Timestamp,
        _: u8,
    ) -> Result<Vec<Vec<OfCompany>>> {
        bail!(SAID)
    }

    async fn places(
        &self,
        _: &[Party],
        _: Timestamp,
        _: Timestamp,
        _: usize,
    ) -> Result<Vec<Place>> {
        bail!(SAID)
    }

    async fn conversations(&self, _: &[Place]) -> Result<Vec<Conversation>> {
        bail!(SAID)
    }

    async fn of_id(&self, _: &str) -> Result<Vec<Conversation>> {
        bail!(SAID)
    }

    async fn keys_of(&self, _: PartyKind, _: &str) -> Result<Vec<Party>> {
        bail!(SAID)
    }

    async fn named_like(&self, _: PartyKind, _: &str, _: usize) -> Result<Vec<String>> {
        bail!(SAID)
    }

    async fn sources(&self) -> Result<Vec<SourceState>> {
        self.store.sources().await
    }

    async fn troubles(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Trouble>> {
        self.store.troubles(from, to).await
    }
}
