//! What a topic's card says, and which topics there are.

use std::collections::BTreeSet;

use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::{Filter, Lane, same};
use cxbot_sdk::near::nearest;
use cxbot_sdk::scores::{Look, LookAt, Scores, Window};
use cxbot_sdk::week::Week;
use cxbot_sdk::{Cx, Result};

use super::OFFERED;
use crate::Lookup;

/// Weeks that the usual range of a topic looks back on.
const HISTORY_WEEKS: usize = 26;

/// A topic in each lane.
pub(crate) struct OfTopic {
    pub(crate) name: String,
    pub(crate) week: Week,
    pub(crate) window: Window,
    /// What customers said, one good and one bad where there are.
    pub(crate) quotes: Vec<Conversation>,
    /// Whether names in them are left out.
    pub(crate) hides_names: bool,
}

impl OfTopic {
    /// Leaves names out of what customers said.
    pub(crate) fn name_nobody(&mut self) {
        for one in &mut self.quotes {
            let unnamed = one.why_unnamed();
            self.hides_names |= unnamed.as_deref() != one.why();
            one.explanation = unnamed;
        }
    }
}

/// What is offered where no topic has the name: some like it, else some of those that there are.
pub(crate) struct NoTopic {
    pub(crate) alike: bool,
    pub(crate) names: Vec<String>,
    /// How many there are beside those.
    pub(crate) more: usize,
}

pub(crate) async fn topic(cx: &Cx<Lookup>, name: &str) -> Result<Result<OfTopic, NoTopic>> {
    // Two weeks say whether there is such a topic; its usual range takes its own past alone.
    let (week, mut window) = last_week(cx).await?;
    let known = names(&window);
    let Some(name) = known.iter().find(|known| same(known, name)).cloned() else {
        return Ok(Err(near(&known, name)));
    };
    let filter = Filter::default();
    window.history =
        cx.scores()?.past_of_topic(&filter, &name, week, HISTORY_WEEKS, cx.now()).await?;
    let mut quotes = Vec::new();
    for scores in [[4, 5], [1, 2]] {
        for lane in Lane::ALL {
            let at = LookAt::Cell { lane, topic: Some(name.clone()), scores };
            let look = Look { filter: &filter, week, as_of: cx.now(), at, limit: 1 };
            quotes.extend(cx.scores()?.look(look).await?);
        }
    }
    Ok(Ok(OfTopic { name, week, window, quotes, hides_names: false }))
}

/// The last complete week with the one before.
async fn last_week(cx: &Cx<Lookup>) -> Result<(Week, Window)> {
    let week = Week::complete_before(cx.now(), &cx.workspace().zone);
    let scores: &dyn Scores = cx.scores()?;
    Ok((week, scores.window(&Filter::default(), week, 0, cx.now()).await?))
}

/// The topics of the last two weeks.
fn names(window: &Window) -> Vec<String> {
    let weeks = [&window.now, &window.before];
    let cells = weeks.into_iter().flat_map(|week| week.lanes.iter());
    let all: BTreeSet<String> = cells.flat_map(|(_, cells)| cells.topics.keys().cloned()).collect();
    all.into_iter().collect()
}

pub(crate) async fn topics_like(cx: &Cx<Lookup>, typed: &str) -> Result<Vec<String>> {
    let (_, window) = last_week(cx).await?;
    let typed = typed.trim().to_lowercase();
    let meant = names(&window).into_iter().filter(|name| name.to_lowercase().contains(&typed));
    Ok(meant.take(25).collect())
}

fn near(known: &[String], wanted: &str) -> NoTopic {
    let alike = nearest(wanted, known.iter().cloned(), OFFERED);
    match alike.is_empty() {
        false => NoTopic { alike: true, names: alike, more: 0 },
        true => NoTopic {
            alike: false,
            names: known.iter().take(OFFERED).cloned().collect(),
            more: known.len().saturating_sub(OFFERED),
        },
    }
}
