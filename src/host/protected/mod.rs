//! Protected mode, for workplaces where nobody's work may be looked at one by one: of the scores only
//! fixed cells of complete weeks are lent to plugins, and no conversation and no person at all.
//!
//! This is the host's wall and not a plugin's promise: whatever a plugin asks, it gets no more.

mod cells;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use async_trait::async_trait;
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::{Cells, Filter, Lane, PerLane, WeekCounts, same};
use cxbot_sdk::history::{Attribution, OfCompany, Party, PartyKind, Trace};
use cxbot_sdk::scores::{Look, PastCells, PastWeek, Scores, SourceState, Trouble, Window};
use cxbot_sdk::week::Week;
use jiff::Timestamp;

use crate::store::Store;
use cells::{CONVERSATIONS, Cell, PEOPLE, Seen, shown};

/// What is said to whoever asks for more.
pub(super) const SAID: &str = "cxbot runs in protected mode: there are no cards of single people, customers or conversations.";

/// The scores as protected mode lends them.
pub(super) struct Protected(pub(super) Store);

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

impl Protected {
    /// Who worked on what from one instant to another, by week.
    async fn seen(&self, from: Timestamp, until: Timestamp) -> Result<BTreeMap<Week, Lanes>> {
        let mut all: BTreeMap<(String, String), (Trace, Seen)> = BTreeMap::new();
        for colleague in self.0.colleagues().await? {
            for key in &colleague.keys {
                let party = Party::teammate(key, Attribution::Participants);
                for trace in self.0.traces(&party, from, until).await? {
                    let place = (trace.source.clone(), trace.id.clone());
                    let (_, seen) = all.entry(place).or_insert_with(|| (trace.clone(), of(&trace)));
                    seen.people.insert(key.clone());
                }
            }
        }
        let mut weeks: BTreeMap<Week, Lanes> = BTreeMap::new();
        for (trace, seen) in all.into_values().filter(|(trace, _)| trace.score.is_some()) {
            let week = Week::of(trace.closed_at, self.0.zone());
            if let Some(lane) = trace.lane {
                weeks.entry(week).or_default()[lane].push(seen);
            }
        }
        Ok(weeks)
    }

