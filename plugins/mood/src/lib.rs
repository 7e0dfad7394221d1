//! The mood poll: one word a week from the leaders, and nobody can tell whose.
//!
//! [`word`] says what a word is; [`poll`] is what is kept; [`tally`] counts, purely; [`message`] writes
//! down what people see. Who answers is known to the host's ballot alone and to nobody once it is burnt.

pub mod config;
mod message;
mod poll;
mod tally;
mod word;

use std::collections::BTreeSet;

use cxbot_sdk::ballot::Cast;
use cxbot_sdk::cells::lane_verdicts;
use cxbot_sdk::week::Week;
use cxbot_sdk::{Cx, Error, Invoker, Message, Need, Plugin, Reply, Result, Routes, Tick};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use config::Config;
use poll::{Answer, Poll, Results};
use word::Word;

/// The plugin.
pub struct Mood(Config);

/// Most characters of a win or a challenge.
const NOTE: usize = 300;
/// The weeks that the usual range of a lane looks back on, as in the digest.
const HISTORY: usize = cxbot_sdk::figures::BAND_WEEKS;

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
    /// One word of at most 24 letters, or one emoji.
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
        let hourly = "0 * * * *".parse().expect("the schedule of reminders is well-formed");
        Routes::new()
            .posts_to(&self.0.channels)
            .asks(&self.0.invited())
            .command("mood", "The mood poll: open, close, results, history, export.", Self::mood)
            .action("say", &message::about(&self.0), Self::say)
            .secret()
            .action("take_back", "Takes your answer back.", Self::take_back)
            .secret()
            .job("open", &schedule.clone().skipping(skip), Self::open_due)
            .job("close", closes, Self::close_due)
            .job("remind", &hourly, Self::remind)
    }
}

