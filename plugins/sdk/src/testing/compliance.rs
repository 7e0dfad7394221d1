//! What every plugin has to keep, as one call: `comply::<MyPlugin>(settings).await`.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{TestHost, conversation};
use crate::cx::Host;
use crate::error::Error;
use crate::invoker::Invoker;
use crate::lint;
use crate::message::{Block, Button, Choose, Message};
use crate::plugin::{Action, Call, Installed, Need, Plugin, Reply, Tick, install};

/// Panics with what is wrong when a plugin breaks the contract: names, schemas, an empty section as
/// settings, kind answers to nonsense, buttons within their limit, wording, and jobs that say the
/// same when they run again. The settings give its jobs somewhere to publish.
pub async fn comply<P: Plugin>(settings: Value) {
    install::<P>(json!({}))
        .unwrap_or_else(|error| panic!("{}: an empty section has to be enough: {error}", P::NAME));
    let installed = install::<P>(settings).expect("the given settings are good ones");
    check_names(installed.as_ref());
    for host in [empty_host(), small_host()] {
        check_home(installed.as_ref(), &host).await;
        check_actions(installed.as_ref(), &host).await;
        check_jobs(installed.as_ref(), &host).await;
    }
}

fn empty_host() -> Arc<TestHost> {
    Arc::new(TestHost::new("2026-11-16T09:00:00Z", Vec::new()))
}

fn small_host() -> Arc<TestHost> {
    let conversations = (0..60).map(|n| {
        conversation(json!({
            "id": n.to_string(), "score": n % 5 + 1, "explanation": "All went well!",
            "teammates": [{"id": "1", "name": "Ana"}], "topics": ["Invoices"],
            "customer": {"id": (n / 2).to_string()},
            "closed_at": format!("2026-11-{:02}T10:00:00Z", 2 + n % 14),
        }))
    });
    Arc::new(TestHost::new("2026-11-16T09:00:00Z", conversations.collect()))
}

fn check_names(installed: &dyn Installed) {
    let manifest = installed.manifest();
    let is_word = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c == '_')
    };
    assert!(is_word(manifest.name), "plugin name \"{}\": lower-case letters", manifest.name);
    assert!(!manifest.about.is_empty(), "{}: ABOUT says what it does", manifest.name);
    let mut seen = BTreeSet::new();
    for action in &manifest.actions {
        assert!(is_word(&action.name), "action \"{}\": lower-case letters", action.name);
        assert!(seen.insert(&action.name), "action \"{}\" is there twice", action.name);
        assert!(!action.about.is_empty(), "action \"{}\": its help is empty", action.name);
        check_arguments(action);
    }
    let jobs: BTreeSet<_> = manifest.jobs.iter().map(|job| &job.name).collect();
    assert_eq!(jobs.len(), manifest.jobs.len(), "{}: job names are unique", manifest.name);
}

fn check_arguments(action: &Action) {
    for (name, schema) in action.properties() {
        let about = schema.get("description").and_then(Value::as_str).unwrap_or_default();
        assert!(!about.is_empty(), "{} {name}: a doc comment is its help", action.name);
    }
}

fn nobody() -> Invoker {
    Invoker {
        id: "u1".to_owned(),
        name: String::new(),
        roles: vec!["leader".to_owned()],
        teammate: Vec::new(),
        teams: Vec::new(),
        channel: None,
    }
}

async fn check_home(installed: &dyn Installed, host: &Arc<TestHost>) {
    if !installed.manifest().home {
        return;
    }
    let host: Arc<dyn Host> = host.clone();
    match installed.call(host, Call::Home { invoker: nobody() }).await {
        Ok(Reply::Private(message)) => check_message(&message),
        other => {
            panic!("{}: its part of the home is no message: {other:?}", installed.manifest().name)
        }
    }
}

async fn check_actions(installed: &dyn Installed, host: &Arc<TestHost>) {
    for action in &installed.manifest().actions {
        for arguments in [json!({}), json!({"no such argument": 1}), json!([1]), json!(null)] {
            let call = Call::Action {
                name: action.name.clone(),
                invoker: nobody(),
                arguments: arguments.clone(),
            };
            let host: Arc<dyn Host> = host.clone();
            match installed.call(host, call).await {
                Ok(Reply::Private(message) | Reply::Public(message)) => check_message(&message),
                Ok(Reply::Done | Reply::Suggestions(_)) => {}
                Err(Error::Refused(message)) => check_message(&message),
                Err(Error::Broken(error)) => {
                    panic!("{} broke on {arguments}: {error:#}", action.name)
                }
            }
        }
    }
}

async fn check_jobs(installed: &dyn Installed, host: &Arc<TestHost>) {
    let tick = Tick::on_time(host.now());
    let mut first = None;
    for minutes in [0, 140] {
        host.set_now(tick.slot + jiff::SignedDuration::from_mins(minutes));
        for job in &installed.manifest().jobs {
            let call = Call::Job { name: job.name.clone(), tick };
            let shared: Arc<dyn Host> = host.clone();
            if let Err(error) = installed.call(shared, call).await {
                panic!("job {} failed: {error}", job.name);
            }
        }
        let published = host.published();
        let publishes = installed.manifest().needs.contains(&Need::Publish);
        let silent = published.is_empty() && !installed.manifest().jobs.is_empty();
        assert!(!(publishes && silent), "its jobs publish nothing: give settings with channels");
        published.values().for_each(check_message);
        let first = first.get_or_insert_with(|| published.clone());
        assert_eq!(*first, published, "a job that runs again for its slot says the same");
    }
    host.set_now(tick.slot.max(Timestamp::UNIX_EPOCH));
}

fn check_message(message: &Message) {
    let violations = lint::violations(message);
    assert!(violations.is_empty(), "{violations:#?}");
    for block in &message.blocks {
        block.buttons().iter().for_each(check_button);
        if let Block::Choose(choose) = block {
            assert!(choose.choices.len() <= Choose::LIMIT, "{}: too many choices", choose.prompt);
        }
    }
    message.thread.iter().for_each(check_message);
}

fn check_button(button: &Button) {
    assert!(button.id.len() <= Button::ID_LIMIT, "{} is too long for a button", button.id);
    assert!(Button::parts(&button.id).is_some(), "{} is not plugin/action/args", button.id);
    assert!(!button.id.contains('@'), "{}: buttons carry ids, never e-mails", button.id);
}
