//! Takes records from a source in batches, and keeps count of what came.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use cxbot_sdk::conversation::{Conversation, Score};
use cxbot_sdk::count::Lane;
use cxbot_sdk::scores::Scores;
use cxbot_sdk::words::{count, counted};
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::store::{Applied, Batch, Store};

/// Records in one transaction: enough to be fast, few enough to lose little work.
const BATCH: usize = 10_000;
/// Records in the first transaction, and twice as many in each after it: there is something to write soon.
const FIRST_BATCH: usize = 1_250;
/// Batches that are made ready or written: one each. More would only wait.
const UNDER_WAY: usize = 2;
const NOT_WRITTEN: &str = "a batch was not written";
/// Skipped records that a summary names; the others are only counted.
const NAMED: usize = 20;
/// Digits of a number that may be a score.
const LONGEST_SCORE: usize = 6;

/// What is said where no record has anyone who could be counted for it.
const NOBODYS: &str = "None of them says who took part, so none counts in a digest: give teammates, \
                       or ai.participated; of a table the column with their ids, such as \
                       --map teammates.0.id=Agent.";

/// What a pull did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records that came, repeated ones included.
    pub read: u64,
    pub applied: Applied,
    /// Records in which nobody took part as far as they say, neither of the team nor an AI agent.
    pub nobodys: u64,
    /// Records whose score is none, by the raw value: 0, 6, 4.5, a text, null, true.
    pub odd_scores: BTreeMap<String, u64>,
    /// Records that could not be kept, each with its place and reason; the first twenty.
    pub skipped: Vec<String>,
    pub skipped_in_all: u64,
    /// Fields that had an unexpected shape, by name.
    pub odd_shapes: BTreeMap<String, u64>,
    /// Whatever else the operator should know.
    pub notes: Vec<String>,
}

/// A batch under way.
type Writing = JoinHandle<Result<Applied>>;

/// The way into the store for a source.
pub struct Intake {
    store: Store,
    waiting: Vec<Conversation>,
    /// Records that are waited for before they are written.
    batch: usize,
    /// The batch before and what came of those before it: it is made ready and written while the next
    /// one is gathered.
    writing: Option<Writing>,
    /// For batches that may be under way; closed once one has failed.
    room: Arc<Semaphore>,
    pub summary: Summary,
}

