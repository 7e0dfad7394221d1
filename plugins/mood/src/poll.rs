//! A poll as it is kept while it is open, and what is left of it afterwards.

use cxbot_sdk::Destination;
use cxbot_sdk::week::Week;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::Mode;
use crate::word::Word;

/// The open poll.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Poll {
    /// The week it asks about, and a number behind it where that week is asked about again.
    pub name: String,
    pub week: Week,
    /// The slot that it was opened for, or when someone opened it.
    pub slot: Timestamp,
    pub closes_at: Timestamp,
    pub question: String,
    /// Where it stands; empty: in a direct message to each who is asked.
    pub channels: Vec<Destination>,
    pub mode: Mode,
    pub floor: u64,
    /// How many people are asked, where that can be told.
    pub asked: Option<u64>,
}

/// What someone says: all that is kept of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub word: Word,
    /// A win or a challenge; only what may be shown is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What is left of a poll: counts, and the texts that may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results {
    pub name: String,
    pub week: Week,
    pub slot: Timestamp,
    pub closed_at: Timestamp,
    pub question: String,
    pub asked: Option<u64>,
    pub answered: u64,
    /// How many answers it would have taken to show words, where there were fewer.
    pub short_of: Option<u64>,
    /// Whether the secret of its ballot was lost, so that the answers could not be read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lost: bool,
    /// The most frequent first, then by name.
    pub words: Vec<Said>,
    /// How many said words that are not shown: those that were said once, and those that name someone.
    pub others: u64,
    /// How many such words there are.
    #[serde(default)]
    pub other_words: u64,
    /// Wins and challenges that may be shown, in no order.
    pub notes: Vec<String>,
}

impl Results {
    /// How many words there are beside the first so many that are shown.
    pub fn words_beside(&self, shown: usize) -> u64 {
        // Results of before words were counted: each was said once, or names someone.
        let others = if self.other_words == 0 { self.others } else { self.other_words };
        self.words.len().saturating_sub(shown) as u64 + others
    }
}

/// A word, as most people wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub word: String,
    pub count: u64,
}
