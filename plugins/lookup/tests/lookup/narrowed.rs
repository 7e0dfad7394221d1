//! What cannot be meant when a card is narrowed, and what is said instead of an empty card.

use crate::house::{NOW, ask, autumn, invoker};
use cxbot_sdk::testing::TestHost;
use serde_json::json;
use std::sync::Arc;

async fn said(narrowed: serde_json::Value) -> String {
    let mut named = narrowed.clone();
    named["name"] = json!("Ana Silva");
    let host = Arc::new(TestHost::new(NOW, autumn()));
    let own = ask(&host, invoker("", &["1"]), "me", narrowed).await;
    let theirs = ask(&host, invoker("leader", &[]), "teammate", named).await;
    assert_eq!(own, theirs);
    own
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_said_and_the_nearest_is_offered() {
    let none = "refused: None of Ana Silva's conversations of Mon 21 Sep – Sun 15 Nov 2026 has the";
    for (narrowed, wanted) in [
        (json!({"topic": "Invioces"}), format!("{none} topic \"Invioces\". The nearest: Invoices")),
        (
            json!({"topic": "nonsense"}),
            format!("{none} topic \"nonsense\". What there is: Invoices, Log-in"),
        ),
        (json!({"team": "Billing"}), format!("{none} team \"Billing\".")),
        (json!({"channel": "fax"}), format!("{none} channel \"fax\".")),
    ] {
        assert_eq!(said(narrowed).await, wanted);
    }
    assert!(said(json!({"topic": "log-in"})).await.starts_with("Ana Silva · log-in"));
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_with_what_can() {
    for (narrowed, wanted) in [
        (json!({"topic": " "}), "topic: has nothing after it. Name a topic, or leave it out."),
        (json!({"team": ""}), "team: has nothing after it. Name a team, or leave it out."),
        (
            json!({"lane": "ai"}),
            "Where Fin answers alone no teammate takes part, so nobody has conversations in that lane. \
             lane takes human or handoff here.",
        ),
        (
            json!({"since": "2026-10-20", "weeks": 4}),
            "Name either since or weeks, not both: the one takes everything from a day on, the other \
             whole weeks.",
        ),
        (
            json!({"since": "2026-11-17"}),
            "since takes a day until today, 2026-11-16; 2026-11-17 is still to come.",
        ),
        (
            json!({"since": "20 Oct"}),
            "\"20 Oct\" is not a day; write it with its year, like 2026-10-20.",
        ),
        (json!({"weeks": 27}), "weeks takes a whole number from 1 to 26, not 27."),
    ] {
        assert_eq!(said(narrowed).await, format!("refused: {wanted}"));
    }
    assert!(said(json!({"since": "2026-11-16"})).await.starts_with("Ana Silva"));
    assert!(said(json!({"lane": "Human"})).await.starts_with("Ana Silva · human"));
}

#[tokio::test]
async fn explanations_are_for_those_who_work_with_customers_and_are_announced_where_they_are() {
    let host = Arc::new(TestHost::new(NOW, autumn()));
    let topic = json!({"name": "Log-in"});
    for (role, own, quoted) in
        [("", vec![], false), ("auditor", vec![], false), ("", vec!["1"], true)]
    {
        let card = ask(&host, invoker(role, &own), "topic", topic.clone()).await;
        assert_eq!(card.contains("It was solved"), quoted, "{role}: {card}");
        let why = "Explanations are shown to those who work with customers.";
        assert_eq!(card.contains(why), !quoted, "{role}: {card}");
    }
    let silent = autumn().into_iter().map(|mut one| {
        one.explanation = None;
        one
    });
    let host = Arc::new(TestHost::new(NOW, silent.collect()));
    let card = ask(&host, invoker("qa", &[]), "topic", topic).await;
    let why = ask(&host, invoker("qa", &[]), "why", json!({"conversation": "63"})).await;
    assert!(why.contains("Why: not known"), "{why}");
    for said in [card, why] {
        assert!(!said.to_lowercase().contains("explanation"), "{said}");
    }
}

#[tokio::test]
async fn what_a_button_cannot_carry_is_asked_for_by_id() {
    let host = Arc::new(TestHost::new(NOW, autumn()));
    let topic = "Everything about invoices and what becomes of them in the end";
    for (topic, wanted) in [
        ("Invoices", "Which \"Ana\"?"),
        (
            topic,
            "Which \"Ana\"?\nAna Silva\nintercom/1\nAna Sousa\nintercom/2\nAsk again with the id",
        ),
    ] {
        let arguments = json!({"name": "Ana", "topic": topic});
        let card = ask(&host, invoker("leader", &[]), "teammate", arguments).await;
        assert!(card.starts_with(wanted), "{card}");
    }
}
