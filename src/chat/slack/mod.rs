//! Slack, through slack-morphism's Web API: posts, edits, and finds its own posts again.

mod failure;
mod pace;
mod web;

use async_trait::async_trait;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::render::slack::render;
use super::{Call, Failure, Platform, Post, Search};
use crate::config::SlackConfig;
use pace::Pace;
use web::Web;

/// The word before the colon of a destination.
pub const NAME: &str = "slack";
/// The type of our posts' metadata, which every member of the workspace may read.
const EVENT_TYPE: &str = "cxbot_post";
/// Messages on one page of a history; Slack takes up to 999.
const PAGE: &str = "200";
/// Pages that are read before a search is given up: a channel with more traffic than 4,000 messages
/// in the minutes of a failed call is not waited for.
const PAGES: usize = 20;
/// Arguments that a post takes and an edit does not.
const POST_ONLY: [&str; 3] = ["unfurl_links", "unfurl_media", "mrkdwn"];

/// One Slack workspace, as the bot's token opens it.
pub struct Slack {
    web: Web,
    pace: Option<Pace>,
    zone: TimeZone,
    read_history: bool,
    history_lag: SignedDuration,
    /// The bot's own id, by which its messages are told from copies of their metadata.
    bot: OnceCell<String>,
}

impl Slack {
    /// Connects to nothing yet.
    pub fn new(
        config: &SlackConfig,
        token: &SecretString,
        zone: TimeZone,
    ) -> anyhow::Result<Slack> {
        Ok(Slack {
            web: Web::new(config, token)?,
            pace: Pace::new(),
            zone,
            read_history: config.read_history,
            history_lag: config.history_lag,
            bot: OnceCell::new(),
        })
    }

    /// The same without keeping to Slack's rates, for a test in which years pass in seconds.
    pub fn unpaced(mut self) -> Slack {
        self.pace = None;
        self
    }

    async fn bot(&self) -> Result<&String, Failure> {
        let ask = || async {
            let answer = self.web.post("auth.test", &json!({})).await?;
            text(&answer, "bot_id", "auth.test")
        };
        self.bot.get_or_try_init(ask).await
    }

    fn body(&self, post: Post<'_>) -> Value {
        let mut body = render(post.message, Some(post.channel), &self.zone).swap_remove(0);
        body["metadata"] = json!({"event_type": EVENT_TYPE, "event_payload": {"id": post.id}});
        body
    }

    /// Whether a message of a history is the post.
    fn is(&self, message: &Value, id: &str, bot: &str) -> bool {
        let metadata = &message["metadata"];
        message["bot_id"] == bot
            && metadata["event_type"] == EVENT_TYPE
            && metadata["event_payload"]["id"] == id
    }
}

#[async_trait]
impl Platform for Slack {
    fn name(&self) -> &'static str {
        NAME
    }

    fn settles_in(&self) -> SignedDuration {
        self.history_lag
    }

    async fn pace(&self, call: Call, channel: &str) {
        if let Some(pace) = &self.pace {
            pace.wait(call, channel).await;
        }
    }

    async fn post(&self, post: Post<'_>) -> Result<String, Failure> {
        let mut body = self.body(post);
        if let Some(thread) = post.thread {
            body["thread_ts"] = json!(thread);
        }
        let answer = self.web.post("chat.postMessage", &body).await?;
        text(&answer, "ts", "chat.postMessage")
    }

    async fn edit(&self, place: &str, post: Post<'_>) -> Result<(), Failure> {
        let mut body = self.body(post);
        if let Some(fields) = body.as_object_mut() {
            fields.retain(|field, _| !POST_ONLY.contains(&field.as_str()));
        }
        body["ts"] = json!(place);
        self.web.post("chat.update", &body).await.map(drop)
    }

    async fn delete(&self, channel: &str, place: &str) -> Result<(), Failure> {
        let body = json!({"channel": channel, "ts": place});
        self.web.post("chat.delete", &body).await.map(drop)
    }

    async fn find(&self, search: Search<'_>) -> Result<Vec<String>, Failure> {
        if !self.read_history {
            let why = "whether the post was made is not known, and slack.read_history is off";
            return Err(Failure::History(why.to_owned()));
        }
        let bot = self.bot().await?;
        let method = match search.thread {
            Some(_) => "conversations.replies",
            None => "conversations.history",
        };
        let oldest = oldest(search.since);
        let mut query = vec![
            ("channel", search.channel.to_owned()),
            ("oldest", oldest),
            ("inclusive", "true".to_owned()),
            ("limit", PAGE.to_owned()),
            ("include_all_metadata", "true".to_owned()),
        ];
        query.extend(search.thread.map(|thread| ("ts", thread.to_owned())));
        let mut found = Vec::new();
        for _ in 0..PAGES {
            let answer = self.web.get(method, &query).await.map_err(unreadable)?;
            let messages = answer["messages"].as_array().ok_or_else(|| {
                Failure::Unknown(format!("Slack's answer to {method} holds no messages"))
            })?;
            let ours = messages.iter().filter(|message| self.is(message, search.id, bot));
            found.extend(ours.filter_map(|message| message["ts"].as_str().map(str::to_owned)));
            let cursor = answer["response_metadata"]["next_cursor"].as_str().unwrap_or_default();
            if cursor.is_empty() {
                found.sort();
                return Ok(found);
            }
            query.retain(|(name, _)| *name != "cursor");
            query.push(("cursor", cursor.to_owned()));
        }
        Err(Failure::Later {
            after: None,
            why: format!(
                "there is too much in the channel to find a post in; {PAGES} pages were read"
            ),
        })
    }
}

/// Slack's time stamps are seconds with six digits behind the point.
fn oldest(since: Timestamp) -> String {
    format!("{}.000000", since.as_second())
}

/// A history that may not be read leaves an outcome unknown for as long as nobody grants it.
fn unreadable(failure: Failure) -> Failure {
    match failure {
        Failure::Account(why) if why.contains("missing_scope") => {
            Failure::History(format!("whether the post was made is not known. {why}"))
        }
        // The thread's parent was deleted, and the replies with it.
        Failure::Gone => Failure::Channel("the post above the thread was deleted".to_owned()),
        other => other,
    }
}

fn text(answer: &Value, field: &str, method: &str) -> Result<String, Failure> {
    let found = answer[field].as_str().filter(|_| answer["ok"] == true).map(str::to_owned);
    found.ok_or_else(|| Failure::Unknown(format!("Slack's answer to {method} lacks {field}")))
}
