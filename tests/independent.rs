//! The counts of a digest, calculated from the exported records alone: plain loops over JSON that
//! share no code with the product.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// What the calculation has to know of the settings.
pub struct Settings {
    pub zone: TimeZone,
    pub good_from: u64,
    pub settle: SignedDuration,
    /// Name and tag of each exclusion rule.
    pub tag_rules: Vec<(&'static str, &'static str)>,
    /// Only conversations of the team with this name.
    pub team: Option<&'static str>,
}

impl Settings {
    pub fn new(zone: &str) -> Settings {
        Settings {
            zone: TimeZone::get(zone).expect("a bundled zone"),
            good_from: 4,
            settle: SignedDuration::from_hours(6),
            tag_rules: Vec::new(),
            team: None,
        }
    }
}

/// The counts in the shape of `digest --format json`, without what is computed from them.
pub fn counts(records: &[Value], monday: Date, as_of: Timestamp, settings: &Settings) -> Value {
    let now = of_week(records, monday, as_of, settings);
    let before = of_week(records, monday - jiff::Span::new().days(7), as_of, settings);
    let mut topics = Vec::new();
    for lane in ["human", "ai", "handoff"] {
        for topic in topics_of(&now, lane, settings) {
            let mut cell = cell(&now, &before, lane, Some(&topic), settings);
            cell["topic"] = json!(topic);
            topics.push(cell);
        }
    }
    let lanes = ["human", "ai", "handoff"].map(|lane| cell(&now, &before, lane, None, settings));
    json!({
        "lanes": lanes,
        "topics": topics,
        "coverage": coverage(&now, as_of, settings),
        "csat": csat(&now, settings),
    })
}

/// The same parts of a digest's JSON.
pub fn counts_of_digest(digest: &Value) -> Value {
    let cell = |cell: &Value| {
        let mut kept = json!({});
        for key in ["lane", "scored", "good", "spread", "customers", "topic"] {
            if let Some(value) = cell.get(key) {
                kept[key] = value.clone();
            }
        }
        kept["previous"] =
            json!({"scored": cell["previous"]["scored"], "good": cell["previous"]["good"]});
        kept
    };
    let cells = |list: &Value| -> Vec<Value> {
        list.as_array().expect("a list").iter().map(cell).collect()
    };
    json!({
        "lanes": cells(&digest["lanes"]),
        "topics": cells(&digest["topics"]),
        "coverage": digest["coverage"],
        "csat": digest["csat"],
    })
}

fn of_week<'r>(
    records: &'r [Value],
    monday: Date,
    as_of: Timestamp,
    settings: &Settings,
) -> Vec<&'r Value> {
    let midnight = |date: Date| {
        let civil = date.to_datetime(jiff::civil::Time::midnight());
        settings.zone.to_ambiguous_timestamp(civil).compatible().expect("in range")
    };
    let (start, end) = (midnight(monday), midnight(monday + jiff::Span::new().days(7)));
    records
        .iter()
        .filter(|record| {
            let closed = closed_at(record);
            start <= closed && closed < end && closed <= as_of
        })
        .filter(|record| settings.team.is_none_or(|team| record["team"]["name"] == team))
        .collect()
}

fn closed_at(record: &Value) -> Timestamp {
    record["closed_at"].as_str().expect("a time").parse().expect("RFC 3339")
}

fn lane(record: &Value) -> Option<&'static str> {
    let people = record["teammates"].as_array().cloned().unwrap_or_default();
    let human = people.iter().any(|person| person["bot"] != true);
    let ai = record["ai"]["participated"] == true;
    let over = ["routed_to_team", "escalated", "procedure_handoff"];
    let handed_over = over.iter().any(|word| record["ai"]["resolution"] == *word);
    if handed_over || (human && ai) {
        return Some("handoff");
    }
    if human { Some("human") } else { ai.then_some("ai") }
}

