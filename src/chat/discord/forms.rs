//! Forms as Discord has them: text fields alone, and nothing said under a field.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use cxbot_sdk::Message;
use cxbot_sdk::message::{Block, Button};
use cxbot_sdk::text::shorten;
use serde_json::{Value, json};

use crate::chat::form::{Fault, Field, Form, Kind, Values};

/// Limits of Discord's forms.
const FIELDS: usize = 5;
const TITLE: usize = 45;
const HINT: usize = 100;
const VALUE: u32 = 4_000;
/// A form that was not right is opened again within this time, or filled in anew.
const KEPT_FOR: Duration = Duration::from_secs(15 * 60);

/// What people wrote into forms that were not right, by person and button.
#[derive(Default)]
pub(super) struct Drafts(Mutex<HashMap<(u64, String), (Values, Instant)>>);

impl Drafts {
    pub(super) fn keep(&self, person: u64, id: String, values: Values) {
        let mut drafts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.retain(|_, (_, since)| since.elapsed() < KEPT_FOR);
        drafts.insert((person, id), (values, Instant::now()));
    }

    pub(super) fn take(&self, person: u64, id: &str) -> Values {
        let mut drafts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.remove(&(person, id.to_owned())).map(|(values, _)| values).unwrap_or_default()
    }
}

/// A form as Discord has it: text fields alone, so a choice says what can be written.
pub(super) fn modal(form: &Form, draft: &Values) -> Value {
    let row =
        |field: &Field| json!({"type": 1, "components": [input(field, draft.get(&field.name))]});
    json!({
        "custom_id": form.id,
        "title": shorten(&form.title, TITLE),
        "components": form.fields.iter().take(FIELDS).map(row).collect::<Vec<Value>>(),
    })
}

fn input(field: &Field, draft: Option<&String>) -> Value {
    let hint = match &field.kind {
        Kind::Words { .. } => field.hint.clone(),
        Kind::Choice(values) => format!("One of: {}", values.join(", ")),
        Kind::Tick => format!("yes or no: {}", field.hint),
    };
    let most = match field.kind {
        Kind::Words { most: Some(most) } => most.clamp(1, VALUE),
        _ => VALUE,
    };
    let mut input = json!({
        "type": 4,
        "style": 1,
        "custom_id": field.name,
        "label": shorten(&field.label, TITLE),
        "placeholder": shorten(&hint, HINT),
        "required": !field.optional,
        "max_length": most,
    });
    if let Some(draft) = draft {
        input["value"] = json!(draft);
    }
    input
}

/// Discord says nothing under a field, so it is said beside the form; what was written is kept in sight.
pub(super) fn what_is_wrong(id: &str, values: &Values, faults: &[Fault]) -> Message {
    let mut message = Message::new("The form is not right yet").heading("Not right yet");
    for fault in faults {
        message = message.text(fault.why.as_str());
    }
    let written = values.iter().map(|(name, value)| cxbot_sdk::message::Fact {
        label: name.as_str().into(),
        value: cxbot_sdk::Text::new().verbatim(value.as_str()),
    });
    let again = Button { label: "Fill it in again".to_owned(), id: id.to_owned(), outside: false };
    message
        .note("You wrote:")
        .block(Block::Facts(written.collect()))
        .block(Block::Buttons(vec![again]))
}
