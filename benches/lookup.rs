//! How long each look-up takes, from the words that someone types to the message, over a store with many
//! conversations of 27 weeks: `cargo bench --bench lookup`. `CXBOT_BENCH_CONVERSATIONS` says how many
//! (100,000 if not said; 1,000,000 take six minutes and 2 GB), `CXBOT_BENCH_DIR` where the store
//! is made and kept for the next run, `CXBOT_BENCH_ONLY` a word in the titles of the questions to ask.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cxbot::chat::Suggest;
use cxbot::clock::FixedClock;
use cxbot::config::Config;
use cxbot::host::{App, Plugins, people};
use cxbot::source::synthetic::{NOW, Synthetic, ZONE};
use cxbot::source::{Ask, Intake, Source};
use cxbot::store::{Address, Batch, Counting, Store};
use cxbot_sdk::conversation::{Company, Conversation};
use cxbot_sdk::{Error, Invoker};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;

/// Calls of each kind.
const CALLS: usize = 300;
const WARM_UP: usize = 10;
/// What is promised of the 99th percentile.
const PROMISE: Duration = Duration::from_millis(50);

/// How the made-up workspace is divided.
const TEAMMATES: u64 = 200;
const TOPICS: u64 = 60;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let size = std::env::var("CXBOT_BENCH_CONVERSATIONS").ok().map(|size| size.parse());
    let size: u64 = size.transpose()?.unwrap_or(100_000);
    let temporary = tempfile::tempdir()?;
    let folder = std::env::var_os("CXBOT_BENCH_DIR").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| temporary.path().to_owned());
    let app = open(&folder.join(format!("{size}.db"))).await?;
    if app.store().how_many().await? < size {
        let started = Instant::now();
        fill(&app, size).await?;
        let rate = size as f64 / started.elapsed().as_secs_f64();
        println!("{size} conversations stored at {rate:.0} a second");
    }
    let mut kept = true;
    let only = std::env::var("CXBOT_BENCH_ONLY").unwrap_or_default();
    for question in questions(size).into_iter().filter(|question| question.title.contains(&only)) {
        let mut times = measured(&app, &question).await?;
        times.sort();
        let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
        let (half, most) = (at(0.5), at(0.99));
        kept &= most < PROMISE;
        let mark = if most < PROMISE { "" } else { "   over the promise" };
        println!("{:<42} p50 {half:>9.2?}   p99 {most:>9.2?}{mark}", question.title);
    }
    println!("{}", if kept { "every p99 is below 50 ms" } else { "the promise is not held" });
    Ok(())
}

async fn open(path: &std::path::Path) -> anyhow::Result<App> {
    let mut config = Config::default();
    config.workspace.timezone = ZONE.to_owned();
    let groups: Vec<_> = (0..20)
        .map(|group| {
            let companies: Vec<String> = (0..50).map(|n| company(group * 50 + n)).collect();
            json!({"name": format!("Group {group}"), "companies": companies})
        })
        .chain([
            json!({"name": "Pilot", "attribute": {"name": "Segment", "value": "pilot"}}),
            json!({"name": "Tenth", "attribute": {"name": "Segment", "value": "tenth"}}),
        ])
        .collect();
    config.plugins = [("digest", json!({})), ("lookup", json!({"groups": groups}))]
        .map(|(name, settings)| (name.to_owned(), settings))
        .into();
    let plugins = Plugins::install(&config)?;
    let clock = Arc::new(FixedClock(NOW.parse()?));
    App::build_at(&config, plugins, clock, &Address::File(path.to_owned())).await
}

/// The demo's conversations again and again, with people, companies and topics for so many.
async fn fill(app: &App, size: u64) -> anyhow::Result<()> {
    let seed = demo().await?;
    let mut random = ChaCha8Rng::seed_from_u64(46);
    let mut copies = (0u64..).flat_map(|copy| seed.iter().map(move |record| (copy, record)));
    let mut left = size;
    while left > 0 {
        let batch = copies.by_ref().take(usize::try_from(left.min(5_000))?);
        let put: Vec<Conversation> =
            batch.map(|(copy, record)| other(record, copy, size, &mut random)).collect();
        left -= put.len() as u64;
        app.store().apply(Batch { put, ..Batch::default() }).await?;
    }
    Ok(())
}

