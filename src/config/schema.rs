//! The configuration's JSON Schema: the host's sections, with each plugin's own in its place.

use schemars::SchemaGenerator;
use serde_json::{Value, json};

use super::Config;
use crate::builtin::PLUGINS;

/// The schema of the whole file, as `config/cxbot.schema.json` holds it.
pub fn schema() -> Value {
    let mut schema = SchemaGenerator::default().into_root_schema_for::<Config>().to_value();
    let mut definitions = schema["$defs"].take();
    let mut plugins = serde_json::Map::new();
    for plugin in PLUGINS {
        let mut own = (plugin.schema)().to_value();
        if let (Some(definitions), Some(inner)) =
            (definitions.as_object_mut(), own.get_mut("$defs").and_then(Value::as_object_mut))
        {
            definitions.append(inner);
        }
        if let Some(own) = own.as_object_mut() {
            own.shift_remove("$defs");
            own.shift_remove("$schema");
        }
        plugins.insert(plugin.name.to_owned(), own);
    }
    schema["$defs"] = definitions;
    schema["properties"]["plugins"] = json!({
        "description": "Plugins by name; a section that is present enables its plugin.",
        "type": "object",
        "properties": plugins,
        "additionalProperties": false,
    });
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Run with `CXBOT_UPDATE=1` to write the file anew.
    #[test]
    fn the_schema_in_config_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/config/cxbot.schema.json");
        let wanted = format!("{}\n", serde_json::to_string_pretty(&schema()).expect("plain JSON"));
        if std::env::var_os("CXBOT_UPDATE").is_some() {
            std::fs::write(path, &wanted).expect("a writable folder");
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(found == wanted, "config/cxbot.schema.json is old: CXBOT_UPDATE=1 cargo test");
    }
}
