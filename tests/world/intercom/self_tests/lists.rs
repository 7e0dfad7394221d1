//! Self-tests of the objects around conversations: people, companies, and what was deleted.

use serde_json::{Value, json};

use super::super::{Intercom, admin, company, contact, conversation, from_contact, team, with};
use super::{NOON, filter, get, post, search, workspace};

#[tokio::test]
async fn a_merged_contact_answers_410_with_its_link() {
    let intercom = contacts(&["lead", "ann"]).await;
    intercom.merge_contact("lead", "ann");
    let gone = get(&intercom, "/contacts/lead").await;
    assert_eq!((gone.status, gone.code()), (410, "contact_merged"));
    assert_eq!(gone.header("Link"), "</contacts/ann>; rel=\"canonical\"");
    assert_eq!(get(&intercom, "/contacts/ann").await.status, 200);
    assert_eq!(get(&intercom, "/contacts/nobody").await.code(), "not_found");
    assert_eq!(intercom.complaints(), [""; 0]);
}

#[tokio::test]
async fn the_link_of_a_chain_leads_three_hops_at_most() {
    let intercom = contacts(&["a", "b", "c", "d", "e"]).await;
    for (from, into) in [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")] {
        intercom.merge_contact(from, into);
    }
    let link =
        async |id: &str| get(&intercom, &format!("/contacts/{id}")).await.header("Link").to_owned();
    assert_eq!(link("b").await, "</contacts/e>; rel=\"canonical\"");
    assert_eq!(link("a").await, "</contacts/d>; rel=\"canonical\"");
}

#[tokio::test]
async fn a_merged_contact_is_found_only_in_the_history_of_the_other() {
    let intercom = contacts(&["lead", "ann"]).await;
    intercom.merge_contact("lead", "ann");
    let body = json!({"query": filter("id", "IN", json!(["lead", "ann"]))});
    let plain = post(&intercom, "/contacts/search", &body).await;
    assert_eq!(plain.ids(), ["ann"]);
    assert!(plain.body["data"][0].get("merge_history").is_none());
    let path = "/contacts/search?include_merge_history=true";
    let with_history = post(&intercom, path, &body).await;
    let history = &with_history.body["data"][0]["merge_history"];
    assert_eq!(history[0]["type"], "merge_history");
    assert_eq!(history[0]["source_contact_id"], "lead");
    assert_eq!(history[0]["source_contact_role"], "lead");
    assert!(history[0]["merged_at"].is_i64() && history[1].is_null());
}

#[tokio::test]
async fn a_lead_never_shows_a_merge_history() {
    let intercom = contacts(&["lead"]).await;
    let lead = get(&intercom, "/contacts/lead?include_merge_history=true").await;
    assert_eq!(lead.status, 200);
    assert!(lead.body.get("merge_history").is_none());
}

/// Users of these ids, except for the one called "lead".
async fn contacts(ids: &[&str]) -> Intercom {
    let intercom = Intercom::start().await;
    for id in ids {
        let mut contact = contact(id, id, &format!("{id}@example.com"));
        if *id == "lead" {
            contact["role"] = Value::from("lead");
        }
        intercom.put_contact(contact);
    }
    intercom
}

#[tokio::test]
async fn contacts_are_found_by_email_and_paged_by_fifty() {
    let intercom = Intercom::start().await;
    for number in 0..51 {
        intercom.put_contact(contact(&format!("c{number}"), "Ann", "ann@example.com"));
    }
    let body = json!({"query": filter("email", "=", "ann@example.com")});
    let first = post(&intercom, "/contacts/search", &body).await;
    assert_eq!((first.ids().len(), first.body["total_count"].as_i64()), (50, Some(51)));
    let mut body = body;
    body["pagination"] = json!({"starting_after": first.next()});
    let last = post(&intercom, "/contacts/search", &body).await;
    assert_eq!((last.ids().len(), last.next()), (1, None));
    assert_eq!(intercom.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_contact_field_that_is_not_played_is_refused() {
    let intercom = Intercom::start().await;
    let body = json!({"query": filter("created_at", ">", NOON)});
    assert_eq!(post(&intercom, "/contacts/search", &body).await.status, 400);
    assert_eq!(intercom.complaints().len(), 1);
}

#[tokio::test]
async fn conversations_are_found_by_their_contact() {
    let intercom = workspace(1).await;
    let ann = contact("c1", "Ann", "ann@example.com");
    intercom.put(with(conversation("2", NOON), from_contact(&ann)));
    let found = search(&intercom, &json!({"query": filter("contact_ids", "=", "c1")})).await;
    assert_eq!(found.ids(), ["2"]);
}

#[tokio::test]
async fn a_deleted_conversation_moves_from_the_search_to_the_list_of_deletions() {
    let intercom = workspace(4).await;
    for (id, at) in [("1", 10), ("2", 20), ("3", 30)] {
        intercom.delete(id, NOON + at);
    }
    let left = search(&intercom, &json!({"query": filter("created_at", ">", 0)})).await;
    assert_eq!(left.ids(), ["4"]);
    let first = get(&intercom, "/conversations/deleted?per_page=2").await;
    assert_eq!((first.ids(), &first.body["total_count"]), (vec!["3", "2"], &json!(3)));
    assert_eq!(first.body["conversations"][0]["deleted_at"], NOON + 30);
    let next = first.body["pages"]["next"].as_str().expect("an address");
    let path = next.strip_prefix(&intercom.base_url()).expect("an address of the fake");
    let last = get(&intercom, path).await;
    assert_eq!((last.ids(), last.body["pages"].get("next")), (vec!["1"], None));
    let oldest = get(&intercom, "/conversations/deleted?order=asc").await;
    assert_eq!(oldest.ids(), ["1", "2", "3"]);
    assert_eq!(intercom.complaints(), [""; 0]);
}

#[tokio::test]
async fn the_list_of_deletions_refuses_what_it_does_not_document() {
    let intercom = Intercom::start().await;
    for query in ["per_page=61", "per_page=0", "page=0", "order=ascending", "since=1", "page=x"] {
        let refused = get(&intercom, &format!("/conversations/deleted?{query}")).await;
        assert_eq!(refused.status, 400, "{query}");
    }
    assert_eq!(intercom.complaints().len(), 6);
}

#[tokio::test]
async fn people_and_companies_are_answered_as_stored() {
    let intercom = Intercom::start().await;
    intercom.put_admin(admin("1", "Bea"));
    intercom.put_admin(admin("2", "Cem"));
    intercom.remove_admin("2");
    intercom.put_team(team("7", "Billing", &["1"]));
    intercom.put_company(company("co1", "Blue Sun"));
    let admins = get(&intercom, "/admins").await;
    assert_eq!(admins.body, json!({"type": "admin.list", "admins": [admin("1", "Bea")]}));
    let teams = get(&intercom, "/teams").await.body;
    assert_eq!(teams["teams"][0]["admin_ids"], json!([1]));
    assert_eq!(get(&intercom, "/companies/co1").await.body["name"], "Blue Sun");
    assert_eq!(get(&intercom, "/companies/co2").await.code(), "company_not_found");
    intercom.edit_me(|me| me["app"]["timezone"] = Value::from("Europe/Dublin"));
    let app = &get(&intercom, "/me").await.body["app"];
    let facts = json!([app["id_code"], app["region"], app["timezone"]]);
    assert_eq!(facts, json!(["cxbotfake", "US", "Europe/Dublin"]));
}
