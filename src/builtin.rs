//! The one list of plugins: one line for each.

use cxbot_sdk::Plugin;
use cxbot_sdk::Result;
use cxbot_sdk::plugin::{Installed, install};
use schemars::{Schema, schema_for};
use serde_json::Value;

/// A plugin that comes with cxbot.
pub struct Builtin {
    pub name: &'static str,
    /// Builds it from its section of the configuration.
    pub install: fn(Value) -> Result<Box<dyn Installed>>,
    /// The schema of that section.
    pub schema: fn() -> Schema,
}

/// All of them, in the order of help and lists.
pub const PLUGINS: &[Builtin] = &[
    builtin::<cxbot_digest::Digest>(),
    builtin::<cxbot_lookup::Lookup>(),
    builtin::<cxbot_mood::Mood>(),
];

const fn builtin<P: Plugin>() -> Builtin {
    Builtin { name: P::NAME, install: install::<P>, schema: || schema_for!(P::Config) }
}
