//! Who may see whom, failing closed: without a role and without a teammate id of one's own, nobody.

use std::collections::BTreeSet;

use cxbot_sdk::history::Colleague;
use cxbot_sdk::text::shorten;
use cxbot_sdk::{Clearance, Error, Invoker, Result, Text, Workspace};

use crate::card::NAME;

/// Roles that see everyone.
const SEE_EVERYONE: [&str; 3] = ["operator", "leader", "qa"];
/// The role that sees its own teams.
const MANAGER: &str = "manager";

/// Whom cards of teammates are for.
pub(crate) const LOOK_UP_TEAMMATES: &str = "leaders, qa, managers about their teams, and teammates about themselves; whoever runs cxbot says so under \
     [[people]]";
/// Whom "me" is for.
pub(crate) const ARE_TEAMMATES: &str = "those whom cxbot knows as teammates; whoever runs it adds your teammate id to you under [[people]]";
/// Whom everything about customers is for.
pub(crate) const WORK_WITH_CUSTOMERS: &str = "those who work with customers; whoever runs cxbot gives you a role or a teammate id under [[people]]";

fn has(invoker: &Invoker, roles: &[&str]) -> bool {
    invoker.roles.iter().any(|role| roles.contains(&role.as_str()))
}

/// The colleagues whose cards the invoker may see.
pub(crate) fn visible<'c>(invoker: &Invoker, all: &'c [Colleague]) -> Vec<&'c Colleague> {
    all.iter().filter(|colleague| may_see(invoker, colleague)).collect()
}

/// The teammates whom a card about others may name to the invoker: from who worked on what, and how it was
/// rated, a card of each of them could be put together.
pub(crate) struct Named(Option<BTreeSet<String>>);

impl Named {
    pub(crate) fn to(invoker: &Invoker, all: &[Colleague]) -> Named {
        let keys = || visible(invoker, all).into_iter().flat_map(|one| one.keys.clone());
        Named((!has(invoker, &SEE_EVERYONE)).then(|| keys().collect()))
    }

    /// Whether they may be named; by `source/id`.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.as_ref().is_none_or(|keys| keys.contains(key))
    }

    /// Of whom a card shows, as the audit log has them, those whom it names.
    pub(crate) fn of(&self, subjects: &[String]) -> Vec<String> {
        let is_named =
            |one: &&String| one.strip_prefix("teammate ").is_none_or(|key| self.has(key));
        subjects.iter().filter(is_named).cloned().collect()
    }
}

fn may_see(invoker: &Invoker, colleague: &Colleague) -> bool {
    let same_team = || {
        colleague
            .teams
            .iter()
            .any(|team| invoker.teams.iter().any(|own| cxbot_sdk::count::same(own, team)))
    };
    has(invoker, &SEE_EVERYONE)
        || has(invoker, &[MANAGER]) && same_team()
        || is_self(invoker, colleague)
}

/// Whether the invoker may read who looked anyone up.
pub(crate) fn is_auditor(invoker: &Invoker) -> bool {
    has(invoker, &["auditor", "operator"])
}

/// Whether the card is the invoker's own.
pub(crate) fn is_self(invoker: &Invoker, colleague: &Colleague) -> bool {
    let is = |key: &String, id: &String| {
        key == id || key.split_once('/').is_some_and(|(_, own)| own == id)
    };
    colleague.keys.iter().any(|key| invoker.teammate.iter().any(|id| is(key, id)))
}

/// Cards of people and customers are never seen by a whole channel.
pub(crate) fn stays_private(invoker: &Invoker) -> Result<()> {
    match invoker.channel {
        None => Ok(()),
        Some(_) => Err(Error::refused(
            "This is about people, so it stays with you and is not shared with a channel.",
        )),
    }
}

/// What may be seen where the answer is: everything by an asker alone who works with customers, figures in
/// a channel of which the workspace says nothing.
pub(crate) fn carried(invoker: &Invoker, workspace: &Workspace) -> Clearance {
    match &invoker.channel {
        _ if !invoker.works_with_customers() => Clearance::Figures,
        None => Clearance::Names,
        Some(channel) => workspace.clearance_of(channel).unwrap_or_default(),
    }
}

