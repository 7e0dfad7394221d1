//! Renderers against hostile messages: every limit holds, nothing comes alive, nothing is lost without a
//! mark; and what a small digest looks like.

mod judge;
mod limits;
mod messages;
mod small;

pub(super) use messages::{hostile, message};
pub(super) use small::small;
