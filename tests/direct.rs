//! Direct messages as destinations: a digest gets to a person once, is edited where it stands, and
//! someone who cannot be written to stands in nobody's way.

use std::time::Duration;

use cxbot::store::Address;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::world::World;
use crate::world::discord::{Discord, Fault as Harm, Shown};
use crate::world::moved::{Moved, OPERATOR, Setup, closed};
use crate::world::process::Process;
use crate::world::scene::import;
use crate::world::slack::{Fault, Slack, What};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const REPLIES: usize = 7;
const SOON: Duration = Duration::from_secs(15);

/// A person in Slack and, in the fake, their channel with the bot.
const ANA: &str = "U0ANA00001";
const WITH_ANA: &str = "D0ANA00001";
const NOBODY: &str = "U0NOBODY01";

const CHANNEL: &str = "1100000000000000001";
const CARA: &str = "1200000000000000007";
const DAN: &str = "1200000000000000008";
const OPEN: &str = "POST /users/@me/channels";
const POST: &str = "POST /channels/{c}/messages";
const MONDAY: &str = "2026-11-16T09:00:00Z";

fn at(instant: &str) -> Timestamp {
    instant.parse().expect("an instant")
}

/// Started on the Friday before, with a week of conversations and a digest that goes to these people.
async fn slack(people: &[&str], address: Address) -> Moved {
    let people: Vec<String> = people.iter().map(|person| format!("slack:{person}")).collect();
    let setup =
        Setup { digest: json!({"destinations": people}), ..Setup::new("Europe/Dublin", &address) };
    let moved = Moved::start(setup, "2026-11-13T12:00:00Z").await;
    moved.slack.put_user(ANA, "ana");
    moved.slack.grant(&["im:write", "im:history"]);
    for n in 0..40 {
        let closed_at = at("2026-11-09T08:00:00Z") + HOUR * i32::try_from(n).expect("few") * 2;
        moved.feed.put(closed(n, closed_at, if n % 5 == 0 { 2 } else { 5 }));
    }
    moved.at_instant("2026-11-13T12:00:00Z").await;
    moved
}

fn one_digest(moved: &Moved, why: &str) -> String {
    let parents = moved.slack.channel(WITH_ANA);
    assert_eq!(parents.len(), 1, "{why}: {parents:#?}");
    assert_eq!(parents[0].replies.len(), REPLIES, "{why}");
    parents[0].text.clone()
}

fn posted(moved: &Moved) -> usize {
    let timeline = moved.slack.timeline(WITH_ANA);
    timeline.iter().filter(|event| event.what == What::Posted).count()
}

fn times(moved: &Moved, method: &str) -> usize {
    moved.slack.seen().iter().filter(|seen| seen.method == method).count()
}

