//! Everything after the first answer: further messages, and changes to what was sent.

use super::asked::Asked;
use super::callbacks::{blank, is_private};
use super::interactions::{Ack, Interaction, Kind};
use super::mentions::Default;
use super::message::{LOADING, Message};
use super::reply::{Answer, Refusal, Reply};
use super::state::State;
use super::{Discord, forms, shapes};

fn open(state: &mut State, asked: &Asked) -> Result<Interaction, Refusal> {
    if asked.id("a") != Discord::APPLICATION {
        return Err(Refusal::mistake(10015, "another application's id"));
    }
    let known = state.guild.interactions.with_token(asked.id("token")).cloned();
    let known = known.ok_or(Refusal::mistake(50027, "a token that was never given"))?;
    if known.is_dead(asked.at) {
        return Err(Refusal::because(50027));
    }
    match known.acknowledged {
        None => Err(Refusal::mistake(10015, "before the first answer")),
        Some(_) if known.kind == Kind::Autocomplete => {
            Err(Refusal::mistake(10015, "choices are the only answer"))
        }
        Some(_) => Ok(known),
    }
}

pub fn follow_up(state: &mut State, asked: &Asked) -> Answer {
    let interaction = open(state, asked)?;
    let original = interaction.original.as_ref().and_then(|id| state.guild.any(id)).cloned();
    if let Some(original) = original.filter(Message::is_loading) {
        state.complain(asked, "an answer that was deferred is given by editing @original");
        return finish(state, asked, original);
    }
    let blank = blank(&interaction, is_private(&asked.body));
    let message = forms::fill(state, asked, &asked.body, blank, Default::People)?;
    let id = state.guild.post(message);
    shape(state, &id)
}

fn shape(state: &mut State, id: &str) -> Answer {
    let message = state.guild.any(id).expect("a message just written").clone();
    Ok(Reply::ok(shapes::message(&state.guild, &state.home, &message)))
}

fn target(state: &mut State, asked: &Asked) -> Result<(Interaction, Message), Refusal> {
    let interaction = open(state, asked)?;
    let silent = matches!(interaction.acknowledged, Some((_, Ack::Modal(_))));
    let id = match asked.id("m") {
        "@original" if silent => {
            return Err(Refusal::mistake(10008, "a modal leaves no message"));
        }
        "@original" => interaction.original.clone().unwrap_or_default(),
        id => id.to_owned(),
    };
    let own = |it: &&mut Message| {
        it.token.as_ref() == Some(&interaction.token)
            || interaction.original.as_ref() == Some(&it.id)
    };
    let message = state.guild.any(&id).filter(own).ok_or(Refusal::because(10008))?.clone();
    Ok((interaction, message))
}

pub fn one(state: &mut State, asked: &Asked) -> Answer {
    let (_, message) = target(state, asked)?;
    shape(state, &message.id)
}

pub fn edit(state: &mut State, asked: &Asked) -> Answer {
    let (_, message) = target(state, asked)?;
    if is_private(&asked.body) && message.only_for.is_none() {
        state.complain(asked, "who sees a message was decided when it was first answered");
    }
    finish(state, asked, message)
}

fn finish(state: &mut State, asked: &Asked, message: Message) -> Answer {
    let was_loading = message.is_loading();
    let mut message = forms::change(state, asked, &asked.body, message, Default::People)?;
    message.flags &= !LOADING;
    // What took the place of "thinking" is not marked as edited.
    if was_loading {
        message.edited = None;
    }
    let id = message.id.clone();
    state.guild.replace(message);
    shape(state, &id)
}

pub fn delete(state: &mut State, asked: &Asked) -> Answer {
    let (_, message) = target(state, asked)?;
    state.guild.delete(&message.id);
    Ok(Reply::nothing())
}
