//! What is read, what goes before what, and what a problem says.

use super::*;
use crate::builtin::PLUGINS;
use std::path::Path;

fn load(text: &str, variables: &[(&str, &str)]) -> Result<Loaded, Problem> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("cxbot.toml");
    std::fs::write(&file, text).expect("written");
    Loaded::read(Some(&file), &variables.iter().copied().collect())
}

fn problem(text: &str, variables: &[(&str, &str)]) -> String {
    let loaded = match load(text, variables) {
        Ok(loaded) => loaded,
        Err(problem) => return without_folder(&problem.to_string()),
    };
    let problem = loaded.config.workspace().map(|_| String::from("no problem"));
    without_folder(&problem.unwrap_or_else(|problem| loaded.locate(problem).to_string()))
}

/// The temporary folder's name differs from run to run.
fn without_folder(line: &str) -> String {
    line.split_once("cxbot.toml").map_or(line.to_owned(), |(_, rest)| format!("FILE{rest}"))
}

#[test]
fn the_shipped_file_loads_and_holds_the_defaults() {
    let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/config/cxbot.toml"));
    let shipped = Loaded::read(Some(file), &Environment::default()).expect("a good file");
    let defaults = load("", &[]).expect("an empty file will do");
    let text = |loaded: &Loaded| {
        let mut config = loaded.config.clone();
        // Shown in the file for its reader; the plugin's own defaults are checked there.
        config.plugins.clear();
        format!("{config:?}")
    };
    assert_eq!(text(&shipped), text(&defaults));
}

#[test]
fn a_problem_says_where_it_is_and_what_to_do() {
    for (text, variables, wanted) in [
        (
            "[workspace]\ntimezone = \"Europe/Dublim\"",
            vec![],
            "FILE:2: workspace.timezone: \"Europe/Dublim\" is not an IANA time zone; did you \
             mean Europe/Dublin?",
        ),
        ("\n[workspace]\n\ngood_from = 6", vec![], "FILE:4: workspace.good_from: must be 1 to 5"),
        (
            "[workspace]\ngood_from = 3",
            vec![("CXBOT__WORKSPACE__GOOD_FROM", "0")],
            "CXBOT__WORKSPACE__GOOD_FROM: workspace.good_from: must be 1 to 5",
        ),
        (
            "[store]\nkeys = \"data/keys\"",
            vec![],
            "FILE:2: store.keys: must be an absolute path, such as \"/var/lib/cxbot/keys\"",
        ),
        (
            "[[exclusions]]\nname = \"a\"\nreason = \"b\"",
            vec![],
            "FILE:1: exclusions[0]: names nothing to match: give tag, team, teammate, channel or \
             customer_domain",
        ),
        (
            "[[channels]]\nchannel = \"slack:C1\"\n[[channels]]\nchannel = \"slack:C1\"",
            vec![],
            "FILE:4: channels[1].channel: slack:C1 is named in channels[0] already; name it once",
        ),
        (
            "[[channels]]\nchannel = \"slack:C1\"\nclearence = \"names\"",
            vec![],
            "FILE:3: channels[0].clearence: unknown field `clearence`, expected one of `channel`, \
             `clearance`, `redact`",
        ),
        (
            "[[channels]]\nchannel = \"slack:#cx\"",
            vec![],
            "FILE:2: channels[0].channel: \"slack:#cx\" is not a channel's or a person's id; copy \
             it from the end of the channel's details in Slack, or from the menu of the \
             person's profile, and write it like slack:C0123ABCD or slack:U0123ABCD",
        ),
        (
            "[intercom]\ntoken = \"t\"",
            vec![],
            "FILE:2: intercom.token: secrets do not belong in the file; use INTERCOM_TOKEN or \
             token_file",
        ),
    ] {
        assert_eq!(problem(text, &variables), wanted);
    }
}

#[test]
fn an_unknown_key_is_refused_with_the_known_ones() {
    let line = problem("[store]\nuri = \"x\"", &[]);
    assert_eq!(line, "FILE:2: store.uri: unknown field `uri`, expected `url` or `keys`");
}

#[test]
fn the_environment_goes_before_the_file_and_named_variables_between() {
    let url = |variables: &[(&str, &str)]| {
        let loaded = load("[store]\nurl = \"sqlite://file.db\"", variables).expect("settings");
        loaded.config.store.url
    };
    let named = ("DATABASE_URL", "sqlite://named.db");
    assert_eq!(url(&[]), "sqlite://file.db");
    assert_eq!(url(&[named]), "sqlite://named.db");
    assert_eq!(url(&[named, ("CXBOT__STORE__URL", "sqlite://own.db")]), "sqlite://own.db");
    assert_eq!(url(&[("CXBOT__STORE__URL", "")]), "sqlite://file.db");
}

#[test]
fn a_text_that_looks_like_a_number_is_still_a_text() {
    let variables = [("CXBOT__INTERCOM__API_VERSION", "2.15"), ("CXBOT__WORKSPACE__AI_AGENT", "7")];
    let config = load("", &variables).expect("settings").config;
    assert_eq!((&*config.intercom.api_version, &*config.workspace.ai_agent), ("2.15", "7"));
}

#[test]
fn a_secret_is_read_from_the_environment_and_never_printed() {
    let loaded = load("", &[("INTERCOM_TOKEN", "dG9rZW4=")]).expect("settings");
    assert!(loaded.config.secrets.intercom.is_some());
    assert!(!format!("{:?}", loaded.config).contains("dG9rZW4"));
    let missing = load("", &[("INTERCOM_TOKEN_FILE", "/nowhere/token")]);
    let problem = missing.err().expect("refused").to_string();
    assert!(problem.contains("INTERCOM_TOKEN_FILE: cannot read /nowhere/token"), "{problem}");
}

#[test]
fn a_token_of_the_wrong_kind_or_in_pieces_is_refused_by_its_variable() {
    let refused =
        |name: &str, value: &str| load("", &[(name, value)]).err().expect("refused").to_string();
    assert_eq!(
        refused("SLACK_BOT_TOKEN", "xapp-1"),
        "SLACK_BOT_TOKEN: this is the other kind of token; give it the bot token, xoxb-…"
    );
    assert_eq!(
        refused("INTERCOM_TOKEN", "two\nlines"),
        "INTERCOM_TOKEN: holds white space within it; give the bare token"
    );
}

#[test]
fn without_a_plugins_table_every_plugin_is_on() {
    let names = |text: &str| {
        let loaded = load(text, &[]).expect("settings");
        loaded.config.plugins.into_keys().collect::<Vec<_>>()
    };
    let mut all: Vec<&str> = PLUGINS.iter().map(|plugin| plugin.name).collect();
    all.sort_unstable();
    assert_eq!(names(""), all);
    assert_eq!(names("[plugins]"), Vec::<String>::new());
}
