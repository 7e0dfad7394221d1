//! The poll's settings: what is asked, whom, when, and how much is told.

use cxbot_sdk::ballot::Invited;
use cxbot_sdk::schedule::Schedule;
use cxbot_sdk::{Destination, Error, Result};
use jiff::civil::{Date, Time, time};
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// The mood poll: `[plugins.mood]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The question, as it is asked.
    pub question: String,
    /// When a poll opens. Default: Mondays at 10:00.
    pub schedule: Schedule,
    /// When it closes: the first of these times after it opened. Default: Tuesdays at 12:00.
    pub closes: Schedule,
    /// Days on which no poll opens, such as "2026-12-28".
    #[serde(deserialize_with = "days")]
    #[schemars(with = "Vec<String>")]
    pub skip: Vec<Date>,
    /// Who is asked, such as ["Maya Ortiz", "slack:S0123ABCD", "discord:@&112233"]; empty: whoever is in the
    /// channels.
    pub audience: Vec<Invited>,
    /// Channels where the poll stands; empty: each gets it as a direct message.
    pub channels: Vec<Destination>,
    /// How much is told.
    pub mode: Mode,
    /// With fewer answers than this the words stay closed and are deleted, 2–50. Not for an open poll.
    pub floor: u64,
    /// Whether those who have not answered are reminded once, by direct message.
    pub reminder: bool,
    /// The time of day of that, in their own zone where it is known, such as "09:00".
    #[serde(deserialize_with = "time_of_day")]
    #[schemars(with = "String")]
    pub remind_at: Time,
    /// The roles of which one is needed to open and close polls and to read results on demand.
    pub roles: Vec<String>,
}

/// How much is told; fixed when a poll opens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Mode {
    /// Few answers are not shown, and words that were said once are counted together.
    #[default]
    Anonymous,
    /// For small teams: all words are shown however few answer. Nobody's name is kept here either, but
    /// people may guess.
    Open,
}

fn days<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<Date>, D::Error> {
    let read = |text: String| {
        text.trim().parse().map_err(|_| {
            let must = "is not a day; write it like \"2026-12-28\"";
            D::Error::custom(format!("\"{text}\" {must}"))
        })
    };
    Vec::<String>::deserialize(reader)?.into_iter().map(read).collect()
}

fn time_of_day<'de, D: Deserializer<'de>>(reader: D) -> Result<Time, D::Error> {
    let text = String::deserialize(reader)?;
    let read = ["%H:%M", "%H:%M:%S"].iter().find_map(|as_| Time::strptime(as_, text.trim()).ok());
    read.ok_or_else(|| {
        let must = "is not a time of day; write it like \"09:00\"";
        D::Error::custom(format!("\"{text}\" {must}"))
    })
}

impl Default for Config {
    fn default() -> Self {
        let schedule = |text: &str| text.parse().expect("the default schedule is well-formed");
        Config {
            question: "In one word, how did the CX Score make you feel last week?".to_owned(),
            schedule: schedule("0 10 * * Mon"),
            closes: schedule("0 12 * * Tue"),
            skip: Vec::new(),
            audience: Vec::new(),
            channels: Vec::new(),
            mode: Mode::Anonymous,
            floor: 5,
            reminder: true,
            remind_at: time(9, 0, 0, 0),
            roles: vec!["leader".to_owned()],
        }
    }
}

impl Config {
    pub(crate) fn checked(self) -> Result<Config> {
        if self.question.trim().is_empty() {
            return Err(Error::refused("question: must not be empty"));
        }
        if !(2..=50).contains(&self.floor) {
            return Err(Error::refused("floor: must be 2 to 50"));
        }
        Ok(self)
    }

    /// Whom a poll asks: the audience, or else whoever is in its channels.
    pub(crate) fn invited(&self) -> Vec<Invited> {
        match self.audience.is_empty() {
            true => self.channels.iter().cloned().map(Invited::At).collect(),
            false => self.audience.clone(),
        }
    }
}
