//! The file source: JSON lines and CSV, read as a stream, so that size does not matter.

mod csv;
mod fields;
mod lines;

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use async_trait::async_trait;
use clap::ValueEnum;
use cxbot_sdk::conversation::Conversation;
use serde_json::Value;

use super::{Ask, Intake, Source};
pub use fields::{FieldMap, Mapping};
use lines::Lines;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values with a header line.
    Csv,
}

impl Format {
    /// By the file's ending: `.csv` is CSV, anything else JSON lines.
    pub fn of(path: &Path) -> Format {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some(ending) if ending.eq_ignore_ascii_case("csv") => Format::Csv,
            _ => Format::Jsonl,
        }
    }
}

/// One file of records.
pub struct FileSource {
    pub path: PathBuf,
    pub format: Format,
    pub fields: FieldMap,
    /// The source of records that name none.
    pub source: Option<String>,
}

#[async_trait]
impl Source for FileSource {
    fn name(&self) -> &str {
        "file"
    }

    async fn pull(&self, _: &Ask, intake: &mut Intake) -> Result<()> {
        let file = File::open(&self.path)
            .with_context(|| format!("cannot read {}", self.path.display()))?;
        let reader = BufReader::with_capacity(1 << 20, file);
        match self.format {
            Format::Jsonl => self.pull_lines(Lines::new(reader), intake).await?,
            Format::Csv => self.pull_table(reader, intake).await?,
        }
        intake.flush().await
    }
}

impl FileSource {
    async fn pull_lines(
        &self,
        mut lines: Lines<BufReader<File>>,
        intake: &mut Intake,
    ) -> Result<()> {
        while let Some((number, line)) =
            lines.next().with_context(|| format!("cannot read {}", self.path.display()))?
        {
            let place = format!("line {number}");
            match line.and_then(|line| self.record_of_line(line)) {
                Ok(Some(record)) => intake.put(record).await?,
                Ok(None) => {}
                Err(reason) => intake.skip(place, reason),
            }
        }
        Ok(())
    }

    /// `None` for an empty line.
    fn record_of_line(&self, line: &[u8]) -> Result<Option<Conversation>, String> {
        let line = line.trim_ascii();
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        if line.is_empty() {
            return Ok(None);
        }
        if self.fields.is_empty() && self.source.is_none() {
            let mut reader = serde_json::Deserializer::from_slice(line);
            let record =
                serde_path_to_error::deserialize(&mut reader).map_err(|error| why(&error))?;
            reader.end().map_err(|error| json_error(&error))?;
            return Ok(Some(record));
        }
        let value: Value = serde_json::from_slice(line).map_err(|error| json_error(&error))?;
        let Value::Object(mut object) = value else {
            return Err("a line has to be one JSON object".to_owned());
        };
        self.fields.rename(&mut object);
        self.record(Value::Object(object)).map(Some)
    }

    fn record(&self, mut record: Value) -> Result<Conversation, String> {
        if let (Some(source), Value::Object(fields)) = (&self.source, &mut record) {
            fields.entry("source").or_insert_with(|| Value::String(source.clone()));
        }
        serde_path_to_error::deserialize(record).map_err(|error| why(&error))
    }
}

/// Fields that are parsed from texts.
const TIMES: [&str; 2] = ["created_at", "closed_at"];

/// What is wrong with a record, with the field's path; never the customer's words.
fn why(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let path = error.path().to_string();
    let is_text = error.inner().is_data() && !error.inner().to_string().starts_with(OF_TYPE);
    let what = match is_text && TIMES.contains(&&*path) {
        true => "not an RFC 3339 time with its zone, such as 2026-11-10T10:02:00Z".to_owned(),
        false => json_error(error.inner()),
    };
    if what.starts_with("not JSON") || path == "." { what } else { format!("{path}: {what}") }
}

/// How serde_json begins to say that a value is of another type than it has to be.
const OF_TYPE: &str = "invalid type: ";

/// serde_json's message in our words. It counts lines within our line and quotes values, which may
/// be personal; so only columns and types are said.
fn json_error(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let what = message.split(" at line ").next().unwrap_or(&message);
    if error.is_syntax() || error.is_eof() {
        return format!("not JSON: {what} (column {})", error.column());
    }
    if what.contains("struct Conversation") {
        return "a line has to be one JSON object".to_owned();
    }
    match (what.strip_prefix(OF_TYPE), what.split_once(", expected ")) {
        (Some(got), Some((_, expected))) => {
            let kind = got.split([' ', ',']).next().unwrap_or("value");
            format!("expected {expected}, not a {kind}")
        }
        (None, Some((_, expected))) => format!("expected {expected}"),
        _ if what.starts_with("missing field") || what.starts_with("expected ") => what.to_owned(),
        _ => "it cannot be read".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn source(fields: Vec<Mapping>) -> FileSource {
        FileSource {
            path: PathBuf::new(),
            format: Format::Jsonl,
            fields: FieldMap::new(fields),
            source: None,
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_a_line(line in prop::collection::vec(any::<u8>(), 0..200)) {
            for fields in [vec![], vec!["id=Ticket".parse().expect("a mapping")]] {
                if let Err(why) = source(fields).record_of_line(&line) {
                    prop_assert!(!why.is_empty() && !why.contains('\n'), "{why}");
                }
            }
        }

        #[test]
        fn a_reason_never_repeats_what_a_customer_wrote(words in "[a-z]{12}") {
            for line in [
                format!(r#"{{"source":"x","id":"1","closed_at":"{words}"}}"#),
                format!(r#"{{"source":"x","id":"1","closed_at":"2026-11-10T10:02:00Z","tags":"{words}"}}"#),
                format!(r#"{{"source":"x","id":"1","closed_at":"2026-11-10T10:02:00Z","customer":"{words}"}}"#),
                format!(r#"{{"source":"x","id":["{words}"],"closed_at":"2026-11-10T10:02:00Z"}}"#),
                format!(r#"{{"source":"x","id":"1","teammates":[{{"id":"1","role":"{words}"}}]}}"#),
                format!("{words} is no JSON"),
            ] {
                let why = source(vec![]).record_of_line(line.as_bytes()).expect_err("refused");
                prop_assert!(!why.contains(&words), "{why}");
            }
        }
    }
}
