//! The outbox against a made-up platform, in every order that seeds come up with: processes that are
//! killed between any two steps or frozen for minutes, calls that are done and not answered, a history
//! that lags, contents that change on the way. In the end every post is seen once, as it is wanted.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as TaskContext, Waker};
use std::time::Duration;

use anyhow::Result;
use async_trait::async_trait;
use cxbot_sdk::{Destination, Message};
use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::task::yield_now;
use tokio_util::sync::CancellationToken;

use super::{Courier, Outbox};
use crate::chat::{Call, Desk, Failure, Platform, Post, Request, Search};
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

#[async_trait]
impl Outbox for Sim {
    async fn next(&self, at: &Destination, now: Timestamp) -> Result<Option<Delivery>> {
        yield_now().await;
        let world = self.lock();
        let parent = world.rows.get(&(at.to_string(), 0)).and_then(|row| row.place.clone());
        let waits = |row: &Delivery| {
            world.rows.values().any(|before| {
                let unplaced = before.place.is_none() && !before.wanted.is_empty();
                let going = matches!(before.state, State::Wanted | State::Sending);
                before.destination == *at && before.part < row.part && unplaced && going
            })
        };
        let due = world.rows.values().find(|row| {
            row.destination == *at
                && !waits(row)
                && matches!(row.state, State::Wanted | State::Sending | State::Held)
                && row.not_before.is_some_and(|at| at <= now)
                && row.lease_until <= now
                && (row.part == 0 || parent.is_some())
        });
        Ok(due.map(|row| with_parent(row, &parent)))
    }

    async fn next_sweep(&self, at: &Destination, now: Timestamp) -> Result<Option<Delivery>> {
        yield_now().await;
        let world = self.lock();
        let parent = world.rows.get(&(at.to_string(), 0)).and_then(|row| row.place.clone());
        let due = world.rows.values().find(|row| {
            let due = row.sweep_at.is_some_and(|at| at <= now) && row.lease_until <= now;
            row.destination == *at && due && row.intent_at.is_none()
        });
        Ok(due.map(|row| with_parent(row, &parent)))
    }

    async fn save(&self, delivery: &Delivery, epoch: i64) -> Result<bool> {
        yield_now().await;
        let saved = {
            let mut world = self.lock();
            let key = (delivery.destination.to_string(), delivery.part);
            match world.rows.get_mut(&key).filter(|row| row.epoch == epoch) {
                None => false,
                Some(row) => {
                    let wanted = row.wanted.clone();
                    *row = Delivery { wanted, parent: None, ..delivery.clone() };
                    let settled = matches!(row.state, State::Sent | State::Confirmed);
                    let surplus = row.wanted.is_empty() && row.place.is_some();
                    if settled && (row.wanted != row.shown || surplus) {
                        row.state = State::Wanted;
                    }
                    if let (0, Some(place)) = (delivery.part, &delivery.place) {
                        world.follow(&delivery.destination, place);
                    }
                    true
                }
            }
        };
        yield_now().await;
        Ok(saved)
    }

    async fn content(&self, delivery: &Delivery) -> Result<Option<Message>> {
        yield_now().await;
        let world = self.lock();
        Ok(world.wanted.get(delivery.part as usize).map(|words| content(words)))
    }
}

fn with_parent(row: &Delivery, parent: &Option<String>) -> Delivery {
    let parent = parent.clone().filter(|_| row.part > 0);
    Delivery { parent, ..row.clone() }
}

/// How a call goes.
enum Fate {
    Done,
    DoneUnanswered,
    Lost,
    Refused,
}

impl Sim {
    fn fate(&self) -> Fate {
        let mut world = self.lock();
        match world.rng.random_range(0..20) {
            _ if !world.troubled => Fate::Done,
            0..3 => Fate::DoneUnanswered,
            3..6 => Fate::Lost,
            6..8 => Fate::Refused,
            _ => Fate::Done,
        }
    }

    async fn call<T>(
        &self,
        done: impl FnOnce(&mut World) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        // Between these two a kill or a freeze leaves a request that is on its way.
        yield_now().await;
        yield_now().await;
        let unknown = || Failure::Unknown("no answer".to_owned());
        let fate = self.fate();
        let answer = match fate {
            Fate::Done => done(&mut self.lock()),
            Fate::DoneUnanswered => {
                let _unheard = done(&mut self.lock());
                Err(unknown())
            }
            Fate::Lost => Err(unknown()),
            Fate::Refused => {
                let after = Some(Duration::from_secs(3));
                Err(Failure::Later { after, why: "ratelimited".to_owned() })
            }
        };
        yield_now().await;
        answer
    }
}

#[async_trait]
impl Platform for Sim {
    fn name(&self) -> &'static str {
        "slack"
    }

    fn settles_in(&self) -> SignedDuration {
        SETTLES_IN
    }

    async fn pace(&self, _: Call, _: &str) {
        yield_now().await;
    }

    async fn post(&self, post: Post<'_>) -> Result<String, Failure> {
        let (channel, thread) = (post.channel.to_owned(), post.thread.map(str::to_owned));
        let (id, words) = (post.id.to_owned(), post.message.plain());
        self.call(move |world| {
            let place = format!("{}.{:06}", world.now.as_second(), world.copies.len());
            let (at, deleted_at) = (world.now, None);
            world.copies.push(Copy {
                channel,
                thread,
                id,
                place: place.clone(),
                words,
                at,
                deleted_at,
            });
            Ok(place)
        })
        .await
    }

    async fn edit(&self, place: &str, post: Post<'_>) -> Result<(), Failure> {
        let (place, words) = (place.to_owned(), post.message.plain());
        self.call(move |world| {
            let found = world.copies.iter_mut().find(|copy| copy.place == place);
            let copy = found.filter(|copy| copy.deleted_at.is_none()).ok_or(Failure::Gone)?;
            copy.words = words;
            Ok(())
        })
        .await
    }

    async fn delete(&self, _: &str, place: &str) -> Result<(), Failure> {
        let place = place.to_owned();
        self.call(move |world| {
            let now = world.now;
            let found = world.copies.iter_mut().find(|copy| copy.place == place);
            let copy = found.filter(|copy| copy.deleted_at.is_none()).ok_or(Failure::Gone)?;
            copy.deleted_at = Some(now);
            Ok(())
        })
        .await
    }

    async fn answer(&self, _: &Request, _: &Message) -> Result<(), Failure> {
        Err(Failure::Unknown("nobody asks here".to_owned()))
    }

    async fn take_away(&self, _: &Request) -> Result<(), Failure> {
        Err(Failure::Unknown("nobody asks here".to_owned()))
    }

    async fn listen(&self, _: Arc<dyn Desk>, _: CancellationToken) {}

    async fn find(&self, search: Search<'_>) -> Result<Vec<String>, Failure> {
        let (id, since) = (search.id.to_owned(), search.since);
        let thread = search.thread.map(str::to_owned);
        self.call(move |world| {
            let lag =
                if world.troubled { world.rng.random_range(0..SETTLES_IN.as_secs()) } else { 0 };
            let seen = world.now - SignedDuration::from_secs(lag);
            let shown = |copy: &&Copy| {
                let there = copy.at <= seen && copy.deleted_at.is_none_or(|at| at > seen);
                there && copy.at >= since && copy.id == id && copy.thread == thread
            };
            Ok(world.copies.iter().filter(shown).map(|copy| copy.place.clone()).collect())
        })
        .await
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
