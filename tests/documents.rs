//! The documents are true: every command in them is run as it stands, and every name in them is there.

use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use crate::world::World;
use crate::world::discord::Discord;
use crate::world::intercom::Intercom;
use crate::world::slack::Slack;

const PAGES: [&str; 6] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "config/cxbot.toml",
];

/// What the shell knows instead of a reader's machine. What runs until it is stopped is stopped after a
/// while and has to end well; the tests themselves, a build and a container are not started again.
const SHELL: &str = r#"
set -eu
cxbot() {
  case "$1" in
    run) stopped run; return ;;
    demo) [ "${2:-}" = --once ] || { stopped demo --port 0; return; } ;;
  esac
  "$CXBOT" "$@"
}
stopped() {
  "$CXBOT" "$@" & id=$!
  sleep 3
  kill -TERM "$id"
  wait "$id"
}
cargo() {
  case "$1 $*" in
    run*' -- '*) while [ "$1" != -- ]; do shift; done; shift; cxbot "$@" ;;
    *) : ;;
  esac
}
docker() { :; }
"#;

fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(path).expect("the page is there")
}

/// The blocks of a page that a reader is to type.
fn blocks(page: &str) -> Vec<&str> {
    page.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// What stands between single back quotes and begins like this.
fn quoted<'p>(page: &'p str, beginning: &str) -> Vec<&'p str> {
    let outside_blocks = page.split("```").step_by(2);
    let quoted = outside_blocks.flat_map(|text| text.split('`').skip(1).step_by(2));
    quoted.filter(|code| code.starts_with(beginning)).collect()
}

/// A block without the secrets that a reader fills in: the world has its own.
fn filled_in(block: &str) -> String {
    let is_secret = |line: &str| line.starts_with("export ") && line.trim_end().ends_with("=…");
    let lines = block.lines().filter(|line| !is_secret(line));
    lines.map(|line| format!("{line}\n")).collect()
}

async fn run(world: &World, block: &str) {
    let script = format!("{SHELL}{}", filled_in(block));
    let mut shell = Command::new("bash");
    shell.args(["-c", &script]).env("CXBOT", env!("CARGO_BIN_EXE_cxbot")).kill_on_drop(true);
    shell.env_remove("INTERCOM_TOKEN").envs(world.settings().iter().cloned());
    shell.current_dir(world.path("")).stdin(Stdio::null());
    let out = shell.output().await.expect("bash runs");
    let said = [&out.stdout, &out.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert!(out.status.success(), "{block}\n{}", said.concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_block_of_commands_runs_as_it_stands() {
    let (intercom, slack, discord) =
        (Intercom::start().await, Slack::start().await, Discord::start().await);
    slack.put_channel("C0123ABCD", "support");
    slack.put_channel("C0789IJKL", "operations");
    slack.grant(&["commands", "im:write", "im:history"]);
    discord.put_channel("1122334455667788990", "support");
    let world = World::around(&intercom)
        .posting_to(&slack, &[])
        .posting_to_discord(&discord, &[])
        .with("SLACK_APP_TOKEN", Slack::APP_TOKEN);
    world.write(
        "scores.jsonl",
        "{\"source\":\"file\",\"id\":\"1\",\"closed_at\":\"2026-11-10T10:02:00Z\"}\n",
    );
    world.write("export.csv", "Ticket,Rating,Agent,closed_at\n7,5,81,2026-11-10T10:02:00Z\n");
    // The steps of CONTRIBUTING.md make a plugin first: `tests/contributing` carries them out.
    for name in PAGES.iter().filter(|name| **name != "CONTRIBUTING.md") {
        for block in blocks(&page(name)) {
            run(&world, block).await;
        }
    }
}

#[tokio::test]
async fn every_command_that_a_page_names_has_those_flags() {
    let world = World::new();
    for name in PAGES {
        let page = page(name);
        for code in quoted(&page, "cxbot ") {
            let words: Vec<&str> = code.split_whitespace().collect();
            let help = world.ok(&[words[1], "--help"]).await;
            for flag in words.iter().filter(|word| word.trim_start_matches('[').starts_with("--")) {
                let flag = flag.trim_matches(['[', ']']);
                assert!(help.contains(flag), "{name}: {code}: {help}");
            }
        }
    }
}

#[tokio::test]
async fn every_slash_command_that_a_page_names_is_one() {
    let world = World::new();
    for name in PAGES {
        let page = page(name);
        for code in quoted(&page, "/cx ") {
            let ran = world.run(&["call", &code["/cx ".len()..]]).await;
            let said = format!("{}{}", ran.stdout, ran.stderr);
            assert!(!said.contains("There is no command"), "{name}: {code}: {said}");
            assert!(
                !said.contains("does not take") && !said.contains("has no"),
                "{name}: {code}: {said}"
            );
        }
    }
}
