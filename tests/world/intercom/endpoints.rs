//! The paths that the fake knows; any other is a 404 and a complaint.

use serde_json::{Value, json};

use super::Fault;
use super::gate::{Asked, complain};
use super::reply::{Refusal, Reply};
use super::search::{self, CONTACTS, CONVERSATIONS, Page};
use super::state::State;

pub fn respond(state: &mut State, base_url: String, asked: &Asked, fault: &Option<Fault>) -> Reply {
    let segments: Vec<&str> = asked.path.split('/').skip(1).collect();
    let answer = match (asked.method.as_str(), &segments[..]) {
        ("GET", ["me"]) => me(state, asked),
        ("GET", ["admins"]) => admins(state, asked),
        ("GET", ["teams"]) => teams(state, asked),
        ("POST", ["conversations", "search"]) => conversations(state, asked, fault),
        ("GET", ["conversations", "deleted"]) => deleted(state, asked, &base_url),
        ("POST", ["contacts", "search"]) => contacts(state, asked, fault),
        ("GET", ["contacts", id]) => contact(state, asked, id),
        ("GET", ["companies", id]) => company(state, asked, id),
        _ => Err(Refusal {
            status: 404,
            code: "not_found",
            message: "the fake knows no such path and method".to_owned(),
        }),
    };
    answer.unwrap_or_else(|refusal| complain(state, asked, &refusal))
}

fn me(state: &State, asked: &Asked) -> Result<Reply, Refusal> {
    asked.only(&[])?;
    Ok(Reply::ok(state.me.clone()))
}

fn admins(state: &State, asked: &Asked) -> Result<Reply, Refusal> {
    asked.only(&["display_avatar"])?;
    let avatars = asked.flag("display_avatar")?;
    let mut admins: Vec<Value> = state.admins.values().cloned().collect();
    for admin in admins.iter_mut().filter(|_| !avatars) {
        without(admin, "avatar");
    }
    Ok(Reply::ok(json!({"type": "admin.list", "admins": admins})))
}

fn teams(state: &State, asked: &Asked) -> Result<Reply, Refusal> {
    asked.only(&[])?;
    let teams: Vec<&Value> = state.teams.values().collect();
    Ok(Reply::ok(json!({"type": "team.list", "teams": teams})))
}

fn conversations(state: &State, asked: &Asked, fault: &Option<Fault>) -> Result<Reply, Refusal> {
    asked.only(&["include_monitors", "include_scorecards"])?;
    let monitors = asked.flag("include_monitors")?;
    let scorecards = asked.flag("include_scorecards")?;
    let page = search::page(&CONVERSATIONS, &asked.body, state.conversations.values(), fault)?;
    let items = page.items.iter().map(|&item| list_item(item, monitors, scorecards)).collect();
    Ok(listed("conversation.list", "conversations", items, &page))
}

/// A list shows less of a conversation than its own page would.
fn list_item(conversation: &Value, monitors: bool, scorecards: bool) -> Value {
    let mut item = conversation.clone();
    without(&mut item, "conversation_parts");
    if !monitors {
        without(&mut item, "monitor_evaluations");
    }
    if !scorecards {
        without(&mut item, "scorecards");
    }
    item
}

/// Removal by shift keeps the other keys in their order.
fn without(object: &mut Value, key: &str) {
    object.as_object_mut().expect("an object").shift_remove(key);
}

fn contacts(state: &State, asked: &Asked, fault: &Option<Fault>) -> Result<Reply, Refusal> {
    asked.only(&["include_merge_history"])?;
    let history = asked.flag("include_merge_history")?;
    let page = search::page(&CONTACTS, &asked.body, state.contacts.values(), fault)?;
    let items = page.items.iter().map(|&item| state.contact(item, history)).collect();
    Ok(listed("list", "data", items, &page))
}

fn listed(kind: &str, key: &str, items: Vec<Value>, page: &Page) -> Reply {
    let mut body = json!({"type": kind, "pages": page.links(), "total_count": page.total});
    body[key] = Value::Array(items);
    let more_after = page.next.as_ref().map(|_| page.number);
    Reply { more_after, ..Reply::ok(body) }
}

/// Merging is described twice: as a 404 under POST /contacts/merge, as a 410 with a Link under
/// GET /contacts/{id}. The latter is the endpoint's own page.
fn contact(state: &State, asked: &Asked, id: &str) -> Result<Reply, Refusal> {
    asked.only(&["include_merge_history"])?;
    let history = asked.flag("include_merge_history")?;
    if let Some(contact) = state.contacts.get(id) {
        return Ok(Reply::ok(state.contact(contact, history)));
    }
    let Some(canonical) = state.canonical(id) else {
        return Ok(Reply::error(404, "not_found", "Resource Not Found"));
    };
    let message = "This contact has been merged. See the 'Link' header for the canonical contact.";
    let link = format!("</contacts/{canonical}>; rel=\"canonical\"");
    Ok(Reply { headers: vec![("Link", link)], ..Reply::error(410, "contact_merged", message) })
}

fn company(state: &State, asked: &Asked, id: &str) -> Result<Reply, Refusal> {
    asked.only(&[])?;
    Ok(match state.companies.get(id) {
        Some(company) => Reply::ok(company.clone()),
        None => Reply::error(404, "company_not_found", "Company Not Found"),
    })
}

/// This list is paged by number, and its next page is an address.
fn deleted(state: &State, asked: &Asked, base_url: &str) -> Result<Reply, Refusal> {
    asked.only(&["page", "per_page", "order"])?;
    let number = asked.number("page", usize::MAX, 1)?;
    let per_page = asked.number("per_page", 60, 20)?;
    let order = asked.parameter("order").unwrap_or("desc");
    let mut all = state.deleted.clone();
    all.sort();
    match order {
        "asc" => {}
        "desc" => all.reverse(),
        _ => return Err(Refusal::parameter(format!("order is asc or desc, not {order}"))),
    }
    let pages = all.len().div_ceil(per_page);
    let skipped = (number - 1).saturating_mul(per_page);
    let items: Vec<Value> = all.iter().skip(skipped).take(per_page).map(deletion).collect();
    let mut links = json!({
        "type": "pages", "page": number, "per_page": per_page, "total_pages": pages,
    });
    if number < pages {
        let query = format!("per_page={per_page}&order={order}&page={}", number + 1);
        links["next"] = Value::from(format!("{base_url}/conversations/deleted?{query}"));
    }
    Ok(Reply::ok(json!({
        "type": "conversations.list",
        "total_count": all.len(),
        "pages": links,
        "conversations": items,
    })))
}

fn deletion((at, id): &(i64, String)) -> Value {
    json!({"type": "conversation", "id": id, "metrics_retained": false, "deleted_at": at})
}
