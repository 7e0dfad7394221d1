//! What commands print.

use cxbot::builtin::PLUGINS;
use serde_json::{Value, json};

use super::{failure, record};
use crate::world::World;

/// The plugins that a snapshot shows, whatever others there are.
const THREE: [&str; 3] = ["DIGEST", "LOOKUP", "MOOD"];

fn with_three_plugins() -> World {
    THREE
        .iter()
        .fold(World::new(), |world, name| world.with(&format!("CXBOT__PLUGINS__{name}"), "{}"))
}

#[tokio::test]
async fn what_nobody_answered_is_excluded_with_its_scores() {
    let world = World::new();
    let alone = |id: &str, score: Value| record(id, json!({"teammates": [], "score": score}));
    world.write(
        "records.jsonl",
        alone("1", json!(4)) + &alone("2", json!(1)) + &alone("3", json!(null)),
    );
    world.ok(&["import", "records.jsonl"]).await;
    let coverage = world.ok(&["call", "coverage 2026-W46"]).await;
    assert!(coverage.contains("3 conversations, 2 of them scored"), "{coverage}");
}

#[tokio::test]
async fn a_subject_that_nobody_looked_up_is_told_from_a_log_without_looks() {
    let world = World::new();
    let ran = world.run(&["audit", "--subject", "lee@acme.example"]).await;
    assert_eq!(
        failure(&ran),
        "0 cxbot: nobody has looked up \"lee@acme.example\"; it takes a subject as the list names it, \
         such as \"teammate intercom/814\""
    );
    assert!(world.ok(&["audit"]).await.is_empty());
}

#[tokio::test]
async fn an_edition_has_cells_of_its_own() {
    let world = World::new();
    world.write(
        "cxbot.toml",
        "[[plugins.digest.editions]]\nname = \"billing\"\nfilter = { team = \"Billing\" }\n",
    );
    let billing = json!({"score": 5, "team": {"id": "5", "name": "Billing"}});
    let other = json!({"score": 1, "team": {"id": "6", "name": "Access"}});
    world.write("records.jsonl", record("1", billing) + &record("2", other));
    let config = ["--config", "cxbot.toml"];
    world.ok(&[&config[..], &["import", "records.jsonl"]].concat()).await;
    let digest = |edition: &'static str| {
        let arguments = ["digest", "--week", "2026-W46", "--format", "json", "--edition", edition];
        [&config[..], &arguments].concat()
    };
    let spread = |printed: String| -> Value {
        let digest: Value = serde_json::from_str(&printed).expect("JSON");
        digest["lanes"][0]["spread"].clone()
    };
    assert_eq!(spread(world.ok(&digest("billing")).await), json!([0, 0, 0, 0, 1]));
    assert_eq!(spread(world.ok(&digest("all")).await), json!([1, 0, 0, 0, 1]));
}

