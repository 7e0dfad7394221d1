//! What protected mode shows of a small workplace, and what it does not.

use super::*;
use crate::store::{Address, Batch, Counting};
use cxbot_sdk::testing::conversation;
use serde_json::{Value, json};

/// A week's Tuesday, and so many conversations on it.
fn day(tuesday: u32, n: u32, one: impl Fn(u32) -> Value) -> Vec<Conversation> {
    let of_day = |n: u32| {
        let mut record = one(n);
        record["id"] = json!(format!("{tuesday}-{n}"));
        record["closed_at"] = json!(format!("2026-11-{tuesday:02}T10:00:00Z"));
        record["score"] = json!(5);
        conversation(record)
    };
    (0..n).map(of_day).collect()
}

async fn protecting(put: Vec<Conversation>, people: Vec<PersonConfig>) -> Protected {
    let store = Store::open(&Address::Memory, Counting::default()).await.expect("a store");
    store.apply(Batch { put, ..Batch::default() }).await.expect("stored");
    Protected::new(store, people)
}

/// The window of the week that begins on 9 November.
async fn window(protected: &Protected) -> Window {
    let week = "2026-W46".parse().expect("a week");
    let as_of = "2026-11-16T09:00:00Z".parse().expect("an instant");
    protected.window(&Filter::default(), week, 26, as_of).await.expect("counts")
}

/// Two weeks of one team of six: many conversations about invoices, few about something rare.
async fn workplace() -> Protected {
    let one = |n: u32| {
        let topics = if n < 20 { json!(["Rare", "Invoices"]) } else { json!(["Invoices"]) };
        let person = if n < 20 { n % 2 } else { n % 6 };
        let person = json!({"id": person.to_string(), "name": "One", "role": "closer"});
        json!({"topics": topics, "teammates": [person]})
    };
    protecting([3, 10].into_iter().flat_map(|tuesday| day(tuesday, 80, one)).collect(), Vec::new())
        .await
}

#[tokio::test]
async fn a_topics_past_is_walled_as_the_whole_window_is() {
    let protected = workplace().await;
    let (filter, week) = (Filter::default(), "2026-W47".parse().expect("a week"));
    let as_of = "2026-11-23T09:00:00Z".parse().expect("an instant");
    let window = protected.window(&filter, week, 26, as_of).await.expect("counts");
    let wanted = |topic: &str| {
        let of = |past: &PastWeek| past.lanes[Lane::Human].topics.get(topic).copied();
        window.history.iter().filter_map(of).count()
    };
    assert_eq!([wanted("Invoices"), wanted("Rare")], [2, 0]);
    for topic in ["Invoices", "Rare"] {
        let own = protected.past_of_topic(&filter, topic, week, 26, as_of).await;
        assert_eq!(own.expect("weeks").len(), wanted(topic), "{topic}");
        let open = protected.store.past_of_topic(&filter, topic, week, 26, as_of).await;
        assert_eq!(open.expect("weeks").len(), 2, "{topic}");
    }
    let by_channel = Filter { channel: Some("chat".to_owned()), ..Filter::default() };
    let refused = protected.past_of_topic(&by_channel, "Invoices", week, 26, as_of).await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn there_are_no_sums_of_companies() {
    let protected = workplace().await;
    let company = Party::named(PartyKind::CompanyName, "Acme Ltd");
    let (from, until) = (Timestamp::MIN, Timestamp::MAX);
    assert!(protected.companies(std::slice::from_ref(&company), from, until, 4).await.is_err());
}

#[tokio::test]
async fn the_ai_agents_lane_shows_both_weeks_where_both_are_of_enough_customers() {
    let of = |customers: u32| {
        move |n: u32| {
            let customer = json!({"id": format!("c{}", n % customers)});
            json!({"ai": {"participated": true}, "topics": ["Invoices"], "customer": customer})
        }
    };
    for (before, wanted) in [(9, 30), (4, 0)] {
        let put = [day(3, 30, of(before)), day(10, 30, of(9))].concat();
        let window = window(&protecting(put, Vec::new()).await).await;
        let topic = |topics: &BTreeMap<String, Spread>| {
            topics.get("Invoices").copied().unwrap_or_default().scored()
        };
        let [now, past] = [&window.now, &window.before].map(|week| &week.lanes.ai);
        assert_eq!((now.all.scored(), topic(&now.topics)), (30, 30));
        assert_eq!((past.all.scored(), topic(&past.topics)), (wanted, wanted), "{before}");
        let last = window.history.last().expect("the week before");
        let history = &last.lanes.ai;
        assert_eq!((history.all.scored(), topic(&history.topics)), (wanted, wanted), "{before}");
    }
}

#[tokio::test]
async fn someone_with_two_ids_is_one_of_the_five() {
    let by_five = |n: u32| {
        let person = json!({"id": (n % 5).to_string(), "name": "One", "role": "closer"});
        json!({"teammates": [person]})
    };
    let twice = PersonConfig {
        name: "Ana".to_owned(),
        teammate: vec!["0".to_owned(), "1".to_owned()],
        ..PersonConfig::default()
    };
    for (people, wanted) in [(vec![], 40), (vec![twice], 0)] {
        let window = window(&protecting(day(10, 40, by_five), people).await).await;
        assert_eq!(window.now.lanes.human.all.scored(), wanted);
    }
}
