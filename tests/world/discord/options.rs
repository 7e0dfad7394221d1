//! What a person types after a command, checked against what is registered, as the app's box does.

use serde_json::{Value, json};

use super::guild::Guild;
use super::{Discord, shapes};

/// The payload's options and the people and channels in them.
pub struct Typed {
    pub command: Value,
    pub options: Value,
    pub resolved: Value,
}

/// `focused` is what the person is still typing; without it everything has to be there.
pub fn typed(
    guild: &Guild,
    path: &[&str],
    given: &Value,
    focused: Option<&str>,
) -> Result<Typed, String> {
    let command = registered(guild)?;
    let mut node = command.clone();
    for name in path {
        node = child(&node, name).ok_or(format!("no part {name:?} is registered"))?;
    }
    let (mut options, resolved) = leaves(guild, &node, given, focused)?;
    // From the inside out: each part of the path holds what lies below it.
    for (depth, name) in path.iter().enumerate().rev() {
        let kind = if depth + 1 == path.len() { 1 } else { 2 };
        options = json!([{"type": kind, "name": name, "options": options}]);
    }
    Ok(Typed { command, options, resolved })
}

fn registered(guild: &Guild) -> Result<Value, String> {
    let scopes = [Discord::GUILD, ""];
    let mut all = scopes.iter().filter_map(|scope| guild.commands.get(*scope)).flatten();
    let found = all.find(|command| command["name"] == Discord::ROOT && command["type"] == 1);
    found.cloned().ok_or(format!("/{} is not registered", Discord::ROOT))
}

fn child(node: &Value, name: &str) -> Option<Value> {
    let mut options = node["options"].as_array()?.iter();
    let nested = |it: &&Value| it["name"] == name && (it["type"] == 1 || it["type"] == 2);
    options.find(nested).cloned()
}

fn leaves(
    guild: &Guild,
    node: &Value,
    given: &Value,
    focused: Option<&str>,
) -> Result<(Value, Value), String> {
    let known = node["options"].as_array().cloned().unwrap_or_default();
    if known.iter().any(|option| option["type"] == 1 || option["type"] == 2) {
        return Err(format!("{} is only complete with a part of it", node["name"]));
    }
    let mut resolved = json!({});
    let mut options = Vec::new();
    for (name, value) in given.as_object().into_iter().flatten() {
        let option = known.iter().find(|option| option["name"] == *name);
        let option = option.ok_or(format!("no option {name:?} is registered"))?;
        let focused = focused == Some(name);
        options.push(leaf(guild, option, value, focused, &mut resolved)?);
    }
    let missing = known.iter().find(|it| it["required"] == true && given[name(it)].is_null());
    match missing {
        Some(option) if focused.is_none() => Err(format!("{} is required", option["name"])),
        _ => Ok((options.into(), resolved)),
    }
}

fn leaf(
    guild: &Guild,
    option: &Value,
    value: &Value,
    is_focused: bool,
    resolved: &mut Value,
) -> Result<Value, String> {
    let name = name(option);
    if is_focused && option["autocomplete"] != true {
        return Err(format!("{name} offers no choices while it is typed"));
    }
    if !is_focused {
        check(option, value).map_err(|problem| format!("{name}: {problem}"))?;
        resolve(guild, option, value, resolved)?;
    }
    let mut typed = json!({"type": option["type"], "name": name, "value": value});
    if is_focused {
        typed["focused"] = json!(true);
    }
    Ok(typed)
}

fn name(option: &Value) -> &str {
    option["name"].as_str().unwrap_or_default()
}

fn check(option: &Value, value: &Value) -> Result<(), String> {
    let fits = match option["type"].as_u64() {
        Some(3 | 6 | 7 | 8 | 9) => value.is_string(),
        Some(4) => value.is_i64(),
        Some(5) => value.is_boolean(),
        Some(10) => value.is_number(),
        _ => false,
    };
    if !fits {
        return Err(format!("{value} is not of type {}", option["type"]));
    }
    if let Some(choices) = option["choices"].as_array()
        && !choices.iter().any(|choice| choice["value"] == *value)
    {
        return Err(format!("{value} is none of the choices"));
    }
    let size = value.as_str().map_or(value.as_f64(), |text| Some(text.chars().count() as f64));
    let edge = |keys: [&str; 2]| keys.iter().find_map(|key| option[*key].as_f64());
    let (least, most) = (edge(["min_value", "min_length"]), edge(["max_value", "max_length"]));
    let size = size.unwrap_or(0.0);
    if least.is_some_and(|least| size < least) || most.is_some_and(|most| size > most) {
        return Err(format!("{value} is too small or too large"));
    }
    Ok(())
}

fn resolve(
    guild: &Guild,
    option: &Value,
    value: &Value,
    resolved: &mut Value,
) -> Result<(), String> {
    let id = value.as_str().unwrap_or_default();
    let unknown = format!("nobody and nothing here is {id}");
    match option["type"].as_u64() {
        Some(6) if guild.members.contains_key(id) => person(guild, id, resolved),
        Some(7) if guild.channels.contains_key(id) => {
            resolved["channels"][id] = shapes::channel(guild, &guild.channels[id]);
            resolved["channels"][id]["permissions"] = json!("0");
        }
        Some(8) if guild.roles.contains_key(id) => {
            resolved["roles"][id] = shapes::role(guild, id);
        }
        Some(6..=8) => return Err(unknown),
        _ => {}
    }
    Ok(())
}

/// A member in a payload comes without the user in it.
pub fn person(guild: &Guild, id: &str, resolved: &mut Value) {
    resolved["users"][id] = shapes::user(guild, id);
    let mut member = shapes::member(guild, id);
    let fields = member.as_object_mut().expect("an object");
    for left_out in ["user", "deaf", "mute"] {
        fields.remove(left_out);
    }
    member["permissions"] = json!(guild.members[id].permissions.to_string());
    resolved["members"][id] = member;
}
