//! A table as Slack's own.

use cxbot_sdk::message::Table;
use cxbot_sdk::text::shorten;
use serde_json::{Value, json};

use super::super::visible::visible;
use super::limit;

/// Slack's type of a table.
pub(super) const TABLE: &str = "table";

/// The table as Slack's own, which cannot be sorted and reads well on a phone; none where Slack would
/// not take it.
pub(super) fn native(table: &Table) -> Option<Value> {
    let header: Vec<String> = table.columns.iter().map(|name| words(name)).collect();
    let columns = header.len();
    let rows = table.rows.iter().map(|row| row.iter().map(|cell| words(&cell.words())).collect());
    let rows: Vec<Vec<String>> = std::iter::once(header).chain(rows).collect();
    let even = rows.iter().all(|row| row.len() == columns);
    let size: usize = rows.iter().flatten().map(|cell| cell.chars().count()).sum();
    let fits = rows.len() <= limit::TABLE_ROWS && size <= limit::TABLE;
    if columns == 0 || columns > limit::TABLE_COLUMNS || !even || !fits {
        return None;
    }
    let numeric = |column: usize| rows.iter().skip(1).all(|row| is_figure(&row[column]));
    let settings = (0..columns).map(|column| {
        json!({"align": if numeric(column) { "right" } else { "left" }, "is_wrapped": true})
    });
    let cell = |words: &String| json!({"type": "raw_text", "text": words});
    let cells = rows.iter().map(|row| row.iter().map(cell).collect::<Vec<Value>>());
    Some(json!({
        "type": TABLE,
        "column_settings": settings.collect::<Vec<Value>>(),
        "rows": cells.collect::<Vec<_>>(),
    }))
}

/// An empty cell is not taken.
fn words(cell: &str) -> String {
    let words = shorten(&visible(cell), limit::CELL);
    if words.trim().is_empty() { "–".to_owned() } else { words }
}

/// Whether a cell is a number, with its percent sign or its thousands.
fn is_figure(cell: &str) -> bool {
    let of_figure = |c: char| c.is_ascii_digit() || " .,%+−–-".contains(c);
    cell.chars().all(of_figure)
}
