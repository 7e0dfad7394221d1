//! What customers wrote, full of planted personal data, goes through the whole program; none of it comes
//! out where it must not.

use std::collections::BTreeSet;
use std::time::Duration;

use cxbot_sdk::week::{Week, day_start};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::world::discord::{Acted, Discord, Shown as There};
use crate::world::process::Process;
use crate::world::scene::{ANA, button_in};
use crate::world::slack::{Fault, Shown, Slack};
use crate::world::{Ran, World};

/// Sentences with something personal in each, between "⟦" and "⟧".
const CORPUS: &str = include_str!("../src/host/redact/corpus/personal.txt");
/// Part of every customer's name.
const CUSTOMER: &str = "Quimby";

/// Channels by what they carry; the open one is not redacted.
const QUOTES: &str = "C0QUOTES01";
const NAMES: &str = "C0NAMES001";
const OPEN: &str = "C0OPEN0001";
const UNNAMED: &str = "C0UNNAMED1";
const FIGURES_DISCORD: &str = "1100000000000000001";
const NAMES_DISCORD: &str = "1100000000000000002";
const ANA_DISCORD: &str = "1200000000000000001";

/// Long, because other tests keep the machine busy.
const SOON: Duration = Duration::from_secs(120);
const WEEKS: i64 = 7;
const TOPICS: usize = 10;

fn sentences() -> Vec<String> {
    let lines = CORPUS.lines().filter(|line| !line.starts_with("# "));
    lines.map(|line| line.replace(['⟦', '⟧'], "")).collect()
}

/// What is searched for: every planted secret, and of longer ones the first half too, since a secret that
/// was cut is one still.
fn secrets() -> BTreeSet<String> {
    let lines = CORPUS.lines().filter(|line| !line.starts_with("# "));
    let whole = lines.flat_map(|line| line.split(['⟦', '⟧']).skip(1).step_by(2)).map(bare);
    let with_half = whole.flat_map(|secret| {
        let half: String = secret.chars().take(secret.chars().count().div_ceil(2)).collect();
        let half = Some(half).filter(|half| half.trim().chars().count() >= 6);
        [Some(secret), half].into_iter().flatten()
    });
    with_half.collect()
}

/// Words as a reader sees them, whatever a platform's escapes make of them.
fn bare(words: &str) -> String {
    let words = words.replace(['\\', '\u{200b}', '`', 'ˋ'], "");
    let words = words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The secrets that stand in a text.
fn found(text: &str) -> Vec<String> {
    let text = bare(text);
    // Ids are full of digits: a number that is searched for begins where no other goes on.
    let begins = |(at, secret): (usize, &str)| {
        let digit = |c: char| c.is_ascii_digit();
        !(secret.starts_with(digit) && text[..at].ends_with(digit))
    };
    let stands = |secret: &&String| text.match_indices(secret.as_str()).any(begins);
    secrets().iter().filter(stands).cloned().collect()
}

/// Every text in a value, one a line; the keys of objects are ours.
fn texts(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text}\n"),
        Value::Array(items) => items.iter().map(texts).collect(),
        Value::Object(fields) => fields.values().map(texts).collect(),
        _ => String::new(),
    }
}

fn nothing_in(place: &str, text: &str) {
    assert_eq!(found(text), [""; 0], "in {place}");
}

/// Weeks of conversations in which every text that a customer or their tool may have written is planted.
fn records(now: Timestamp) -> String {
    let zone = TimeZone::get("Europe/Dublin").expect("a bundled zone");
    let last = Week::complete_before(now, &zone);
    let sentences = sentences();
    let mut lines = String::new();
    for back in 0..WEEKS {
        let day = day_start(last.minus(back).monday(), &zone) + SignedDuration::from_hours(30);
        for (n, said) in sentences.iter().enumerate() {
            let at = day + SignedDuration::from_mins(i64::try_from(n).expect("few"));
            lines.push_str(&format!("{}\n", record(&sentences, (n, back), said, at)));
        }
    }
    lines
}

