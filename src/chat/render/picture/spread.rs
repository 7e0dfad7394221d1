//! The scores 1–5 as bars, each with its count and its part of all in words.

use cxbot_sdk::sheet::Spread;
use cxbot_sdk::words::{count, percent};

use super::WIDTH;
use super::drawing::{MARGIN, PLAIN};
use super::palette::{INK, LINE, PAPER, RULE};
use super::words::Style;

/// From one bar to the next, and how thick one is.
const ROW: f64 = 46.0;
const BAR: f64 = 30.0;
/// Where the bars lie: a whole one is all conversations.
const LEFT: f64 = 80.0;
const RIGHT: f64 = 700.0;
/// Characters of the title.
const TITLE_LIMIT: usize = 100;

const TITLE: Style = Style { bold: true, colour: INK, ..PLAIN };
const WORDS: Style = Style { colour: INK, ..PLAIN };

/// The drawing from this height on, and how much height it takes.
pub(super) fn body(spread: &Spread, top: f64) -> (String, f64) {
    let room = f64::from(WIDTH) - 2.0 * MARGIN;
    let (title, _) = TITLE.fitted(&spread.title, TITLE_LIMIT, room);
    let all: u64 = spread.counts.iter().sum();
    let row = |(number, &n): (usize, &u64)| {
        let share = n as f64 / all.max(1) as f64;
        let words = format!("{} · {}", count(n), percent(share));
        bar(number + 1, share, &words, top + ROW * (number + 1) as f64)
    };
    let rows: String = spread.counts.iter().enumerate().map(row).collect();
    let height = ROW * (spread.counts.len() + 1) as f64;
    (TITLE.write(&title, MARGIN, top + 28.0) + &rows, height)
}

/// The outline of a whole bar shows what is missing to it, so that no colour has to be told apart.
fn bar(score: usize, share: f64, words: &str, top: f64) -> String {
    let (base, whole) = (top + 24.0, RIGHT - LEFT);
    let long = whole * share;
    let drawn = format!(
        r#"<rect x="{LEFT}" y="{top:.1}" width="{whole}" height="{BAR}" fill="{PAPER}" stroke="{RULE}"/><rect x="{LEFT}" y="{top:.1}" width="{long:.1}" height="{BAR}" fill="{LINE}"/>"#
    );
    TITLE.write(&score.to_string(), MARGIN, base) + &drawn + &WORDS.write(words, RIGHT + 20.0, base)
}
