//! A search: its body read strictly, its matches sorted, and one page of them cut out.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::Fault;
use super::cursor::Cursor;
use super::fields::{CONTACT, CONVERSATION, Field};
use super::filter::{Filter, keys, object};
use super::reply::Refusal;

/// In what the two searches differ.
pub struct Rules {
    path: &'static str,
    fields: &'static [Field],
    per_page: usize,
    /// The order without a `sort`. The documents do not name it; observed for conversations is the
    /// latest activity first, which is the one that moves while a client reads.
    default_sort: &'static str,
    /// Whether `sort` may leave the order out, which only contacts document.
    order_optional: bool,
}

pub const CONVERSATIONS: Rules = Rules {
    path: "conversations",
    fields: CONVERSATION,
    per_page: 20,
    default_sort: "updated_at",
    order_optional: false,
};

pub const CONTACTS: Rules = Rules {
    path: "contacts",
    fields: CONTACT,
    per_page: 50,
    default_sort: "created_at",
    order_optional: true,
};

const MOST_PER_PAGE: u64 = 150;

/// The fields that are seen to work; the documents list none.
const SORTABLE: &[&str] = &["created_at", "updated_at"];

pub struct Page<'a> {
    pub items: Vec<&'a Value>,
    pub total: usize,
    pub number: u64,
    per_page: usize,
    /// The next page's cursor; the last page has none.
    pub next: Option<String>,
}

struct Sort {
    field: String,
    ascending: bool,
}

/// Answers one page from the data as they are now, unless the fault says otherwise.
pub fn page<'a>(
    rules: &Rules,
    body: &Value,
    objects: impl Iterator<Item = &'a Value>,
    fault: &Option<Fault>,
) -> Result<Page<'a>, Refusal> {
    let body = object(body, "the body")?;
    keys(body, &["query", "pagination", "sort"])?;
    let query = body.get("query").unwrap_or(&Value::Null);
    let filter = Filter::read(query, rules.fields)?;
    let sort = Sort::read(rules, body.get("sort"))?;
    let (per_page, text) = pagination(rules, body.get("pagination"))?;
    let start = Cursor::start(rules.path, query, body.get("sort"));
    let cursor = text.map_or(Ok(start.clone()), |text| start.resume(text))?;

    let mut page = sort.cut(objects.filter(|object| filter.matches(object)), &cursor, per_page);
    match fault {
        Some(Fault::RepeatCursor) => page.next = text.map(str::to_owned),
        Some(Fault::EmptyPageWithNext) => {
            page.items.clear();
            page.next = Some(cursor.next(cursor.after.clone()).text());
        }
        _ => {}
    }
    Ok(page)
}

/// The page size, and the cursor if there is one.
fn pagination<'a>(
    rules: &Rules,
    value: Option<&'a Value>,
) -> Result<(usize, Option<&'a str>), Refusal> {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return Ok((rules.per_page, None));
    };
    let value = object(value, "pagination")?;
    keys(value, &["per_page", "starting_after"])?;
    let per_page = match value.get("per_page") {
        None => rules.per_page,
        Some(number) => number
            .as_u64()
            .filter(|number| (1..=MOST_PER_PAGE).contains(number))
            .ok_or_else(|| Refusal::parameter(format!("per_page is 1 to 150, not {number}")))?
            as usize,
    };
    let cursor = match value.get("starting_after") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.as_str()),
        Some(other) => return Err(Refusal::parameter(format!("{other} is no cursor"))),
    };
    Ok((per_page, cursor))
}

impl Sort {
    fn read(rules: &Rules, value: Option<&Value>) -> Result<Sort, Refusal> {
        let Some(value) = value else {
            return Ok(Sort { field: rules.default_sort.to_owned(), ascending: false });
        };
        let sort = object(value, "sort")?;
        keys(sort, &["field", "order"])?;
        let field = sort.get("field").and_then(Value::as_str).unwrap_or_default();
        if !SORTABLE.contains(&field) {
            return Err(Refusal::parameter(format!("sort field {field:?} is not supported")));
        }
        let ascending = match sort.get("order") {
            Some(Value::String(order)) if order == "ascending" => true,
            Some(Value::String(order)) if order == "descending" => false,
            None if rules.order_optional => false,
            other => return Err(Refusal::sort_order(other.unwrap_or(&Value::Null))),
        };
        Ok(Sort { field: field.to_owned(), ascending })
    }

    /// Equal times are told apart by the id, so that the order is total.
    fn key(&self, object: &Value) -> (i64, String) {
        let time = object[&self.field].as_i64().unwrap_or_default();
        (time, object["id"].as_str().unwrap_or_default().to_owned())
    }

    fn order(&self, left: &(i64, String), right: &(i64, String)) -> Ordering {
        if self.ascending { left.cmp(right) } else { right.cmp(left) }
    }

    fn cut<'a>(
        &self,
        matches: impl Iterator<Item = &'a Value>,
        cursor: &Cursor,
        per_page: usize,
    ) -> Page<'a> {
        let mut sorted: Vec<_> = matches.map(|object| (self.key(object), object)).collect();
        sorted.sort_by(|left, right| self.order(&left.0, &right.0));
        let total = sorted.len();
        if let Some(after) = &cursor.after {
            sorted.retain(|(key, _)| self.order(key, after) == Ordering::Greater);
        }
        let more = sorted.len() > per_page;
        sorted.truncate(per_page);
        let last = sorted.last().map(|(key, _)| key.clone());
        Page {
            items: sorted.into_iter().map(|(_, object)| object).collect(),
            total,
            number: cursor.page,
            per_page,
            next: more.then(|| cursor.next(last).text()),
        }
    }
}

impl Page<'_> {
    pub fn links(&self) -> Value {
        let mut links = json!({
            "type": "pages",
            "page": self.number,
            "per_page": self.per_page,
            "total_pages": self.total.div_ceil(self.per_page),
        });
        if let Some(cursor) = &self.next {
            links["next"] = json!({"page": self.number + 1, "starting_after": cursor});
        }
        links
    }
}
