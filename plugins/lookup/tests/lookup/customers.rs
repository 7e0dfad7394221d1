//! Who is on a customer's card, and who is written down as looked at.

use std::sync::Arc;

use crate::house::{NOW, ask, host, invoker, one};
use cxbot_sdk::Host;
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::scores::SourceState;
use cxbot_sdk::testing::TestHost;
use serde_json::{Value, json};

pub fn of(id: u32, day: u32, customer: Value) -> Conversation {
    one(
        id,
        &format!("2026-{:02}-{:02}", 1 + day / 28, 1 + day % 28),
        5,
        json!({"customer": customer}),
    )
}

/// What the asker reads, and whom the audit log names.
pub async fn look(all: Vec<Conversation>, who: &str) -> (String, Vec<String>) {
    let host = Arc::new(TestHost::new(NOW, all));
    let card = ask(&host, invoker("qa", &[]), "customer", json!({"who": who})).await;
    let looks = host.audited(None, 9).await.expect("looks");
    assert!(looks.len() <= 1, "one line for a look: {looks:?}");
    (card, looks.into_iter().flat_map(|look| look.whom).collect())
}

#[tokio::test]
async fn a_look_is_written_down_whatever_is_known_of_the_customer() {
    let acme = json!({"name": "Acme Ltd"});
    for (customer, who, wanted) in [
        (json!({"id": "c1", "name": "Lee"}), "lee", "customer intercom/c1"),
        (json!({"email": "Lee@Acme.example", "name": "Lee"}), "lee", "customer lee@acme.example"),
        (json!({"name": "Lee Wong"}), "lee wong", "customer Lee Wong"),
        (json!({"company": acme}), "acme ltd", "company Acme Ltd"),
        (json!({"company": {"id": "a", "name": "Acme"}}), "Acme", "company intercom/a"),
    ] {
        let (_, whom) = look(vec![of(1, 1, customer)], who).await;
        assert_eq!(whom, [wanted, "teammate intercom/1"]);
    }
}

/// Three hundred later conversations of a busy company, and one early one of Jo, who works there.
fn busy() -> Vec<Conversation> {
    let at = |n: u32, name: &str| json!({"id": format!("c{n}"), "name": name, "company": {"id": "acme", "name": "Acme Ltd"}});
    let others = (0..300).map(|n| of(n, 20 + n % 250, at(n % 90, &format!("Ada {:02}", n % 90))));
    others.chain([of(900, 3, at(900, "Jo March"))]).collect()
}

#[tokio::test]
async fn whoever_was_asked_for_is_on_the_card_and_in_the_log_however_busy_their_company_is() {
    let (card, whom) = look(busy(), "Jo March").await;
    assert_eq!(whom[0], "customer intercom/c900");
    assert!(whom.contains(&"customer intercom/c1".to_owned()), "everyone who is shown: {whom:?}");
    assert!(card.contains("People\nJo March, Ada 00"), "{card}");
    assert!(card.contains("Jo March: Rated 5, Sun 4 Jan 2026"), "{card}");
    assert!(card.contains("more than 200; this is about 200 of them: those of whoever"), "{card}");
    assert_eq!(card.matches("Rated 5").count(), 200);
    let (_, whom) = look(busy(), "Acme Ltd").await;
    assert_eq!(whom[0], "company intercom/acme");
    assert_eq!(whom.len(), 92, "and ninety people and a teammate: {whom:?}");
}

#[tokio::test]
async fn a_line_says_whose_it_is_only_where_there_are_several() {
    let alone = vec![of(1, 1, json!({"id": "c1", "name": "Lee"}))];
    let (card, _) = look(alone, "lee").await;
    assert!(!card.contains("Lee: "), "{card}");
}

#[tokio::test]
async fn names_that_are_near_are_offered_and_no_others() {
    let all = || {
        [(1, "Leonard"), (2, "Leona"), (3, "Acme")].map(|(n, name)| of(n, 1, json!({"name": name})))
    };
    for (who, wanted) in [
        ("Acne", "The nearest: Acme"),
        ("Leonhard", "The nearest: Leonard"),
        ("Leopold", "Give an e-mail, a name, a company or an id."),
        ("", "who is missing: an e-mail, a name, a company or an id."),
    ] {
        let (card, whom) = look(all().to_vec(), who).await;
        assert!(card.ends_with(wanted), "{who}: {card}");
        assert!(whom.is_empty(), "{whom:?}");
    }
}

#[tokio::test]
async fn what_a_rule_leaves_out_is_shown_as_such_and_counts_nowhere() {
    let mut all: Vec<Conversation> =
        (0..20).map(|n| of(n, n, json!({"id": "c1", "name": "Lee"}))).collect();
    for one in &mut all[..5] {
        one.tags = vec!["spam".to_owned()];
    }
    all[5].teammates.clear();
    let mut host = TestHost::new(NOW, all);
    let spam = json!({"name": "spam", "reason": "not ours", "tag": "spam"});
    host.workspace.exclusions = vec![serde_json::from_value(spam).expect("a rule")];
    let host = Arc::new(host);
    let card = ask(&host, invoker("qa", &[]), "customer", json!({"who": "lee"})).await;
    assert!(card.contains("20 conversations"), "{card}");
    assert!(card.contains("Scored\n14 conversations: read them, don't average them"), "{card}");
    assert_eq!(card.matches(" · not counted: spam").count(), 5, "{card}");
    assert_eq!(card.matches(" · not counted: nobody answered").count(), 1, "{card}");
}

