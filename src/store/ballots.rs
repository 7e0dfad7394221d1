//! Secret ballots as rows: hashes and sealed papers, which say nothing without the ballot's secret.

use std::collections::HashSet;

use anyhow::{Context, Result};

use super::engine::{Row, args};
use super::{Store, sql};

/// A ballot that has not been burnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BallotRow {
    pub sealed: bool,
    /// Who is asked, sealed.
    pub roll: String,
}

/// What became of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    New,
    Instead,
    /// The ballot is not there or takes none.
    Closed,
}

impl Store {
    /// Makes a ballot where there is none of that name.
    pub async fn open_ballot(&self, plugin: &str, name: &str, roll: &str) -> Result<()> {
        let mut tx = self.engine.begin().await?;
        tx.execute(sql::OPEN_BALLOT, args![plugin, name, roll]).await?;
        tx.commit().await
    }

    pub async fn ballot(&self, plugin: &str, name: &str) -> Result<Option<BallotRow>> {
        let rows = self.engine.fetch(sql::BALLOT, args![plugin, name]).await?;
        rows.first().map(read).transpose()
    }

    /// Whether any ballot takes papers.
    pub async fn has_open_ballots(&self) -> Result<bool> {
        Ok(!self.engine.fetch(sql::OPEN_BALLOTS, args![]).await?.is_empty())
    }

    /// Every ballot that has not been burnt: its plugin and its name.
    pub async fn ballots(&self) -> Result<Vec<(String, String)>> {
        let rows = self.engine.fetch(sql::ALL_BALLOTS, args![]).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
    }

    /// Keeps a voter's paper in the place of the one before; an empty one takes it back. The voter may have
    /// given that one under any of these hashes, and this one is under the first.
    pub async fn put_paper(
        &self,
        plugin: &str,
        ballot: &str,
        voters: &[String],
        paper: &str,
    ) -> Result<Put> {
        let work = || async {
            let mut tx = self.engine.begin().await?;
            let open = tx.fetch(sql::BALLOT, args![plugin, ballot]).await?;
            if open.first().map(read).transpose()?.is_none_or(|open| open.sealed) {
                return Ok(Put::Closed);
            }
            let mut put = Put::New;
            for (place, voter) in voters.iter().map(String::as_str).enumerate() {
                let before = tx.fetch(sql::PAPER, args![plugin, ballot, voter]).await?;
                let before = before.first().map(|row| row.text(0)).transpose()?;
                let given = before.is_some_and(|paper| !paper.is_empty());
                if given {
                    put = Put::Instead;
                }
                match place {
                    0 => tx.execute(sql::PUT_PAPER, args![plugin, ballot, voter, paper]).await?,
                    _ if given => {
                        tx.execute(sql::PUT_PAPER, args![plugin, ballot, voter, ""]).await?
                    }
                    _ => 0,
                };
            }
            tx.commit().await?;
            Ok(put)
        };
        self.engine.transact(work).await
    }

    /// How many papers there are.
    pub async fn how_many_papers(&self, plugin: &str, ballot: &str) -> Result<u64> {
        let rows = self.engine.fetch(sql::HOW_MANY_PAPERS, args![plugin, ballot]).await?;
        let count = rows.first().context("an empty answer to a count")?.int(0)?;
        Ok(u64::try_from(count)?)
    }

    /// Takes no more papers; all of them with their voters' hashes.
    pub async fn seal_ballot(&self, plugin: &str, ballot: &str) -> Result<Vec<(String, String)>> {
        let mut tx = self.engine.begin().await?;
        tx.execute(sql::SEAL_BALLOT, args![plugin, ballot]).await?;
        let rows = tx.fetch(sql::PAPERS, args![plugin, ballot]).await?;
        tx.commit().await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
    }

    /// The voters who have given a paper or have been reminded to.
    pub async fn voters_to_leave_alone(&self, plugin: &str, ballot: &str) -> Result<Vec<String>> {
        let rows = self.engine.fetch(sql::LEAVE_ALONE, args![plugin, ballot]).await?;
        rows.iter().map(|row| row.text(0)).collect()
    }

    /// The voters who have given a paper.
    pub async fn voters_who_gave(&self, plugin: &str, ballot: &str) -> Result<HashSet<String>> {
        let rows = self.engine.fetch(sql::PAPERS, args![plugin, ballot]).await?;
        rows.iter().map(|row| row.text(0)).collect()
    }

    /// Says that a voter is reminded; false where the ballot takes no papers any more.
    pub async fn reminded(&self, plugin: &str, ballot: &str, voter: &str) -> Result<bool> {
        let mut tx = self.engine.begin().await?;
        let open = tx.fetch(sql::BALLOT, args![plugin, ballot]).await?;
        if open.first().map(read).transpose()?.is_none_or(|open| open.sealed) {
            return Ok(false);
        }
        tx.execute(sql::REMINDED, args![plugin, ballot, voter]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Deletes a ballot with its papers, and what is left of requests that were answered and forgotten.
    pub async fn burn_ballot(&self, plugin: &str, ballot: &str) -> Result<()> {
        let mut tx = self.engine.begin().await?;
        tx.execute(sql::BURN_PAPERS, args![plugin, ballot]).await?;
        tx.execute(sql::BURN_BALLOT, args![plugin, ballot]).await?;
        tx.execute(sql::DROP_FORGOTTEN_REQUESTS, args![]).await?;
        tx.commit().await?;
        self.engine.empty_log().await
    }

    /// The same for what is left of secret requests alone; false where one still waits.
    pub async fn drop_secret_requests(&self, sealed: &str) -> Result<bool> {
        let mut tx = self.engine.begin().await?;
        tx.execute(sql::DROP_FORGOTTEN_REQUESTS, args![]).await?;
        let waiting = tx.fetch(sql::WAITING_SECRETS, args![format!("{sealed}%")]).await?;
        tx.commit().await?;
        Ok(waiting.is_empty())
    }
}

fn read(row: &Row) -> Result<BallotRow> {
    Ok(BallotRow { sealed: row.int(0)? == 1, roll: row.text(1)? })
}
