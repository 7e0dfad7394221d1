//! What plugins keep, and the messages as they want them seen.

use anyhow::Result;
use cxbot_sdk::{Destination, Message};
use serde_json::Value;

use super::engine::args;
use super::{Store, sql};

/// A wanted message.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    pub key: String,
    pub message: Message,
}

impl Store {
    /// The JSON under a plugin's key.
    pub async fn plugin_state(&self, plugin: &str, key: &str) -> Result<Option<Value>> {
        let rows = self.engine.fetch(sql::STATE, args![plugin, key]).await?;
        rows.first().map(|row| Ok(serde_json::from_str(&row.text(0)?)?)).transpose()
    }

    /// Keeps JSON under a plugin's key; `None` deletes it.
    pub async fn set_plugin_state(
        &self,
        plugin: &str,
        key: &str,
        value: Option<Value>,
    ) -> Result<()> {
        let mut tx = self.engine.begin().await?;
        match value {
            Some(value) => {
                tx.execute(sql::SET_STATE, args![plugin, key, value.to_string()]).await?
            }
            None => tx.execute(sql::DROP_STATE, args![plugin, key]).await?,
        };
        tx.commit().await
    }

    /// Says how the message `key` is to look at each destination; the same again changes nothing.
    pub async fn set_board(
        &self,
        plugin: &str,
        destinations: &[Destination],
        key: &str,
        message: &Message,
    ) -> Result<()> {
        let message = serde_json::to_string(message)?;
        let mut tx = self.engine.begin().await?;
        for destination in destinations {
            let row = args![plugin, destination.to_string(), key, message.as_str()];
            tx.execute(sql::SET_BOARD, row).await?;
        }
        tx.commit().await
    }

    /// The messages of a plugin at a destination, in order of key.
    pub async fn board(&self, plugin: &str, destination: &Destination) -> Result<Vec<Posted>> {
        let rows = self.engine.fetch(sql::BOARD, args![plugin, destination.to_string()]).await?;
        rows.iter()
            .map(|row| {
                Ok(Posted { key: row.text(0)?, message: serde_json::from_str(&row.text(1)?)? })
            })
            .collect()
    }
}
