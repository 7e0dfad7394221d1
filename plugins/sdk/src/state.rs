//! A plugin's own memory: JSON values by key, kept by the host.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cx::Host;
use crate::error::Result;

/// The state of one plugin; no plugin sees another's.
pub struct State<'h> {
    host: &'h dyn Host,
    plugin: &'static str,
}

impl<'h> State<'h> {
    pub(crate) fn new(host: &'h dyn Host, plugin: &'static str) -> Self {
        State { host, plugin }
    }

    /// The value under `key`; an error when it is there but of another shape.
    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let value = self.host.read_state(self.plugin, key).await?;
        Ok(value.map(serde_json::from_value).transpose().map_err(anyhow::Error::from)?)
    }

    pub async fn set(&self, key: &str, value: &impl Serialize) -> Result<()> {
        let value = serde_json::to_value(value).map_err(anyhow::Error::from)?;
        Ok(self.host.write_state(self.plugin, key, Some(value)).await?)
    }

    pub async fn delete(&self, key: &str) -> Result<()> {
        Ok(self.host.write_state(self.plugin, key, None).await?)
    }
}
