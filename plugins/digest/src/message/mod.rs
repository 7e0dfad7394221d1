//! The digest in words: a short parent, and a thread with one heading each. Pure.

mod coverage;
mod home;
mod lanes;
mod parent;
mod quotes;
mod reading;
mod sheet;
mod topics;

use cxbot_sdk::count::Lane;
use cxbot_sdk::message::Block;
use cxbot_sdk::{Message, Text, Workspace};

pub use coverage::{Effect, effects};
pub use home::{home, week_label, with_other_weeks};
pub use reading::how_to_read;
pub use sheet::sheet;

use crate::Weekly;

/// Most characters (Unicode scalar values) of a thread message.
pub const THREAD_LIMIT: usize = 2_500;
/// Most characters of the parent.
pub const PARENT_LIMIT: usize = 1_200;
/// Most blocks of the parent.
pub const PARENT_BLOCKS: usize = 12;
/// Topics are named by customers' systems; longer names are shortened.
const TOPIC_LIMIT: usize = 40;

/// The digest: the parent with its thread.
pub fn digest(weekly: &Weekly, workspace: &Workspace) -> Message {
    let thread = thread(weekly, workspace);
    Message { thread, ..parent::parent(weekly, workspace) }
}

/// The thread alone, for someone who pressed [Details].
pub fn details(weekly: &Weekly, workspace: &Workspace) -> Message {
    let summary = format!("Details of CX week {}", weekly.report.week);
    let heading = Message::new(summary.clone()).heading(summary);
    Message { thread: thread(weekly, workspace), ..heading }
}

/// The coverage alone; old data says so first.
pub fn coverage(weekly: &Weekly, workspace: &Workspace) -> Message {
    let mut message = coverage::coverage(weekly, workspace);
    let warnings = parent::warnings(weekly, workspace).into_iter().map(Block::Text);
    // Behind the heading.
    message.blocks.splice(1..1, warnings);
    message
}

fn thread(weekly: &Weekly, workspace: &Workspace) -> Vec<Message> {
    let mut thread = vec![quotes::wins(weekly, workspace)];
    thread.extend(Lane::ALL.map(|lane| lanes::lane(weekly, lane, workspace)));
    thread.push(topics::topics(weekly, workspace));
    thread.push(coverage::coverage(weekly, workspace));
    thread.push(quotes::worth_reading(weekly, workspace));
    thread.into_iter().zip(1..).map(|(message, number)| numbered(message, number)).collect()
}

/// The message with its place in the thread before its heading.
fn numbered(mut message: Message, number: usize) -> Message {
    if let Some(Block::Heading(heading)) = message.blocks.first_mut() {
        *heading = Text::from(format!("{number} · ")).then(std::mem::take(heading));
    }
    message
}