fn score(value: &Value) -> Option<u64> {
    let number = value.as_f64().or_else(|| value.as_str()?.parse().ok())?;
    [1.0, 2.0, 3.0, 4.0, 5.0].contains(&number).then_some(number as u64)
}

fn excluded_by(record: &Value, settings: &Settings) -> Option<&'static str> {
    let tags = record["tags"].as_array().cloned().unwrap_or_default();
    for (name, tag) in &settings.tag_rules {
        if tags.contains(&json!(tag)) {
            return Some(name);
        }
    }
    if lane(record).is_none() { Some("nobody_answered") } else { None }
}

fn is_scored(record: &Value, settings: &Settings) -> bool {
    excluded_by(record, settings).is_none() && score(&record["score"]).is_some()
}

fn topics_of(week: &[&Value], of_lane: &str, settings: &Settings) -> BTreeSet<String> {
    let mut topics = BTreeSet::new();
    for record in week {
        if lane(record) == Some(of_lane) && is_scored(record, settings) {
            for topic in record["topics"].as_array().cloned().unwrap_or_default() {
                topics.insert(topic.as_str().expect("a name").to_owned());
            }
        }
    }
    topics
}

fn cell(
    now: &[&Value],
    before: &[&Value],
    of_lane: &str,
    topic: Option<&str>,
    settings: &Settings,
) -> Value {
    let of = |week: &[&Value]| {
        let mut spread = [0u64; 5];
        let mut good = 0;
        let mut customers = BTreeSet::new();
        for record in week {
            let has_topic = topic.is_none_or(|topic| {
                record["topics"].as_array().is_some_and(|all| all.contains(&json!(topic)))
            });
            if lane(record) != Some(of_lane) || !is_scored(record, settings) || !has_topic {
                continue;
            }
            let score = score(&record["score"]).expect("scored");
            spread[score as usize - 1] += 1;
            good += u64::from(score >= settings.good_from);
            if let Some(id) = record["customer"]["id"].as_str() {
                customers.insert((record["source"].to_string(), id.to_owned()));
            }
        }
        (spread, good, customers.len())
    };
    let (spread, good, customers) = of(now);
    let (spread_before, good_before, _) = of(before);
    json!({
        "lane": of_lane, "scored": spread.iter().sum::<u64>(), "good": good, "spread": spread,
        "customers": customers,
        "previous": {"scored": spread_before.iter().sum::<u64>(), "good": good_before},
    })
}

fn coverage(week: &[&Value], as_of: Timestamp, settings: &Settings) -> Value {
    let mut excluded = BTreeMap::<&str, u64>::new();
    let (mut scored, mut no_score, mut too_short, mut too_recent) = (0, 0, 0, 0);
    for record in week {
        let messages = &record["messages"];
        let few = |side: &str| messages[side].as_u64().is_some_and(|count| count < 2);
        if let Some(rule) = excluded_by(record, settings) {
            *excluded.entry(rule).or_default() += 1;
        } else if score(&record["score"]).is_some() {
            scored += 1;
        } else if as_of.duration_since(closed_at(record)) < settings.settle {
            too_recent += 1;
        } else if few("customer") || few("team") {
            too_short += 1;
        } else {
            no_score += 1;
        }
    }
    json!({
        "closed": week.len(), "scored": scored, "excluded": excluded,
        "unscored": {"no_score": no_score, "too_short": too_short, "too_recent": too_recent},
    })
}

fn csat(week: &[&Value], settings: &Settings) -> Value {
    let (mut answered, mut good, mut both) = (0, 0, 0);
    for record in week {
        let answer = score(&record["csat"]["score"]);
        let Some(answer) = answer.filter(|_| excluded_by(record, settings).is_none()) else {
            continue;
        };
        answered += 1;
        good += u64::from(answer >= 4);
        both += u64::from(is_scored(record, settings));
    }
    json!({"answered": answered, "good": good, "both": both})
}
