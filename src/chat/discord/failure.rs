//! What Discord's errors mean: who has to act, and whether the call was done.

use std::time::Duration;

use crate::chat::Failure;

/// A call that Discord did not do, with its code where it gave one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: Option<u64>,
    pub(super) failure: Failure,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        refusal.failure
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Refusal {
        Refusal { code: None, failure }
    }
}

/// Who has to act before a call can succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Later,
    Account,
    Channel,
    Content,
    Gone,
}

/// There is no such channel, or no such thread.
pub(super) const UNKNOWN_CHANNEL: u64 = 10_003;
/// There is no such message.
pub(super) const UNKNOWN_MESSAGE: u64 = 10_008;
/// The bot may not see or do it at all.
pub(super) const MISSING_ACCESS: u64 = 50_001;
/// The message has its thread already.
pub(super) const HAS_THREAD: u64 = 160_004;
/// The thread is archived.
pub(super) const ARCHIVED: u64 = 50_083;
/// The picture is too large.
pub(super) const TOO_LARGE: [u64; 2] = [40_005, 50_045];

/// Discord's codes with the remedy. What is not in the list may pass, and is tried again.
const CODES: &[(u64, Sort, &str)] = &[
    (
        UNKNOWN_CHANNEL,
        Sort::Channel,
        "there is no such channel: correct the id, or invite the bot to its server",
    ),
    (10_004, Sort::Channel, "the bot is not in that server: invite it"),
    (UNKNOWN_MESSAGE, Sort::Gone, "the message is not there"),
    (10_013, Sort::Channel, "there is no such person: correct the id"),
    (10_015, Sort::Gone, "the time for an answer is over"),
    (10_062, Sort::Gone, "the time for an answer is over"),
    (20_016, Sort::Later, "the channel is in slow mode"),
    (20_028, Sort::Later, "the channel takes no more messages for now"),
    (30_046, Sort::Later, "an old message takes no more edits for now"),
    (40_003, Sort::Later, "too many direct messages are opened"),
    (40_001, Sort::Account, "the token is not valid: set DISCORD_TOKEN anew"),
    (TOO_LARGE[0], Sort::Content, "the picture is too large"),
    (40_060, Sort::Gone, "it was acknowledged before"),
    (40_333, Sort::Account, "Discord blocks this program by its name"),
    (40_067, Sort::Channel, "the forum asks for a tag on each post: give it one"),
    (MISSING_ACCESS, Sort::Channel, "the bot does not see the channel: give it View Channel there"),
    (
        50_013,
        Sort::Channel,
        "the bot lacks a permission in the channel: cxbot check --online names it",
    ),
    (50_006, Sort::Content, "the message is empty"),
    (
        50_007,
        Sort::Channel,
        "the person takes no direct messages from the bot: they have to allow them in the server's \
         privacy settings",
    ),
    (50_008, Sort::Channel, "messages cannot be sent in a channel of this kind: name another"),
    (50_027, Sort::Gone, "the time for an answer is over"),
    (50_033, Sort::Channel, "there is nobody to write to: name a person who is no bot"),
    (50_278, Sort::Channel, "the person is in no server with the bot: invite them"),
    (50_035, Sort::Content, "the message is not in the form that Discord takes"),
    (TOO_LARGE[1], Sort::Content, "the picture is too large"),
    (ARCHIVED, Sort::Channel, "the thread is archived: open it again"),
    (160_005, Sort::Channel, "the thread is locked: unlock it"),
    (160_006, Sort::Later, "the server has too many open threads"),
];

/// What an answer that is not a success means. `what` names the call for the operator.
pub(super) fn sorted(what: &str, status: u16, code: Option<u64>) -> Refusal {
    // Zero is "something went wrong", and says no more than none.
    let code = code.filter(|code| *code > 0);
    let known = CODES.iter().find(|(known, ..)| Some(*known) == code);
    let failure = match known {
        Some((code, sort, remedy)) => {
            let why = format!("Discord refuses to {what} ({code}): {remedy}");
            match sort {
                Sort::Later => Failure::Later { after: None, why },
                Sort::Account => Failure::Account(why),
                Sort::Channel => Failure::Channel(why),
                Sort::Content => Failure::Content(why),
                Sort::Gone => Failure::Gone,
            }
        }
        None => of_status(what, status, code),
    };
    Refusal { code, failure }
}

fn of_status(what: &str, status: u16, code: Option<u64>) -> Failure {
    let said = code.map_or(String::new(), |code| format!(" and {code}"));
    let why = format!("Discord answers HTTP {status}{said} to: {what}");
    match (status, code) {
        (401, _) => Failure::Account("the token is not valid: set DISCORD_TOKEN anew".to_owned()),
        // A proxy's own error may come before or after the call was done.
        (500.., _) => Failure::Unknown(why),
        // Nor is one without a code Discord's own: it says nothing of the channel or the message.
        (_, None) => Failure::Later { after: None, why },
        (403, _) => Failure::Channel(format!("{why}; cxbot check --online tells more")),
        (400, _) => Failure::Content(why),
        _ => Failure::Later { after: None, why },
    }
}

/// Discord limits the rate.
pub(super) fn limited(what: &str, after: Duration) -> Refusal {
    let why = format!("Discord limits the rate of: {what}");
    Failure::Later { after: Some(after), why }.into()
}
