//! How long a week's digest takes over 100,000 and over 1,000,000 stored conversations of the same
//! 27 weeks: `cargo bench --bench digest`. What counts is the ratio of the two, measured in one run.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cxbot::source::synthetic::{NOW, Synthetic, ZONE};
use cxbot::source::{Ask, Intake, Source};
use cxbot::store::{Address, Batch, Counting, Store};
use cxbot_digest::config::Config;
use cxbot_digest::{Digest, message};
use cxbot_sdk::Tick;
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::week::Week;
use cxbot_sdk::{Plugin, Workspace};
use jiff::Timestamp;
use jiff::tz::TimeZone;

const ROUNDS: usize = 41;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let seed = records().await?;
    let mut medians = Vec::new();
    for size in [100_000, 1_000_000] {
        let path = folder.path().join(format!("{size}.db"));
        let store = Store::open(&Address::File(path), counting()?).await?;
        let started = Instant::now();
        fill(&store, &seed, size).await?;
        let rate = size as f64 / started.elapsed().as_secs_f64();
        let median = median(&store).await?;
        println!("{size:>9} conversations: stored at {rate:.0} a second, digest in {median:?}");
        medians.push(median.as_secs_f64());
    }
    println!("ratio of the digests' times: {:.2}", medians[1] / medians[0]);
    Ok(())
}

fn counting() -> anyhow::Result<Counting> {
    let zone_name = ZONE.to_owned();
    Ok(Counting { zone: TimeZone::get(ZONE)?, zone_name, ..Counting::default() })
}

/// The demo's conversations, out of a store of their own.
async fn records() -> anyhow::Result<Vec<Conversation>> {
    let store = Store::open(&Address::Memory, counting()?).await?;
    let ask = Ask { now: NOW.parse()?, zone: TimeZone::get(ZONE)?, since: None, full: true };
    Synthetic.pull(&ask, &mut Intake::new(&store)).await?;
    let page = store.page_after(&(String::new(), String::new()), i64::MAX).await?;
    page.iter().map(|(_, record)| Ok(serde_json::from_str(record)?)).collect()
}

/// The same weeks with more in them: copies under other ids and of other customers.
async fn fill(store: &Store, seed: &[Conversation], size: usize) -> anyhow::Result<()> {
    let mut copies = (0..).flat_map(|copy| seed.iter().map(move |record| renamed(record, copy)));
    let mut left = size;
    while left > 0 {
        let put: Vec<Conversation> = copies.by_ref().take(left.min(5_000)).collect();
        left -= put.len();
        store.apply(Batch { put, ..Batch::default() }).await?;
    }
    Ok(())
}

fn renamed(record: &Conversation, copy: usize) -> Conversation {
    let mut record = record.clone();
    record.id = format!("{}-{copy}", record.id);
    if let Some(customer) = &mut record.customer {
        customer.id = customer.id.take().map(|id| format!("{id}-{copy}"));
    }
    record
}

async fn median(store: &Store) -> anyhow::Result<Duration> {
    let plugin = Digest::new(Config::default())?;
    let workspace = Workspace {
        zone: TimeZone::get(ZONE)?,
        zone_name: ZONE.to_owned(),
        ..Workspace::default()
    };
    let as_of: Timestamp = NOW.parse()?;
    let week = Week::complete_before(as_of, &workspace.zone);
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let edition = Arc::clone(&plugin.edition(None)?);
        let weekly = Digest::weekly(store, &workspace, edition, week, Tick::on_time(as_of)).await?;
        std::hint::black_box(message::digest(&weekly, &workspace));
        times.push(started.elapsed());
    }
    times.sort();
    Ok(times[ROUNDS / 2])
}
