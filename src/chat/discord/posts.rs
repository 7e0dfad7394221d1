//! Posts and replies: made once, changed, found again.

use cxbot_sdk::text::shorten;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use super::Discord;
use super::failure::{ARCHIVED, HAS_THREAD, Refusal, TOO_LARGE, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE};
use super::places::{Kind, Place, person};
use super::sender::Call;
use crate::chat::render::discord::{self as render, Drawn, Picture};
use crate::chat::{Failure, Post, Search};

/// Discord remembers this many characters of a nonce.
const NONCE: usize = 25;
/// A thread's name, in characters.
const THREAD_NAME: usize = 100;
/// Minutes without a word after which Discord archives a thread; the longest that it takes.
const A_WEEK: u32 = 10_080;
/// A message of which nobody is told by a sound.
const SILENT: u64 = 1 << 12;
/// Messages on a page of a channel's past, and pages that are read before a search is given up.
const PAGE: usize = 100;
const PAGES: usize = 20;
/// Discord's time begins with 2015.
const EPOCH_MILLIS: i64 = 1_420_070_400_000;

impl Discord {
    pub(super) async fn make(&self, post: Post<'_>) -> Result<String, Failure> {
        let made = match self.make_drawn(post, Drawn::Pictures).await {
            Err(refusal) if is_too_large(&refusal) => self.make_drawn(post, Drawn::Signs).await,
            done => done,
        };
        Ok(made?)
    }

    pub(super) async fn change(&self, place: &str, post: Post<'_>) -> Result<(), Failure> {
        let changed = match self.change_drawn(place, post, Drawn::Pictures).await {
            Err(refusal) if is_too_large(&refusal) => {
                self.change_drawn(place, post, Drawn::Signs).await
            }
            done => done,
        };
        match changed {
            Err(refusal) if refusal.code == Some(UNKNOWN_CHANNEL) => Err(Failure::Gone),
            done => Ok(done?),
        }
    }

    async fn make_drawn(&self, post: Post<'_>, drawn: Drawn) -> Result<String, Refusal> {
        let (body, pictures) = render::post(post.message, post.id, drawn);
        match post.thread {
            Some(parent) if person(post.channel).is_some() => {
                let room = Place::read(parent).channel;
                self.next_message(room, post.id, body, &pictures).await
            }
            Some(parent) => self.reply(Place::read(parent), post.id, body, &pictures).await,
            None => self.parent(post, body, &pictures).await,
        }
    }

    async fn change_drawn(&self, place: &str, post: Post<'_>, drawn: Drawn) -> Result<(), Refusal> {
        let (mut body, pictures) = render::post(post.message, post.id, drawn);
        // What an edit does not name stays as it was.
        for part in ["components", "attachments"] {
            if body.get(part).is_none() {
                body[part] = json!([]);
            }
        }
        let place = Place::read(place);
        let edit = || {
            let call = Call::new(Method::PATCH, place.path(), "edit a message");
            self.sender.call(call.with(&body).with_pictures(&pictures))
        };
        match edit().await {
            // Threads are archived by themselves after a while; corrections come later.
            Err(refusal) if refusal.code == Some(ARCHIVED) => {
                self.open_again(place.channel).await?;
                edit().await.map(drop)
            }
            done => done.map(drop),
        }
    }

    async fn open_again(&self, thread: &str) -> Result<(), Refusal> {
        let open = json!({"archived": false});
        let path = format!("/channels/{thread}");
        let call = Call::new(Method::PATCH, path, "open an archived thread");
        self.sender.call(call.with(&open)).await.map(drop)
    }

    pub(super) async fn remove(&self, place: &str) -> Result<(), Failure> {
        let path = Place::read(place).path();
        match self.sender.call(Call::new(Method::DELETE, path, "delete a message")).await {
            Err(refusal) if refusal.code == Some(UNKNOWN_CHANNEL) => Err(Failure::Gone),
            done => Ok(done.map(drop)?),
        }
    }

    async fn parent(
        &self,
        post: Post<'_>,
        body: Value,
        pictures: &[Picture],
    ) -> Result<String, Refusal> {
        if let Some(person) = person(post.channel) {
            return self.direct(person, post.id, body, pictures).await;
        }
        let kind = self.places.kind(post.channel).await?;
        match kind.is_forum {
            true => self.forum_post(&kind, post, body, pictures).await,
            false => self.message(post.channel, post.id, body, pictures).await,
        }
    }

    async fn direct(
        &self,
        person: &str,
        id: &str,
        body: Value,
        pictures: &[Picture],
    ) -> Result<String, Refusal> {
        let room = self.places.room(person).await?;
        let made = self.message(&room, id, body, pictures).await;
        if made.as_ref().is_err_and(|refusal| refusal.code == Some(UNKNOWN_CHANNEL)) {
            self.places.leave_room(person).await;
        }
        made
    }

