//! The people who have a role. Discord lists the members of a server only to applications whose owner
//! has switched that on.

use cxbot_sdk::Members;
use serde_json::Value;

use super::Discord;
use super::failure::{MISSING_ACCESS, Refusal};
use crate::chat::Failure;

/// Members on one page; the most that Discord gives.
const PAGE: usize = 1_000;
const SWITCH_IT_ON: &str = "Discord lists no members to this application: switch on Server Members Intent for it at \
     discord.com/developers (Bot, Privileged Gateway Intents)";

impl Discord {
    pub(super) async fn people(&self, of: &Members) -> Result<Vec<String>, Failure> {
        let role = match of {
            Members::Group(role) => role,
            Members::Channel(channel) => {
                return Err(Failure::Channel(format!(
                    "who reads the channel {channel} is more than Discord tells: name a role, or people"
                )));
            }
        };
        for server in self.servers().await? {
            if self.has_role(&server, role).await? {
                return self.with_role(&server, role).await;
            }
        }
        Err(Failure::Channel(format!(
            "there is no role {role} in the server that cxbot is used in: correct its id, or set \
             discord.guild"
        )))
    }

    async fn has_role(&self, server: &str, role: &str) -> Result<bool, Failure> {
        let path = format!("/guilds/{server}/roles");
        let roles = self.sender.get(path, "read the roles of the server").await?;
        Ok(roles.as_array().into_iter().flatten().any(|known| known["id"] == role))
    }

    async fn with_role(&self, server: &str, role: &str) -> Result<Vec<String>, Failure> {
        let mut people = Vec::new();
        let mut after = "0".to_owned();
        loop {
            let path = format!("/guilds/{server}/members?limit={PAGE}&after={after}");
            let page = self.sender.get(path, "list the members of the server").await;
            let page = page.map_err(refused)?;
            let members = page.as_array().map(Vec::as_slice).unwrap_or_default();
            let ours = members.iter().filter(|one| is_person(one) && has(one, server, role));
            people.extend(ours.filter_map(id).map(str::to_owned));
            match members.last().and_then(id) {
                Some(last) if members.len() == PAGE => after = last.to_owned(),
                _ => break,
            }
        }
        people.sort();
        Ok(people)
    }
}

fn id(member: &Value) -> Option<&str> {
    member["user"]["id"].as_str()
}

fn is_person(member: &Value) -> bool {
    member["user"]["bot"] != true
}

/// Everyone has the role that has the server's own id, and no member's list names it.
fn has(member: &Value, server: &str, role: &str) -> bool {
    let mut own = member["roles"].as_array().into_iter().flatten();
    role == server || own.any(|own| own == role)
}

fn refused(refusal: Refusal) -> Failure {
    match refusal.code {
        Some(MISSING_ACCESS) => Failure::Account(SWITCH_IT_ON.to_owned()),
        _ => refusal.into(),
    }
}
