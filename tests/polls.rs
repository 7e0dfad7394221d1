//! The mood poll over the weeks of a year and more, with a clock that is moved by hand.

use std::collections::BTreeMap;

use cxbot::chat::form::Values;
use cxbot::config::{Config, PersonConfig};
use cxbot::host::people::{invoker, stranger};
use cxbot::store::Address;
use cxbot_sdk::Invoker;
use jiff::civil::{Weekday, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::json;

use crate::world::moved::{Moved, OPERATOR, SUPPORT, Setup};
use crate::world::slack::{Shown, What};

const ZONE: &str = "Europe/Dublin";
const WEEKS: i64 = 60;
const LEADERS: [&str; 7] = [
    "U0LEAD0001",
    "U0LEAD0002",
    "U0LEAD0003",
    "U0LEAD0004",
    "U0LEAD0005",
    "U0LEAD0006",
    "U0LEAD0007",
];
/// Lives in New York.
const FAR: &str = LEADERS[6];
/// Lives where mornings begin at half past.
const HALF: &str = LEADERS[5];

fn with_poll(config: &mut Config) {
    let mood = json!({"channels": [format!("slack:{SUPPORT}")], "skip": ["2026-12-28"]});
    config.plugins.insert("mood".to_owned(), mood);
    let lives_in = |name: &str, slack: &str, zone: &str| PersonConfig {
        name: name.to_owned(),
        slack: Some(slack.to_owned()),
        timezone: Some(zone.to_owned()),
        ..PersonConfig::default()
    };
    config.people =
        vec![lives_in("Farah", FAR, "America/New_York"), lives_in("Ira", HALF, "Asia/Kolkata")];
}

async fn office(now: &str, address: Address) -> Moved {
    let setup = Setup { change: with_poll, digest: json!({}), ..Setup::new(ZONE, &address) };
    let moved = Moved::start(setup, now).await;
    moved.slack.grant(&["users:read", "im:write", "im:history"]);
    for leader in LEADERS {
        moved.slack.put_user(leader, &leader.to_lowercase());
        moved.slack.say(SUPPORT, leader, "hello");
    }
    moved.at_instant(now).await;
    moved
}

async fn say(moved: &Moved, poll: &str, person: &str, word: &str) -> String {
    say_as(moved, poll, stranger(person), word).await
}

async fn say_as(moved: &Moved, poll: &str, invoker: Invoker, word: &str) -> String {
    let id = format!("mood/say?/{}", json!({"poll": poll}));
    let values: Values = [("word".to_owned(), word.to_owned())].into();
    match moved.app.submit(&id, &values, invoker).await {
        Ok(cxbot_sdk::Reply::Private(message)) => message.plain(),
        Ok(other) => panic!("{other:?}"),
        Err(error) => error.to_string(),
    }
}

/// The polls that stand in the channel, oldest first.
fn polls(moved: &Moved) -> Vec<Shown> {
    let all = moved.slack.channel(SUPPORT).into_iter();
    all.filter(|post| post.text.contains("feel last week")).collect()
}

fn posted_at(post: &Shown) -> Timestamp {
    let seconds: f64 = post.ts.parse().expect("a number of seconds");
    Timestamp::from_second(seconds as i64).expect("an instant")
}

#[tokio::test]
async fn for_sixty_weeks_there_is_one_poll_a_week_at_the_right_local_time_with_the_right_text() {
    let zone = TimeZone::get(ZONE).expect("a zone");
    let moved = office("2026-09-04T12:00:00Z", Address::Memory).await;
    let local = |day: jiff::civil::Date, hour: i8, minute: i8| {
        zone.to_timestamp(day.at(hour, minute, 0, 0)).expect("a time")
    };
    let mut monday = date(2026, 9, 7);
    let mut skipped = 0;
    for week in 0..WEEKS {
        let name = monday.checked_sub(1.week()).expect("a day").iso_week_date();
        let name = format!("{}-W{:02}", name.year(), name.week());
        moved.at(local(monday, 9, 59)).await;
        let before = polls(&moved).len();
        moved.at(local(monday, 10, 0)).await;
        let now = polls(&moved);
        if monday == date(2026, 12, 28) {
            assert_eq!(now.len(), before, "a day that is skipped");
            skipped += 1;
        } else {
            assert_eq!(now.len(), before + 1, "{monday}");
            let post = now.last().expect("just seen");
            let at = zone.to_datetime(posted_at(post));
            assert_eq!(
                (at.weekday(), at.hour(), at.minute()),
                (Weekday::Monday, 10, 0),
                "{monday}"
            );
            assert_eq!(post.fallback, "In one word, how did the CX Score make you feel last week?");
            for (leader, word) in
                LEADERS[..5].iter().zip(["calm", "Calm", "tired", "calm", "TIRED"])
            {
                let said = say(&moved, &name, leader, word).await;
                assert!(said.starts_with("Recorded"), "{week} {leader}: {said}");
            }
            moved.at(local(monday, 10, 1)).await;
            let post = polls(&moved).pop().expect("the poll");
            assert!(post.blocks.to_string().contains("5 of 7 answered."), "{}", post.blocks);
            moved.at(local(monday.tomorrow().expect("a day"), 12, 0)).await;
            let post = polls(&moved).pop().expect("the poll");
            let blocks = post.blocks.to_string();
            for words in
                ["calm", "▇▇▇▇▇▇▇▇▇▇▇▇ 3", "tired", "▇▇▇▇▇▇▇▇ 2", "side by side, no link claimed"]
            {
                assert!(blocks.contains(words), "{monday} {words}: {blocks}");
            }
            assert!(week == 0 || blocks.contains("The weeks before"), "{blocks}");
            assert!(say(&moved, &name, LEADERS[0], "late").await.contains("This poll is closed"));
        }
        monday = monday.checked_add(1.week()).expect("a day");
    }
    assert_eq!(polls(&moved).len() as i64, WEEKS - skipped);
    let posted = moved.slack.timeline(SUPPORT);
    let posted = posted.iter().filter(|event| event.what == What::Posted).count();
    let hellos = LEADERS.len() as i64;
    assert_eq!(
        posted as i64 - hellos,
        WEEKS - skipped,
        "each stands there once and is edited in place"
    );
    assert_eq!(moved.slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn those_who_have_not_answered_are_reminded_once_in_their_own_morning() {
    let moved = office("2026-11-13T12:00:00Z", Address::Memory).await;
    moved.at_instant("2026-11-16T10:00:00Z").await;
    for leader in &LEADERS[..4] {
        say(&moved, "2026-W46", leader, "calm").await;
    }
    let mut reminded: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut now: Timestamp = "2026-11-16T10:00:00Z".parse().expect("an instant");
    while now < "2026-11-17T12:00:00Z".parse().expect("an instant") {
        now += SignedDuration::from_mins(15);
        moved.at(now).await;
        for leader in LEADERS {
            let there = moved.slack.timeline(&leader.replacen('U', "D", 1));
            let known = reminded.entry(leader.to_owned()).or_default();
            for post in there.iter().skip(known.len()) {
                assert!(post.text.contains("The poll is open until"), "{}", post.text);
                known.push(now.to_string());
            }
        }
    }
    reminded.retain(|_, times| !times.is_empty());
    // Nine in Dublin; nine in Kolkata is half past three there; nine in New York is two in the afternoon,
    // on the day the poll opened.
    let morning = vec!["2026-11-17T09:00:00Z".to_owned()];
    let half = vec!["2026-11-17T03:30:00Z".to_owned()];
    let far = vec!["2026-11-16T14:00:00Z".to_owned()];
    let wanted: BTreeMap<String, Vec<String>> = [(LEADERS[4], morning), (HALF, half), (FAR, far)]
        .map(|(leader, times)| (leader.to_owned(), times))
        .into();
    assert_eq!(reminded, wanted);
    assert_eq!(moved.slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_poll_goes_on_after_a_restart_and_closes_late_rather_than_never() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut moved =
        office("2026-11-13T12:00:00Z", Address::File(folder.path().join("cxbot.db"))).await;
    moved.at_instant("2026-11-16T10:00:00Z").await;
    for leader in &LEADERS[..6] {
        say(&moved, "2026-W46", leader, "calm").await;
    }
    moved.restart().await;
    assert!(say(&moved, "2026-W46", LEADERS[0], "tired").await.starts_with("Changed to"));
    // Nobody was there at noon on Tuesday.
    moved.restart().await;
    moved.at_instant("2026-11-18T08:00:00Z").await;
    let post = polls(&moved).pop().expect("the poll");
    let blocks = post.blocks.to_string();
    assert!(blocks.contains("▇ 5") && blocks.contains("6 of 7 answered"), "{blocks}");
    assert!(std::fs::read_dir(folder.path().join("keys")).expect("a folder").next().is_none());
    // Without the secret nothing can be counted, and that is said.
    moved.at_instant("2026-11-23T10:00:00Z").await;
    say(&moved, "2026-W47", LEADERS[1], "calm").await;
    for key in std::fs::read_dir(folder.path().join("keys")).expect("a folder") {
        std::fs::remove_file(key.expect("an entry").path()).expect("removed");
    }
    assert!(say(&moved, "2026-W47", LEADERS[2], "calm").await.contains("This poll is closed"));
    moved.at_instant("2026-11-24T12:00:00Z").await;
    let blocks = polls(&moved).pop().expect("the poll").blocks.to_string();
    assert!(blocks.contains("cannot be counted"), "{blocks}");
}

/// Someone whom the settings come to know while a poll is open.
fn lena() -> PersonConfig {
    PersonConfig {
        name: "Lena".to_owned(),
        email: Some("lena@example.com".to_owned()),
        slack: Some(LEADERS[0].to_owned()),
        discord: Some("1200000000000000001".to_owned()),
        ..PersonConfig::default()
    }
}

fn with_lena(config: &mut Config) {
    with_poll(config);
    config.people.push(lena());
}

#[tokio::test]
async fn whoever_the_settings_come_to_know_or_forget_meanwhile_is_the_same_voter() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut moved =
        office("2026-11-13T12:00:00Z", Address::File(folder.path().join("cxbot.db"))).await;
    moved.at_instant("2026-11-16T10:00:00Z").await;
    let week = "2026-W46";
    assert!(say(&moved, week, LEADERS[0], "calm").await.starts_with("Recorded"));
    moved.restart_with(with_lena).await;
    assert!(say_as(&moved, week, invoker(&lena()), "tired").await.starts_with("Changed to"));
    moved.restart_with(with_poll).await;
    assert!(say(&moved, week, LEADERS[0], "calm").await.starts_with("Changed to"));
    let nobody = say(&moved, week, "U0NOBODY01", "calm").await;
    assert!(nobody.contains("you are not among those whom this poll asks"), "{nobody}");
    moved.at_instant("2026-11-16T10:01:00Z").await;
    let blocks = polls(&moved).pop().expect("the poll").blocks.to_string();
    assert!(blocks.contains("1 of 7 answered"), "{blocks}");
}

fn by_message(config: &mut Config) {
    let audience: Vec<String> =
        LEADERS[..5].iter().chain([&"U0NOBODY01"]).map(|id| format!("slack:{id}")).collect();
    config.plugins.insert("mood".to_owned(), json!({"audience": audience}));
}

#[tokio::test]
async fn a_poll_by_direct_message_closes_for_those_who_got_it_and_names_nobody_who_did_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = Address::File(folder.path().join("cxbot.db"));
    let setup = Setup { change: by_message, digest: json!({}), ..Setup::new(ZONE, &address) };
    let moved = Moved::start(setup, "2026-11-13T12:00:00Z").await;
    moved.slack.grant(&["users:read", "im:write", "im:history"]);
    LEADERS.iter().for_each(|leader| moved.slack.put_user(leader, &leader.to_lowercase()));
    moved.at_instant("2026-11-13T12:00:00Z").await;
    moved.at_instant("2026-11-16T10:00:00Z").await;
    let post = |leader: &str| moved.slack.channel(&leader.replacen('U', "D", 1)).pop();
    for leader in &LEADERS[..5] {
        assert!(say(&moved, "2026-W46", leader, "calm").await.starts_with("Recorded"));
    }
    moved.at_instant("2026-11-16T10:20:00Z").await;
    let shown = post(LEADERS[0]).expect("the poll").blocks.to_string();
    assert!(shown.contains("5 of 6 answered"), "{shown}");
    let told: Vec<String> =
        moved.slack.channel(OPERATOR).into_iter().map(|post| post.blocks.to_string()).collect();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].contains("did not get to someone by direct message on slack"), "{told:#?}");
    assert!(!told[0].contains("U0NOBODY01"), "{told:#?}");
    // Even once nobody can tell any more who was asked, whoever got it sees how it ended.
    for key in std::fs::read_dir(folder.path().join("keys")).expect("a folder") {
        std::fs::remove_file(key.expect("an entry").path()).expect("removed");
    }
    moved.at_instant("2026-11-17T12:00:00Z").await;
    let shown = post(LEADERS[0]).expect("the poll").blocks.to_string();
    assert!(shown.contains("cannot be counted"), "{shown}");
    assert_eq!(moved.app.store().ballots().await.expect("read"), []);
}
