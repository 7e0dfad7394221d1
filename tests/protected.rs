//! Protected mode: fixed cells of many conversations of several people, and nothing about a single one.

use serde_json::{Value, json};

use crate::world::World;

const AS_OF: &str = "2026-11-16T09:00:00Z";
const AUDITOR: &str = r#"[{name = "Ada", email = "ada@example.com", roles = ["auditor"]},
    {name = "Lea", email = "lea@example.com", roles = ["leader"], teammate = "1"}]"#;

/// Two weeks: a large team of six, a small one of two, and the AI agent.
async fn workplace() -> World {
    let world = World::new();
    let mut lines = Vec::new();
    for (week, monday) in [(0, 2), (1, 9)] {
        for n in 0..72 {
            let small = n % 12 == 0;
            let person = if small { 7 + n % 2 } else { n % 6 };
            let by_machine = n % 4 == 3;
            lines.push(record(week * 100 + n, monday + n % 5, small, person, by_machine));
        }
    }
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    world.write("scores.jsonl", text.join("\n"));
    world.ok(&["import", "scores.jsonl"]).await;
    world.with("CXBOT__ACCESS__PROTECTED", "true").with("CXBOT__PEOPLE", AUDITOR)
}

fn record(id: u32, day: u32, small: bool, person: u32, by_machine: bool) -> Value {
    let people =
        json!([{"id": person.to_string(), "name": format!("Person {person}"), "role": "closer"}]);
    json!({
        "source": "file", "id": id.to_string(), "closed_at": format!("2026-11-{day:02}T10:00:00Z"),
        "score": if small { 1 } else { 5 }, "explanation": "It took too long.",
        "topics": if small { json!(["Rare", "Invoices"]) } else { json!(["Invoices"]) },
        "team": if small { json!({"id": "t2", "name": "Small"}) } else { json!({"id": "t1", "name": "Large"}) },
        "teammates": if by_machine { json!([]) } else { people },
        "ai": {"participated": by_machine},
        "customer": {"id": format!("c{}", id % 30), "name": "Lee", "company": {"name": "Acme Ltd"}},
    })
}

#[tokio::test]
async fn nobody_gets_a_card_of_a_person_a_customer_or_a_conversation() {
    let world = workplace().await;
    for (line, who) in [
        ("teammate \"Person 1\"", "Lea"),
        ("me", "Lea"),
        ("customer Lee", "Lea"),
        ("why 1", "Lea"),
        ("group VIP", "Lea"),
        ("teammate \"Person 1\"", "Ada"),
    ] {
        let ran = world.run(&["call", line, "--as", who]).await;
        let said = "cxbot runs in protected mode: there are no cards of single people, customers or \
                    conversations. You may ask:";
        assert_eq!(ran.code, Some(1), "{line}");
        assert!(ran.stderr.contains(said), "{line} as {who}: {}", ran.stderr);
    }
    let ran = world.run(&["call", "teammate \"Person 1\""]).await;
    assert_eq!(ran.code, Some(1), "the operator gets none either");
    let help = world.ok(&["call", "help", "--as", "Lea"]).await;
    assert!(
        help.contains("topic") && !help.contains("teammate NAME") && !help.contains("customer WHO"),
        "{help}"
    );
    assert!(help.contains("Protected mode is on"), "{help}");
}

