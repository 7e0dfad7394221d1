//! Sources that have not been read to the end of what is asked about.

use cxbot_sdk::scores::SourceState;
use cxbot_sdk::{Cx, Result};
use jiff::Timestamp;

use crate::Lookup;

/// Those that miss something of the time until then.
pub(crate) async fn behind(cx: &Cx<Lookup>, until: Timestamp) -> Result<Vec<SourceState>> {
    let mut sources = cx.scores()?.sources().await?;
    sources.retain(|source| source.read_until < until && source.is_old(cx.now()));
    Ok(sources)
}
