//! Differences to the counts, gathered over a batch and then written in a few statements.

use std::collections::HashMap;

use anyhow::Result;
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::{Kind, Lane, Tally, contributions, customer_cells};
use cxbot_sdk::week::Day;

use super::engine::{Arg, Row, Tx, args};
use super::{Counting, sql};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct DailyKey {
    scope: i64,
    kind: &'static str,
    day: i64,
    lane: &'static str,
    label: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct CellKey {
    scope: i64,
    week: i64,
    lane: String,
    topic: String,
}

/// What a batch of changes adds to the counts and takes away from them.
#[derive(Default)]
pub(super) struct Delta {
    daily: HashMap<DailyKey, Tally>,
    customers: HashMap<(CellKey, String), i64>,
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

    fn count(&mut self, conversation: &Conversation, counting: &Counting, times: i64) {
        let day = Day::of(conversation.closed_at, &counting.zone);
        let parts = contributions(conversation, &counting.exclusions);
        let customer = customer_cells(conversation, &counting.exclusions);
        for (scope, filter) in counting.filters.iter().enumerate() {
            if !filter.matches(conversation) {
                continue;
            }
            let scope = scope as i64;
            for part in &parts {
                let key = DailyKey {
                    scope,
                    kind: part.kind.name(),
                    day: day.0,
                    lane: part.lane.map_or("", Lane::name),
                    label: part.label.to_owned(),
                };
                self.daily.entry(key).or_default().add(part.tally, times);
            }
            let Some((customer, lane, cells)) = &customer else { continue };
            for topic in cells {
                let cell = CellKey {
                    scope,
                    week: day.week().index(),
                    lane: lane.name().to_owned(),
                    topic: (*topic).to_owned(),
                };
                *self.customers.entry((cell, customer.clone())).or_default() += times;
            }
        }
    }

    /// Writes the differences within the transaction of the conversations that made them.
    pub(super) async fn write(self, tx: &mut Tx) -> Result<()> {
        write_daily(tx, self.daily).await?;
        let distinct = write_customers(tx, self.customers).await?;
        write_weekly(tx, distinct).await
    }
}

async fn write_daily(tx: &mut Tx, daily: HashMap<DailyKey, Tally>) -> Result<()> {
    let changed: Vec<_> =
        daily.into_iter().filter(|(_, tally)| *tally != Tally::default()).collect();
    let row = |(key, tally): &(DailyKey, Tally)| {
        let mut row = key.args();
        row.extend(std::iter::once(tally.n).chain(tally.spread).map(Arg::from));
        row
    };
    tx.execute_rows(&sql::ADD_DAILY, changed.iter().map(row).collect()).await?;
    for (key, _) in changed.iter().filter(|(_, tally)| tally.n < 0) {
        tx.execute(sql::DROP_EMPTY_DAILY, key.args()).await?;
    }
    Ok(())
}

/// Returns by how much the number of distinct customers of each cell changes.
async fn write_customers(
    tx: &mut Tx,
    customers: HashMap<(CellKey, String), i64>,
) -> Result<HashMap<CellKey, i64>> {
    let changed = customers.iter().filter(|&(_, &times)| times != 0);
    let row = |((cell, customer), times): (&(CellKey, String), &i64)| {
        let mut row = cell.args();
        row.extend(args![customer.as_str(), *times]);
        row
    };
    let mut rows: Vec<Vec<Arg>> = changed.map(row).collect();
    // In the order of their key, a tree grows faster.
    rows.sort_unstable();
    let mut distinct = HashMap::<CellKey, i64>::new();
    for row in tx.fetch_rows(&sql::ADD_CUSTOMER, rows).await? {
        let (cell, customer) = (CellKey::read(&row)?, row.text(4)?);
        let now = row.int(5)?;
        let place = (cell, customer);
        let before = now - customers.get(&place).copied().unwrap_or_default();
        let (cell, customer) = place;
        if before == 0 {
            *distinct.entry(cell).or_default() += 1;
        } else if now == 0 {
            let mut gone = cell.args();
            gone.push(customer.into());
            tx.execute(sql::DROP_CUSTOMER, gone).await?;
            *distinct.entry(cell).or_default() -= 1;
        }
    }
    Ok(distinct)
}

async fn write_weekly(tx: &mut Tx, distinct: HashMap<CellKey, i64>) -> Result<()> {
    let changed: Vec<_> = distinct.into_iter().filter(|&(_, change)| change != 0).collect();
    let row = |(cell, change): &(CellKey, i64)| {
        let mut row = cell.args();
        row.push((*change).into());
        row
    };
    tx.execute_rows(&sql::ADD_WEEKLY, changed.iter().map(row).collect()).await?;
    for (cell, _) in changed.iter().filter(|&&(_, change)| change < 0) {
        tx.execute(sql::DROP_EMPTY_WEEKLY, cell.args()).await?;
    }
    Ok(())
}

impl DailyKey {
    fn args(&self) -> Vec<Arg> {
        args![self.scope, self.kind, self.day, self.lane, self.label.as_str()]
    }
}

impl CellKey {
    /// From the first four columns of [`sql::ADD_CUSTOMER`]'s answer.
    fn read(row: &Row) -> Result<CellKey> {
        let (scope, week) = (row.int(0)?, row.int(1)?);
        Ok(CellKey { scope, week, lane: row.text(2)?, topic: row.text(3)? })
    }

    fn args(&self) -> Vec<Arg> {
        args![self.scope, self.week, self.lane.as_str(), self.topic.as_str()]
    }
}

/// The kind and lane of a stored row.
pub(super) fn kind_and_lane(kind: &str, lane: &str) -> Option<(Kind, Option<Lane>)> {
    Some((Kind::named(kind)?, Lane::named(lane)))
}
