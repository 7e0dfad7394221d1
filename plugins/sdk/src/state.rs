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

    /// Changes the value under `key` as said, and answers with what is said beside it. Where another call
    /// or process changes it meanwhile, it is asked again of what is there then, so that neither is lost.
    pub async fn change<T, R>(
        &self,
        key: &str,
        mut change: impl FnMut(Option<T>) -> (Option<T>, R) + Send,
    ) -> Result<R>
    where
        T: Serialize + DeserializeOwned,
    {
        loop {
            let before = self.host.read_state(self.plugin, key).await?;
            let read = before.clone().map(serde_json::from_value).transpose();
            let (after, said) = change(read.map_err(anyhow::Error::from)?);
            let after = after.map(serde_json::to_value).transpose().map_err(anyhow::Error::from)?;
            if before == after
                || self.host.swap_state(self.plugin, key, before.as_ref(), after).await?
            {
                return Ok(said);
            }
        }
    }

    pub async fn delete(&self, key: &str) -> Result<()> {
        Ok(self.host.write_state(self.plugin, key, None).await?)
    }
}