    /// Direct messages have no threads: a reply follows its post, and makes no sound of its own.
    async fn next_message(
        &self,
        room: &str,
        id: &str,
        mut body: Value,
        pictures: &[Picture],
    ) -> Result<String, Refusal> {
        body["flags"] = json!(SILENT);
        self.message(room, id, body, pictures).await
    }

    async fn forum_post(
        &self,
        kind: &Kind,
        post: Post<'_>,
        body: Value,
        pictures: &[Picture],
    ) -> Result<String, Refusal> {
        let mut thread =
            json!({"name": name(&body), "message": body, "auto_archive_duration": A_WEEK});
        if let Some(tag) = &kind.tag {
            thread["applied_tags"] = json!([tag]);
        }
        let path = format!("/channels/{}/threads", post.channel);
        let call = Call::new(Method::POST, path, "post in a forum");
        let made = self.sender.call(call.with(&thread).with_pictures(pictures)).await;
        if made.as_ref().is_err_and(|refusal| matches!(refusal.failure, Failure::Channel(_))) {
            // Someone is going to change the forum; it is looked at again then.
            self.places.forget(post.channel).await;
        }
        let made = made?;
        let id = id_of(&made)?;
        Ok(format!("{id}/{id}"))
    }

    /// A message that is there once, however often it is sent within a few minutes.
    async fn message(
        &self,
        channel: &str,
        id: &str,
        mut body: Value,
        pictures: &[Picture],
    ) -> Result<String, Refusal> {
        body["nonce"] = json!(nonce(id));
        body["enforce_nonce"] = json!(true);
        let path = format!("/channels/{channel}/messages");
        let call = Call::new(Method::POST, path, "post a message");
        match self.sender.call(call.with(&body).with_pictures(pictures)).await {
            Ok(made) => Ok(format!("{channel}/{}", id_of(&made)?)),
            // So Discord answers for a post that it knows and that was deleted meanwhile.
            Err(refusal) if refusal.code == Some(UNKNOWN_MESSAGE) => {
                Err(Failure::Unknown("the post was made, and deleted at once".to_owned()).into())
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// A reply in the thread of a post, which is opened for the first one.
    async fn reply(
        &self,
        parent: Place<'_>,
        id: &str,
        body: Value,
        pictures: &[Picture],
    ) -> Result<String, Refusal> {
        match self.message(parent.message, id, body.clone(), pictures).await {
            Err(refusal) if refusal.code == Some(UNKNOWN_CHANNEL) => {
                self.open_thread(parent).await?;
                self.message(parent.message, id, body, pictures).await
            }
            done => done,
        }
    }

    async fn open_thread(&self, parent: Place<'_>) -> Result<(), Refusal> {
        let gone = |refusal: Refusal| match refusal.code {
            Some(UNKNOWN_CHANNEL | UNKNOWN_MESSAGE) => Failure::Gone.into(),
            _ => refusal,
        };
        let message = self.sender.get(parent.path(), "read a post").await.map_err(gone)?;
        let thread = json!({"name": name(&message), "auto_archive_duration": A_WEEK});
        let path = format!("{}/threads", parent.path());
        let call = Call::new(Method::POST, path, "open a thread").with(&thread);
        match self.sender.call(call).await.map_err(gone) {
            Err(refusal) if refusal.code == Some(HAS_THREAD) => Ok(()),
            done => done.map(drop),
        }
    }

    pub(super) async fn search(&self, search: Search<'_>) -> Result<Vec<String>, Failure> {
        let me = self.places.me().await?;
        let is = |message: &Value| is_ours(message, search.id, me);
        if let Some(person) = person(search.channel) {
            let room = self.places.room(person).await?;
            return Ok(self.past(&room, search.since, is).await?);
        }
        match search.thread {
            Some(parent) => {
                let thread = Place::read(parent).message;
                match self.past(thread, search.since, is).await {
                    // No reply has opened the thread yet.
                    Err(refusal) if refusal.code == Some(UNKNOWN_CHANNEL) => Ok(Vec::new()),
                    found => Ok(found?),
                }
            }
            None => {
                let kind = self.places.kind(search.channel).await?;
                match kind.is_forum {
                    true => Ok(self.forum_past(&kind, search, is).await?),
                    false => Ok(self.past(search.channel, search.since, is).await?),
                }
            }
        }
    }

    /// Messages of a channel or thread since then, oldest first.
    async fn past(
        &self,
        channel: &str,
        since: Timestamp,
        is: impl Fn(&Value) -> bool,
    ) -> Result<Vec<String>, Refusal> {
        let mut after = snowflake(since);
        let mut found = Vec::new();
        for _ in 0..PAGES {
            let path = format!("/channels/{channel}/messages?limit={PAGE}&after={after}");
            let answer = self.sender.get(path, "read a channel").await.map_err(unreadable)?;
            let messages = answer.as_array().cloned().unwrap_or_default();
            let id = |message: &Value| message["id"].as_str()?.parse::<u64>().ok();
            found.extend(messages.iter().filter(|message| is(message)).filter_map(id));
            match messages.iter().filter_map(id).max() {
                Some(last) if messages.len() == PAGE => after = last,
                _ => {
                    found.sort_unstable();
                    return Ok(found.iter().map(|id| format!("{channel}/{id}")).collect());
                }
            }
        }
        let why = "there is too much in the channel to find a post in".to_owned();
        Err(Failure::Later { after: None, why }.into())
    }

    /// Posts of a forum since then: its threads, open or archived, by their first messages.
    async fn forum_past(
        &self,
        kind: &Kind,
        search: Search<'_>,
        is: impl Fn(&Value) -> bool,
    ) -> Result<Vec<String>, Refusal> {
        let open = format!("/guilds/{}/threads/active", kind.guild);
        let archived = format!("/channels/{}/threads/archived/public?limit=100", search.channel);
        let since = snowflake(search.since);
        let mut threads = Vec::new();
        for path in [open, archived] {
            let answer = self.sender.get(path, "read a forum").await.map_err(unreadable)?;
            threads.extend(answer["threads"].as_array().cloned().unwrap_or_default());
        }
        let mut found = Vec::new();
        for thread in &threads {
            let Some(id) = thread["id"].as_str().filter(|_| thread["parent_id"] == search.channel)
            else {
                continue;
            };
            if id.parse::<u64>().is_ok_and(|id| id >= since) {
                let first = Place { channel: id, message: id };
                match self.sender.get(first.path(), "read a post").await {
                    Ok(message) if is(&message) => found.push(format!("{id}/{id}")),
                    Ok(_) => {}
                    Err(refusal) if refusal.failure == Failure::Gone => {}
                    Err(refusal) => return Err(refusal),
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

/// Then the post goes without its picture.
fn is_too_large(refusal: &Refusal) -> bool {
    let too_large = refusal.code.is_some_and(|code| TOO_LARGE.contains(&code));
    if too_large {
        tracing::warn!("a picture is too large for Discord; once more without it");
    }
    too_large
}

/// A channel whose past may not be read leaves an outcome unknown until someone grants it.
fn unreadable(refusal: Refusal) -> Refusal {
    match refusal.failure {
        Failure::Channel(why) if refusal.code != Some(UNKNOWN_CHANNEL) => {
            Failure::History(why).into()
        }
        _ => refusal,
    }
}

/// The bot's own post with this mark at its end.
fn is_ours(message: &Value, id: &str, me: &str) -> bool {
    let embeds = message["embeds"].as_array();
    let footer = embeds.and_then(|embeds| embeds.last()).map(|embed| &embed["footer"]["text"]);
    let mark = footer.and_then(Value::as_str).unwrap_or_default();
    message["author"]["id"] == me && mark.rsplit(' ').next() == Some(id)
}

fn nonce(id: &str) -> String {
    id.chars().take(NONCE).collect()
}

fn id_of(made: &Value) -> Result<&str, Failure> {
    made["id"].as_str().ok_or_else(|| {
        Failure::Unknown("Discord took a post and did not say where it stands".to_owned())
    })
}

/// A thread is named as its post is.
fn name(post: &Value) -> String {
    let title = post["embeds"][0]["title"].as_str().or(post["content"].as_str());
    let title = title.map(|title| title.replace('\\', "")).unwrap_or_default();
    match title.trim() {
        "" => "Details".to_owned(),
        title => shorten(title, THREAD_NAME),
    }
}

/// The smallest id that a message of that time can have.
fn snowflake(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond() - EPOCH_MILLIS).unwrap_or_default() << 22
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_when_its_message_was_made() {
        // Discord's own example of an id.
        let at: Timestamp = "2016-04-30T11:18:25.796Z".parse().expect("an instant");
        assert_eq!(snowflake(at) >> 22, 175_928_847_299_117_063 >> 22);
    }

    #[test]
    fn a_post_is_known_by_its_author_and_the_mark_at_its_end() {
        let post = json!({"author": {"id": "1"}, "embeds": [{"footer": {"text": "cxbot · abc"}}]});
        assert!(is_ours(&post, "abc", "1"));
        assert!(!is_ours(&post, "bc", "1") && !is_ours(&post, "abc", "2"));
    }
}
