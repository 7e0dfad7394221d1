//! `cxbot call`: any slash command, as someone would see its answer.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use cxbot_sdk::{Error, Invoker, Reply};

use super::open;
use super::show::{self, Format};
use crate::config::{Config, Loaded, OPERATOR, Problem};
use crate::host::people;

/// Runs a slash command, such as "digest 2026-W46".
#[derive(Debug, Args)]
pub(super) struct Call {
    /// The command without the /cx before it.
    command: String,
    /// As this person, by a name or an id of [[people]]; the operator if not said.
    #[arg(long = "as", value_name = "USER")]
    user: Option<String>,
    #[arg(long, default_value = "terminal")]
    format: Format,
}

impl Call {
    pub(super) async fn run(self, loaded: &Loaded) -> Result<ExitCode> {
        let invoker = invoker(&loaded.config, self.user.as_deref())?;
        let app = open(loaded, None).await?;
        let reply = app.command(&self.command, invoker).await;
        app.store().close().await;
        match reply {
            Ok(Reply::Private(message) | Reply::Public(message)) => {
                show::print(&show::message(&message, self.format, app.workspace())?)?;
                Ok(ExitCode::SUCCESS)
            }
            Ok(Reply::Done | Reply::Suggestions(_)) => Ok(ExitCode::SUCCESS),
            Err(Error::Refused(message)) => {
                // A refusal is an answer too: scripts that want JSON get it as such.
                if self.format == Format::Terminal {
                    eprintln!("cxbot: {}", message.plain());
                } else {
                    show::print(&show::message(&message, self.format, app.workspace())?)?;
                }
                Ok(ExitCode::from(1))
            }
            Err(Error::Broken(error)) => Err(error),
        }
    }
}

fn invoker(config: &Config, user: Option<&str>) -> Result<Invoker, Problem> {
    let Some(user) = user else {
        let (name, roles) = ("the operator".to_owned(), vec![OPERATOR.to_owned()]);
        return Ok(Invoker { name, roles, ..people::stranger(OPERATOR) });
    };
    let found = config.people.iter().find(|person| {
        let ids = [&person.email, &person.slack, &person.discord].into_iter().flatten();
        let mut all = ids.chain([&person.name]).chain(&person.aliases).chain(&person.teammate);
        all.any(|known| known.eq_ignore_ascii_case(user))
    });
    match found {
        Some(person) => Ok(people::invoker(person)),
        None => {
            let known: Vec<&str> = config.people.iter().map(|person| &*person.name).collect();
            let what = match known.is_empty() {
                true => "nobody is named in [[people]]; add the person there".to_owned(),
                false => {
                    format!("\"{user}\" is not in [[people]]; there are: {}", known.join(", "))
                }
            };
            Err(Problem::at("--as", what))
        }
    }
}
