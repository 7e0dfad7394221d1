//! Self-tests of paging with the stateless cursor.

use serde_json::{Value, json};

use super::super::{Intercom, conversation};
use super::{NOON, after, everything, filter, read_all, search, workspace};

#[tokio::test]
async fn paging_visits_everything_once_when_nothing_changes() {
    let intercom = workspace(7).await;
    let ids = read_all(&intercom, &everything("created_at", "ascending", 3)).await;
    assert_eq!(ids, ["1", "2", "3", "4", "5", "6", "7"]);
    let ids = read_all(&intercom, &everything("created_at", "descending", 3)).await;
    assert_eq!(ids, ["7", "6", "5", "4", "3", "2", "1"]);
    assert_eq!(intercom.complaints(), [""; 0]);
}

#[tokio::test]
async fn conversations_of_the_same_second_are_paged_without_loss() {
    let intercom = Intercom::start().await;
    for id in ["a", "b", "c", "d", "e"] {
        intercom.put(conversation(id, NOON));
    }
    let ids = read_all(&intercom, &everything("created_at", "ascending", 2)).await;
    assert_eq!(ids, ["a", "b", "c", "d", "e"]);
}

#[tokio::test]
async fn a_page_counts_and_names_the_next_until_the_last() {
    let intercom = workspace(4).await;
    let body = everything("created_at", "ascending", 2);
    let first = search(&intercom, &body).await;
    assert_eq!(first.body["total_count"], 4);
    let pages = &first.body["pages"];
    let numbers = json!([pages["page"], pages["per_page"], pages["total_pages"]]);
    assert_eq!(numbers, json!([1, 2, 2]));
    assert_eq!(pages["next"]["page"], 2);
    let last = search(&intercom, &after(body, first.next().expect("a cursor"))).await;
    assert_eq!(last.body["pages"]["page"], 2);
    assert!(last.body["pages"].get("next").is_none(), "absent, not null");
}

#[tokio::test]
async fn without_a_sort_the_last_updated_comes_first_twenty_at_a_time() {
    let intercom = workspace(21).await;
    intercom.edit("1", |conversation| conversation["updated_at"] = Value::from(NOON + 9_999));
    let page = search(&intercom, &json!({"query": filter("open", "=", false)})).await;
    assert_eq!((page.ids()[0], page.ids()[1], page.ids().len()), ("1", "21", 20));
}

#[tokio::test]
async fn a_conversation_updated_between_pages_comes_twice_in_ascending_order() {
    let intercom = workspace(4).await;
    touch_between_pages(&intercom, "1");
    let ids = read_all(&intercom, &everything("updated_at", "ascending", 2)).await;
    assert_eq!(ids, ["1", "2", "3", "4", "1"]);
}

#[tokio::test]
async fn a_conversation_updated_between_pages_vanishes_in_descending_order() {
    let intercom = workspace(4).await;
    touch_between_pages(&intercom, "1");
    let ids = read_all(&intercom, &everything("updated_at", "descending", 2)).await;
    assert_eq!(ids, ["4", "3", "2"]);
}

#[tokio::test]
async fn a_sort_by_creation_does_not_mind_updates() {
    let intercom = workspace(4).await;
    touch_between_pages(&intercom, "1");
    let ids = read_all(&intercom, &everything("created_at", "ascending", 2)).await;
    assert_eq!(ids, ["1", "2", "3", "4"]);
}

fn touch_between_pages(intercom: &Intercom, id: &'static str) {
    intercom.on_page(move |intercom, page| {
        if page == 1 {
            intercom.edit(id, |touched| touched["updated_at"] = Value::from(NOON + 100_000));
        }
    });
}

#[tokio::test]
async fn the_page_size_may_change_on_the_way() {
    let intercom = workspace(5).await;
    let first = search(&intercom, &everything("created_at", "ascending", 2)).await;
    let cursor = first.next().expect("a cursor").to_owned();
    let rest = search(&intercom, &after(everything("created_at", "ascending", 50), &cursor)).await;
    assert_eq!(rest.ids(), ["3", "4", "5"]);
}

#[tokio::test]
async fn a_cursor_that_was_made_up_or_belongs_to_another_search_is_refused() {
    let intercom = workspace(3).await;
    let body = everything("created_at", "ascending", 1);
    let first = search(&intercom, &body).await;
    let cursor = first.next().expect("a cursor").to_owned();
    let mut other = body.clone();
    other["query"]["value"] = Value::from(1);
    for body in [after(other, &cursor), after(body.clone(), "made up"), after(body, "")] {
        let refused = search(&intercom, &body).await;
        assert_eq!((refused.status, refused.code()), (400, "parameter_invalid"));
    }
    assert_eq!(intercom.complaints().len(), 3);
}