#[tokio::test]
async fn who_asks_for_one_conversation_looks_up_everyone_in_it() {
    let lee = json!({"id": "c1", "name": "Lee"});
    let people = json!([{"id": "2", "name": "Ana", "role": "closer"}, {"id": "9", "bot": true}]);
    for (fields, wanted) in [
        (
            json!({"customer": lee, "teammates": people}),
            &["customer intercom/c1", "teammate intercom/2"][..],
        ),
        (json!({"teammates": [], "customer": null}), &[]),
    ] {
        let host = Arc::new(TestHost::new(NOW, vec![one(7, "2026-11-10", 5, fields)]));
        for asked in ["7", "nothing"] {
            ask(&host, invoker("qa", &[]), "why", json!({"conversation": asked})).await;
        }
        let looks = host.audited(None, 9).await.expect("looks");
        let whom: Vec<String> = looks.iter().flat_map(|look| look.whom.clone()).collect();
        assert_eq!(whom, wanted);
        assert!(looks.iter().all(|look| look.command == "why"));
    }
}

#[tokio::test]
async fn people_of_one_name_are_counted_one_by_one() {
    let company = json!({"name": "Big Co"});
    let john =
        |n: u32| of(n, n, json!({"id": format!("c{n}"), "name": "John Smith", "company": company}));
    let (card, _) = look((1..=9).map(john).collect(), "Big Co").await;
    assert!(card.contains("John Smith and 8 more"), "{card}");
}

#[tokio::test]
async fn a_card_over_old_data_says_so_first() {
    let mut host = TestHost::new(NOW, vec![of(1, 1, json!({"id": "c1", "name": "Lee"}))]);
    host.sources = vec![SourceState {
        name: "intercom".to_owned(),
        read_until: "2026-11-10T09:00:00Z".parse().expect("an instant"),
    }];
    let host = Arc::new(host);
    let card = ask(&host, invoker("qa", &[]), "customer", json!({"who": "lee"})).await;
    let said = "Lee\nintercom sync stopped Tue 10 Nov 09:00; nothing since then is in this.\n";
    assert!(card.contains(said), "{card}");
}

#[tokio::test]
async fn a_card_names_those_colleagues_alone_whose_cards_its_reader_may_see() {
    let people = json!([{"id": "1", "name": "Ana Silva"}, {"id": "2", "name": "Bo Li"}]);
    let one = one(7, "2026-11-10", 1, json!({"teammates": people}));
    for (reader, named, looked_up) in [
        (
            invoker("qa", &[]),
            "Ana Silva, Bo Li",
            &["teammate intercom/1", "teammate intercom/2"][..],
        ),
        (invoker("teammate", &["2"]), "Bo Li, a colleague", &["teammate intercom/2"]),
        (invoker("manager", &[]), "a colleague", &[]),
    ] {
        let host = Arc::new(TestHost::new(NOW, vec![one.clone()]));
        let card = ask(&host, reader, "customer", json!({"who": "lee@acme.example"})).await;
        assert!(card.contains(&format!(" · {named}\n")) || card.ends_with(named), "{card}");
        let looks = host.audited(None, 9).await.expect("looks");
        let whom = looks.iter().flat_map(|look| &look.whom);
        let teammates: Vec<&String> = whom.filter(|whom| whom.starts_with("teammate")).collect();
        assert_eq!(teammates, looked_up);
    }
}

#[tokio::test]
async fn an_auditor_asks_for_anyone_and_says_who_is_meant() {
    let host = host();
    ask(&host, invoker("qa", &[]), "customer", json!({"who": "customer intercom/c1"})).await;
    ask(&host, invoker("qa", &[]), "teammate", json!({"name": "intercom/2"})).await;
    let asked = |who: &str| ask(&host, invoker("auditor", &[]), "audit", json!({"who": who}));
    let which = asked("Ana").await;
    assert!(which.starts_with("Which \"Ana\"?"), "{which}");
    for (who, command) in [("Ana Sousa", "teammate"), ("c1", "customer")] {
        let log = asked(who).await;
        assert!(log.starts_with("Who looked them up"), "{log}");
        assert!(log.contains("Xenia looked up") && log.contains(command), "{who}: {log}");
    }
    assert!(asked("c9").await.starts_with("refused: There is no teammate and no customer \"c9\"."));
}

#[tokio::test]
async fn a_log_that_goes_on_says_so() {
    let host = Arc::new(TestHost::new(NOW, vec![of(1, 1, json!({"id": "c1", "name": "Lee"}))]));
    for looks in [50, 1] {
        for _ in 0..looks {
            ask(&host, invoker("qa", &[]), "customer", json!({"who": "lee"})).await;
        }
        let log = ask(&host, invoker("auditor", &[]), "audit", json!({})).await;
        assert_eq!(log.contains("there are more"), looks == 1, "{log}");
    }
    let nobody = ask(&host, invoker("auditor", &[]), "audit", json!({"who": "Zed"})).await;
    assert_eq!(nobody, "refused: There is no teammate and no customer \"Zed\".");
}
