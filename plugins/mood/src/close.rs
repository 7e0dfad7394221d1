//! Closing a poll: counting, showing what came of it, and burning everything else.

use std::collections::BTreeSet;

use cxbot_sdk::cells::lane_verdicts;
use cxbot_sdk::{Cx, Error, Message, Result, Tick};

use crate::poll::{Answer, Poll, Results};
use crate::{Mood, RESULTS, message, tally};

/// The weeks that the usual range of a lane looks back on, as in the digest.
const HISTORY: usize = cxbot_sdk::figures::BAND_WEEKS;

impl Mood {
    pub(crate) async fn close_due(cx: Cx<Self>, _: Tick) -> Result<()> {
        match cx.poll(&cx).await?.filter(|poll| poll.closes_at <= cx.now()) {
            Some(poll) => cx.close(&cx, poll).await.map(drop),
            None => Ok(()),
        }
    }

    pub(crate) async fn close_now(&self, cx: &Cx<Self>) -> Result<Message> {
        let Some(poll) = self.poll(cx).await? else {
            return Err(Error::refused("No poll is open."));
        };
        self.must_be_readable(cx, &poll).await?;
        let results = self.close(cx, poll).await?;
        self.told(cx, &results).await
    }

    /// Whoever asks from where the secret is not must not end what others can still count.
    pub(crate) async fn must_be_readable(&self, cx: &Cx<Self>, poll: &Poll) -> Result<()> {
        match cx.ballot(&poll.name)?.unreadable().await? {
            Some(why) => Err(Error::refused(message::cannot_count(poll, &why))),
            None => Ok(()),
        }
    }

    /// Counts, shows the results, and burns everything else. Each step may be done again after a crash, and
    /// by two at once: the results that are kept first hold.
    pub(crate) async fn close(&self, cx: &Cx<Self>, poll: Poll) -> Result<Results> {
        let past = self.results(cx).await?.into_iter().find(|past| past.name == poll.name);
        let results = match past {
            Some(past) => past,
            None => self.keep(cx, self.counted(cx, &poll).await?).await?,
        };
        match self.publish(cx, &poll, self.told(cx, &results)).await {
            // There is nobody who could see it; what others answered is not kept for that.
            Err(Error::Refused(_)) => {}
            done => done?,
        }
        cx.ballot(&poll.name)?.burn().await?;
        self.put_away(cx, &poll).await?;
        Ok(results)
    }

    /// Keeps the results of a poll, unless there are some; those that are kept.
    async fn keep(&self, cx: &Cx<Self>, results: Results) -> Result<Results> {
        let with = |past: Option<Vec<Results>>| {
            let mut all = past.unwrap_or_default();
            let known = all.iter().find(|past| past.name == results.name).cloned();
            if known.is_none() {
                all.push(results.clone());
            }
            (Some(all), known.unwrap_or_else(|| results.clone()))
        };
        cx.state().change(RESULTS, with).await
    }

    async fn counted(&self, cx: &Cx<Self>, poll: &Poll) -> Result<Results> {
        let ballot = cx.ballot(&poll.name)?;
        let mut answers: Vec<Answer> = ballot.seal().await?;
        // Nothing comes or goes any more, so this is how many there are, read or not.
        let given = ballot.papers().await?;
        let words: Vec<String> = answers.iter().map(|answer| answer.word.to_string()).collect();
        let masked = ballot.without_names(&words).await?;
        let beside = answers.iter().zip(words.iter().zip(&masked));
        let names = beside.filter(|(_, (word, masked))| word != masked);
        let held_back: BTreeSet<String> = names.map(|(answer, _)| answer.word.folded()).collect();
        let notes: Vec<String> = answers.iter().filter_map(|answer| answer.note.clone()).collect();
        let mut notes = ballot.without_names(&notes).await?.into_iter();
        for answer in answers.iter_mut().filter(|answer| answer.note.is_some()) {
            answer.note = notes.next();
        }
        // A poll that is closed before its time is closed now.
        let closed_at = poll.closes_at.min(cx.now());
        let results = tally::tally(poll, &answers, &held_back, closed_at);
        let lost = answers.is_empty() && given > 0;
        Ok(Results { lost, answered: given, ..results })
    }

    /// The results with the weeks before them and the lanes beside them.
    pub(crate) async fn told(&self, cx: &Cx<Self>, results: &Results) -> Result<Message> {
        let all = self.results(cx).await?;
        let window =
            cx.scores()?.window(&Default::default(), results.week, HISTORY, cx.now()).await?;
        let lanes = lane_verdicts(&window, cx.workspace());
        Ok(message::results(results, &all, &lanes, &window.now, cx.workspace()))
    }
}
