//! For tests of plugins: an in-memory host over plain conversations, and the compliance check.

mod ballots;
mod compliance;
mod host;

use serde_json::{Value, json};

use crate::conversation::Conversation;

pub use compliance::comply;
pub use host::TestHost;

/// A conversation with the given fields over a minimal one.
pub fn conversation(fields: Value) -> Conversation {
    let mut record = json!({"source": "test", "id": "1", "closed_at": "2026-11-10T10:02:00Z"});
    if let (Some(record), Value::Object(fields)) = (record.as_object_mut(), fields) {
        record.extend(fields);
    }
    serde_json::from_value(record).expect("a test's own record is well-formed")
}
