//! Each card, and who may see it.

use std::sync::Arc;

use cxbot_lookup::Lookup;
use cxbot_sdk::channel::Channel;
use cxbot_sdk::testing::{TestHost, comply};
use cxbot_sdk::{Clearance, Invoker};
use serde_json::json;

use crate::house::{NOW, ask, autumn, host, invoker, one};

#[tokio::test]
async fn look_ups_keep_the_contract_of_plugins() {
    comply::<Lookup>(json!({"groups": [{"name": "VIP", "companies": ["Acme Ltd"]}]})).await;
}

#[tokio::test]
async fn a_teammate_with_enough_conversations_gets_a_share_and_no_grade() {
    let card = ask(&host(), invoker("leader", &[]), "teammate", json!({"name": "silva"})).await;
    insta::assert_snapshot!(card, @"
    Ana Silva
    What customers experienced in conversations that Ana Silva closed, not a quality grade.
    Mon 19 Oct – Sun 15 Nov 2026
    75.0 % good  (57.9–86.7, n=32)
    Mon 21 Sep – Sun 18 Oct 2026
    75.0 % good  (57.9–86.7, n=32)
    Scores
    1: 0, 2: 8, 3: 0, 4: 0, 5: 24
    ? can't tell yet (+0.0, between −20.8 and +20.8). It takes about 1,215 more scored conversations to tell a change of 5 points.
    Topics with too few to tell: Invoices (16), Log-in (16)
    Went well
    Rated 5, Wed 11 Nov 2026 · Log-in · “<!channel> It was solved, quickly!” — conversation 63
    Rated 5, Wed 11 Nov 2026 · Invoices · “<!channel> It was solved, quickly!” — conversation 62
    Rated 5, Wed 11 Nov 2026 · Invoices · “<!channel> It was solved, quickly!” — conversation 60
    Worth a talk
    Rated 2, Wed 11 Nov 2026 · Log-in · “<!channel> It was solved, quickly!” — conversation 61
    Rated 2, Wed 11 Nov 2026 · Log-in · “<!channel> It was solved, quickly!” — conversation 57
    Rated 2, Wed 4 Nov 2026 · Invoices · “<!channel> It was solved, quickly!” — conversation 54
    32 conversations closed in this time, 32 of them scored. A share says what customers experienced: topics, customers and handovers differ from person to person.
    ");
}

#[tokio::test]
async fn a_teammate_with_few_conversations_gets_a_list_and_no_share() {
    let card = ask(&host(), invoker("leader", &[]), "teammate", json!({"name": "Ben"})).await;
    insta::assert_snapshot!(card, @"
    Ben Okri
    What customers experienced in conversations that Ben Okri closed, not a quality grade.
    Mon 19 Oct – Sun 15 Nov 2026
    1 conversation: read it
    Mon 21 Sep – Sun 18 Oct 2026
    no scored conversations
    Read them
    Rated 4, Tue 10 Nov 2026 · “<!channel> It was solved, quickly!” — conversation 901
    1 conversation closed in this time, 1 of them scored. It takes 20 for a share.
    ");
}

#[tokio::test]
async fn me_is_the_same_card_as_the_managers() {
    let host = host();
    let narrowed = json!({"topic": "Invoices", "since": "2026-10-20"});
    let mut named = narrowed.clone();
    named["name"] = json!("intercom/1");
    let own = ask(&host, invoker("", &["1"]), "me", narrowed).await;
    assert_eq!(own, ask(&host, invoker("leader", &[]), "teammate", named).await);
    assert!(own.contains("Ana Silva · Invoices"), "{own}");
}

#[tokio::test]
async fn two_of_a_name_are_asked_about_and_nobody_is_told_more_than_they_may_see() {
    let host = host();
    for (role, own, name, wanted) in [
        ("leader", None, "Ana", "Which \"Ana\"?"),
        (
            "leader",
            None,
            "Bne",
            "refused: Nobody whom you may look up is called \"Bne\". The nearest: Ben Okri",
        ),
        ("", Some("1"), "Ben", "refused: You may look up yourself: me."),
        ("", None, "Ana", "refused: This is for leaders, qa, managers about their teams"),
    ] {
        let own: Vec<&str> = own.into_iter().collect();
        let card = ask(&host, invoker(role, &own), "teammate", json!({"name": name})).await;
        assert!(card.starts_with(wanted), "{role} {name}: {card}");
    }
}

#[tokio::test]
async fn a_customers_card_has_the_whole_companys_history_and_its_pattern() {
    let card =
        ask(&host(), invoker("qa", &[]), "customer", json!({"who": "LEE@acme.example"})).await;
    let first: String = card.split("---").next().expect("a card").to_owned();
    insta::assert_snapshot!(first, @"
    LEE@acme.example
    People
    Lee <@U1>
    Company
    Acme Ltd
    Cases
    66 conversations
    Scored
    75.8 % good  (64.2–84.5, n=66)
    Surveys answered
    0
    Pattern: Invoices, 3 or more times within 30 days (32 in all).
    Pattern: Log-in, 3 or more times within 30 days (32 in all).
    Rated 5, Wed 11 Nov 2026 · Log-in · “<!channel> It was solved, quickly!” — conversation 63 · Ana Silva
    Rated 5, Wed 11 Nov 2026 · Invoices · “<!channel> It was solved, quickly!” — conversation 62 · Ana Silva
    Rated 2, Wed 11 Nov 2026 · Log-in · “<!channel> It was solved, quickly!” — conversation 61 · Ana Silva
    Rated 5, Wed 11 Nov 2026 · Invoices · “<!channel> It was solved, quickly!” — conversation 60 · Ana Silva
    Rated 5, Wed 11 Nov 2026 · Log-in · “<!channel> It was solved, quickly!” — conversation 59 · Ana Silva
    Rated 5, Wed 11 Nov 2026 · Invoices · “<!channel> It was solved, quickly!” — conversation 58 · Ana Silva
    Rated 2, Wed 11 Nov 2026 · Log-in · “<!channel> It was solved, quickly!” — conversation 57 · Ana Silva
    Rated 5, Wed 11 Nov 2026 · Invoices · “<!channel> It was solved, quickly!” — conversation 56 · Ana Silva
    ");
    let none = ask(&host(), invoker("qa", &[]), "customer", json!({"who": "Acne"})).await;
    assert_eq!(none, "refused: There is no customer \"Acne\". The nearest: Acme Ltd");
    let refused = ask(&host(), invoker("", &[]), "customer", json!({"who": "Acme Ltd"})).await;
    assert!(refused.starts_with("refused: This is for those who work with customers"), "{refused}");
}

#[tokio::test]
async fn a_group_a_topic_and_a_why() {
    let host = host();
    let group = ask(&host, invoker("leader", &[]), "group", json!({"name": "vip"})).await;
    let topic = ask(&host, invoker("qa", &[]), "topic", json!({"name": "log-in"})).await;
    let link = "https://app.example/conversations/900?x=1";
    let why = ask(&host, invoker("leader", &[]), "why", json!({"conversation": link})).await;
    insta::assert_snapshot!([group, topic, why].join("\n===\n"), @"
    VIP
    Mon 19 Oct – Sun 15 Nov 2026
    76.5 % good  (60.0–87.6, n=34)
    As long before
    75.0 % good  (57.9–86.7, n=32)
    Per customer
    0 of 3 customers had good conversations only
    Companies
    Acme Ltd, Nobody Inc
    No member moved beyond chance, as far as there are enough to tell.
    2 companies in the group, 1 without a scored conversation in this time. customer COMPANY shows the conversations of one.
    ===
    Log-in · Mon 9 – Sun 15 Nov 2026
    HUMAN TEAM
    4 conversations: read them, don't average them
    FIN
    no scored conversations
    FIN → HUMAN
    no scored conversations
    Rated 5, Wed 11 Nov 2026 · Log-in · “<!channel> It was solved, quickly!” — conversation 63
    Rated 2, Wed 11 Nov 2026 · Log-in · “<!channel> It was solved, quickly!” — conversation 61
    Explanations come with the score and are quoted as they are.
    ===
    Why
    Rated 4, Tue 10 Nov 2026 · “<!channel> It was solved, quickly!” — conversation 900
    This is the explanation that came with the score; nothing is added to it.
    ");
}

#[tokio::test]
async fn a_group_by_an_attribute_has_every_company_with_it_and_says_who_moved() {
    let mut all = Vec::new();
    for (month, score) in [("09-30", 5), ("11-10", 2)] {
        for n in 0..25u32 {
            let company = json!({"id": "c9", "company": {"name": "Fjord AS"}});
            let fields = json!({"attributes": {"Region": "Nordics"}, "customer": company});
            all.push(one(all.len() as u32, &format!("2026-{month}"), score, fields));
            let company = json!({"id": "c8", "company": {"name": "Elsewhere"}});
            let fields = json!({"attributes": {"Region": "Alps"}, "customer": company});
            all.push(one(1000 + n, "2026-11-10", 5, fields));
        }
    }
    all.push(one(
        500,
        "2026-11-10",
        4,
        json!({"attributes": {"Region": "nordics"}, "customer": {}}),
    ));
    let host = Arc::new(TestHost::new(NOW, all));
    let group = ask(&host, invoker("leader", &[]), "group", json!({"name": "nordics"})).await;
    insta::assert_snapshot!(group, @"
    Nordics
    Mon 19 Oct – Sun 15 Nov 2026
    3.8 % good  (0.7–18.9, n=26)
    As long before
    100.0 % good  (86.7–100.0, n=25)
    Per customer
    0 of 1 customer had good conversations only
    Companies
    Fjord AS
    Fjord AS: 0.0 % good, −100.0 points (n=25)
    1 company in the group, none without a scored conversation in this time. customer COMPANY shows the conversations of one.
    ");
    // A company that is named and has the attribute too is counted once.
    let both = ask(&host, invoker("leader", &[]), "group", json!({"name": "north"})).await;
    let same = group.replace("Nordics", "North").replace("Fjord AS", "FJORD  as");
    assert_eq!(both, same);
}

#[tokio::test]
async fn every_look_at_a_person_is_written_down_and_they_may_ask_who_looked() {
    let host = host();
    ask(&host, invoker("leader", &[]), "teammate", json!({"name": "Ben"})).await;
    let looked = ask(&host, invoker("", &["3"]), "audit", json!({"who": "me"})).await;
    assert!(
        looked.contains("Xenia looked up Ben Okri (teammate intercom/3) with teammate"),
        "{looked}"
    );
    let none = ask(&host, invoker("", &["2"]), "audit", json!({"who": "me"})).await;
    assert!(none.contains("Nobody has looked you up."), "{none}");
}

#[tokio::test]
async fn what_is_about_people_is_not_shared_with_a_channel() {
    let shared = || Invoker {
        channel: Some("slack:C0SUPPORT1".parse().expect("a channel")),
        ..invoker("leader", &[])
    };
    let host = host();
    for (name, arguments) in [
        ("teammate", json!({"name": "Ben"})),
        ("customer", json!({"who": "Acme Ltd"})),
        ("why", json!({"conversation": "900"})),
    ] {
        let answer = ask(&host, shared(), name, arguments).await;
        assert!(answer.starts_with("refused: This is about people"), "{name}: {answer}");
    }
    let group = ask(&host, shared(), "group", json!({"name": "VIP"})).await;
    assert!(!group.contains("Acme"), "{group}");
}

#[tokio::test]
async fn a_topic_shows_explanations_only_in_a_channel_that_may_carry_them() {
    let mut host = TestHost::new(NOW, autumn());
    let quoting = "slack:C0QUOTES".parse().expect("a channel");
    host.workspace.channels =
        vec![Channel { at: quoting, clearance: Clearance::Quotes, redact: true }];
    let host = Arc::new(host);
    for (at, quoted) in [("slack:C0QUOTES", true), ("slack:C0OTHER", false)] {
        let channel = Some(at.parse().expect("a channel"));
        let shared = Invoker { channel, ..invoker("leader", &[]) };
        let card = ask(&host, shared, "topic", json!({"name": "Log-in"})).await;
        assert_eq!(card.contains("It was solved"), quoted, "{at}: {card}");
        assert!(card.contains("Rated 5") && card.contains("conversation 63"), "{at}: {card}");
    }
}
