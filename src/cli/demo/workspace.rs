//! The made-up workspace: who is in it and what cxbot is set to do there.

use cxbot_digest::Digest;
use cxbot_lookup::Lookup;
use cxbot_mood::Mood;
use cxbot_sdk::Plugin;
use cxbot_sdk::count::Exclusion;
use serde_json::json;

use crate::chat::web::Person;
use crate::config::{Config, PersonConfig};
use crate::source::synthetic::ZONE;

/// The one channel of the demo.
pub(super) const CHANNEL: &str = "support";
/// The command under which everything is asked.
pub(super) const ROOT: &str = "/cx";

/// Someone of the workspace.
struct Known {
    name: &'static str,
    email: &'static str,
    about: &'static str,
    role: &'static str,
    teams: &'static [&'static str],
    teammate: &'static str,
}

/// As whom the console can be used.
const PEOPLE: [Known; 4] = [
    Known {
        name: "Grace Adeyemi",
        email: "grace@example.com",
        about: "head of support (leader)",
        role: "leader",
        teams: &[],
        teammate: "",
    },
    Known {
        name: "David Osei",
        email: "david@example.com",
        about: "operations (leader)",
        role: "leader",
        teams: &[],
        teammate: "",
    },
    Known {
        name: "Ruth Keller",
        email: "ruth@example.com",
        about: "manager of Billing",
        role: "manager",
        teams: &["Billing"],
        teammate: "",
    },
    Known {
        name: "Maya Ortiz",
        email: "maya@example.com",
        about: "teammate",
        role: "teammate",
        teams: &["Billing"],
        teammate: "814",
    },
];

/// Leaders who answer the mood poll by themselves, by the beginning of their addresses.
pub(super) const COLLEAGUES: [&str; 6] = ["Ada", "Bruno", "Carla", "Emil", "Fiona", "Goran"];

pub(super) fn address_of(colleague: &str) -> String {
    format!("{}@example.com", colleague.to_lowercase())
}

/// What comes by itself, as people call it.
pub(super) const EVENTS: [(&str, &str); 3] = [
    ("digest/all", "The digest of the week before"),
    ("mood/open", "The mood poll opens"),
    ("mood/close", "The mood poll closes"),
];

pub(super) fn people() -> Vec<Person> {
    let person = |known: &Known| Person {
        id: known.email.to_owned(),
        name: known.name.to_owned(),
        about: known.about.to_owned(),
    };
    PEOPLE.iter().map(person).collect()
}

/// Whoever is in the channel, and so is asked by the poll: everyone but the teammates.
pub(super) fn members() -> Vec<String> {
    let asked = PEOPLE.iter().filter(|known| known.role != "teammate");
    let asked = asked.map(|known| known.email.to_owned());
    asked.chain(COLLEAGUES.iter().map(|name| address_of(name))).collect()
}

pub(super) fn config() -> Config {
    let mut config = Config::default();
    config.workspace.timezone = ZONE.to_owned();
    // Often enough beside what each digest asks for; each reading makes conversations up.
    config.schedule.sync = "30 7 * * *".parse().expect("the demo's schedule is well-formed");
    config.exclusions = vec![Exclusion {
        name: "spam".to_owned(),
        reason: "advertising, not a customer".to_owned(),
        tag: Some("spam".to_owned()),
        ..Exclusion::default()
    }];
    config.people = PEOPLE.iter().map(settings).chain(COLLEAGUES.iter().map(colleague)).collect();
    let channel = format!("{}:{CHANNEL}", crate::chat::web::NAME);
    config.plugins = [
        (Digest::NAME.to_owned(), json!({"destinations": [channel]})),
        (Lookup::NAME.to_owned(), json!({})),
        (Mood::NAME.to_owned(), json!({"schedule": "1 9 * * Mon", "channels": [channel]})),
    ]
    .into();
    config
}

fn settings(known: &Known) -> PersonConfig {
    PersonConfig {
        name: known.name.to_owned(),
        email: Some(known.email.to_owned()),
        roles: vec![known.role.to_owned()],
        teams: known.teams.iter().map(|&team| team.to_owned()).collect(),
        teammate: Some(known.teammate)
            .filter(|id| !id.is_empty())
            .map(str::to_owned)
            .into_iter()
            .collect(),
        ..PersonConfig::default()
    }
}

fn colleague(name: &&str) -> PersonConfig {
    PersonConfig {
        name: (*name).to_owned(),
        email: Some(address_of(name)),
        roles: vec!["leader".to_owned()],
        ..PersonConfig::default()
    }
}
