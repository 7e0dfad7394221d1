//! The text of a statement over rows of values, a chunk of rows at a time.

use std::sync::Arc;

use super::Arg;
use crate::store::sql::Bulk;

/// Rows in one statement, so that the database need not wait often for the next. SQLite takes 32,766
/// parameters at most.
const CHUNK: usize = 1_000;

/// A statement over a chunk of rows.
pub(super) struct Chunk {
    pub(super) sql: Arc<str>,
    pub(super) args: Vec<Arg>,
    /// Whether others have as many rows. A statement that is kept for the next time takes up to a megabyte,
    /// and of another number of rows it would be kept for nothing.
    pub(super) is_full: bool,
}

/// The statement of a bulk for one chunk. SQLite finds a placeholder with a name by going through
/// all of them, so there they have none.
pub(super) fn with_rows(bulk: &Bulk, rows: usize, numbered: bool) -> String {
    let all = vec![bulk.rows.each(); rows].join(", ");
    let all = if numbered { with_numbers(&all) } else { all };
    format!("{} {all} {}", bulk.head, bulk.tail)
}

/// Placeholders with their numbers, as PostgreSQL wants them.
fn with_numbers(sql: &str) -> String {
    let mut numbered = String::with_capacity(sql.len() * 2);
    for (number, part) in sql.split('?').enumerate() {
        match number {
            0 => numbered.push_str(part),
            _ => numbered.extend(["$", &number.to_string(), part]),
        }
    }
    numbered
}

/// Statements and their values, a chunk of rows each, made one after another. All but the last are
/// one statement.
pub(super) fn chunks<R>(
    bulk: &Bulk,
    rows: &[&R],
    values: fn(&R, &mut Vec<Arg>),
    numbered: bool,
) -> impl Iterator<Item = Chunk> {
    let usual = rows.len().min(CHUNK);
    let columns = bulk.rows.each().matches('?').count();
    let usual_sql: Arc<str> = with_rows(bulk, usual, numbered).into();
    rows.chunks(CHUNK).map(move |chunk| {
        let sql = match chunk.len() {
            rows if rows == usual => usual_sql.clone(),
            rows => with_rows(bulk, rows, numbered).into(),
        };
        let mut all = Vec::with_capacity(chunk.len() * columns);
        chunk.iter().for_each(|row| values(row, &mut all));
        Chunk { sql, args: all, is_full: chunk.len() == CHUNK }
    })
}

pub(super) fn as_they_are<R: AsRef<[Arg]>>(row: &R, values: &mut Vec<Arg>) {
    values.extend_from_slice(row.as_ref());
}
