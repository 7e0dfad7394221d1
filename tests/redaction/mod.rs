//! What customers wrote, full of planted personal data, goes through the whole program; none of it comes
//! out where it must not.

mod place;
mod planting;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::world::scene::ANA;
use crate::world::slack::Fault;
use place::*;
use planting::*;

#[test]
fn what_is_searched_for_can_be_found() {
    let all = secrets();
    assert!(all.len() > 300, "{}", all.len());
    let planted = records(Timestamp::now());
    let planted: String =
        planted.lines().map(|line| texts(&serde_json::from_str(line).expect("a record"))).collect();
    assert_eq!(found(&planted).len(), all.len(), "every one is planted");
    assert!(planted.contains(CUSTOMER));
    for shown in ["write to ana.murphy@exa…", r"\+353 87 123 4567", "&lt;ana@example.com&gt;"] {
        assert!(!found(shown).is_empty(), "{shown}");
    }
    nothing_in("harmless words", "write to [e-mail], conversation 880000000100, rated 5");
}

#[tokio::test]
async fn nothing_planted_is_printed_or_logged() {
    let planted = Planted::new().await;
    let imported = planted.run(&["import", "scores.jsonl"]).await;
    nothing_in("the summary of the import", &imported.stdout);
    assert!(imported.stdout.contains("a text"), "{}", imported.stdout);
    // The records themselves are given back whole: what is searched for is there.
    let export = planted.world.records().await;
    assert_eq!(found(&texts(&json!(export))).len(), secrets().len());

    let digest = planted.is_shown_clean(&["digest"]).await;
    assert!(digest.contains("“") && digest.contains("[phone]"), "{digest}");
    for format in ["slack", "discord"] {
        let sent: Value =
            serde_json::from_str(&planted.run(&["digest", "--format", format]).await.stdout)
                .expect("JSON");
        let closed = sent.as_array().into_iter().flatten().filter(|one| one["channel"] != OPEN);
        nothing_in(format, &closed.map(texts).collect::<String>());
        let open = sent.as_array().into_iter().flatten().filter(|one| one["channel"] == OPEN);
        let open = found(&open.map(texts).collect::<String>());
        assert_eq!(open.is_empty(), format == "discord", "{open:?}");
    }
    let page = planted.is_shown_clean(&["digest", "--format", "html"]).await;
    assert!(page.contains("[phone]"), "{page}");
    let mut all = String::new();
    for line in [
        "customer Acme Ltd",
        "customer tool7/c7",
        "teammate Ana",
        "teammate tool1/1",
        "teammate tool2/2",
        "me",
        "topic Invoices",
        "group VIP",
        "coverage",
        "digest",
        "audit me",
        "customer Qui",
    ] {
        let answer = planted.run_call(line).await;
        assert!(!answer.is_empty() || line == "customer Qui", "{line} is refused");
        all.push_str(&answer);
    }
    for id in 0..=sentences().len() / 20 {
        all.push_str(&planted.run_call(&format!("why {id}")).await);
    }
    assert!(all.contains("Reasons given") && all.contains(CUSTOMER), "cards say who and why");
    for mark in ["[phone]", "[e-mail]", "[card]", "[IBAN]", "[…]"] {
        assert!(all.contains(mark), "{mark}");
    }
    // An id leads somewhere, however many digits it has.
    assert!(all.contains("conversation 8800000"), "{all}");
}

impl Planted {
    /// A command's answer, or its refusal; a look from the terminal is a look like others.
    async fn run_call(&self, line: &str) -> String {
        let ran = self.run(&["call", "--as", "Ana Silva", line]).await;
        nothing_in(&format!("the answer to {line}"), &ran.stdout);
        ran.stdout
    }
}

