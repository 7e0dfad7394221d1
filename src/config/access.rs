//! Who may ask for what: the same table for every platform.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::Problem;
use super::ids::{is_number, is_slack_id};

/// `[access]`: roles beside those of `[[people]]`, and what they are needed for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AccessConfig {
    /// Groups of a platform whose members have a role.
    pub groups: Vec<GroupConfig>,
    /// The roles of which one is needed, by command, or by plugin for all that it answers. What is not
    /// named is for everyone.
    pub commands: BTreeMap<String, Vec<String>>,
    /// Protected mode, for workplaces where nobody's work may be looked at one by one: no cards of people,
    /// customers or conversations, and of the scores only whole lanes, teams and topics of complete weeks,
    /// with 20 or more conversations of 5 or more people. It takes an auditor under `[[people]]`.
    pub protected: bool,
}

/// `[[access.groups]]`: a group whose members have a role.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GroupConfig {
    pub role: String,
    /// The id of a user group in Slack.
    pub slack: Option<String>,
    /// The id of a role in Discord.
    pub discord: Option<String>,
}

/// Whoever runs cxbot may ask for everything.
pub const OPERATOR: &str = "operator";

/// Whoever may read all of the audit log in chat.
pub const AUDITOR: &str = "auditor";

/// Only `[[people]]` gives these roles: whoever manages groups in chat has no say in who may ask for
/// everything, and in who watches.
const OF_PEOPLE_ALONE: [&str; 2] = [AUDITOR, OPERATOR];

impl AccessConfig {
    pub(super) fn check(&self) -> Result<(), Problem> {
        for (place, group) in self.groups.iter().enumerate() {
            let setting = format!("access.groups[{place}]");
            if OF_PEOPLE_ALONE.contains(&group.role.trim()) {
                let role = group.role.trim();
                let must = format!("{role}s are named under [[people]] and come from no group");
                return Err(Problem::at(&setting, must));
            }
            if group.role.trim().is_empty() {
                return Err(Problem::at(&setting, "needs a role, such as role = \"leader\""));
            }
            if group.slack.is_none() && group.discord.is_none() {
                let must = "needs the id of a user group in Slack or of a role in Discord, such as \
                            slack = \"S0123ABCD\" or discord = \"112233445566778800\"";
                return Err(Problem::at(&setting, must));
            }
            if group.slack.as_deref().is_some_and(|id| !is_slack_id(id, "S")) {
                let must = "must be a user group's id, S and capitals or digits, such as slack = \
                            \"S0123ABCD\"; Slack copies it from the menu of the group's page";
                return Err(Problem::at(&format!("{setting}.slack"), must));
            }
            if group.discord.as_deref().is_some_and(|id| !is_number(id)) {
                let must = "must be a role's id, such as discord = \"112233445566778800\"";
                return Err(Problem::at(&format!("{setting}.discord"), must));
            }
        }
        Ok(())
    }

    /// The roles that these groups of a platform give.
    pub fn roles_of<'a>(
        &'a self,
        platform: &'a str,
        groups: &'a [String],
    ) -> impl Iterator<Item = String> + 'a {
        let own = self.groups.iter().filter(move |group| {
            let id = match platform {
                "slack" => group.slack.as_ref(),
                "discord" => group.discord.as_ref(),
                _ => None,
            };
            id.is_some_and(|id| groups.contains(id))
        });
        own.map(|group| group.role.clone())
    }

    /// Every user group of Slack that gives a role, each once.
    pub fn slack_groups(&self) -> impl Iterator<Item = String> {
        let ids: BTreeSet<&String> =
            self.groups.iter().filter_map(|group| group.slack.as_ref()).collect();
        ids.into_iter().cloned()
    }

    /// The roles of which one is needed for an action of a plugin; none for what everyone may ask.
    pub fn needed(&self, plugin: &str, action: &str) -> Option<&[String]> {
        self.commands.get(action).or_else(|| self.commands.get(plugin)).map(Vec::as_slice)
    }

    /// Whether someone with these roles may ask for it.
    pub fn allows(&self, plugin: &str, action: &str, roles: &[String]) -> bool {
        let has = |role: &String| roles.contains(role);
        roles.iter().any(|role| role == OPERATOR)
            || self.needed(plugin, action).is_none_or(|needed| needed.iter().any(has))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> AccessConfig {
        let table = r#"
            groups = [
                { role = "leader", discord = "11", slack = "S0LEAD" },
                { role = "qa", discord = "12" },
            ]
            commands = { digest = ["leader"], coverage = ["qa"] }
        "#;
        toml::from_str(table).expect("well-formed")
    }

    fn roles(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_group_gives_its_role_on_its_own_platform_alone() {
        let of = |platform, groups: &[&str]| {
            table().roles_of(platform, &roles(groups)).collect::<Vec<_>>()
        };
        assert_eq!(of("discord", &["11", "99"]), ["leader"]);
        assert_eq!(of("slack", &["11"]), [""; 0]);
        assert_eq!(of("slack", &["S0LEAD"]), ["leader"]);
        assert_eq!(of("discord", &["S0LEAD"]), [""; 0]);
    }

    #[test]
    fn a_group_needs_the_id_of_one_platform_at_least_in_its_form() {
        let said = |group: &str| {
            let table: AccessConfig = toml::from_str(&format!("groups = [{group}]")).expect("TOML");
            table.check().err().map(|problem| problem.to_string()).unwrap_or_default()
        };
        for (group, wanted) in [
            ("{ role = 'a', slack = 'S0123ABCD' }", ""),
            ("{ role = 'a', slack = 'S0123ABCD', discord = '11' }", ""),
            ("{ slack = 'S0123ABCD' }", "needs a role"),
            ("{ role = 'operator', slack = 'S0123ABCD' }", "operators are named under [[people]]"),
            ("{ role = 'auditor ', slack = 'S0123ABCD' }", "auditors are named under [[people]]"),
            ("{ role = 'a' }", "needs the id of a user group in Slack or of a role in Discord"),
            ("{ role = 'a', slack = '@leads', discord = '11' }", "must be a user group's id"),
            ("{ role = 'a', slack = 'S' }", "must be a user group's id"),
            ("{ role = 'a', slack = 'S0123ABCD', discord = 'x' }", "must be a role's id"),
        ] {
            assert!(said(group).contains(wanted), "{group}: {}", said(group));
            assert_eq!(wanted.is_empty(), said(group).is_empty(), "{group}: {}", said(group));
        }
    }

    #[test]
    fn a_command_has_its_own_roles_else_those_of_its_plugin() {
        let table = table();
        for (action, role, allowed) in [
            ("digest", "leader", true),
            ("digest", "qa", false),
            ("details", "leader", true),
            ("details", "qa", false),
            ("coverage", "qa", true),
            ("coverage", "leader", false),
            ("coverage", OPERATOR, true),
        ] {
            assert_eq!(table.allows("digest", action, &roles(&[role])), allowed, "{action} {role}");
        }
        assert!(!table.allows("digest", "digest", &[]));
        assert!(table.allows("mood", "mood", &[]));
    }
}