impl Intake {
    pub fn new(store: &Store) -> Intake {
        let (waiting, summary) = (Vec::new(), Summary::default());
        let room = Arc::new(Semaphore::new(UNDER_WAY));
        Intake { store: store.clone(), waiting, batch: FIRST_BATCH, writing: None, room, summary }
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    /// How far a source has been read before.
    pub async fn read_until(&self, source: &str) -> Result<Option<Timestamp>> {
        let sources = self.store.sources().await?;
        let own = sources.into_iter().find(|known| known.name == source);
        Ok(own.map(|source| source.read_until))
    }

    /// Takes one record; written with others in a batch.
    pub async fn put(&mut self, conversation: Conversation) -> Result<()> {
        self.note(&conversation);
        self.waiting.push(conversation);
        if self.waiting.len() < self.batch {
            return Ok(());
        }
        self.batch = BATCH.min(2 * self.batch);
        self.write_waiting().await
    }

    /// Counts a record that came; [`Intake::put`] does so itself.
    pub fn note(&mut self, conversation: &Conversation) {
        self.summary.read += 1;
        self.summary.nobodys += u64::from(Lane::of(conversation).is_none());
        if let Score::Odd(raw) = &conversation.score {
            *self.summary.odd_scores.entry(told(raw)).or_default() += 1;
        }
    }

    /// Takes a batch that has to be written as a whole. Not all of it came from the source just
    /// now, so its records are not counted as read.
    pub async fn put_batch(&mut self, batch: Batch) -> Result<()> {
        self.flush().await?;
        for oddity in &batch.oddities {
            *self.summary.odd_shapes.entry(oddity.field.clone()).or_default() += 1;
        }
        self.summary.applied += self.store.apply(batch).await?;
        Ok(())
    }

    /// Writes what is waiting, and returns when all is written.
    pub async fn flush(&mut self) -> Result<()> {
        self.write_waiting().await?;
        self.written().await
    }

    /// Begins to make what is waiting ready and to write it, after the batch before: of two records of
    /// one conversation the later wins.
    async fn write_waiting(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let Ok(room) = self.room.clone().acquire_owned().await else {
            // A batch that failed is told now, and not after all that the source still has.
            self.written().await?;
            bail!(NOT_WRITTEN);
        };
        let batch = Batch { put: std::mem::take(&mut self.waiting), ..Batch::default() };
        let writing = after(self.writing.take(), self.store.clone(), batch);
        let rooms = self.room.clone();
        self.writing = Some(tokio::spawn(async move {
            let written = writing.await;
            if written.is_err() {
                rooms.close();
            }
            drop(room);
            written
        }));
        Ok(())
    }

    async fn written(&mut self) -> Result<()> {
        if let Some(writing) = self.writing.take() {
            self.summary.applied += writing.await.context(NOT_WRITTEN)??;
        }
        Ok(())
    }

    /// Counts a record that cannot be kept.
    pub fn skip(&mut self, place: impl fmt::Display, reason: impl fmt::Display) {
        self.summary.skipped_in_all += 1;
        if self.summary.skipped.len() < NAMED {
            self.summary.skipped.push(format!("{place}: {reason}"));
        }
    }
}

/// Makes a batch ready, and writes it once the one before it is written.
async fn after(before: Option<Writing>, store: Store, batch: Batch) -> Result<Applied> {
    let prepared = spawn_blocking({
        let store = store.clone();
        move || store.prepare(batch)
    });
    let prepared = prepared.await.context(NOT_WRITTEN)??;
    let mut applied = match before {
        Some(before) => before.await.context(NOT_WRITTEN)??,
        None => Applied::default(),
    };
    applied += store.write(prepared).await?;
    Ok(applied)
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Applied { new, changed, unchanged, deleted, replaced } = self.applied;
        write!(
            f,
            "Read {}: {} new, {} changed, {} unchanged, {} deleted",
            counted(self.read, "conversation"),
            count(new),
            count(changed),
            count(unchanged),
            count(deleted),
        )?;
        // All of them add up to what was read.
        match replaced {
            0 => writeln!(f, ".")?,
            n => writeln!(f, ", {} replaced by a later one of the same id.", count(n))?,
        }
        if self.nobodys == self.read && self.read > 0 {
            writeln!(f, "{NOBODYS}")?;
        }
        if !self.odd_scores.is_empty() {
            let all: u64 = self.odd_scores.values().sum();
            let each = list(&self.odd_scores);
            writeln!(f, "{} kept as \"no score\": {each}.", counted(all, "odd score"))?;
        }
        if !self.odd_shapes.is_empty() {
            let all: u64 = self.odd_shapes.values().sum();
            let each = list(&self.odd_shapes);
            writeln!(f, "{} kept raw in the store: {each}.", counted(all, "odd field"))?;
        }
        if self.skipped_in_all > 0 {
            writeln!(f, "Skipped {}:", counted(self.skipped_in_all, "record"))?;
            for skipped in &self.skipped {
                writeln!(f, "  {skipped}")?;
            }
            let unnamed = self.skipped_in_all - self.skipped.len() as u64;
            if unnamed > 0 {
                writeln!(f, "  and {} more", count(unnamed))?;
            }
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}

/// An odd value as it is counted. The summary goes into the log, and a wrong column holds names and
/// numbers of people as well as anything else.
fn told(raw: &Value) -> String {
    match raw {
        Value::Null | Value::Bool(_) => raw.to_string(),
        Value::Number(number) if number.to_string().len() <= LONGEST_SCORE => number.to_string(),
        Value::Number(_) => "a long number".to_owned(),
        Value::String(_) => "a text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

fn list(counts: &BTreeMap<String, u64>) -> String {
    let each: Vec<String> =
        counts.iter().map(|(what, times)| format!("{what} ({})", count(*times))).collect();
    each.join(", ")
}
