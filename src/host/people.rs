//! Who is who: what sources call people, and what `[[people]]` adds.

use cxbot_sdk::Invoker;
use cxbot_sdk::history::Colleague;

use crate::config::PersonConfig;

/// Everyone whom a source knows, with what the configuration says of them, and those whom only the
/// configuration names as teammates; two ids of one person are one. In the order of names; behind them
/// those of whom only an id is known.
pub(super) fn merged(known: Vec<Colleague>, people: &[PersonConfig]) -> Vec<Colleague> {
    let mut of_people: Vec<Colleague> = people.iter().map(described).collect();
    let mut others = Vec::new();
    for colleague in known {
        let place = people.iter().position(|person| is(person, &colleague));
        match place.and_then(|place| of_people.get_mut(place)) {
            Some(person) => {
                person.keys.extend(colleague.keys);
                person.also.push(colleague.name);
                person.also.extend(colleague.also);
            }
            None => others.push(colleague),
        }
    }
    // A teammate without any conversations yet is somebody too; whoever has no id is none.
    for (person, described) in of_people.iter_mut().zip(people) {
        if person.keys.is_empty() {
            person.keys.clone_from(&described.teammate);
        }
    }
    of_people.retain(|person| !person.keys.is_empty());
    let mut all: Vec<Colleague> = of_people.into_iter().chain(others).collect();
    all.sort_by_cached_key(|one| (!one.is_named(), one.name.clone(), one.keys.clone()));
    all
}

fn described(person: &PersonConfig) -> Colleague {
    let ids = [&person.email, &person.slack, &person.discord].into_iter().flatten();
    Colleague {
        keys: Vec::new(),
        name: person.name.clone(),
        also: person.aliases.iter().chain(ids).cloned().collect(),
        teams: person.teams.clone(),
    }
}

fn is(person: &PersonConfig, colleague: &Colleague) -> bool {
    let has = |id: &String| colleague.keys.iter().any(|key| is_key_of(key, id));
    person.teammate.iter().any(has)
        || person
            .email
            .as_ref()
            .is_some_and(|email| colleague.also.iter().any(|also| also.eq_ignore_ascii_case(email)))
}

/// Whether a key is of this id, which may name its source.
pub(crate) fn is_key_of(key: &str, id: &str) -> bool {
    key == id || key.split_once('/').is_some_and(|(_, own)| own == id)
}

/// The person as the configuration describes them, asking from nowhere in particular.
pub fn invoker(person: &PersonConfig) -> Invoker {
    Invoker {
        id: person.email.clone().unwrap_or_else(|| person.name.clone()),
        name: person.name.clone(),
        roles: person.roles.clone(),
        teammate: person.teammate.clone(),
        teams: person.teams.clone(),
        channel: None,
    }
}

/// Someone whom the configuration does not name.
pub fn stranger(id: &str) -> Invoker {
    Invoker {
        id: id.to_owned(),
        name: String::new(),
        roles: Vec::new(),
        teammate: Vec::new(),
        teams: Vec::new(),
        channel: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colleague(key: &str, name: &str, email: Option<&str>) -> Colleague {
        Colleague {
            keys: vec![key.to_owned()],
            name: name.to_owned(),
            also: email.map(str::to_owned).into_iter().collect(),
            teams: Vec::new(),
        }
    }

    #[test]
    fn ids_of_one_person_are_one_and_those_who_left_are_still_there() {
        let person = PersonConfig {
            name: "Maya Ortiz".to_owned(),
            aliases: vec!["Maya O".to_owned()],
            email: Some("maya@example.com".to_owned()),
            teammate: vec!["814".to_owned()],
            teams: vec!["Billing".to_owned()],
            ..PersonConfig::default()
        };
        let known = vec![
            colleague("intercom/814", "Maya", None),
            colleague("zendesk/9", "M. Ortiz", Some("Maya@example.com")),
            colleague("intercom/7", "Ben, who left", None),
        ];
        let new = PersonConfig {
            name: "Noor, who is new".to_owned(),
            teammate: vec!["990".to_owned()],
            ..PersonConfig::default()
        };
        let all = merged(known, &[person, PersonConfig::default(), new]);
        let names: Vec<&str> = all.iter().map(|one| &*one.name).collect();
        assert_eq!(names, ["Ben, who left", "Maya Ortiz", "Noor, who is new"]);
        assert_eq!(all[2].keys, ["990"]);
        assert_eq!(all[1].keys, ["intercom/814", "zendesk/9"]);
        assert!(all[1].is_called("maya o") && all[1].is_called("M. Ortiz"));
        assert!(all[1].is_called("814") && !all[1].is_called("7"));
    }
}
