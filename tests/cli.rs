//! The command line as scripts and people meet it: one clear line for what is wrong, and good data
//! kept.

use cxbot::builtin::PLUGINS;
use serde_json::{Value, json};

use crate::world::{Ran, World};

/// The plugins that a snapshot shows, whatever others there are.
const THREE: [&str; 3] = ["DIGEST", "LOOKUP", "MOOD"];

fn with_three_plugins() -> World {
    THREE
        .iter()
        .fold(World::new(), |world, name| world.with(&format!("CXBOT__PLUGINS__{name}"), "{}"))
}

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

#[tokio::test]
async fn mistakes_in_settings_and_arguments_are_found_before_anything_is_contacted() {
    let world = World::new();
    world.write("key.toml", "[workspace]\ntimezon = \"Europe/Dublin\"\n");
    world.write("zone.toml", "[workspace]\n\ntimezone = \"Europe/Dublim\"\n");
    world.write("syntax.toml", "[workspace\n");
    world.write("schedule.toml", "[plugins.digest]\nschedule = \"0 9 * * 8\"\n");
    let zoneless = World::new().with("CXBOT__WORKSPACE__TIMEZONE", "");
    zoneless.write("zone.toml", "[workspace]\n\ntimezone = \"Europe/Dublim\"\n");
    let mut lines = vec![failure(&zoneless.run(&["--config", "zone.toml", "digest"]).await)];
    for arguments in [
        ["--config", "key.toml", "digest"],
        ["--config", "syntax.toml", "digest"],
        ["--config", "schedule.toml", "digest"],
        ["--config", "missing.toml", "digest"],
        ["digest", "--week", "2026-W60"],
        ["digest", "--as-of", "yesterday"],
        ["digest", "--edition", "nobody"],
        ["import", "x.csv", "--map=score"],
        ["import", "x.csv", "--map=scor=Rating"],
    ] {
        lines.push(failure(&world.run(&arguments).await));
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    2 cxbot: zone.toml:3: workspace.timezone: "Europe/Dublim" is not an IANA time zone; did you mean Europe/Dublin?
    2 cxbot: key.toml:2: workspace.timezon: unknown field `timezon`, expected one of `timezone`, `ai_agent`, `good_from`, `steady_points`, `settle`, `attribution`
    2 cxbot: syntax.toml:1: unclosed table, expected `]`
    2 cxbot: schedule.toml:2: plugins.digest.schedule: "0 9 * * 8" is not a schedule: "8" is not a day of the week (0–7 or a name such as Mon)
    2 cxbot: missing.toml: cannot read the configuration: No such file or directory (os error 2)
    2 cxbot: invalid value '2026-W60' for '--week <WEEK>': "2026-W60" is not a week; write it like 2026-W46
    2 cxbot: invalid value 'yesterday' for '--as-of <INSTANT>': write it like 2026-11-16T09:00:00Z
    2 cxbot: --edition: There is no edition "nobody". There are: all.
    2 cxbot: invalid value 'score' for '--map <FIELD=COLUMN>...': "score" is not FIELD=COLUMN, such as company.name=Account
    2 cxbot: invalid value 'scor=Rating' for '--map <FIELD=COLUMN>...': there is no field "scor"; the nearest is score
    "#);
}

#[tokio::test]
async fn a_plugin_that_is_not_there_is_told_with_those_that_are() {
    let world = World::new();
    world.write("plugin.toml", "\n[plugins.digets]\n");
    let told = failure(&world.run(&["--config", "plugin.toml", "digest"]).await);
    let names: Vec<&str> = PLUGINS.iter().map(|plugin| plugin.name).collect();
    assert_eq!(
        told,
        format!(
            "2 cxbot: plugin.toml:2: plugins.digets: there is no such plugin; there are: {}",
            names.join(", ")
        )
    );
}

#[tokio::test]
async fn a_store_that_cannot_be_used_is_one_line_with_what_to_do() {
    let world = World::new();
    world.write("letter.db", "Dear diary, this is no database at all. It goes on and on.");
    std::fs::create_dir(world.path("folder")).expect("a folder");
    let mut lines = Vec::new();
    for url in ["sqlite://letter.db", "sqlite://folder", "mysql://secret@host/db"] {
        let world = World::new().with("CXBOT__STORE__URL", url);
        world.write("letter.db", "Dear diary, this is no database at all. It goes on and on.");
        std::fs::create_dir(world.path("folder")).expect("a folder");
        lines.push(failure(&world.run(&["digest"]).await));
    }
    insta::assert_snapshot!(lines.join("\n"), @"
    1 cxbot: cannot open the store letter.db; it is not a cxbot store; move it away, or set store.url to another file: error returned from database: (code: 26) file is not a database
    1 cxbot: cannot open the store folder; it has to be a file that this user may read and write: error returned from database: (code: 14) unable to open database file
    2 cxbot: CXBOT__STORE__URL: store.url: it is not a store's address; write it like sqlite://data/cxbot.db or postgres://user@host/database
    ");
}

#[tokio::test]
async fn a_file_with_bad_lines_keeps_the_good_ones_and_says_which_were_bad() {
    let world = World::new();
    let long = "x".repeat(20_000_000);
    let file = [
        record("1", json!({"score": 5})),
        "{\"source\": \"file\", \"id\": \"2\"\n".to_owned(),
        "{\"source\": \"file\", \"closed_at\": \"2026-11-10T10:02:00Z\"}\n".to_owned(),
        record("4", json!({"closed_at": "yesterday"})),
        record("5", json!({"explanation": long})),
        "[1]\n\n".to_owned(),
        record("8", json!({"tags": "vip"})),
        record("9", json!({"teammates": [{"id": "1", "role": "boss"}]})),
        record("10", json!({"topics": null, "score": 1})),
        "\u{0}\u{1}\u{2}\n".to_owned(),
    ];
    world.write("records.jsonl", file.concat());
    let ran = world.run(&["import", "records.jsonl"]).await;
    assert_eq!(failure(&ran), "1 cxbot: skipped 8 records; the reasons are above");
    insta::assert_snapshot!(ran.stdout, @"
    Read 2 conversations: 2 new, 0 changed, 0 unchanged, 0 deleted.
    Skipped 8 records:
      line 2: not JSON: EOF while parsing an object (column 28)
      line 3: missing field `id`
      line 4: closed_at: not an RFC 3339 time, such as 2026-11-10T10:02:00Z
      line 5: the line is longer than 4 MB (20000103 bytes)
      line 6: a line has to be one JSON object
      line 8: tags: expected a sequence, not a string
      line 9: teammates[0].role: expected one of `closer`, `assignee`, `participant`
      line 11: not JSON: expected value (column 1)
    ");
    let kept: Vec<Value> =
        world.records().await.iter().map(|record| record["id"].clone()).collect();
    assert_eq!(kept, ["1", "10"]);
}

#[tokio::test]
async fn odd_scores_are_kept_as_no_score_and_counted() {
    let world = World::new();
    let scores =
        [json!(0), json!(6), json!(4.5), json!("five"), json!(null), json!(true), json!("4")];
    let lines: Vec<String> = scores
        .iter()
        .enumerate()
        .map(|(n, score)| record(&n.to_string(), json!({"score": score})))
        .collect();
    world.write("odd.jsonl", lines.concat());
    insta::assert_snapshot!(world.ok(&["import", "odd.jsonl"]).await, @r#"
    Read 7 conversations: 7 new, 0 changed, 0 unchanged, 0 deleted.
    6 odd scores kept as "no score": 0 (1), 4.5 (1), 6 (1), a text (1), null (1), true (1).
    "#);
    let digest = world.digest("2026-W46", "2026-11-16T09:00:00Z").await;
    assert_eq!(digest["coverage"]["scored"], 1);
    assert_eq!(digest["coverage"]["unscored"]["no_score"], 6);
    let kept: Vec<Value> =
        world.records().await.iter().map(|record| record["score"].clone()).collect();
    assert_eq!(kept[..6], scores[..6]);
}

#[tokio::test]
async fn a_table_of_another_tool_is_read_by_naming_its_columns() {
    let world = World::new();
    world.write(
        "table.csv",
        "Ticket,Closed,Rating,Account,topics,teammates.0.id,Region\n\
         7,2026-11-10T10:02:00Z,4,\"Acme, Ltd\",Invoices; Refunds,11,EU\n\
         8,2026-11-10T11:02:00Z,five,,,,\n\
         9,2026-11-10T11:02:00Z\n",
    );
    let arguments = [
        "import",
        "table.csv",
        "--source",
        "zendesk",
        "--map",
        "id=Ticket",
        "closed_at=Closed",
        "score=Rating",
        "company.name=Account",
    ];
    let ran = world.run(&arguments).await;
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    insta::assert_snapshot!(ran.stdout, @r#"
    Read 2 conversations: 2 new, 0 changed, 0 unchanged, 0 deleted.
    1 odd score kept as "no score": a text (1).
    Skipped 1 record:
      line 4: 2 values under 7 columns
    "#);
    insta::assert_snapshot!(world.ok(&["export"]).await, @r#"
    {"source":"zendesk","id":"7","closed_at":"2026-11-10T10:02:00Z","score":4,"attributes":{"Region":"EU"},"teammates":[{"id":"11","role":"participant","bot":false}],"customer":{"company":{"name":"Acme, Ltd"}},"topics":["Invoices","Refunds"]}
    {"source":"zendesk","id":"8","closed_at":"2026-11-10T11:02:00Z","score":"five"}
    "#);
    let ran = world.run(&["import", "table.csv", "--map", "id=Number"]).await;
    insta::assert_snapshot!(failure(&ran), @r#"1 cxbot: the import stopped; what was read before is kept: table.csv: there is no column "Number"; the header has: Ticket, Closed, Rating, Account, topics, teammates.0.id, Region"#);
}

#[tokio::test]
async fn a_table_with_semicolons_is_read_and_one_of_two_bytes_a_letter_says_what_to_do() {
    let world = World::new();
    let table = "\u{feff}id;closed_at;topics\r\n1;2026-11-10T10:00:00Z;\"Invoices; Refunds\"\r\n";
    world.write("table.csv", table);
    let read = world.ok(&["import", "table.csv", "--source", "s"]).await;
    assert!(read.starts_with("Read 1 conversation: 1 new"), "{read}");
    assert_eq!(world.records().await[0]["topics"], json!(["Invoices", "Refunds"]));
    let wide: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
    world.write("table.csv", wide);
    let said = failure(&world.run(&["import", "table.csv", "--source", "s"]).await);
    assert!(said.contains("table.csv is written in UTF-16; save it as CSV UTF-8"), "{said}");
}

#[tokio::test]
async fn a_quotation_mark_that_is_not_closed_is_an_error_and_no_score() {
    let world = World::new();
    let table = "id,closed_at,score\n1,2026-11-10T10:00:00Z,\"5\n2,2026-11-10T10:00:00Z,5\n";
    world.write("table.csv", table);
    let ran = world.run(&["import", "table.csv", "--source", "s"]).await;
    assert_eq!(failure(&ran), "1 cxbot: skipped 1 record; the reasons are above");
    let reason = "line 2: score: a line break; is a quotation mark not closed?";
    assert!(ran.stdout.contains(reason), "{}", ran.stdout);
}

#[tokio::test]
async fn a_row_is_named_by_its_line_however_lines_end() {
    for end in ["\n", "\r\n"] {
        let world = World::new();
        let rows = ["id,closed_at,score", "1,2026-11-10T10:00:00Z,5", "2,never,5", "3,ever,5"];
        world.write("table.csv", rows.join(end));
        let ran = world.run(&["import", "table.csv", "--source", "s"]).await;
        let told =
            ran.stdout.contains("line 3: closed_at") && ran.stdout.contains("line 4: closed_at");
        assert!(told, "{end:?}: {}", ran.stdout);
    }
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
async fn the_same_record_again_replaces_it_and_changes_nothing_when_it_is_equal() {
    let world = World::new();
    world.write("one.jsonl", record("1", json!({"score": 5})));
    world.write("two.jsonl", record("1", json!({"score": 2})));
    world.ok(&["import", "one.jsonl"]).await;
    assert!(world.ok(&["import", "one.jsonl"]).await.contains("1 unchanged"));
    assert!(world.ok(&["import", "two.jsonl"]).await.contains("1 changed"));
    let digest = world.digest("2026-W46", "2026-11-16T09:00:00Z").await;
    assert_eq!(digest["lanes"][0]["spread"], json!([0, 1, 0, 0, 0]));
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
    let readme = include_str!("../README.md");
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
