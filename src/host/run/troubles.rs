//! What went wrong, found in the store: told once in the operator's channel, and there for the next
//! digest to repeat.

use std::collections::BTreeMap;

use anyhow::Result;
use cxbot_sdk::Message;
use cxbot_sdk::plugin::Need;
use cxbot_sdk::scores::{Scores, Trouble};
use cxbot_sdk::words::day_time;
use jiff::{SignedDuration, Timestamp};

use super::{Bot, HOST};
use crate::store::{News, Unsent};

/// A source that has missed so many of its times stands still.
const MISSED: usize = 3;

/// A post that fails for so long is a trouble; before that it is a hitch.
const UNSENT_FOR: SignedDuration = SignedDuration::from_mins(10);

/// What is wrong now, by subject.
type Wrong = BTreeMap<String, String>;

impl Bot {
    /// Compares what is wrong with what was, and tells what is new.
    pub(super) async fn tell_troubles(&self) -> Result<()> {
        let now = self.clock.now();
        let failing = self.app.store().failing_jobs().await?;
        let found = [
            ("sync", self.standing_syncs(&failing, now).await?),
            ("job", self.failing_jobs(&failing)),
            ("delivery", self.unsent(now).await?),
        ];
        for (kind, wrong) in found {
            let news = self.app.store().observe_troubles(kind, &wrong, now).await?;
            self.tell(kind, news).await?;
        }
        Ok(())
    }

    async fn standing_syncs(&self, failing: &[(String, String)], now: Timestamp) -> Result<Wrong> {
        let job = self.sync_job();
        let why = failing.iter().find(|(name, _)| *name == job.name).map(|(_, why)| why.as_str());
        let states = self.app.store().sources().await?;
        let mut wrong = Wrong::new();
        for source in &self.sources {
            let name = source.name();
            let state = states.iter().find(|state| state.name == name);
            let missed = |since| job.schedule.between(since, now, &job.zone).len();
            let stands = match state {
                Some(state) => missed(state.read_until) >= MISSED,
                // The first pull of all may take its time, but not fail.
                None => why.is_some(),
            };
            if stands {
                let until = state.map(|state| day_time(state.read_until, &job.zone));
                let until = until.map_or("nothing was read yet".to_owned(), |until| {
                    format!("everything closed until {until} was read")
                });
                let why = why.map_or(String::new(), |why| format!(" {why}"));
                wrong.insert(
                    name.to_owned(),
                    format!("The {name} sync stands still: {until}.{why}"),
                );
            }
        }
        Ok(wrong)
    }

    fn failing_jobs(&self, failing: &[(String, String)]) -> Wrong {
        let known: Vec<String> = self.jobs().map(|(job, _)| job.name).collect();
        let failing = failing.iter().filter(|(name, _)| known.contains(name));
        failing.map(|(name, why)| (name.clone(), format!("The job {name} failed: {why}"))).collect()
    }

    async fn unsent(&self, now: Timestamp) -> Result<Wrong> {
        let unsent = self.app.store().unsent(now - UNSENT_FOR).await?;
        // What the operator cannot be told there is told in the log.
        let of_plugins = unsent.into_iter().filter(|unsent| unsent.plugin != HOST);
        Ok(of_plugins
            .map(|unsent| {
                let (at, reason) = (self.said_of(&unsent), &unsent.reason);
                let what = format!("{} {}", unsent.plugin, unsent.key);
                let words = format!("{what} did not get to {at}: {reason}");
                (format!("{at} {what}"), words)
            })
            .collect())
    }

    /// Where something was to go. Who is asked in a secret ballot is named nowhere.
    fn said_of(&self, unsent: &Unsent) -> String {
        let at = &unsent.destination;
        let plugin = self.app.plugins().manifests().find(|known| known.name == unsent.plugin);
        let asks = plugin.is_some_and(|known| known.needs.contains(&Need::Ballot));
        if asks { at.nameless() } else { at.to_string() }
    }

    async fn tell(&self, kind: &str, news: News) -> Result<()> {
        for (_, trouble) in &news.begun {
            tracing::error!("{}", trouble.what);
        }
        for (_, trouble) in &news.over {
            tracing::info!("over: {}", trouble.what);
        }
        let Some(operator) = &self.settings.operator else { return Ok(()) };
        let channel = std::slice::from_ref(operator);
        for (subject, trouble) in news.begun.iter().chain(&news.over) {
            let key = format!("trouble/{kind}/{subject}/{}", trouble.since.as_second());
            let message = self.notice(trouble);
            self.app.publish_as(HOST, channel, &key, message).await?;
        }
        Ok(())
    }

    fn notice(&self, trouble: &Trouble) -> Message {
        let zone = &self.app.workspace().zone;
        let since = day_time(trouble.since, zone);
        let state = match trouble.until {
            Some(until) => format!("Over since {}; it began {since}.", day_time(until, zone)),
            None => format!("Since {since}. This post changes when it is over."),
        };
        let summary = match trouble.until {
            Some(_) => "cxbot: a trouble is over",
            None => "cxbot: something needs a look",
        };
        Message::new(summary)
            .heading(summary)
            .text(cxbot_sdk::Text::new().outside(trouble.what.as_str()))
            .note(state)
    }
}
