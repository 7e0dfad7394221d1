//! The registered commands, of the application everywhere or in one server.

use serde_json::{Value, json};

use super::asked::Asked;
use super::guild::Guild;
use super::reply::{Answer, Refusal, Reply};
use super::state::State;
use super::{Discord, shapes};

/// New names a day and scope.
const CREATES: usize = 200;

fn scope(asked: &Asked) -> Result<String, Refusal> {
    if asked.id("a") != Discord::APPLICATION {
        return Err(Refusal::mistake(50001, format!("{} is another application", asked.id("a"))));
    }
    match asked.ids.get("g") {
        Some(guild) if guild != Discord::GUILD => Err(Refusal::because(50001)),
        guild => Ok(guild.cloned().unwrap_or_default()),
    }
}

pub fn list(state: &mut State, asked: &Asked) -> Answer {
    let scope = scope(asked)?;
    Ok(Reply::ok(state.guild.commands.get(&scope).cloned().unwrap_or_default().into()))
}

pub fn one(state: &mut State, asked: &Asked) -> Answer {
    let scope = scope(asked)?;
    let place = find(&state.guild, &scope, "id", asked.id("command"));
    let place = place.ok_or(Refusal::because(10063))?;
    Ok(Reply::ok(state.guild.commands[&scope][place].clone()))
}

fn find(guild: &Guild, scope: &str, key: &str, wanted: &str) -> Option<usize> {
    guild.commands.get(scope)?.iter().position(|command| command[key] == wanted)
}

/// The commands that are not named are gone; those that are keep their ids.
pub fn overwrite(state: &mut State, asked: &Asked) -> Answer {
    let scope = scope(asked)?;
    let bodies = asked.body.as_array().cloned().unwrap_or_default();
    let mut next = Vec::new();
    for body in &bodies {
        next.push(stored(&mut state.guild, &scope, body)?);
    }
    state.guild.commands.insert(scope, next.clone());
    Ok(Reply::ok(next.into()))
}

pub fn create(state: &mut State, asked: &Asked) -> Answer {
    let scope = scope(asked)?;
    let name = asked.body["name"].as_str().unwrap_or_default();
    let place = find(&state.guild, &scope, "name", name);
    let command = stored(&mut state.guild, &scope, &asked.body)?;
    let all = state.guild.commands.entry(scope).or_default();
    match place {
        Some(place) => {
            all[place] = command.clone();
            Ok(Reply::ok(command))
        }
        None => {
            all.push(command.clone());
            Ok(Reply::created(command))
        }
    }
}

pub fn change(state: &mut State, asked: &Asked) -> Answer {
    let scope = scope(asked)?;
    let place = find(&state.guild, &scope, "id", asked.id("command"));
    let place = place.ok_or(Refusal::because(10063))?;
    let version = state.guild.next_id();
    let command = &mut state.guild.commands.get_mut(&scope).expect("found before")[place];
    for (key, value) in asked.body.as_object().into_iter().flatten() {
        command[key] = value.clone();
    }
    command["version"] = json!(version);
    Ok(Reply::ok(command.clone()))
}

pub fn delete(state: &mut State, asked: &Asked) -> Answer {
    let scope = scope(asked)?;
    let place = find(&state.guild, &scope, "id", asked.id("command"));
    let place = place.ok_or(Refusal::because(10063))?;
    state.guild.commands.get_mut(&scope).expect("found before").remove(place);
    Ok(Reply::nothing())
}

/// As Discord keeps and tells it: what was null or empty is gone, and defaults are spelt out.
fn stored(guild: &mut Guild, scope: &str, body: &Value) -> Result<Value, Refusal> {
    let name = body["name"].as_str().unwrap_or_default();
    let place = find(guild, scope, "name", name);
    if place.is_none() {
        if guild.commands_created >= CREATES {
            return Err(Refusal::because(30034));
        }
        guild.commands_created += 1;
    }
    let id = match place {
        Some(place) => guild.commands[scope][place]["id"].clone(),
        None => json!(guild.next_id()),
    };
    let mut command = tidy(&shapes::without_nulls(body));
    command["id"] = id;
    command["application_id"] = json!(Discord::APPLICATION);
    command["version"] = json!(guild.next_id());
    let permissions = &body["default_member_permissions"];
    command["default_member_permissions"] = match permissions {
        Value::Number(bits) => json!(bits.to_string()),
        other => other.clone(),
    };
    for (key, default) in [("type", json!(1)), ("nsfw", json!(false)), ("description", json!(""))] {
        if command[key].is_null() {
            command[key] = default;
        }
    }
    if !scope.is_empty() {
        command["guild_id"] = json!(scope);
    }
    Ok(command)
}

/// Empty lists and `required: false` are not told.
fn tidy(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(tidy).collect(),
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(key, value)| {
                let empty = value.as_array().is_some_and(Vec::is_empty);
                let default = ["required", "autocomplete"].contains(&key.as_str());
                !(empty || default && **value == json!(false))
            });
            kept.map(|(key, value)| (key.clone(), tidy(value))).collect()
        }
        other => other.clone(),
    }
}

impl Discord {
    /// The commands that people of the server can type, the server's own first.
    pub fn commands(&self) -> Vec<Value> {
        let state = self.lock();
        let scopes = [Discord::GUILD, ""];
        scopes
            .iter()
            .filter_map(|scope| state.guild.commands.get(*scope))
            .flatten()
            .cloned()
            .collect()
    }
}
