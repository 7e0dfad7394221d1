//! Self-tests against Intercom's own samples, in the folder that CXBOT_SHARED names.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use serde_json::Value;

use super::super::{admin, by_fin, company, contact, conversation, me, scored, with};
use super::NOON;

#[test]
fn a_conversation_has_the_keys_of_the_samples_and_no_others() {
    let Some(samples) = Samples::find() else { return };
    let found = samples.read("conversation-search-response.json");
    let found = keys(&found["conversations"][0]);
    let plain = keys(&conversation("1", NOON));
    assert_eq!(found.difference(&plain).collect::<Vec<_>>(), [""; 0], "missing");

    let assembled = keys(&samples.read("conversation-assembled-from-schema-examples.json"));
    // Two keys of the search's sample, `topics` and `ticket`, are not in the schema.
    let documented: BTreeSet<_> = assembled.union(&found).cloned().collect();
    let decorated = with(conversation("1", NOON), scored(4, "Quick."));
    for made in [plain, keys(&decorated), keys(&with(decorated, by_fin("escalated")))] {
        assert_eq!(made.difference(&documented).collect::<Vec<_>>(), [""; 0], "made up");
    }
}

#[test]
fn the_other_objects_have_the_keys_of_their_samples() {
    let Some(samples) = Samples::find() else { return };
    let sample = |file: &str, pointer: &str| {
        let file = samples.read(file);
        keys(file.pointer(pointer).expect("an object"))
    };
    assert_eq!(keys(&admin("1", "Bea")), sample("admins-list.json", "/admins/0"));
    assert_eq!(keys(&company("1", "Blue Sun")), sample("company-retrieve.json", ""));
    assert_eq!(keys(&me()), sample("me.json", ""));
    let mut contact = keys(&contact("1", "Ann", "ann@example.com"));
    assert!(contact.remove("email_domain"), "in the schema, though not in the sample");
    assert_eq!(contact, sample("contact-retrieve.json", ""));
}

/// Every key of an object and of the objects in it, with dots between them.
fn keys(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(value, "", &mut found);
    found
}

fn collect(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                collect(value, &path, found);
                found.insert(path);
            }
        }
        Value::Array(elements) => {
            elements.iter().for_each(|element| collect(element, path, found));
        }
        _ => {}
    }
}

struct Samples(PathBuf);

impl Samples {
    fn find() -> Option<Samples> {
        let Some(shared) = std::env::var_os("CXBOT_SHARED") else {
            // Written past the test harness, which hides what passing tests print.
            let notice = "SKIPPED: Intercom's samples are not checked, CXBOT_SHARED is not set";
            writeln!(std::io::stderr(), "{notice}").expect("a terminal");
            return None;
        };
        Some(Samples(PathBuf::from(shared).join("data/intercom/samples")))
    }

    fn read(&self, name: &str) -> Value {
        let text = std::fs::read(self.0.join(name)).expect("a sample");
        serde_json::from_slice(&text).expect("JSON")
    }
}
