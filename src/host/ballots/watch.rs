//! What a look at the settings finds about ballots before anybody is asked: a slip that would show only when
//! a poll opens.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use anyhow::Result;
use cxbot_sdk::ballot::Invited;
use cxbot_sdk::plugin::{Manifest, Need};

use super::{folder, keys, reached, roll};
use crate::chat::{discord, slack};
use crate::config::{Config, PersonConfig};
use crate::host::Plugins;
use crate::store::{Address, Store};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A poll would not do what its settings say.
    Problem(String),
    /// Good to know.
    Note(String),
}

/// Everything that the settings alone tell.
pub fn settings(config: &Config, plugins: &Plugins, address: &Address) -> Vec<Found> {
    let asking: Vec<&Manifest> =
        plugins.manifests().filter(|manifest| !manifest.asks.is_empty()).collect();
    if asking.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for manifest in asking {
        found.extend(manifest.asks.iter().filter_map(|invited| unasked(config, invited)));
        found.extend(manifest.posts_to.iter().filter(|at| is_nowhere(&at.platform)).map(|at| {
            let name = manifest.name;
            Found::Problem(format!(
                "{at} gets no poll: under [plugins.{name}] name a channel of Slack or Discord"
            ))
        }));
        found.extend(too_few(manifest));
        found.extend(nobody_may(config, manifest));
    }
    found.extend(secrets(config, address));
    found
}

/// The open ballots that no plugin will ever close.
pub async fn orphans(store: &Store, plugins: &Plugins) -> Result<Vec<Found>> {
    let open = store.ballots().await?;
    let closes = |plugin: &String| {
        let own = plugins.manifests().find(|manifest| manifest.name == plugin);
        own.is_some_and(|manifest| manifest.needs.contains(&Need::Ballot))
    };
    let left = open.into_iter().filter(|(plugin, _)| !closes(plugin));
    Ok(left
        .map(|(plugin, ballot)| {
            Found::Problem(format!(
                "the poll {ballot} of {plugin} is still open, and its answers are kept, though \
                 [plugins.{plugin}] is not there: put the section back until the poll is closed"
            ))
        })
        .collect())
}

fn is_nowhere(platform: &str) -> bool {
    ![slack::NAME, discord::NAME].contains(&platform)
}

/// Why one of those who are to be asked is not.
fn unasked(config: &Config, invited: &Invited) -> Option<Found> {
    let reached = reached(config);
    let platforms: BTreeSet<String> = match invited {
        Invited::Person(name) => match roll::named(&config.people, name) {
            Ok(member) => member.at.into_iter().map(|at| at.platform).collect(),
            Err(why) => return Some(Found::Problem(format!("the audience of a poll: {why}"))),
        },
        // Of these any check of destinations tells.
        Invited::At(at) if at.is_person() => return None,
        Invited::At(at) => BTreeSet::from([at.platform.clone()]),
        Invited::Group { platform, .. } => BTreeSet::from([platform.clone()]),
    };
    if platforms.iter().any(|platform| reached.contains(&platform.as_str())) {
        return None;
    }
    let tokens = platforms.iter().filter_map(|platform| match platform.as_str() {
        slack::NAME => Some("SLACK_BOT_TOKEN"),
        discord::NAME => Some("DISCORD_TOKEN"),
        _ => None,
    });
    let tokens: Vec<&str> = tokens.collect();
    let remedy = match tokens.is_empty() {
        true => "name a channel of Slack or Discord, or people".to_owned(),
        false => format!("set {}", tokens.join(" or ")),
    };
    Some(Found::Problem(format!("{invited} cannot be asked in a poll: {remedy}")))
}

/// Fewer people than have to answer can never bring a poll to its words.
fn too_few(manifest: &Manifest) -> Option<Found> {
    let single = |invited: &Invited| match invited {
        Invited::Person(_) => true,
        Invited::At(at) => at.is_person(),
        Invited::Group { .. } => false,
    };
    let people = manifest.asks.len() as u64;
    let least = manifest.asks_at_least;
    let too_few = manifest.asks.iter().all(single) && people < least;
    too_few.then(|| {
        Found::Problem(format!(
            "the words of a poll are never shown: {people} are asked and {least} have to answer; ask more, \
             or lower the floor under [plugins.{}]",
            manifest.name
        ))
    })
}

/// The commands of a poll for people with roles that nobody has.
fn nobody_may(config: &Config, manifest: &Manifest) -> Option<Found> {
    let of_people = config.people.iter().flat_map(|PersonConfig { roles, .. }| roles);
    let of_groups = config.access.groups.iter().map(|group| &group.role);
    let given: BTreeSet<&String> = of_people.chain(of_groups).collect();
    let nobody =
        !manifest.roles.is_empty() && !manifest.roles.iter().any(|role| given.contains(role));
    nobody.then(|| {
        let (name, roles) = (manifest.name, manifest.roles.join(", "));
        Found::Note(format!(
            "nobody has a role that may open and close polls or read results by command ({roles}): give it \
             under [[people]] or [access] groups, or change roles under [plugins.{name}]"
        ))
    })
}

