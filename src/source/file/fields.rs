//! The names of the neutral record's fields, and the mapping of a file's own names to them.

use std::str::FromStr;

use serde_json::{Map, Value};

/// What a text in a table cell becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Text,
    Number,
    Boolean,
    /// Parts between semicolons.
    List,
    /// A score: kept as it is, so that an odd one is counted as such.
    Score,
}

/// Every field that a flat file can carry, by its dotted path. A table has one teammate a line.
pub(super) const FIELDS: [(&str, Cell); 35] = [
    ("source", Cell::Text),
    ("id", Cell::Text),
    ("url", Cell::Text),
    ("created_at", Cell::Text),
    ("closed_at", Cell::Text),
    ("score", Cell::Score),
    ("explanation", Cell::Text),
    ("reasons", Cell::List),
    ("csat.score", Cell::Score),
    ("csat.remark", Cell::Text),
    ("ai.participated", Cell::Boolean),
    ("ai.resolution", Cell::Text),
    ("teammates.0.id", Cell::Text),
    ("teammates.0.name", Cell::Text),
    ("teammates.0.email", Cell::Text),
    ("teammates.0.role", Cell::Text),
    ("teammates.0.bot", Cell::Boolean),
    ("teammates.1.id", Cell::Text),
    ("teammates.1.name", Cell::Text),
    ("teammates.1.email", Cell::Text),
    ("teammates.1.role", Cell::Text),
    ("teammates.1.bot", Cell::Boolean),
    ("team.id", Cell::Text),
    ("team.name", Cell::Text),
    ("customer.id", Cell::Text),
    ("customer.name", Cell::Text),
    ("customer.email", Cell::Text),
    ("customer.company.id", Cell::Text),
    ("customer.company.name", Cell::Text),
    ("customer.company.plan", Cell::Text),
    ("channel", Cell::Text),
    ("topics", Cell::List),
    ("tags", Cell::List),
    ("messages.customer", Cell::Number),
    ("messages.team", Cell::Number),
];

/// `FIELD=COLUMN` from the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    field: &'static str,
    column: String,
}

impl FromStr for Mapping {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((field, column)) = text.split_once('=') else {
            return Err(format!("\"{text}\" is not FIELD=COLUMN, such as company.name=Account"));
        };
        Ok(Mapping { field: resolve(field.trim())?, column: column.trim().to_owned() })
    }
}

/// The full path of a field: its name, or an ending of it that only one field has
/// (`company.name` for `customer.company.name`).
pub(super) fn resolve(name: &str) -> Result<&'static str, String> {
    let paths = || FIELDS.iter().map(|(path, _)| *path);
    if let Some(exact) = paths().find(|path| *path == name) {
        return Ok(exact);
    }
    let ending = format!(".{name}");
    let by_ending: Vec<&str> = paths().filter(|path| path.ends_with(&ending)).collect();
    match by_ending[..] {
        [only] => Ok(only),
        [] => {
            let nearest = paths().min_by_key(|path| strsim::damerau_levenshtein(path, name));
            let nearest = nearest.unwrap_or("id");
            Err(format!("there is no field \"{name}\"; the nearest is {nearest}"))
        }
        _ => Err(format!("\"{name}\" may be {}; write it in full", by_ending.join(" or "))),
    }
}

/// Which column gives which field.
#[derive(Debug, Clone, Default)]
pub struct FieldMap(Vec<Mapping>);

impl FieldMap {
    pub fn new(mappings: Vec<Mapping>) -> FieldMap {
        FieldMap(mappings)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The field that each of these columns gives, if any. A column may write its field's name in capitals,
    /// unless another one has it as it is.
    pub(super) fn fields_of(&self, columns: &[&str]) -> Vec<Option<&'static str>> {
        let field_of = |column: &&str| {
            let mapped = self.0.iter().find(|mapping| mapping.column == *column);
            mapped.map(|mapping| mapping.field).or_else(|| {
                let mut paths = FIELDS.iter().map(|(path, _)| *path);
                let own = paths.find(|path| path.eq_ignore_ascii_case(column))?;
                // A field that is mapped from elsewhere is not taken from the column of its own name.
                let is_mapped = self.0.iter().any(|mapping| mapping.field == own);
                let is_another = own != *column && columns.contains(&own);
                (!is_mapped && !is_another).then_some(own)
            })
        };
        columns.iter().map(field_of).collect()
    }

    /// The columns that the mapping names and `present` does not have.
    pub(super) fn missing(&self, present: &[&str]) -> Vec<&str> {
        let columns = self.0.iter().map(|mapping| mapping.column.as_str());
        columns.filter(|column| !present.contains(column)).collect()
    }

    /// Moves a JSON object's own names to the fields they stand for.
    pub(super) fn rename(&self, object: &mut Map<String, Value>) {
        for mapping in &self.0 {
            if let Some(value) = object.remove(&mapping.column) {
                put(object, mapping.field, value);
            }
        }
    }
}

/// Puts a value at a dotted path; a number in the path is a place in a list.
pub(super) fn put(object: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((head, rest)) = path.split_once('.') else {
        object.insert(path.to_owned(), value);
        return;
    };
    let numbered =
        rest.split_once('.').and_then(|(place, rest)| Some((place.parse::<usize>().ok()?, rest)));
    match numbered {
        Some((place, rest)) => {
            let list = object.entry(head).or_insert_with(|| Value::Array(Vec::new()));
            let Value::Array(list) = list else { return };
            while list.len() <= place {
                list.push(Value::Object(Map::new()));
            }
            if let Value::Object(inner) = &mut list[place] {
                put(inner, rest, value);
            }
        }
        None => {
            let inner = object.entry(head).or_insert_with(|| Value::Object(Map::new()));
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_field_may_be_named_by_an_ending_that_only_it_has() {
        assert_eq!(resolve("company.name"), Ok("customer.company.name"));
        assert_eq!(resolve("plan"), Ok("customer.company.plan"));
        assert!(resolve("name").is_err_and(|why| why.contains("write it in full")));
        assert!(resolve("scor").is_err_and(|why| why.contains("nearest is score")));
    }

    #[test]
    fn a_dotted_path_makes_objects_and_lists() {
        let mut object = Map::new();
        put(&mut object, "customer.company.name", json!("Acme"));
        put(&mut object, "teammates.1.id", json!("7"));
        put(&mut object, "teammates.0.id", json!("6"));
        let wanted = json!({
            "customer": {"company": {"name": "Acme"}}, "teammates": [{"id": "6"}, {"id": "7"}],
        });
        assert_eq!(Value::Object(object), wanted);
    }

    #[test]
    fn a_column_in_capitals_gives_its_field_unless_another_one_does() {
        let fields = |columns: &[&str]| FieldMap::default().fields_of(columns);
        assert_eq!(fields(&["ID", "Score", "Mood"]), [Some("id"), Some("score"), None]);
        assert_eq!(fields(&["Score", "score"]), [None, Some("score")]);
    }
}
