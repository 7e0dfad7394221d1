//! Bringing posts to their channels: a worker for each destination that has something to do, so that
//! one that is dead or slow keeps no other waiting.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use cxbot_sdk::Destination;
use jiff::Timestamp;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Bot, LOOK_EVERY, PAUSE};
use crate::chat::{Absent, Platform};
use crate::error::with_advice;
use crate::host::deliver::{Courier, Worked};

/// A call that is on its way when the bot is stopped gets this long to be answered.
const LAST_CALLS: Duration = Duration::from_secs(7);
/// A destination is not looked at more often than this.
const BREATH: Duration = Duration::from_millis(250);

impl Bot {
    /// Delivers whatever is wanted until told to stop; then what is on its way is waited for.
    pub async fn deliver(self: &Arc<Self>, stop: &CancellationToken) {
        let mut workers: JoinSet<Destination> = JoinSet::new();
        let mut busy: BTreeSet<Destination> = BTreeSet::new();
        while !stop.is_cancelled() {
            let pause = match self.due_destinations().await {
                Ok((due, pause)) => {
                    for at in due {
                        if busy.insert(at.clone()) {
                            workers.spawn(self.clone().work_off(at, stop.clone()));
                        }
                    }
                    pause
                }
                Err(error) => {
                    tracing::error!("deliveries go on in a moment: {}", with_advice(&error));
                    PAUSE
                }
            };
            tokio::select! {
                Some(ended) = workers.join_next(), if !workers.is_empty() => {
                    match ended {
                        Ok(at) => busy.remove(&at),
                        // A worker that panicked is not known by name; the others are.
                        Err(_) => { busy.clear(); false }
                    };
                }
                () = self.app.published() => {}
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
        let rest = async { while workers.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST_CALLS, rest).await.is_err() {
            tracing::warn!(
                "a call was cut off; whether it was done is looked up at the next start"
            );
        }
    }

    /// Delivers all that is due now and ends.
    pub async fn deliver_all(&self, stop: &CancellationToken) -> Result<()> {
        let (due, _) = self.due_destinations().await?;
        for at in due {
            self.carry(&at, stop).await?;
        }
        Ok(())
    }

    /// Destinations with something to do now, and how long until another has.
    async fn due_destinations(&self) -> Result<(Vec<Destination>, Duration)> {
        let now = self.clock.now();
        let due = self.app.store().deliveries_due().await?;
        let later = due.iter().filter(|(_, at)| *at > now).map(|(_, at)| *at).min();
        let pause = later.map_or(LOOK_EVERY, |at| until(at, now).min(LOOK_EVERY));
        let due = due.into_iter().filter(|(_, at)| *at <= now).map(|(at, _)| at);
        Ok((due.collect(), pause))
    }

    async fn work_off(self: Arc<Self>, at: Destination, stop: CancellationToken) -> Destination {
        if let Err(error) = self.carry(&at, &stop).await {
            let place = at.nameless();
            tracing::error!("the delivery to {place} goes on in a moment: {}", with_advice(&error));
            tokio::time::sleep(PAUSE).await;
        }
        tokio::time::sleep(BREATH).await;
        at
    }

    /// Does what is due at one destination. Between two posts it can be stopped.
    async fn carry(&self, at: &Destination, stop: &CancellationToken) -> Result<()> {
        let platform = self.platform(at);
        let courier = Courier {
            outbox: self.app.store(),
            platform: platform.as_ref(),
            clock: self.clock.as_ref(),
        };
        while !stop.is_cancelled() && courier.work(at).await? == Worked::Yes {}
        Ok(())
    }

    fn platform(&self, at: &Destination) -> Arc<dyn Platform> {
        match self.platforms.get(&*at.platform) {
            Some(platform) => platform.clone(),
            None => Arc::new(Absent::new(&at.platform)),
        }
    }
}

fn until(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or_default() + Duration::from_millis(5)
}
