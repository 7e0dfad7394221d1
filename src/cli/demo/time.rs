//! The demo's time: it passes by itself, and the console moves it on. On the way everything happens that
//! would have happened.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use async_trait::async_trait;
use jiff::{Span, Timestamp};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::colleagues::Colleagues;
use super::workspace::EVENTS;
use crate::chat::web::Time;
use crate::clock::{Clock, MovedClock};
use crate::error::with_advice;
use crate::host::App;
use crate::host::run::Bot;

/// How often it is looked at what has come due: an answer to a poll shows in its post after that.
const LOOK_EVERY: Duration = Duration::from_millis(500);

pub(super) struct DemoTime {
    pub(super) clock: Arc<MovedClock>,
    pub(super) app: Arc<App>,
    pub(super) bot: Arc<Bot>,
    pub(super) colleagues: Colleagues,
    /// One thing after another: what is due is done by one alone.
    pub(super) doing: Mutex<()>,
}

impl DemoTime {
    /// Lets time pass until told to stop.
    pub(super) async fn pass(&self, stop: &CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
            let _doing = self.doing.lock().await;
            if let Err(error) = self.now().await {
                tracing::error!("what is due goes on in a moment: {}", with_advice(&error));
            }
        }
    }

    /// Moves the clock to an instant, from one thing that comes due to the next.
    pub(super) async fn move_to(&self, at: Timestamp) -> Result<()> {
        let _doing = self.doing.lock().await;
        self.go_to(at).await
    }

    async fn go_to(&self, at: Timestamp) -> Result<()> {
        loop {
            let next = self.bot.next_due(self.clock.now()).filter(|next| *next < at);
            self.clock.forward_to(next.unwrap_or(at));
            self.now().await?;
            if next.is_none() {
                return Ok(());
            }
        }
    }

    async fn now(&self) -> Result<()> {
        self.bot.step().await?;
        self.colleagues.answer(&self.app).await
    }
}

#[async_trait]
impl Time for DemoTime {
    async fn forward(&self, by: Span) -> Result<()> {
        // Two that move it at once move it twice.
        let _doing = self.doing.lock().await;
        let zone = &self.app.workspace().zone;
        // A day on is the same hour on the next day, whatever the clocks do that night.
        let to = zone.to_datetime(self.clock.now()).checked_add(by)?;
        self.go_to(zone.to_ambiguous_timestamp(to).compatible()?).await
    }

    fn next(&self) -> Vec<(String, Timestamp)> {
        let (now, zone) = (self.clock.now(), &self.app.workspace().zone);
        let jobs = self.app.plugins().jobs().filter_map(|(manifest, job)| {
            let name = format!("{}/{}", manifest.name, job.name);
            let (_, event) = EVENTS.iter().find(|(known, _)| *known == name)?;
            Some(((*event).to_owned(), job.schedule.next_after(now, zone)?.at))
        });
        let mut next: Vec<(String, Timestamp)> = jobs.collect();
        next.sort_by_key(|(_, at)| *at);
        next
    }
}
