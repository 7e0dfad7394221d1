//! The filters of a search: read strictly from its body, then held against objects.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::fields::{Field, Kind};
use super::reply::Refusal;

/// The documents' limits on a group of filters, and on groups within groups.
const MOST_FILTERS: usize = 15;
const MOST_LEVELS: usize = 2;

pub enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    One { field: &'static Field, operator: Operator, values: Vec<Value> },
}

#[derive(Clone, Copy, PartialEq)]
pub enum Operator {
    Is,
    IsNot,
    In,
    NotIn,
    AtLeast,
    AtMost,
    Contains,
    ContainsNot,
    Starts,
    Ends,
}

impl Filter {
    pub fn read(query: &Value, fields: &'static [Field]) -> Result<Filter, Refusal> {
        Filter::read_level(query, fields, 1)
    }

    fn read_level(
        query: &Value,
        fields: &'static [Field],
        level: usize,
    ) -> Result<Filter, Refusal> {
        let query = object(query, "a filter")?;
        if query.contains_key("field") {
            keys(query, &["field", "operator", "value"])?;
            return one(query, fields);
        }
        keys(query, &["operator", "value"])?;
        if level > MOST_LEVELS {
            return Err(Refusal::parameter(format!("groups nest {MOST_LEVELS} levels at most")));
        }
        let parts = group(query)?;
        let read = |part| Filter::read_level(part, fields, level + 1);
        let filters = parts.iter().map(read).collect::<Result<_, _>>()?;
        match query.get("operator").and_then(Value::as_str) {
            Some("AND") => Ok(Filter::All(filters)),
            Some("OR") => Ok(Filter::Any(filters)),
            _ => Err(Refusal::parameter("a group's operator is AND or OR")),
        }
    }

    pub fn matches(&self, object: &Value) -> bool {
        match self {
            Filter::All(filters) => filters.iter().all(|filter| filter.matches(object)),
            Filter::Any(filters) => filters.iter().any(|filter| filter.matches(object)),
            // Null never matches, not even `!=`: the documents do not say, and a client that
            // relies on finding it would be relying on luck.
            Filter::One { field, operator, values } => {
                field.values(object).is_some_and(|found| operator.holds(&found, values))
            }
        }
    }
}

impl Operator {
    fn read(text: &str) -> Option<Operator> {
        Some(match text {
            "=" => Operator::Is,
            "!=" => Operator::IsNot,
            "IN" => Operator::In,
            "NIN" => Operator::NotIn,
            ">" => Operator::AtLeast,
            "<" => Operator::AtMost,
            "~" => Operator::Contains,
            "!~" => Operator::ContainsNot,
            "^" => Operator::Starts,
            "$" => Operator::Ends,
            // `>=` and `<=` stand in the schema, but in neither table of operators for these types.
            _ => return None,
        })
    }

    fn takes_list(self) -> bool {
        matches!(self, Operator::In | Operator::NotIn)
    }

    /// Whether the operator compares whole values, which an enumeration then limits.
    fn takes_whole(self) -> bool {
        self.takes_list() || matches!(self, Operator::Is | Operator::IsNot)
    }

    fn fits(self, kind: Kind) -> bool {
        match self {
            Operator::AtLeast | Operator::AtMost => matches!(kind, Kind::Integer | Kind::Date),
            Operator::Contains | Operator::ContainsNot | Operator::Starts | Operator::Ends => {
                kind == Kind::Text
            }
            _ => true,
        }
    }

    /// A list in the object matches when any element does; a negation when none does.
    fn holds(self, found: &[Value], wanted: &[Value]) -> bool {
        let any = |test: fn(&Value, &Value) -> bool| {
            found.iter().any(|found| wanted.iter().any(|wanted| test(found, wanted)))
        };
        match self {
            Operator::Is | Operator::In => any(|found, wanted| found == wanted),
            Operator::IsNot | Operator::NotIn => !any(|found, wanted| found == wanted),
            // Documented for conversations as "greater (or equal)" and "lower (or equal)".
            Operator::AtLeast => {
                any(|found, wanted| compare(found, wanted).is_some_and(Ordering::is_ge))
            }
            Operator::AtMost => {
                any(|found, wanted| compare(found, wanted).is_some_and(Ordering::is_le))
            }
            Operator::Contains => any(|found, wanted| string(found).contains(string(wanted))),
            Operator::ContainsNot => !any(|found, wanted| string(found).contains(string(wanted))),
            Operator::Starts => any(|found, wanted| string(found).starts_with(string(wanted))),
            Operator::Ends => any(|found, wanted| string(found).ends_with(string(wanted))),
        }
    }
}

