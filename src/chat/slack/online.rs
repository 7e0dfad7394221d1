//! What a look at Slack finds: whether the token is good for everything, and the bot in its channels.

use cxbot_sdk::words::counted;
use serde_json::{Value, json};

use super::Slack;
use super::manifest;
use super::rooms::is_person;
use crate::chat::{Failure, Finding};

impl Slack {
    /// Contacts Slack: the token, its scopes, and each of these channels.
    pub async fn look(&self, channels: &[&str]) -> Vec<Finding> {
        let token = match self.web.post("auth.test", &json!({})).await {
            Ok(answer) => {
                let team = answer["team"].as_str().unwrap_or("the workspace");
                Ok(format!("the bot token opens {team}"))
            }
            Err(failure) => return vec![Err(failure.to_string())],
        };
        let mut findings = vec![token];
        match self.web.scopes().await {
            Ok(granted) => findings.extend(self.scopes(&granted)),
            Err(failure) => findings.push(Err(failure.to_string())),
        }
        for channel in channels {
            findings.push(match is_person(channel) {
                true => self.person(channel).await,
                false => self.channel(channel).await,
            });
        }
        for group in self.groups.ids() {
            findings.push(self.group(group).await);
        }
        if let Some(token) = &self.app_token {
            findings.push(self.socket(token).await);
        }
        findings
    }

    async fn person(&self, person: &str) -> Finding {
        match self.rooms.open_for(person).await {
            Ok(_) => Ok(format!("the bot may write to {person} directly")),
            Err(failure) => Err(format!("{person}: {failure}")),
        }
    }

    async fn channel(&self, channel: &str) -> Finding {
        let query = [("channel", channel.to_owned())];
        let told = |failure: Failure| format!("{channel}: {failure}");
        let answer = self.web.get("conversations.info", &query).await.map_err(told)?;
        let about = &answer["channel"];
        let name = about["name"].as_str().unwrap_or(channel);
        let is = |field: &str| about[field] == Value::Bool(true);
        if is("is_archived") {
            return Err(format!("{channel} ({name}) is archived: unarchive it, or name another"));
        }
        match is("is_member") {
            true => Ok(format!("the bot is in {channel} ({name})")),
            false => Err(format!(
                "the bot is not in {channel} ({name}): type /invite @cxbot in the channel"
            )),
        }
    }

    /// A group without people gives nobody its role, which may well be meant.
    async fn group(&self, id: &str) -> Finding {
        match self.groups.people(id).await {
            Ok(people) => {
                let people = counted(people.len() as u64, "member");
                Ok(format!("the user group {id} has {people}"))
            }
            Err(failure) => Err(format!("access.groups, {id}: {failure}")),
        }
    }

    async fn socket(&self, token: &secrecy::SecretString) -> Finding {
        match self.web.open_connection(token).await {
            Ok(()) => Ok("the app token opens Socket Mode".to_owned()),
            Err(failure) => Err(failure.to_string()),
        }
    }

    fn scopes(&self, granted: &[String]) -> Vec<Finding> {
        let wanted = manifest::scopes(self.asks_for());
        let missing = wanted.filter(|(scope, _)| !granted.iter().any(|known| known == scope));
        let missing: Vec<Finding> = missing
            .map(|(scope, why)| {
                Err(format!(
                    "the scope {scope} is missing ({why}): add it to the app and install it anew"
                ))
            })
            .collect();
        match missing.is_empty() {
            true => vec![Ok("every scope is granted".to_owned())],
            false => missing,
        }
    }
}
