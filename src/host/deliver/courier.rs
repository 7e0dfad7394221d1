//! Carries the posts of one destination, one after another, by the steps of the protocol.

use anyhow::{Context, Result};
use async_trait::async_trait;
use cxbot_sdk::{Destination, Message};
use jiff::Timestamp;

use super::protocol::Step;
use crate::chat::{Call, Failure, Platform, Post, Search};
use crate::clock::Clock;
use crate::store::{Delivery, Store, fingerprint};

/// Where posts wait.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// The post of a destination to work on now.
    async fn next(&self, at: &Destination, now: Timestamp) -> Result<Option<Delivery>>;
    /// The post of a destination to look for doubles of.
    async fn next_sweep(&self, at: &Destination, now: Timestamp) -> Result<Option<Delivery>>;
    /// Writes a post over the one of this epoch; whether that was still there.
    async fn save(&self, delivery: &Delivery, epoch: i64) -> Result<bool>;
    /// What the post is to show, as it is wanted now.
    async fn content(&self, delivery: &Delivery) -> Result<Option<Message>>;
}

#[async_trait]
impl Outbox for Store {
    async fn next(&self, at: &Destination, now: Timestamp) -> Result<Option<Delivery>> {
        self.next_delivery(at, now).await
    }

    async fn next_sweep(&self, at: &Destination, now: Timestamp) -> Result<Option<Delivery>> {
        Store::next_sweep(self, at, now).await
    }

    async fn save(&self, delivery: &Delivery, epoch: i64) -> Result<bool> {
        self.save_delivery(delivery, epoch).await
    }

    async fn content(&self, delivery: &Delivery) -> Result<Option<Message>> {
        let (plugin, key) = (&delivery.plugin, &delivery.key);
        let wanted = self.wanted(plugin, &delivery.destination, key).await?;
        let parts = wanted.map(|wanted| wanted.parts(self.zone())).unwrap_or_default();
        Ok(parts.into_iter().nth(usize::try_from(delivery.part)?))
    }
}

/// Whether there was something to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worked {
    Yes,
    Idle,
}

/// Carries posts to one platform.
pub struct Courier<'c> {
    pub outbox: &'c dyn Outbox,
    pub platform: &'c dyn Platform,
    pub clock: &'c dyn Clock,
}