fn record(all: &[String], (n, back): (usize, i64), said: &str, closed_at: Timestamp) -> Value {
    let other = |by: usize| all[(n + by) % all.len()].as_str();
    let topic = n % TOPICS;
    // The first topics rise in the last week, the next ones fall, so that they are quoted.
    let good = match topic {
        0..3 => back == 0 || n % 3 == 0,
        3..6 => back > 0 || n % 3 == 0,
        _ => n % 2 == 0,
    };
    let teammate = ["Ana", other(7), "Ana ana.murphy@example.com"][n % 3];
    // A tool that numbers its records with as many digits as a phone number has.
    let id = 880_000_000_000 + i64::try_from(n).expect("few") * 100 + back;
    let score = if good { json!(5) } else { json!(1) };
    json!({
        "source": format!("tool{}", n % 20),
        "id": if back == 0 { (n / 20).to_string() } else { id.to_string() },
        "closed_at": closed_at,
        "score": if n % 41 == 40 { json!(said) } else { score },
        "explanation": format!("{said} {}", other(1)),
        "reasons": [other(2)],
        "csat": {"score": if n % 5 == 0 { 1 } else { 5 }, "remark": other(3)},
        "ai": {"participated": n % 4 == 0, "resolution": other(4)},
        "teammates": [{"id": (n % 3).to_string(), "name": teammate, "role": "closer"}],
        "team": {"id": "t1", "name": other(5)},
        "customer": {
            "id": format!("c{}", n % 50), "name": format!("{CUSTOMER} {}", other(6)),
            "email": "ana.murphy@example.com",
            "company": {"id": "acme", "name": if n % 2 == 0 { "Acme Ltd" } else { other(8) }},
        },
        "topics": [if topic == 9 { "Invoices" } else { &all[topic * 20] }, other(9)],
        "tags": [other(10)],
        "attributes": {"note": other(11)},
    })
}

const SETTINGS: &str = r#"
[[people]]
name = "Ana Silva"
slack = "U0ANA00001"
discord = "1200000000000000001"
teammate = ["tool0/0"]
roles = ["leader"]

[[channels]]
channel = "slack:C0QUOTES01"
clearance = "quotes"
[[channels]]
channel = "slack:C0NAMES001"
clearance = "names"
[[channels]]
channel = "slack:C0OPEN0001"
clearance = "names"
redact = false
[[channels]]
channel = "discord:1100000000000000001"
[[channels]]
channel = "discord:1100000000000000002"
clearance = "names"

[plugins.lookup]
groups = [{ name = "VIP", companies = ["Acme Ltd"] }]
[plugins.digest]
clearance = "names"
destinations = [
    "slack:C0QUOTES01", "slack:C0NAMES001", "slack:C0OPEN0001",
    "discord:1100000000000000001", "discord:1100000000000000002",
]
"#;

struct Planted {
    slack: Slack,
    discord: Discord,
    world: World,
    week: Week,
}

impl Planted {
    async fn new() -> Planted {
        let (slack, discord) = (Slack::start().await, Discord::start().await);
        for channel in [QUOTES, NAMES, OPEN, UNNAMED] {
            slack.put_channel(channel, &channel.to_lowercase());
        }
        slack.put_user(ANA, "ana");
        slack.paced(false);
        for channel in [FIGURES_DISCORD, NAMES_DISCORD] {
            discord.put_channel(channel, "support");
        }
        discord.put_member(ANA_DISCORD, "ana", &[]);
        discord.paced(false);
        discord.identify_spacing(Duration::from_millis(10));
        let world = World::new()
            .with("SLACK_BOT_TOKEN", Slack::BOT_TOKEN)
            .with("SLACK_APP_TOKEN", Slack::APP_TOKEN)
            .with("CXBOT__SLACK__API_URL", &slack.api_url())
            .with("CXBOT__SLACK__HISTORY_LAG", "1s")
            .with("DISCORD_TOKEN", Discord::TOKEN)
            .with("CXBOT__DISCORD__API_URL", &discord.api_url())
            .with("CXBOT__DISCORD__HISTORY_LAG", "1s");
        std::fs::create_dir(world.path("config")).expect("a folder");
        world.write("config/cxbot.toml", SETTINGS);
        let now = Timestamp::now();
        world.write("scores.jsonl", records(now));
        let zone = TimeZone::get("Europe/Dublin").expect("a bundled zone");
        let week = Week::complete_before(now, &zone);
        Planted { slack, discord, world, week }
    }

