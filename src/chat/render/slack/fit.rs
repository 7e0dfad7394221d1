//! Keeping a post within Slack's limits, with a mark where something had to go.

use cxbot_sdk::Text;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::super::shortened;
use super::{limit, note};

/// Room for the mark that something did not fit, and for the list's own brackets.
const MARK_ROOM: usize = 200;
/// As many blocks as a message takes, with a mark where some are left out. What goes is the end, but
/// buttons last of all, because they lead to what is left out.
pub(super) fn fitting(blocks: Vec<Value>) -> Vec<Value> {
    let total = blocks.len();
    let mut kept: Vec<(usize, Value)> =
        blocks.into_iter().map(|block| (size(&block), block)).collect();
    while !fits(&kept, total) {
        let end = kept.iter().rposition(|(_, block)| block["type"] != "actions");
        kept.remove(end.unwrap_or(kept.len() - 1));
    }
    let dropped = total - kept.len();
    let mut blocks: Vec<Value> = kept.into_iter().map(|(_, block)| block).collect();
    if dropped > 0 {
        blocks.push(note(&Text::from(shortened(dropped)), &TimeZone::UTC));
    }
    blocks
}

/// Whether so many of `total` blocks fit, with the mark that one of them needs when some are gone.
fn fits(kept: &[(usize, Value)], total: usize) -> bool {
    let mark = usize::from(kept.len() < total);
    let size: usize = kept.iter().map(|(size, _)| size).sum();
    kept.is_empty() || (kept.len() + mark <= limit::BLOCKS && size <= limit::MESSAGE - MARK_ROOM)
}

/// Characters of a block as Slack counts them: JSON, with `&`, `<` and `>` as their escapes.
pub(super) fn size(block: &Value) -> usize {
    let json = block.to_string();
    let escapes: usize = json
        .chars()
        .map(|c| match c {
            '&' => 4,
            '<' | '>' => 3,
            _ => 0,
        })
        .sum();
    json.chars().count() + escapes + 1
}
