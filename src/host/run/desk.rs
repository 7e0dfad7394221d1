//! Taking in what people ask for and answering it. A request is stored before it is acknowledged, so
//! that a restart answers it; one that the store is too slow for is answered all the same, only not
//! across a restart, and its asker is told so at once.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;
use async_trait::async_trait;
use cxbot_sdk::{Error, Invoker, Message, Reply};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Bot;
use super::pages::{Own, has_pages, own, page};
use crate::chat::form::{Fault, Form, Values};
use crate::chat::{Asked, Desk, Failure, Platform, Request, Suggest};
use crate::config::PersonConfig;
use crate::error::with_advice;
use crate::host::people;
use crate::store::{Store, Waiting};

/// How long a request may take to be stored before it is acknowledged. Platforms wait for three
/// seconds, and a connection's requests wait for each other.
const STORED_WITHIN: Duration = Duration::from_millis(300);
/// The same once the store has proved slow.
const STORED_WITHIN_WHEN_SLOW: Duration = Duration::from_millis(20);
/// Requests that are answered side by side.
pub(super) const AT_ONCE: usize = 8;
/// The longest that an answer is worked on.
const ANSWERED_WITHIN: Duration = Duration::from_secs(60);
/// Suggestions are for someone who is typing.
const SUGGESTED_WITHIN: Duration = Duration::from_millis(1_500);
/// Platforms wait three seconds for a form.
const FORM_WITHIN: Duration = Duration::from_millis(1_500);
const FAILED: &str = "That did not work, and it is not your fault. Whoever runs cxbot finds the \
                      reason in its log.";
/// What an asker reads who may have got the answer and may not: nothing is said twice.
const RESTARTED: &str =
    "cxbot was restarted while it answered you. If you see no answer, ask again.";
const UNSURE: &str = "cxbot's answer may not have reached you. If you see none, ask again.";
const TOO_LATE: &str = "The form could not be opened in time. Press the button again.";
/// How long an answer is handed over again where it was surely not taken; platforms take answers for
/// a quarter of an hour at least.
const HANDED_OVER_WITHIN: Duration = Duration::from_secs(10 * 60);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A request on its way into the store, and who waits for that.
struct Arrival {
    waiting: Waiting,
    stored: oneshot::Sender<()>,
}

/// The desk at which platforms hand requests in.
pub(super) struct Reception {
    arrivals: mpsc::UnboundedSender<Arrival>,
    slow: AtomicBool,
    bot: Arc<Bot>,
}

#[async_trait]
impl Desk for Reception {
    async fn receive(&self, platform: &'static str, request: Request) -> bool {
        let Ok((id, request)) = self.bot.app.as_kept(&request) else { return false };
        let waiting = Waiting {
            platform: platform.to_owned(),
            id,
            request,
            received_at: self.bot.clock.now(),
            begun: false,
        };
        let (stored, is_stored) = oneshot::channel();
        if self.arrivals.send(Arrival { waiting, stored }).is_err() {
            return false;
        }
        let within = match self.slow.load(Ordering::Relaxed) {
            true => STORED_WITHIN_WHEN_SLOW,
            false => STORED_WITHIN,
        };
        let kept = tokio::time::timeout(within, is_stored).await.is_ok_and(|stored| stored.is_ok());
        self.slow.store(!kept, Ordering::Relaxed);
        kept
    }

    fn faults(&self, id: &str, values: &Values) -> Vec<Fault> {
        self.bot.app.faults(id, values)
    }

    async fn form(&self, id: &str) -> Result<Form, Message> {
        match tokio::time::timeout(FORM_WITHIN, self.bot.app.form(id)).await {
            Ok(Ok(form)) => Ok(form),
            Ok(Err(Error::Refused(message))) => Err(*message),
            Ok(Err(Error::Broken(error))) => {
                tracing::error!("a form failed: {}", with_advice(&error));
                Err(Message::sentence(FAILED))
            }
            Err(_) => Err(Message::sentence(TOO_LATE)),
        }
    }

    async fn suggest(
        &self,
        platform: &'static str,
        request: &Request,
        what: &Suggest,
    ) -> Vec<(String, String)> {
        let Some(platform) = self.bot.platforms.get(platform) else { return Vec::new() };
        let suggesting = async {
            let (invoker, _) = self.bot.invoker(platform.as_ref(), request).await;
            self.bot.app.suggest(what, invoker).await
        };
        match tokio::time::timeout(SUGGESTED_WITHIN, suggesting).await {
            Ok(Ok(found)) => found.into_iter().map(|one| (one.label, one.value)).collect(),
            Ok(Err(Error::Broken(error))) => {
                tracing::error!("suggestions failed: {}", with_advice(&error));
                Vec::new()
            }
            Ok(Err(Error::Refused(_))) | Err(_) => Vec::new(),
        }
    }
}

/// What the asker gets.
enum Answer {
    Words(Message),
    Form(Form),
    Nothing,
}

impl Answer {
    fn has_pages(&self) -> bool {
        matches!(self, Answer::Words(message) if has_pages(message))
    }
}

