//! Intercom in, digest out: the real program against the strict fake, whatever goes wrong between.

use std::time::Duration;

use cxbot_sdk::week::Week;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::independent::{self, Settings};
use crate::world::World;
use crate::world::intercom::{
    Fault, Intercom, admin, by_fin, closed_by, company, contact, conversation, from_contact,
    scored, team, with,
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

#[tokio::test]
async fn every_count_is_right_whatever_goes_wrong_on_the_way() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    let pairs = lot(&last);
    pairs.iter().for_each(|pair| intercom.put(pair.intercom.clone()));
    intercom.fault(
        SEARCH,
        [
            Fault::Status(500),
            Fault::RateLimited { reset_in: Duration::from_secs(1) },
            Fault::Cut,
            Fault::CutBody,
            Fault::Html(503),
            Fault::RepeatCursor,
            Fault::EmptyPageWithNext,
        ],
    );
    intercom.fault("/me", [Fault::Cut]);
    intercom.fault("/admins", [Fault::Status(502)]);
    intercom.fault("/contacts/search", [Fault::CutBody, Fault::Status(500)]);
    let world = rules(World::around(&intercom));
    let summary = world.ok(&["sync"]).await;
    assert!(summary.contains("odd scores kept as \"no score\""), "{summary}");
    check(&world, &last, &neutral(&pairs)).await;
    assert!(world.ok(&["rebuild"]).await.contains("no difference"));
    assert_eq!(intercom.complaints(), [""; 0]);
}

#[tokio::test]
async fn late_scores_second_closes_and_deletions_are_followed() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    let mut pairs = lot(&last);
    pairs.iter().for_each(|pair| intercom.put(pair.intercom.clone()));
    let world = rules(World::around(&intercom));
    world.ok(&["sync"]).await;
    // A score arrives without a trace in updated_at.
    intercom.edit("1017", scored(2, "Late."));
    pairs[17].neutral["score"] = json!(2);
    // Reopened and closed again, a day later.
    let again = last.at(3, 5);
    intercom
        .edit("1001", |conversation| conversation["statistics"]["last_close_at"] = json!(again));
    pairs[1].neutral["closed_at"] =
        json!(Timestamp::from_second(again).expect("in range").to_string());
    intercom.delete("1002", Timestamp::now().as_second());
    pairs.remove(2);
    let summary = world.ok(&["sync"]).await;
    assert!(summary.contains(" 0 new, 2 changed,") && summary.contains("1 deleted"), "{summary}");
    check(&world, &last, &neutral(&pairs)).await;
    assert!(world.ok(&["rebuild"]).await.contains("no difference"));
    assert_eq!(intercom.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_merged_customer_counts_once_and_keeps_one_name() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    for (n, who) in ["c1", "c2", "c3"].into_iter().enumerate() {
        let id = (n + 1).to_string();
        let object = with(conversation(&id, last.at(1, 0)), from_contact(&customer(who)));
        intercom.put(with(object, scored(5, "Fine.")));
    }
    // Merged before the first look: the conversation still names the old contact.
    intercom.merge_contact("c3", "c1");
    let world = World::around(&intercom);
    world.ok(&["sync"]).await;
    let customers = |records: &[Value]| -> Vec<String> {
        let one = |record: &Value| record["customer"]["name"].as_str().expect("a name").to_owned();
        records.iter().map(one).collect()
    };
    assert_eq!(customers(&world.records().await), ["Customer 1", "Customer 2", "Customer 1"]);
    let digest = world.digest(&last.week.to_string(), &last.as_of).await;
    assert_eq!(digest["lanes"][0]["customers"], 2);
    // Merged later; a new conversation of the remaining contact brings it to light.
    intercom.merge_contact("c2", "c4");
    let object = with(conversation("9", last.at(1, 0)), from_contact(&customer("c4")));
    intercom.put(with(object, scored(4, "Fine.")));
    world.ok(&["sync"]).await;
    let records = world.records().await;
    assert_eq!(customers(&records), ["Customer 1", "Customer 4", "Customer 1", "Customer 4"]);
    let digest = world.digest(&last.week.to_string(), &last.as_of).await;
    assert_eq!(digest["lanes"][0]["customers"], 2);
    assert!(world.ok(&["rebuild"]).await.contains("no difference"));
    assert_eq!(intercom.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_customers_company_comes_from_the_conversation_or_else_from_the_contact() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    let acme = company("co1", "Acme Ltd");
    intercom.put_company(with(acme, |company| company["company_id"] = json!("acme")));
    intercom.put_contact(with(customer("c1"), |contact| {
        contact["companies"]["data"] =
            json!([{"type": "company", "id": "co1", "url": "/companies/co1"}]);
        contact["companies"]["total_count"] = json!(1);
    }));
    intercom.put(with(conversation("1", last.at(1, 0)), from_contact(&customer("c1"))));
    let own = with(conversation("2", last.at(1, 0)), from_contact(&customer("c1")));
    intercom.put(with(own, |conversation| conversation["company"] = company("co2", "Other")));
    let world = World::around(&intercom);
    world.ok(&["sync"]).await;
    let records = world.records().await;
    assert_eq!(records[0]["customer"]["company"]["id"], "acme");
    assert_eq!(records[0]["customer"]["company"]["name"], "Acme Ltd");
    assert_ne!(records[1]["customer"]["company"]["id"], "acme");
    assert_eq!(intercom.complaints(), [""; 0]);
}

#[tokio::test]
async fn an_export_imported_elsewhere_gives_the_same_digest_and_the_same_export() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    lot(&last).into_iter().for_each(|pair| intercom.put(pair.intercom));
    let synced = rules(World::around(&intercom));
    synced.ok(&["sync"]).await;
    let export = synced.ok(&["export"]).await;
    let imported = rules(World::new());
    imported.write("records.jsonl", &export);
    imported.ok(&["import", "records.jsonl"]).await;
    assert_eq!(imported.ok(&["export"]).await, export);
    let (week, as_of) = (last.week.to_string(), &last.as_of);
    assert_eq!(imported.digest(&week, as_of).await, synced.digest(&week, as_of).await);
}

