//! Sources that have not been read to the end of what is asked about.

use cxbot_sdk::scores::SourceState;
use cxbot_sdk::{Cx, Result};
use jiff::{SignedDuration, Timestamp};

use crate::Lookup;

/// Reading takes its time: what is missing of the last two hours is no news, as in a digest.
const FRESH_FOR: SignedDuration = SignedDuration::from_hours(2);

/// Those that miss something of the time until then.
pub(crate) async fn behind(cx: &Cx<Lookup>, until: Timestamp) -> Result<Vec<SourceState>> {
    let mut sources = cx.scores()?.sources().await?;
    let is_old = |at: Timestamp| at < until && cx.now().duration_since(at) > FRESH_FOR;
    sources.retain(|source| is_old(source.read_until));
    Ok(sources)
}
