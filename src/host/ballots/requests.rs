//! Requests that nobody may read later, and who made them: sealed under a secret that is made anew once no
//! ballot is open.

use anyhow::{Context, Result};
use cxbot_sdk::Invoker;

use super::sealed;
use super::voter::Voter;
use crate::chat::Request;
use crate::host::identity;
use crate::host::services::Services;

/// The name of that secret.
pub(super) const REQUESTS: &str = "host/requests";

impl Services {
    /// Someone as a plugin sees them in secret actions: sealed, so that the plugin knows nobody again, and
    /// only the host can read it while a ballot is open.
    pub(in crate::host) fn voter_shown_to(
        &self,
        plugin: &str,
        invoker: Invoker,
    ) -> Result<Invoker> {
        let secret = self.booth.keys.make(REQUESTS)?;
        let id = Voter::of(&invoker, &self.people).sealed(&secret, plugin)?;
        Ok(Invoker { id, ..identity::nameless(invoker) })
    }

    /// A request as it may be kept where nobody may read it later: its id and its text.
    pub(in crate::host) fn sealed_request(&self, request: &Request) -> Result<(String, String)> {
        let secret = self.booth.keys.make(REQUESTS)?;
        let id = sealed::voter(&secret, &request.id)?;
        let text = sealed::seal(&secret, REQUESTS, &serde_json::to_string(request)?)?;
        Ok((id, text))
    }

    /// A request as it was stored, sealed or not.
    pub(in crate::host) fn read_request(&self, stored: &str) -> Result<Request> {
        if !stored.starts_with(sealed::MARK) {
            return Ok(serde_json::from_str(stored)?);
        }
        let secret = self.booth.keys.get(REQUESTS)?;
        let secret = secret.context("a request of before cannot be read any more")?;
        Ok(serde_json::from_str(&sealed::open(&secret, REQUESTS, stored)?)?)
    }

    /// Destroys what would open requests of before, unless one of them still waits or a ballot is open.
    pub(in crate::host) async fn forget_secret_requests(&self) -> Result<()> {
        if self.booth.keys.get(REQUESTS)?.is_none() || self.store.has_open_ballots().await? {
            return Ok(());
        }
        if self.store.drop_secret_requests(sealed::MARK).await? {
            self.booth.keys.destroy(REQUESTS)?;
        }
        Ok(())
    }
}
