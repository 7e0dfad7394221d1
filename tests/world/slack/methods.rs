//! The methods that the fake knows, each in the file of its family.

mod answers;
mod apps;
mod chat;
mod content;
mod conversations;
mod history;
mod identity;
mod users;
mod views;

use serde_json::{Value, json};

use super::addresses::Origin;
use super::asked::{Asked, RESPONSE};
use super::judge::Verdict;
use super::reply::{Refusal, Reply};
use super::state::State;
use super::table::TABLE;
use super::workspace::{Channel, Kind};

/// One call under way.
struct Call<'a> {
    state: &'a mut State,
    asked: &'a Asked,
    verdict: &'a Verdict,
}

type Answer = Result<Value, Refusal>;

pub fn respond(state: &mut State, asked: &Asked, verdict: &Verdict) -> Reply {
    let mut call = Call { state, asked, verdict };
    if asked.method == RESPONSE {
        return answers::respond(&mut call);
    }
    match call.answer() {
        Ok(fields) if asked.method == "api.test" => identity::echo(fields),
        Ok(fields) => call.warned(Reply::ok(fields)),
        Err(refusal) => call.state.refuse(asked, &refusal),
    }
}

/// Shows what a command's acknowledgement answers to the person; a complaint was made on an error.
pub fn show_answer(
    state: &mut State,
    user: &str,
    channel: &str,
    answer: Value,
    verdict: &Verdict,
) -> Result<(), ()> {
    let now = state.now();
    let path = state.workspace.addresses.make(user, channel, Origin::Command, now);
    let address = state.workspace.addresses.take(&path, now).expect("just made");
    let Value::Object(fields) = answer else {
        state.complaints.push(format!("acknowledgement: {answer} is no message"));
        return Err(());
    };
    let asked = Asked::answer(fields);
    let answered = answers::answer(&mut Call { state, asked: &asked, verdict }, &address);
    answered.map_err(|refusal| {
        let complaint = refusal.complaint.unwrap_or_default();
        state.complaints.push(format!("acknowledgement: {}: {complaint}", refusal.code));
    })
}

impl Call<'_> {
    fn answer(&mut self) -> Answer {
        if let Some(problem) = self.asked.problems.first() {
            return Err(Refusal::arguments(problem));
        }
        TABLE.check(&self.asked.method, &self.asked.arguments)?;
        match self.asked.method.as_str() {
            "api.test" => Ok(json!(self.asked.arguments)),
            "apps.connections.open" => apps::connections_open(self),
            "auth.test" => Ok(identity::auth_test()),
            "team.info" => identity::team_info(self),
            "usergroups.list" => users::usergroups(self),
            "usergroups.users.list" => users::usergroup_users(self),
            "users.info" => identity::users_info(self),
            "users.list" => users::list(self),
            "users.lookupByEmail" => users::lookup_by_email(self),
            "views.open" => views::open(self),
            "views.publish" => views::publish(self),
            "views.push" => views::push(self),
            "views.update" => views::update(self),
            "chat.postMessage" => chat::post(self),
            "chat.update" => chat::update(self),
            "chat.delete" => chat::delete(self),
            "chat.postEphemeral" => chat::post_ephemeral(self),
            "chat.getPermalink" => chat::permalink(self),
            "conversations.history" => history::history(self),
            "conversations.replies" => history::replies(self),
            "conversations.info" => conversations::info(self),
            "conversations.list" => conversations::list(self),
            "conversations.members" => conversations::members(self),
            "conversations.open" => conversations::open(self),
            other => unreachable!("{other} is in the table, but in no file"),
        }
    }

    /// Slack executes JSON without a charset, but says that it does not like it.
    fn warned(&mut self, mut reply: Reply) -> Reply {
        if self.asked.lacks_charset {
            self.complain("missing_charset: the Content-Type needs charset=utf-8");
            reply.body["warning"] = json!("missing_charset");
            reply.body["response_metadata"]["warnings"] = json!(["missing_charset"]);
        }
        reply
    }

    fn complain(&mut self, complaint: &str) {
        self.state.complain(self.asked, complaint);
    }

    fn needs(&self, scope: &str) -> Result<(), Refusal> {
        let method = TABLE.method(&self.asked.method).expect("a method of the table");
        assert!(method.bot_scopes.iter().any(|of_method| of_method == scope), "no scope {scope}");
        if self.state.has_scope(scope) {
            return Ok(());
        }
        let provided = self.state.scopes.join(",");
        let refusal = Refusal::because("missing_scope").with("needed", json!(scope));
        Err(refusal.with("provided", json!(provided)))
    }

    /// The scope of a family that covers this kind of channel.
    fn needs_for(&self, kind: Kind, what: &str) -> Result<(), Refusal> {
        let family = match kind {
            Kind::Public => "channels",
            Kind::Private => "groups",
            Kind::Direct => "im",
        };
        self.needs(&format!("{family}:{what}"))
    }

    /// The channel that the request names, whether the bot is in it or not.
    fn any_channel(&self) -> Result<&Channel, Refusal> {
        let id = self.asked.channel().unwrap_or_default();
        if !Channel::is_id(id) {
            return Err(Refusal::mistake("channel_not_found", format!("{id:?} is no channel id")));
        }
        let found = self.state.workspace.channels.get(id).filter(|channel| !channel.removed);
        found.ok_or_else(|| Refusal::because("channel_not_found"))
    }

    /// A private channel does not exist for those outside.
    fn channel(&self) -> Result<&Channel, Refusal> {
        let channel = self.any_channel()?;
        if channel.kind != Kind::Public && !channel.has_bot() {
            return Err(Refusal::because("channel_not_found"));
        }
        Ok(channel)
    }

    /// A whole number in a range, or what it is without the argument.
    fn limit(&self, most: u64, otherwise: u64) -> Result<usize, Refusal> {
        let limit = self.asked.arguments.get("limit").and_then(Value::as_u64).unwrap_or(otherwise);
        if (1..=most).contains(&limit) {
            return Ok(limit as usize);
        }
        let own = "invalid_limit";
        let code = if TABLE.allows(&self.asked.method, own) { own } else { "invalid_arguments" };
        Err(Refusal::mistake(code, format!("limit is 1 to {most}, not {limit}")))
    }
}
