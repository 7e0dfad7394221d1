//! `[[people]]`: who is who, and that nobody is two people or two people one.

use cxbot_sdk::count::same;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::ids::{is_slack_id, is_snowflake};
use super::{Problem, require, zone};

/// `[[people]]`: one person over all platforms.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PersonConfig {
    pub name: String,
    /// Other names that people use, such as "Maya O".
    pub aliases: Vec<String>,
    pub email: Option<String>,
    /// Slack user id.
    pub slack: Option<String>,
    /// Discord user id.
    pub discord: Option<String>,
    /// Teammate ids in the source, one or several.
    #[serde(deserialize_with = "one_or_several")]
    #[schemars(with = "OneOrSeveral")]
    pub teammate: Vec<String>,
    /// Teams that they are in, or lead where "manager" is one of their roles.
    pub teams: Vec<String>,
    /// Their own zone, where it is not the workspace's, by its IANA name.
    pub timezone: Option<String>,
    pub roles: Vec<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
enum OneOrSeveral {
    One(String),
    Several(Vec<String>),
}

fn one_or_several<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<String>, D::Error> {
    Ok(match OneOrSeveral::deserialize(reader)? {
        OneOrSeveral::One(id) => vec![id],
        OneOrSeveral::Several(ids) => ids,
    })
}

impl PersonConfig {
    /// The person's id on a platform.
    pub fn id_on(&self, platform: &str) -> Option<&String> {
        match platform {
            "slack" => self.slack.as_ref(),
            "discord" => self.discord.as_ref(),
            "web" => self.email.as_ref(),
            _ => None,
        }
    }

    /// Says that this is somebody, and in the form of ids.
    fn check(&self, setting: &str) -> Result<(), Problem> {
        let of = |key: &str| format!("{setting}.{key}");
        let is_well =
            |id: &Option<String>, is_one: fn(&str) -> bool| id.as_deref().is_none_or(is_one);
        require(!self.name.trim().is_empty(), &of("name"), "must not be empty")?;
        require(
            is_well(&self.slack, |id| is_slack_id(id, "UW")),
            &of("slack"),
            "must be a person's id, U or W and capitals or digits, such as slack = \"U0123ABCD\"; \
             Slack copies it from the menu of the person's profile",
        )?;
        require(
            is_well(&self.discord, is_snowflake),
            &of("discord"),
            "must be a person's id, 15 to 20 digits, such as discord = \"112233445566778899\"; \
             Discord copies it from the person's menu in developer mode",
        )?;
        self.timezone.iter().try_for_each(|name| zone(&of("timezone"), name).map(drop))
    }

    /// What can mean one person only and means another too: the setting, and what it is called.
    fn shares(&self, other: &PersonConfig) -> Option<(&'static str, &'static str)> {
        let both = |own: &Option<String>, other: &Option<String>| {
            own.as_ref().zip(other.as_ref()).is_some_and(|(own, other)| same(own, other))
        };
        let mut ids =
            self.teammate.iter().flat_map(|own| other.teammate.iter().map(move |id| (own, id)));
        // Without an e-mail they are known by their name.
        let nameless = self.email.is_none() && other.email.is_none();
        [
            (both(&self.email, &other.email), ("email", "e-mail")),
            (both(&self.slack, &other.slack), ("slack", "Slack id")),
            (both(&self.discord, &other.discord), ("discord", "Discord id")),
            (ids.any(|(own, id)| means_the_same(own, id)), ("teammate", "teammate id")),
            (nameless && same(&self.name, &other.name), ("name", "name and no e-mail")),
        ]
        .into_iter()
        .find_map(|(shares, what)| shares.then_some(what))
    }
}

/// An id without its source is that id in every source.
fn means_the_same(one: &str, other: &str) -> bool {
    let is_bare = |bare: &str, id: &str| id.split_once('/').is_some_and(|(_, own)| own == bare);
    one == other || is_bare(one, other) || is_bare(other, one)
}

pub(super) fn check(people: &[PersonConfig]) -> Result<(), Problem> {
    for (place, person) in people.iter().enumerate() {
        person.check(&format!("people[{place}]"))?;
        for (other_place, other) in people[..place].iter().enumerate() {
            if let Some((key, what)) = person.shares(other) {
                let must = format!(
                    "{} and {} (people[{other_place}]) have the same {what}; it can mean one person \
                     only, so correct one of them",
                    person.name, other.name
                );
                return Err(Problem::at(&format!("people[{place}].{key}"), must));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of Ana, Ben with these settings, and Cy.
    fn said(ben: &str) -> String {
        let people = format!(
            r#"
            [[people]]
            name = "Ana"
            email = "ana@example.com"
            slack = "U0ANA"
            discord = "112233445566778899"
            teammate = ["814", "zendesk/9"]
            [[people]]
            name = "Cy"
            [[people]]
            name = "Ben"
            {ben}
            "#
        );
        let table: toml::Table = people.parse().expect("TOML");
        let people: Vec<PersonConfig> = table["people"].clone().try_into().expect("people");
        check(&people).err().map(|problem| problem.to_string()).unwrap_or_default()
    }

    #[test]
    fn an_id_means_one_person_and_both_are_named_where_it_means_two() {
        for (ben, key, what) in [
            ("email = 'Ana@Example.com'", "email", "e-mail"),
            ("slack = 'U0ANA'", "slack", "Slack id"),
            ("discord = '112233445566778899'", "discord", "Discord id"),
            ("teammate = '814'", "teammate", "teammate id"),
            ("teammate = ['7', 'intercom/814']", "teammate", "teammate id"),
            ("teammate = '9'", "teammate", "teammate id"),
        ] {
            let wanted = format!(
                "people[2].{key}: Ben and Ana (people[0]) have the same {what}; it can mean one \
                 person only, so correct one of them"
            );
            assert_eq!(said(ben), wanted, "{ben}");
        }
        let others = "email = 'ben@example.com'\nslack = 'W0BEN'\nteammate = ['intercom/9', '81']";
        assert_eq!(said(others), "");
        assert!(said("[[people]]\nname = 'CY '").contains("name and no e-mail"));
        assert_eq!(said("[[people]]\nname = 'Cy'\nemail = 'cy@example.com'"), "");
    }

    #[test]
    fn an_id_in_no_form_of_its_platform_is_refused() {
        for (ben, wanted) in [
            ("slack = '@ben'", "people[2].slack: must be a person's id, U or W"),
            ("slack = 'C0123ABCD'", "people[2].slack: must be a person's id, U or W"),
            ("slack = ''", "people[2].slack: must be a person's id, U or W"),
            ("discord = 'ben#1234'", "people[2].discord: must be a person's id, 15 to 20 digits"),
            ("discord = '112233'", "people[2].discord: must be a person's id, 15 to 20 digits"),
            ("timezone = 'Europe/Dublim'", "did you mean Europe/Dublin?"),
            ("[[people]]\nemail = 'a@x.example'", "people[3].name: must not be empty"),
        ] {
            assert!(said(ben).contains(wanted), "{ben}: {}", said(ben));
        }
    }
}
