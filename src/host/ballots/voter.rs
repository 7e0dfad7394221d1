//! Who gives a paper: known by their places on platforms, whatever `[[people]]` calls them meanwhile.

use std::collections::BTreeSet;

use anyhow::Result;
use cxbot_sdk::{Destination, Invoker};
use serde::{Deserialize, Serialize};

use super::keys::Secret;
use super::roll::{Member, Roll, places_of};
use super::sealed;
use crate::config::PersonConfig;
use crate::host::people;

/// Someone who asks in secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Voter {
    /// As whom they ask for something at the moment.
    person: String,
    /// Everywhere they are known to be at the moment.
    at: Vec<Destination>,
}

impl Voter {
    pub(super) fn of(invoker: &Invoker, people: &[PersonConfig]) -> Voter {
        let is = |person: &&PersonConfig| people::invoker(person).id == invoker.id;
        let at = match people.iter().find(is) {
            Some(person) => places_of(person),
            // Whom the configuration does not name asks by the id of a platform.
            None => ["slack:", "discord:@"]
                .iter()
                .filter_map(|lead| format!("{lead}{}", invoker.id).parse().ok())
                .filter(Destination::is_person)
                .collect(),
        };
        Voter { person: invoker.id.clone(), at }
    }

    /// As a plugin is shown them: sealed anew each time, so that it knows nobody again.
    pub(super) fn sealed(&self, secret: &Secret, plugin: &str) -> Result<String> {
        sealed::seal(secret, plugin, &serde_json::to_string(self)?)
    }

    pub(super) fn read(secret: &Secret, plugin: &str, shown: &str) -> Result<Voter> {
        Ok(serde_json::from_str(&sealed::open(secret, plugin, shown)?)?)
    }

    /// The hashes under which a paper of theirs may be; none where they are not asked. Whom the roll knows
    /// at one of their places is known at all of those that the roll has of them; these come first, since
    /// they stay the same.
    pub(super) fn hashes(&self, roll: &Roll, secret: &Secret) -> Result<Option<Vec<String>>> {
        let mut all = Vec::new();
        if let Some(roll) = roll {
            let is_same = |member: &&Member| {
                member.at.iter().any(|at| self.at.contains(at)) || member.person == self.person
            };
            let same: Vec<&Member> = roll.iter().filter(is_same).collect();
            if same.is_empty() {
                return Ok(None);
            }
            all.extend(same.iter().flat_map(|member| names(&member.person, &member.at)));
        }
        let new = names(&self.person, &self.at).into_iter().filter(|name| !all.contains(name));
        all.extend(new.collect::<Vec<_>>());
        hashed(all, secret).map(Some)
    }
}

/// The hashes under which a paper of someone of the roll may be.
pub(super) fn hashes_of(member: &Member, secret: &Secret) -> Result<Vec<String>> {
    hashed(names(&member.person, &member.at), secret)
}

/// What is hashed: their places, or what else they are known by where they have none.
fn names(person: &str, at: &[Destination]) -> BTreeSet<String> {
    match at.is_empty() {
        true => BTreeSet::from([format!("person:{person}")]),
        false => at.iter().map(ToString::to_string).collect(),
    }
}

fn hashed(names: impl IntoIterator<Item = String>, secret: &Secret) -> Result<Vec<String>> {
    names.into_iter().map(|name| sealed::voter(secret, &name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> Secret {
        Secret::new(Box::new([7; 32]))
    }

    fn at(places: &[&str]) -> Vec<Destination> {
        places.iter().map(|at| at.parse().expect("a destination")).collect()
    }

    fn maya() -> PersonConfig {
        PersonConfig {
            name: "Maya Ortiz".to_owned(),
            email: Some("maya@example.com".to_owned()),
            slack: Some("U1".to_owned()),
            discord: Some("11".to_owned()),
            ..PersonConfig::default()
        }
    }

    /// Whether a paper that one gave is found when the other comes.
    fn meet(one: &Voter, other: &Voter, roll: &Roll) -> bool {
        let of = |voter: &Voter| voter.hashes(roll, &secret()).expect("hashed").expect("asked");
        let (one, other) = (of(one), of(other));
        other.contains(&one[0]) && one.iter().any(|hash| *hash == other[0])
    }

    #[test]
    fn someone_is_the_same_before_and_after_the_settings_name_them() {
        let by_slack = Voter::of(&people::stranger("U1"), &[]);
        let by_discord = Voter::of(&people::stranger("11"), &[]);
        let named = Voter::of(&people::invoker(&maya()), &[maya()]);
        let member = |person: &str, places: &[&str]| Member {
            person: person.to_owned(),
            at: at(places),
            zone: None,
            names: Vec::new(),
        };
        let as_named: Roll = Some(vec![member("maya@example.com", &["slack:U1", "discord:@11"])]);
        let as_strangers: Roll =
            Some(vec![member("U1", &["slack:U1"]), member("11", &["discord:@11"])]);
        for roll in [&as_named, &as_strangers, &None] {
            let of = |voter: &Voter| voter.hashes(roll, &secret()).expect("hashed").expect("asked");
            for before in [&by_slack, &by_discord] {
                assert!(of(&named).contains(&of(before)[0]), "{roll:?} {before:?}");
            }
        }
        // Whatever the settings say meanwhile, it is given under what the roll knows.
        let of =
            |voter: &Voter| voter.hashes(&as_strangers, &secret()).expect("hashed").expect("asked");
        assert!([&by_slack, &by_discord].iter().any(|before| of(before)[0] == of(&named)[0]));
        // Asked as one person, they are one whatever becomes of the settings.
        assert!(meet(&by_slack, &by_discord, &as_named) && meet(&named, &by_slack, &as_named));
        let renamed = PersonConfig { email: Some("m@example.com".to_owned()), ..maya() };
        let renamed = Voter::of(&people::invoker(&renamed), &[renamed]);
        assert!(meet(&named, &renamed, &as_named) && meet(&named, &renamed, &None));
        let other = Voter::of(&people::stranger("U2"), &[]);
        assert_eq!(other.hashes(&as_named, &secret()).expect("hashed"), None);
    }

    #[test]
    fn a_plugin_is_shown_nobody_twice_alike() {
        let voter = Voter::of(&people::stranger("U1"), &[]);
        let shown = || voter.sealed(&secret(), "mood").expect("sealed");
        assert_ne!(shown(), shown());
        assert!(!shown().contains("U1"));
        assert_eq!(Voter::read(&secret(), "mood", &shown()).expect("read"), voter);
        assert!(Voter::read(&secret(), "other", &shown()).is_err());
    }
}
