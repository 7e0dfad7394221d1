//! Records from files: bad ones are named and the others kept.

use serde_json::{Value, json};

use super::{failure, record};
use crate::world::World;

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
      line 4: closed_at: not an RFC 3339 time with its zone, such as 2026-11-10T10:02:00Z
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
    assert!(read.contains("None of them says who took part"), "{read}");
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
async fn the_same_record_again_replaces_it_and_changes_nothing_when_it_is_equal() {
    let world = World::new();
    world.write("one.jsonl", record("1", json!({"score": 5})));
    world.write("two.jsonl", record("1", json!({"score": 2})));
    world.ok(&["import", "one.jsonl"]).await;
    assert!(world.ok(&["import", "one.jsonl"]).await.contains("1 unchanged"));
    assert!(world.ok(&["import", "two.jsonl"]).await.contains("1 changed"));
    // The later one of a file counts, and the numbers add up to what was read.
    world.write("both.jsonl", record("1", json!({"score": 5})) + &record("1", json!({"score": 2})));
    insta::assert_snapshot!(world.ok(&["import", "both.jsonl"]).await, @"Read 2 conversations: 0 new, 0 changed, 1 unchanged, 0 deleted, 1 replaced by a later one of the same id.");
    let digest = world.digest("2026-W46", "2026-11-16T09:00:00Z").await;
    assert_eq!(digest["lanes"][0]["spread"], json!([0, 1, 0, 0, 0]));
}