#[tokio::test]
async fn nothing_planted_reaches_a_channel_or_an_asker() {
    let planted = Planted::new().await;
    planted.world.run(&["import", "scores.jsonl"]).await;
    let (slack, discord) = (&planted.slack, &planted.discord);
    // What platforms refuse and what breaks off is told in errors.
    slack.fault("chat.postMessage", [Fault::Status(500), Fault::CutAfter]);
    let week = planted.week.to_string();
    let posted = planted.run(&["digest", "--week", &week, "--post"]).await;
    assert_eq!(posted.code, Some(0), "{}", posted.stderr);
    let running = planted.world.start(&["--log", "trace", "run"]);
    running
        .until("both platforms", SOON, || {
            slack.connections() == 2 && discord.is_connected() && !discord.commands().is_empty()
        })
        .await;

    let mut answers = String::new();
    for line in [
        "customer Acme Ltd",
        "teammate Ana",
        "teammate tool1/1",
        "me",
        "topic Invoices",
        "group VIP",
        "digest",
        "why 3",
        "customer Qui",
    ] {
        let answer = planted.ask_in_slack(&running, QUOTES, line).await;
        nothing_in(&format!("Slack's answer to {line}"), &answer);
        answers.push_str(&answer);
    }
    slack.open_home(ANA).await;
    running.until("the home page", SOON, || slack.home(ANA).is_some()).await;
    for (command, options) in [
        ("customer", json!({"who": "Acme Ltd"})),
        ("teammate", json!({"name": "Ana"})),
        ("teammate", json!({"name": "tool1/1"})),
        ("topic", json!({"name": "Invoices"})),
        ("group", json!({"name": "VIP"})),
        ("why", json!({"conversation": "3"})),
        ("digest", json!({"week": week})),
    ] {
        let answer = planted.ask_in_discord(FIGURES_DISCORD, command, options).await;
        nothing_in(&format!("Discord's answer to {command}"), &answer);
        answers.push_str(&answer);
    }
    for words in ["[phone]", CUSTOMER, "Cases", "What customers experienced", "Why", "Per customer"]
    {
        assert!(answers.matches(words).count() > 1, "on both platforms: {words}");
    }
    for (command, name, typed) in [("topic", "name", "inv"), ("teammate", "name", "a")] {
        let options = json!({ name: typed });
        let offered =
            discord.autocomplete(ANA_DISCORD, FIGURES_DISCORD, &[command], options, name).await;
        let offered = offered.expect("suggestions");
        nothing_in(command, &format!("{offered:?}"));
        assert!(!offered.is_empty(), "{command}");
    }

    // A topic whose name is personal, typed by the asker, is not given to the channel.
    let personal = sentences()[0].clone();
    for channel in [QUOTES, UNNAMED, OPEN] {
        planted.share_in_slack(&running, channel, "topic Invoices").await;
        planted.share_in_slack(&running, channel, &format!("topic \"{personal}\"")).await;
    }

    nothing_in("what Slack was sent", &planted.sent_to_slack());
    nothing_in("what Discord was sent", &planted.sent_to_discord());
    nothing_in("the log", &running.log());
    // The search finds in the one channel that is not redacted what it finds nowhere else.
    let open = found(&planted.sent_to_slack_in(OPEN));
    assert!(open.len() > 10, "{open:?}");

    for (channel, named) in [(QUOTES, false), (UNNAMED, false), (NAMES, true), (OPEN, true)] {
        let shown: String = slack.channel(channel).iter().map(|one| format!("{one:?}")).collect();
        assert!(!shown.is_empty(), "{channel}");
        assert_eq!(shown.contains(CUSTOMER), named, "{channel}");
        assert_eq!(shown.contains('“'), channel != UNNAMED, "{channel}");
    }
    for (channel, named) in [(FIGURES_DISCORD, false), (NAMES_DISCORD, true)] {
        let shown = planted.read_in(channel);
        assert!(!shown.is_empty(), "{channel}");
        assert_eq!((shown.contains(CUSTOMER), shown.contains('“')), (named, named), "{channel}");
    }

    // What the asker typed is given back to them alone.
    let typed = "no.such@customer.example";
    let answer = planted.ask_in_slack(&running, QUOTES, &format!("customer {typed}")).await;
    assert!(answer.contains(typed), "{answer}");
    assert!(!running.log().contains(typed));
    assert_eq!((slack.complaints(), discord.complaints()), (vec![], vec![]));
}