async fn demo() -> anyhow::Result<Vec<Conversation>> {
    let zone = TimeZone::get(ZONE)?;
    let counting =
        Counting { zone: zone.clone(), zone_name: ZONE.to_owned(), ..Counting::default() };
    let store = Store::open(&Address::Memory, counting).await?;
    let ask = Ask { now: NOW.parse::<Timestamp>()?, zone, since: None, full: true };
    Synthetic.pull(&ask, &mut Intake::new(&store)).await?;
    let page = store.page_after(&(String::new(), String::new()), i64::MAX).await?;
    page.iter().map(|(_, record)| Ok(serde_json::from_str(record)?)).collect()
}

/// A small company has about 200 conversations.
fn companies(size: u64) -> u64 {
    (size / 200).max(1_000)
}

fn company(number: u64) -> String {
    format!("{} Works {number}", NAMES[(number % 26) as usize])
}

/// Large companies are the first fifty; a tenth of all conversations are theirs.
fn large() -> u64 {
    50
}

fn often(size: u64) -> u64 {
    (size / 10_000).clamp(10, large())
}

const NAMES: [&str; 26] = [
    "Alder", "Birch", "Cedar", "Dune", "Elm", "Fern", "Glen", "Heath", "Iris", "Juniper", "Kelp",
    "Larch", "Maple", "Nettle", "Oak", "Pine", "Quince", "Rowan", "Sedge", "Thyme", "Ulmus",
    "Vine", "Willow", "Xylo", "Yew", "Zinnia",
];

fn other(record: &Conversation, copy: u64, size: u64, random: &mut ChaCha8Rng) -> Conversation {
    let mut record = record.clone();
    record.id = format!("{}-{copy}", record.id);
    let teammate = random.random_range(0..TEAMMATES);
    for one in &mut record.teammates {
        one.id = format!("t{teammate}");
        one.name = Some(teammate_name(teammate));
        one.email = Some(format!("t{teammate}@example.com"));
    }
    for topic in &mut record.topics {
        let number = random.random_range(0..TOPICS / 7 + 1);
        *topic = if number == 0 { topic.clone() } else { format!("{topic} {number}") };
    }
    let number = match random.random_range(0..100) {
        0..10 => random.random_range(0..large()),
        _ => random.random_range(large()..companies(size)),
    };
    // A large company has some who write often, and ten times as many people.
    let people = if number < large() { 400 } else { 40 };
    let customer = match number < large() && random.random_bool(0.2) {
        true => number % often(size),
        false => often(size) + number * 400 + random.random_range(0..people),
    };
    // Spread over all companies.
    let segment = match (customer.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) % 100 {
        0 => "pilot",
        1..=10 => "tenth",
        _ => "rest",
    };
    record.attributes.insert("Segment".to_owned(), json!(segment));
    if let Some(one) = &mut record.customer {
        one.id = Some(format!("c{customer}"));
        one.name = Some(customer_name(customer));
        one.email = Some(format!("c{customer}@example.com"));
        let (id, name) = (Some(format!("k{number}")), Some(company(number)));
        one.company = Some(Company { id, name, plan: Some("pro".to_owned()) });
    }
    record
}

fn teammate_name(number: u64) -> String {
    format!("{} {}son", NAMES[(number % 26) as usize], NAMES[(number / 26 % 26) as usize])
}

fn customer_name(number: u64) -> String {
    let name = |part: u64| NAMES[(part % 26) as usize];
    format!("{} {} {number}", name(number), name(number / 26))
}

/// What is asked, with another subject at each call.
struct Question {
    title: &'static str,
    line: Box<dyn Fn(u64) -> String>,
    what: What,
}

enum What {
    Command,
    /// By the teammate of that number.
    Own,
    /// Suggestions for an argument of a command, the line being what is typed.
    Typed(&'static str, &'static str),
}