impl Courier<'_> {
    /// Does the next thing that is due at a destination.
    pub async fn work(&self, at: &Destination) -> Result<Worked> {
        let now = self.clock.now();
        if let Some(delivery) = self.outbox.next(at, now).await? {
            self.carry(delivery).await?;
            return Ok(Worked::Yes);
        }
        match self.outbox.next_sweep(at, now).await? {
            Some(delivery) => self.sweep(delivery).await.map(|()| Worked::Yes),
            None => Ok(Worked::Idle),
        }
    }

    async fn carry(&self, delivery: Delivery) -> Result<()> {
        let step = delivery.step();
        if let Some(call) = call_of(step, &delivery) {
            // Before the claim: waiting must not use up the lease.
            self.platform.pace(call, &delivery.destination.channel).await;
        }
        let Some(claimed) = self.claim(&delivery).await? else { return Ok(()) };
        match step {
            Step::Look => self.look(&claimed).await,
            Step::Post => self.post(&claimed).await,
            Step::Edit => self.edit(&claimed).await,
            Step::Delete => self.delete(&claimed).await,
            Step::Nothing => self.put_back(&claimed.settled(self.clock.now())).await,
        }
    }

    async fn claim(&self, delivery: &Delivery) -> Result<Option<Delivery>> {
        let claimed = delivery.claimed(self.clock.now());
        let taken = self.outbox.save(&claimed, delivery.epoch).await?;
        Ok(taken.then_some(claimed))
    }

    /// Writes what came of a claim. When another claim has followed, that one decides.
    async fn put_back(&self, delivery: &Delivery) -> Result<()> {
        self.outbox.save(delivery, delivery.epoch).await.map(drop)
    }

    async fn look(&self, claimed: &Delivery) -> Result<()> {
        let found = self.platform.find(search(claimed)).await;
        self.put_back(&claimed.looked(found, self.clock.now())).await
    }

    async fn post(&self, claimed: &Delivery) -> Result<()> {
        let settles_in = self.platform.settles_in();
        let Some(message) = self.content(claimed).await? else { return Ok(()) };
        let content = fingerprint(&message);
        let intends = claimed.intends(&content, self.clock.now(), settles_in);
        if !self.outbox.save(&intends, claimed.epoch).await? {
            return Ok(());
        }
        crate::crash::point("intent stored");
        let outcome = if claimed.may_send(self.clock.now()) {
            self.platform.post(post(claimed, &message)).await
        } else {
            Err(Failure::Later { after: None, why: "the store was too slow to send".to_owned() })
        };
        crate::crash::point("post answered");
        let posted = intends.posted(outcome, self.clock.now(), settles_in);
        self.put_back(&posted).await
    }

    async fn edit(&self, claimed: &Delivery) -> Result<()> {
        let Some(message) = self.content(claimed).await? else { return Ok(()) };
        let place = claimed.place.as_deref().context("an edit without a place")?;
        let outcome = self.platform.edit(place, post(claimed, &message)).await;
        crate::crash::point("edit answered");
        let content = fingerprint(&message);
        self.put_back(&claimed.edited(outcome, &content, self.clock.now())).await
    }

    async fn delete(&self, claimed: &Delivery) -> Result<()> {
        let place = claimed.place.as_deref().context("a deletion without a place")?;
        let unseen = claimed.unseen();
        if !self.outbox.save(&unseen, claimed.epoch).await? {
            return Ok(());
        }
        let outcome = self.platform.delete(&claimed.destination.channel, place).await;
        self.put_back(&unseen.deleted(outcome, self.clock.now())).await
    }

    /// What to show. Where that is nothing any more, the next look at the post finds out.
    async fn content(&self, claimed: &Delivery) -> Result<Option<Message>> {
        let content = self.outbox.content(claimed).await?;
        if content.is_none() {
            self.put_back(&claimed.again(self.clock.now())).await?;
        }
        Ok(content)
    }

    async fn sweep(&self, delivery: Delivery) -> Result<()> {
        let channel = &delivery.destination.channel;
        let call = if delivery.part == 0 { Call::Find } else { Call::FindReply };
        self.platform.pace(call, channel).await;
        let Some(claimed) = self.claim(&delivery).await? else { return Ok(()) };
        let outcome = self.take_doubles_away(&claimed).await;
        self.put_back(&claimed.swept(outcome, self.clock.now())).await
    }

    /// Whether the post itself was found.
    async fn take_doubles_away(&self, delivery: &Delivery) -> Result<bool, Failure> {
        let channel = &delivery.destination.channel;
        let found = self.platform.find(search(delivery)).await?;
        let ours = |place: &&String| Some(*place) != delivery.place.as_ref();
        for double in found.iter().filter(ours) {
            tracing::warn!(
                destination = delivery.destination.nameless(),
                key = delivery.key,
                part = delivery.part,
                "a second copy of a post was found and is taken away"
            );
            self.platform.pace(Call::Delete, channel).await;
            match self.platform.delete(channel, double).await {
                Ok(()) | Err(Failure::Gone) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(found.iter().any(|place| !ours(&place)))
    }
}

fn call_of(step: Step, delivery: &Delivery) -> Option<Call> {
    match step {
        Step::Look if delivery.part > 0 => Some(Call::FindReply),
        Step::Look => Some(Call::Find),
        Step::Post => Some(Call::Post),
        Step::Edit => Some(Call::Edit),
        Step::Delete => Some(Call::Delete),
        Step::Nothing => None,
    }
}

fn search(delivery: &Delivery) -> Search<'_> {
    Search {
        channel: &delivery.destination.channel,
        thread: delivery.thread.as_deref(),
        id: &delivery.id,
        since: delivery.searched_since(),
    }
}

fn post<'p>(delivery: &'p Delivery, message: &'p Message) -> Post<'p> {
    Post {
        channel: &delivery.destination.channel,
        thread: delivery.parent.as_deref(),
        id: &delivery.id,
        message,
    }
}
