//! Everyone's home page: what the plugins show there, what comes next, and how cxbot knows you.

use cxbot_sdk::message::{Block, Fact};
use cxbot_sdk::{Invoker, Message, Text};

use super::Bot;

/// What a newcomer reads before there are numbers.
const GETTING_STARTED: [(&str, &str); 3] = [
    ("1", "Connect your source of scored conversations: set INTERCOM_TOKEN, or import a file."),
    ("2", "Invite cxbot to a channel, and name that channel in plugins.digest.destinations."),
    ("3", "Wait for the first sync. Then your lanes stand here, and the digest comes by itself."),
];

impl Bot {
    /// The page as this person may see it.
    pub(super) async fn home(&self, invoker: &Invoker) -> cxbot_sdk::Result<Message> {
        let mut page = Message::new("cxbot: your lanes, what comes next, and your settings");
        match self.app.store().has_conversations().await? {
            true => {
                for part in self.app.homes(invoker).await? {
                    page.blocks.extend(part.blocks);
                    page.blocks.push(Block::Divider);
                }
            }
            false => page = getting_started(page).block(Block::Divider),
        }
        let page = page.heading("What comes next").block(Block::Facts(self.what_is_next()));
        let page = page.heading("My settings").block(Block::Facts(settings(invoker)));
        Ok(page.note(
            "Whoever runs cxbot changes these in its configuration, under [[people]]. Type the \
             command and help in any channel to see what you can ask.",
        ))
    }

    fn what_is_next(&self) -> Vec<Fact> {
        let (now, zone) = (self.clock.now(), &self.app.workspace().zone);
        let jobs = self.app.plugins().jobs().filter_map(|(manifest, job)| {
            let next = job.schedule.next_after(now, zone)?;
            let label = format!("{} {}", manifest.name, job.name);
            Some(Fact { label: label.into(), value: Text::new().time(next.at) })
        });
        jobs.collect()
    }
}

fn getting_started(page: Message) -> Message {
    let step = |(label, value): (&str, &str)| Fact { label: label.into(), value: value.into() };
    page.heading("Getting started")
        .text("There are no scored conversations yet.")
        .block(Block::Facts(GETTING_STARTED.map(step).to_vec()))
}

fn settings(invoker: &Invoker) -> Vec<Fact> {
    let name = match invoker.name.as_str() {
        "" => Text::from("not named in the configuration"),
        name => Text::new().verbatim(name),
    };
    let roles = match invoker.roles.is_empty() {
        true => "none".to_owned(),
        false => invoker.roles.join(", "),
    };
    vec![
        Fact { label: "Known as".into(), value: name },
        Fact { label: "Roles".into(), value: roles.into() },
    ]
}
