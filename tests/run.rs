//! `cxbot run` as a stranger starts it: by environment alone, against strict fakes, stopped, doubled
//! and killed.

use std::collections::BTreeMap;
use std::time::Duration;

use cxbot_sdk::week::Week;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::world::World;
use crate::world::intercom::{Intercom, admin, closed_by, conversation, scored, with};
use crate::world::slack::{Fault, Shown, Slack, What};

const SUPPORT: &str = "C0SUPPORT1";
const SECOND: &str = "C0SECOND01";
const ZONE: &str = "Europe/Dublin";
const REPLIES: usize = 7;

/// An Intercom in which Ana closed sixty conversations last week.
async fn intercom() -> Intercom {
    let intercom = Intercom::start().await;
    intercom.put_admin(admin("11", "Ana Silva"));
    for n in 0..60 {
        let score = if n % 4 == 0 { 2 } else { 5 };
        put(&intercom, n, score);
    }
    intercom
}

fn put(intercom: &Intercom, n: i64, score: u8) {
    let zone = TimeZone::get(ZONE).expect("a bundled zone");
    let week = Week::complete_before(Timestamp::now(), &zone);
    let closed_at = week.start(&zone) + SignedDuration::from_hours(1 + 2 * n);
    let object = conversation(&(1_000 + n).to_string(), closed_at.as_second());
    let object = with(object, closed_by("11"));
    intercom.put(with(object, scored(json!(score), "It was solved quickly.")));
}

async fn slack() -> Slack {
    let slack = Slack::start().await;
    slack.put_channel(SUPPORT, "support");
    slack.put_channel(SECOND, "second");
    slack
}

/// A schedule for the next full minute, or the one after it if that is too near.
fn next_minute() -> String {
    let zone = TimeZone::get(ZONE).expect("a bundled zone");
    let now = Timestamp::now();
    let next = if zone.to_datetime(now).second() > 50 { 2 } else { 1 };
    let then = zone.to_datetime(now + SignedDuration::from_mins(next));
    format!("{} {} * * *", then.minute(), then.hour())
}

fn whole(shown: &[Shown]) -> bool {
    shown.len() == 1 && shown[0].replies.len() == REPLIES
}

