//! `cxbot forget`: a customer or a teammate erased from everything but counts.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use cxbot_sdk::count::same;
use cxbot_sdk::words::counted;

use super::{open, show};
use crate::config::{Loaded, PersonConfig};
use crate::store::{Cleaned, Erased, Forgot, Whom};

/// Erases a customer or a teammate from the store; counts stay as they are, and what a source sends
/// again comes in without them. There is no way back.
#[derive(Debug, Args)]
pub(super) struct Forget {
    #[arg(value_enum)]
    whom: Side,
    /// As source/id, an id that one source has, or an e-mail; the name of a customer who has neither.
    id: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Side {
    /// Someone who asked for help, with everyone who has the same e-mail or was merged with them.
    Customer,
    /// Someone of the team.
    Teammate,
}

impl Side {
    fn word(self) -> &'static str {
        match self {
            Side::Customer => "customer",
            Side::Teammate => "teammate",
        }
    }
}

impl Forget {
    pub(super) async fn run(&self, loaded: &Loaded) -> Result<ExitCode> {
        let named: Vec<&PersonConfig> = match self.whom {
            Side::Customer => Vec::new(),
            Side::Teammate => loaded.config.people.iter().filter(|one| self.is(one)).collect(),
        };
        let also: Vec<String> = named.iter().flat_map(|person| called(person)).collect();
        let app = open(loaded, None).await?;
        let whom = match self.whom {
            Side::Customer => Whom::Customer,
            Side::Teammate => Whom::Teammate,
        };
        let forgot = app.store().forget(whom, &self.id, &also).await;
        app.store().close().await;
        let (erased, cleaned) = match forgot? {
            Forgot::Nobody => bail!(
                "the store has no {} of this id or e-mail{}; write it as source/id, such as \
                 intercom/814, or as an e-mail",
                self.whom.word(),
                match self.whom {
                    Side::Customer => ", and none who is known by this name alone",
                    Side::Teammate => "",
                }
            ),
            Forgot::Several(sources) => bail!(
                "several sources have a {} of this id: {}; write it as source/id",
                self.whom.word(),
                sources.join(", ")
            ),
            Forgot::Done { erased, cleaned } => (erased, cleaned),
        };
        let rules = match self.whom {
            Side::Customer => Vec::new(),
            Side::Teammate => self.rules(loaded, &also),
        };
        let told = Told { erased, cleaned, is_configured: !named.is_empty(), rules };
        show::print(&self.tell(&told))?;
        match cleaned {
            Cleaned::Busy => bail!(
                "erased, but the store's files may still hold what was erased, because another \
                 process reads them; stop it, or wait for it, and run the same command again"
            ),
            Cleaned::Files | Cleaned::Server { .. } => Ok(ExitCode::SUCCESS),
        }
    }

    /// Whether the configuration names them.
    fn is(&self, person: &PersonConfig) -> bool {
        let id = self.id.trim();
        let is_own = |own: &String| own == id || own == bare(id) || bare(own) == id;
        person.teammate.iter().any(is_own)
            || person.email.as_ref().is_some_and(|email| email.eq_ignore_ascii_case(id))
    }

    /// The exclusion rules that name them.
    fn rules(&self, loaded: &Loaded, also: &[String]) -> Vec<String> {
        let is_them = |who: &String| {
            also.iter().any(|own| same(own, who))
                || same(who, bare(&self.id))
                || same(who, &self.id)
        };
        let rules = loaded.config.exclusions.iter();
        let rules = rules.filter(|rule| rule.teammate.as_ref().is_some_and(is_them));
        rules.map(|rule| rule.name.clone()).collect()
    }

    fn tell(&self, told: &Told) -> String {
        let (erased, cleaned) = (told.erased, told.cleaned);
        let mut lines = match erased.before {
            true => {
                vec!["They were forgotten before, and nothing of theirs came in since.".to_owned()]
            }
            false => vec![format!(
                "Forgot a {}. The numbers of digests are as they were.",
                self.whom.word()
            )],
        };
        let described = match self.whom {
            Side::Customer => "contact",
            Side::Teammate => "description",
        };
        if erased.conversations > 0 {
            let kept = counted(erased.conversations, "conversation");
            lines.push(format!("  {kept} kept for the counts, without them"));
        }
        if erased.mentions > 0 {
            let cleaned = counted(erased.mentions, "conversation");
            lines.push(format!("  {cleaned} of others cleaned of their e-mail"));
        }
        for (number, what) in [
            (erased.descriptions, described),
            (erased.looks, "look"),
            (erased.requests, "request"),
            (erased.oddities, "odd field"),
            (erased.values, "plugin value"),
            (erased.messages, "message"),
        ] {
            if number > 0 {
                lines.push(format!("  {} erased or cleaned", counted(number, what)));
            }
        }
        lines.push(
            match cleaned {
                Cleaned::Files => "The store's files hold nothing more of what was erased.",
                Cleaned::Busy => "The store's files may still hold some of it.",
                Cleaned::Server { vacuumed: true } => "The tables were vacuumed.",
                Cleaned::Server { vacuumed: false } => {
                    "The tables could not be vacuumed; the server does it in its own time."
                }
            }
            .to_owned(),
        );
        lines.push("Left for you:".to_owned());
        lines.extend(self.left(told).map(|left| format!("  - {left}")));
        lines.join("\n")
    }

    /// What cxbot cannot do.
    fn left(&self, told: &Told) -> impl Iterator<Item = String> {
        let word = self.whom.word();
        let source = format!("the source: erase the {word} there; what it sends again is stripped");
        let people = "[[people]] in the configuration: take their entry out".to_owned();
        let rules = format!(
            "[[exclusions]] {} in the configuration: change what it asks for, and keep the rule and \
             its name, by which their conversations stay left out",
            told.rules.join(", ")
        );
        let posts = format!(
            "{} that showed them: cxbot run edits posts, so let it run",
            counted(told.erased.posts, "post")
        );
        let server = "the database server: its own files, its logs and its backups".to_owned();
        let is_server = matches!(told.cleaned, Cleaned::Server { .. });
        [
            Some(source),
            told.is_configured.then_some(people),
            (!told.rules.is_empty()).then_some(rules),
            (told.erased.posts > 0).then_some(posts),
            Some(
                "copies: backups, exports, imported files, and answers that people got in private"
                    .to_owned(),
            ),
            is_server.then_some(server),
            Some(
                "other people's conversations, where a text may mention them otherwise than by e-mail"
                    .to_owned(),
            ),
        ]
        .into_iter()
        .flatten()
    }
}

/// What there is to tell.
struct Told {
    erased: Erased,
    cleaned: Cleaned,
    is_configured: bool,
    /// The names of the exclusion rules that name them.
    rules: Vec<String>,
}

/// An id without its source.
fn bare(id: &str) -> &str {
    id.split_once('/').map_or(id, |(_, bare)| bare)
}

/// What else the configuration calls them.
fn called(person: &PersonConfig) -> Vec<String> {
    let ids = [&person.email, &person.slack, &person.discord].into_iter().flatten();
    std::iter::once(&person.name).chain(&person.aliases).chain(ids).cloned().collect()
}
