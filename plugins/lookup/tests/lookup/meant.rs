//! Whom words mean where several may be meant: it is asked before anything is shown.

use std::sync::Arc;

use crate::customers::{look, of};
use crate::house::{NOW, ask, invoker, reply};
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::message::Block;
use cxbot_sdk::testing::TestHost;
use serde_json::{Value, json};

/// A conversation of a source.
fn of_source(source: &str, id: u32, customer: Value) -> Conversation {
    let mut one = of(id, id, customer);
    one.source = source.to_owned();
    one
}

/// The labels of the buttons with which it is asked who is meant, and what each asks for.
async fn offered(all: Vec<Conversation>, who: &str) -> Vec<String> {
    let host = Arc::new(TestHost::new(NOW, all));
    let asked = reply(&host, invoker("qa", &[]), "customer", json!({"who": who})).await;
    let asked = asked.expect("a question");
    let buttons = asked.blocks.iter().filter_map(|block| match block {
        Block::Buttons(buttons) => Some(buttons),
        _ => None,
    });
    buttons.flatten().map(|button| format!("{} → {}", button.label, button.id)).collect()
}

#[tokio::test]
async fn two_customers_of_a_name_are_asked_about_before_anything_is_shown() {
    let lee = |id: &str, email: &str, company: &str| json!({"id": id, "name": "Lee Wong", "email": email, "company": {"name": company}});
    let all = || {
        vec![
            of(1, 1, lee("c1", "lee@acme.example", "Acme Ltd")),
            of(2, 2, lee("c2", "lee@beta.example", "Beta BV")),
            // The first one again, as their source has them a second time.
            of(3, 3, lee("c3", "LEE@acme.example", "Acme Ltd")),
        ]
    };
    let (card, whom) = look(all(), "lee  WONG").await;
    assert!(card.starts_with("Which \"lee  WONG\"?"), "{card}");
    assert!(!card.contains("Rated"), "{card}");
    assert!(whom.is_empty(), "nobody was shown: {whom:?}");
    for (who, there, elsewhere) in [
        ("c2", "Beta BV", "Acme Ltd"),
        ("intercom/c2", "Beta BV", "Acme Ltd"),
        ("intercom/c1", "Acme Ltd", "Beta BV"),
        ("lee@acme.example", "Acme Ltd", "Beta BV"),
    ] {
        let (card, whom) = look(all(), who).await;
        assert!(card.contains(there) && !card.contains(elsewhere), "{who}: {card}");
        let title = if who.contains('@') { who } else { "Lee Wong" };
        assert!(card.starts_with(&format!("{title}\n")), "{who}: {card}");
        let both = there == "Acme Ltd";
        assert_eq!(card.matches("Rated 5").count(), if both { 2 } else { 1 }, "{who}: {card}");
        // Theirs, and the teammate's who answered them.
        assert_eq!(whom.len(), if both { 3 } else { 2 }, "{whom:?}");
    }
}

#[tokio::test]
async fn one_id_in_two_sources_is_two_customers_and_two_conversations() {
    let in_source =
        |source: &str, name: &str| of_source(source, 7, json!({"id": "500", "name": name}));
    let all = || vec![in_source("first", "Bob Red"), in_source("second", "Eve Blue")];
    let (card, whom) = look(all(), "500").await;
    assert!(card.starts_with("Which \"500\"?") && whom.is_empty(), "{card}");
    let (card, whom) = look(all(), "second/500").await;
    assert!(card.contains("Eve Blue") && !card.contains("Bob Red"), "{card}");
    assert_eq!(whom, ["customer second/500", "teammate second/1"]);
    let why = async |asked: &str| {
        let host = Arc::new(TestHost::new(NOW, all()));
        ask(&host, invoker("qa", &[]), "why", json!({"conversation": asked})).await
    };
    let both = why("7").await;
    assert!(both.contains("In first: Rated 5") && both.contains("In second: Rated 5"), "{both}");
    let one = why("second/7").await;
    assert_eq!(one.matches("Rated 5").count(), 1, "{one}");
    assert!(why("third/7").await.contains("Rated 5"), "a link that ends in the id");
}

#[tokio::test]
async fn one_id_in_two_sources_is_two_companies_unless_their_name_is_one() {
    let all = |other: &str| {
        let acme = |name: &str| json!({"id": "9", "name": name});
        let first = json!({"id": "a", "name": "Ada", "company": acme("Acme Ltd")});
        let second = json!({"id": "b", "name": "Bob", "company": acme(other)});
        vec![of_source("first", 1, first), of_source("second", 2, second)]
    };
    let (card, whom) = look(all("Beta BV"), "9").await;
    assert!(card.starts_with("Which \"9\"?") && whom.is_empty(), "{card}");
    let asks = |id: &str| format!("lookup/customer/{{\"who\":\"company {id}\"}}");
    assert_eq!(
        offered(all("Beta BV"), "9").await,
        [
            format!("Beta BV, a company, 3 Jan 2026 → {}", asks("second/9")),
            format!("Acme Ltd, a company, 2 Jan 2026 → {}", asks("first/9")),
        ]
    );
    for who in ["second/9", "company second/9"] {
        let (card, whom) = look(all("Beta BV"), who).await;
        assert!(card.starts_with("Beta BV\n") && !card.contains("Ada"), "{who}: {card}");
        assert_eq!(whom[0], "company second/9");
    }
    let (card, _) = look(all(" ACME  ltd"), "9").await;
    assert!(card.contains("Ada") && card.contains("Bob"), "one company: {card}");
}