fn compare(found: &Value, wanted: &Value) -> Option<Ordering> {
    Some(found.as_i64()?.cmp(&wanted.as_i64()?))
}

/// Case counts: the documents do not say that it does not.
fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn one(query: &Map<String, Value>, fields: &'static [Field]) -> Result<Filter, Refusal> {
    let name = query["field"].as_str().unwrap_or_default();
    let field = fields.iter().find(|field| field.name == name).ok_or_else(|| {
        Refusal::parameter(format!("{} is no field of this search", query["field"]))
    })?;
    if field.kind == Kind::Unplayed {
        return Err(Refusal::parameter(format!("this fake does not play the field {name}")));
    }
    let text = query.get("operator").and_then(Value::as_str).unwrap_or_default();
    let operator = Operator::read(text)
        .filter(|operator| operator.fits(field.kind))
        .ok_or_else(|| Refusal::parameter(format!("operator {text:?} does not fit {name}")))?;
    let value = query.get("value").unwrap_or(&Value::Null);
    let values = values(field, operator, value)?;
    Ok(Filter::One { field, operator, values })
}

fn values(field: &Field, operator: Operator, value: &Value) -> Result<Vec<Value>, Refusal> {
    if !operator.takes_list() {
        return Ok(vec![single(field, operator, value)?]);
    }
    let list = value
        .as_array()
        .ok_or_else(|| Refusal::parameter(format!("{}: IN and NIN take an array", field.name)))?;
    // IN is a shortcut for OR, so a list is limited as an OR group is.
    within_limit(list.len(), &format!("the list for {}", field.name))?;
    list.iter().map(|value| single(field, operator, value)).collect()
}

/// One value of the field's own type. Null is none, although the shared schema lets it stand: "the
/// value you search for has to match the accepted type".
fn single(field: &Field, operator: Operator, value: &Value) -> Result<Value, Refusal> {
    let fits = match field.kind {
        Kind::Text => value.is_string(),
        Kind::Boolean => value.is_boolean(),
        Kind::Integer => value.is_i64(),
        // The documents' own example searches `created_at` with digits in quotes.
        Kind::Date => return date(value).ok_or_else(|| mismatch(field, value)),
        Kind::Unplayed => false,
    };
    let enumerated = field.allowed.is_empty()
        || !operator.takes_whole()
        || field.allowed.contains(&string(value));
    if fits && enumerated { Ok(value.clone()) } else { Err(mismatch(field, value)) }
}

fn date(value: &Value) -> Option<Value> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = match value {
        Value::String(text) if digits(text) => text.parse().ok()?,
        number => number.as_i64().filter(|seconds| *seconds >= 0)?,
    };
    Some(Value::from(seconds))
}

fn mismatch(field: &Field, value: &Value) -> Refusal {
    Refusal::parameter(format!("{value} is no value for {} ({:?})", field.name, field.kind))
}

/// The schema has arrays of groups and arrays of filters, none of both.
fn group(query: &Map<String, Value>) -> Result<&[Value], Refusal> {
    let parts = query
        .get("value")
        .and_then(Value::as_array)
        .ok_or_else(|| Refusal::parameter("a group's value is an array"))?;
    within_limit(parts.len(), "a group")?;
    let single = |part: &&Value| part.get("field").is_some();
    match parts.iter().filter(single).count() {
        0 => Ok(parts),
        count if count == parts.len() => Ok(parts),
        _ => Err(Refusal::parameter("a group holds groups or filters, not both")),
    }
}

fn within_limit(count: usize, what: &str) -> Result<(), Refusal> {
    if (1..=MOST_FILTERS).contains(&count) {
        return Ok(());
    }
    Err(Refusal::parameter(format!("{what} has {count} parts, not 1 to {MOST_FILTERS}")))
}

pub fn object<'a>(value: &'a Value, what: &str) -> Result<&'a Map<String, Value>, Refusal> {
    value.as_object().ok_or_else(|| Refusal::parameter(format!("{what} is not an object")))
}

pub fn keys(object: &Map<String, Value>, known: &[&str]) -> Result<(), Refusal> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(Refusal::parameter(format!("unknown key {key:?}"))),
        None => Ok(()),
    }
}
