//! The words of all weeks: as a strip to read, and as rows to take along.

use cxbot_sdk::words::{count, week_number};
use cxbot_sdk::{Message, Text};

use crate::poll::Results;

/// Words of a week in the strip.
const WORDS: usize = 5;
/// Weeks in the strip, the latest ones.
const WEEKS: usize = 26;

pub(crate) fn history(all: &[Results]) -> Message {
    let message = Message::new("The mood of past weeks").heading("The mood of past weeks");
    if all.is_empty() {
        return message.text("There are no results yet.");
    }
    let lines = all.iter().rev().take(WEEKS).map(line);
    let message = lines.fold(message, Message::text);
    match all.len().saturating_sub(WEEKS) {
        0 => message,
        more => message.note(Text::from(format!("{more} earlier: ")).code("mood export")),
    }
}

/// `W46  calm 4 · hopeful 3 · + 2`: the last one says how many other words there were.
pub(super) fn line(results: &Results) -> Text {
    let text = Text::new().bold(format!("W{:02}  ", week_number(results.week)));
    if results.lost {
        return text.plain(format!("{} answered, not counted", count(results.answered)));
    }
    if results.answered == 0 {
        return text.plain("nobody answered");
    }
    if results.short_of.is_some() {
        return text.plain(format!("{} answered, too few to show", count(results.answered)));
    }
    let shown = results.words.iter().take(WORDS).enumerate();
    let text = shown.fold(text, |text, (at, said)| {
        let text = if at == 0 { text } else { text.plain(" · ") };
        text.outside(&*said.word).plain(format!(" {}", count(said.count)))
    });
    let lead = if results.words.is_empty() { "" } else { " · " };
    match results.words_beside(WORDS) {
        0 => text,
        rest => text.plain(format!("{lead}+ {}", count(rest))),
    }
}

/// Counts alone, as CSV: a word holds neither commas nor quotes, so nothing needs quoting.
pub(crate) fn export(all: &[Results]) -> Message {
    let message =
        Message::new("The mood of past weeks as CSV").text("poll,asked,answered,word,count");
    let rows = all.iter().flat_map(|past| {
        let asked = past.asked.map(|asked| asked.to_string()).unwrap_or_default();
        let lead = format!("{},{asked},{},", past.name, past.answered);
        let others = (past.others > 0 || past.words.is_empty())
            .then(|| Text::from(format!("{lead},{}", past.others)));
        let words = past.words.iter().map(move |said| {
            Text::from(lead.clone()).outside(&*said.word).plain(format!(",{}", said.count))
        });
        words.chain(others)
    });
    rows.fold(message, Message::text)
}
