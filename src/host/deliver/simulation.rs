//! The outbox against a made-up platform, in every order that seeds come up with: processes that are
//! killed between any two steps or frozen for minutes, calls that are done and not answered, a history
//! that lags, contents that change on the way. In the end every post is seen once, as it is wanted.

mod outbox;
mod platform;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as TaskContext, Waker};

use anyhow::Result;
use cxbot_sdk::{Destination, Message};
use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::task::yield_now;

use super::Courier;
use crate::clock::Clock;
use crate::store::{Delivery, State, fingerprint};

const SETTLES_IN: SignedDuration = SignedDuration::from_secs(20);
/// From the end of one freeze of a process to its next.
const FREEZES_APART: SignedDuration = SignedDuration::from_mins(10);
/// So many steps things go wrong.
const TROUBLED: u32 = 300;
const CHANNELS: [&str; 2] = ["slack:C1", "slack:C2"];

/// One copy of a post on the platform.
#[derive(Debug, Clone)]
struct Copy {
    channel: String,
    thread: Option<String>,
    id: String,
    place: String,
    words: String,
    at: Timestamp,
    deleted_at: Option<Timestamp>,
}

struct World {
    now: Timestamp,
    rng: ChaCha8Rng,
    rows: BTreeMap<(String, i64), Delivery>,
    copies: Vec<Copy>,
    /// What each part is to say; the same in both channels.
    wanted: Vec<String>,
    /// Whether calls go wrong and histories lag.
    troubled: bool,
}

#[derive(Clone)]
struct Sim(Arc<Mutex<World>>);

impl Sim {
    fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for Sim {
    fn now(&self) -> Timestamp {
        self.lock().now
    }
}

fn content(words: &str) -> Message {
    Message::sentence(words)
}

impl World {
    /// The same as the statement WANT and UNWANT do, so that only the protocol is on trial here; the
    /// statements have tests of their own.
    fn publish(&mut self, wanted: Vec<String>) {
        for channel in CHANNELS {
            for (part, words) in (0_i64..).zip(&wanted) {
                let hash = fingerprint(&content(words));
                let key = (channel.to_owned(), part);
                let (now, id) = (self.now, format!("{channel}/{part}"));
                let row = self.rows.entry(key).or_insert_with(|| new_row(channel, part, id, now));
                want(row, hash);
            }
            let beyond = |(key, _): &(&(String, i64), &mut Delivery)| {
                key.0 == channel && key.1 >= wanted.len() as i64
            };
            self.rows.iter_mut().filter(beyond).for_each(|(_, row)| want(row, String::new()));
        }
        self.wanted = wanted;
    }

    /// Some time passes, at most this much.
    fn pass(&mut self, most: SignedDuration) {
        let millis = self.rng.random_range(0..most.as_millis() as i64);
        self.now += SignedDuration::from_millis(millis);
    }

    /// Whether there is nothing left to do, and nobody left who could do something.
    fn settled(&self) -> bool {
        let settled = |row: &Delivery| {
            let done = matches!(row.state, State::Confirmed | State::Gone);
            let free = row.lease_until == Timestamp::UNIX_EPOCH && row.sweep_at.is_none();
            done && free && row.doubt_until.is_none_or(|until| until < self.now)
        };
        self.rows.values().all(settled)
    }

    /// As the statement FOLLOW_PARENT does.
    fn follow(&mut self, at: &Destination, place: &str) {
        let strays = self.rows.values_mut().filter(|row| {
            let elsewhere = row.thread.as_ref().is_some_and(|thread| thread != place);
            let settled = matches!(row.state, State::Sent | State::Confirmed);
            row.destination == *at && row.part > 0 && elsewhere && settled
        });
        for row in strays {
            row.state = State::Wanted;
            row.not_before = Some(Timestamp::UNIX_EPOCH);
        }
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_range(0..100) < percent
    }

