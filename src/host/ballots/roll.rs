//! Who is asked: everyone whom the settings mean, each once, whatever platforms they are on.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use cxbot_sdk::ballot::{Invited, Whom};
use cxbot_sdk::{Destination, Error, Members, Message};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::chat::Failure;
use crate::config::PersonConfig;
use crate::host::people;

/// Why a platform does not say who is somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Untold {
    /// It may in a while.
    Now(String),
    /// It will not until someone acts.
    Lasting(String),
}

/// What platforms know of people. Only the running bot has them.
#[async_trait]
pub trait Directory: Send + Sync {
    /// The ids of people in a channel or a group.
    async fn members(&self, platform: &str, of: &Members) -> Result<Vec<String>, Untold>;

    /// The zone that someone has set for themselves.
    async fn zone(&self, at: &Destination) -> Option<TimeZone>;

    /// What someone is called there.
    async fn names(&self, at: &Destination) -> Vec<String>;

    /// Sends a message once, and not again if it is lost.
    async fn tell(&self, at: &Destination, message: &Message) -> Result<(), Failure>;
}

/// Someone who is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Member {
    /// As whom they asked for something when the ballot was opened.
    pub(super) person: String,
    /// Where they are on platforms. They are reached at the first place, and may answer at any.
    pub(super) at: Vec<Destination>,
    /// An IANA name, where the configuration says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) zone: Option<String>,
    /// What platforms call them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) names: Vec<String>,
}

/// Everyone who is asked; `None` where a channel does not tell who is in it, so that whoever sees it may
/// answer.
pub(super) type Roll = Option<Vec<Member>>;

pub(super) struct Caller<'a> {
    pub(super) people: &'a [PersonConfig],
    pub(super) directory: Option<&'a Arc<dyn Directory>>,
    /// The platforms that are set up.
    pub(super) reached: &'a [&'static str],
}

impl Caller<'_> {
    pub(super) async fn call(&self, whom: Whom<'_>) -> cxbot_sdk::Result<Roll> {
        let mut roll: BTreeMap<String, Member> = BTreeMap::new();
        for one in whom.invited {
            let members = match one {
                Invited::Person(name) => vec![named(self.people, name).map_err(Error::refused)?],
                Invited::At(at) if at.is_person() => vec![self.of_platform(at.clone())],
                Invited::At(at) => match self.members(&at.platform, &channel(at)).await {
                    Err(Untold::Lasting(why)) if !whom.directly => {
                        tracing::warn!(
                            "who is in {at} is not known, so everyone there may answer: {why}"
                        );
                        return Ok(None);
                    }
                    told => told.map_err(|why| refusal(one, why))?,
                },
                Invited::Group { platform, id } => {
                    let members = self.members(platform, &Members::Group(id.clone())).await;
                    members.map_err(|why| refusal(one, why))?
                }
            };
            members.into_iter().for_each(|member| add(&mut roll, member));
        }
        let mut roll: Vec<Member> = roll.into_values().collect();
        for member in &mut roll {
            self.complete(member).await;
        }
        Ok(Some(roll))
    }

    async fn members(&self, platform: &str, of: &Members) -> Result<Vec<Member>, Untold> {
        let Some(directory) = self.directory else {
            let why = "only cxbot run can ask the platform who that is; ask in chat";
            return Err(Untold::Now(why.to_owned()));
        };
        let ids = directory.members(platform, of).await?;
        let place = |id: String| {
            let channel = if platform == "discord" { format!("@{id}") } else { id };
            self.of_platform(Destination { platform: platform.to_owned(), channel })
        };
        Ok(ids.into_iter().map(place).collect())
    }

    /// Whoever has this id on a platform, as the configuration knows them if it does. They are reached
    /// where they were found.
    fn of_platform(&self, at: Destination) -> Member {
        let id = at.channel.trim_start_matches('@');
        let is = |person: &&PersonConfig| person.id_on(&at.platform).is_some_and(|own| own == id);
        match self.people.iter().find(is) {
            Some(person) => {
                let mut member = member(person);
                member.at.retain(|other| *other != at);
                member.at.insert(0, at);
                member
            }
            None => {
                let person = people::stranger(id).id;
                Member { person, at: vec![at], zone: None, names: Vec::new() }
            }
        }
    }

    /// Adds what platforms call someone, and has them reached on one that is set up.
    async fn complete(&self, member: &mut Member) {
        member.at.sort_by_key(|at| !self.reached.contains(&at.platform.as_str()));
        let Some(directory) = self.directory else { return };
        for at in &member.at {
            member.names.extend(directory.names(at).await);
        }
    }
}

fn add(roll: &mut BTreeMap<String, Member>, member: Member) {
    match roll.get_mut(&member.person) {
        Some(known) => {
            let new = member.at.into_iter().filter(|at| !known.at.contains(at));
            known.at.extend(new.collect::<Vec<_>>());
        }
        None => drop(roll.insert(member.person.clone(), member)),
    }
}

fn refusal(one: &Invited, why: Untold) -> Error {
    Error::refused(match why {
        Untold::Now(why) => format!("Who is in {one} cannot be told now: {why}. Try again later."),
        Untold::Lasting(why) => format!(
            "Who is in {one} cannot be told: {why}. Correct that, or name people in the audience."
        ),
    })
}