#[tokio::test]
async fn postgresql_gives_the_same_export_and_the_same_digest() {
    let Some(url) = crate::world::postgres::database().await else { return };
    let last = LastWeek::new();
    let intercom = workspace().await;
    lot(&last).into_iter().for_each(|pair| intercom.put(pair.intercom));
    let sqlite = rules(World::around(&intercom));
    let postgres = rules(World::around(&intercom)).with("DATABASE_URL", &url);
    for world in [&sqlite, &postgres] {
        world.ok(&["sync"]).await;
        intercom.edit("1003", scored(2, "Another opinion."));
        world.ok(&["sync"]).await;
        intercom.edit("1003", scored(2, "The last word."));
        world.ok(&["sync"]).await;
    }
    assert_eq!(postgres.ok(&["export"]).await, sqlite.ok(&["export"]).await);
    let (week, as_of) = (last.week.to_string(), &last.as_of);
    assert_eq!(postgres.digest(&week, as_of).await, sqlite.digest(&week, as_of).await);
    assert!(postgres.ok(&["rebuild"]).await.contains("no difference"));
    assert!(postgres.ok(&["check"]).await.contains("ok       store"));
    assert!(!postgres.path("data").exists(), "nothing is kept in a file");
    let nowhere = World::new().with("DATABASE_URL", "postgres://u:c2VjcmV0@127.0.0.1:9/x");
    let ran = nowhere.run(&["digest"]).await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("check store.url and that the server runs"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("c2VjcmV0"), "{}", ran.stderr);
}

/// `CXBOT_KILLS` asks for more of them than the short gate needs.
#[tokio::test]
async fn a_sync_that_is_killed_again_and_again_ends_like_one_that_was_not() {
    let kills: u64 = std::env::var("CXBOT_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(12);
    let last = LastWeek::new();
    let intercom = workspace().await;
    lot(&last).into_iter().for_each(|pair| intercom.put(pair.intercom));
    let clean = rules(World::around(&intercom));
    clean.ok(&["sync"]).await;
    let wanted = clean.ok(&["export"]).await;
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut killed = 0;
    while killed < kills {
        let world = rules(World::around(&intercom));
        for _ in 0..4 {
            let after = Duration::from_millis(random.random_range(5..160));
            killed += u64::from(!world.run_and_kill(&["sync"], after).await);
        }
        world.ok(&["sync"]).await;
        assert_eq!(world.ok(&["export"]).await, wanted, "after {killed} kills");
        assert!(world.ok(&["rebuild"]).await.contains("no difference"));
    }
    println!("{killed} kills, every export equal to the undisturbed one");
}

#[tokio::test]
async fn big_pages_that_time_out_are_asked_for_in_smaller_ones() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    let pairs = lot(&last);
    pairs.iter().for_each(|pair| intercom.put(pair.intercom.clone()));
    intercom
        .fault(SEARCH, [Fault::Slow(Duration::from_secs(8)), Fault::Slow(Duration::from_secs(8))]);
    let world = rules(World::around(&intercom)).with("CXBOT__INTERCOM__TIMEOUT", "2s");
    world.ok(&["sync"]).await;
    check(&world, &last, &neutral(&pairs)).await;
    let sizes: Vec<Value> = intercom
        .seen()
        .iter()
        .filter(|seen| seen.path == SEARCH)
        .map(|seen| seen.body["pagination"]["per_page"].clone())
        .take(4)
        .collect();
    assert_eq!(sizes, [150, 50, 20, 20].map(Value::from));
}

