//! Who is asked: everyone whom the settings mean, each once, whatever platforms they are on.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use async_trait::async_trait;
use cxbot_sdk::ballot::Invited;
use cxbot_sdk::{Destination, Error, Members, Message};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::config::PersonConfig;
use crate::host::people;

/// What platforms know of people. Only the running bot has them.
#[async_trait]
pub trait Directory: Send + Sync {
    /// The ids of people in a channel or a group; why they cannot be told.
    async fn members(&self, platform: &str, of: &Members) -> Result<Vec<String>, String>;

    /// The zone that someone has set for themselves.
    async fn zone(&self, at: &Destination) -> Option<TimeZone>;

    /// Sends a message once, and not again if it is lost.
    async fn tell(&self, at: &Destination, message: &Message) -> Result<(), String>;
}

/// Someone who is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Member {
    /// As whom they ask for something.
    pub(super) person: String,
    /// Where they are reached by direct message, the first place first.
    pub(super) at: Vec<Destination>,
    /// An IANA name, where the configuration says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) zone: Option<String>,
}

/// Everyone who is asked; `None` where a channel does not tell who is in it, so that whoever sees it may
/// answer.
pub(super) type Roll = Option<Vec<Member>>;

pub(super) struct Caller<'a> {
    pub(super) people: &'a [PersonConfig],
    pub(super) directory: Option<&'a Arc<dyn Directory>>,
}

impl Caller<'_> {
    pub(super) async fn call(&self, invited: &[Invited]) -> cxbot_sdk::Result<Roll> {
        let mut roll: BTreeMap<String, Member> = BTreeMap::new();
        let mut add = |member: Member| match roll.get_mut(&member.person) {
            Some(known) => {
                let new = member.at.into_iter().filter(|at| !known.at.contains(at));
                known.at.extend(new.collect::<Vec<_>>());
            }
            None => drop(roll.insert(member.person.clone(), member)),
        };
        for one in invited {
            match one {
                Invited::Person(name) => add(self.named(name)?),
                Invited::At(at) if at.is_person() => add(self.of_platform(at.clone())),
                Invited::At(at) => match self.members(&at.platform, &channel(at)).await {
                    Ok(members) => members.into_iter().for_each(&mut add),
                    Err(why) => {
                        tracing::warn!(
                            "who is in {at} is not known, so everyone there may answer: {why}"
                        );
                        return Ok(None);
                    }
                },
                Invited::Group { platform, id } => {
                    let members = self.members(platform, &Members::Group(id.clone())).await;
                    members
                        .map_err(|why| Error::refused(format!("{one}: {why}")))?
                        .into_iter()
                        .for_each(&mut add);
                }
            }
        }
        Ok(Some(roll.into_values().collect()))
    }

    async fn members(&self, platform: &str, of: &Members) -> Result<Vec<Member>, String> {
        let Some(directory) = self.directory else {
            return Err("only cxbot run can ask the platform who that is".to_owned());
        };
        let ids = directory.members(platform, of).await?;
        let place = |id: String| {
            let channel = if platform == "discord" { format!("@{id}") } else { id };
            self.of_platform(Destination { platform: platform.to_owned(), channel })
        };
        Ok(ids.into_iter().map(place).collect())
    }

    /// Whoever has this id on a platform, as the configuration knows them if it does.
    fn of_platform(&self, at: Destination) -> Member {
        let id = at.channel.trim_start_matches('@');
        let is = |person: &&PersonConfig| person.id_on(&at.platform).is_some_and(|own| own == id);
        match self.people.iter().find(is) {
            Some(person) => Member { at: vec![at], ..member(person) },
            None => Member { person: people::stranger(id).id, at: vec![at], zone: None },
        }
    }

    fn named(&self, name: &str) -> cxbot_sdk::Result<Member> {
        let same = |known: &String| cxbot_sdk::count::same(known, name);
        let is = |person: &&PersonConfig| {
            same(&person.name) || person.aliases.iter().chain(&person.email).any(same)
        };
        let person = self.people.iter().find(is).ok_or_else(|| {
            Error::refused(format!(
                "\"{name}\" is nobody under [[people]]; add them, or correct it"
            ))
        })?;
        match member(person) {
            nowhere if nowhere.at.is_empty() => Err(Error::refused(format!(
                "{name} has neither slack nor discord under [[people]], so they cannot be asked"
            ))),
            member => Ok(member),
        }
    }
}

fn channel(at: &Destination) -> Members {
    Members::Channel(at.channel.clone())
}

fn member(person: &PersonConfig) -> Member {
    let at =
        |platform: &str, id: String| Destination { platform: platform.to_owned(), channel: id };
    let slack = person.slack.clone().map(|id| at("slack", id));
    let discord = person.discord.as_ref().map(|id| at("discord", format!("@{id}")));
    Member {
        person: people::invoker(person).id,
        at: slack.into_iter().chain(discord).collect(),
        zone: person.timezone.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Two;

    #[async_trait]
    impl Directory for Two {
        async fn members(&self, platform: &str, of: &Members) -> Result<Vec<String>, String> {
            match (platform, of) {
                ("slack", Members::Group(id)) if id == "S1" => {
                    Ok(vec!["U1".to_owned(), "U2".to_owned()])
                }
                ("discord", Members::Group(id)) if id == "9" => Ok(vec!["11".to_owned()]),
                _ => Err("nobody knows".to_owned()),
            }
        }

        async fn zone(&self, _: &Destination) -> Option<TimeZone> {
            None
        }

        async fn tell(&self, _: &Destination, _: &Message) -> Result<(), String> {
            Ok(())
        }
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

    async fn called(invited: &[&str]) -> Result<String, String> {
        let people = [maya(), PersonConfig { name: "Nowhere".to_owned(), ..Default::default() }];
        let directory: Arc<dyn Directory> = Arc::new(Two);
        let caller = Caller { people: &people, directory: Some(&directory) };
        let invited: Vec<Invited> =
            invited.iter().map(|text| text.parse().expect("well-formed")).collect();
        let roll = caller.call(&invited).await.map_err(|error| error.to_string())?;
        let line = |member: &Member| {
            let at: Vec<String> = member.at.iter().map(ToString::to_string).collect();
            format!("{} {}", member.person, at.join(" "))
        };
        Ok(roll.map_or("anyone".to_owned(), |roll| {
            roll.iter().map(line).collect::<Vec<_>>().join(", ")
        }))
    }

    #[tokio::test]
    async fn a_person_on_two_platforms_is_asked_once() {
        let both = "U2 slack:U2, maya@example.com slack:U1 discord:@11";
        assert_eq!(called(&["slack:S1", "discord:@&9"]).await.as_deref(), Ok(both));
        assert_eq!(called(&["slack:S1", "Maya Ortiz"]).await.as_deref(), Ok(both));
        assert_eq!(called(&["discord:@33"]).await.as_deref(), Ok("33 discord:@33"));
    }

    #[tokio::test]
    async fn who_cannot_be_asked_is_said() {
        assert_eq!(called(&["slack:C1"]).await.as_deref(), Ok("anyone"));
        for (invited, wanted) in [
            ("slack:S2", "slack:S2: nobody knows"),
            ("Mya", "\"Mya\" is nobody under [[people]]; add them, or correct it"),
            ("Nowhere", "Nowhere has neither slack nor discord under [[people]]"),
        ] {
            let said = called(&[invited]).await.expect_err("refused");
            assert!(said.starts_with(wanted), "{said}");
        }
    }
}
