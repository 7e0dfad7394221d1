//! What is wrong with a request's body, in the eyes of three judges who share no code with the bot:
//! the official description (`schema`), the rules it does not hold (`rules`), and twilight (`third`).

use serde_json::Value;

use super::asked::Asked;
use super::table::Form;
use super::{rules, schema, third};

/// Every violation, each with the judge's name before it.
pub fn problems(asked: &Asked) -> Vec<String> {
    let form = asked.route.map_or(Form::None, |route| route.body);
    if form == Form::None {
        let empty = asked.body.is_null() && asked.files.is_empty();
        return if empty {
            Vec::new()
        } else {
            vec!["rules: a body where none belongs".to_owned()]
        };
    }
    if let Form::List(_) = form
        && !asked.body.is_array()
    {
        return vec!["rules: the body is no list".to_owned()];
    }
    let judges: [(&str, Vec<String>); 3] = [
        ("schema", schema::problems(form, &asked.body)),
        ("rules", rules::problems(asked, form)),
        ("twilight", third::problems(form, &asked.body)),
    ];
    let named = judges.into_iter().flat_map(|(name, problems)| {
        problems.into_iter().map(move |problem| format!("{name}: {problem}"))
    });
    named.collect()
}

/// The message in a body, wherever it stands: itself, in an answer's data, in a forum's thread.
pub fn message(form: Form, body: &Value) -> Option<&Value> {
    match form {
        Form::Schema(name) if name.starts_with("Message") || name.starts_with("Incoming") => {
            Some(body)
        }
        Form::Callback if body["type"] == 4 || body["type"] == 7 => Some(&body["data"]),
        Form::Thread => body.get("message"),
        _ => None,
    }
}

/// The commands in a body.
pub fn commands(form: Form, body: &Value) -> Vec<&Value> {
    match form {
        Form::List(_) => body.as_array().into_iter().flatten().collect(),
        Form::Schema(name) if name.starts_with("ApplicationCommand") => vec![body],
        _ => Vec::new(),
    }
}
