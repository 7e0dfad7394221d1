//! What people asked for in chat: stored before it is acknowledged, so that a restart answers it.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::engine::{Arg, Row, args};
use super::{Store, millis, sql};

/// Answered requests are remembered so long: platforms send some of them again, and their answers can
/// be shared and paged through.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// A request as it waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub platform: String,
    pub id: String,
    /// JSON of whoever stored it.
    pub request: String,
    pub received_at: Timestamp,
    /// Whether someone had begun to answer it: then it may have been answered.
    pub begun: bool,
}

impl Store {
    /// Stores requests; the ids of those that are new.
    pub async fn receive(&self, requests: &[Waiting]) -> Result<Vec<String>> {
        let row = |request: &Waiting| -> Vec<Arg> {
            args![
                request.platform.as_str(),
                request.id.as_str(),
                request.request.as_str(),
                millis(request.received_at),
            ]
        };
        let work = || async {
            let mut tx = self.engine.begin().await?;
            let mut new = Vec::new();
            for request in requests {
                if tx.execute(sql::RECEIVE, row(request)).await? == 1 {
                    new.push(request.id.clone());
                }
            }
            tx.commit().await?;
            Ok(new)
        };
        self.engine.transact(work).await
    }

    /// Says that a request is being answered. False when someone else does so already.
    pub async fn begin_answer(&self, platform: &str, id: &str) -> Result<bool> {
        self.move_request(sql::BEGIN_ANSWER, platform, id).await
    }

    /// Says that a request is answered.
    pub async fn answered(&self, platform: &str, id: &str) -> Result<()> {
        self.move_request(sql::ANSWERED, platform, id).await.map(drop)
    }

    /// Says that a request is answered, and forgets what it was.
    pub async fn answered_and_forgotten(&self, platform: &str, id: &str) -> Result<()> {
        self.move_request(sql::ANSWERED_AND_FORGOTTEN, platform, id).await.map(drop)
    }

    /// A request of the last day, as it was stored.
    pub async fn asked(&self, platform: &str, id: &str) -> Result<Option<String>> {
        let rows = self.engine.fetch(sql::ASKED, args![platform, id]).await?;
        let request = rows.first().map(|row| row.text(0)).transpose()?;
        Ok(request.filter(|request| !request.is_empty()))
    }

    /// Forgets requests of long ago, answered or not.
    pub async fn forget_answered(&self, now: Timestamp) -> Result<()> {
        let mut tx = self.engine.begin().await?;
        tx.execute(sql::FORGET_ANSWERED, args![millis(now - REMEMBERED)]).await?;
        tx.commit().await
    }

    async fn move_request(&self, statement: &str, platform: &str, id: &str) -> Result<bool> {
        let mut tx = self.engine.begin().await?;
        let moved = tx.execute(statement, args![platform, id]).await? == 1;
        tx.commit().await?;
        Ok(moved)
    }

    /// Requests that an earlier process left without an answer, oldest first.
    pub async fn unanswered(&self) -> Result<Vec<Waiting>> {
        let rows = self.engine.fetch(sql::UNANSWERED, args![]).await?;
        let waiting = |row: &Row| {
            Ok(Waiting {
                platform: row.text(0)?,
                id: row.text(1)?,
                request: row.text(2)?,
                received_at: super::instant(row.int(3)?)?,
                begun: row.text(4)? == "answering",
            })
        };
        rows.iter().map(waiting).collect()
    }
}
