//! Differences to the counts, gathered over a batch and then written in a few statements.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use anyhow::Result;
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::{Kind, Lane, Tally, contributions, customer_cells};
use cxbot_sdk::week::Day;

use super::engine::{Arg, Tx, args};
use super::{Counting, sql};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct DailyKey {
    scope: i64,
    kind: &'static str,
    day: i64,
    lane: &'static str,
    label: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct CellKey {
    scope: i64,
    week: i64,
    lane: &'static str,
    topic: Arc<str>,
}

/// A customer in a cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct CustomerKey {
    cell: CellKey,
    customer: Arc<str>,
}

/// What a batch of changes adds to the counts and takes away from them.
#[derive(Clone, Default)]
pub(super) struct Delta {
    daily: HashMap<DailyKey, Tally>,
    customers: HashMap<CustomerKey, i64>,
    /// Topics, rules and reasons, each kept once.
    labels: HashSet<Arc<str>>,
}

impl Delta {
    /// Counts a conversation in.
    pub(super) fn add(&mut self, conversation: &Conversation, counting: &Counting) {
        self.count(conversation, counting, 1);
    }

    /// Counts a conversation out.
    pub(super) fn subtract(&mut self, conversation: &Conversation, counting: &Counting) {
        self.count(conversation, counting, -1);
    }

    /// Takes away what other changes add.
    pub(super) fn take_back(&mut self, other: &Delta) {
        for (key, tally) in &other.daily {
            self.daily.entry(key.clone()).or_default().add(*tally, -1);
        }
        for (key, times) in &other.customers {
            *self.customers.entry(key.clone()).or_default() -= times;
        }
    }

    fn count(&mut self, conversation: &Conversation, counting: &Counting, times: i64) {
        let day = Day::of(conversation.closed_at, &counting.zone);
        let parts = contributions(conversation, &counting.exclusions);
        let cells = customer_cells(conversation, &counting.exclusions);
        let customer = cells.as_ref().map(|(customer, ..)| Arc::<str>::from(&**customer));
        for (scope, filter) in counting.filters.iter().enumerate() {
            if !filter.matches(conversation) {
                continue;
            }
            let scope = scope as i64;
            for part in &parts {
                let (kind, lane) = (part.kind.name(), part.lane.map_or("", Lane::name));
                let key = DailyKey { scope, kind, day: day.0, lane, label: self.label(part.label) };
                self.daily.entry(key).or_default().add(part.tally, times);
            }
            let Some(((_, lane, topics), customer)) = cells.as_ref().zip(customer.as_ref()) else {
                continue;
            };
            for topic in topics {
                let (week, lane) = (day.week().index(), lane.name());
                let cell = CellKey { scope, week, lane, topic: self.label(topic) };
                let key = CustomerKey { cell, customer: customer.clone() };
                *self.customers.entry(key).or_default() += times;
            }
        }
    }

    fn label(&mut self, label: &str) -> Arc<str> {
        match self.labels.get(label) {
            Some(known) => known.clone(),
            None => {
                let new: Arc<str> = label.into();
                self.labels.insert(new.clone());
                new
            }
        }
    }

    /// Writes the differences within the transaction of the conversations that made them.
    pub(super) async fn write(&self, tx: &mut Tx) -> Result<()> {
        write_daily(tx, &self.daily).await?;
        let distinct = write_customers(tx, &self.customers).await?;
        write_weekly(tx, distinct).await
    }
}

async fn write_daily(tx: &mut Tx, daily: &HashMap<DailyKey, Tally>) -> Result<()> {
    let changed: Vec<_> = daily.iter().filter(|&(_, tally)| *tally != Tally::default()).collect();
    let rows: Vec<_> = changed.iter().collect();
    tx.execute_each(&sql::ADD_DAILY, &rows, |(key, tally), values| {
        values.extend(key.args());
        values.extend(std::iter::once(tally.n).chain(tally.spread).map(Arg::from));
    })
    .await?;
    for (key, _) in changed.iter().filter(|(_, tally)| tally.n < 0) {
        tx.execute(sql::DROP_EMPTY_DAILY, key.args()).await?;
    }
    Ok(())
}

