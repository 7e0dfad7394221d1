//! What Slack's errors mean for a post: who has to act, and whether the call was done.

use serde_json::Value;
use slack_morphism::errors::SlackClientError;

use crate::chat::Failure;
use crate::tls;

/// Who has to act before a call can succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// Slack itself: another try later.
    Later,
    /// Slack does not say how much was done.
    Unknown,
    /// Whoever manages the token.
    Account,
    /// Whoever manages the channel.
    Channel,
    /// The message is not there.
    Gone,
}

/// Codes that say that the post itself is refused, whenever it is tried.
const OF_CONTENT: &[&str] = &[
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_attachments",
    "invalid_arguments",
    "invalid_metadata_format",
    "invalid_metadata_schema",
    "metadata_too_large",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "too_many_attachments",
    "view_too_large",
    "cant_update_message",
    "cant_delete_message",
    "cannot_reply_to_message",
    "edit_window_closed",
];

/// Slack's other error codes with the remedy. What is in neither list may pass, and is tried again.
const CODES: &[(&str, Sort, &str)] = &[
    ("ratelimited", Sort::Later, "too many calls"),
    ("rate_limited", Sort::Later, "too many calls"),
    ("message_limit_exceeded", Sort::Later, "the workspace writes too many messages"),
    ("request_timeout", Sort::Later, "the request did not arrive whole"),
    ("service_unavailable", Sort::Unknown, "Slack is not available"),
    ("internal_error", Sort::Unknown, "Slack failed inside"),
    ("fatal_error", Sort::Unknown, "Slack failed inside"),
    ("not_authed", Sort::Account, "set SLACK_BOT_TOKEN"),
    ("invalid_auth", Sort::Account, "the token is not valid: set SLACK_BOT_TOKEN anew"),
    ("account_inactive", Sort::Account, "the app was uninstalled: install it and set its token"),
    ("token_revoked", Sort::Account, "the token was revoked: install the app anew"),
    ("token_expired", Sort::Account, "the token has expired: set SLACK_BOT_TOKEN anew"),
    ("not_allowed_token_type", Sort::Account, "it has to be a bot token, xoxb-…"),
    ("missing_scope", Sort::Account, "grant the scope and install the app anew"),
    ("no_permission", Sort::Account, "the workspace does not allow this to the app"),
    ("org_login_required", Sort::Account, "the workspace is being moved"),
    ("ekm_access_denied", Sort::Account, "the workspace's administrators have suspended posting"),
    ("access_denied", Sort::Account, "the workspace does not allow this to the app"),
    ("team_access_not_granted", Sort::Account, "the app is not allowed in this workspace"),
    ("link_disabled", Sort::Account, "Socket Mode is off: switch it on in the app's settings"),
    ("team_not_found", Sort::Account, "the workspace is not there"),
    (
        "channel_not_found",
        Sort::Channel,
        "there is no such channel, or it is private: correct the \
        id, or type /invite @cxbot in it",
    ),
    ("not_in_channel", Sort::Channel, "type /invite @cxbot in the channel"),
    ("is_archived", Sort::Channel, "the channel is archived: unarchive it, or name another"),
    ("is_inactive", Sort::Channel, "the channel is frozen: name another"),
    ("channel_is_limited_access", Sort::Channel, "access to the channel is limited"),
    ("messages_tab_disabled", Sort::Channel, "the app takes no direct messages"),
    ("posting_to_channel_denied", Sort::Channel, "the app may not post there"),
    ("restricted_action", Sort::Channel, "a workspace setting keeps the app from posting there"),
    ("restricted_action_read_only_channel", Sort::Channel, "the channel is read-only"),
    ("restricted_action_thread_only_channel", Sort::Channel, "the channel takes replies only"),
    ("restricted_action_thread_locked", Sort::Channel, "the thread is locked"),
    ("restricted_action_non_threadable_channel", Sort::Channel, "the channel has no threads"),
    ("user_not_found", Sort::Channel, "there is no such person: correct the id"),
    ("user_not_visible", Sort::Channel, "the person cannot be seen from here: name another"),
    ("user_disabled", Sort::Channel, "the person's account is deactivated: name another"),
    ("cannot_dm_bot", Sort::Channel, "a bot takes no direct messages: name a person"),
    ("no_such_subteam", Sort::Channel, "there is no such user group: correct its id"),
    ("plan_upgrade_required", Sort::Account, "user groups need a paid plan of Slack"),
    ("message_not_found", Sort::Gone, "the message is not there"),
    ("thread_not_found", Sort::Gone, "the thread is not there"),
    ("expired_trigger_id", Sort::Gone, "the press is too long ago"),
    ("exchanged_trigger_id", Sort::Gone, "the press was used before"),
    ("invalid_trigger_id", Sort::Gone, "the press is too long ago"),
    ("not_found", Sort::Gone, "the window was closed"),
    ("hash_conflict", Sort::Gone, "the window shows something else by now"),
    ("push_limit_reached", Sort::Gone, "too many windows lie on each other"),
];

