//! A few conversations of a week to look at, found by index and never by reading the whole week.

use anyhow::Result;
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::{Class, classify};
use cxbot_sdk::scores::{DISAGREEMENT, Look, LookAt};

use super::engine::{Arg, args};
use super::{Store, millis, read_record, sql};

/// Candidates read first, since most will do, and then at a time; and how many are read before giving up:
/// an edition with a narrow filter may have none, and a digest never reads a whole history to be sure.
const FIRST: i64 = 5;
const PAGE: i64 = 50;
const AT_MOST: i64 = 500;

impl Store {
    pub(super) async fn look_at(&self, look: Look<'_>) -> Result<Vec<Conversation>> {
        let zone = &self.counting.zone;
        let from = millis(look.week.start(zone));
        let until = millis(look.week.end(zone)).min(millis(look.as_of) + 1);
        match look.at.clone() {
            LookAt::Cell { lane, topic, scores: [low, high] } => {
                let statement = if topic.is_some() { sql::LOOK_TOPIC } else { sql::LOOK_LANE };
                let page = |size: i64, offset: i64| {
                    let (low, high) = (i64::from(low), i64::from(high));
                    let mut page = args![lane.name(), from, until, low, high, size, offset];
                    page.extend(topic.clone().map(Arg::from));
                    page
                };
                self.page_through(statement, page, &look).await
            }
            LookAt::Disagreement => {
                let apart = i64::from(DISAGREEMENT);
                let page = |size: i64, offset: i64| args![from, until, apart, size, offset];
                self.page_through(sql::LOOK_SURVEY, page, &look).await
            }
            LookAt::Random { seed } => {
                let start = random_start(seed, from, until);
                let later = |size: i64, offset: i64| args![start, until, size, offset];
                let found = self.page_through(sql::LOOK_ANY, later, &look).await?;
                if found.len() >= look.limit {
                    return Ok(found);
                }
                // Too near the end of the week: go on from its start.
                let earlier = |size: i64, offset: i64| args![from, start, size, offset];
                let rest = self.page_through(sql::LOOK_ANY, earlier, &look).await?;
                Ok(found.into_iter().chain(rest).take(look.limit).collect())
            }
        }
    }

    async fn page_through(
        &self,
        statement: &str,
        page: impl Fn(i64, i64) -> Vec<Arg>,
        look: &Look<'_>,
    ) -> Result<Vec<Conversation>> {
        let mut found = Vec::new();
        let mut offset = 0;
        while offset < AT_MOST {
            let size = if offset == 0 { FIRST } else { PAGE };
            let rows = self.engine.fetch(statement, page(size, offset)).await?;
            offset += size;
            for row in &rows {
                let conversation = read_record(&row.text(0)?)?;
                let scored =
                    matches!(classify(&conversation, &self.counting.exclusions), Class::Scored(..));
                if scored && look.filter.matches(&conversation) && look.at.wants(&conversation) {
                    found.push(conversation);
                }
                if found.len() == look.limit {
                    return Ok(found);
                }
            }
            if rows.len() < size as usize {
                break;
            }
        }
        Ok(found)
    }
}

/// An instant within the week that the seed decides: a step of the golden ratio, which spreads
/// consecutive weeks evenly.
fn random_start(seed: u64, from: i64, until: i64) -> i64 {
    const GOLDEN: f64 = 0.618_033_988_749_895;
    let part = (seed as f64 * GOLDEN).fract();
    from + ((until - from).max(0) as f64 * part) as i64
}
