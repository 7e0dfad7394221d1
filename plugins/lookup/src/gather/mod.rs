//! Reading what a card says.

mod behind;
mod customer;
mod group;
mod known;
mod namesakes;
mod subjects;
mod teammate;
mod topic;

use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::week::Week;
use cxbot_sdk::{Cx, Result};
use jiff::Timestamp;

use crate::Lookup;
pub(crate) use behind::behind;
pub(crate) use customer::{FoundCustomer, HISTORY, OfCustomer, customer};
pub(crate) use group::{Member, OfGroup, group};
pub(crate) use known::Unknown;
pub(crate) use namesakes::Namesake;
pub(crate) use teammate::{OfTeammate, Period, teammate};
pub(crate) use topic::{NoTopic, OfTopic, topic, topics_like};

/// Weeks of a card where none are named, and at most.
const WEEKS: u8 = 4;
const MOST_WEEKS: u8 = 26;
/// Names that are offered where none is right.
const OFFERED: usize = 5;

/// The latest complete weeks, as many as were asked for, and as many before them: when those before
/// begin, when the latest begin, and when they end.
fn complete_weeks(cx: &Cx<Lookup>, asked: Option<u8>) -> [Timestamp; 3] {
    let zone = &cx.workspace().zone;
    let weeks = i64::from(asked.unwrap_or(WEEKS).clamp(1, MOST_WEEKS));
    let last = Week::complete_before(cx.now(), zone);
    let first = last.minus(weeks - 1);
    [first.minus(weeks).start(zone), first.start(zone), last.end(zone)]
}

/// The conversations of an id, of a `source/id`, or of a link that ends in one, and whom they show.
pub(crate) async fn conversation(
    cx: &Cx<Lookup>,
    asked: &str,
) -> Result<(Vec<Conversation>, Vec<String>)> {
    let asked = asked.trim().trim_start_matches('<').trim_end_matches('>');
    let bare = asked.split(['?', '#', '|']).next().unwrap_or_default().trim_end_matches('/');
    let last = bare.rsplit('/').next().unwrap_or_default();
    let mut found = of_source(cx, asked).await?;
    for id in [last, asked] {
        if found.is_empty() {
            found = cx.scores()?.of_id(id).await?;
        }
    }
    let subjects = subjects::everyone(&found);
    Ok((found, subjects))
}

/// The conversation of a `source/id`, where there is one: other sources may have that id too.
async fn of_source(cx: &Cx<Lookup>, asked: &str) -> Result<Vec<Conversation>> {
    let Some((source, id)) = asked.split_once('/') else { return Ok(Vec::new()) };
    let mut found = cx.scores()?.of_id(id).await?;
    found.retain(|one| one.source == source);
    Ok(found)
}