    /// Runs the program with everything in its log, where nothing planted may be.
    async fn run(&self, arguments: &[&str]) -> Ran {
        let ran = self.world.run(&[&["--log", "trace"], arguments].concat()).await;
        nothing_in(&format!("the log of {arguments:?}"), &ran.stderr);
        ran
    }

    async fn is_shown_clean(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments).await;
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
        nothing_in(&format!("{arguments:?}"), &ran.stdout);
        ran.stdout
    }

    /// Everything that the program has sent to Slack, but for the channel that is not redacted.
    fn sent_to_slack(&self) -> String {
        let sent = self.slack.seen().into_iter();
        let sent = sent.filter(|seen| seen.arguments["channel"] != OPEN);
        sent.map(|seen| texts(&seen.arguments)).collect()
    }

    fn sent_to_slack_in(&self, channel: &str) -> String {
        let sent = self.slack.seen().into_iter();
        let sent = sent.filter(|seen| seen.arguments["channel"] == channel);
        sent.map(|seen| texts(&seen.arguments)).collect()
    }

    fn sent_to_discord(&self) -> String {
        self.discord.requests().iter().map(|seen| texts(&seen.body)).collect()
    }

    /// What everybody reads in a channel of Discord and in its threads.
    fn read_in(&self, channel: &str) -> String {
        let top = self.discord.channel(channel);
        let threads = top.iter().flat_map(|post| self.discord.thread(channel, &post.id));
        top.iter().map(|one| one.words()).chain(threads.map(|one| one.words())).collect()
    }

    /// What Ana was answered in a channel of Slack; on a busy machine she is told first to wait.
    fn answers(&self, channel: &str) -> Vec<Shown> {
        let mut answers = self.slack.ephemerals(channel, ANA);
        answers.retain(|shown| !shown.text.starts_with("cxbot is slow right now."));
        answers
    }

    /// A person asks in a channel of Slack and reads everything, page by page.
    async fn ask_in_slack(&self, running: &Process, channel: &str, line: &str) -> String {
        let before = self.answers(channel).len();
        let asked = self.slack.type_command(ANA, channel, "/cx", line).await;
        assert_eq!(asked.said, None, "{line}");
        let answers = || self.answers(channel);
        running.until(line, SOON, || answers().len() > before).await;
        let mut all = answers()[before].text.clone();
        for _ in 0..PAGES {
            let shown = answers()[before].clone();
            let Some(next) = button_in(&shown, "Next: page") else { break };
            self.slack.press(ANA, channel, &shown.ts, &next).await;
            running.until("a page", SOON, || answers()[before].text != shown.text).await;
            all.push_str(&answers()[before].text);
        }
        all
    }

    async fn share_in_slack(&self, running: &Process, channel: &str, line: &str) {
        self.ask_in_slack(running, channel, line).await;
        let shown = self.answers(channel).pop().expect("an answer");
        let share = button_in(&shown, "Share with this channel").expect("a button");
        let before = self.slack.channel(channel).len();
        self.slack.press(ANA, channel, &shown.ts, &share).await;
        running.until(line, SOON, || self.slack.channel(channel).len() > before).await;
        let gone = || self.answers(channel).iter().all(|one| one.ts != shown.ts);
        running.until("the private copy gone", SOON, gone).await;
    }

    /// The answer; on a busy machine she is told first to wait, and it takes the place of that.
    async fn answer_in_discord(&self, acted: &Acted) -> There {
        let since = std::time::Instant::now();
        loop {
            let shown = self.discord.answered(acted, SOON).await;
            if !shown.words().contains("cxbot is slow right now.") || since.elapsed() > SOON {
                return shown;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn ask_in_discord(&self, channel: &str, command: &str, options: Value) -> String {
        let acted = self.discord.type_command(ANA_DISCORD, channel, &[command], options).await;
        assert_eq!(acted.said, None, "{command}");
        let mut page = self.answer_in_discord(&acted).await;
        let mut all = page.words();
        for _ in 0..PAGES {
            let Some(next) = page.buttons().into_iter().find(|it| it.starts_with("Next")) else {
                break;
            };
            let pressed = self.discord.press(ANA_DISCORD, &page.id, &next).await;
            page = self.answer_in_discord(&pressed).await;
            all.push_str(&page.words());
        }
        all
    }
}

/// Pages that are turned of one answer.
const PAGES: usize = 6;

#[test]
fn what_is_searched_for_can_be_found() {
    let all = secrets();
    assert!(all.len() > 300, "{}", all.len());
    let planted = records(Timestamp::now());
    let planted: String =
        planted.lines().map(|line| texts(&serde_json::from_str(line).expect("a record"))).collect();
    assert_eq!(found(&planted).len(), all.len(), "every one is planted");
    assert!(planted.contains(CUSTOMER));
    for shown in ["write to ana.murphy@exa…", r"\+353 87 123 4567", "&lt;ana@example.com&gt;"] {
        assert!(!found(shown).is_empty(), "{shown}");
    }
    nothing_in("harmless words", "write to [e-mail], conversation 880000000100, rated 5");
}

#[tokio::test]
async fn nothing_planted_is_printed_or_logged() {
    let planted = Planted::new().await;
    let imported = planted.run(&["import", "scores.jsonl"]).await;
    nothing_in("the summary of the import", &imported.stdout);
    assert!(imported.stdout.contains("a text"), "{}", imported.stdout);
    // The records themselves are given back whole: what is searched for is there.
    let export = planted.world.records().await;
    assert_eq!(found(&texts(&json!(export))).len(), secrets().len());

    let digest = planted.is_shown_clean(&["digest"]).await;
    assert!(digest.contains("“") && digest.contains("[phone]"), "{digest}");
    for format in ["slack", "discord"] {
        let sent: Value =
            serde_json::from_str(&planted.run(&["digest", "--format", format]).await.stdout)
                .expect("JSON");
        let closed = sent.as_array().into_iter().flatten().filter(|one| one["channel"] != OPEN);
        nothing_in(format, &closed.map(texts).collect::<String>());
        let open = sent.as_array().into_iter().flatten().filter(|one| one["channel"] == OPEN);
        let open = found(&open.map(texts).collect::<String>());
        assert_eq!(open.is_empty(), format == "discord", "{open:?}");
    }
    let page = planted.is_shown_clean(&["digest", "--format", "html"]).await;
    assert!(page.contains("[phone]"), "{page}");
    let mut all = String::new();
    for line in [
        "customer Acme Ltd",
        "customer tool7/c7",
        "teammate Ana",
        "teammate tool1/1",
        "teammate tool2/2",
        "me",
        "topic Invoices",
        "group VIP",
        "coverage",
        "digest",
        "audit me",
        "customer Qui",
    ] {
        let answer = planted.run_call(line).await;
        assert!(!answer.is_empty() || line == "customer Qui", "{line} is refused");
        all.push_str(&answer);
    }
    for id in 0..=sentences().len() / 20 {
        all.push_str(&planted.run_call(&format!("why {id}")).await);
    }
    assert!(all.contains("Reasons given") && all.contains(CUSTOMER), "cards say who and why");
    for mark in ["[phone]", "[e-mail]", "[card]", "[IBAN]", "[…]"] {
        assert!(all.contains(mark), "{mark}");
    }
    // An id leads somewhere, however many digits it has.
    assert!(all.contains("conversation 8800000"), "{all}");
}

impl Planted {
    /// A command's answer, or its refusal; a look from the terminal is a look like others.
    async fn run_call(&self, line: &str) -> String {
        let ran = self.run(&["call", "--as", "Ana Silva", line]).await;
        nothing_in(&format!("the answer to {line}"), &ran.stdout);
        ran.stdout
    }
}

#[tokio::test]
async fn nothing_planted_reaches_a_channel_or_an_asker() {
    let planted = Planted::new().await;
    planted.world.run(&["import", "scores.jsonl"]).await;
    let (slack, discord) = (&planted.slack, &planted.discord);
    // What platforms refuse and what breaks off is told in errors.
    slack.fault("chat.postMessage", [Fault::Status(500), Fault::CutAfter]);
    let week = planted.week.to_string();
    let posted = planted.run(&["digest", "--week", &week, "--post"]).await;
    assert_eq!(posted.code, Some(0), "{}", posted.stderr);
    let running = planted.world.start(&["--log", "trace", "run"]);
    running
        .until("both platforms", SOON, || {
            slack.connections() == 2 && discord.is_connected() && !discord.commands().is_empty()
        })
        .await;

    let mut answers = String::new();
    for line in [
        "customer Acme Ltd",
        "teammate Ana",
        "teammate tool1/1",
        "me",
        "topic Invoices",
        "group VIP",
        "digest",
        "why 3",
        "customer Qui",
    ] {
        let answer = planted.ask_in_slack(&running, QUOTES, line).await;
        nothing_in(&format!("Slack's answer to {line}"), &answer);
        answers.push_str(&answer);
    }
    slack.open_home(ANA).await;
    running.until("the home page", SOON, || slack.home(ANA).is_some()).await;
    for (command, options) in [
        ("customer", json!({"who": "Acme Ltd"})),
        ("teammate", json!({"name": "Ana"})),
        ("teammate", json!({"name": "tool1/1"})),
        ("topic", json!({"name": "Invoices"})),
        ("group", json!({"name": "VIP"})),
        ("why", json!({"conversation": "3"})),
        ("digest", json!({"week": week})),
    ] {
        let answer = planted.ask_in_discord(FIGURES_DISCORD, command, options).await;
        nothing_in(&format!("Discord's answer to {command}"), &answer);
        answers.push_str(&answer);
    }
    for words in ["[phone]", CUSTOMER, "Cases", "What customers experienced", "Why", "Per customer"]
    {
        assert!(answers.matches(words).count() > 1, "on both platforms: {words}");
    }
    for (command, name, typed) in [("topic", "name", "inv"), ("teammate", "name", "a")] {
        let options = json!({ name: typed });
        let offered =
            discord.autocomplete(ANA_DISCORD, FIGURES_DISCORD, &[command], options, name).await;
        let offered = offered.expect("suggestions");
        nothing_in(command, &format!("{offered:?}"));
        assert!(!offered.is_empty(), "{command}");
    }

    // A topic whose name is personal, typed by the asker, is not given to the channel.
    let personal = sentences()[0].clone();
    for channel in [QUOTES, UNNAMED, OPEN] {
        planted.share_in_slack(&running, channel, "topic Invoices").await;
        planted.share_in_slack(&running, channel, &format!("topic \"{personal}\"")).await;
    }

    nothing_in("what Slack was sent", &planted.sent_to_slack());
    nothing_in("what Discord was sent", &planted.sent_to_discord());
    nothing_in("the log", &running.log());
    // The search finds in the one channel that is not redacted what it finds nowhere else.
    let open = found(&planted.sent_to_slack_in(OPEN));
    assert!(open.len() > 10, "{open:?}");

    for (channel, named) in [(QUOTES, false), (UNNAMED, false), (NAMES, true), (OPEN, true)] {
        let shown: String = slack.channel(channel).iter().map(|one| format!("{one:?}")).collect();
        assert!(!shown.is_empty(), "{channel}");
        assert_eq!(shown.contains(CUSTOMER), named, "{channel}");
        assert_eq!(shown.contains('“'), channel != UNNAMED, "{channel}");
    }
    for (channel, named) in [(FIGURES_DISCORD, false), (NAMES_DISCORD, true)] {
        let shown = planted.read_in(channel);
        assert!(!shown.is_empty(), "{channel}");
        assert_eq!((shown.contains(CUSTOMER), shown.contains('“')), (named, named), "{channel}");
    }

    // What the asker typed is given back to them alone.
    let typed = "no.such@customer.example";
    let answer = planted.ask_in_slack(&running, QUOTES, &format!("customer {typed}")).await;
    assert!(answer.contains(typed), "{answer}");
    assert!(!running.log().contains(typed));
    assert_eq!((slack.complaints(), discord.complaints()), (vec![], vec![]));
}