/// Someone whom the settings name, as they are asked; why they cannot be.
pub(super) fn named(people: &[PersonConfig], name: &str) -> Result<Member, String> {
    let same = |known: &String| cxbot_sdk::count::same(known, name);
    let is = |person: &&PersonConfig| {
        same(&person.name) || person.aliases.iter().chain(&person.email).any(same)
    };
    let person = people
        .iter()
        .find(is)
        .ok_or_else(|| format!("\"{name}\" is nobody under [[people]]; add them, or correct it"))?;
    match member(person) {
        nowhere if nowhere.at.is_empty() => Err(format!(
            "{name} has neither slack nor discord under [[people]], so they cannot be asked"
        )),
        member => Ok(member),
    }
}

fn channel(at: &Destination) -> Members {
    Members::Channel(at.channel.clone())
}

/// Where the configuration says that someone is.
pub(super) fn places_of(person: &PersonConfig) -> Vec<Destination> {
    let at =
        |platform: &str, id: String| Destination { platform: platform.to_owned(), channel: id };
    let slack = person.slack.clone().map(|id| at("slack", id));
    let discord = person.discord.as_ref().map(|id| at("discord", format!("@{id}")));
    slack.into_iter().chain(discord).collect()
}

fn member(person: &PersonConfig) -> Member {
    Member {
        person: people::invoker(person).id,
        at: places_of(person),
        zone: person.timezone.clone(),
        names: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Two;

    #[async_trait]
    impl Directory for Two {
        async fn members(&self, platform: &str, of: &Members) -> Result<Vec<String>, Untold> {
            match (platform, of) {
                ("slack", Members::Group(id)) if id == "S1" => {
                    Ok(vec!["U1".to_owned(), "U2".to_owned()])
                }
                ("discord", Members::Group(id)) if id == "9" => Ok(vec!["11".to_owned()]),
                ("slack", Members::Channel(id)) if id == "C2" => {
                    Err(Untold::Now("Slack limits the rate".to_owned()))
                }
                _ => Err(Untold::Lasting("nobody knows".to_owned())),
            }
        }

        async fn zone(&self, _: &Destination) -> Option<TimeZone> {
            None
        }

        async fn names(&self, at: &Destination) -> Vec<String> {
            vec![format!("called {}", at.channel)]
        }

        async fn tell(&self, _: &Destination, _: &Message) -> Result<(), Failure> {
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

    async fn called_on(
        reached: &[&'static str],
        directory: Option<&Arc<dyn Directory>>,
        invited: &[&str],
        directly: bool,
    ) -> Result<String, String> {
        let people = [maya(), PersonConfig { name: "Nowhere".to_owned(), ..Default::default() }];
        let caller = Caller { people: &people, directory, reached };
        let invited: Vec<Invited> =
            invited.iter().map(|text| text.parse().expect("well-formed")).collect();
        let whom = Whom { invited: &invited, directly };
        let roll = caller.call(whom).await.map_err(|error| error.to_string())?;
        let line = |member: &Member| {
            let at: Vec<String> = member.at.iter().map(ToString::to_string).collect();
            format!("{} {}", member.person, at.join(" "))
        };
        Ok(roll.map_or("anyone".to_owned(), |roll| {
            roll.iter().map(line).collect::<Vec<_>>().join(", ")
        }))
    }

    async fn called(invited: &[&str]) -> Result<String, String> {
        let directory: Arc<dyn Directory> = Arc::new(Two);
        called_on(&["slack", "discord"], Some(&directory), invited, false).await
    }

    #[tokio::test]
    async fn a_person_on_two_platforms_is_asked_once() {
        let both = "U2 slack:U2, maya@example.com slack:U1 discord:@11";
        assert_eq!(called(&["slack:S1", "discord:@&9"]).await.as_deref(), Ok(both));
        assert_eq!(called(&["slack:S1", "Maya Ortiz"]).await.as_deref(), Ok(both));
        assert_eq!(called(&["discord:@33"]).await.as_deref(), Ok("33 discord:@33"));
    }

    #[tokio::test]
    async fn someone_is_reached_where_they_were_found_and_on_a_platform_that_is_set_up() {
        let there = Ok("maya@example.com discord:@11 slack:U1");
        assert_eq!(called(&["discord:@&9"]).await.as_deref(), there);
        let discord_alone = called_on(&["discord"], None, &["Maya Ortiz"], true).await;
        assert_eq!(discord_alone.as_deref(), there);
        let slack_alone = called_on(&["slack"], None, &["Maya Ortiz"], true).await;
        assert_eq!(slack_alone.as_deref(), Ok("maya@example.com slack:U1 discord:@11"));
    }

    #[tokio::test]
    async fn who_cannot_be_asked_is_said() {
        assert_eq!(called(&["slack:C1"]).await.as_deref(), Ok("anyone"));
        for (invited, wanted) in [
            ("slack:S2", "Who is in slack:S2 cannot be told: nobody knows."),
            ("slack:C2", "Who is in slack:C2 cannot be told now: Slack limits the rate."),
            ("Mya", "\"Mya\" is nobody under [[people]]; add them, or correct it"),
            ("Nowhere", "Nowhere has neither slack nor discord under [[people]]"),
        ] {
            let said = called(&[invited]).await.expect_err("refused");
            assert!(said.starts_with(wanted), "{said}");
        }
    }

    #[tokio::test]
    async fn whoever_is_written_to_has_to_be_known_and_only_the_running_bot_knows_channels() {
        let directory: Arc<dyn Directory> = Arc::new(Two);
        let said = called_on(&[], Some(&directory), &["slack:C1"], true).await;
        assert!(said.expect_err("refused").starts_with("Who is in slack:C1 cannot be told: "));
        let said = called_on(&[], None, &["slack:C1"], false).await.expect_err("refused");
        assert!(said.contains("only cxbot run can ask the platform who that is"), "{said}");
    }
}
