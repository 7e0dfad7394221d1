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
    let week = weekly.report.week;
    let choices = (0..WEEKS).map(|back| digest_of(week.minus(back))).collect();
    let choose = Choose { prompt: "Digest of another week".to_owned(), choices };
    super::parent::parent(weekly, workspace).block(Block::Choose(choose)).block(Block::Buttons(
        vec![Button::ask("Week or edition", Digest::NAME, "digest", &NoArgs {})],
    ))
}

fn digest_of(week: Week) -> Button {
    let label = format!("Week {} · {}", week_number(week), days_of(week));
    let args = WeekArgs { week: Some(week), edition: None };
    Button::call(&label, Digest::NAME, "digest", &args)
}