/// Whether explanations may be quoted where the answer is; else why not.
pub(crate) fn quotes(invoker: &Invoker, workspace: &Workspace) -> Result<(), &'static str> {
    match carried(invoker, workspace) >= Clearance::Quotes {
        true => Ok(()),
        false if invoker.works_with_customers() => {
            Err("Explanations are not shown in this channel; ask privately to see them.")
        }
        false => Err("Explanations are shown to those who work with customers."),
    }
}

/// Whether there is anyone whose card the invoker may see.
pub(crate) fn looks_up_teammates(invoker: &Invoker) -> bool {
    has(invoker, &SEE_EVERYONE)
        || has(invoker, &[MANAGER]) && !invoker.teams.is_empty()
        || is_teammate(invoker)
}

/// Whether the invoker has conversations of their own.
pub(crate) fn is_teammate(invoker: &Invoker) -> bool {
    !invoker.teammate.is_empty()
}

/// The host offers it to nobody else; this holds wherever the call comes from.
pub(crate) fn may_see_customers(invoker: &Invoker) -> Result<()> {
    match invoker.works_with_customers() {
        true => Ok(()),
        false => Err(Error::refused(format!("This is for {WORK_WITH_CUSTOMERS}."))),
    }
}

/// Nobody of that name, as far as the invoker may know.
pub(crate) fn nobody(invoker: &Invoker, name: &str, near: &[&Colleague]) -> Error {
    let of_teams = has(invoker, &[MANAGER]) && !invoker.teams.is_empty();
    let name = shorten(name, NAME);
    let looks_up = has(invoker, &SEE_EVERYONE) || of_teams;
    let text = match looks_up {
        true => Text::from("Nobody whom you may look up is called \"").verbatim(name).plain("\"."),
        false if is_teammate(invoker) => {
            Text::from("You may look up yourself: ").code("me").plain(".")
        }
        false => Text::from(format!("This is for {LOOK_UP_TEAMMATES}.")),
    };
    let text = match near {
        [] if looks_up => text.plain(" Give a name or a part of it, an e-mail or an id."),
        [] => text,
        near => text.plain(" The nearest: ").names(near.iter().map(|one| &*one.name), NAME),
    };
    Error::refused(match of_teams && !has(invoker, &SEE_EVERYONE) {
        true => {
            text.plain(" You may look up your teams: ").outside(invoker.teams.join(", ")).plain(".")
        }
        false => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colleague(key: &str, team: &str) -> Colleague {
        Colleague {
            keys: vec![format!("intercom/{key}")],
            name: key.to_owned(),
            also: Vec::new(),
            teams: vec![team.to_owned()],
        }
    }

    fn invoker(role: &str, teammate: &str, team: &str) -> Invoker {
        let some = |word: &str| -> Vec<String> {
            if word.is_empty() { Vec::new() } else { vec![word.to_owned()] }
        };
        Invoker {
            id: "x".to_owned(),
            name: "X".to_owned(),
            roles: some(role),
            teammate: some(teammate),
            teams: some(team),
            channel: None,
        }
    }

    #[test]
    fn every_cell_of_the_matrix_of_roles_and_people() {
        let all = [colleague("1", "Billing"), colleague("2", "Billing"), colleague("3", "Sales")];
        // Role, own id, own team: whom they see, whether customers.
        for (role, own, team, seen, customers) in [
            ("operator", "", "", "123", true),
            ("leader", "", "", "123", true),
            ("qa", "", "", "123", true),
            ("manager", "1", "billing", "12", true),
            ("manager", "", "Sales", "3", true),
            ("manager", "", "", "", true),
            ("teammate", "2", "Billing", "2", true),
            ("teammate", "", "Billing", "", true),
            ("", "2", "Billing", "2", true),
            ("", "", "Billing", "", false),
            ("guest", "", "", "", false),
        ] {
            let invoker = invoker(role, own, team);
            let names: String = visible(&invoker, &all).iter().map(|one| &*one.name).collect();
            assert_eq!(names, seen, "{role} {own} {team}");
            assert_eq!(may_see_customers(&invoker).is_ok(), customers, "{role} {own} {team}");
        }
    }
}
