//! Lists that come from a CSV file: `{ csv = "vip.csv", column = "Account" }` in a plugin's section
//! stands for the distinct values of that column.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::Problem;

/// Puts the values of each named file into its place. Files are read once, at the start.
pub(super) fn fill_in(plugins: &mut BTreeMap<String, Value>) -> Result<(), Problem> {
    plugins.iter_mut().try_for_each(|(name, section)| walk(section, &format!("plugins.{name}")))
}

fn walk(value: &mut Value, setting: &str) -> Result<(), Problem> {
    if let Some((file, column)) = named(value) {
        let values = values(Path::new(file), column)
            .map_err(|what| Problem::at(setting, format!("{file}: {what}")))?;
        *value = values.into_iter().map(Value::String).collect();
        return Ok(());
    }
    match value {
        Value::Object(table) => {
            table.iter_mut().try_for_each(|(key, inner)| walk(inner, &format!("{setting}.{key}")))
        }
        Value::Array(items) => items
            .iter_mut()
            .enumerate()
            .try_for_each(|(place, inner)| walk(inner, &format!("{setting}[{place}]"))),
        _ => Ok(()),
    }
}

/// The file and the column, where a table names nothing else.
fn named(value: &Value) -> Option<(&str, Option<&str>)> {
    let table: &Map<String, Value> = value.as_object()?;
    let only = table.keys().all(|key| ["csv", "column"].contains(&key.as_str()));
    let column = table.get("column").and_then(Value::as_str);
    only.then(|| Some((table.get("csv")?.as_str()?, column)))?
}

/// The distinct values of a column, the first one if none is named, in the file's order.
fn values(file: &Path, column: Option<&str>) -> Result<Vec<String>, String> {
    let mut table = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_path(file)
        .map_err(|error| format!("cannot be read: {error}"))?;
    let header = table.headers().map_err(|error| format!("cannot be read: {error}"))?.clone();
    // Spreadsheets put a mark before the first name.
    let names: Vec<&str> = header.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
    let place = match column {
        None => 0,
        Some(column) => {
            let same = |name: &&str| cxbot_sdk::count::same(name, column);
            names.iter().position(same).ok_or_else(|| {
                format!("there is no column \"{column}\"; the header has: {}", names.join(", "))
            })?
        }
    };
    let mut values: Vec<String> = Vec::new();
    for row in table.records() {
        let row = row.map_err(|error| error.to_string())?;
        let value = row.get(place).unwrap_or_default();
        if !value.is_empty() && !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
    }
    match values.is_empty() {
        true => Err("holds no value below its header".to_owned()),
        false => Ok(values),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filled(text: &str, list: Value) -> Result<Value, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("vip.csv");
        std::fs::write(&file, text).expect("written");
        let mut list = list;
        list["csv"] = json!(file);
        let groups = json!({"groups": [{"name": "VIP", "companies": list}]});
        let mut plugins = BTreeMap::from([("lookup".to_owned(), groups)]);
        let shown =
            |problem: Problem| problem.to_string().replace(&file.display().to_string(), "vip.csv");
        fill_in(&mut plugins).map_err(shown)?;
        Ok(plugins["lookup"]["groups"][0]["companies"].clone())
    }

    #[test]
    fn a_column_of_a_file_is_a_list() {
        let text = "\u{feff}Account,Owner\nAcme Ltd,Ana\n Nile Inc ,Ben\nAcme Ltd,Ana\n,Cy\n";
        assert_eq!(filled(text, json!({})), Ok(json!(["Acme Ltd", "Nile Inc"])));
        assert_eq!(filled(text, json!({"column": "owner"})), Ok(json!(["Ana", "Ben", "Cy"])));
    }

    #[test]
    fn a_file_that_gives_no_list_is_a_problem_that_says_where() {
        for (text, list, wanted) in [
            ("A\nx\n", json!({"column": "B"}), "there is no column \"B\"; the header has: A"),
            ("A\n", json!({}), "holds no value below its header"),
            ("", json!({}), "holds no value below its header"),
        ] {
            let problem = filled(text, list).expect_err("a problem");
            assert_eq!(problem, format!("plugins.lookup.groups[0].companies: vip.csv: {wanted}"));
        }
        let groups = json!({"groups": [{"companies": {"csv": "none.csv"}}]});
        let mut plugins = BTreeMap::from([("lookup".to_owned(), groups)]);
        let problem = fill_in(&mut plugins).expect_err("a problem").to_string();
        assert!(problem.contains("none.csv: cannot be read"), "{problem}");
    }
}
