//! `cxbot run`: everything that happens by itself. What is due follows from the store each time it is
//! looked at, so a restart goes on where a kill has left off.
//!
//! Five loops share the store and know nothing of each other: [`sync`] pulls, [`jobs`] runs what is
//! due, [`deliveries`] brings posts to their channels, [`troubles`] tells what went wrong, [`desk`]
//! answers people.

mod deliveries;
mod desk;
mod directory;
mod home;
mod jobs;
mod lease;
mod pages;
mod share;
mod sync;
mod troubles;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use cxbot_sdk::Destination;
use cxbot_sdk::schedule::Schedule;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use super::App;
use super::deliver::OLD_AFTER;
use crate::chat::Platform;
use crate::clock::Clock;
use crate::config::{AccessConfig, PersonConfig};
use crate::error::with_advice;
use crate::source::Source;
use crate::store::{Job, Running};
use sync::Syncs;

pub use lease::take_the_store;

/// The longest time between two looks at what is due.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// The pause after a look that failed: a store that is away comes back by itself or not at once.
const PAUSE: Duration = Duration::from_secs(5);
/// The name under which the host itself publishes.
pub const HOST: &str = "host";

/// What runs, and by which settings.
pub struct Settings {
    /// When sources are read.
    pub sync: Schedule,
    /// How long a report waits for its sources and for late scores.
    pub wait: SignedDuration,
    /// Who is told what went wrong.
    pub operator: Option<Destination>,
    /// Who is who.
    pub people: Vec<PersonConfig>,
    /// Who may ask for what.
    pub access: AccessConfig,
}

/// The running bot.
pub struct Bot {
    app: Arc<App>,
    clock: Arc<dyn Clock>,
    sources: Vec<Arc<dyn Source>>,
    platforms: BTreeMap<&'static str, Arc<dyn Platform>>,
    settings: Settings,
    syncs: Syncs,
    started: Timestamp,
    /// Places of those whose answers are being made.
    places: Semaphore,
}

impl Bot {
    pub fn new(
        app: Arc<App>,
        clock: Arc<dyn Clock>,
        sources: Vec<Arc<dyn Source>>,
        platforms: Vec<Arc<dyn Platform>>,
        settings: Settings,
    ) -> Bot {
        let platforms = platforms.into_iter().map(|platform| (platform.name(), platform));
        let started = clock.now();
        let syncs = Syncs::default();
        let platforms: BTreeMap<&'static str, Arc<dyn Platform>> = platforms.collect();
        app.look_people_up_with(Arc::new(directory::Platforms(platforms.clone())));
        let places = Semaphore::new(desk::AT_ONCE);
        Bot { app, started, sources, platforms, settings, syncs, clock, places }
    }

    /// Does everything that is due, once, one thing after another: for a clock that is moved by hand.
    /// What fails keeps nothing else from being done.
    pub async fn step(&self) -> Result<()> {
        let synced = self.sync_if_due().await;
        let ran = self.run_due_jobs().await;
        // A job may have asked for the source to be read first.
        let synced = synced.and(self.sync_if_due().await);
        let ran = ran.and(self.run_due_jobs().await);
        let told = self.tell_troubles().await;
        let delivered = self.deliver_all(&CancellationToken::new()).await;
        synced.and(ran).and(told).and(delivered)
    }

    /// Takes up what an earlier process on this store has left in its hands.
    pub async fn take_over(&self) -> Result<()> {
        let settle = self.platforms.values().map(|platform| platform.settles_in()).max();
        let now = self.clock.now();
        self.app.store().free_slots().await?;
        self.app.store().free_deliveries(now + settle.unwrap_or_default(), now - OLD_AFTER).await
    }

    /// Runs until told to stop, or until another process has taken the store over.
    pub async fn run_while(
        self: &Arc<Self>,
        running: &Running,
        stop: CancellationToken,
    ) -> Result<()> {
        let kept = async {
            let kept = lease::keep(self.app.store(), running, self.clock.as_ref(), &stop).await;
            stop.cancel();
            kept
        };
        let ((), kept) = tokio::join!(self.run(&stop), kept);
        kept
    }

    async fn run(self: &Arc<Self>, stop: &CancellationToken) {
        let nobody = Notify::new();
        tokio::join!(
            self.again_and_again("the sync", stop, &self.syncs.asked, || self.sync_if_due()),
            self.again_and_again("the schedule", stop, &self.syncs.ended, || self.run_due_jobs()),
            self.again_and_again("the watch", stop, &nobody, || self.watch()),
            self.deliver(stop),
            self.answer_people(stop),
        );
    }

    async fn watch(&self) -> Result<()> {
        self.app.store().forget_answered(self.clock.now()).await?;
        self.app.store().forget_slots(self.clock.now()).await?;
        self.app.forget_secret_requests().await?;
        self.tell_troubles().await
    }

    /// Looks at what is due until told to stop, whenever a time has come or someone calls. An error
    /// is said and does not end the loop.
    async fn again_and_again<F>(
        &self,
        what: &str,
        stop: &CancellationToken,
        called: &Notify,
        look: impl Fn() -> F,
    ) where
        F: Future<Output = Result<()>>,
    {
        while !stop.is_cancelled() {
            let pause = match stop.run_until_cancelled(look()).await {
                Some(Err(error)) => {
                    tracing::error!("{what} goes on in a moment: {}", with_advice(&error));
                    PAUSE
                }
                Some(Ok(())) | None => self.until_next(),
            };
            tokio::select! {
                () = called.notified() => {}
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Until the next slot of any job, but not longer than a look is apart from the next.
    fn until_next(&self) -> Duration {
        let now = self.clock.now();
        let wait = self.next_due(now).map_or(SignedDuration::MAX, |next| next.duration_since(now));
        Duration::try_from(wait).unwrap_or_default().min(LOOK_EVERY)
    }

    /// When something comes due next after an instant.
    pub fn next_due(&self, after: Timestamp) -> Option<Timestamp> {
        let jobs = self.jobs().map(|(job, _)| job).chain([self.sync_job()]);
        let next = jobs.filter_map(|job| job.schedule.next_after(after, &job.zone));
        next.map(|slot| slot.at).min()
    }

    /// Every job of the plugins as the store keeps them, and whether it is a report.
    fn jobs(&self) -> impl Iterator<Item = (Job, bool)> {
        self.app.plugins().jobs().map(|(manifest, job)| {
            let name = format!("{}/{}", manifest.name, job.name);
            (self.job(name, job.schedule.clone()), job.reports)
        })
    }

    fn job(&self, name: String, schedule: Schedule) -> Job {
        let workspace = self.app.workspace();
        let (zone, zone_name) = (workspace.zone.clone(), workspace.zone_name.clone());
        Job { name, schedule, zone, zone_name }
    }
}