impl Bot {
    /// Takes requests in from every platform and answers them, until told to stop.
    pub async fn answer_people(self: &Arc<Self>, stop: &CancellationToken) {
        let (arrivals, arriving) = mpsc::unbounded_channel();
        let desk =
            Arc::new(Reception { arrivals, slow: AtomicBool::new(false), bot: self.clone() });
        let listening = self.platforms.values().map(|platform| {
            let (platform, desk) = (platform.clone(), desk.clone());
            async move { platform.listen(desk, stop.clone()).await }
        });
        let listening = futures_util::future::join_all(listening);
        tokio::join!(listening, self.work_on(arriving, stop));
    }

    async fn work_on(
        self: &Arc<Self>,
        mut arriving: mpsc::UnboundedReceiver<Arrival>,
        stop: &CancellationToken,
    ) {
        let mut working = JoinSet::new();
        let store = self.app.store();
        let left = async {
            store.forget_answered(self.clock.now()).await?;
            store.unanswered().await
        };
        match left.await {
            Ok(left) => left.into_iter().for_each(|waiting| {
                self.put_to_work(&mut working, waiting);
            }),
            Err(error) => tracing::error!("requests of before: {}", with_advice(&error)),
        }
        let mut batch = Vec::new();
        while let Some(received) =
            stop.run_until_cancelled(arriving.recv_many(&mut batch, 100)).await
        {
            if received == 0 {
                break;
            }
            for waiting in self.keep(std::mem::take(&mut batch)).await {
                self.put_to_work(&mut working, waiting);
            }
            while working.try_join_next().is_some() {}
        }
        working.abort_all();
    }

    /// Stores arrivals together; those that are to be answered. Where the store fails they are
    /// answered from memory.
    async fn keep(&self, arrivals: Vec<Arrival>) -> Vec<Waiting> {
        let (waiting, stored): (Vec<Waiting>, Vec<_>) =
            arrivals.into_iter().map(|arrival| (arrival.waiting, arrival.stored)).unzip();
        match self.app.store().receive(&waiting).await {
            Ok(new) => {
                // Whoever gave up waiting has been told already.
                for stored in stored {
                    let _gave_up: Result<(), ()> = stored.send(());
                }
                // One that came twice in a batch is new once.
                let mut new: HashSet<String> = new.into_iter().collect();
                waiting.into_iter().filter(|waiting| new.remove(&waiting.id)).collect()
            }
            Err(error) => {
                tracing::error!("a request cannot be kept: {}", with_advice(&error));
                waiting
            }
        }
    }

    fn put_to_work(self: &Arc<Self>, working: &mut JoinSet<()>, waiting: Waiting) {
        let bot = self.clone();
        working.spawn(async move {
            if let Err(error) = bot.serve(&waiting).await {
                tracing::error!("a request was not answered: {}", with_advice(&error));
            }
        });
    }

    async fn serve(&self, waiting: &Waiting) -> Result<()> {
        let store: &Store = self.app.store();
        let Some(platform) = self.platforms.get(&*waiting.platform) else { return Ok(()) };
        let request = self.app.as_asked(&waiting.request)?;
        // What takes the place of what is there is given anew; anything else may have been given.
        let may_repeat = platform.answers_in_place(&request);
        let answer = match waiting.begun && !may_repeat {
            true => Answer::Words(Message::sentence(RESTARTED)),
            false => self.reply_to(platform.as_ref(), &request).await,
        };
        crate::crash::point("reply made");
        // From here on a restart cannot know whether the asker got it.
        if let Err(error) = store.begin_answer(&waiting.platform, &waiting.id).await {
            tracing::error!("the store does not answer: {}", with_advice(&error));
        }
        let handed = match hand_over(platform.as_ref(), &request, &answer).await {
            // Opening a form has no effect but the form, so asking again is safe.
            Err(failure) if matches!(answer, Answer::Form(_)) => {
                tracing::warn!("a form was not opened: {failure}");
                let late = Answer::Words(Message::sentence(TOO_LATE));
                hand_over(platform.as_ref(), &request, &late).await
            }
            Err(Failure::Unknown(why)) => {
                tracing::warn!("whether an answer arrived is not known: {why}");
                let again = match may_repeat {
                    true => &answer,
                    false => &Answer::Words(Message::sentence(UNSURE)),
                };
                hand_over(platform.as_ref(), &request, again).await
            }
            done => done,
        };
        crate::crash::point("reply handed over");
        // There is no other way to the asker, today or after a restart.
        if let Err(failure) = handed {
            tracing::error!("a request was not answered: {failure}");
        }
        // What someone filled in is nobody's after that, unless its answer has pages to turn; what was
        // asked for may still be shared.
        match request.what {
            ref what if self.app.is_secret(what) => {
                store.answered_and_forgotten(&waiting.platform, &waiting.id).await
            }
            Asked::Submit { .. } | Asked::Home if !answer.has_pages() => {
                store.answered_and_forgotten(&waiting.platform, &waiting.id).await
            }
            _ => store.answered(&waiting.platform, &waiting.id).await,
        }
    }

