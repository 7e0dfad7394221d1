//! Reading file and environment into one table, and saying where a problem is.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;
use serde::Deserialize;
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use super::{Config, Secrets, lists, secrets};
use crate::error::one_line;

/// The file that may be missing.
pub const DEFAULT_FILE: &str = "config/cxbot.toml";
const PREFIX: &str = "CXBOT__";
/// Keys whose values are secrets: never part of the table, and refused in the file.
const SECRET_KEYS: [&str; 3] = ["token", "bot_token", "app_token"];

/// What is wrong with a setting, and where. One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The setting's path, such as `workspace.timezone`; empty for the file as a whole.
    setting: String,
    /// File and line, or the environment variable.
    place: Option<String>,
    what: String,
}

impl Problem {
    /// A problem of a setting, not yet located.
    pub fn at(setting: &str, what: impl Into<String>) -> Problem {
        Problem { setting: setting.to_owned(), place: None, what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        if !self.setting.is_empty() {
            write!(f, "{}: ", self.setting)?;
        }
        f.write_str(&self.what)
    }
}

impl std::error::Error for Problem {}

/// Environment variables as they stood at the start. Empty ones count as not set.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's own; a value that is not UTF-8 is passed over, since no setting takes one.
    pub fn of_process() -> Environment {
        let utf8 = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        std::env::vars_os().filter_map(utf8).collect()
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Settings by path: `CXBOT__WORKSPACE__TIMEZONE` is `workspace.timezone`.
    fn settings(&self) -> impl Iterator<Item = (&str, Vec<String>, &str)> {
        self.0.iter().filter(|(_, value)| !value.is_empty()).filter_map(|(name, value)| {
            let path = name.strip_prefix(PREFIX)?.to_lowercase();
            let path: Vec<String> = path.split("__").map(str::to_owned).collect();
            Some((name.as_str(), path, value.as_str()))
        })
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let owned = |(name, value): (N, V)| (name.into(), value.into());
        Environment(variables.into_iter().map(owned).collect())
    }
}

/// A configuration with the knowledge of where each setting came from.
pub struct Loaded {
    pub config: Config,
    origin: Origin,
}

struct Origin {
    file: PathBuf,
    text: String,
    /// Variable, path, and the text as it was given.
    variables: Vec<(String, Vec<String>, String)>,
}

impl Loaded {
    /// Reads the named file, or the default one if it is there; the environment goes over it.
    /// Contacts nothing.
    pub fn read(file: Option<&Path>, environment: &Environment) -> Result<Loaded, Problem> {
        let path = file.unwrap_or(Path::new(DEFAULT_FILE));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                String::new()
            }
            Err(error) => {
                let what = format!("cannot read the configuration: {error}");
                let place = Some(path.display().to_string());
                return Err(Problem { setting: String::new(), place, what });
            }
        };
        let mut origin = Origin { file: path.to_owned(), text, variables: Vec::new() };
        let mut table = origin.parse()?;
        // Before the environment: setting one plugin there does not switch the others off.
        table.entry("plugins").or_insert_with(|| Value::Table(default_plugins()));
        // The store's address may carry a password, so it has a named variable, as secrets do.
        if let Some(url) = secrets::named(environment, &["DATABASE_URL"])? {
            let path = ["store", "url"].map(str::to_owned);
            let url = url.expose_secret();
            set(&mut table, &path, Value::String(url.to_owned())).map_err(|what| Problem {
                setting: path.join("."),
                place: Some("DATABASE_URL".to_owned()),
                what,
            })?;
            origin.variables.push(("DATABASE_URL".to_owned(), path.to_vec(), url.to_owned()));
        }
        for (name, path, value) in environment.settings() {
            let key = path.last().map_or("", String::as_str);
            if SECRET_KEYS.contains(&key.strip_suffix("_file").unwrap_or(key)) {
                continue;
            }
            set(&mut table, &path, literal(value)).map_err(|what| Problem {
                setting: path.join("."),
                place: Some(name.to_owned()),
                what,
            })?;
            origin.variables.push((name.to_owned(), path, value.to_owned()));
        }
        let mut config = origin.deserialize(table)?;
        lists::fill_in(&mut config.plugins).map_err(|problem| origin.locate(problem))?;
        config.secrets =
            Secrets::read(environment, &config).map_err(|problem| origin.locate(problem))?;
        Ok(Loaded { config, origin })
    }

    /// Says where the setting of a problem is.
    pub fn locate(&self, problem: Problem) -> Problem {
        self.origin.locate(problem)
    }
}