fn questions(size: u64) -> Vec<Question> {
    let ask = |title, line: fn(u64, u64) -> String| {
        let line = Box::new(move |n| line(n, size));
        Question { title, line, what: What::Command }
    };
    let typed = |title, action, argument, line: fn(u64) -> String| Question {
        title,
        line: Box::new(line),
        what: What::Typed(action, argument),
    };
    vec![
        ask("teammate, 4 weeks", |n, _| format!("teammate t{}", n % TEAMMATES)),
        ask("teammate, 26 weeks", |n, _| format!("teammate t{} weeks:26", n % TEAMMATES)),
        ask("teammate, since May", |n, _| format!("teammate t{} since:2026-05-18", n % TEAMMATES)),
        ask("teammate, one topic since May", |n, _| {
            format!("teammate t{} topic:Invoices since:2026-05-18", n % TEAMMATES)
        }),
        Question { what: What::Own, ..ask("me", |_, _| "me".to_owned()) },
        ask("which of several teammates", |n, _| format!("teammate {}", NAMES[(n % 26) as usize])),
        ask("no teammate, nearest names", |n, _| format!("teammate Zachari{n}")),
        ask("customer", |n, size| {
            let customer = often(size) + (large() + n) * 400 + n % 40;
            format!("customer c{customer}@example.com")
        }),
        ask("customer with a long history", |n, size| {
            format!("customer c{}@example.com", n % often(size))
        }),
        ask("company", |n, _| format!("customer \"{}\"", company(large() + n))),
        ask("large company", |n, _| format!("customer \"{}\"", company(n % large()))),
        ask("no customer, nearest names", |n, _| {
            format!("customer \"{} Nobody{n}\"", NAMES[(n % 26) as usize])
        }),
        ask("group of 50 companies", |n, _| format!("group \"Group {}\"", 1 + n % 19)),
        ask("group of 50 large companies", |_, _| "group \"Group 0\"".to_owned()),
        ask("group by attribute, 1 % of all", |_, _| "group Pilot".to_owned()),
        ask("group by attribute, 10 % of all", |_, _| "group Tenth".to_owned()),
        ask("topic", |n, _| {
            let topics = ["Invoices", "Refunds", "Exports", "Permissions", "Mobile app"];
            topics[n as usize % topics.len()].to_owned()
        })
        .with(|topic| format!("topic {topic}")),
        ask("no topic, names like it", |n, _| format!("topic Inv{n}")),
        ask("why", |n, _| format!("why {}-{}", 100_001 + n * 13, n % 2)),
        typed("suggested teammates", "teammate", "name", |n| {
            NAMES[(n % 26) as usize].chars().take(2).collect()
        }),
        typed("suggested topics", "topic", "name", |n| {
            ["inv", "ref", "", "mob"][(n % 4) as usize].to_owned()
        }),
    ]
}

impl Question {
    fn with(self, words: fn(String) -> String) -> Question {
        let line = self.line;
        Question { line: Box::new(move |n| words(line(n))), ..self }
    }
}

async fn measured(app: &App, question: &Question) -> anyhow::Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(CALLS);
    for n in 0..(WARM_UP + CALLS) as u64 {
        let line = (question.line)(n);
        let asker = asker(&question.what, n);
        let started = Instant::now();
        let said = answer(app, &question.what, &line, asker).await?;
        if n >= WARM_UP as u64 {
            times.push(started.elapsed());
        }
        if n == 0 && std::env::var_os("CXBOT_BENCH_SHOW").is_some() {
            println!("--- {line}\n{said}");
        }
    }
    Ok(times)
}

fn asker(what: &What, n: u64) -> Invoker {
    let teammate = match what {
        What::Own => vec![format!("t{}", n % TEAMMATES)],
        _ => Vec::new(),
    };
    Invoker { roles: vec!["leader".to_owned()], teammate, ..people::stranger("bench") }
}

/// The words of the answer; a refusal is one too.
async fn answer(app: &App, what: &What, line: &str, asker: Invoker) -> anyhow::Result<String> {
    let What::Typed(action, argument) = what else {
        return match app.command(line, asker).await {
            Ok(cxbot_sdk::Reply::Private(message)) => Ok(message.plain()),
            Ok(_) => anyhow::bail!("{line}: no message"),
            Err(Error::Refused(message)) => Ok(message.plain()),
            Err(Error::Broken(error)) => Err(error),
        };
    };
    let what = Suggest {
        plugin: "lookup",
        action: (*action).to_owned(),
        argument: (*argument).to_owned(),
        typed: line.to_owned(),
    };
    let mut said = String::new();
    for one in app.suggest(&what, asker).await? {
        write!(said, "{} ", one.label)?;
    }
    Ok(said)
}
