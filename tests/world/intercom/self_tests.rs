//! Tests of the fake itself: a fake that is wrong or lenient would let the program be wrong.

mod door;
mod faults;
mod lists;
mod paging;
mod queries;
mod samples;

use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{Intercom, conversation};

/// A time to close at; the exact one does not matter.
const NOON: i64 = 1_756_728_000;

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("a header {name}")).to_str().expect("text")
    }

    fn code(&self) -> &str {
        self.body["errors"][0]["code"].as_str().unwrap_or("no error")
    }

    fn ids(&self) -> Vec<&str> {
        let items = self.body.get("conversations").or(self.body.get("data"));
        let items = items.and_then(Value::as_array).expect("a list");
        items.iter().map(|item| item["id"].as_str().expect("an id")).collect()
    }

    fn next(&self) -> Option<&str> {
        self.body.pointer("/pages/next/starting_after")?.as_str()
    }
}

/// A request that keeps every rule.
fn request(intercom: &Intercom, method: Method, path: &str) -> RequestBuilder {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    client
        .request(method, intercom.base_url() + path)
        .bearer_auth(Intercom::TOKEN)
        .header("Intercom-Version", "2.16")
}

async fn send(request: RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await?;
    Ok(Answer { status, headers, body: serde_json::from_str(&text).unwrap_or_default() })
}

async fn get(intercom: &Intercom, path: &str) -> Answer {
    send(request(intercom, Method::GET, path)).await.expect("an answer")
}

async fn post(intercom: &Intercom, path: &str, body: &Value) -> Answer {
    send(request(intercom, Method::POST, path).json(body)).await.expect("an answer")
}

async fn search(intercom: &Intercom, body: &Value) -> Answer {
    post(intercom, "/conversations/search", body).await
}

fn filter(field: &str, operator: &str, value: impl Into<Value>) -> Value {
    json!({"field": field, "operator": operator, "value": value.into()})
}

/// A search for everything, by one sort field.
fn everything(field: &str, order: &str, per_page: u64) -> Value {
    json!({
        "query": filter("created_at", ">", 0),
        "sort": {"field": field, "order": order},
        "pagination": {"per_page": per_page},
    })
}

fn after(mut body: Value, cursor: &str) -> Value {
    body["pagination"]["starting_after"] = Value::from(cursor);
    body
}

/// Conversations 1 to `count`, closed a minute apart.
async fn workspace(count: i64) -> Intercom {
    let intercom = Intercom::start().await;
    for number in 1..=count {
        intercom.put(conversation(&number.to_string(), NOON + 60 * number));
    }
    intercom
}

/// The ids of all pages in the order in which they come.
async fn read_all(intercom: &Intercom, body: &Value) -> Vec<String> {
    let mut ids = Vec::new();
    let mut page = search(intercom, body).await;
    loop {
        ids.extend(page.ids().into_iter().map(str::to_owned));
        let Some(cursor) = page.next() else { return ids };
        page = search(intercom, &after(body.clone(), cursor)).await;
    }
}
