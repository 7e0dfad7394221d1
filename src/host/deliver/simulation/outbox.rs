//! The store's part in memory, written as the statements are.

use anyhow::Result;
use async_trait::async_trait;
use cxbot_sdk::{Destination, Message};
use jiff::Timestamp;
use tokio::task::yield_now;

use super::{Sim, content};
use crate::host::deliver::Outbox;
use crate::store::{Delivery, State};

#[async_trait]
impl Outbox for Sim {
    async fn next(&self, at: &Destination, now: Timestamp) -> Result<Option<Delivery>> {
        yield_now().await;
        let world = self.lock();
        let parent = world.rows.get(&(at.to_string(), 0)).and_then(|row| row.place.clone());
        let waits = |row: &Delivery| {
            world.rows.values().any(|before| {
                let unplaced = before.place.is_none() && !before.wanted.is_empty();
                let going = matches!(before.state, State::Wanted | State::Sending);
                before.destination == *at && before.part < row.part && unplaced && going
            })
        };
        let due = world.rows.values().find(|row| {
            row.destination == *at
                && !waits(row)
                && matches!(row.state, State::Wanted | State::Sending | State::Held)
                && row.not_before.is_some_and(|at| at <= now)
                && row.lease_until <= now
                && (row.part == 0 || parent.is_some())
        });
        Ok(due.map(|row| with_parent(row, &parent)))
    }

    async fn next_sweep(&self, at: &Destination, now: Timestamp) -> Result<Option<Delivery>> {
        yield_now().await;
        let world = self.lock();
        let parent = world.rows.get(&(at.to_string(), 0)).and_then(|row| row.place.clone());
        let due = world.rows.values().find(|row| {
            let due = row.sweep_at.is_some_and(|at| at <= now) && row.lease_until <= now;
            row.destination == *at && due && row.intent_at.is_none()
        });
        Ok(due.map(|row| with_parent(row, &parent)))
    }

    async fn save(&self, delivery: &Delivery, epoch: i64) -> Result<bool> {
        yield_now().await;
        let saved = {
            let mut world = self.lock();
            let key = (delivery.destination.to_string(), delivery.part);
            match world.rows.get_mut(&key).filter(|row| row.epoch == epoch) {
                None => false,
                Some(row) => {
                    let wanted = row.wanted.clone();
                    *row = Delivery { wanted, parent: None, ..delivery.clone() };
                    let settled = matches!(row.state, State::Sent | State::Confirmed);
                    let surplus = row.wanted.is_empty() && row.place.is_some();
                    if settled && (row.wanted != row.shown || surplus) {
                        row.state = State::Wanted;
                    }
                    if let (0, Some(place)) = (delivery.part, &delivery.place) {
                        world.follow(&delivery.destination, place);
                    }
                    true
                }
            }
        };
        yield_now().await;
        Ok(saved)
    }

    async fn content(&self, delivery: &Delivery) -> Result<Option<Message>> {
        yield_now().await;
        let world = self.lock();
        Ok(world.wanted.get(delivery.part as usize).map(|words| content(words)))
    }
}

fn with_parent(row: &Delivery, parent: &Option<String>) -> Delivery {
    let parent = parent.clone().filter(|_| row.part > 0);
    Delivery { parent, ..row.clone() }
}