    /// Empties what may not be shown of past weeks, the oldest of which is the first.
    async fn wall(&self, past: &mut [PastWeek], filter: &Filter) -> Result<()> {
        let (Some(first), Some(last)) = (past.first(), past.last()) else { return Ok(()) };
        let zone = self.0.zone();
        let seen = self.seen(first.week.start(zone), last.week.end(zone)).await?;
        let none = Lanes::default();
        for past in past {
            let week = seen.get(&past.week).unwrap_or(&none);
            for lane in Lane::ALL {
                keep_past(&mut past.lanes[lane], &week[lane], lane, filter);
            }
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
fn keep(counts: &mut WeekCounts, week: &Lanes, filter: &Filter, is_over: bool) {
    for lane in Lane::ALL {
        let cells = &mut counts.lanes[lane];
        let shown = Shown::of(&week[lane], filter);
        let (whole, has): (bool, Box<HasTopic>) = match lane {
            // Nobody of the team worked there: only how many counts.
            Lane::Ai => {
                let (large, topics) = (large(cells), shown.topics);
                (large.contains(""), Box::new(move |topic| topics && large.contains(topic)))
            }
            _ => (shown.whole, Box::new(|topic| shown.has(topic))),
        };
        if !(whole && is_over) {
            *cells = Cells { hidden: cells.all.scored(), ..Cells::default() };
            continue;
        }
        let before = cells.topics.len();
        cells.topics.retain(|topic, _| has(topic));
        cells.customers.retain(|label, _| label.is_empty() || has(label));
        cells.hidden_topics = (before - cells.topics.len()) as u64;
    }
    for excluded in counts.excluded.values_mut() {
        excluded.lanes = PerLane::default();
    }
}

/// The cells of the AI agent's lane with enough conversations of enough customers; empty: all of it.
fn large(cells: &Cells) -> BTreeSet<String> {
    let of = |label: &str, n: u64| {
        let customers = cells.customers.get(label).copied().unwrap_or_default();
        n >= CONVERSATIONS as u64 && customers >= PEOPLE as u64
    };
    let topics = cells.topics.iter().map(|(topic, spread)| (topic.as_str(), spread.scored()));
    let all = topics.chain([("", cells.all.scored())]);
    all.filter(|(label, n)| of(label, *n)).map(|(label, _)| label.to_owned()).collect()
}

/// The same for a week that a usual range looks back on.
fn keep_past(cells: &mut PastCells, week: &[Seen], lane: Lane, filter: &Filter) {
    let large = |n: u64| n >= CONVERSATIONS as u64;
    let shown = Shown::of(week, filter);
    if lane == Lane::Ai {
        cells.topics.retain(|_, spread| shown.topics && large(spread.scored()));
        if !large(cells.all.scored()) {
            cells.all = Default::default();
        }
        return;
    }
    cells.topics.retain(|topic, _| shown.has(topic));
    if !shown.whole {
        *cells = PastCells::default();
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
        let mut window = self.0.window(filter, week, history, as_of).await?;
        let zone = self.0.zone();
        let first = window.history.iter().map(|past| past.week).min();
        let first = first.unwrap_or(week).min(week.minus(1));
        let seen = self.seen(first.start(zone), week.end(zone)).await?;
        let none = Lanes::default();
        let of = |week: Week| seen.get(&week).unwrap_or(&none);
        // A week that is not over would tell a conversation at a time.
        let is_over = week.end(zone) <= as_of;
        keep(&mut window.now, of(week), filter, is_over);
        keep(&mut window.before, of(week.minus(1)), filter, true);
        for past in &mut window.history {
            for lane in Lane::ALL {
                keep_past(&mut past.lanes[lane], &of(past.week)[lane], lane, filter);
            }
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
        let mut past = self.0.past_of_topic(filter, topic, week, history, as_of).await?;
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
        _: &Party,
        _: Timestamp,
        _: Timestamp,
        _: u8,
        _: bool,
    ) -> Result<Vec<OfCompany>> {
        bail!(SAID)
    }

    async fn history(
        &self,
        _: &Party,
        _: Timestamp,
        _: Timestamp,
        _: usize,
    ) -> Result<Vec<Conversation>> {
        bail!(SAID)
    }

    async fn conversations(&self, _: &[(String, String)]) -> Result<Vec<Conversation>> {
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
        self.0.sources().await
    }

    async fn troubles(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Trouble>> {
        self.0.troubles(from, to).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Address, Batch, Counting};
    use cxbot_sdk::testing::conversation;
    use serde_json::json;

    /// Two weeks of one team of six: many conversations about invoices, few about something rare.
    async fn workplace() -> Protected {
        let store = Store::open(&Address::Memory, Counting::default()).await.expect("a store");
        let one = |n: u32, day: u32| {
            let topics = if n < 20 { json!(["Rare", "Invoices"]) } else { json!(["Invoices"]) };
            let person = if n < 20 { n % 2 } else { n % 6 };
            let person = json!({"id": person.to_string(), "name": "One", "role": "closer"});
            conversation(json!({
                "id": format!("{day}-{n}"), "closed_at": format!("2026-11-{day:02}T10:00:00Z"),
                "score": 5, "topics": topics, "teammates": [person],
            }))
        };
        let put = [3, 10].into_iter().flat_map(|day| (0..80).map(move |n| one(n, day))).collect();
        store.apply(Batch { put, ..Batch::default() }).await.expect("stored");
        Protected(store)
    }

    #[tokio::test]
    async fn a_topics_past_is_walled_as_the_whole_window_is() {
        let protected = workplace().await;
        let (filter, week) = (Filter::default(), "2026-W47".parse().expect("a week"));
        let as_of = "2026-11-23T09:00:00Z".parse().expect("an instant");
        let window = protected.window(&filter, week, 26, as_of).await.expect("counts");
        let wanted = |topic: &str| {
            let of = |past: &PastWeek| past.lanes[Lane::Human].topics.get(topic).copied();
            window.history.iter().filter_map(of).count()
        };
        assert_eq!([wanted("Invoices"), wanted("Rare")], [2, 0]);
        for topic in ["Invoices", "Rare"] {
            let own = protected.past_of_topic(&filter, topic, week, 26, as_of).await;
            assert_eq!(own.expect("weeks").len(), wanted(topic), "{topic}");
            let open = protected.0.past_of_topic(&filter, topic, week, 26, as_of).await;
            assert_eq!(open.expect("weeks").len(), 2, "{topic}");
        }
        let by_channel = Filter { channel: Some("chat".to_owned()), ..Filter::default() };
        let refused = protected.past_of_topic(&by_channel, "Invoices", week, 26, as_of).await;
        assert!(refused.is_err());
    }

    #[tokio::test]
    async fn there_are_no_sums_of_companies() {
        let protected = workplace().await;
        let company = Party::named(PartyKind::CompanyName, "Acme Ltd");
        let (from, until) = (Timestamp::MIN, Timestamp::MAX);
        assert!(protected.companies(&company, from, until, 4, true).await.is_err());
    }
}