/// Without a `[plugins]` table every plugin is on with its defaults.
fn default_plugins() -> Table {
    let names = crate::builtin::PLUGINS.iter().map(|plugin| plugin.name);
    names.map(|name| (name.to_owned(), Value::Table(Table::new()))).collect()
}

impl Origin {
    fn parse(&self) -> Result<Table, Problem> {
        self.text.parse::<Table>().map_err(|error| Problem {
            setting: String::new(),
            place: Some(self.place_of(error.span().map_or(0, |span| span.start))),
            what: one_line(error.message()),
        })
    }

    /// A variable's text that looks like a number may be meant as a text ("2.16"): where a text is
    /// expected it is taken as one.
    fn deserialize(&self, mut table: Table) -> Result<Config, Problem> {
        for _ in 0..=self.variables.len() {
            let read = serde_path_to_error::deserialize(Value::Table(table.clone()));
            let Err(error) = &read else { break };
            let path = keys(&error.path().to_string());
            let variable = self.variables.iter().find(|(_, set, _)| *set == path);
            match variable {
                Some((_, path, text)) if error.inner().message().contains("expected a string") => {
                    let _: Result<(), String> = set(&mut table, path, Value::String(text.clone()));
                }
                _ => return read.map_err(|error| self.unfit(&error)),
            }
        }
        serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| self.unfit(&error))
    }

    fn unfit(&self, error: &serde_path_to_error::Error<toml::de::Error>) -> Problem {
        let setting = error.path().to_string();
        let setting = if setting == "." { String::new() } else { setting };
        let what = one_line(error.inner().message());
        let unknown = |key: &&&str| what.starts_with(&format!("unknown field `{key}`"));
        let what = match SECRET_KEYS.iter().find(unknown) {
            Some(key) => {
                let variable = setting.replace('.', "_").to_uppercase();
                format!("secrets do not belong in the file; use {variable} or {key}_file")
            }
            None => what,
        };
        self.locate(Problem { setting, place: None, what })
    }

    fn locate(&self, problem: Problem) -> Problem {
        if problem.place.is_some() {
            return problem;
        }
        let path = keys(&problem.setting);
        let by_variable = self.variables.iter().rev().find(|(_, set, _)| path.starts_with(set));
        let place = match by_variable {
            Some((name, ..)) => Some(name.clone()),
            None => self.line_of(&path),
        };
        Problem { place, ..problem }
    }

    /// File and line of a setting, or of the nearest table around it that the file has.
    fn line_of(&self, path: &[String]) -> Option<String> {
        let root = DeTable::parse(&self.text).ok()?;
        let mut table = root.get_ref();
        let mut found = None;
        let mut value: Option<&DeValue<'_>> = None;
        for key in path {
            let next = match (value, key.parse::<usize>()) {
                (Some(DeValue::Array(items)), Ok(index)) => {
                    items.get(index).map(|item| (item.span().start, item.get_ref()))
                }
                _ => {
                    if let Some(DeValue::Table(inner)) = value {
                        table = inner;
                    }
                    let entry = table.iter().find(|(name, _)| name.get_ref() == key.as_str());
                    entry.map(|(name, item)| (name.span().start, item.get_ref()))
                }
            };
            let Some((at, item)) = next else { break };
            found = Some(at);
            value = Some(item);
        }
        found.map(|at| self.place_of(at))
    }

    fn place_of(&self, offset: usize) -> String {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        format!("{}:{}", self.file.display(), before.matches('\n').count() + 1)
    }
}

/// `exclusions[1].name` as `["exclusions", "1", "name"]`.
fn keys(setting: &str) -> Vec<String> {
    setting.split(['.', '[', ']']).filter(|key| !key.is_empty()).map(str::to_owned).collect()
}

/// A value as TOML would read it, where it is a number, a boolean, a list or a table; else a text.
fn literal(value: &str) -> Value {
    #[derive(Deserialize)]
    struct One {
        value: Value,
    }
    match toml::from_str::<One>(&format!("value = {value}")) {
        Ok(One { value: Value::String(_) | Value::Datetime(_) }) | Err(_) => {
            Value::String(value.to_owned())
        }
        Ok(One { value }) => value,
    }
}

fn set(table: &mut Table, path: &[String], value: Value) -> Result<(), String> {
    match path {
        [] => Ok(()),
        [key] => {
            table.insert(key.clone(), value);
            Ok(())
        }
        [key, rest @ ..] => {
            let inner = table.entry(key.clone()).or_insert_with(|| Value::Table(Table::new()));
            let Value::Table(inner) = inner else {
                return Err(format!("{key} is not a section"));
            };
            set(inner, rest, value)
        }
    }
}
