//! The people who have a role. Discord lists the members of a server only to applications whose owner
//! has switched that on.

use std::sync::PoisonError;

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

    /// A member's id, once it is noted what they are called.
    fn noted(&self, member: &Value) -> Option<String> {
        let id = id(member)?.to_owned();
        let mut called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
        called.insert(id.clone(), names(member));
        Some(id)
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
            people.extend(ours.filter_map(|one| self.noted(one)));
            match members.last().and_then(id) {
                Some(last) if members.len() == PAGE => after = last.to_owned(),
                _ => break,
            }
        }
        people.sort();
        Ok(people)
    }
}

/// What a server and its people call a member.
fn names(member: &Value) -> Vec<String> {
    let user = &member["user"];
    let names = [&member["nick"], &user["global_name"], &user["username"]];
    names.into_iter().filter_map(Value::as_str).map(str::to_owned).collect()
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