    fn live<'w>(&'w self, channel: &'w str) -> impl Iterator<Item = &'w Copy> {
        let bare = channel.trim_start_matches("slack:");
        self.copies.iter().filter(move |copy| copy.channel == bare && copy.deleted_at.is_none())
    }
}

fn new_row(channel: &str, part: i64, id: String, now: Timestamp) -> Delivery {
    Delivery {
        destination: channel.parse().expect("a destination"),
        plugin: "digest".to_owned(),
        key: "all/2026-W46".to_owned(),
        part,
        id,
        state: State::Wanted,
        wanted: String::new(),
        shown: String::new(),
        place: None,
        parent: None,
        epoch: 0,
        lease_until: Timestamp::UNIX_EPOCH,
        intent_at: None,
        not_before: Some(Timestamp::UNIX_EPOCH),
        tries: 0,
        failing_since: None,
        reason: String::new(),
        created_at: now,
        sweep_at: None,
        doubt_until: None,
        thread: None,
    }
}

fn want(row: &mut Delivery, hash: String) {
    if row.wanted == hash {
        return;
    }
    row.wanted = hash;
    let free = row.intent_at.is_none();
    if matches!(row.state, State::Sent | State::Confirmed | State::Held) && free {
        row.state = State::Wanted;
        row.not_before = Some(Timestamp::UNIX_EPOCH);
    }
}

type Process = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A process's work for one channel, for as long as it lives.
fn process(sim: &Sim, channel: &str) -> Process {
    let sim = sim.clone();
    let at: Destination = channel.parse().expect("a destination");
    Box::pin(async move {
        let courier = Courier { outbox: &sim, platform: &sim, clock: &sim };
        loop {
            courier.work(&at).await.expect("the made-up store always answers");
            yield_now().await;
        }
    })
}

fn words(world: &mut World) -> Vec<String> {
    let parts = world.rng.random_range(1..4);
    (0..parts).map(|part| format!("part {part}, version {}", world.rng.random::<u16>())).collect()
}

/// One life of a digest in two channels; what is wrong in the end.
fn live(seed: u64, freezes: bool) -> Result<(), String> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let replicas = rng.random_range(1..3);
    let now = "2026-11-16T09:00:00Z".parse().expect("an instant");
    let (rows, copies, wanted) = (BTreeMap::new(), Vec::new(), Vec::new());
    let sim = Sim(Arc::new(Mutex::new(World { now, rng, rows, copies, wanted, troubled: true })));
    let first = words(&mut sim.lock());
    sim.lock().publish(first);
    let mut processes: Vec<(&str, Process)> = CHANNELS
        .iter()
        .flat_map(|channel| (0..replicas).map(|_| (*channel, process(&sim, channel))))
        .collect();
    // A frozen process is not polled until then.
    let mut frozen = vec![now - FREEZES_APART; processes.len()];
    let mut context = TaskContext::from_waker(Waker::noop());
    for step in 0..6_000 {
        let (turn, doubled) = next_turn(&mut sim.lock(), step, freezes, processes.len());
        if !freezes && let Some(id) = doubled {
            return Err(format!("seed {seed}: {id} is seen twice at step {step}"));
        }
        let (channel, chosen) = &mut processes[turn.process];
        if turn.killed {
            *chosen = process(&sim, channel);
        }
        // Twice in a row would be longer than the promise holds.
        if let Some(until) = turn.frozen_until
            && frozen[turn.process] + FREEZES_APART <= sim.now()
        {
            frozen[turn.process] = until;
        }
        if step > TROUBLED && step.is_multiple_of(50) && sim.lock().settled() {
            break;
        }
        if frozen[turn.process] <= sim.now() {
            let _pending = chosen.as_mut().poll(&mut context);
        }
    }
    check(&sim.lock()).map_err(|wrong| format!("seed {seed}: {wrong}"))
}

/// What happens next, and to which process.
struct Turn {
    process: usize,
    killed: bool,
    frozen_until: Option<Timestamp>,
}

fn next_turn(
    world: &mut World,
    step: u32,
    freezes: bool,
    processes: usize,
) -> (Turn, Option<String>) {
    let trouble = step < TROUBLED;
    world.troubled = trouble;
    world.pass(SignedDuration::from_millis(1_500));
    // Once the trouble is over, pauses of minutes have to end; not while someone is at work, which
    // would freeze them.
    if !trouble && world.rows.values().all(|row| row.lease_until == Timestamp::UNIX_EPOCH) {
        world.now += SignedDuration::from_secs(20);
    }
    if trouble && world.chance(2) {
        let change = words(world);
        world.publish(change);
    }
    let frozen_until = (trouble && freezes && world.chance(2)).then(|| {
        let seconds = world.rng.random_range(0..200);
        world.now + SignedDuration::from_secs(seconds)
    });
    let process = world.rng.random_range(0..processes);
    let killed = trouble && world.chance(3);
    (Turn { process, killed, frozen_until }, doubled(world))
}

fn doubled(world: &World) -> Option<String> {
    let mut seen = std::collections::BTreeSet::new();
    let live = world.copies.iter().filter(|copy| copy.deleted_at.is_none());
    live.map(|copy| &copy.id).find(|id| !seen.insert(*id)).cloned()
}

fn check(world: &World) -> Result<(), String> {
    for channel in CHANNELS {
        let live: Vec<&Copy> = world.live(channel).collect();
        let of_part = |part: usize| {
            let id = format!("{channel}/{part}");
            live.iter().filter(move |copy| copy.id == id).collect::<Vec<_>>()
        };
        let parent = of_part(0).first().map(|copy| copy.place.clone());
        for (part, words) in world.wanted.iter().enumerate() {
            let [copy] = of_part(part)[..] else {
                let rows = world.rows.get(&(channel.to_owned(), part as i64));
                return Err(format!(
                    "{} copies of {channel}/{part}: {rows:#?}",
                    of_part(part).len()
                ));
            };
            if copy.words != *words || copy.thread != parent.clone().filter(|_| part > 0) {
                return Err(format!("{channel}/{part} is not as wanted: {copy:?}"));
            }
        }
        if live.len() != world.wanted.len() {
            return Err(format!("{} posts in {channel}: {live:#?}", live.len()));
        }
    }
    Ok(())
}

/// How many lives: enough for a change of the protocol that loses or doubles to show.
fn seeds() -> u64 {
    std::env::var("CXBOT_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000)
}

fn all(freezes: bool) {
    let threads = 4;
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let lives = |first| {
            (first..seeds()).step_by(threads).filter_map(move |seed| live(seed, freezes).err())
        };
        let running: Vec<_> = (0..threads as u64)
            .map(|first| scope.spawn(move || lives(first).take(3).collect::<Vec<_>>()))
            .collect();
        running.into_iter().flat_map(|thread| thread.join().expect("a life that ends")).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} lives, freezes: {freezes}: none lost, none doubled", seeds());
}

#[test]
fn killed_at_any_step_every_post_is_seen_once_at_any_time() {
    all(false);
}

#[test]
fn frozen_for_minutes_too_every_post_is_seen_once_in_the_end() {
    all(true);
}
