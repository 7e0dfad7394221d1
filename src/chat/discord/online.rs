//! What a look at Discord finds: whether the token is good, and what the bot may do in its channels.

use serde_json::Value;

use super::Discord;
use super::failure::Refusal;
use super::permissions::{NEEDED, bits, in_channel};
use super::places::person;
use crate::chat::Finding;

impl Discord {
    /// Contacts Discord: the token, the gateway, and each of these channels.
    pub async fn look(&self, channels: &[&str]) -> Vec<Finding> {
        let me = match self.sender.get("/users/@me".to_owned(), "look at the bot").await {
            Ok(me) => me,
            Err(refusal) => return vec![Err(refusal.failure.to_string())],
        };
        let Some(name) = me["username"].as_str() else {
            return vec![Err(
                "what answers at discord.api_url is not Discord: correct it".to_owned()
            )];
        };
        let mut findings = vec![Ok(format!("the token is that of {name}"))];
        let gateway = self.sender.get("/gateway".to_owned(), "ask for the gateway").await;
        findings.push(match gateway {
            Ok(_) => Ok("the gateway can be asked for".to_owned()),
            Err(refusal) => Err(refusal.failure.to_string()),
        });
        let id = me["id"].as_str().unwrap_or_default();
        if let Some(guild) = &self.config.guild {
            findings.push(match self.guild(guild).await {
                Ok(about) => Ok(format!("the bot is in {}", named(&about, guild))),
                Err(refusal) => Err(format!("discord.guild: {}", refusal.failure)),
            });
        }
        for channel in channels {
            let found = match person(channel) {
                Some(person) => self.direct_to(person).await,
                None => self.channel(channel, id).await,
            };
            findings.push(match found {
                Ok(finding) => finding,
                Err(refusal) => Err(format!("{channel}: {}", refusal.failure)),
            });
        }
        findings
    }

    /// The address with which the bot is invited, once its token says which it is.
    pub async fn invitation(&self) -> anyhow::Result<String> {
        let path = "/applications/@me".to_owned();
        let about = self.sender.get(path, "look at the bot").await;
        let about = about.map_err(|refusal| anyhow::anyhow!("{}", refusal.failure))?;
        match about["id"].as_str() {
            Some(id) => Ok(invitation(id)),
            None => anyhow::bail!("what answers at discord.api_url is not Discord: correct it"),
        }
    }

    async fn guild(&self, guild: &str) -> Result<Value, Refusal> {
        self.sender.get(format!("/guilds/{guild}"), "look at the server").await
    }

    /// Whether the person takes direct messages shows only when one is sent.
    async fn direct_to(&self, person: &str) -> Result<Finding, Refusal> {
        self.places.open_room(person).await?;
        Ok(Ok(format!("a direct message to {person} can be opened")))
    }

    async fn channel(&self, channel: &str, me: &str) -> Result<Finding, Refusal> {
        let about = self.sender.get(format!("/channels/{channel}"), "look at a channel").await?;
        let guild = about["guild_id"].as_str().unwrap_or_default();
        let server = self.guild(guild).await?;
        let path = format!("/guilds/{guild}/members/{me}");
        let member = self.sender.get(path, "look at the bot's roles").await?;
        let allowed = in_channel(&server, &about, &member);
        let name = named(&about, channel);
        let missing = NEEDED.iter().filter(|(bit, ..)| allowed & bit == 0);
        let missing: Vec<String> =
            missing.map(|(_, words, why)| format!("{words} ({why})")).collect();
        Ok(match missing.is_empty() {
            true => Ok(format!("the bot may do all it needs in {name}")),
            false => Err(format!(
                "in {name} the bot lacks: {}; allow it in the channel's permissions, or invite the \
                 bot anew with cxbot invite discord",
                missing.join(", ")
            )),
        })
    }
}

/// The address that invites the application with exactly what it needs.
pub fn invitation(application: &str) -> String {
    format!(
        "https://discord.com/oauth2/authorize?client_id={application}\
         &scope=bot%20applications.commands&permissions={}",
        bits()
    )
}

fn named(about: &Value, id: &str) -> String {
    about["name"].as_str().map_or(id.to_owned(), |name| format!("{name} ({id})"))
}
