//! The mood poll with the real program: people answer on both platforms, and nobody can tell who said what.

mod asked;
mod gone;
mod many;

use std::time::Duration;

use serde_json::json;

use crate::world::World;
use crate::world::process::Process;
use crate::world::scene::{button_in, import, listening};
use crate::world::slack::{Shown, Slack};

const LEADERS: &str = "C0LEADERS1";
const LEA: &str = "U0LEA00001";
const SAY: &str = "Say it";
const SOON: Duration = Duration::from_secs(20);

/// A workspace with a leader and so many others in the leaders' channel, and the program listening.
struct Room {
    slack: Slack,
    world: World,
    running: Process,
    people: Vec<String>,
}

fn world(slack: &Slack) -> World {
    let people = json!([{"name": "Lea", "slack": LEA, "roles": ["leader"]},
        {"name": "Maya Ortiz", "slack": "U0P0000001", "discord": MAYA}]);
    let people = people.to_string().replace("\":", "\"=");
    World::new()
        .posting_to(slack, &[])
        .with("SLACK_APP_TOKEN", Slack::APP_TOKEN)
        .with("CXBOT__PEOPLE", &people)
        .with("CXBOT__PLUGINS__MOOD__CHANNELS", &format!("[\"slack:{LEADERS}\"]"))
        .with("CXBOT__PLUGINS__MOOD__SCHEDULE", "0 3 1 1 *")
        .with("CXBOT__PLUGINS__MOOD__CLOSES", "0 4 * * *")
}

impl Room {
    async fn with(others: usize) -> Room {
        Room::set(others, &[]).await
    }

    /// The same with these variables set too.
    async fn set(others: usize, variables: &[(&str, &str)]) -> Room {
        let slack = Slack::start().await;
        slack.grant(&["users:read"]);
        slack.put_channel(LEADERS, "leaders");
        let people: Vec<String> = (1..=others).map(|n| format!("U0P{n:07}")).collect();
        slack.put_user(LEA, "lea");
        slack.say(LEADERS, LEA, "hello");
        for person in &people {
            slack.put_user(person, &format!("person{}", &person[3..]));
            slack.say(LEADERS, person, "hello");
        }
        let set = |world: World, (name, value): &(&str, &str)| world.with(name, value);
        let world = variables.iter().fold(world(&slack), set);
        import(&world).await;
        let running = listening(&world, &slack).await;
        Room { slack, world, running, people }
    }

    /// The leader asks for something of the poll, and reads the answer.
    async fn mood(&self, what: &str) -> Shown {
        let before = self.slack.ephemerals(LEADERS, LEA).len();
        let asked = self.slack.type_command(LEA, LEADERS, "/cx", &format!("mood {what}")).await;
        assert_eq!(asked.said, None, "{}", self.running.log());
        // On a busy machine the answer comes after a word that it is late.
        let answer = || {
            let mut new = self.slack.ephemerals(LEADERS, LEA).into_iter().skip(before);
            new.find(|said| !said.text.starts_with("cxbot is slow right now."))
        };
        self.running.until("an answer to the leader", SOON, || answer().is_some()).await;
        answer().expect("just seen")
    }

    /// The poll as the channel shows it.
    fn poll(&self) -> Option<Shown> {
        self.slack.channel(LEADERS).into_iter().find(|post| button_in(post, SAY).is_some())
    }

    async fn opened(&self) -> (Shown, String) {
        let answer = self.mood("open").await;
        assert!(answer.text.contains("is open until"), "{}", answer.text);
        self.running.until("the poll", SOON, || self.poll().is_some()).await;
        let post = self.poll().expect("just seen");
        let button = button_in(&post, SAY).expect("a button");
        (post, button)
    }

    /// Presses the button and fills the form in; false where the program was not there.
    async fn say(&self, person: &str, poll: &(Shown, String), word: &str) -> bool {
        say(&self.slack, person, poll, word).await
    }

    /// What this person's window says.
    fn told(&self, person: &str) -> String {
        self.slack.view(person).map(|view| view["blocks"].to_string()).unwrap_or_default()
    }

    async fn until_told(&self, person: &str, words: &str) {
        let told = || self.told(person).contains(words);
        self.running.until(words, SOON, told).await;
    }

    fn results(&self) -> Option<Shown> {
        let mut posts = self.slack.channel(LEADERS).into_iter();
        posts.find(|post| shows(post, "closed ") && shows(post, "side by side"))
    }

    fn is_clean(&self) {
        assert_eq!(self.slack.complaints(), [""; 0]);
        let log = self.running.log();
        for person in self.people.iter().chain([&LEA.to_owned()]) {
            assert!(!log.contains(person.as_str()), "the log names {person}: {log}");
        }
    }
}

async fn say(slack: &Slack, person: &str, (post, button): &(Shown, String), word: &str) -> bool {
    if slack.view(person).is_some() {
        slack.close_view(person).await;
    }
    let pressed = slack.press(person, LEADERS, &post.ts, button).await;
    let is_form = |view: serde_json::Value| view["blocks"].to_string().contains("In one word");
    for _ in 0..40 {
        if slack.view(person).is_some_and(is_form) {
            let sent = slack.submit(person, &[("word", json!(word))]).await;
            return sent.acknowledged_within.is_some();
        }
        if pressed.acknowledged_within.is_none() {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

fn shows(post: &Shown, words: &str) -> bool {
    post.blocks.to_string().contains(words)
}

const MAYA: &str = "1200000000000000001";
const CARA: &str = "1200000000000000007";
const ROLE: &str = "1300000000000000002";
const FLOOR: &str = "1100000000000000001";