#[tokio::test]
async fn the_rate_limit_of_the_headers_is_kept() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    let pairs = lot(&last);
    pairs.iter().for_each(|pair| intercom.put(pair.intercom.clone()));
    intercom.set_rate_limit(15, Duration::from_secs(1));
    let world = rules(World::around(&intercom));
    world.ok(&["sync"]).await;
    check(&world, &last, &neutral(&pairs)).await;
    let refused = intercom.seen().iter().filter(|seen| seen.status == Some(429)).count();
    assert_eq!(refused, 0, "the client waits before it is told to");
}

#[tokio::test]
async fn a_refused_token_is_one_clear_line_and_loses_nothing() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    lot(&last).into_iter().for_each(|pair| intercom.put(pair.intercom));
    let world = rules(World::around(&intercom));
    world.ok(&["sync"]).await;
    let before = world.ok(&["export"]).await;
    let world = world.with("INTERCOM_TOKEN", "bm90LXRoZS10b2tlbg==");
    let ran = world.run(&["sync"]).await;
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("the token was refused; check INTERCOM_TOKEN"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("bm90LXRoZS10b2tlbg"));
    assert_eq!(world.ok(&["export"]).await, before);
}

#[tokio::test]
async fn a_token_without_every_scope_still_brings_the_scores() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    let object = with(conversation("1", last.at(1, 0)), from_contact(&customer("c1")));
    intercom.put(with(object, scored(5, "Fine.")));
    intercom.fault("/teams", [Fault::Status(403)]);
    intercom.fault("/contacts/search", [Fault::Status(401)]);
    intercom.fault("/conversations/deleted", [Fault::Status(404)]);
    let world = World::around(&intercom);
    let summary = world.ok(&["sync"]).await;
    for note in [
        "Teams are known by id only: /teams answers 403 Forbidden.",
        "Customers are known by id only: /contacts/search answers 401 Unauthorized.",
        "Deleted conversations cannot be followed: /conversations/deleted answers 404 Not Found.",
    ] {
        assert!(summary.contains(note), "{note}\n{summary}");
    }
    let record =
        |records: Vec<Value>| (records[0]["score"].clone(), records[0]["customer"]["name"].clone());
    assert_eq!(record(world.records().await), (json!(5), Value::Null));
    // With the scopes given later, the next sync completes what is there.
    world.ok(&["sync"]).await;
    assert_eq!(record(world.records().await), (json!(5), json!("Customer 1")));
}

#[tokio::test]
async fn odd_shapes_are_kept_raw_and_reported_and_the_rest_is_read() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    let fine = |id: &str| with(conversation(id, last.at(1, 0)), scored(5, "Fine."));
    intercom.put(with(fine("1"), |c| c["custom_attributes"] = json!(["odd"])));
    intercom.put(with(fine("2"), |c| c["tags"] = json!("vip")));
    intercom.put(with(fine("3"), |c| c["teammates"] = json!({"teammates": "Ana"})));
    intercom.put(with(fine("4"), |c| c["contacts"] = json!(7)));
    intercom.put(fine("5"));
    let world = World::around(&intercom);
    let summary = world.ok(&["sync"]).await;
    assert!(summary.contains("Read 5 conversations: 5 new"), "{summary}");
    for field in ["custom_attributes (1)", "tags (1)", "teammates.teammates (1)", "contacts (1)"] {
        assert!(summary.contains(field), "{field}: {summary}");
    }
    let scored = world.records().await.iter().filter(|record| record["score"] == 5).count();
    assert_eq!(scored, 4);
}

#[tokio::test]
async fn the_log_names_nobody_and_no_token() {
    let last = LastWeek::new();
    let intercom = workspace().await;
    lot(&last).into_iter().for_each(|pair| intercom.put(pair.intercom));
    intercom.fault(SEARCH, [Fault::Status(500), Fault::CutBody]);
    intercom.fault("/contacts/search", [Fault::Status(500)]);
    intercom.fault("/conversations/deleted", [Fault::Cut]);
    let world = rules(World::around(&intercom));
    let ran = world.run(&["--log", "trace", "sync"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("trying again"));
    let said = ran.stderr + &ran.stdout;
    for secret in [Intercom::TOKEN, "Customer 1", "acme.example", "It was solved", "Ana Silva"] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}
