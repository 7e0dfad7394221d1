//! What went wrong: each trouble is a row from when it began until it is over, so that it is told once
//! and can be repeated in the next digest.

use std::collections::BTreeMap;

use anyhow::Result;
use cxbot_sdk::scores::Trouble;
use jiff::Timestamp;

use super::engine::{Row, args};
use super::{Store, instant, millis, sql};

/// How what went wrong has changed since it was last looked at.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Subject and trouble, for those that have begun.
    pub begun: Vec<(String, Trouble)>,
    /// The same for those that are over.
    pub over: Vec<(String, Trouble)>,
}

impl Store {
    /// Compares the troubles of a kind as they are now, by subject, with those that were open.
    pub async fn observe_troubles(
        &self,
        kind: &str,
        now_wrong: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Result<News> {
        let mut tx = self.engine.begin().await?;
        let rows = tx.fetch(sql::OPEN_TROUBLES, args![kind]).await?;
        let mut news = News::default();
        let mut open = Vec::new();
        for row in &rows {
            let (subject, since) = (row.text(0)?, instant(row.int(1)?)?);
            open.push(subject.clone());
            if !now_wrong.contains_key(&subject) {
                tx.execute(sql::END_TROUBLE, args![kind, subject.as_str(), millis(now)]).await?;
                let trouble = Trouble { since, until: Some(now), what: row.text(2)? };
                news.over.push((subject, trouble));
            }
        }
        for (subject, what) in now_wrong.iter().filter(|(subject, _)| !open.contains(subject)) {
            let row = args![kind, subject.as_str(), millis(now), what.as_str()];
            tx.execute(sql::BEGIN_TROUBLE, row).await?;
            let trouble = Trouble { since: now, until: None, what: what.clone() };
            news.begun.push((subject.clone(), trouble));
        }
        tx.commit().await?;
        Ok(news)
    }

    pub(super) async fn troubles_between(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Trouble>> {
        let rows = self.engine.fetch(sql::TROUBLES, args![millis(from), millis(to)]).await?;
        let trouble = |row: &Row| {
            Ok(Trouble {
                since: instant(row.int(0)?)?,
                until: row.optional_int(1)?.map(instant).transpose()?,
                what: row.text(2)?,
            })
        };
        rows.iter().map(trouble).collect()
    }
}
