//! Self-tests of what a search matches, and of what it refuses.

use serde_json::{Value, json};

use super::super::{
    ADMIN, CONTACT, Intercom, TEAM, by_fin, closed_by, contact, conversation, scored, with,
};
use super::{NOON, filter, post, search, workspace};

async fn matches(intercom: &Intercom, query: Value) -> Vec<String> {
    let sort = json!({"field": "created_at", "order": "ascending"});
    let page = search(intercom, &json!({"query": query, "sort": sort})).await;
    assert_eq!(page.status, 200, "{query}: {}", page.body);
    page.ids().into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn bounds_are_inclusive() {
    let intercom = workspace(5).await;
    let field = "statistics.last_close_at";
    let from = filter(field, ">", NOON + 120);
    // Digits in quotes, as in the documents' own example.
    let to = filter(field, "<", (NOON + 240).to_string());
    let query = json!({"operator": "AND", "value": [from, to]});
    assert_eq!(matches(&intercom, query).await, ["2", "3", "4"]);
    assert_eq!(matches(&intercom, filter(field, "=", NOON + 60)).await, ["1"]);
}

#[tokio::test]
async fn null_never_matches() {
    let intercom = workspace(3).await;
    intercom.edit("1", |conversation| conversation["statistics"] = Value::Null);
    intercom.edit("2", |conversation| conversation["statistics"]["last_close_at"] = Value::Null);
    for operator in [">", "!="] {
        let query = filter("statistics.last_close_at", operator, 0);
        assert_eq!(matches(&intercom, query).await, ["3"], "{operator}");
    }
}

#[tokio::test]
async fn every_operator_finds_what_it_says() {
    let intercom = Intercom::start().await;
    intercom.put(with(conversation("1", NOON), closed_by("274")));
    intercom.put(with(conversation("2", NOON + 1), by_fin("escalated")));
    intercom.edit("2", |conversation| {
        conversation["source"]["subject"] = json!("Broken login");
        conversation["tags"]["tags"] = json!([{"type": "tag", "id": "9", "name": "bug"}]);
    });
    let cases = [
        (filter("id", "=", "1"), &["1"][..]),
        (filter("id", "!=", "1"), &["2"]),
        (filter("id", "IN", json!(["1", "2", "3"])), &["1", "2"]),
        (filter("id", "NIN", json!(["2", "3"])), &["1"]),
        (filter("source.subject", "~", "ken lo"), &["2"]),
        (filter("source.subject", "!~", "login"), &["1"]),
        (filter("source.subject", "^", "Broken"), &["2"]),
        (filter("source.subject", "^", "broken"), &[]),
        (filter("source.subject", "$", "login"), &["2"]),
        (filter("source.body", "=", "support"), &["1", "2"]),
        (filter("source.body", "=", "need support"), &[]),
        (filter("admin_assignee_id", "<", 273), &["2"]),
        (filter("admin_assignee_id", ">", 274), &["1"]),
        (filter("teammate_ids", "=", "274"), &["1"]),
        (filter("teammate_ids", "!=", "1"), &["1"]),
        (filter("tag_ids", "IN", json!(["9"])), &["2"]),
        (filter("tag_ids", "NIN", json!(["9"])), &["1"]),
        (filter("statistics.last_closed_by_id", "=", "274"), &["1"]),
        (filter("ai_agent_participated", "=", true), &["2"]),
        (filter("ai_agent.resolution_state", "=", "escalated"), &["2"]),
        (filter("channel_initiated", "=", "messenger"), &["1", "2"]),
    ];
    for (query, expected) in cases {
        assert_eq!(matches(&intercom, query.clone()).await, expected, "{query}");
    }
    assert_eq!(intercom.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_new_conversation_belongs_to_the_standing_people() {
    let intercom = workspace(1).await;
    let team: i64 = TEAM.parse().expect("digits");
    let queries = [
        filter("contact_ids", "=", CONTACT),
        filter("teammate_ids", "=", ADMIN),
        filter("team_assignee_id", "=", team),
    ];
    let query = json!({"operator": "AND", "value": queries});
    assert_eq!(matches(&intercom, query).await, ["1"]);
}

#[tokio::test]
async fn groups_combine_their_parts() {
    let intercom = workspace(4).await;
    let ids =
        |ids: [&str; 2]| json!({"operator": "OR", "value": ids.map(|id| filter("id", "=", id))});
    let query = json!({"operator": "AND", "value": [ids(["1", "2"]), ids(["2", "3"])]});
    assert_eq!(matches(&intercom, query).await, ["2"]);
}

#[tokio::test]
async fn a_search_that_breaks_a_rule_is_refused_with_a_complaint() {
    let intercom = workspace(1).await;
    let fine = filter("id", "=", "1");
    let group = |value: Value| json!({"operator": "AND", "value": value});
    let queries = [
        ("no query", Value::Null),
        ("a field that is not searchable", filter("custom_attributes.CX Score rating", "=", 4)),
        ("an operator that is not known", filter("created_at", ">=", 1)),
        ("no operator", json!({"field": "id", "value": "1"})),
        ("an operator of another type", filter("id", ">", "1")),
        ("text search in a date", filter("created_at", "~", "1")),
        ("a word for a date", filter("created_at", ">", "foorbar")),
        ("a number for a text", filter("id", "=", 1)),
        ("a text for a number", filter("admin_assignee_id", "=", "1")),
        ("a text for a boolean", filter("open", "=", "true")),
        ("null", filter("statistics.last_close_at", "!=", Value::Null)),
        ("a list without IN", filter("id", "=", json!(["1"]))),
        ("IN without a list", filter("id", "IN", "1")),
        ("an empty list", filter("id", "IN", json!([]))),
        ("a state that does not exist", filter("state", "=", "close")),
        ("a key of its own", json!({"field": "id", "operator": "=", "value": "1", "x": 1})),
        ("an empty group", group(json!([]))),
        ("sixteen filters", group(json!(vec![fine.clone(); 16]))),
        ("three levels", group(json!([group(json!([group(json!([fine.clone()]))]))]))),
        ("groups beside filters", group(json!([fine.clone(), group(json!([fine.clone()]))]))),
        ("a group without AND or OR", json!({"operator": "XOR", "value": [fine.clone()]})),
    ];
    let bodies = [
        ("a body key", json!({"query": fine, "x": 1})),
        ("an empty page", json!({"query": fine, "pagination": {"per_page": 0}})),
        ("a large page", json!({"query": fine, "pagination": {"per_page": 151}})),
        ("a size in quotes", json!({"query": fine, "pagination": {"per_page": "20"}})),
        ("a page number", json!({"query": fine, "pagination": {"page": 2}})),
        ("a sort by close", sorted(&fine, "statistics.last_close_at", "ascending")),
    ];
    let bodies =
        queries.map(|(what, query)| (what, json!({"query": query}))).into_iter().chain(bodies);
    for (index, (what, body)) in bodies.enumerate() {
        let refused = search(&intercom, &body).await;
        assert_eq!((refused.status, refused.code()), (400, "parameter_invalid"), "{what}");
        assert_eq!(intercom.complaints().len(), index + 1, "{what}");
    }
}

fn sorted(query: &Value, field: &str, order: &str) -> Value {
    json!({"query": query, "sort": {"field": field, "order": order}})
}

#[tokio::test]
async fn an_unknown_sort_order_has_its_own_code() {
    let intercom = workspace(1).await;
    let refused = search(&intercom, &sorted(&filter("id", "=", "1"), "created_at", "desc")).await;
    assert_eq!((refused.status, refused.code()), (400, "invalid_sort_order"));
    assert_eq!(intercom.complaints().len(), 1);
}

#[tokio::test]
async fn a_list_item_has_no_parts_and_its_evaluations_only_on_request() {
    let intercom = Intercom::start().await;
    intercom.put(with(conversation("1", NOON), scored(4, "Quick and kind.")));
    intercom.edit("1", |conversation| conversation["conversation_parts"] = json!({}));
    let body = json!({"query": filter("id", "=", "1")});
    let plain = search(&intercom, &body).await;
    let item = &plain.body["conversations"][0];
    assert_eq!(item["custom_attributes"]["CX Score rating"], 4);
    for key in ["conversation_parts", "monitor_evaluations", "scorecards"] {
        assert!(item.get(key).is_none(), "{key}");
    }
    let path = "/conversations/search?include_monitors=true&include_scorecards=true";
    let full = post(&intercom, path, &body).await;
    assert_eq!(full.body["conversations"][0]["monitor_evaluations"], json!([]));
    assert_eq!(full.body["conversations"][0]["scorecards"], json!([]));
    assert!(full.body["conversations"][0].get("conversation_parts").is_none());
}

#[tokio::test]
async fn sixteen_ids_in_a_list_are_refused() {
    let intercom = Intercom::start().await;
    intercom.put_contact(contact("c1", "Ann", "ann@example.com"));
    let ids = |count: usize| -> Value { (1..=count).map(|number| format!("c{number}")).collect() };
    let ask = |count| json!({"query": filter("id", "IN", ids(count))});
    let fifteen = post(&intercom, "/contacts/search", &ask(15)).await;
    assert_eq!((fifteen.status, fifteen.ids()), (200, vec!["c1"]));
    assert_eq!(intercom.complaints(), [""; 0]);
    let sixteen = post(&intercom, "/contacts/search", &ask(16)).await;
    assert_eq!((sixteen.status, sixteen.code()), (400, "parameter_invalid"));
    assert_eq!(intercom.complaints().len(), 1);
}
