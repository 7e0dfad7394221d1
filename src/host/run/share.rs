//! Sharing a private answer with its channel: asked anew, so that it shows only what that channel may
//! carry, and brought there by the outbox, so that it stands there once.

use std::time::Duration;

use anyhow::Result;
use cxbot_sdk::{Destination, Error, Invoker, Message, Reply, Text};

use super::{Bot, HOST};
use crate::chat::{Asked, Platform, Request};
use crate::store::State;

/// How long the shared copy is waited for before the private one is left standing.
const THERE_WITHIN: Duration = Duration::from_secs(15);
const LOOK_EVERY: Duration = Duration::from_millis(200);

impl Bot {
    /// Brings the answer to the channel and takes the private copy away. What the presser is to read
    /// where that does not work.
    pub(super) async fn share(
        &self,
        platform: &dyn Platform,
        request: &Request,
        (asked, of): (&Asked, &str),
        invoker: Invoker,
    ) -> Result<Reply, Error> {
        let at =
            Destination { platform: platform.name().to_owned(), channel: request.channel.clone() };
        let by = match (&*invoker.name, &request.person_name) {
            ("", Some(name)) => name.clone(),
            ("", None) => "a member of this channel".to_owned(),
            (name, _) => name.to_owned(),
        };
        let invoker = Invoker { channel: Some(at.clone()), ..invoker };
        let message = match self.ask(asked, invoker).await? {
            Reply::Private(message) | Reply::Public(message) => message,
            Reply::Done | Reply::Suggestions(_) => return Ok(Reply::Done),
        };
        let message = message.note(Text::from("Shared by ").outside(by).plain("."));
        // By the answer and not by the press: shared twice, it stands there once.
        let key = format!("share/{of}");
        self.app.publish_as(HOST, std::slice::from_ref(&at), &key, message).await?;
        match self.stands(&at, &key).await? {
            None => {
                // Where the private copy stays, nothing is lost.
                if let Err(failure) = platform.take_away(request).await {
                    tracing::warn!("a private copy stays: {failure}");
                }
                Ok(Reply::Done)
            }
            Some(why) => {
                let words = Text::from("It is not in the channel yet: ").outside(why);
                let words = words.plain(". It is posted as soon as that is possible.");
                Ok(Reply::Private(Message::sentence(words)))
            }
        }
    }

    /// Waits until the message stands in the channel; why it does not.
    async fn stands(&self, at: &Destination, key: &str) -> Result<Option<String>> {
        let mut why = "it is on its way".to_owned();
        for _ in 0..THERE_WITHIN.as_millis() / LOOK_EVERY.as_millis() {
            let status = self.app.store().delivery_status(HOST, at, key).await?;
            match status.first() {
                Some(parent) if matches!(parent.state, State::Sent | State::Confirmed) => {
                    return Ok(None);
                }
                Some(parent) if parent.state == State::Held => {
                    return Ok(Some(parent.reason.clone()));
                }
                Some(parent) if !parent.reason.is_empty() => why = parent.reason.clone(),
                _ => {}
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(Some(why))
    }
}