/// Where the secrets are, and whether they can be there.
fn secrets(config: &Config, address: &Address) -> Option<Found> {
    let Some(folder) = folder(config, address) else {
        let is_server = matches!(address, Address::Postgres(_));
        return is_server
            .then(|| Found::Problem(format!("no poll can be opened: {}", keys::NOWHERE)));
    };
    if let Err(why) = is_writable(&folder) {
        return Some(Found::Problem(format!(
            "the secrets of polls cannot be kept in {}: {why}; let this user write there, or name another \
             folder under [store] keys",
            folder.display()
        )));
    }
    let beside = matches!(address, Address::File(path) if folder.parent() == path.parent());
    beside.then(|| {
        Found::Note(format!(
            "the secrets of open polls are in {}, beside the store: whoever copies both while a poll is open \
             can open its answers; leave that folder out of copies and backups, or name another under \
             [store] keys",
            folder.display()
        ))
    })
}

/// Tries it where the folder is, or where it would be made.
fn is_writable(folder: &Path) -> Result<(), &'static str> {
    let here = Path::new(".");
    let mut existing =
        folder.ancestors().map(|path| if path == Path::new("") { here } else { path });
    let existing: PathBuf = existing.find(|path| path.exists()).unwrap_or(here).to_owned();
    if !existing.is_dir() {
        return Err("a file is in the way");
    }
    let probe = existing.join(format!(".cxbot-{:016x}", rand::random::<u64>()));
    let made = OpenOptions::new().create_new(true).write(true).open(&probe);
    made.map_err(|_| "it cannot be written")?;
    std::fs::remove_file(&probe).map_err(|_| "what is in it cannot be removed")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found in a configuration whose poll has these settings.
    fn found(mood: &str, rest: &str) -> Vec<String> {
        let mut config: Config =
            toml::from_str(&format!("{rest}\n[plugins.mood]\n{mood}")).expect("settings");
        config.secrets.slack_bot = Some("xoxb-1".into());
        let plugins = Plugins::install(&config).expect("plugins");
        let address = Address::File("/nowhere/cxbot.db".into());
        let all = settings(&config, &plugins, &address).into_iter();
        all.map(|found| match found {
            Found::Problem(what) => format!("problem: {what}"),
            Found::Note(what) => format!("note: {what}"),
        })
        .collect()
    }

    const PEOPLE: &str = r#"
        [[people]]
        name = "Maya"
        slack = "U1"
        roles = ["leader"]
        [[people]]
        name = "Cara"
        discord = "11"
    "#;

    #[test]
    fn a_poll_that_asks_nobody_has_nothing_to_look_at() {
        assert_eq!(found("", ""), [""; 0]);
    }

    #[test]
    fn a_slip_in_the_settings_of_a_poll_is_found_before_it_opens() {
        for (mood, wanted) in [
            (
                "audience = [\"Mya\"]",
                "problem: the audience of a poll: \"Mya\" is nobody under [[people]]",
            ),
            ("audience = [\"Cara\"]", "problem: Cara cannot be asked in a poll: set DISCORD_TOKEN"),
            (
                "audience = [\"discord:@&9\"]",
                "problem: discord:@&9 cannot be asked in a poll: set DISCORD_TOKEN",
            ),
            (
                "audience = [\"terminal:x\"]",
                "problem: terminal:x cannot be asked in a poll: name a channel",
            ),
            (
                "channels = [\"terminal:x\"]",
                "problem: terminal:x gets no poll: under [plugins.mood] name",
            ),
            (
                "audience = [\"Maya\"]",
                "problem: the words of a poll are never shown: 1 are asked and 5 have",
            ),
            (
                "channels = [\"slack:C1\"]\nroles = [\"boss\"]",
                "note: nobody has a role that may open and close",
            ),
            (
                "channels = [\"slack:C1\"]",
                "note: the secrets of open polls are in /nowhere/keys, beside the store",
            ),
        ] {
            let all = found(mood, PEOPLE);
            assert!(all.iter().any(|found| found.starts_with(wanted)), "{mood}: {all:#?}");
        }
    }

    #[test]
    fn good_settings_of_a_poll_are_no_problem() {
        let mood =
            "mode = \"open\"\naudience = [\"Maya\", \"slack:S1\"]\nchannels = [\"slack:C1\"]";
        let keys = tempfile::tempdir().expect("a folder");
        let rest = format!("[store]\nkeys = \"{}\"\n{PEOPLE}", keys.path().display());
        assert_eq!(found(mood, &rest), [""; 0]);
        std::fs::write(keys.path().join("file"), "").expect("written");
        let rest = format!("[store]\nkeys = \"{}/file/keys\"\n{PEOPLE}", keys.path().display());
        let all = found(mood, &rest);
        assert!(all[0].starts_with("problem: the secrets of polls cannot be kept in "), "{all:#?}");
        assert_eq!(std::fs::read_dir(keys.path()).expect("a folder").count(), 1, "nothing is left");
    }
}
