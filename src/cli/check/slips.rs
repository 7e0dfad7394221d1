//! What is well-formed in the settings and can hardly be meant: roles that nothing asks for or nobody
//! has, managers of nobody, two people of one name.

use std::collections::{BTreeMap, BTreeSet};

use cxbot_sdk::count::same;
use cxbot_sdk::invoker::WITH_CUSTOMERS;
use serde_json::Value;

use super::stored::nearest;
use crate::config::{AUDITOR, Config, OPERATOR, PersonConfig, Problem};

pub(super) fn slips(config: &Config) -> Vec<Problem> {
    let all = [unknown_roles(config), unheld_roles(config), managers(config), names(config)];
    all.into_iter().flatten().collect()
}

/// Roles that are given and that nothing asks for.
fn unknown_roles(config: &Config) -> Vec<Problem> {
    let own = config.access.commands.values().flatten().cloned();
    let of_plugins = config.plugins.values().flat_map(texts);
    let built_in = WITH_CUSTOMERS.into_iter().chain([AUDITOR]).map(str::to_owned);
    let offered: BTreeSet<String> = built_in.chain(own).collect();
    let known: BTreeSet<String> = offered.iter().cloned().chain(of_plugins).collect();
    let of_people = config.people.iter().enumerate().flat_map(|(place, person)| {
        person.roles.iter().map(move |role| (format!("people[{place}].roles"), role))
    });
    let groups = config.access.groups.iter().enumerate();
    let of_groups = groups.map(|(place, group)| (format!("access.groups[{place}]"), &group.role));
    let unknown = of_people.chain(of_groups).filter(|(_, role)| !known.contains(*role));
    unknown
        .map(|(setting, role)| {
            let meant = nearest(role, offered.iter().map(String::as_str));
            Problem::at(&setting, format!("nothing asks for the role \"{role}\"{meant}"))
        })
        .collect()
}

/// Roles that a command asks for and that nobody can have.
fn unheld_roles(config: &Config) -> Vec<Problem> {
    let of_people = config.people.iter().flat_map(|person| &person.roles);
    let of_groups = config.access.groups.iter().map(|group| &group.role);
    let held: BTreeSet<&str> =
        of_people.chain(of_groups).map(String::as_str).chain([OPERATOR]).collect();
    let mut slips = Vec::new();
    for (command, roles) in &config.access.commands {
        let setting = format!("access.commands.{command}");
        if roles.is_empty() {
            let what = "names no role, so it is for operators alone; name roles, or take it out to \
                        make it for everyone";
            slips.push(Problem::at(&setting, what));
        }
        for role in roles.iter().filter(|role| !held.contains(role.as_str())) {
            let meant = nearest(role, held.iter().copied());
            let what = format!(
                "nobody has the role \"{role}\"{meant}; give it under [[people]] or in access.groups"
            );
            slips.push(Problem::at(&setting, what));
        }
    }
    slips
}

/// A manager sees the people of their teams, who are named under `[[people]]` too.
fn managers(config: &Config) -> Vec<Problem> {
    let mut slips = Vec::new();
    for (place, person) in config.people.iter().enumerate() {
        if !person.roles.iter().any(|role| role == "manager") {
            continue;
        }
        let name = &person.name;
        if person.teams.is_empty() {
            let what =
                format!("{name} is a manager without teams and sees nobody's card; give teams");
            slips.push(Problem::at(&format!("people[{place}]"), what));
        }
        let others: Vec<&String> = config
            .people
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != place)
            .flat_map(|(_, other)| &other.teams)
            .collect();
        for team in person.teams.iter().filter(|team| !others.iter().any(|own| same(own, team))) {
            let meant = nearest(team, others.iter().map(|team| team.as_str()));
            let what = format!(
                "nobody else is in {name}'s team \"{team}\"{meant}; give its people the same team \
                 under [[people]]"
            );
            slips.push(Problem::at(&format!("people[{place}].teams"), what));
        }
    }
    slips
}

/// Names and aliases that two people have: whoever uses one means both.
fn names(config: &Config) -> Vec<Problem> {
    let mut owners: BTreeMap<String, (usize, &PersonConfig)> = BTreeMap::new();
    let mut slips = Vec::new();
    for (place, person) in config.people.iter().enumerate() {
        for name in std::iter::once(&person.name).chain(&person.aliases) {
            let (owner, other) =
                *owners.entry(name.trim().to_lowercase()).or_insert((place, person));
            if owner != place {
                let what = format!(
                    "\"{name}\" means {} (people[{owner}]) too; give one of them another name",
                    other.name
                );
                slips.push(Problem::at(&format!("people[{place}]"), what));
            }
        }
    }
    slips
}

/// Every text within a value: a plugin may name roles of its own.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let config: Config = toml::from_str(text).expect("settings");
        slips(&config).iter().map(|slip| format!("{slip}\n")).collect()
    }

    #[test]
    fn what_can_hardly_be_meant_is_told_with_what_may_be() {
        let said = said(
            r#"
            people = [
                { name = "Ana", roles = ["leeder", "coach", "scribe"], teams = ["Billing"] },
                { name = "Mia", roles = ["manager"], aliases = ["ana "] },
                { name = "Max", roles = ["manager"], teams = ["Biling"] },
                { name = "Moe", roles = ["manager"], teams = ["billing"] },
                { name = "Otto", roles = ["operator", "qa", "auditor", "teammate"] },
            ]
            [access]
            groups = [{ role = "Leader", slack = "S1" }]
            commands = { coverage = ["coach"], digest = [], mood = ["teem"], lookup = ["operator"] }
            [plugins.mood]
            roles = ["scribe"]
            "#,
        );
        insta::assert_snapshot!(said, @r#"
        people[0].roles: nothing asks for the role "leeder" (did you mean leader?)
        access.groups[0]: nothing asks for the role "Leader" (did you mean leader?)
        access.commands.digest: names no role, so it is for operators alone; name roles, or take it out to make it for everyone
        access.commands.mood: nobody has the role "teem"; give it under [[people]] or in access.groups
        people[1]: Mia is a manager without teams and sees nobody's card; give teams
        people[2].teams: nobody else is in Max's team "Biling" (did you mean Billing?); give its people the same team under [[people]]
        people[1]: "ana " means Ana (people[0]) too; give one of them another name
        "#);
    }
}
