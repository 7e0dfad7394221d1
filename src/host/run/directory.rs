//! What the platforms of the running bot know of people, for ballots.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use cxbot_sdk::{Destination, Members, Message};
use jiff::tz::TimeZone;
use rand::RngExt;

use crate::chat::{Call, Failure, Platform, Post};
use crate::host::{Directory, Untold};

/// By their names.
pub(super) struct Platforms(pub(super) BTreeMap<&'static str, Arc<dyn Platform>>);

impl Platforms {
    fn get(&self, name: &str) -> Result<&Arc<dyn Platform>, Failure> {
        self.0.get(name).ok_or_else(|| Failure::Account(format!("{name} is not set up")))
    }
}

#[async_trait]
impl Directory for Platforms {
    async fn members(&self, platform: &str, of: &Members) -> Result<Vec<String>, Untold> {
        let asked = async { self.get(platform)?.members(of).await };
        asked.await.map_err(|failure| match failure {
            Failure::Later { .. } | Failure::Unknown(_) => Untold::Now(failure.to_string()),
            _ => Untold::Lasting(failure.to_string()),
        })
    }

    async fn zone(&self, at: &Destination) -> Option<TimeZone> {
        self.get(&at.platform).ok()?.zone(&at.channel).await
    }

    async fn names(&self, at: &Destination) -> Vec<String> {
        match self.get(&at.platform) {
            Ok(platform) => platform.names(at.channel.trim_start_matches('@')).await,
            Err(_) => Vec::new(),
        }
    }

    async fn tell(&self, at: &Destination, message: &Message) -> Result<(), Failure> {
        let platform = self.get(&at.platform)?;
        let (channel, thread) = (at.channel.as_str(), None);
        let id = format!("{:032x}", rand::rng().random::<u128>());
        platform.pace(Call::Post, channel).await;
        let post = Post { channel, thread, id: &id, message };
        platform.post(post).await.map(drop)
    }
}
