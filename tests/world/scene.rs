//! A Slack workspace with two people, and the real program listening in it.

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::{Connection, Executor, SqliteConnection};

use super::World;
use super::process::Process;
use super::slack::{Shown, Slack};

pub const SUPPORT: &str = "C0SUPPORT1";
pub const ANA: &str = "U0ANA00001";
pub const BEN: &str = "U0BEN00001";

/// A workspace with two people, and the program listening in it with a week of conversations.
pub struct Scene {
    pub slack: Slack,
    pub world: World,
    pub running: Process,
}

impl Scene {
    pub async fn new() -> Scene {
        Scene::with(|_| {}, &[]).await
    }

    /// The same in a workspace that is prepared so, with these variables set too.
    pub async fn with(prepare: impl FnOnce(&Slack), variables: &[(&str, &str)]) -> Scene {
        let slack = Slack::start().await;
        slack.put_channel(SUPPORT, "support");
        slack.put_user(ANA, "ana");
        slack.put_user(BEN, "ben");
        let world =
            World::new().posting_to(&slack, &[SUPPORT]).with("SLACK_APP_TOKEN", Slack::APP_TOKEN);
        prepare(&slack);
        let set = |world: World, (name, value): &(&str, &str)| world.with(name, value);
        let world = variables.iter().fold(world, set);
        import(&world).await;
        let running = listening(&world, &slack).await;
        Scene { slack, world, running }
    }

    pub async fn ask(&self, person: &str, line: &str) -> Duration {
        let pressed = self.slack.type_command(person, SUPPORT, "/cx", line).await;
        assert_eq!(pressed.said, None, "{line}");
        pressed.acknowledged_within.unwrap_or_else(|| panic!("{line}: {}", self.running.log()))
    }

    /// Waits until this person has so many private answers.
    pub async fn answers(&self, person: &str, count: usize) -> Vec<Shown> {
        let there = || self.slack.ephemerals(SUPPORT, person).len() >= count;
        self.running.until("an answer", Duration::from_secs(20), there).await;
        self.slack.ephemerals(SUPPORT, person)
    }

    /// Takes the store's only place for a writer, until what is returned is dropped.
    pub async fn block_the_store(&self) -> SqliteConnection {
        let url = format!("sqlite://{}", self.world.path("data/cxbot.db").display());
        let mut other = SqliteConnection::connect(&url).await.expect("the same store");
        other.execute("BEGIN IMMEDIATE").await.expect("the only writer's place");
        other
    }

    /// The id of a button in this person's first private answer, by the beginning of its label.
    pub fn button(&self, person: &str, label: &str) -> Option<String> {
        button_in(self.slack.ephemerals(SUPPORT, person).first()?, label)
    }

    pub fn is_clean(&self) {
        assert_eq!(self.slack.complaints(), [""; 0]);
        assert_eq!(self.slack.notifications(), [""; 0]);
        assert_eq!(self.slack.unacknowledged(), [""; 0]);
        let log = self.running.log();
        assert!(!log.contains(Slack::BOT_TOKEN) && !log.contains(Slack::APP_TOKEN));
    }
}

/// The id of a button in a message, by the beginning of its label.
pub fn button_in(message: &Shown, label: &str) -> Option<String> {
    let blocks = message.blocks.as_array().into_iter().flatten();
    let mut buttons = blocks.flat_map(|block| block["elements"].as_array()).flatten();
    let is = |button: &&Value| {
        button["text"]["text"].as_str().is_some_and(|text| text.starts_with(label))
    };
    buttons.find(is).map(|button| button["action_id"].as_str().expect("an id").to_owned())
}

pub async fn listening(world: &World, slack: &Slack) -> Process {
    nobody_listens(slack).await;
    let running = world.start(&["run"]);
    let open = || slack.connections() == 2;
    running.until("two connections", Duration::from_secs(20), open).await;
    running
}

/// The connections of a process that is gone are not taken for those of the next one.
pub async fn nobody_listens(slack: &Slack) {
    while slack.connections() > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A week of 40 conversations, written by hostile customers.
pub async fn import(world: &World) {
    let lines: Vec<String> = (0..40).map(|n| record(n).to_string()).collect();
    world.write("scores.jsonl", lines.join("\n"));
    world.ok(&["import", "scores.jsonl"]).await;
}

fn record(n: u32) -> Value {
    json!({
        "source": "file", "id": n.to_string(), "score": if n.is_multiple_of(4) { 2 } else { 5 },
        "closed_at": format!("2026-11-{:02}T10:00:00Z", 9 + n % 7),
        "explanation": "<!channel> <@U0BEN00001> `rm` *bold* https://evil.example \u{202e}txt",
        "topics": ["<!here> Invoices"], "teammates": [{"id": "1", "name": "Ana <!everyone>"}],
    })
}
