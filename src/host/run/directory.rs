//! What the platforms of the running bot know of people, for ballots.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use cxbot_sdk::{Destination, Members, Message};
use jiff::tz::TimeZone;
use rand::RngExt;

use crate::chat::{Call, Platform, Post};
use crate::host::Directory;

/// By their names.
pub(super) struct Platforms(pub(super) BTreeMap<&'static str, Arc<dyn Platform>>);

impl Platforms {
    fn get(&self, name: &str) -> Result<&Arc<dyn Platform>, String> {
        self.0.get(name).ok_or_else(|| format!("{name} is not set up"))
    }
}

#[async_trait]
impl Directory for Platforms {
    async fn members(&self, platform: &str, of: &Members) -> Result<Vec<String>, String> {
        self.get(platform)?.members(of).await.map_err(|failure| failure.to_string())
    }

    async fn zone(&self, at: &Destination) -> Option<TimeZone> {
        self.get(&at.platform).ok()?.zone(&at.channel).await
    }

    async fn tell(&self, at: &Destination, message: &Message) -> Result<(), String> {
        let platform = self.get(&at.platform)?;
        let (channel, thread) = (at.channel.as_str(), None);
        let id = format!("{:032x}", rand::rng().random::<u128>());
        platform.pace(Call::Post, channel).await;
        let post = Post { channel, thread, id: &id, message };
        platform.post(post).await.map(drop).map_err(|failure| failure.to_string())
    }
}
