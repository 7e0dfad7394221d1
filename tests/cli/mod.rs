//! The command line as scripts and people meet it: one clear line for what is wrong, and good data
//! kept.

mod commands;
mod imports;
mod settings;

use serde_json::{Value, json};

use crate::world::Ran;

/// Code and stderr, which is one line.
fn failure(ran: &Ran) -> String {
    assert_eq!(ran.stderr.trim_end().lines().count(), 1, "{}", ran.stderr);
    format!("{} {}", ran.code.unwrap_or(-1), ran.stderr.trim_end())
}

fn record(id: &str, fields: Value) -> String {
    let mut record = json!({
        "source": "file", "id": id, "closed_at": "2026-11-10T10:02:00Z",
        "teammates": [{"id": "1"}],
    });
    record.as_object_mut().expect("an object").extend(fields.as_object().expect("one").clone());
    format!("{record}\n")
}