#[tokio::test]
async fn a_digest_shows_fixed_cells_alone_and_quotes_nobody() {
    let world = workplace().await;
    let digest = world.digest("2026-W46", AS_OF).await;
    let lanes = digest["lanes"].as_array().expect("lanes");
    assert_eq!(lanes[0]["scored"], 54, "{digest}");
    assert!(lanes[0].get("hidden").is_none());
    // Nobody handed over, and the AI agent's 18 conversations are too few.
    assert_eq!((lanes[1]["scored"].as_u64(), &lanes[1]["hidden"]), (Some(0), &json!(true)));
    assert_eq!(digest["coverage"]["scored"], 72, "what is not shown is counted");
    // Every conversation is on invoices, so these are the lane; "Rare" is worked on by two people.
    let topics: Vec<&Value> =
        digest["topics"].as_array().expect("topics").iter().map(|cell| &cell["topic"]).collect();
    assert_eq!(topics, ["Invoices"]);
    assert_eq!(digest["csat"], json!({"answered": 0, "good": null, "both": null}));
    let week = ["digest", "--week", "2026-W46", "--as-of", AS_OF];
    let said = world.ok(&week).await;
    for secret in ["It took too long", "Person", "Lee", "Acme", "conversation 1"] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
    insta::assert_snapshot!(said, @"
    CX week 46 · Mon 9 – Sun 15 Nov 2026 · Europe/Dublin
    WIN          No clear win this week: nothing that is shown moved beyond the usual range.
    HUMAN TEAM   88.9 % good  (77.8–94.8, n=54)   ? can't tell yet
    FIN          not shown (protected mode)
    FIN → HUMAN  no scored conversations
    LOOK AT      Nothing that is shown fell beyond the usual range.
    Scored 72 of 72 closed (100.0 %). CSAT answered: 0 (0.0 %).
    [Details]  [How to read this]

    ────────────────────────────────────────
    1 · Wins
    No clear win this week: nothing that is shown moved beyond the usual range.

    ────────────────────────────────────────
    2 · HUMAN TEAM
    88.9 % good  (77.8–94.8, n=54)   ? can't tell yet
    Share of good conversations, human team
    W35 no data           ▅▅ 88.9 % W46
    2 weeks: between 88.9 % (W45) and 88.9 % (W46); now 88.9 %.
    Usual range: not known yet; it takes 8 weeks with 20 or more scored conversations.
    Score  Conversations  Share
    1      6              11.1 %
    2      0              0.0 %
    3      0              0.0 %
    4      0              0.0 %
    5      48             88.9 %
    54 scored conversations from 30 known customers.
    Of the change of +0.0 points, +0.0 come from another mix of topics and +0.0 from within topics.
    It takes about 680 more scored conversations in a week to tell a change of 5 points.

    ────────────────────────────────────────
    3 · FIN
    This lane is not shown: protected mode takes 20 conversations of 5 people.

    ────────────────────────────────────────
    4 · FIN → HUMAN
    No scored conversations in this lane this week.

    ────────────────────────────────────────
    5 · Topics
    Looked at together: 2 cells, each with 20 or more scored conversations in both weeks.
    Not shown in protected mode: 1 topic about fewer than 20 conversations or 5 people, or with so few left beside them.
    HUMAN TEAM  ? can't tell yet: Invoices 88.9 % (n=54)

    ────────────────────────────────────────
    6 · Coverage, CSAT and exclusions
    72 closed = 72 scored + 0 excluded + 0 without a score.
    No score given            0
    Too short to score        0
    Closed under 6 hours ago  0
    CSAT: 0 surveys answered, too few to show in protected mode.

    ────────────────────────────────────────
    7 · Worth reading
    No conversation is shown in protected mode.
    ");
}

#[tokio::test]
async fn a_week_that_is_not_over_tells_nothing_yet() {
    let world = workplace().await;
    let digest = world.digest("2026-W46", "2026-11-14T09:00:00Z").await;
    assert!(digest["lanes"][0]["hidden"].as_bool().unwrap_or_default(), "{digest}");
    assert_eq!(digest["topics"], json!([]));
}

#[tokio::test]
async fn a_teams_edition_shows_its_lanes_and_a_small_team_hides_itself() {
    let world = workplace().await;
    let editions = r#"[{name = "large", filter = {team = "Large"}}, {name = "small", filter = {team = "t2"}}]"#;
    let world = world.with("CXBOT__PLUGINS__DIGEST__EDITIONS", editions);
    for edition in ["large", "small"] {
        let arguments = [
            "digest",
            "--format",
            "json",
            "--week",
            "2026-W46",
            "--as-of",
            AS_OF,
            "--edition",
            edition,
        ];
        let digest: Value = serde_json::from_str(&world.ok(&arguments).await).expect("JSON");
        // The small team is all that is left of the lane without the large one.
        assert_eq!(digest["lanes"][0]["hidden"], json!(true), "{edition}: {digest}");
        assert_eq!(digest["topics"], json!([]), "a team's topics would combine");
        // How much so few closed is what each of them did.
        let coverage = &digest["coverage"];
        assert_eq!(coverage["hidden"], json!(true), "{edition}: {digest}");
        assert_eq!(coverage["closed"], json!(0), "{edition}: {digest}");
    }
}

#[tokio::test]
async fn what_would_open_the_wall_is_refused_at_the_start() {
    let world = World::new().with("CXBOT__ACCESS__PROTECTED", "true");
    for (variables, wanted) in [
        (vec![], "access.protected: protected mode takes an auditor"),
        (
            vec![
                ("CXBOT__PEOPLE", AUDITOR),
                (
                    "CXBOT__PLUGINS__DIGEST__EDITIONS",
                    r#"[{name = "x", filter = {team = "a", topic = "b"}}]"#,
                ),
            ],
            "plugins.digest: filters do not combine in protected mode",
        ),
        (
            vec![
                ("CXBOT__PEOPLE", AUDITOR),
                (
                    "CXBOT__PLUGINS__DIGEST__EDITIONS",
                    r#"[{name = "x", filter = {channel = "chat"}}]"#,
                ),
            ],
            "plugins.digest: protected mode has no cells by channel",
        ),
        (
            vec![
                ("CXBOT__PEOPLE", AUDITOR),
                ("CXBOT__ACCESS__GROUPS", r#"[{role = "auditor", discord = "1122"}]"#),
            ],
            "access.groups[0]: auditors are named under [[people]]",
        ),
    ] {
        let ran = world.run_with(&variables, &["check"]).await;
        assert_eq!(ran.code, Some(2), "{wanted}");
        assert!(ran.stderr.contains(wanted), "{wanted}: {}", ran.stderr);
    }
    let ran = world.run_with(&[("CXBOT__PEOPLE", AUDITOR)], &["check"]).await;
    assert!(ran.stdout.contains("protected mode is on; auditors: Ada"), "{}", ran.stdout);
}

#[tokio::test]
async fn an_auditor_reads_who_looked_anyone_up_and_others_only_about_themselves() {
    let world = workplace().await;
    let open = [("CXBOT__ACCESS__PROTECTED", "false")];
    let looked = world.run_with(&open, &["call", "teammate \"Person 2\"", "--as", "Lea"]).await;
    assert_eq!(looked.code, Some(0), "{}", looked.stderr);
    for line in ["audit", "audit \"Person 2\""] {
        let all = world.ok(&["call", line, "--as", "Ada"]).await;
        assert!(all.contains("Lea") && all.contains("teammate file/2"), "{line}: {all}");
    }
    let own = world.ok(&["call", "audit", "--as", "Lea"]).await;
    assert!(own.contains("Nobody has looked you up."), "{own}");
    let refused = world.run(&["call", "audit \"Person 2\"", "--as", "Lea"]).await;
    assert!(refused.stderr.contains("The rest is for auditors."), "{}", refused.stderr);
}
