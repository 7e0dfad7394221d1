//! The made-up platform: calls that are done or not, answered or not, and a history that lags.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cxbot_sdk::{Members, Message};
use jiff::SignedDuration;
use rand::RngExt;
use tokio::task::yield_now;
use tokio_util::sync::CancellationToken;

use super::{Copy, SETTLES_IN, Sim, World};
use crate::chat::form::Form;
use crate::chat::{Call, Desk, Failure, Platform, Post, Request, Search};

/// How a call goes.
enum Fate {
    Done,
    DoneUnanswered,
    Lost,
    Refused,
}

impl Sim {
    fn fate(&self) -> Fate {
        let mut world = self.lock();
        match world.rng.random_range(0..20) {
            _ if !world.troubled => Fate::Done,
            0..3 => Fate::DoneUnanswered,
            3..6 => Fate::Lost,
            6..8 => Fate::Refused,
            _ => Fate::Done,
        }
    }

    async fn call<T>(
        &self,
        done: impl FnOnce(&mut World) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        // Between these two a kill or a freeze leaves a request that is on its way.
        yield_now().await;
        yield_now().await;
        let unknown = || Failure::Unknown("no answer".to_owned());
        let fate = self.fate();
        let answer = match fate {
            Fate::Done => done(&mut self.lock()),
            Fate::DoneUnanswered => {
                let _unheard = done(&mut self.lock());
                Err(unknown())
            }
            Fate::Lost => Err(unknown()),
            Fate::Refused => {
                let after = Some(Duration::from_secs(3));
                Err(Failure::Later { after, why: "ratelimited".to_owned() })
            }
        };
        yield_now().await;
        answer
    }
}

#[async_trait]
impl Platform for Sim {
    fn name(&self) -> &'static str {
        "slack"
    }

    fn settles_in(&self) -> SignedDuration {
        SETTLES_IN
    }

    async fn pace(&self, _: Call, _: &str) {
        yield_now().await;
    }

    async fn post(&self, post: Post<'_>) -> Result<String, Failure> {
        let (channel, thread) = (post.channel.to_owned(), post.thread.map(str::to_owned));
        let (id, words) = (post.id.to_owned(), post.message.plain());
        self.call(move |world| {
            let place = format!("{}.{:06}", world.now.as_second(), world.copies.len());
            let (at, deleted_at) = (world.now, None);
            world.copies.push(Copy {
                channel,
                thread,
                id,
                place: place.clone(),
                words,
                at,
                deleted_at,
            });
            Ok(place)
        })
        .await
    }

    async fn edit(&self, place: &str, post: Post<'_>) -> Result<(), Failure> {
        let (place, words) = (place.to_owned(), post.message.plain());
        self.call(move |world| {
            let found = world.copies.iter_mut().find(|copy| copy.place == place);
            let copy = found.filter(|copy| copy.deleted_at.is_none()).ok_or(Failure::Gone)?;
            copy.words = words;
            Ok(())
        })
        .await
    }

    async fn delete(&self, _: &str, place: &str) -> Result<(), Failure> {
        let place = place.to_owned();
        self.call(move |world| {
            let now = world.now;
            let found = world.copies.iter_mut().find(|copy| copy.place == place);
            let copy = found.filter(|copy| copy.deleted_at.is_none()).ok_or(Failure::Gone)?;
            copy.deleted_at = Some(now);
            Ok(())
        })
        .await
    }

    async fn ask(&self, _: &Request, _: &Form) -> Result<(), Failure> {
        Ok(())
    }

    async fn members(&self, _: &Members) -> Result<Vec<String>, Failure> {
        Err(Failure::Unknown("nobody belongs to anything here".to_owned()))
    }

    fn answers_in_place(&self, _: &Request) -> bool {
        false
    }

    async fn answer(&self, _: &Request, _: &Message) -> Result<(), Failure> {
        Err(Failure::Unknown("nobody asks here".to_owned()))
    }

    async fn take_away(&self, _: &Request) -> Result<(), Failure> {
        Err(Failure::Unknown("nobody asks here".to_owned()))
    }

    async fn listen(&self, _: Arc<dyn Desk>, _: CancellationToken) {}

    async fn find(&self, search: Search<'_>) -> Result<Vec<String>, Failure> {
        let (id, since) = (search.id.to_owned(), search.since);
        let thread = search.thread.map(str::to_owned);
        self.call(move |world| {
            let lag =
                if world.troubled { world.rng.random_range(0..SETTLES_IN.as_secs()) } else { 0 };
            let seen = world.now - SignedDuration::from_secs(lag);
            let shown = |copy: &&Copy| {
                let there = copy.at <= seen && copy.deleted_at.is_none_or(|at| at > seen);
                there && copy.at >= since && copy.id == id && copy.thread == thread
            };
            Ok(world.copies.iter().filter(shown).map(|copy| copy.place.clone()).collect())
        })
        .await
    }
}
