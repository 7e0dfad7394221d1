//! The program with its channels on both platforms, and what reaches them.

use std::time::Duration;

use cxbot_sdk::week::Week;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::planting::{SETTINGS, nothing_in, records, texts};
use crate::world::discord::{Acted, Discord, Shown as There};
use crate::world::process::Process;
use crate::world::scene::{ANA, button_in};
use crate::world::slack::{Shown, Slack};
use crate::world::{Ran, World};

/// Channels by what they carry; the open one is not redacted.
pub(super) const QUOTES: &str = "C0QUOTES01";
pub(super) const NAMES: &str = "C0NAMES001";
pub(super) const OPEN: &str = "C0OPEN0001";
pub(super) const UNNAMED: &str = "C0UNNAMED1";
pub(super) const FIGURES_DISCORD: &str = "1100000000000000001";
pub(super) const NAMES_DISCORD: &str = "1100000000000000002";
pub(super) const ANA_DISCORD: &str = "1200000000000000001";
/// Long, because other tests keep the machine busy.
pub(super) const SOON: Duration = Duration::from_secs(120);
/// Pages that are turned of one answer.
const PAGES: usize = 6;

pub(super) struct Planted {
    pub(super) slack: Slack,
    pub(super) discord: Discord,
    pub(super) world: World,
    pub(super) week: Week,
}

impl Planted {
    pub(super) async fn new() -> Planted {
        let (slack, discord) = (Slack::start().await, Discord::start().await);
        for channel in [QUOTES, NAMES, OPEN, UNNAMED] {
            slack.put_channel(channel, &channel.to_lowercase());
        }
        slack.put_user(ANA, "ana");
        slack.paced(false);
        for channel in [FIGURES_DISCORD, NAMES_DISCORD] {
            discord.put_channel(channel, "support");
        }
        discord.put_member(ANA_DISCORD, "ana", &[]);
        discord.paced(false);
        discord.identify_spacing(Duration::from_millis(10));
        let world = World::new()
            .with("SLACK_BOT_TOKEN", Slack::BOT_TOKEN)
            .with("SLACK_APP_TOKEN", Slack::APP_TOKEN)
            .with("CXBOT__SLACK__API_URL", &slack.api_url())
            .with("CXBOT__SLACK__HISTORY_LAG", "1s")
            .with("DISCORD_TOKEN", Discord::TOKEN)
            .with("CXBOT__DISCORD__API_URL", &discord.api_url())
            .with("CXBOT__DISCORD__HISTORY_LAG", "1s");
        std::fs::create_dir(world.path("config")).expect("a folder");
        world.write("config/cxbot.toml", SETTINGS);
        let now = Timestamp::now();
        world.write("scores.jsonl", records(now));
        let zone = TimeZone::get("Europe/Dublin").expect("a bundled zone");
        let week = Week::complete_before(now, &zone);
        Planted { slack, discord, world, week }
    }

    /// Runs the program with everything in its log, where nothing planted may be.
    pub(super) async fn run(&self, arguments: &[&str]) -> Ran {
        let ran = self.world.run(&[&["--log", "trace"], arguments].concat()).await;
        nothing_in(&format!("the log of {arguments:?}"), &ran.stderr);
        ran
    }

    pub(super) async fn is_shown_clean(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments).await;
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
        nothing_in(&format!("{arguments:?}"), &ran.stdout);
        ran.stdout
    }

    /// Everything that the program has sent to Slack, but for the channel that is not redacted.
    pub(super) fn sent_to_slack(&self) -> String {
        let sent = self.slack.seen().into_iter();
        let sent = sent.filter(|seen| seen.arguments["channel"] != OPEN);
        sent.map(|seen| texts(&seen.arguments)).collect()
    }

    pub(super) fn sent_to_slack_in(&self, channel: &str) -> String {
        let sent = self.slack.seen().into_iter();
        let sent = sent.filter(|seen| seen.arguments["channel"] == channel);
        sent.map(|seen| texts(&seen.arguments)).collect()
    }

    pub(super) fn sent_to_discord(&self) -> String {
        self.discord.requests().iter().map(|seen| texts(&seen.body)).collect()
    }

    /// What everybody reads in a channel of Discord and in its threads.
    pub(super) fn read_in(&self, channel: &str) -> String {
        let top = self.discord.channel(channel);
        let threads = top.iter().flat_map(|post| self.discord.thread(channel, &post.id));
        top.iter().map(|one| one.words()).chain(threads.map(|one| one.words())).collect()
    }

    /// What Ana was answered in a channel of Slack; on a busy machine she is told first to wait.
    pub(super) fn answers(&self, channel: &str) -> Vec<Shown> {
        let mut answers = self.slack.ephemerals(channel, ANA);
        answers.retain(|shown| !shown.text.starts_with("cxbot is slow right now."));
        answers
    }

    /// A person asks in a channel of Slack and reads everything, page by page.
    pub(super) async fn ask_in_slack(
        &self,
        running: &Process,
        channel: &str,
        line: &str,
    ) -> String {
        let before = self.answers(channel).len();
        let asked = self.slack.type_command(ANA, channel, "/cx", line).await;
        assert_eq!(asked.said, None, "{line}");
        let answers = || self.answers(channel);
        running.until(line, SOON, || answers().len() > before).await;
        let mut all = answers()[before].text.clone();
        for _ in 0..PAGES {
            let shown = answers()[before].clone();
            let Some(next) = button_in(&shown, "Next: page") else { break };
            self.slack.press(ANA, channel, &shown.ts, &next).await;
            running.until("a page", SOON, || answers()[before].text != shown.text).await;
            all.push_str(&answers()[before].text);
        }
        all
    }

    pub(super) async fn share_in_slack(&self, running: &Process, channel: &str, line: &str) {
        self.ask_in_slack(running, channel, line).await;
        let shown = self.answers(channel).pop().expect("an answer");
        let share = button_in(&shown, "Share with this channel").expect("a button");
        let before = self.slack.channel(channel).len();
        self.slack.press(ANA, channel, &shown.ts, &share).await;
        running.until(line, SOON, || self.slack.channel(channel).len() > before).await;
        let gone = || self.answers(channel).iter().all(|one| one.ts != shown.ts);
        running.until("the private copy gone", SOON, gone).await;
    }

    /// The answer; on a busy machine she is told first to wait, and it takes the place of that.
    pub(super) async fn answer_in_discord(&self, acted: &Acted) -> There {
        let since = std::time::Instant::now();
        loop {
            let shown = self.discord.answered(acted, SOON).await;
            if !shown.words().contains("cxbot is slow right now.") || since.elapsed() > SOON {
                return shown;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(super) async fn ask_in_discord(
        &self,
        channel: &str,
        command: &str,
        options: Value,
    ) -> String {
        let acted = self.discord.type_command(ANA_DISCORD, channel, &[command], options).await;
        assert_eq!(acted.said, None, "{command}");
        let mut page = self.answer_in_discord(&acted).await;
        let mut all = page.words();
        for _ in 0..PAGES {
            let Some(next) = page.buttons().into_iter().find(|it| it.starts_with("Next")) else {
                break;
            };
            let pressed = self.discord.press(ANA_DISCORD, &page.id, &next).await;
            page = self.answer_in_discord(&pressed).await;
            all.push_str(&page.words());
        }
        all
    }
}
