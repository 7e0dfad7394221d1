//! The poll in words: pure.

mod asking;
mod history;
mod results;

pub(crate) use asking::{
    Taken, about, cannot_count, is_open, none_open, not_taken, open, recorded, reminder,
    taken_back, too_late,
};
pub(crate) use history::{export, history};
pub(crate) use results::results;
