//! Made-up leaders who answer each mood poll, so that a newcomer who is alone sees a result. They fill in
//! the same form as everyone else.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use cxbot_mood::Mood;
use cxbot_sdk::message::{Block, Button};
use cxbot_sdk::{Destination, Plugin};

use super::workspace::{COLLEAGUES, address_of};
use crate::chat::form::Values;
use crate::chat::web::Web;
use crate::host::App;

/// What they say, in turns from poll to poll.
const WORDS: [&str; 9] =
    ["hopeful", "proud", "hopeful", "curious", "uneasy", "proud", "hopeful", "relieved", "curious"];
/// What one of them adds, in turns too.
const NOTES: [&str; 3] = [
    "Invoices went well: the new answers are short and clear.",
    "Single sign-on took a lot of our time.",
    "Customers thanked us by name again.",
];

pub(super) struct Colleagues {
    web: Arc<Web>,
    channel: Destination,
    /// The buttons of the polls that they have answered.
    answered: Mutex<Vec<String>>,
}

impl Colleagues {
    pub(super) fn new(web: Arc<Web>, channel: Destination) -> Colleagues {
        Colleagues { web, channel, answered: Mutex::default() }
    }

    /// Answers the poll that is open, once.
    pub(super) async fn answer(&self, app: &App) -> Result<()> {
        for id in self.asked(app).await? {
            let Some(poll) = self.begin(&id) else { continue };
            for (place, name) in COLLEAGUES.iter().enumerate() {
                let taken = self.web.fill_in(&address_of(name), &id, said(poll, place)).await;
                ensure!(taken, "nobody takes a colleague's answer");
            }
        }
        Ok(())
    }

    /// The buttons that ask for a word.
    async fn asked(&self, app: &App) -> Result<Vec<String>> {
        let posted = app.posted(Mood::NAME, &self.channel).await?;
        let blocks = posted.iter().flat_map(|posted| &posted.message.blocks);
        let asks = |button: &&Button| Button::parts(&button.id).is_some_and(|press| press.asks);
        Ok(blocks.flat_map(Block::buttons).filter(asks).map(|button| button.id.clone()).collect())
    }

    /// How many polls came before this one, where it is not answered yet.
    fn begin(&self, id: &str) -> Option<usize> {
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        if answered.iter().any(|known| known == id) {
            return None;
        }
        answered.push(id.to_owned());
        Some(answered.len() - 1)
    }
}

fn said(poll: usize, place: usize) -> Values {
    let word = WORDS[(poll * 2 + place) % WORDS.len()];
    let mut values = Values::from([("word".to_owned(), word.to_owned())]);
    if place == poll % COLLEAGUES.len() {
        let note = NOTES[poll % NOTES.len()].to_owned();
        values.extend([("note".to_owned(), note), ("share".to_owned(), "yes".to_owned())]);
    }
    values
}