#[tokio::test]
async fn a_busy_one_does_not_hide_another_of_the_same_id() {
    let of_company = |source: &str, n: u32, name: &str| {
        let company = json!({"id": "9", "name": name});
        of_source(source, n, json!({"id": format!("c{n}"), "company": company}))
    };
    let busy = (20..320).map(|n| of_company("first", n, "Acme Ltd"));
    let all = busy.chain([of_company("second", 1, "Beta BV")]).collect();
    let offered = offered(all, "9").await;
    assert_eq!(offered.len(), 2, "{offered:?}");
    assert!(offered[1].starts_with("Beta BV, a company, 2 Jan 2026"), "{offered:?}");
}

#[tokio::test]
async fn a_customer_and_a_company_of_one_id_are_asked_about_and_neither_is_shown_as_the_other() {
    let all = || {
        let lee = json!({"id": "5", "name": "Lee", "company": {"id": "8", "name": "Acme Ltd"}});
        let ada = json!({"id": "6", "name": "Ada", "company": {"id": "5", "name": "Beta BV"}});
        vec![of(1, 1, lee), of(2, 2, ada)]
    };
    let (card, whom) = look(all(), "5").await;
    assert!(card.starts_with("Which \"5\"?") && whom.is_empty(), "{card}");
    let labels = offered(all(), "5").await.concat();
    assert!(labels.contains("Lee, Acme Ltd") && labels.contains("Beta BV, a company"), "{labels}");
    let (card, _) = look(all(), "customer intercom/5").await;
    assert!(card.starts_with("Lee\n") && !card.contains("Ada"), "{card}");
    let (card, _) = look(all(), "company intercom/5").await;
    assert!(card.starts_with("Beta BV\n") && !card.contains("Lee"), "{card}");
    // Somebody's own company is on their card anyway.
    let same = json!({"id": "5", "name": "Lee", "company": {"id": "5", "name": "Acme Ltd"}});
    let (card, _) = look(vec![of(1, 1, same)], "5").await;
    assert!(card.starts_with("Lee\n"), "{card}");
}

#[tokio::test]
async fn those_whom_no_button_can_carry_are_named_with_what_to_ask_for() {
    let lee = |email: &str| json!({"name": "Lee Wong", "email": email});
    let by_email = || vec![of(1, 1, lee("lee@acme.example")), of(2, 2, lee("Lee@beta.example"))];
    let (card, whom) = look(by_email(), "Lee Wong").await;
    assert!(whom.is_empty(), "{whom:?}");
    assert!(card.contains("\nLee Wong, company not known, 2 Jan 2026\n"), "{card}");
    assert!(card.ends_with(" Ask again with what stands beside the right one."), "{card}");
    for email in ["lee@acme.example", "lee@beta.example"] {
        let who = format!("customer {email}");
        assert!(card.contains(&who), "{card}");
        let (card, _) = look(by_email(), &who).await;
        assert!(card.starts_with(email) && card.matches("Rated 5").count() == 1, "{card}");
    }
    let long = json!({"id": "x".repeat(70), "name": "Lee Wong"});
    let (card, _) =
        look(vec![of(1, 1, long.clone()), of_source("other", 2, long)], &"x".repeat(70)).await;
    assert!(card.contains(&format!("customer other/{}", "x".repeat(70))), "{card}");
}

#[tokio::test]
async fn a_customer_who_came_without_an_e_mail_at_first_is_one() {
    let first = json!({"id": "c1", "name": "Lee Wong"});
    let later = json!({"id": "c1", "name": "Lee Wong", "email": "lee@acme.example"});
    let elsewhere = json!({"id": "c7", "name": "Lee Wong", "email": "lee@acme.example"});
    for all in [
        vec![of(1, 1, first.clone()), of(2, 2, elsewhere.clone()), of(3, 3, later.clone())],
        vec![of(1, 1, later), of(2, 2, elsewhere), of(3, 3, first)],
    ] {
        let (card, _) = look(all, "lee wong").await;
        assert_eq!(card.matches("Rated 5").count(), 3, "{card}");
    }
}

#[tokio::test]
async fn an_id_with_a_space_is_asked_for_as_it_was_offered_and_a_blank_e_mail_is_nobodys() {
    let lee = |id: &str| json!({"id": id, "name": "Lee Wong", "email": " "});
    let all = || vec![of(1, 1, lee("A 1")), of(2, 2, lee("A 2"))];
    let (card, _) = look(all(), "lee wong").await;
    assert!(card.starts_with("Which \"lee wong\"?"), "{card}");
    let (card, whom) = look(all(), "customer intercom/A 1").await;
    assert!(card.starts_with("Lee Wong\n") && card.matches("Rated 5").count() == 1, "{card}");
    assert_eq!(whom[0], "customer intercom/A 1");
}
