//! Who asks, as far as a plugin may know: without the need a person is a keyed hash.

use anyhow::{Context, Result};
use cxbot_sdk::plugin::{Manifest, Need};
use cxbot_sdk::{Host, Invoker};
use hmac::{Hmac, KeyInit, Mac};
use rand::RngExt;
use serde_json::json;
use sha2::Sha256;

use super::services::Services;

/// The host's own drawer in the plugins' state.
const DRAWER: &str = "host";
const KEY: &str = "identity_key";

/// Whether this plugin may know who asks.
pub(super) fn is_known_to(manifest: &Manifest) -> bool {
    manifest.needs.contains(&Need::Identity)
}

/// The role that says no more than that someone has an id as a teammate.
const TEAMMATE: &str = "teammate";

/// Someone of whom only the roles are known, and where they ask. Whoever works with customers for having an
/// id as a teammate has that role, so that they may see as much as where their ids are known.
pub(super) fn nameless(invoker: Invoker) -> Invoker {
    let works_with_customers = invoker.works_with_customers();
    let (id, name, teammate, teams) = (String::new(), String::new(), Vec::new(), Vec::new());
    let mut left = Invoker { id, name, teammate, teams, ..invoker };
    if works_with_customers && !left.works_with_customers() {
        left.roles.push(TEAMMATE.to_owned());
    }
    left
}

/// The invoker as this plugin may see them.
pub(super) async fn shown_to(
    manifest: &Manifest,
    invoker: Invoker,
    services: &Services,
) -> Result<Invoker> {
    if is_known_to(manifest) {
        return Ok(invoker);
    }
    let key = key(services).await?;
    // The plugin's name is part of what is hashed, so that two plugins cannot compare notes.
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.as_bytes()).context("any key length will do")?;
    mac.update(manifest.name.as_bytes());
    mac.update(&[0]);
    mac.update(invoker.id.as_bytes());
    let hash = mac.finalize().into_bytes();
    let id: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Ok(Invoker { id, ..nameless(invoker) })
}

/// A secret of this store, made when first needed.
async fn key(services: &Services) -> Result<String> {
    if let Some(key) = services.read_state(DRAWER, KEY).await?
        && let Some(key) = key.as_str()
    {
        return Ok(key.to_owned());
    }
    let bytes: [u8; 32] = rand::rng().random();
    let key: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    services.write_state(DRAWER, KEY, Some(json!(key))).await?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::super::services::tests::services;
    use super::*;

    fn manifest(name: &'static str, needs: &'static [Need]) -> Manifest {
        let (actions, jobs, counted, segments) = (vec![], vec![], vec![], vec![]);
        let (posts_to, asks, mentions) = (vec![], vec![], vec![]);
        Manifest {
            name,
            about: "test",
            needs,
            actions,
            jobs,
            home: false,
            counted,
            segments,
            posts_to,
            asks,
            mentions,
            asks_at_least: 0,
            roles: Vec::new(),
        }
    }

    #[tokio::test]
    async fn without_the_need_a_person_is_a_hash_that_no_other_plugin_shares() {
        let services = services().await;
        let ana = Invoker {
            id: "ana@example.com".to_owned(),
            name: "Ana".to_owned(),
            roles: vec!["leader".to_owned()],
            teammate: vec!["intercom/1".to_owned()],
            teams: Vec::new(),
            channel: None,
        };
        let seen = async |name, needs| {
            shown_to(&manifest(name, needs), ana.clone(), &services).await.expect("shown")
        };
        let mood = seen("mood", &[]).await;
        assert_eq!(seen("mood", &[]).await, mood, "the same person is the same hash");
        assert_ne!(seen("other", &[]).await.id, mood.id);
        assert!(!mood.id.contains("ana") && mood.name.is_empty() && mood.teammate.is_empty());
        assert_eq!(mood.roles, ana.roles);
        assert_eq!(seen("lookup", &[Need::Identity]).await, ana);
    }
}
