//! The mood poll: one word a week from the leaders, and nobody can tell whose.
//!
//! [`word`] says what a word is; [`poll`] is what is kept; [`open`], [`answer`] and [`close`] are a poll's life;
//! [`tally`] counts, purely; [`message`] writes down what people see. Who answers is known to the host's ballot alone and to nobody once it is burnt.

mod answer;
mod close;
pub mod config;
mod message;
mod open;
mod poll;
mod tally;
mod word;

use cxbot_sdk::{Cx, Error, Invoker, Message, Need, Plugin, Reply, Result, Routes, Tick};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use config::Config;
use poll::{Poll, Results};
use word::Word;

/// The plugin.
pub struct Mood(Config);

/// The open poll.
const POLL: &str = "poll";
/// What is left of all polls, oldest first.
const RESULTS: &str = "results";

/// What to do with the poll.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoodArgs {
    /// open, close, results, history or export; the poll as it stands if you name nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<What>,
}

/// What someone wants of the poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum What {
    Open,
    Close,
    Results,
    History,
    Export,
}

/// One answer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SayArgs {
    /// Which poll.
    pub poll: String,
    /// At most 24 letters, or one emoji. A name of someone here is counted and not shown.
    #[schemars(title = "In one word")]
    pub word: Word,
    /// If you like. It is kept only with the tick below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "A win or a challenge?", length(max = 300))]
    pub note: Option<String>,
    /// The win or challenge may be shown, without my name.
    #[serde(default)]
    #[schemars(title = "May be shown, without my name")]
    pub share: bool,
}

/// Which poll.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PollArgs {
    /// The poll's name.
    pub poll: String,
}

impl Plugin for Mood {
    const NAME: &'static str = "mood";
    const ABOUT: &'static str = "The mood poll: one word a week, and nobody can tell whose.";
    const NEEDS: &'static [Need] = &[Need::Scores, Need::Publish, Need::Ballot];
    type Config = Config;

    fn new(config: Config) -> Result<Self> {
        Ok(Mood(config.checked()?))
    }

    fn routes(&self) -> Routes<Self> {
        let Config { schedule, skip, closes, .. } = &self.0;
        // Mornings begin at quarters of an hour too, where zones are off by some.
        let watch = "*/15 * * * *".parse().expect("the schedule of reminders is well-formed");
        Routes::new()
            .posts_to(&self.0.channels)
            .asks(&self.0.invited())
            .asks_at_least(if self.0.mode == config::Mode::Anonymous { self.0.floor } else { 0 })
            .roles(&self.0.roles)
            .command("mood", "The mood poll: open, close, results, history, export.", Self::mood)
            .action("say", "Takes your word, without your name.", Self::say)
            .introduced(Self::introduce)
            .secret()
            .action("take_back", "Takes your answer back.", Self::take_back)
            .secret()
            .job("open", &schedule.clone().skipping(skip), Self::open_due)
            .job("close", closes, Self::close_due)
            .job("remind", &watch, Self::watch)
    }
}

impl Mood {
    async fn mood(cx: Cx<Self>, invoker: Invoker, args: MoodArgs) -> Result<Reply> {
        let may = invoker.roles.iter().any(|role| role == "operator" || cx.0.roles.contains(role));
        if !may && args.what.is_some() {
            let roles = cx.0.roles.join(" or ");
            return Err(Error::refused(format!(
                "That is for those with the role {roles}. You may ask: mood."
            )));
        }
        Ok(Reply::Private(match args.what {
            None => cx.standing(&cx, may).await?,
            Some(What::Open) => cx.open_now(&cx).await?,
            Some(What::Close) => cx.close_now(&cx).await?,
            Some(What::Results) => match cx.results(&cx).await?.pop() {
                Some(last) => cx.told(&cx, &last).await?,
                None => Message::sentence("There are no results yet."),
            },
            Some(What::History) => message::history(&cx.results(&cx).await?),
            Some(What::Export) => message::export(&cx.results(&cx).await?),
        }))
    }

    /// The open poll, or what is left of the last one.
    async fn standing(&self, cx: &Cx<Self>, may: bool) -> Result<Message> {
        if let Some(poll) = self.poll(cx).await? {
            let papers = cx.ballot(&poll.name)?.papers().await?;
            return Ok(message::open(&poll, papers));
        }
        match self.results(cx).await?.pop().filter(|_| may) {
            Some(last) => self.told(cx, &last).await,
            None => Ok(message::none_open(self.next(cx))),
        }
    }

    /// When the next poll opens, if anybody is asked.
    fn next(&self, cx: &Cx<Self>) -> Option<Timestamp> {
        if self.0.invited().is_empty() {
            return None;
        }
        let schedule = self.0.schedule.clone().skipping(&self.0.skip);
        schedule.next_after(cx.now(), &cx.workspace().zone).map(|slot| slot.at)
    }

    async fn poll(&self, cx: &Cx<Self>) -> Result<Option<Poll>> {
        cx.state().get(POLL).await
    }

    async fn results(&self, cx: &Cx<Self>) -> Result<Vec<Results>> {
        Ok(cx.state().get(RESULTS).await?.unwrap_or_default())
    }

    /// Between the times at which polls open and close: closes one that is over, whatever the settings say
    /// by now, and reminds of one that is open.
    async fn watch(cx: Cx<Self>, _: Tick) -> Result<()> {
        match cx.poll(&cx).await? {
            Some(poll) if poll.closes_at <= cx.now() => cx.close(&cx, poll).await.map(drop),
            Some(poll) if cx.0.reminder => {
                let (message, time) = (message::reminder(&poll), (poll.slot, poll.closes_at));
                cx.ballot(&poll.name)?.remind(cx.0.remind_at, time, &message).await
            }
            _ => Ok(()),
        }
    }
}
