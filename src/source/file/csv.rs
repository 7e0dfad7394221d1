//! CSV: a header line names the columns; unmapped columns become attributes.

use std::io::BufRead;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::FileSource;
use super::fields::{Cell, FIELDS, put};
use super::lines::LINE_LIMIT;
use crate::source::Intake;
use crate::spreadsheet;

/// Fields in which people write more than one line.
const MAY_BREAK: [&str; 2] = ["explanation", "csat.remark"];

/// A column's name, and the field that it gives.
type Column<'c> = (&'c str, Option<&'static str>);

impl FileSource {
    pub(super) async fn pull_table(
        &self,
        mut reader: impl BufRead,
        intake: &mut Intake,
    ) -> Result<()> {
        let start = reader.fill_buf().context("the header line cannot be read")?;
        if let Some(why) = spreadsheet::wide(start) {
            anyhow::bail!("{} {why}", self.path.display());
        }
        let delimiter = spreadsheet::delimiter(start);
        // The reader ends a row at "\r", and counts the line at the "\n" that follows.
        let uncounted = u64::from(
            start
                .split(|byte| *byte == b'\n')
                .next()
                .is_some_and(|line| line.len() < start.len() && line.ends_with(b"\r")),
        );
        // Rows of uneven length are read and judged one by one, instead of ending the import.
        let mut table =
            csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(reader);
        let header = table.headers().context("the header line cannot be read")?.clone();
        let columns: Vec<&str> = header.iter().map(clean_name).collect();
        let missing = self.fields.missing(&columns);
        anyhow::ensure!(
            missing.is_empty(),
            "{}: there is no column \"{}\"; the header has: {}",
            self.path.display(),
            missing.join("\", \""),
            columns.join(", "),
        );
        let fields = self.fields.fields_of(&columns);
        let columns: Vec<Column> = columns.into_iter().zip(fields).collect();
        let mut row = csv::ByteRecord::new();
        loop {
            let line = table.position().line() + uncounted;
            let place = format!("line {line}");
            match table.read_byte_record(&mut row) {
                Ok(false) => return Ok(()),
                Ok(true) => match self.record_of_row(&columns, &row) {
                    Ok(record) => intake.put(record).await?,
                    Err(reason) => intake.skip(place, reason),
                },
                Err(error) if error.is_io_error() => {
                    return Err(error).context(format!("cannot read {}", self.path.display()));
                }
                Err(error) => intake.skip(place, error),
            }
        }
    }

    fn record_of_row(
        &self,
        columns: &[Column],
        row: &csv::ByteRecord,
    ) -> Result<cxbot_sdk::conversation::Conversation, String> {
        if row.as_slice().len() > LINE_LIMIT {
            return Err(format!("the row is longer than {} MB", LINE_LIMIT >> 20));
        }
        if row.len() != columns.len() {
            return Err(format!("{} values under {} columns", row.len(), columns.len()));
        }
        let mut record = Map::new();
        let mut attributes = Map::new();
        for ((column, field), cell) in columns.iter().zip(row) {
            let text = std::str::from_utf8(cell)
                .map_err(|_| format!("{column}: not UTF-8; save the file as CSV UTF-8"))?;
            if text.is_empty() {
                continue;
            }
            match *field {
                // A quotation mark that is never closed swallows the lines behind it.
                Some(path) if text.contains('\n') && !MAY_BREAK.contains(&path) => {
                    return Err(format!("{path}: a line break; is a quotation mark not closed?"));
                }
                Some(path) => put(&mut record, path, value(path, text)?),
                None => {
                    attributes.insert((*column).to_owned(), json!(text));
                }
            }
        }
        if !attributes.is_empty() {
            record.insert("attributes".to_owned(), Value::Object(attributes));
        }
        self.record(Value::Object(record))
    }
}

fn clean_name(name: &str) -> &str {
    name.trim_start_matches('\u{feff}').trim()
}

/// A cell's text as the kind of value that its field holds.
fn value(path: &str, text: &str) -> Result<Value, String> {
    let kind =
        FIELDS.iter().find(|(known, _)| *known == path).map_or(Cell::Text, |(_, kind)| *kind);
    Ok(match kind {
        Cell::Text => json!(text),
        // Numbers, true and null as JSON has them; everything else is the text it is.
        Cell::Score => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        Cell::Number => {
            let number = text.parse::<u64>();
            json!(number.map_err(|_| format!("{path}: expected a whole number"))?)
        }
        Cell::Boolean => match text.to_lowercase().as_str() {
            "true" | "yes" | "1" => json!(true),
            "false" | "no" | "0" => json!(false),
            _ => return Err(format!("{path}: expected true or false")),
        },
        Cell::List => {
            let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
            json!(parts.collect::<Vec<_>>())
        }
    })
}
