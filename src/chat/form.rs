//! A form as data: what a platform asks a person for. It is drawn from an action's schema.

use std::collections::BTreeMap;

/// What someone filled in, by the field's name. What was left empty is not there.
pub type Values = BTreeMap<String, String>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The id of the button that asked for it; it comes back with the values.
    pub id: String,
    pub title: String,
    /// What it is for, in a sentence.
    pub about: String,
    pub fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub label: String,
    /// Help under the field.
    pub hint: String,
    pub optional: bool,
    pub kind: Kind,
}

/// How a field is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Words of at most so many characters (Unicode scalar values).
    Words { most: Option<u32> },
    /// One of these.
    Choice(Vec<String>),
    /// Yes or no; the value is "yes" or absent.
    Tick,
}

/// What is wrong with the value of one field, or with all of them where it names none.
pub use cxbot_sdk::plugin::Fault;
