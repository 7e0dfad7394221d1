//! How a plugin's section of the settings is read.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, Result};

/// How a list of texts may be written in a plugin's section: as it is, or as a column of a CSV file,
/// `{ csv = "vip.csv", column = "Account" }`. The host reads the file at the start, so that a plugin
/// gets the list either way: `#[schemars(with = "ListOrCsv")] companies: Vec<String>`.
#[derive(JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum ListOrCsv {
    List(Vec<String>),
    Csv {
        /// The file.
        csv: String,
        /// Its column; the first one if none is named.
        column: Option<String>,
    },
}

/// A section of the settings; the operator reads where it cannot be read.
pub(super) fn read<C: DeserializeOwned>(section: Value) -> Result<C> {
    serde_path_to_error::deserialize(section).map_err(|error| {
        let (path, why) = (error.path().to_string(), error.into_inner());
        Error::refused(if path == "." { why.to_string() } else { format!("{path}: {why}") })
    })
}