/// Returns by how much the number of distinct customers of each cell changes.
async fn write_customers(
    tx: &mut Tx,
    customers: &HashMap<CustomerKey, i64>,
) -> Result<HashMap<CellKey, i64>> {
    let mut changed: Vec<_> = customers.iter().filter(|&(_, &times)| times != 0).collect();
    // In the order of their key, a tree grows faster.
    changed.sort_unstable();
    let before = customers_before(tx, &changed).await?;
    let mut distinct = HashMap::<CellKey, i64>::new();
    let mut kept = Vec::with_capacity(changed.len());
    for (row, before) in changed.iter().zip(before) {
        let (key, times) = row;
        let now = before + *times;
        if now == 0 {
            tx.execute(sql::DROP_CUSTOMER, key.args()).await?;
        } else {
            kept.push(row);
        }
        if (before == 0) != (now == 0) {
            *distinct.entry(key.cell.clone()).or_default() += if now == 0 { -1 } else { 1 };
        }
    }
    tx.execute_each(&sql::ADD_CUSTOMER, &kept, |(key, times), values| {
        values.extend(key.args());
        values.push((**times).into());
    })
    .await?;
    Ok(distinct)
}

/// How often each customer has been in that cell until now. Most have not, so that this is less than to be
/// told of each how often they are in it then.
async fn customers_before(tx: &mut Tx, wanted: &[(&CustomerKey, &i64)]) -> Result<Vec<i64>> {
    let cells: BTreeSet<&CellKey> = wanted.iter().map(|(key, _)| &key.cell).collect();
    let there = cells_there(tx, cells.into_iter().collect()).await?;
    let asked = (0..).zip(wanted).filter(|(_, (key, _))| there.contains(&key.cell));
    let row = |(number, (key, _)): (i64, &(&CustomerKey, &i64))| numbered(number, key.args());
    let mut before = vec![0; wanted.len()];
    for row in tx.fetch_rows(&sql::CUSTOMERS_BEFORE, asked.map(row).collect()).await? {
        before[usize::try_from(row.int(0)?)?] = row.int(1)?;
    }
    Ok(before)
}

/// Those of the cells in which there is anyone yet: of a week that is read for the first time, none.
async fn cells_there<'c>(tx: &mut Tx, cells: Vec<&'c CellKey>) -> Result<HashSet<&'c CellKey>> {
    let wanted = (0..).zip(&cells).map(|(number, cell)| numbered(number, cell.args()));
    let rows = tx.fetch_rows(&sql::CELLS_THERE, wanted.collect()).await?;
    rows.iter().map(|row| Ok(cells[usize::try_from(row.int(0)?)?])).collect()
}

fn numbered(number: i64, values: impl IntoIterator<Item = Arg>) -> Vec<Arg> {
    std::iter::once(number.into()).chain(values).collect()
}

async fn write_weekly(tx: &mut Tx, distinct: HashMap<CellKey, i64>) -> Result<()> {
    let changed: Vec<_> = distinct.into_iter().filter(|&(_, change)| change != 0).collect();
    let row = |(cell, change): &(CellKey, i64)| {
        let mut row = Vec::from(cell.args());
        row.push((*change).into());
        row
    };
    tx.execute_rows(&sql::ADD_WEEKLY, changed.iter().map(row).collect()).await?;
    for (cell, _) in changed.iter().filter(|&&(_, change)| change < 0) {
        tx.execute(sql::DROP_EMPTY_WEEKLY, cell.args().into()).await?;
    }
    Ok(())
}

impl DailyKey {
    fn args(&self) -> Vec<Arg> {
        args![self.scope, self.kind, self.day, self.lane, &self.label]
    }
}

impl CellKey {
    fn args(&self) -> [Arg; 4] {
        [self.scope.into(), self.week.into(), self.lane.into(), (&self.topic).into()]
    }
}

impl CustomerKey {
    fn args(&self) -> Vec<Arg> {
        let mut args = Vec::from(self.cell.args());
        args.push((&self.customer).into());
        args
    }
}

/// The kind and lane of a stored row.
pub(super) fn kind_and_lane(kind: &str, lane: &str) -> Option<(Kind, Option<Lane>)> {
    Some((Kind::named(kind)?, Lane::named(lane)))
}
