//! The people of a channel or of a user group. Bots are among them, and who is one is asked of each
//! and kept, with their names and zones: an audience is small, and a workspace may have many thousands.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cxbot_sdk::Members;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::groups;
use super::web::Web;
use crate::chat::Failure;

/// Members on one page; Slack advises no more than 200.
const PAGE: &str = "200";
/// Pages that are read before it is given up: nobody means so large an audience.
const PAGES: usize = 50;
/// How long it is kept who is a person; someone may leave the company.
const KEPT_FOR: Duration = Duration::from_secs(60 * 60);
/// Slack's own helper, which Slack does not call a bot.
const SLACKBOT: &str = "USLACKBOT";

/// What Slack says of someone.
#[derive(Debug, Clone)]
struct User {
    is_person: bool,
    zone: Option<String>,
    /// What they are called.
    names: Vec<String>,
}

/// Reads who is where.
pub(super) struct People {
    web: Arc<Web>,
    /// What Slack says of people, and when that was read.
    known: Mutex<HashMap<String, (User, Instant)>>,
}

impl People {
    pub(super) fn new(web: Arc<Web>) -> People {
        People { web, known: Mutex::default() }
    }

    /// Ids in their order. What was learned before a call failed is kept for the next try.
    pub(super) async fn of(&self, of: &Members) -> Result<Vec<String>, Failure> {
        let all = match of {
            Members::Channel(channel) => self.in_channel(channel).await?,
            Members::Group(group) => groups::people(&self.web, group).await?,
        };
        let mut people = Vec::new();
        for id in BTreeSet::from_iter(all) {
            if self.is_person(&id).await? {
                people.push(id);
            }
        }
        Ok(people)
    }

    async fn in_channel(&self, channel: &str) -> Result<Vec<String>, Failure> {
        let method = "conversations.members";
        let mut query = vec![("channel", channel.to_owned()), ("limit", PAGE.to_owned())];
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let answer = self.web.get(method, &query).await?;
            let members = answer["members"].as_array().ok_or_else(|| {
                Failure::Unknown(format!("Slack's answer to {method} holds no members"))
            })?;
            all.extend(members.iter().filter_map(Value::as_str).map(str::to_owned));
            let cursor = answer["response_metadata"]["next_cursor"].as_str().unwrap_or_default();
            if cursor.is_empty() {
                return Ok(all);
            }
            query.retain(|(name, _)| *name != "cursor");
            query.push(("cursor", cursor.to_owned()));
        }
        Err(Failure::Channel(format!(
            "there are too many people in {channel} to ask each: name a smaller channel, or a user group"
        )))
    }

    async fn is_person(&self, id: &str) -> Result<bool, Failure> {
        if id == SLACKBOT {
            return Ok(false);
        }
        Ok(self.user(id).await?.is_person)
    }

    async fn user(&self, id: &str) -> Result<User, Failure> {
        if let Some(known) = self.known(id) {
            return Ok(known);
        }
        let answer = self.web.get("users.info", &[("user", id.to_owned())]).await?;
        let user = answer.get("user").ok_or_else(|| {
            Failure::Unknown("Slack's answer to users.info holds no user".to_owned())
        })?;
        let profile = &user["profile"];
        let names =
            [&user["name"], &user["real_name"], &profile["real_name"], &profile["display_name"]];
        let read = User {
            is_person: user["is_bot"] != true && user["deleted"] != true,
            zone: user["tz"].as_str().map(str::to_owned),
            names: names.into_iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(id.to_owned(), (read.clone(), Instant::now()));
        Ok(read)
    }

    /// The zone of someone's profile.
    pub(super) async fn zone(&self, id: &str) -> Option<TimeZone> {
        TimeZone::get(&self.user(id).await.ok()?.zone?).ok()
    }

    /// What someone's profile calls them.
    pub(super) async fn names(&self, id: &str) -> Vec<String> {
        self.user(id).await.map(|user| user.names).unwrap_or_default()
    }

    fn known(&self, id: &str) -> Option<User> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (_, read_at)| read_at.elapsed() < KEPT_FOR);
        known.get(id).map(|(user, _)| user.clone())
    }
}
