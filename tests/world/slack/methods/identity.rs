//! api.test, auth.test, team.info and users.info: who is who.

use serde_json::{Value, json};

use super::super::Slack;
use super::super::reply::{Refusal, Reply};
use super::{Answer, Call, users};

const TEAM: &str = "CX Team";
pub const TEAM_URL: &str = "https://cxteam.slack.com/";

/// Answers with what was asked, and with the error that was asked for. The one answer whose code
/// comes from the client.
pub fn echo(arguments: Value) -> Reply {
    let code = arguments["error"].as_str().map(str::to_owned);
    let fields = if arguments == json!({}) { arguments } else { json!({"args": arguments}) };
    let mut reply = Reply::ok(fields);
    if let Some(code) = code {
        reply.body["ok"] = json!(false);
        reply.body["error"] = json!(code);
    }
    reply
}

pub fn auth_test() -> Value {
    json!({
        "url": TEAM_URL, "team": TEAM, "user": "cxbot", "team_id": Slack::TEAM_ID,
        "user_id": Slack::BOT_USER, "bot_id": Slack::BOT_ID, "is_enterprise_install": false,
    })
}

pub fn team_info(call: &mut Call) -> Answer {
    call.needs("team:read")?;
    Ok(json!({"team": {
        "id": Slack::TEAM_ID, "name": TEAM, "url": TEAM_URL, "domain": "cxteam",
        "email_domain": "", "icon": {"image_default": true}, "avatar_base_url": "",
        "is_verified": false,
    }}))
}

pub fn users_info(call: &mut Call) -> Answer {
    call.needs("users:read")?;
    let id = call.asked.text("user").unwrap_or_default();
    let user = users::user(call, id);
    Ok(json!({"user": user.ok_or_else(|| Refusal::because("user_not_found"))?}))
}
