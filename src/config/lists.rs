//! Lists that come from a CSV file: `{ csv = "vip.csv", column = "Account" }` in a plugin's section
//! stands for the distinct values of that column.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::Problem;
use crate::spreadsheet;

/// Puts the values of each named file into its place. Files are read once, at the start.
pub(super) fn fill_in(plugins: &mut BTreeMap<String, Value>) -> Result<(), Problem> {
    plugins.iter_mut().try_for_each(|(name, section)| walk(section, &format!("plugins.{name}")))
}

fn walk(value: &mut Value, setting: &str) -> Result<(), Problem> {
    if let Some(named) = named(value) {
        let listed = named.and_then(|(file, column)| {
            values(Path::new(file), column).map_err(|what| format!("{file}: {what}"))
        });
        let values = listed.map_err(|what| Problem::at(setting, what))?;
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

/// The file and the column, where a table means a list in a file.
fn named(value: &Value) -> Option<Result<(&str, Option<&str>), String>> {
    const TAKES: &str = "a list from a file is written { csv = \"vip.csv\", column = \"Account\" }";
    let table: &Map<String, Value> = value.as_object()?;
    let known = |key: &&String| ["csv", "column"].contains(&key.as_str());
    if !table.keys().any(|key| known(&key)) {
        return None;
    }
    if let Some(key) = table.keys().find(|key| !known(key)) {
        return Some(Err(format!("there is no \"{key}\" here; {TAKES}")));
    }
    let column = table.get("column");
    Some(match (table.get("csv").and_then(Value::as_str), column.map(Value::as_str)) {
        (Some(file), None) => Ok((file, None)),
        (Some(file), Some(Some(column))) => Ok((file, Some(column))),
        (None, _) | (_, Some(None)) => Err(TAKES.to_owned()),
    })
}

/// The distinct values of a column, the first one if none is named, in the file's order.
fn values(file: &Path, column: Option<&str>) -> Result<Vec<String>, String> {
    let bytes = std::fs::read(file).map_err(|error| format!("cannot be read: {error}"))?;
    let text = spreadsheet::text(&bytes)?;
    let (delimiter, rows) = declared(&text);
    let mut table = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(rows.as_bytes());
    let header = table.headers().map_err(|error| format!("cannot be read: {error}"))?.clone();
    let place = match column {
        None => 0,
        Some(column) => {
            let same = |name: &str| cxbot_sdk::count::same(name, column);
            header.iter().position(same).ok_or_else(|| {
                let names: Vec<&str> = header.iter().collect();
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

/// What stands between values, and the rows: some spreadsheets say it in a line of its own, "sep=;".
fn declared(text: &str) -> (u8, &str) {
    let said = text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n'));
    match said.map(|(sign, rows)| (sign.trim_end_matches('\r').as_bytes(), rows)) {
        Some(([sign], rows)) => (*sign, rows),
        _ => (spreadsheet::delimiter(text.as_bytes()), text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filled(text: impl AsRef<[u8]>, list: Value) -> Result<Value, String> {
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
    fn a_file_is_read_as_spreadsheets_of_any_country_save_it() {
        let rows = "Account;Owner, or none\r\nCafé Zoë;Ana\r\n\"Nile; Inc\";Ben\r\n";
        let wide: Vec<u8> =
            format!("\u{feff}{rows}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let western: Vec<u8> =
            rows.chars().map(|sign| u8::try_from(sign).expect("Latin")).collect();
        let tabs = rows.replace("Nile;", "Nile,").replace(';', "\t").replace("Nile,", "Nile;");
        for file in [rows.as_bytes(), &wide, &western, format!("sep=;\r\n{rows}").as_bytes()]
            .into_iter()
            .chain([tabs.as_bytes()])
        {
            let wanted = Ok(json!(["Café Zoë", "Nile; Inc"]));
            assert_eq!(filled(file, json!({"column": "account"})), wanted, "{file:?}");
        }
    }

    #[test]
    fn a_slip_in_what_is_said_of_the_file_is_told_with_how_it_is_written() {
        for (list, wanted) in [
            (
                json!({"colum": "Account"}),
                "there is no \"colum\" here; a list from a file is written",
            ),
            (json!({"column": 1}), "a list from a file is written { csv = "),
        ] {
            let problem = filled("Account\nAcme\n", list).expect_err("a problem");
            assert!(problem.contains(wanted), "{problem}");
        }
        let groups = json!({"groups": [{"companies": {"cvs": "vip.csv", "column": "Account"}}]});
        let mut plugins = BTreeMap::from([("lookup".to_owned(), groups)]);
        let problem = fill_in(&mut plugins).expect_err("a problem").to_string();
        assert!(problem.contains("companies: there is no \"cvs\" here"), "{problem}");
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