#[tokio::test]
async fn a_strangers_path_from_the_environment_to_the_channel_and_a_late_score() {
    let (intercom, slack) = (intercom().await, slack().await);
    let schedule = next_minute();
    let world = World::around(&intercom)
        .posting_to(&slack, &[SUPPORT])
        .with("CXBOT__PLUGINS__DIGEST__SCHEDULE", &schedule)
        .with("CXBOT__SCHEDULE__SYNC", "* * * * *");
    let mut running = world.start(&["run"]);
    let minutes = Duration::from_secs(150);
    running.until("a digest", minutes, || whole(&slack.channel(SUPPORT))).await;
    let first = slack.channel(SUPPORT)[0].clone();
    assert!(first.text.contains("Scored 60 of 60 closed"), "{}", first.text);
    let posted = Timestamp::from_second(slack.timeline(SUPPORT)[0].time as i64).expect("a time");
    let local = TimeZone::get(ZONE).expect("a bundled zone").to_datetime(posted);
    let minute = schedule.split(' ').next().expect("a minute");
    assert_eq!(local.minute().to_string(), minute, "{local}");
    put(&intercom, 0, 5);
    let corrected = || slack.channel(SUPPORT)[0].text.contains("corrected ");
    running.until("a correction", minutes, corrected).await;
    running.until("all replies", minutes, || whole(&slack.channel(SUPPORT))).await;
    assert_eq!(slack.channel(SUPPORT)[0].ts, first.ts, "the same message");
    let (end, took) = running.terminate().await;
    assert!(end.success() && took < Duration::from_secs(10), "{end} after {took:?}");
    assert!(!running.log().contains(Slack::BOT_TOKEN) && !running.log().contains(Intercom::TOKEN));
    assert_eq!(slack.complaints(), [""; 0]);
    assert_eq!(intercom.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_digest_can_be_posted_by_hand_and_a_second_time_is_the_same_message() {
    let (intercom, slack) = (intercom().await, slack().await);
    let world = World::around(&intercom).posting_to(&slack, &[SUPPORT, SECOND]);
    world.ok(&["sync"]).await;
    slack.kick(SECOND);
    let ran = world.run(&["digest", "--post"]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines[0], "slack:C0SUPPORT1: the digest is there, with 7 replies.");
    assert!(lines[1].starts_with("slack:C0SECOND01: 0 of 8 posts are there: Slack answers "));
    assert!(lines[1].ends_with("not_in_channel: type /invite @cxbot in the channel"), "{lines:?}");
    assert!(whole(&slack.channel(SUPPORT)));
    let again = world.run(&["digest", "--post"]).await;
    assert_eq!(again.stdout.lines().next(), Some(lines[0]));
    assert_eq!(slack.timeline(SUPPORT).len(), 1 + REPLIES, "nothing was posted or edited");
    slack.invite(SECOND);
    assert_eq!(world.run(&["digest", "--post"]).await.code, Some(0), "another try at once");
    assert!(whole(&slack.channel(SECOND)));
    let running = world.run(&["check", "--running"]).await;
    assert_eq!(running.code, Some(1));
    assert_eq!(running.stderr, "cxbot: cxbot run does not live on this store; start it\n");
    assert_eq!(slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_look_at_slack_names_what_is_missing_and_what_to_do() {
    let slack = slack().await;
    let world = World::new()
        .posting_to(&slack, &[SUPPORT, SECOND])
        .with("SLACK_APP_TOKEN", Slack::APP_TOKEN);
    slack.grant(&["commands", "im:write", "im:history"]);
    let good = world.ok(&["check", "--online"]).await;
    for line in [
        "ok       slack            every scope is granted",
        "ok       slack            the bot is in C0SUPPORT1 (support)",
        "ok       slack            the app token opens Socket Mode",
    ] {
        assert!(good.contains(line), "{good}");
    }
    slack.revoke("groups:history");
    slack.kick(SECOND);
    let ran = world.run(&["check", "--online"]).await;
    assert_eq!(ran.code, Some(1));
    for line in [
        "problem  slack            the scope groups:history is missing (the same in private \
         channels): add it to the app and install it anew",
        "problem  slack            the bot is not in C0SECOND01 (second): type /invite @cxbot in the \
         channel",
    ] {
        assert!(ran.stdout.contains(line), "{}", ran.stdout);
    }
    slack.token_error(Some("token_revoked"));
    let ran = world.run(&["check", "--online"]).await;
    assert!(ran.stdout.contains("token_revoked: the token was revoked: install the app anew"));
    assert_eq!(slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_second_process_on_the_same_store_is_refused_and_the_first_goes_on() {
    let world = World::new();
    let mut first = world.start(&["run"]);
    let ready = || first.log().contains("is next due");
    first.until("a start", Duration::from_secs(20), ready).await;
    let second = world.run(&["run"]).await;
    assert_eq!(second.code, Some(1));
    let line = second.stderr.lines().last().unwrap_or_default();
    assert!(line.starts_with("cxbot: another cxbot runs on this store (process "), "{line}");
    assert!(
        line.ends_with("stop that one first, or give this one a store of its own with store.url")
    );
    // Other commands may look at the store meanwhile.
    world.ok(&["digest"]).await;
    assert!(world.ok(&["check", "--running"]).await.starts_with("process "));
    // Nor may one with other settings count away what the bot counts by.
    let elsewhere = [("CXBOT__WORKSPACE__TIMEZONE", "Pacific/Auckland")];
    let looked = world.run_with(&elsewhere, &["check"]).await;
    assert_eq!(looked.code, Some(0), "a look changes nothing");
    let refused = world.run_with(&elsewhere, &["digest"]).await;
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("a bot runs on this store with other settings"));
    world.ok(&["digest"]).await;
    let (end, took) = first.terminate().await;
    assert!(end.success() && took < Duration::from_secs(10), "{end} after {took:?}");
    let mut third = world.start(&["run"]);
    third.until("a start", Duration::from_secs(20), || third.log().contains("is next due")).await;
    third.kill().await;
    let fourth = world.start(&["run"]);
    let ready = || fourth.log().contains("is next due");
    fourth.until("a start at once after a kill", Duration::from_secs(5), ready).await;
}

#[tokio::test]
async fn it_stops_within_ten_seconds_while_everything_hangs() {
    let (intercom, slack) = (intercom().await, slack().await);
    let world = World::around(&intercom)
        .posting_to(&slack, &[SUPPORT])
        .with("CXBOT__PLUGINS__DIGEST__SCHEDULE", "* * * * *");
    slack.fault("chat.postMessage", [Fault::HangAfter]);
    let mut running = world.start(&["run"]);
    let posted = || !slack.timeline(SUPPORT).is_empty();
    running.until("a post without an answer", Duration::from_secs(100), posted).await;
    intercom.fault(
        "/conversations/search",
        [crate::world::intercom::Fault::Slow(Duration::from_secs(60))],
    );
    let (end, took) = running.terminate().await;
    assert!(end.success() && took < Duration::from_secs(10), "{end} after {took:?}");
    // The next one finds out that the post was made.
    let mut again = world.start(&["run"]);
    let all = || whole(&slack.channel(SUPPORT));
    again.until("the thread under it", Duration::from_secs(100), all).await;
    again.terminate().await;
}

#[tokio::test]
async fn two_processes_take_turns_on_postgresql() {
    let Some(url) = crate::world::postgres::database().await else { return };
    let world = World::new().with("CXBOT__STORE__URL", &url);
    let mut first = world.start(&["run"]);
    let ready = || first.log().contains("is next due");
    first.until("a start", Duration::from_secs(20), ready).await;
    let mut second = world.start(&["run"]);
    let refused = second.ended(Duration::from_secs(30)).await;
    assert_eq!(refused.and_then(|end| end.code()), Some(1), "{}", second.log());
    assert!(second.log().contains("another cxbot runs on this store"), "{}", second.log());
    let (end, _) = first.terminate().await;
    assert!(end.success());
    let mut third = world.start(&["run"]);
    let ready = || third.log().contains("is next due");
    third.until("a start at once", Duration::from_secs(5), ready).await;
    third.terminate().await;
}

/// Places of the code where the process ends at once, tried one after another.
const PLACES: [&str; 8] = [
    "slot claimed:1",
    "job ran:1",
    "intent stored:1",
    "post answered:1",
    "intent stored:4",
    "post answered:5",
    "edit answered:1",
    "edit answered:2",
];

/// `CXBOT_KILLS` asks for more of them than the short gate needs.
#[tokio::test]
async fn killed_again_and_again_every_digest_is_seen_once_in_each_channel() {
    let kills: u64 = std::env::var("CXBOT_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(16);
    let (intercom, slack) = (intercom().await, slack().await);
    let world = bot(&intercom, &slack);
    until_something_is_due(&world).await;
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut crashes: BTreeMap<&str, u64> = BTreeMap::new();
    for kill in 0..kills {
        // Late scores, so that there is something to edit.
        put(&intercom, (kill % 60) as i64, 1 + (kill % 5) as u8);
        let place = PLACES[kill as usize % PLACES.len()];
        let at_a_place = kill % 2 == 0;
        let mut running = match at_a_place {
            true => world.start_to_crash(&["run"], place),
            false => world.start(&["run"]),
        };
        // A named place needs some time to be come to.
        let most = if at_a_place { 9_000 } else { 3_000 };
        let after = Duration::from_millis(random.random_range(100..most));
        let crashed = running.ended(after).await.is_some();
        running.kill().await;
        let how = if crashed && at_a_place { place } else { "a random moment" };
        *crashes.entry(how).or_default() += 1;
    }
    let mut running = world.start(&["run"]);
    let quiet = quiet_for(&slack, Duration::from_secs(20));
    let seen = [SUPPORT, SECOND].map(|channel| slack.channel(channel).len());
    tokio::time::timeout(Duration::from_secs(400), quiet).await.expect("it settles in the end");
    let (end, _) = running.terminate().await;
    assert!(end.success(), "{}", running.log());
    println!("{kills} kills: {crashes:?}; before the last start the channels held {seen:?}");
    check_channel(&slack, SUPPORT);
    check_channel(&slack, SECOND);
    check_contents(&world, &slack).await;
    check_store(&world, &intercom).await;
    assert_eq!(slack.complaints(), [""; 0]);
    assert_eq!(intercom.complaints(), [""; 0]);
}

/// The default edition has no name in its heading.
const EDITIONS: [&str; 5] = ["all", "people", "desk", "night", "days"];

/// Every edition in both channels, due every minute.
fn bot(intercom: &Intercom, slack: &Slack) -> World {
    let world = World::around(intercom).posting_to(slack, &[SUPPORT, SECOND]);
    let mut settings = "[plugins.digest]\nschedule = \"* * * * *\"\n".to_owned();
    for edition in &EDITIONS[1..] {
        settings += &format!(
            "[[plugins.digest.editions]]\nname = \"{edition}\"\nfilter = {{ lane = \"human\" }}\n\
             destinations = [\"slack:{SUPPORT}\", \"slack:{SECOND}\"]\n"
        );
    }
    std::fs::create_dir(world.path("config")).expect("a folder");
    world.write("config/cxbot.toml", settings);
    world
}

/// Lets the program see its schedule, and is back when the first digest is due.
async fn until_something_is_due(world: &World) {
    let mut running = world.start(&["run"]);
    let ready = || running.log().contains("Read 60 conversations");
    running.until("a first sync", Duration::from_secs(20), ready).await;
    running.kill().await;
    let second = u64::try_from(Timestamp::now().as_second() % 60).expect("positive");
    tokio::time::sleep(Duration::from_secs(61 - second)).await;
}

/// Waits until all digests are there and nothing has changed for so long.
async fn quiet_for(slack: &Slack, long: Duration) {
    let seen = || [SUPPORT, SECOND].map(|channel| slack.timeline(channel).len());
    let mut last = (seen(), std::time::Instant::now());
    while last.1.elapsed() < long {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let there = [SUPPORT, SECOND].iter().all(|channel| is_complete(slack, channel));
        if seen() != last.0 || !there {
            last = (seen(), std::time::Instant::now());
        }
    }
}

fn is_complete(slack: &Slack, channel: &str) -> bool {
    let shown = slack.channel(channel);
    shown.len() == EDITIONS.len() && shown.iter().all(|parent| parent.replies.len() == REPLIES)
}

/// Every post was made once and stands where it belongs.
fn check_channel(slack: &Slack, channel: &str) {
    let mut posts: BTreeMap<String, u32> = BTreeMap::new();
    for event in slack.timeline(channel) {
        if event.what == What::Posted {
            let id = event.body["metadata"]["event_payload"]["id"].clone();
            *posts.entry(id.to_string()).or_default() += 1;
        }
        assert_ne!(event.what, What::Deleted);
    }
    let doubled: Vec<_> = posts.iter().filter(|(_, times)| **times != 1).collect();
    assert!(doubled.is_empty(), "{channel}: {doubled:?}");
    assert!(is_complete(slack, channel), "{channel}: {:#?}", slack.channel(channel));
}

/// What people see is what the program prints for the same week.
async fn check_contents(world: &World, slack: &Slack) {
    for edition in EDITIONS {
        let printed = world.ok(&["digest", "--format", "slack", "--edition", edition]).await;
        let printed: Vec<Value> = serde_json::from_str(&printed).expect("JSON");
        let shown = slack.channel(SUPPORT);
        let heading = |shown: &&Shown| {
            let named = EDITIONS.iter().find(|name| shown.text.contains(&format!(" · {name} · ")));
            *named.unwrap_or(&"all") == edition
        };
        let parent = shown.iter().find(heading).expect("this edition");
        for (reply, wanted) in parent.replies.iter().zip(&printed[1..REPLIES + 1]) {
            assert_eq!(reply.blocks, wanted["blocks"], "{edition}");
        }
        let mut blocks = parent.blocks.as_array().expect("blocks").clone();
        blocks.retain(|block| !block.to_string().contains("corrected "));
        assert_eq!(Value::from(blocks), printed[0]["blocks"], "{edition}");
    }
}

/// The store is what an undisturbed sync makes of the same Intercom.
async fn check_store(world: &World, intercom: &Intercom) {
    let clean = World::around(intercom);
    clean.ok(&["sync"]).await;
    world.ok(&["sync"]).await;
    assert_eq!(world.ok(&["export"]).await, clean.ok(&["export"]).await);
    assert!(world.ok(&["rebuild"]).await.contains("no difference"));
}
