//! The digest's part of everyone's home page: the lanes now, and a way to other weeks.

use cxbot_sdk::message::{Block, Button, Choose};
use cxbot_sdk::week::Week;
use cxbot_sdk::words::{days_of, week_number};
use cxbot_sdk::{Message, Plugin, Workspace};

use crate::{Digest, NoArgs, WeekArgs, Weekly};

/// Weeks to choose from; the form takes any other.
const WEEKS: i64 = 8;

/// The digest of the last complete week without its thread, and the weeks before it.
pub fn home(weekly: &Weekly, workspace: &Workspace) -> Message {
    with_other_weeks(super::parent::parent(weekly, workspace), weekly.report.week)
}

/// A way to the digests of the weeks before this one, and to any other.
pub fn with_other_weeks(message: Message, week: Week) -> Message {
    let choices = (0..WEEKS).map(|back| digest_of(week.minus(back))).collect();
    let choose = Choose { prompt: "Digest of another week".to_owned(), choices };
    let other = Button::ask("Week or edition", Digest::NAME, "digest", &NoArgs {});
    message.block(Block::Choose(choose)).block(Block::Buttons(vec![other]))
}

fn digest_of(week: Week) -> Button {
    let args = WeekArgs { week: Some(week), edition: None };
    Button::call(&week_label(week), Digest::NAME, "digest", &args)
}

/// `Week 46 · Mon 9 – Sun 15 Nov 2026`
pub fn week_label(week: Week) -> String {
    format!("Week {} · {}", week_number(week), days_of(week))
}
