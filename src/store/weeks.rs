//! Reading the counts of weeks: from the daily rows, or anew where a week is not over.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use async_trait::async_trait;
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::{
    Cells, Filter, Kind, Lane, PerLane, Spread, Tally, WeekCounts, awaiting, fold,
};
use cxbot_sdk::figures::MIN_N;
use cxbot_sdk::history::{OfCompany, Party, PartyKind, Place, Trace};
use cxbot_sdk::scores::{Look, PastCells, PastWeek, Scores, SourceState, Trouble, Window};
use cxbot_sdk::week::Week;
use futures_util::future::try_join_all;
use jiff::Timestamp;

use super::counts::kind_and_lane;
use super::engine::{Row, args};
use super::{COUNTED_WITH, Store, instant, millis, read_record, sql};

/// The kinds that a band and a chart look back on; the others are read for two weeks only.
const OF_HISTORY: [Kind; 2] = [Kind::Lane, Kind::Topic];
const OF_TWO_WEEKS: [Kind; 4] = [Kind::Primary, Kind::Excluded, Kind::Unscored, Kind::Csat];

#[async_trait]
impl Scores for Store {
    async fn window(
        &self,
        filter: &Filter,
        week: Week,
        history: usize,
        as_of: Timestamp,
    ) -> Result<Window> {
        let counted_with = self.engine.fetch(sql::SETTING, args![COUNTED_WITH]).await?;
        self.must_count_alike(&counted_with)?;
        let scope = self.scope(filter)?;
        let oldest = week.minus(history.max(1) as i64);
        let mut weeks = BTreeMap::<Week, WeekCounts>::new();
        let long = OF_HISTORY.map(|kind| (kind, oldest));
        let short = OF_TWO_WEEKS.map(|kind| (kind, week.minus(1)));
        // Side by side: summing days up is most of the work of a look-up.
        let days = long.into_iter().chain(short);
        let days = days.map(|(kind, from)| self.days(scope, kind, from, week));
        for row in try_join_all(days).await?.iter().flatten() {
            add_days(&mut weeks, row)?;
        }
        self.add_customers(&mut weeks, scope, week.minus(1), week).await?;
        let now = weeks.remove(&week).unwrap_or_default();
        let now = self.as_of(now, filter, week, as_of).await?;
        let before = weeks.get(&week.minus(1)).cloned().unwrap_or_default();
        let before = self.as_of(before, filter, week.minus(1), as_of).await?;
        let zone = &self.counting.zone;
        let past = (1..=history as i64).rev().map(|back| week.minus(back));
        let complete = past.filter(|past| past.end(zone) <= as_of);
        let recent: Vec<PastWeek> =
            complete.map(|week| past_week(week, weeks.remove(&week).unwrap_or_default())).collect();
        let mut older = self.older_weeks(scope, &now, &recent, oldest, history).await?;
        older.extend(recent);
        Ok(Window { now, before, history: older })
    }

    async fn past_of_topic(
        &self,
        filter: &Filter,
        topic: &str,
        week: Week,
        history: usize,
        as_of: Timestamp,
    ) -> Result<Vec<PastWeek>> {
        let counted_with = self.engine.fetch(sql::SETTING, args![COUNTED_WITH]).await?;
        self.must_count_alike(&counted_with)?;
        let scope = self.scope(filter)?;
        // A week that is not over says nothing yet.
        let until = week.min(Week::of(as_of, &self.counting.zone));
        let mut weeks = BTreeMap::<Week, WeekCounts>::new();
        for lane in Lane::ALL {
            let cell = (Kind::Topic, lane, topic);
            self.add_weeks_of(&mut weeks, scope, cell, until, history).await?;
        }
        Ok(weeks.into_iter().map(|(week, counts)| past_week(week, counts)).collect())
    }

    async fn look(&self, look: Look<'_>) -> Result<Vec<Conversation>> {
        self.look_at(look).await
    }

    async fn traces(&self, party: &Party, from: Timestamp, until: Timestamp) -> Result<Vec<Trace>> {
        self.traces_of(party, from, until).await
    }