#[tokio::test]
async fn slash_commands_answer_in_the_terminal() {
    let world = with_three_plugins();
    insta::assert_snapshot!(world.ok(&["call", "help"]).await, @"
    What you can ask
    digest [WEEK] [edition:…]                                                  The digest of a week, to you alone.
    coverage [WEEK] [edition:…]                                                How many closed conversations were scored, and why the others were not.
    teammate NAME [topic:…] [team:…] [channel:…] [lane:…] [since:…] [weeks:…]  What customers experienced in someone's conversations.
    customer WHO                                                               A customer's whole history, and that of their company.
    group NAME [weeks:…]                                                       A named set of customers.
    topic NAME                                                                 A topic in each lane, last week.
    why CONVERSATION                                                           What is known of one conversation's score.
    audit [WHO]                                                                Who looked you up; an auditor asks for anyone.
    mood [WHAT]                                                                The mood poll: open, close, results, history, export.
    help [COMMAND]                                                             What you can ask, or one command in detail.
    Answers are for you alone. In Slack and Discord, type /cx before the command.
    ");
    insta::assert_snapshot!(world.ok(&["call", "help digest"]).await, @"
    digest [WEEK] [edition:…]
    The digest of a week, to you alone.
    week     The week, such as 2026-W46; the last complete one if you name none.
    edition  The edition's name; the one that covers everything if you name none.
    ");
    insta::assert_snapshot!(world.ok(&["call", "coverage 2026-W46"]).await, @"
    Coverage, CSAT and exclusions
    0 closed = 0 scored + 0 excluded + 0 without a score.
    No score given            0
    Too short to score        0
    Closed under 6 hours ago  0
    CSAT: no survey was answered; the score does not need one.
    ");
    let mut lines = Vec::new();
    for command in ["digets", "digest 2026-46", "digest week:2026-W46 team:x", "help nothing"] {
        lines.push(failure(&world.run(&["call", command]).await));
    }
    lines.push(failure(&world.run(&["call", "help", "--as", "Maya"]).await));
    insta::assert_snapshot!(lines.join("\n"), @r#"
    1 cxbot: There is no command "digets". Did you mean digest? help lists them all.
    1 cxbot: "2026-46" is not a week; write it like 2026-W46.
    1 cxbot: digest has no "team". It takes: week, edition.
    1 cxbot: There is no command "nothing". help lists them all.
    2 cxbot: --as: nobody is named in [[people]]; add the person there
    "#);
}

#[tokio::test]
async fn plugins_and_check_say_what_there_is() {
    let world = with_three_plugins();
    let all = world.ok(&["plugins"]).await;
    let (on, off): (Vec<&str>, Vec<&str>) =
        all.lines().partition(|line| !line.contains("not enabled"));
    assert_eq!(off.len(), PLUGINS.len() - THREE.len(), "{all}");
    insta::assert_snapshot!(on.join("\n"), @r#"
    digest  The weekly CX digest, in as many editions as you have channels.
      may use   scores, publish
      command   digest  The digest of a week, to you alone.
      command   coverage  How many closed conversations were scored, and why the others were not.
      job       all  0 9 * * Mon
    lookup  A teammate, a customer, a group, a topic or a "why", on demand.
      may use   scores, identity
      command   teammate  What customers experienced in someone's conversations.
      command   me  The same card about yourself.
      command   customer  A customer's whole history, and that of their company.
      command   group  A named set of customers.
      command   topic  A topic in each lane, last week.
      command   why  What is known of one conversation's score.
      command   audit  Who looked you up; an auditor asks for anyone.
    mood  The mood poll: one word a week, and nobody can tell whose.
      may use   scores, publish, ballot
      command   mood  The mood poll: open, close, results, history, export.
      job       open  0 10 * * Mon
      job       close  0 12 * * Tue
      job       remind  */15 * * * *
    "#);
    let check = world.ok(&["check"]).await;
    assert!(check.contains("note     store            data/cxbot.db will be made"), "{check}");
    assert!(check.contains("ok       digest all       0 9 * * Mon is next due Mon "), "{check}");
    assert!(!world.path("data").exists(), "a check makes nothing");
}

#[tokio::test]
async fn the_slack_manifest_asks_for_no_more_than_is_needed() {
    let world = World::new().with("CXBOT__SLACK__COMMAND", "/scores");
    let manifest: Value =
        serde_json::from_str(&world.ok(&["manifest", "slack"]).await).expect("JSON");
    assert_eq!(manifest["features"]["slash_commands"][0]["command"], "/scores");
    assert_eq!(
        manifest["oauth_config"]["scopes"]["bot"],
        json!([
            "chat:write",
            "commands",
            "channels:history",
            "groups:history",
            "im:write",
            "im:history",
            "channels:read",
            "groups:read"
        ])
    );
    let ran = World::new().with("CXBOT__SLACK__COMMAND", "cx").run(&["manifest", "slack"]).await;
    assert_eq!(ran.code, Some(2));
    assert!(failure(&ran).contains("slack.command: must be / and at most 31 lower-case letters"));
}

#[tokio::test]
async fn the_demo_prints_the_digest_that_the_readme_shows() {
    let world = World::new().with("CXBOT__WORKSPACE__TIMEZONE", "");
    let demo = world.ok(&["demo", "--once"]).await;
    let parent = demo.split("\n\n").next().expect("a parent");
    let readme = include_str!("../../README.md");
    assert!(readme.contains(parent), "the README shows another digest than:\n{parent}");
    assert!(!world.path("data").exists(), "the demo leaves nothing behind");
    assert_eq!(world.ok(&["demo", "--once"]).await, demo, "deterministic");
}

#[tokio::test]
async fn what_slack_and_discord_would_get_is_printed_for_each_channel() {
    let world = World::new();
    world.write("cxbot.toml", "[plugins.digest]\ndestinations = [\"slack:C1\", \"slack:C2\"]\n");
    let printed = |format: &'static str| {
        ["--config", "cxbot.toml", "digest", "--week", "2026-W46", "--format", format]
    };
    let slack: Vec<Value> =
        serde_json::from_str(&world.ok(&printed("slack")).await).expect("an array");
    let channels: Vec<&Value> = slack.iter().map(|body| &body["channel"]).collect();
    assert_eq!(channels.len(), 2 * 8, "a parent and seven replies for each channel");
    assert_eq!((channels[0], channels[8]), (&json!("C1"), &json!("C2")));
    let discord: Vec<Value> =
        serde_json::from_str(&world.ok(&printed("discord")).await).expect("an array");
    assert_eq!(discord.len(), 8);
}

#[tokio::test]
async fn a_digest_becomes_a_page_or_a_picture_which_no_terminal_gets() {
    let world = World::new();
    let explanation = json!({"score": 5, "explanation": "Write to lee@acme.example <b>soon</b>."});
    world.write("records.jsonl", record("7", explanation));
    world.ok(&["import", "records.jsonl"]).await;
    let page = world.ok(&["digest", "--week", "2026-W46", "--format", "html"]).await;
    assert!(page.starts_with("<!doctype html>") && page.contains("HUMAN TEAM"), "{page}");
    assert!(page.contains("Write to [e-mail] &#60;b&#62;soon"), "{page}");
    let answer = world.ok(&["call", "coverage 2026-W46", "--format", "html"]).await;
    assert!(answer.contains("1 closed = 1 scored"), "{answer}");

    let picture = ["digest", "--week", "2026-W46", "--format", "png"];
    assert!(world.bytes(&picture).await.starts_with(b"\x89PNG\r\n\x1a\n"));
    let lines = [
        failure(&world.run_in_terminal(&picture).await),
        failure(&world.run(&["call", "help", "--format", "png"]).await),
    ];
    insta::assert_snapshot!(lines.join("\n"), @"
    2 cxbot: --format: a terminal shows no picture; write it to a file: cxbot digest --format png > digest.png
    2 cxbot: invalid value 'png' for '--format <FORMAT>' [possible values: terminal, json, slack, discord, html]
    ");
}

#[tokio::test]
async fn one_expression_is_evaluated_without_file_or_store() {
    let world = World::new();
    let evaluate = |cron: &'static str, from: &'static str| {
        ["schedule", "--tz", "Europe/Dublin", "--count", "2", "--cron", cron, "--from", from]
    };
    let mut lines = String::new();
    for (cron, from) in [
        ("0 9 * * Mon", "2026-11-23T09:00:00Z"),
        ("30 1 * * *", "2026-03-28T12:00:00Z"),
        ("*/30 1 * * 0", "2026-10-25T00:00:00Z"),
    ] {
        lines += &world.ok(&evaluate(cron, from)).await;
    }
    insta::assert_snapshot!(lines, @"
    0 9 * * Mon          Mon 30 Nov 09:00  2026-11-30T09:00:00+00:00  (2026-11-30T09:00:00Z)
    0 9 * * Mon          Mon 7 Dec 09:00  2026-12-07T09:00:00+00:00  (2026-12-07T09:00:00Z)
    30 1 * * *           Sun 29 Mar 02:00  2026-03-29T02:00:00+01:00  (2026-03-29T01:00:00Z)
    30 1 * * *           Mon 30 Mar 01:30  2026-03-30T01:30:00+01:00  (2026-03-30T00:30:00Z)
    */30 1 * * 0         Sun 25 Oct 01:30  2026-10-25T01:30:00+01:00  (2026-10-25T00:30:00Z)
    */30 1 * * 0         Sun 25 Oct 01:00  2026-10-25T01:00:00+00:00  (2026-10-25T01:00:00Z)
    ");
    let weekly = [&evaluate("@weekly", "2026-11-23T09:00:00Z")[..], &["--format", "json"]].concat();
    insta::assert_snapshot!(world.ok(&weekly).await, @r#"
    [
      {
        "job": "@weekly",
        "at": "2026-11-29T00:00:00Z",
        "local": "2026-11-29T00:00:00+00:00"
      },
      {
        "job": "@weekly",
        "at": "2026-12-06T00:00:00Z",
        "local": "2026-12-06T00:00:00+00:00"
      }
    ]
    "#);
    let mut lines = vec![failure(&world.run(&evaluate("0 9 * *", "2026-11-23T09:00:00Z")).await)];
    let nowhere = ["schedule", "--cron", "@daily", "--tz", "Europe/Dublim"];
    lines.push(failure(&world.run(&nowhere).await));
    insta::assert_snapshot!(lines.join("\n"), @r#"
    2 cxbot: invalid value '0 9 * *' for '--cron <EXPR>': "0 9 * *" is not a schedule: it needs five fields: minute, hour, day of month, month, day of week
    2 cxbot: --tz: "Europe/Dublim" is not an IANA time zone; did you mean Europe/Dublin?
    "#);
}