#[tokio::test]
async fn in_slack_a_digest_gets_to_a_person_once_and_is_edited_there_after_a_restart_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut moved = slack(&[ANA], Address::File(folder.path().join("cxbot.db"))).await;
    moved.at_instant(MONDAY).await;
    assert!(one_digest(&moved, "posted").starts_with("CX week 46"));
    assert_eq!(times(&moved, "conversations.open"), 1, "the channel is kept");
    moved.restart().await;
    moved.feed.put(closed(0, at("2026-11-09T08:00:00Z"), 5));
    moved.at_instant("2026-11-16T11:05:00Z").await;
    let text = one_digest(&moved, "corrected");
    assert!(text.contains("corrected 11:05"), "{text}");
    assert_eq!(posted(&moved), 1 + REPLIES);
    assert_eq!(times(&moved, "conversations.open"), 2, "and found again after a restart");
    assert_eq!(moved.slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn in_slack_whatever_becomes_of_a_call_a_person_gets_each_post_once() {
    for (method, fault) in [
        ("chat.postMessage", Fault::CutAfter),
        ("chat.postMessage", Fault::Cut),
        ("chat.postMessage", Fault::StatusAfter(500)),
        ("chat.postMessage", Fault::RateLimited { retry_after: 30 }),
        ("chat.postMessage", Fault::HangAfter),
        ("conversations.open", Fault::CutAfter),
        ("conversations.open", Fault::Status(500)),
        ("conversations.open", Fault::Hang),
        ("conversations.open", Fault::NotJson),
        ("conversations.open", Fault::RateLimited { retry_after: 30 }),
    ] {
        let moved = slack(&[ANA], Address::Memory).await;
        let named = format!("{method} {fault:?}");
        let calm = || Fault::Slow(Duration::ZERO);
        moved.slack.fault(method, [fault, calm(), calm(), fault]);
        moved.slack.history_lag(Duration::from_secs(15));
        moved.at_instant(MONDAY).await;
        moved.pass(MINUTE * 15, SignedDuration::from_secs(5)).await;
        one_digest(&moved, &named);
        assert_eq!(posted(&moved), 1 + REPLIES, "{named}: none was there twice at any time");
        assert_eq!(moved.slack.channel(OPERATOR), [], "{named}: a hitch is no trouble");
        assert_eq!(moved.slack.complaints(), [""; 0], "{named}");
    }
}

#[tokio::test]
async fn in_slack_someone_who_cannot_be_written_to_is_held_and_stands_in_nobodys_way() {
    let moved = slack(&[NOBODY, ANA], Address::Memory).await;
    moved.at_instant(MONDAY).await;
    one_digest(&moved, "beside someone who is not there");
    moved.pass(HOUR, MINUTE * 5).await;
    let told = moved.slack.channel(OPERATOR);
    assert_eq!(told.len(), 1, "{told:#?}");
    let wanted = "did not get to slack:U0NOBODY01: Slack answers conversations.open with \
                  user_not_found: there is no such person: correct the id";
    assert!(told[0].text.contains(wanted), "{}", told[0].text);
    moved.slack.put_user(NOBODY, "new here");
    moved.pass(MINUTE * 15, MINUTE).await;
    assert_eq!(moved.slack.channel("D0NOBODY01").len(), 1, "once there, they get what they missed");
    assert_eq!(moved.slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn in_slack_a_missing_scope_is_named_and_once_granted_the_digest_comes() {
    for (scope, fault, wanted) in [
        ("im:write", None, "conversations.open with missing_scope im:write: grant the scope"),
        (
            "im:history",
            Some(Fault::CutAfter),
            "whether the post was made is not known. Slack answers conversations.history with \
             missing_scope im:history",
        ),
    ] {
        let moved = slack(&[ANA], Address::Memory).await;
        moved.slack.revoke(scope);
        moved.slack.fault("chat.postMessage", fault);
        moved.at_instant(MONDAY).await;
        moved.pass(HOUR, MINUTE).await;
        let told = moved.slack.channel(OPERATOR);
        assert!(told.len() == 1 && told[0].text.contains(wanted), "{told:#?}");
        moved.slack.grant(&[scope]);
        moved.pass(MINUTE * 15, MINUTE).await;
        one_digest(&moved, scope);
        assert_eq!(posted(&moved), 1 + REPLIES);
        assert_eq!(moved.slack.complaints(), [""; 0]);
    }
}

async fn discord() -> Discord {
    let discord = Discord::start().await;
    discord.identify_spacing(Duration::from_millis(10));
    discord.put_channel(CHANNEL, "support");
    discord.put_member(CARA, "cara", &[]);
    discord.put_member(DAN, "dan", &[]);
    discord
}

async fn world(discord: &Discord, destinations: &[&str]) -> World {
    let world = World::new().posting_to_discord(discord, destinations);
    import(&world).await;
    world
}

async fn post(world: &World) {
    world.ok(&["digest", "--week", "2026-W46", "--post"]).await;
}

async fn until_whole(discord: &Discord, running: &Process, why: &str) -> Vec<Shown> {
    let whole = || discord.direct(CARA).len() > REPLIES;
    running.until(why, SOON * 3, whole).await;
    discord.direct(CARA)
}

#[tokio::test]
async fn in_discord_a_digest_gets_to_a_person_once_and_is_edited_there() {
    let discord = discord().await;
    let person = format!("@{CARA}");
    let world = world(&discord, &[&person]).await;
    post(&world).await;
    let got = discord.direct(CARA);
    assert_eq!(got.len(), 1 + REPLIES, "{got:#?}");
    assert!(got[0].words().contains("CX week 46"), "{}", got[0].words());
    let loud: Vec<bool> = got.iter().map(|shown| !shown.silent).collect();
    assert_eq!(loud.iter().filter(|loud| **loud).count(), 1, "one sound for one digest: {loud:?}");
    assert!(got.iter().any(|shown| !shown.attachments.is_empty()), "charts come along");
    post(&world).await;
    assert_eq!(discord.direct(CARA), got, "nothing has changed");
    let late = json!({
        "source": "file", "id": "late", "score": 5, "closed_at": "2026-11-12T10:00:00Z",
        "teammates": [{"id": "1", "name": "Ana"}],
    });
    world.write("late.jsonl", late.to_string());
    world.ok(&["import", "late.jsonl"]).await;
    post(&world).await;
    let after = discord.direct(CARA);
    let ids = |all: &[Shown]| all.iter().map(|shown| shown.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&after), ids(&got), "edited where it stands");
    let words: String = after.iter().map(Shown::words).collect();
    assert!(words.contains("41 closed") && words.contains("corrected"), "{words}");
    assert_eq!((discord.complaints(), discord.notified()), (vec![], vec![]));
}

#[tokio::test]
async fn in_discord_whatever_becomes_of_a_call_a_person_gets_each_post_once() {
    for (route, harm) in [
        (POST, Harm::OddBody),
        (POST, Harm::CutAfter),
        (POST, Harm::Status(503)),
        (OPEN, Harm::CutAfter),
        (OPEN, Harm::OddBody),
        (OPEN, Harm::RateLimited { after: 1.0, global: false, shared: false }),
    ] {
        let discord = discord().await;
        discord.fault(route, [harm, harm]);
        let person = format!("@{CARA}");
        let world = world(&discord, &[&person]).await;
        world.run(&["digest", "--week", "2026-W46", "--post"]).await;
        discord.forget_nonces();
        let running = world.start(&["run"]);
        let named = format!("the digest after {route} {harm:?}");
        let got = until_whole(&discord, &running, &named).await;
        assert_eq!(got.len(), 1 + REPLIES, "{named}");
        assert_eq!((discord.complaints(), discord.notified()), (vec![], vec![]), "{named}");
    }
}

#[tokio::test]
async fn in_discord_a_kill_between_post_and_record_leaves_one_message() {
    let discord = discord().await;
    let person = format!("@{CARA}");
    let world = world(&discord, &[&person]).await;
    for place in ["post answered:1", "intent stored:2", "post answered:3"] {
        let post = ["digest", "--week", "2026-W46", "--post"];
        let mut dying = world.start_to_crash(&post, place);
        assert!(dying.ended(SOON).await.is_some(), "{place}");
        discord.forget_nonces();
    }
    post(&world).await;
    assert_eq!(discord.direct(CARA).len(), 1 + REPLIES);
    assert_eq!((discord.complaints(), discord.notified()), (vec![], vec![]));
}

#[tokio::test]
async fn in_discord_someone_who_takes_no_direct_messages_is_held_and_stands_in_nobodys_way() {
    let discord = discord().await;
    discord.takes_direct_messages(DAN, false);
    let (dan, cara) = (format!("@{DAN}"), format!("@{CARA}"));
    let world = world(&discord, &[&dan, &cara, CHANNEL]).await;
    let ran = world.run(&["digest", "--week", "2026-W46", "--post"]).await;
    assert_eq!(ran.code, Some(1));
    let printed = ran.stdout + &ran.stderr;
    let wanted = "Discord refuses to post a message (50007): the person takes no direct messages \
                  from the bot: they have to allow them in the server's privacy settings";
    assert!(printed.contains(wanted), "{printed}");
    assert_eq!(discord.direct(DAN), []);
    assert_eq!(discord.direct(CARA).len(), 1 + REPLIES);
    assert_eq!(discord.channel(CHANNEL).len(), 1);
    discord.takes_direct_messages(DAN, true);
    post(&world).await;
    assert_eq!(discord.direct(DAN).len(), 1 + REPLIES);
    assert_eq!(discord.direct(CARA).len(), 1 + REPLIES);
    assert_eq!((discord.complaints(), discord.notified()), (vec![], vec![]));
}

#[tokio::test]
async fn a_look_tells_whether_people_can_be_written_to() {
    let slack = Slack::start().await;
    slack.grant(&["commands", "im:write", "im:history"]);
    slack.put_user(ANA, "ana");
    let people = World::new().posting_to(&slack, &[ANA]);
    let good = people.ok(&["check", "--online"]).await;
    assert!(good.contains("the bot may write to U0ANA00001 directly"), "{good}");
    let ran = World::new().posting_to(&slack, &[NOBODY]).run(&["check", "--online"]).await;
    assert_eq!(ran.code, Some(1));
    let wanted = "U0NOBODY01: Slack answers conversations.open with user_not_found: there is no \
                  such person: correct the id";
    assert!(ran.stdout.contains(wanted), "{}", ran.stdout);
    let discord = discord().await;
    let person = format!("@{CARA}");
    let good =
        World::new().posting_to_discord(&discord, &[&person]).ok(&["check", "--online"]).await;
    assert!(good.contains(&format!("a direct message to {CARA} can be opened")), "{good}");
    assert_eq!((slack.complaints(), discord.complaints()), (vec![], vec![]));
}
