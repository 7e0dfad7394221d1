//! Names in the settings that are in no stored conversation: slips of the pen, or not yet seen.

use std::collections::BTreeSet;

use anyhow::Result;
use cxbot_sdk::count::Filter;

use crate::config::{Config, Problem};
use crate::host::Plugins;
use crate::host::people::is_key_of;
use crate::store::Store;

/// More names than these are counted and not told.
const TOLD: usize = 10;

/// One for each name; nothing of a store without conversations.
pub(super) async fn unknown(
    store: &Store,
    config: &Config,
    plugins: &Plugins,
) -> Result<Vec<Problem>> {
    if !store.has_conversations().await? {
        return Ok(Vec::new());
    }
    let mut unknown = Vec::new();
    for (setting, named) in named(config, plugins) {
        if let Some(what) = seen(store, &named).await? {
            unknown.push(Problem::at(&setting, what));
        }
    }
    unknown.extend(teammates(store, config).await?);
    unknown.extend(mentioned(store, plugins).await?);
    Ok(unknown)
}

/// What a filter or a rule asks for, each on its own, with its setting.
fn named(config: &Config, plugins: &Plugins) -> BTreeSet<(String, Named)> {
    let mut all = BTreeSet::new();
    for manifest in plugins.manifests() {
        let setting = format!("plugins.{}", manifest.name);
        for Filter { team, topic, channel, .. } in manifest.counted.iter().cloned() {
            let named =
                [team.map(Named::Team), topic.map(Named::Topic), channel.map(Named::Channel)];
            all.extend(named.into_iter().flatten().map(|named| (setting.clone(), named)));
        }
    }
    for (place, rule) in config.exclusions.iter().enumerate() {
        let named = [rule.team.clone().map(Named::Team), rule.channel.clone().map(Named::Channel)];
        let setting = format!("exclusions[{place}]");
        all.extend(named.into_iter().flatten().map(|named| (setting.clone(), named)));
    }
    all
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Team(String),
    Topic(String),
    Channel(String),
}

/// What is to be said of a name that no conversation has.
async fn seen(store: &Store, named: &Named) -> Result<Option<String>> {
    let one = Filter::default();
    let (kind, name, filter) = match named.clone() {
        Named::Team(name) => ("team", name.clone(), Filter { team: Some(name), ..one }),
        Named::Topic(name) => ("topic", name.clone(), Filter { topic: Some(name), ..one }),
        Named::Channel(name) => ("channel", name.clone(), Filter { channel: Some(name), ..one }),
    };
    if store.has_any(&filter).await? {
        return Ok(None);
    }
    let known = match named {
        Named::Team(_) => store.teams().await?,
        Named::Topic(_) => store.topics().await?,
        Named::Channel(_) => Vec::new(),
    };
    let meant = nearest(&name, known.iter().map(String::as_str));
    Ok(Some(format!("no stored conversation has the {kind} \"{name}\"{meant}")))
}

/// Ids of teammates whom no source has named: their conversations are nobody's under `[[people]]`.
async fn teammates(store: &Store, config: &Config) -> Result<Vec<Problem>> {
    let known: Vec<String> =
        store.colleagues().await?.into_iter().flat_map(|colleague| colleague.keys).collect();
    let mut unknown = Vec::new();
    for (place, person) in config.people.iter().enumerate() {
        for id in &person.teammate {
            if !known.iter().any(|key| is_key_of(key, id)) {
                let what =
                    format!("no source has named the teammate {id} of {} so far", person.name);
                unknown.push(Problem::at(&format!("people[{place}].teammate"), what));
            }
        }
    }
    Ok(unknown)
}

/// Whom plugins name in their settings, such as the companies of a group.
async fn mentioned(store: &Store, plugins: &Plugins) -> Result<Vec<Problem>> {
    let mut unknown = Vec::new();
    for manifest in plugins.manifests() {
        let mut silent = Vec::new();
        for mentioned in &manifest.mentions {
            if let Some(near) = store.missing(mentioned.kind, &mentioned.name).await? {
                let meant = nearest(&mentioned.name, near.iter().map(String::as_str));
                silent.push(format!("\"{}\"{meant}", mentioned.name));
            }
        }
        if silent.is_empty() {
            continue;
        }
        let more = silent.len().saturating_sub(TOLD);
        silent.truncate(TOLD);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let what = format!("no stored conversation is of {}{more}", silent.join(", "));
        unknown.push(Problem::at(&format!("plugins.{}", manifest.name), what));
    }
    Ok(unknown)
}

/// ` (did you mean Billing?)`, where a known name is near.
pub(super) fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> String {
    let wanted = name.trim().to_lowercase();
    let distance = |known: &str| strsim::damerau_levenshtein(&known.to_lowercase(), &wanted);
    let near = known.map(|known| (distance(known), known));
    let near = near.filter(|(distance, _)| *distance <= wanted.chars().count() / 3).min();
    near.map_or(String::new(), |(_, known)| format!(" (did you mean {known}?)"))
}
