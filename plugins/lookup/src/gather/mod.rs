//! Reading what a card says.

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

/// The conversations of an id, or of a link that ends in it, and whom they show.
pub(crate) async fn conversation(
    cx: &Cx<Lookup>,
    asked: &str,
) -> Result<(Vec<Conversation>, Vec<String>)> {
    let asked = asked.trim().trim_start_matches('<').trim_end_matches('>');
    let bare = asked.split(['?', '#', '|']).next().unwrap_or_default().trim_end_matches('/');
    let last = bare.rsplit('/').next().unwrap_or_default();
    let mut found = cx.scores()?.of_id(last).await?;
    if found.is_empty() && last != asked {
        found = cx.scores()?.of_id(asked).await?;
    }
    let subjects = subjects::everyone(&found);
    Ok((found, subjects))
}
