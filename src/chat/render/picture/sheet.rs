//! A report on one paper: its title, then one panel under another.

use cxbot_sdk::Text;
use cxbot_sdk::sheet::{Panel, Sheet};
use cxbot_sdk::text::shorten;

use super::super::visible::visible;
use super::drawing::{self, HEADING, MARGIN, PLAIN};
use super::palette::{INK, RULE};
use super::words::{NAMESPACE, Style, VALUE, escaped};
use super::{HEIGHT, WIDTH, spread};

/// Between two parts.
const GAP: f64 = 28.0;
/// From one line to the next, as a part of the letters' size.
const LEADING: f64 = 1.4;
/// Characters of one text.
const TEXT_LIMIT: usize = 400;

const POINT: Style = Style { size: VALUE, bold: true, colour: INK, ..PLAIN };
const MORE: Style = Style { size: VALUE, colour: INK, ..PLAIN };

pub(super) fn document(sheet: &Sheet) -> String {
    let mut paper = Paper { y: GAP, drawn: String::new() };
    paper.words(HEADING, &sheet.title);
    sheet.notes.iter().for_each(|note| paper.words(MORE, note));
    sheet.panels.iter().for_each(|panel| paper.panel(panel));
    paper.rule();
    paper.words(PLAIN, &sheet.foot);
    let (height, body) = ((paper.y + GAP).ceil() as u32, paper.drawn);
    let (ground, title) = (drawing::paper(height), escaped(&visible(&sheet.title.words())));
    format!(
        r#"<svg xmlns="{NAMESPACE}" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img"><title>{title}</title>{ground}{body}</svg>"#
    )
}

/// What has been drawn so far, and where the next part begins.
struct Paper {
    y: f64,
    drawn: String,
}

impl Paper {
    fn panel(&mut self, panel: &Panel) {
        self.rule();
        self.words(HEADING, &panel.heading);
        for (number, line) in panel.lines.iter().enumerate() {
            self.words(if number == 0 { POINT } else { MORE }, line);
        }
        if let Some(chart) = &panel.chart {
            let (y, body) = (self.y, drawing::body(chart));
            self.drawn += &format!(r#"<g transform="translate(0 {y:.1})">{body}</g>"#);
            self.y += f64::from(HEIGHT);
            self.words(PLAIN, &chart.finding);
        }
        if let Some(spread) = &panel.spread {
            let (body, height) = spread::body(spread, self.y + GAP / 2.0);
            self.drawn += &body;
            self.y += height + GAP / 2.0;
        }
    }

    /// As many lines as the words take.
    fn words(&mut self, style: Style, text: &Text) {
        let words = shorten(&visible(&text.words()), TEXT_LIMIT);
        for line in style.lines(&words, f64::from(WIDTH) - 2.0 * MARGIN) {
            self.drawn += &style.write(&line, MARGIN, self.y + style.size);
            self.y += style.size * LEADING;
        }
    }

    fn rule(&mut self) {
        let (y, right) = (self.y + GAP, f64::from(WIDTH) - MARGIN);
        self.drawn +=
            &format!(r#"<path d="M{MARGIN} {y:.1}H{right:.1}" stroke="{RULE}" stroke-width="2"/>"#);
        self.y = y + GAP;
    }
}