impl Mood {
    async fn mood(cx: Cx<Self>, invoker: Invoker, args: MoodArgs) -> Result<Reply> {
        let may = invoker.roles.iter().any(|role| role == "operator" || cx.0.roles.contains(role));
        if !may && args.what.is_some() {
            let roles = cx.0.roles.join(", ");
            return Err(Error::refused(format!("That is for {roles}. You may ask: mood.")));
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

    async fn open_due(cx: Cx<Self>, tick: Tick) -> Result<()> {
        if cx.0.invited().is_empty() {
            return Ok(());
        }
        cx.open(&cx, tick.slot).await.map(drop)
    }

    async fn open_now(&self, cx: &Cx<Self>) -> Result<Message> {
        if self.0.invited().is_empty() {
            return Err(Error::refused(
                "Nobody is asked yet: whoever runs cxbot names an audience or channels under \
                 [plugins.mood].",
            ));
        }
        if let Some(poll) = self.poll(cx).await? {
            return Err(Error::refused(message::is_open(&poll)));
        }
        match self.open(cx, cx.now()).await? {
            Some(poll) => Ok(Message::sentence(message::is_open(&poll))),
            None => Err(Error::refused("There is no time at which it would close.")),
        }
    }

    /// Opens the poll of a slot; again, it only says so again. None where it would have closed already.
    async fn open(&self, cx: &Cx<Self>, slot: Timestamp) -> Result<Option<Poll>> {
        let zone = &cx.workspace().zone;
        let closes = self.0.closes.next_after(slot, zone).filter(|closes| closes.at > cx.now());
        let Some(closes) = closes else { return Ok(None) };
        let results = self.results(cx).await?;
        if results.iter().any(|past| past.slot == slot) {
            return Ok(None);
        }
        let poll = match self.poll(cx).await? {
            Some(poll) if poll.slot == slot => poll,
            other => {
                if let Some(other) = other {
                    self.close(cx, other).await?;
                }
                let week = Week::complete_before(slot, zone);
                let name = name(week, &results);
                let asked = cx.ballot(&name)?.open(&self.0.invited()).await?;
                // What is asked and where stays as it was, whatever the settings become meanwhile.
                let Config { question, channels, mode, floor, .. } = self.0.clone();
                let closes_at = closes.at;
                let poll =
                    Poll { name, week, slot, closes_at, question, channels, mode, floor, asked };
                cx.state().set(POLL, &poll).await?;
                poll
            }
        };
        self.show(cx, &poll).await?;
        Ok(Some(poll))
    }

    /// Makes the open poll's message say how many have answered.
    async fn show(&self, cx: &Cx<Self>, poll: &Poll) -> Result<()> {
        let ballot = cx.ballot(&poll.name)?;
        self.publish(cx, poll, async { Ok(message::open(poll, ballot.papers().await?)) }).await
    }

    async fn publish(
        &self,
        cx: &Cx<Self>,
        poll: &Poll,
        render: impl Future<Output = Result<Message>> + Send,
    ) -> Result<()> {
        match poll.channels.is_empty() {
            true => cx.ballot(&poll.name)?.publish(&poll.name, render).await,
            false => cx.publish(&poll.channels, &poll.name, render).await,
        }
    }

    async fn say(cx: Cx<Self>, invoker: Invoker, args: SayArgs) -> Result<Reply> {
        let poll = cx.still_open(&cx, &args.poll).await?;
        let note = args.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
        if note.as_ref().is_some_and(|note| note.chars().count() > NOTE) {
            return Err(Error::refused(format!(
                "A win or a challenge has at most {NOTE} letters."
            )));
        }
        let unticked = note.is_some() && !args.share;
        let answer = Answer { word: args.word, note: note.filter(|_| args.share) };
        let cast = cx.ballot(&poll.name)?.cast(&invoker, &answer).await?;
        if matches!(cast, Cast::Closed | Cast::NotInvited) {
            return Err(Error::refused(message::not_taken(cast, &poll, cx.next(&cx))));
        }
        cx.show(&cx, &poll).await?;
        Ok(Reply::Private(message::recorded(&poll, &answer, cast, unticked)))
    }

    async fn take_back(cx: Cx<Self>, invoker: Invoker, args: PollArgs) -> Result<Reply> {
        let poll = cx.still_open(&cx, &args.poll).await?;
        let cast = cx.ballot(&poll.name)?.take_back(&invoker).await?;
        if cast == Cast::TakenBack {
            cx.show(&cx, &poll).await?;
            return Ok(Reply::Private(message::taken_back(&poll)));
        }
        Err(Error::refused(message::not_taken(cast, &poll, cx.next(&cx))))
    }

    /// The poll of that name, as long as it takes answers.
    async fn still_open(&self, cx: &Cx<Self>, name: &str) -> Result<Poll> {
        match self.poll(cx).await? {
            Some(poll) if poll.name == name && cx.now() < poll.closes_at => Ok(poll),
            _ => Err(Error::refused(message::too_late(self.next(cx)))),
        }
    }

    async fn close_due(cx: Cx<Self>, _: Tick) -> Result<()> {
        match cx.poll(&cx).await?.filter(|poll| poll.closes_at <= cx.now()) {
            Some(poll) => cx.close(&cx, poll).await.map(drop),
            None => Ok(()),
        }
    }

    async fn close_now(&self, cx: &Cx<Self>) -> Result<Message> {
        match self.poll(cx).await? {
            Some(poll) => {
                let results = self.close(cx, poll).await?;
                self.told(cx, &results).await
            }
            None => Err(Error::refused("No poll is open.")),
        }
    }

    /// Counts, shows the results, and burns everything else. Each step may be done again after a crash.
    async fn close(&self, cx: &Cx<Self>, poll: Poll) -> Result<Results> {
        let ballot = cx.ballot(&poll.name)?;
        let mut all = self.results(cx).await?;
        let counted = all.iter().find(|past| past.name == poll.name).cloned();
        let again = counted.is_some();
        let results = match counted {
            Some(counted) => counted,
            None => {
                let results = self.counted(cx, &poll).await?;
                all.push(results.clone());
                cx.state().set(RESULTS, &all).await?;
                results
            }
        };
        match self.publish(cx, &poll, self.told(cx, &results)).await {
            // It was burnt before a crash, so the results were shown before that.
            Err(Error::Refused(_)) if again => {}
            done => done?,
        }
        ballot.burn().await?;
        cx.state().delete(POLL).await?;
        Ok(results)
    }

    async fn counted(&self, cx: &Cx<Self>, poll: &Poll) -> Result<Results> {
        let ballot = cx.ballot(&poll.name)?;
        let given = ballot.papers().await?;
        let mut answers: Vec<Answer> = ballot.seal().await?;
        let mut held_back = BTreeSet::new();
        for answer in &mut answers {
            let word = answer.word.to_string();
            if ballot.without_names(&word).await? != word {
                held_back.insert(answer.word.folded());
            }
            if let Some(note) = &mut answer.note {
                *note = ballot.without_names(note).await?;
            }
        }
        // A poll that is closed before its time is closed now.
        let closed_at = poll.closes_at.min(cx.now());
        let results = tally::tally(poll, &answers, &held_back, closed_at);
        let lost = answers.is_empty() && given > 0;
        Ok(Results { lost, answered: given, ..results })
    }

    /// The results with the weeks before them and the lanes beside them.
    async fn told(&self, cx: &Cx<Self>, results: &Results) -> Result<Message> {
        let all = self.results(cx).await?;
        let window =
            cx.scores()?.window(&Default::default(), results.week, HISTORY, cx.now()).await?;
        let lanes = lane_verdicts(&window, cx.workspace());
        Ok(message::results(results, &all, &lanes, &window.now, cx.workspace()))
    }

    async fn remind(cx: Cx<Self>, _: Tick) -> Result<()> {
        let Some(poll) = cx.poll(&cx).await?.filter(|poll| cx.now() < poll.closes_at) else {
            return Ok(());
        };
        if !cx.0.reminder {
            return Ok(());
        }
        let message = message::reminder(&poll);
        let time = (poll.slot, poll.closes_at);
        cx.ballot(&poll.name)?.remind(cx.0.remind_at, time, &message).await
    }
}

/// The week, or the week with a number where it has been asked about before.
fn name(week: Week, results: &[Results]) -> String {
    let taken = |name: &String| results.iter().any(|past| past.name == *name);
    let again = (2..).map(|number| format!("{week}-{number}"));
    let mut names = std::iter::once(week.to_string()).chain(again);
    names.find(|name| !taken(name)).unwrap_or_default()
}
