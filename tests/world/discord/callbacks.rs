//! The first answer to an interaction.

use std::time::Instant;

use serde_json::{Value, json};

use super::asked::Asked;
use super::interactions::{Ack, Interaction, Kind};
use super::mentions::Default;
use super::message::{EPHEMERAL, LOADING, Message};
use super::reply::{Answer, Refusal, Reply};
use super::state::State;
use super::{Discord, forms, shapes};

pub fn callback(state: &mut State, asked: &Asked) -> Answer {
    let interaction = open(state, asked)?;
    let number = asked.body["type"].as_u64().unwrap_or(0);
    if !fits(&interaction, number) {
        let kind = interaction.kind;
        return Err(Refusal::form(&[format!("type: {number} does not answer a {kind:?}")]));
    }
    let data = &asked.body["data"];
    let (ack, original) = match number {
        4 => (Ack::Message, Some(message(state, asked, &interaction, data)?)),
        5 => (Ack::Deferred, Some(loading(state, &interaction, data))),
        6 => (Ack::Silent, interaction.source.clone()),
        7 => (Ack::Updated, Some(update(state, asked, &interaction, data)?)),
        8 => (Ack::Choices(data["choices"].clone()), None),
        _ => (Ack::Modal(data.clone()), None),
    };
    let interaction = state.guild.interactions.with_token(asked.id("token")).expect("found before");
    (interaction.acknowledged, interaction.original) =
        (Some((Instant::now(), ack)), original.clone());
    Ok(respond(state, asked, number, original))
}

fn open(state: &mut State, asked: &Asked) -> Result<Interaction, Refusal> {
    let known = state.guild.interactions.with_token(asked.id("token")).cloned();
    let known = known.filter(|interaction| interaction.id == asked.id("i"));
    let known = known.ok_or(Refusal::mistake(10062, "there was never such an interaction"))?;
    // A second answer is nobody's mistake if the first one got lost on its way.
    match &known.acknowledged {
        Some(_) if known.in_doubt => Err(Refusal::because(40060)),
        Some(_) => Err(Refusal::mistake(40060, "a second first answer")),
        None if known.is_late(Instant::now()) => Err(Refusal::because(10062)),
        None => Ok(known),
    }
}

fn fits(interaction: &Interaction, number: u64) -> bool {
    let from_message = interaction.source.is_some();
    match interaction.kind {
        Kind::Command => [4, 5, 9].contains(&number),
        Kind::Autocomplete => number == 8,
        Kind::Component => [4, 5, 6, 7, 9].contains(&number),
        Kind::Modal => [4, 5].contains(&number) || (from_message && [6, 7].contains(&number)),
    }
}

/// A message that answers an interaction, for one person or for all.
pub fn blank(interaction: &Interaction, private: bool) -> Message {
    let message = Message::new(&interaction.channel, Discord::BOT_USER);
    Message {
        only_for: private.then(|| interaction.user.clone()),
        flags: if private { EPHEMERAL } else { 0 },
        token: Some(interaction.token.clone()),
        ..message
    }
}

pub fn is_private(data: &Value) -> bool {
    data["flags"].as_u64().unwrap_or(0) & EPHEMERAL != 0
}

fn message(
    state: &mut State,
    asked: &Asked,
    interaction: &Interaction,
    data: &Value,
) -> Result<String, Refusal> {
    let blank = blank(interaction, is_private(data));
    let message = forms::fill(state, asked, data, blank, Default::People)?;
    Ok(state.guild.post(message))
}

fn loading(state: &mut State, interaction: &Interaction, data: &Value) -> String {
    let mut message = blank(interaction, is_private(data));
    message.flags |= LOADING;
    state.guild.post(message)
}

fn update(
    state: &mut State,
    asked: &Asked,
    interaction: &Interaction,
    data: &Value,
) -> Result<String, Refusal> {
    let source = interaction.source.as_deref().expect("a message with a component");
    let message = state.guild.any(source).ok_or(Refusal::because(10008))?.clone();
    let message = forms::change(state, asked, data, message, Default::People)?;
    state.guild.replace(message);
    Ok(source.to_owned())
}

fn respond(state: &mut State, asked: &Asked, number: u64, original: Option<String>) -> Reply {
    if asked.query.get("with_response").is_none_or(|wanted| wanted != "true") {
        return Reply::nothing();
    }
    let interaction =
        state.guild.interactions.with_token(asked.id("token")).expect("found before").clone();
    let kind = match interaction.kind {
        Kind::Command => 2,
        Kind::Component => 3,
        Kind::Autocomplete => 4,
        Kind::Modal => 5,
    };
    let mut body = json!({"interaction": {"id": interaction.id, "type": kind}});
    if let Some(id) = original
        && [4, 5, 7].contains(&number)
    {
        let message = state.guild.any(&id).expect("a message just written").clone();
        body["interaction"]["response_message_id"] = json!(id);
        body["interaction"]["response_message_loading"] = json!(message.is_loading());
        body["interaction"]["response_message_ephemeral"] = json!(message.only_for.is_some());
        if number != 5 {
            let shape = shapes::message(&state.guild, &state.home, &message);
            body["resource"] = json!({"type": number, "message": shape});
        }
    }
    Reply::ok(body)
}