    async fn companies(
        &self,
        parties: &[Party],
        from: Timestamp,
        until: Timestamp,
        good_from: u8,
    ) -> Result<Vec<Vec<OfCompany>>> {
        self.companies_of(parties, from, until, good_from).await
    }

    async fn places(
        &self,
        parties: &[Party],
        from: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Place>> {
        self.places_of(parties, from, until, limit).await
    }

    async fn conversations(&self, places: &[Place]) -> Result<Vec<Conversation>> {
        self.at(places).await
    }

    async fn of_id(&self, id: &str) -> Result<Vec<Conversation>> {
        self.with_id(id).await
    }

    async fn keys_of(&self, kind: PartyKind, id: &str) -> Result<Vec<Party>> {
        self.keys_by_id(kind, id).await
    }

    async fn named_like(&self, kind: PartyKind, words: &str, limit: usize) -> Result<Vec<String>> {
        self.names_like(kind, words, limit).await
    }

    async fn sources(&self) -> Result<Vec<SourceState>> {
        let rows = self.engine.fetch(sql::SOURCES, args![]).await?;
        let state =
            |row: &Row| Ok(SourceState { name: row.text(0)?, read_until: instant(row.int(1)?)? });
        rows.iter().map(state).collect()
    }

    async fn troubles(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Trouble>> {
        self.troubles_between(from, to).await
    }
}

impl Store {
    /// The number under which a filter is counted.
    fn scope(&self, filter: &Filter) -> Result<i64> {
        let key = filter.key();
        match self.counting.filters.iter().position(|counted| counted.key() == key) {
            Some(scope) => Ok(scope as i64),
            None => bail!("the filter \"{key}\" is not counted: declare it in the plugin's routes"),
        }
    }

    /// The days of a kind, summed up by week and cell.
    async fn days(&self, scope: i64, kind: Kind, from: Week, to: Week) -> Result<Vec<Row>> {
        let days = (from.first_day().0, to.minus(-1).first_day().0);
        self.engine.fetch(sql::WEEKS, args![scope, kind.name(), days.0, days.1]).await
    }

    /// Weeks further back, of those cells only that had too few conversations in some of the recent
    /// ones: a band looks back on weeks that say something, however far apart they are.
    async fn older_weeks(
        &self,
        scope: i64,
        now: &WeekCounts,
        recent: &[PastWeek],
        oldest: Week,
        wanted: usize,
    ) -> Result<Vec<PastWeek>> {
        let mut older = BTreeMap::<Week, WeekCounts>::new();
        for (kind, lane, label) in cells_of(now) {
            let enough = recent.iter().filter(|week| scored(week, lane, label) >= MIN_N).count();
            let missing = wanted.saturating_sub(enough);
            if missing > 0 {
                let cell = (kind, lane, label);
                self.add_weeks_of(&mut older, scope, cell, oldest, missing).await?;
            }
        }
        Ok(older.into_iter().map(|(week, counts)| past_week(week, counts)).collect())
    }

    /// The latest weeks of one cell before `until` that have enough conversations to say something.
    async fn add_weeks_of(
        &self,
        weeks: &mut BTreeMap<Week, WeekCounts>,
        scope: i64,
        (kind, lane, label): (Kind, Lane, &str),
        until: Week,
        wanted: usize,
    ) -> Result<()> {
        let cell = args![scope, kind.name(), lane.name(), label, until.first_day().0];
        let cell = [cell, args![MIN_N as i64, i64::try_from(wanted)?]].concat();
        for row in self.engine.fetch(sql::OLDER_WEEKS, cell).await? {
            let mut tally = Tally::default();
            for (index, count) in tally.spread.iter_mut().enumerate() {
                *count = row.int(1 + index)?;
            }
            let week = weeks.entry(Week::at_index(row.int(0)?)).or_default();
            week.add(kind, Some(lane), label, tally);
        }
        Ok(())
    }

    async fn add_customers(
        &self,
        weeks: &mut BTreeMap<Week, WeekCounts>,
        scope: i64,
        from: Week,
        to: Week,
    ) -> Result<()> {
        let found = args![scope, from.index(), to.index()];
        for row in self.engine.fetch(sql::CUSTOMERS, found).await? {
            let Some(lane) = Lane::named(&row.text(1)?) else { continue };
            let counts = weeks.entry(Week::at_index(row.int(0)?)).or_default();
            counts.lanes[lane].customers.insert(row.text(2)?, u64::try_from(row.int(3)?)?);
        }
        Ok(())
    }

    /// Counts of weeks that hold nothing but the distinct known customers of lanes and topics.
    pub(crate) async fn customers_of(
        &self,
        filter: &Filter,
        from: Week,
        to: Week,
    ) -> Result<BTreeMap<Week, WeekCounts>> {
        let mut weeks = BTreeMap::new();
        self.add_customers(&mut weeks, self.scope(filter)?, from, to).await?;
        Ok(weeks)
    }

    /// The counts as the clock stood at `as_of`: later closes left out, recent ones still waiting.
    async fn as_of(
        &self,
        stored: WeekCounts,
        filter: &Filter,
        week: Week,
        as_of: Timestamp,
    ) -> Result<WeekCounts> {
        let (start, end) = (week.start(&self.counting.zone), week.end(&self.counting.zone));
        if start > as_of {
            return Ok(WeekCounts::default());
        }
        let mut counts = if end <= as_of {
            stored
        } else {
            let closed = self.closed(sql::CLOSED_BETWEEN, filter, start, after(as_of)).await?;
            fold(&closed, &self.counting.exclusions)
        };
        let recent = start.max(after(as_of - self.counting.settle));
        let until = end.min(after(as_of));
        if recent < until {
            let waiting = self.closed(sql::AWAITING, filter, recent, until).await?;
            for (reason, number) in awaiting(&waiting, &self.counting.exclusions) {
                counts.settle(reason, number);
            }
        }
        Ok(counts)
    }

    async fn closed(
        &self,
        statement: &str,
        filter: &Filter,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Conversation>> {
        let rows = self.engine.fetch(statement, args![millis(from), millis(to)]).await?;
        let mut found = Vec::new();
        for row in rows {
            let conversation = read_record(&row.text(0)?)?;
            if filter.matches(&conversation) {
                found.push(conversation);
            }
        }
        Ok(found)
    }
}

/// Adds what a row of [`sql::WEEKS`] says.
fn add_days(weeks: &mut BTreeMap<Week, WeekCounts>, row: &Row) -> Result<()> {
    let counts = weeks.entry(Week::at_index(row.int(0)?)).or_default();
    let Some((kind, lane)) = kind_and_lane(&row.text(1)?, &row.text(2)?) else { return Ok(()) };
    let mut tally = Tally { n: row.int(4)?, spread: [0; 5] };
    for (index, count) in tally.spread.iter_mut().enumerate() {
        *count = row.int(5 + index)?;
    }
    counts.add(kind, lane, &row.text(3)?, tally);
    Ok(())
}

/// Every cell with a scored conversation: lanes with an empty label, and topics.
fn cells_of(counts: &WeekCounts) -> Vec<(Kind, Lane, &str)> {
    let mut cells = Vec::new();
    for (lane, of_lane) in counts.lanes.iter().filter(|(_, lane)| lane.all.scored() > 0) {
        cells.push((Kind::Lane, lane, ""));
        cells.extend(of_lane.topics.keys().map(|topic| (Kind::Topic, lane, topic.as_str())));
    }
    cells
}

fn scored(week: &PastWeek, lane: Lane, topic: &str) -> u64 {
    let cells = &week.lanes[lane];
    let spread = if topic.is_empty() { Some(cells.all) } else { cells.topics.get(topic).copied() };
    spread.map_or(0, Spread::scored)
}

/// The first stored instant after `at`: times are kept in milliseconds.
fn after(at: Timestamp) -> Timestamp {
    at.saturating_add(jiff::SignedDuration::from_millis(1)).unwrap_or(Timestamp::MAX)
}

fn past_week(week: Week, counts: WeekCounts) -> PastWeek {
    let cells = |cells: Cells| PastCells { all: cells.all, topics: cells.topics };
    let PerLane { human, ai, handoff } = counts.lanes;
    PastWeek {
        week,
        lanes: PerLane { human: cells(human), ai: cells(ai), handoff: cells(handoff) },
    }
}
