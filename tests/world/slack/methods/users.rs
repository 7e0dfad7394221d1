//! users.list, users.lookupByEmail and the methods about user groups.

use serde_json::{Value, json};

use super::super::cursor;
use super::super::reply::Refusal;
use super::super::shapes;
use super::{Answer, Call};

/// A person as this token may see them.
pub fn user(call: &Call, id: &str) -> Option<Value> {
    let workspace = &call.state.workspace;
    let mut user = shapes::user(id, workspace.users.get(id)?);
    let email = workspace.emails.get(id).filter(|_| call.state.has_scope("users:read.email"));
    if let Some(email) = email {
        user["profile"]["email"] = json!(email);
    }
    if call.asked.flag("include_locale") {
        user["locale"] = json!("en-IE");
    }
    Some(user)
}

pub fn list(call: &mut Call) -> Answer {
    call.needs("users:read")?;
    let everybody = call.state.workspace.users.len().max(1);
    let limit = call.limit(1_000, everybody as u64)?;
    let end = cursor::resume(call.asked)?;
    let all = call.state.workspace.users.keys();
    let behind = all.filter(|id| end.as_ref().is_none_or(|end| *id > end));
    let (page, more) = cursor::page(behind.collect(), limit);
    let next = page.last().filter(|_| more).map(|last| cursor::after(call.asked, last));
    let members: Vec<Value> = page.iter().filter_map(|id| user(call, id)).collect();
    Ok(json!({
        "members": members, "cache_ts": call.state.now() as i64,
        "response_metadata": {"next_cursor": next.unwrap_or_default()},
    }))
}

pub fn lookup_by_email(call: &mut Call) -> Answer {
    call.needs("users:read.email")?;
    let email = call.asked.text("email").unwrap_or_default();
    let mut all = call.state.workspace.emails.iter();
    let found = all.find(|(_, theirs)| theirs.eq_ignore_ascii_case(email));
    let found = found.and_then(|(id, _)| user(call, id));
    Ok(json!({"user": found.ok_or_else(|| Refusal::because("users_not_found"))?}))
}

pub fn usergroups(call: &mut Call) -> Answer {
    call.needs("usergroups:read")?;
    let with_users = call.asked.flag("include_users");
    let all = call.state.workspace.usergroups.iter();
    let shape = |(id, (handle, users)): (&String, &(String, Vec<String>))| {
        let mut group = shapes::usergroup(id, handle, users.len());
        if with_users {
            group["users"] = json!(users);
        }
        group
    };
    Ok(json!({"usergroups": all.map(shape).collect::<Vec<Value>>()}))
}

pub fn usergroup_users(call: &mut Call) -> Answer {
    call.needs("usergroups:read")?;
    let id = call.asked.text("usergroup").unwrap_or_default();
    let found = call.state.workspace.usergroups.get(id);
    let (_, users) = found.ok_or_else(|| Refusal::because("no_such_subteam"))?;
    Ok(json!({"users": users}))
}
