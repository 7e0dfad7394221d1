//! The weekly digest: what happened, how sure we are, and what to read.
//!
//! [`config`] says which editions there are; [`report`] judges a week's counts; [`evidence`] picks
//! the few conversations to quote; [`message`] writes all of it down, purely.

pub mod config;
pub mod evidence;
pub mod message;
pub mod report;

use std::collections::BTreeMap;
use std::sync::Arc;

use cxbot_sdk::count::same;
use cxbot_sdk::plugin::Suggestion;
use cxbot_sdk::scores::{Scores, SourceState, Trouble};
use cxbot_sdk::week::Week;
use cxbot_sdk::{
    Clearance, Cx, Destination, Error, Invoker, Message, Need, Plugin, Reply, Result, Routes, Tick,
    Workspace,
};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use config::{Config, DEFAULT_EDITION, Edition};
use evidence::Evidence;
use report::{HISTORY, Report};

/// The plugin.
pub struct Digest {
    editions: Vec<Arc<Edition>>,
}

/// A week's digest of one edition, before it is written down.
pub struct Weekly {
    pub edition: Arc<Edition>,
    pub report: Report,
    /// What the exclusion rules left out, for their effect on the shares.
    pub excluded: Vec<message::Effect>,
    pub evidence: Evidence,
    pub history: Vec<cxbot_sdk::scores::PastWeek>,
    pub sources: Vec<SourceState>,
    /// What went wrong since the digest before.
    pub troubles: Vec<Trouble>,
    /// When it was due, if it comes late.
    pub due: Option<Timestamp>,
}

/// Weeks that are suggested; any other can be typed.
const SUGGESTED_WEEKS: i64 = 25;

/// How far back troubles are told where no digest was posted before.
const A_WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Which digest.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeekArgs {
    /// The week, such as 2026-W46; the last complete one if you name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub week: Option<Week>,
    /// The edition's name; the one that covers everything if you name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
}

/// No arguments.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoArgs {}

impl Plugin for Digest {
    const NAME: &'static str = "digest";
    const ABOUT: &'static str = "The weekly CX digest, in as many editions as you have channels.";
    const NEEDS: &'static [Need] = &[Need::Scores, Need::Publish];
    type Config = Config;

    fn new(config: Config) -> Result<Self> {
        let editions = config.editions()?.into_iter().map(Arc::new).collect();
        Ok(Digest { editions })
    }

    fn routes(&self) -> Routes<Self> {
        let editions = || self.editions.iter().map(|edition| &edition.name);
        let routes = Routes::new()
            .command("digest", "The digest of a week, to you alone.", Self::preview)
            .choices("edition", editions())
            .suggests("week", Self::weeks)
            .command(
                "coverage",
                "How many closed conversations were scored, and why the others were not.",
                Self::coverage,
            )
            .choices("edition", editions())
            .suggests("week", Self::weeks)
            .home(Self::home)
            .action("details", "The details behind a digest.", Self::details)
            .action("reading", "How to read the digest.", Self::reading);
        self.editions.iter().fold(routes, |routes, edition| {
            let posted = edition.clone();
            routes.counted(&edition.filter).posts_to(&edition.destinations).report(
                &edition.name,
                &edition.schedule,
                move |cx, tick| Self::post(cx, tick, posted.clone()),
            )
        })
    }
}

impl Digest {
    /// The edition of that name; the default one if none is named.
    pub fn edition(&self, name: Option<&str>) -> Result<Arc<Edition>> {
        let name = name.unwrap_or(DEFAULT_EDITION);
        let found = self.editions.iter().find(|edition| same(&edition.name, name));
        found.cloned().ok_or_else(|| {
            let known: Vec<&str> = self.editions.iter().map(|edition| &*edition.name).collect();
            Error::refused(format!(
                "There is no edition \"{name}\". There are: {}.",
                known.join(", ")
            ))
        })
    }

    /// Reads everything that one edition's week says as the clock stood at the tick's `as_of`.
    pub async fn weekly(
        scores: &dyn Scores,
        workspace: &Workspace,
        edition: Arc<Edition>,
        week: Week,
        tick: Tick,
    ) -> Result<Weekly> {
        let as_of = tick.as_of;
        let window = scores.window(&edition.filter, week, HISTORY, as_of).await?;
        let report = Report::new(&window, week, workspace, as_of);
        let evidence = Evidence::gather(scores, &edition, &report, &window.history).await?;
        let excluded = message::effects(&window.now, workspace);
        Ok(Weekly {
            edition,
            report,
            excluded,
            evidence,
            history: window.history,
            sources: scores.sources().await?,
            troubles: told(scores, tick).await?,
            due: tick.late.then_some(tick.slot),
        })
    }

    async fn post(cx: Cx<Self>, tick: Tick, edition: Arc<Edition>) -> Result<()> {
        let week = Week::complete_before(tick.slot, &cx.workspace().zone);
        let key = format!("{}/{week}", edition.name);
        for (edition, channels) in cx.audiences(&edition, cx.workspace()) {
            cx.publish(&channels, &key, async {
                let weekly = Self::weekly(cx.scores()?, cx.workspace(), edition, week, tick);
                let message = message::digest(&weekly.await?, cx.workspace());
                Ok(Message { says_corrections: true, ..message })
            })
            .await?;
        }
        Ok(())
    }