    /// What the asker is to read.
    async fn reply_to(&self, platform: &dyn Platform, request: &Request) -> Answer {
        let answer = async {
            match &request.what {
                Asked::Press(id) if request.what.asks() => {
                    self.app.form(id).await.map(Answer::Form)
                }
                _ => self.reply(platform, request).await,
            }
        };
        match tokio::time::timeout(ANSWERED_WITHIN, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(Error::Refused(message))) => Answer::Words(*message),
            Ok(Err(Error::Broken(error))) => {
                tracing::error!("a request failed: {}", with_advice(&error));
                Answer::Words(Message::sentence(FAILED))
            }
            Err(_) => {
                Answer::Words(Message::sentence("That took too long. Ask again in a few minutes."))
            }
        }
    }

    async fn reply(&self, platform: &dyn Platform, request: &Request) -> cxbot_sdk::Result<Answer> {
        let (invoker, unread) = self.invoker(platform, request).await;
        let reply = self.reply_as(platform, request, invoker).await;
        reply.map_err(|error| match (error, unread) {
            (Error::Refused(message), Some(unread)) => {
                Error::Refused(Box::new(message.note(unread)))
            }
            (error, _) => error,
        })
    }

    async fn reply_as(
        &self,
        platform: &dyn Platform,
        request: &Request,
        invoker: Invoker,
    ) -> cxbot_sdk::Result<Answer> {
        let (asked, of, number) = match own(&request.what) {
            Some(Own::Share { of }) => {
                let asked = self.asked_before(platform, &of).await?;
                return Ok(said(self.share(platform, request, (&asked, &of), invoker).await?));
            }
            Some(Own::Page { of, page }) => (self.asked_before(platform, &of).await?, of, page),
            None => (request.what.clone(), request.id.clone(), 1),
        };
        let reply = self.ask(&asked, invoker).await?;
        Ok(match (reply, asked) {
            (reply, Asked::Home) => said(reply),
            (reply, asked) if self.app.is_secret(&asked) => said(reply),
            (Reply::Private(message), _) => Answer::Words(page(message, request, &of, number)),
            (reply, _) => said(reply),
        })
    }

    /// What was asked for by the request of that id.
    async fn asked_before(&self, platform: &dyn Platform, id: &str) -> cxbot_sdk::Result<Asked> {
        let request = self.app.store().asked(platform.name(), id).await?;
        let request = request.and_then(|json| serde_json::from_str::<Request>(&json).ok());
        let request = request.ok_or_else(|| {
            Error::refused("This answer is too old for that. Ask again, and press the new button.")
        })?;
        Ok(request.what)
    }

    pub(super) async fn ask(&self, asked: &Asked, invoker: Invoker) -> cxbot_sdk::Result<Reply> {
        // Held only while the answer is made: a platform that is slow to take answers, or a copy that
        // is waited for, keeps nobody else waiting.
        let _place = self.places.acquire().await.map_err(anyhow::Error::from)?;
        match asked {
            Asked::Command(line) => self.app.command(line, invoker).await,
            Asked::Press(id) => self.app.press(id, invoker).await,
            Asked::Submit { id, values } => self.app.submit(id, values, invoker).await,
            Asked::Home => self.home(&invoker).await.map(Reply::Private),
        }
    }

    /// The person as `[[people]]` knows them, else by their id on the platform. Roles come from there
    /// and from the groups that the platform says they are in; and what they read if they are refused
    /// while those cannot be told.
    async fn invoker(
        &self,
        platform: &dyn Platform,
        request: &Request,
    ) -> (Invoker, Option<&'static str>) {
        let groups = platform.groups(request).await;
        let platform = platform.name();
        let own = |person: &&PersonConfig| person.id_on(platform) == Some(&request.person);
        let known = self.settings.people.iter().find(own);
        let mut invoker = match known {
            Some(person) => people::invoker(person),
            None => people::stranger(&request.person),
        };
        invoker.roles.extend(self.settings.access.roles_of(platform, &groups.ids));
        invoker.roles.sort();
        invoker.roles.dedup();
        (invoker, groups.unread)
    }
}

fn said(reply: Reply) -> Answer {
    match reply {
        Reply::Private(message) | Reply::Public(message) => Answer::Words(message),
        Reply::Done | Reply::Suggestions(_) => Answer::Nothing,
    }
}

/// Tries again where the answer was surely not taken. A form is not tried again: its time is short.
async fn hand_over(
    platform: &dyn Platform,
    request: &Request,
    answer: &Answer,
) -> Result<(), Failure> {
    let message = match answer {
        Answer::Words(message) => message,
        Answer::Form(form) => return platform.ask(request, form).await,
        Answer::Nothing => return Ok(()),
    };
    let trying = async {
        let mut pause = Duration::from_secs(1);
        loop {
            match platform.answer(request, message).await {
                Err(Failure::Later { after, .. }) => {
                    tokio::time::sleep(after.unwrap_or(pause)).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                done => return done,
            }
        }
    };
    match tokio::time::timeout(HANDED_OVER_WITHIN, trying).await {
        Ok(done) => done,
        Err(_) => Err(Failure::Unknown("the platform took no answer".to_owned())),
    }
}
