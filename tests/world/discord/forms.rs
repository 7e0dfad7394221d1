//! Puts what a request asks for into a message.

use serde_json::{Value, json};

use super::asked::Asked;
use super::guild::bits;
use super::mentions::Default;
use super::message::{Message, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS, now};
use super::reply::Refusal;
use super::state::State;
use super::{attachments, mentions};

const ONE_FILE: usize = 10 << 20;
const TOGETHER: usize = 25 << 20;

/// A new message with what the body says.
pub fn fill(
    state: &mut State,
    asked: &Asked,
    body: &Value,
    mut message: Message,
    default: Default,
) -> Result<Message, Refusal> {
    let flags = body["flags"].as_u64().unwrap_or(0);
    message.flags |= flags & (SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS);
    apply(state, asked, body, &mut message, default)?;
    Ok(message)
}

/// The changed message; what the body does not name stays.
pub fn change(
    state: &mut State,
    asked: &Asked,
    body: &Value,
    mut message: Message,
    default: Default,
) -> Result<Message, Refusal> {
    apply(state, asked, body, &mut message, default)?;
    message.edited = Some(now());
    Ok(message)
}

fn apply(
    state: &mut State,
    asked: &Asked,
    body: &Value,
    message: &mut Message,
    default: Default,
) -> Result<(), Refusal> {
    sizes(asked)?;
    let may = state.guild.channels.get(&message.channel).map(|it| state.guild.allowed(it));
    let may = may.unwrap_or(0);
    if !asked.files.is_empty() && may & bits::ATTACH_FILES == 0 {
        return Err(Refusal::because(50013));
    }
    if body.get("content").is_some() {
        message.content = body["content"].as_str().unwrap_or_default().trim().to_owned();
        let (channel, rule) = (&message.channel, &body["allowed_mentions"]);
        let found = mentions::find(&state.guild, channel, &message.content, rule, default);
        message.pings = found;
    }
    embellish(state, asked, body, message, may);
    let old = std::mem::take(&mut message.attachments);
    message.attachments = attachments::after(&mut state.guild, &old, asked, body);
    if message.is_empty() {
        return Err(Refusal::mistake(50006, "neither words nor anything else to show"));
    }
    Ok(())
}

fn embellish(state: &mut State, asked: &Asked, body: &Value, message: &mut Message, may: u64) {
    let named = |key: &str| body.as_object().is_some_and(|body| body.contains_key(key));
    let list = |key: &str| if body[key].is_array() { body[key].clone() } else { json!([]) };
    if named("components") {
        message.components = list("components");
    }
    if named("embeds") {
        message.embeds = list("embeds");
        if may & bits::EMBED_LINKS == 0 && message.embeds != json!([]) {
            state.complain(asked, "embeds where EMBED_LINKS is missing: nobody sees them");
            message.embeds = json!([]);
        }
    }
}

/// Of one file and of all together.
fn sizes(asked: &Asked) -> Result<(), Refusal> {
    let sizes: Vec<usize> = asked.files.iter().map(|file| file.bytes.len()).collect();
    if sizes.iter().sum::<usize>() > TOGETHER {
        return Err(Refusal::mistake(40005, "files of more than 25 MiB together"));
    }
    match sizes.iter().any(|size| *size > ONE_FILE) {
        true => Err(Refusal::mistake(50045, "a file of more than 10 MiB")),
        false => Ok(()),
    }
}
