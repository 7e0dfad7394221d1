//! Opening a poll, and the post that stands for it while it is open.

use cxbot_sdk::ballot::Whom;
use cxbot_sdk::week::Week;
use cxbot_sdk::{Cx, Error, Message, Result, Tick};
use jiff::Timestamp;

use crate::config::Config;
use crate::poll::{Poll, Results};
use crate::{Mood, POLL, message};

impl Mood {
    pub(crate) async fn open_due(cx: Cx<Self>, tick: Tick) -> Result<()> {
        if cx.0.invited().is_empty() {
            return Ok(());
        }
        cx.open(&cx, tick.slot).await.map(drop)
    }

    pub(crate) async fn open_now(&self, cx: &Cx<Self>) -> Result<Message> {
        if self.0.invited().is_empty() {
            return Err(Error::refused(
                "Nobody is asked yet: whoever runs cxbot names an audience or channels under \
                 [plugins.mood].",
            ));
        }
        let now = cx.now();
        match self.poll(cx).await? {
            Some(open) if now < open.closes_at => {
                return Err(Error::refused(message::is_open(&open)));
            }
            // It is closed on the way.
            Some(over) => self.must_be_readable(cx, &over).await?,
            None => {}
        }
        match self.open(cx, now).await? {
            Some(poll) if poll.slot == now => Ok(Message::sentence(message::is_open(&poll))),
            Some(other) => Err(Error::refused(message::is_open(&other))),
            None => Err(Error::refused("There is no time at which it would close.")),
        }
    }

    /// Opens the poll of a slot; again, it only says so again. One that is open already goes on until its
    /// own end. The poll that is open then; none where the slot's would have closed already.
    async fn open(&self, cx: &Cx<Self>, slot: Timestamp) -> Result<Option<Poll>> {
        match self.poll(cx).await? {
            Some(over) if over.closes_at <= cx.now() => drop(self.close(cx, over).await?),
            // A close that was cut off.
            Some(counted) if self.result_of(cx, &counted).await?.is_some() => {
                drop(self.close(cx, counted).await?);
            }
            Some(same) if same.slot == slot => return self.opened(cx, same).await.map(Some),
            Some(other) => return Ok(Some(other)),
            None => {}
        }
        let Some(poll) = self.new_poll(cx, slot).await? else { return Ok(None) };
        // Whoever comes first opens it, be it another job or another process.
        let first = |now: Option<Poll>| {
            let stands = now.unwrap_or_else(|| poll.clone());
            (Some(stands.clone()), stands)
        };
        let stands = cx.state().change(POLL, first).await?;
        if stands != poll {
            return Ok(Some(stands));
        }
        self.opened(cx, poll).await.map(Some)
    }

    /// A poll of this slot, where there is to be one.
    async fn new_poll(&self, cx: &Cx<Self>, slot: Timestamp) -> Result<Option<Poll>> {
        let zone = &cx.workspace().zone;
        let closes = self.0.closes.next_after(slot, zone).filter(|closes| closes.at > cx.now());
        let Some(closes) = closes else { return Ok(None) };
        let results = self.results(cx).await?;
        if results.iter().any(|past| past.slot == slot) {
            return Ok(None);
        }
        let week = Week::complete_before(slot, zone);
        let name = name(week, &results);
        // What is asked and where stays as it was, whatever the settings become meanwhile.
        let Config { question, channels, mode, floor, .. } = self.0.clone();
        let (closes_at, asked) = (closes.at, None);
        Ok(Some(Poll { name, week, slot, closes_at, question, channels, mode, floor, asked }))
    }

    /// Opens the ballot of a poll that is kept as open already, so that a crash leaves none that nobody
    /// closes, and shows the poll. Where that is refused there is no poll.
    async fn opened(&self, cx: &Cx<Self>, poll: Poll) -> Result<Poll> {
        let whom = Whom { invited: &self.0.invited(), directly: poll.channels.is_empty() };
        let asked = match cx.ballot(&poll.name)?.open(whom).await {
            Ok(asked) => asked,
            Err(why) => {
                self.put_away(cx, &poll).await?;
                return Err(why);
            }
        };
        let poll = Poll { asked: asked.or(poll.asked), ..poll };
        let known = |now: Option<Poll>| {
            let same = |now: Poll| if now.name == poll.name { poll.clone() } else { now };
            (now.map(same), ())
        };
        cx.state().change(POLL, known).await?;
        self.show(cx, &poll).await?;
        Ok(poll)
    }

    /// Keeps the poll as open no longer.
    pub(crate) async fn put_away(&self, cx: &Cx<Self>, poll: &Poll) -> Result<()> {
        let without = |now: Option<Poll>| (now.filter(|now| now.name != poll.name), ());
        cx.state().change(POLL, without).await
    }

    /// Makes the poll's post say how many have answered, or what came of it if it closed meanwhile.
    pub(crate) async fn show(&self, cx: &Cx<Self>, poll: &Poll) -> Result<()> {
        loop {
            let before = self.result_of(cx, poll).await?;
            self.publish(cx, poll, self.face(cx, poll)).await?;
            // Another process may have closed it while this one was publishing.
            if before.is_some() || self.result_of(cx, poll).await?.is_none() {
                return Ok(());
            }
        }
    }

    /// The poll's post as it has to look now.
    async fn face(&self, cx: &Cx<Self>, poll: &Poll) -> Result<Message> {
        match self.result_of(cx, poll).await? {
            Some(results) => self.told(cx, &results).await,
            None => Ok(message::open(poll, cx.ballot(&poll.name)?.papers().await?)),
        }
    }

    async fn result_of(&self, cx: &Cx<Self>, poll: &Poll) -> Result<Option<Results>> {
        Ok(self.results(cx).await?.into_iter().find(|past| past.name == poll.name))
    }

    pub(crate) async fn publish(
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
}

/// The week, or the week with a number where it has been asked about before.
fn name(week: Week, results: &[Results]) -> String {
    let taken = |name: &String| results.iter().any(|past| past.name == *name);
    let again = (2..).map(|number| format!("{week}-{number}"));
    let mut names = std::iter::once(week.to_string()).chain(again);
    names.find(|name| !taken(name)).unwrap_or_default()
}