    /// An edition's channels, together with those that may carry the same of it.
    fn audiences(
        &self,
        edition: &Arc<Edition>,
        workspace: &Workspace,
    ) -> impl Iterator<Item = (Arc<Edition>, Vec<Destination>)> + use<> {
        let mut audiences: BTreeMap<Clearance, (Arc<Edition>, Vec<Destination>)> = BTreeMap::new();
        for at in &edition.destinations {
            let cleared = self.cleared(edition, at, workspace);
            let audience = audiences.entry(cleared.clearance).or_insert((cleared, Vec::new()));
            audience.1.push(at.clone());
        }
        audiences.into_values()
    }

    async fn read(&self, cx: &Cx<Self>, invoker: &Invoker, args: WeekArgs) -> Result<Weekly> {
        let edition = self.edition(args.edition.as_deref())?;
        let edition = match &invoker.channel {
            Some(channel) => self.cleared(&edition, channel, cx.workspace()),
            None => edition,
        };
        // Its channels may carry customers' words and names; those are not for everyone who can ask.
        let edition = match invoker.works_with_customers() {
            true => edition,
            false => at_most(&edition, Clearance::Figures),
        };
        let now = cx.now();
        let week = args.week.unwrap_or_else(|| Week::complete_before(now, &cx.workspace().zone));
        if let Some(why) = to_come(week, now, cx.workspace()) {
            return Err(Error::refused(why));
        }
        Self::weekly(cx.scores()?, cx.workspace(), edition, week, Tick::on_time(now)).await
    }

    /// The edition as a channel may carry it: posting or sharing there never raises its clearance.
    pub fn cleared(
        &self,
        edition: &Edition,
        at: &Destination,
        workspace: &Workspace,
    ) -> Arc<Edition> {
        at_most(edition, self.carried(at, workspace))
    }

    /// What a channel carries: as the workspace has settled it, else as much as the editions that go
    /// there, else figures alone.
    fn carried(&self, at: &Destination, workspace: &Workspace) -> Clearance {
        let own = self.editions.iter().filter(|own| own.destinations.contains(at));
        let own = own.map(|own| own.clearance).max();
        workspace.clearance_of(at).or(own).unwrap_or_default()
    }

    async fn preview(cx: Cx<Self>, invoker: Invoker, args: WeekArgs) -> Result<Reply> {
        let weekly = cx.read(&cx, &invoker, args).await?;
        let digest = message::digest(&weekly, cx.workspace());
        Ok(Reply::Private(match invoker.channel {
            None => message::with_other_weeks(digest, weekly.report.week),
            Some(_) => digest,
        }))
    }

    async fn coverage(cx: Cx<Self>, invoker: Invoker, args: WeekArgs) -> Result<Reply> {
        let weekly = cx.read(&cx, &invoker, args).await?;
        Ok(Reply::Private(message::coverage(&weekly, cx.workspace())))
    }

    async fn details(cx: Cx<Self>, invoker: Invoker, args: WeekArgs) -> Result<Reply> {
        let weekly = cx.read(&cx, &invoker, args).await?;
        Ok(Reply::Private(message::details(&weekly, cx.workspace())))
    }

    /// The latest weeks of which the label holds what is typed.
    async fn weeks(cx: Cx<Self>, _: Invoker, typed: String) -> Result<Vec<Suggestion>> {
        let latest = Week::complete_before(cx.now(), &cx.workspace().zone);
        let typed = typed.trim().to_lowercase();
        let week = |back| {
            let week = latest.minus(back);
            Suggestion { label: message::week_label(week), value: week.to_string() }
        };
        let is_meant = |week: &Suggestion| {
            week.label.to_lowercase().contains(&typed) || week.value.to_lowercase().contains(&typed)
        };
        Ok((0..SUGGESTED_WEEKS).map(week).filter(is_meant).collect())
    }

    async fn home(cx: Cx<Self>, invoker: Invoker) -> Result<Message> {
        let weekly = cx.read(&cx, &invoker, WeekArgs::default()).await?;
        Ok(message::home(&weekly, cx.workspace()))
    }

    async fn reading(cx: Cx<Self>, _: Invoker, _: NoArgs) -> Result<Reply> {
        Ok(Reply::Private(message::how_to_read(cx.workspace())))
    }
}

/// Why there is no digest of a week that has not begun.
pub fn to_come(week: Week, now: Timestamp, workspace: &Workspace) -> Option<String> {
    let last = Week::complete_before(now, &workspace.zone);
    let is_to_come = week.start(&workspace.zone) > now;
    is_to_come.then(|| format!("{week} is still to come. The last complete week is {last}."))
}

/// The edition, saying no more than this.
fn at_most(edition: &Edition, clearance: Clearance) -> Arc<Edition> {
    let clearance = edition.clearance.min(clearance);
    Arc::new(Edition { clearance, ..edition.clone() })
}

/// Troubles since the slot before, as they stood at this slot: one that ended later is told as it
/// was, so that a rerun says the same.
async fn told(scores: &dyn Scores, tick: Tick) -> Result<Vec<Trouble>> {
    let from = tick.previous.unwrap_or(tick.slot - A_WEEK);
    let mut troubles = scores.troubles(from, tick.slot).await?;
    for trouble in &mut troubles {
        trouble.until = trouble.until.filter(|until| *until <= tick.slot);
    }
    Ok(troubles)
}
