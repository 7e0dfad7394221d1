//! The stateless cursor: where the last page ended, and nothing about what it showed.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::reply::Refusal;

/// Points behind an item by its sort value and id. What lies behind that point is decided when the
/// next page is asked for, so that a change in between repeats or skips items, as in the real one.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    pub after: Option<(i64, String)>,
    pub page: u64,
    /// The search it belongs to. The documents do not say what happens to a cursor of another
    /// search; it has no meaning there, so it is refused.
    search: u64,
}

impl Cursor {
    /// Before the first item of a search.
    pub fn start(path: &str, query: &Value, sort: Option<&Value>) -> Cursor {
        let mut hasher = DefaultHasher::new();
        (path, query.to_string(), sort.map(Value::to_string)).hash(&mut hasher);
        Cursor { after: None, page: 1, search: hasher.finish() }
    }

    /// The same search, one page on.
    pub fn next(&self, after: Option<(i64, String)>) -> Cursor {
        Cursor { after, page: self.page + 1, search: self.search }
    }

    /// Hexadecimal, so that no client is tempted to look inside.
    pub fn text(&self) -> String {
        let parts = serde_json::json!([self.after, self.page, self.search]).to_string();
        parts.bytes().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Reads a cursor of the search that `self` starts.
    pub fn resume(&self, text: &str) -> Result<Cursor, Refusal> {
        let cursor = Cursor::decode(text)
            .ok_or_else(|| Refusal::parameter(format!("{text:?} is no cursor")))?;
        if cursor.search != self.search {
            return Err(Refusal::parameter("the cursor belongs to another search"));
        }
        Ok(cursor)
    }

    fn decode(text: &str) -> Option<Cursor> {
        let pairs = text.as_bytes().chunks(2);
        let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let bytes: Vec<u8> = pairs.map(byte).collect::<Option<_>>()?;
        let (after, page, search) = serde_json::from_slice(&bytes).ok()?;
        Some(Cursor { after, page, search })
    }
}