/// What an error of the client means. Neither bodies nor tokens go into the text.
pub(super) fn sorted(method: &str, error: &SlackClientError) -> Failure {
    match error {
        SlackClientError::ApiError(error) => {
            let body = error.http_response_body.as_deref();
            let needed = body.and_then(needed_scope);
            of_code(method, &error.code, needed.as_deref())
        }
        SlackClientError::RateLimitError(error) => Failure::Later {
            after: error.retry_after,
            why: format!("Slack limits the rate of {method}"),
        },
        SlackClientError::HttpError(error) => {
            Failure::Unknown(format!("Slack answered {method} with HTTP {}", error.status_code))
        }
        SlackClientError::ProtocolError(_) => {
            Failure::Unknown(format!("Slack's answer to {method} cannot be read"))
        }
        SlackClientError::HttpProtocolError(error) => {
            let cause = error.cause.as_ref();
            let lost =
                cause.and_then(|cause| cause.downcast_ref::<hyper_util::client::legacy::Error>());
            match lost.filter(|error| error.is_connect()) {
                // Nothing was sent where there was no connection.
                Some(error) => {
                    let more = tls::distrust(error);
                    let why =
                        format!("no connection to Slack for {method}{more}; check slack.api_url");
                    Failure::Later { after: None, why }
                }
                None => Failure::Unknown(format!("the connection broke during {method}")),
            }
        }
        _ => Failure::Unknown(format!("{method} failed without an answer")),
    }
}

fn of_code(method: &str, code: &str, needed: Option<&str>) -> Failure {
    let code = word(code);
    let known = CODES.iter().find(|(known, ..)| *known == code);
    let Some((_, sort, remedy)) = known else {
        let why = format!("Slack refuses {method} with {code}");
        return match OF_CONTENT.contains(&code.as_str()) {
            true => Failure::Content(why),
            false => Failure::Channel(format!("{why}, which cxbot does not know")),
        };
    };
    let scope = needed.map(|scope| format!(" {}", word(scope))).unwrap_or_default();
    let why = format!("Slack answers {method} with {code}{scope}: {remedy}");
    match sort {
        Sort::Later => Failure::Later { after: None, why },
        Sort::Unknown => Failure::Unknown(why),
        Sort::Account => Failure::Account(why),
        Sort::Channel => Failure::Channel(why),
        Sort::Gone => Failure::Gone,
    }
}

fn needed_scope(body: &str) -> Option<String> {
    let body: Value = serde_json::from_str(body).ok()?;
    body["needed"].as_str().map(str::to_owned)
}

/// A code as Slack writes them; nothing else from outside gets into a log.
fn word(text: &str) -> String {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | ',' | '.');
    text.chars().filter(allowed).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use slack_morphism::errors::SlackClientApiError;

    fn api(code: &str) -> Failure {
        let error = SlackClientApiError::new(code.to_owned());
        sorted("chat.postMessage", &SlackClientError::ApiError(error))
    }

    #[test]
    fn each_error_says_who_has_to_act() {
        assert!(matches!(api("rate_limited"), Failure::Later { .. }));
        assert!(matches!(api("internal_error"), Failure::Unknown(_)));
        assert!(matches!(api("invalid_auth"), Failure::Account(_)));
        assert!(matches!(api("not_in_channel"), Failure::Channel(_)));
        assert!(matches!(api("cannot_dm_bot"), Failure::Channel(_)));
        assert!(matches!(api("invalid_blocks"), Failure::Content(_)));
        assert_eq!(api("message_not_found"), Failure::Gone);
    }

    #[test]
    fn a_missing_scope_is_named() {
        let mut error = SlackClientApiError::new("missing_scope".to_owned());
        error.http_response_body =
            Some(r#"{"ok":false,"error":"missing_scope","needed":"chat:write"}"#.to_owned());
        let failure = sorted("chat.postMessage", &SlackClientError::ApiError(error));
        assert_eq!(
            failure.to_string(),
            "Slack answers chat.postMessage with missing_scope chat:write: grant the scope and \
             install the app anew"
        );
    }

    #[test]
    fn nothing_that_slack_says_beside_its_code_gets_into_a_log() {
        let failure = api("invalid_auth xoxb-secret <b>\n");
        assert_eq!(
            failure.to_string(),
            "Slack refuses chat.postMessage with invalid_authxoxbsecretb, which cxbot does not know"
        );
    }
}
