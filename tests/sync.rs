//! Intercom in, digest out: the real program against the strict fake, whatever goes wrong between.

mod counts;
mod troubles;

use cxbot_sdk::week::Week;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::independent;
use crate::independent::Settings;
use crate::world::World;
use crate::world::intercom::{
    Intercom, admin, by_fin, closed_by, contact, conversation, from_contact, scored, team, with,
};

const SEARCH: &str = "/conversations/search";
const ZONE: &str = "Europe/Dublin";

/// The last complete week by the machine's clock, which the program reads.
struct LastWeek {
    week: Week,
    start: Timestamp,
    /// A clock at which everything of that week has settled.
    as_of: String,
}

impl LastWeek {
    fn new() -> LastWeek {
        let zone = TimeZone::get(ZONE).expect("a bundled zone");
        let week = Week::complete_before(Timestamp::now(), &zone);
        let as_of = (week.end(&zone) + SignedDuration::from_hours(8)).to_string();
        LastWeek { week, start: week.start(&zone), as_of }
    }

    /// Unix seconds of a day and hour within the week, or before it with negative days.
    fn at(&self, day: i64, minute: i64) -> i64 {
        self.start.as_second() + day * 86_400 + minute * 60
    }
}

/// A conversation as Intercom has it, and the neutral record that it stands for.
struct Pair {
    intercom: Value,
    neutral: Value,
}

/// A workspace with two admins, a bot among them, two teams and a few customers.
async fn workspace() -> Intercom {
    let intercom = Intercom::start().await;
    intercom.put_admin(admin("11", "Ana Silva"));
    intercom.put_admin(with(admin("12", "Buddy"), |admin| admin["has_inbox_seat"] = json!(false)));
    intercom.put_team(team("5", "Billing", &["11"]));
    for number in 0..20 {
        intercom.put_contact(customer(&format!("c{number}")));
    }
    intercom
}

/// `c7` is Customer 7 of Acme.
fn customer(id: &str) -> Value {
    let number = id.trim_start_matches('c');
    contact(id, &format!("Customer {number}"), &format!("customer{number}@acme.example"))
}

/// Number `n` of a mixed lot: every lane, scores of every shape, topics, tags, surveys.
fn pair(n: i64, closed_at: i64) -> Pair {
    let id = (1_000 + n).to_string();
    let who = format!("c{}", n % 20);
    let mut object = with(conversation(&id, closed_at), from_contact(&customer(&who)));
    object["team_assignee_id"] = json!(if n % 3 == 0 { 5 } else { 0 });
    let (teammates, ai) = match n % 5 {
        0 | 1 => {
            closed_by("11")(&mut object);
            (json!([{"id": "11"}]), Value::Null)
        }
        2 => {
            by_fin("confirmed_resolution")(&mut object);
            // Fin's conversations can be assigned to someone who never saw them.
            object["admin_assignee_id"] = json!(11);
            (json!([]), json!({"participated": true}))
        }
        3 => {
            by_fin("escalated")(&mut object);
            (json!([]), json!({"participated": true, "resolution": "escalated"}))
        }
        _ if n % 10 == 4 => {
            // Closed by a workflow that is no human.
            closed_by("12")(&mut object);
            (json!([{"id": "12", "bot": true}]), Value::Null)
        }
        _ => {
            // Someone who has left: the list of admins does not know them.
            closed_by("404")(&mut object);
            (json!([{"id": "404"}]), Value::Null)
        }
    };
    let scores = [
        json!(5),
        json!("4"),
        json!(3),
        json!(2),
        json!(1),
        json!(5),
        json!(4.5),
        json!("five"),
        json!(0),
        json!(null),
        json!(5),
        json!(4),
    ];
    let score = scores[(n % 12) as usize].clone();
    if n % 17 != 0 {
        scored(score.clone(), "It was solved.")(&mut object);
    }
    let topics: Vec<&str> = [(2, "Invoices"), (3, "Refunds")]
        .iter()
        .filter(|(by, _)| n % by == 0)
        .map(|(_, t)| *t)
        .collect();
    let named = topics.iter().map(|topic| json!({"type": "topic", "id": topic, "name": topic}));
    if !topics.is_empty() {
        object["topics"] = json!({
            "type": "topic.list", "total_count": topics.len(), "topics": named.collect::<Vec<_>>(),
        });
    }
    if n % 13 == 0 {
        object["tags"]["tags"] = json!([{"type": "tag", "id": "1", "name": "spam"}]);
    }
    if n % 7 == 0 {
        object["conversation_rating"] = json!({
            "rating": 1 + n % 5, "remark": "", "created_at": closed_at, "updated_at": closed_at,
            "contact": {"type": "contact", "id": who, "external_id": "70"}, "teammate": null,
        });
    }
    let neutral = json!({
        "source": "intercom", "id": id,
        "closed_at": Timestamp::from_second(closed_at).expect("in range").to_string(),
        "score": if n % 17 == 0 { Value::Null } else { score },
        "teammates": teammates, "ai": ai, "topics": topics, "customer": {"id": who},
        "tags": if n % 13 == 0 { json!(["spam"]) } else { json!([]) },
        "csat": if n % 7 == 0 { json!({"score": 1 + n % 5}) } else { Value::Null },
    });
    Pair { intercom: object, neutral }
}

/// A busy day of several pages, and other days of the last two weeks.
fn lot(last: &LastWeek) -> Vec<Pair> {
    let busy = (0..320).map(|n| pair(n, last.at(2, n)));
    let others = (320..420).map(|n| pair(n, last.at((n % 13) - 6, 30 + n)));
    busy.chain(others).collect()
}

fn rules(world: World) -> World {
    world.with("CXBOT__EXCLUSIONS", r#"[{ name = "spam", reason = "advertising", tag = "spam" }]"#)
}

async fn check(world: &World, last: &LastWeek, neutral: &[Value]) {
    let settings = Settings { tag_rules: vec![("spam", "spam")], ..Settings::new(ZONE) };
    let as_of = last.as_of.parse().expect("an instant");
    let wanted = independent::counts(neutral, last.week.monday(), as_of, &settings);
    let digest = world.digest(&last.week.to_string(), &last.as_of).await;
    assert_eq!(independent::counts_of_digest(&digest), wanted);
}

fn neutral(pairs: &[Pair]) -> Vec<Value> {
    pairs.iter().map(|pair| pair.neutral.clone()).collect()
}
