//! Answering: what someone says, changes or takes back while a poll is open.

use cxbot_sdk::ballot::Cast;
use cxbot_sdk::{Cx, Error, Invoker, Message, Reply, Result};

use crate::poll::{Answer, Poll};
use crate::{Mood, PollArgs, SayArgs, message};

/// Most characters of a win or a challenge.
const NOTE: usize = 300;

impl Mood {
    /// What the form of a poll says: what that poll asks and promises, whatever the settings say by now.
    pub(crate) async fn introduce(cx: Cx<Self>, args: PollArgs) -> Result<Message> {
        let poll = cx.still_open(&cx, &args.poll).await?;
        Ok(message::about(&poll))
    }

    pub(crate) async fn say(cx: Cx<Self>, invoker: Invoker, args: SayArgs) -> Result<Reply> {
        let poll = cx.still_open(&cx, &args.poll).await?;
        let note = args.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
        if note.as_ref().is_some_and(|note| note.chars().count() > NOTE) {
            return Err(Error::refused(format!(
                "A win or a challenge has at most {NOTE} letters."
            )));
        }
        let unticked = note.is_some() && !args.share;
        let answer = Answer { word: args.word, note: note.filter(|_| args.share) };
        let ballot = cx.ballot(&poll.name)?;
        let word = [answer.word.to_string()];
        let is_name = ballot.without_names(&word).await? != word;
        let cast = ballot.cast(&invoker, &answer).await?;
        if matches!(cast, Cast::Closed | Cast::NotInvited) {
            return Err(Error::refused(message::not_taken(cast, cx.next(&cx))));
        }
        cx.show(&cx, &poll).await?;
        let taken = message::Taken { answer: &answer, cast, unticked, is_name };
        Ok(Reply::Private(message::recorded(&poll, &taken)))
    }

    pub(crate) async fn take_back(cx: Cx<Self>, invoker: Invoker, args: PollArgs) -> Result<Reply> {
        let poll = cx.still_open(&cx, &args.poll).await?;
        let cast = cx.ballot(&poll.name)?.take_back(&invoker).await?;
        if cast == Cast::TakenBack {
            cx.show(&cx, &poll).await?;
            return Ok(Reply::Private(message::taken_back(&poll)));
        }
        Err(Error::refused(message::not_taken(cast, cx.next(&cx))))
    }

    /// The poll of that name, as long as it takes answers.
    async fn still_open(&self, cx: &Cx<Self>, name: &str) -> Result<Poll> {
        match self.poll(cx).await? {
            Some(poll) if poll.name == name && cx.now() < poll.closes_at => Ok(poll),
            _ => Err(Error::refused(message::too_late(self.next(cx)))),
        }
    }
}
