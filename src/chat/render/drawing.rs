//! Tables and charts as plain characters, for places where only text goes.

use cxbot_sdk::Text;
use cxbot_sdk::message::{Chart, Table};
use cxbot_sdk::text::shorten;
use cxbot_sdk::words::percent;
use unicode_width::UnicodeWidthStr;

use super::visible::visible;

/// A cell is shortened to this many characters, so that a row stays a row.
const CELL_LIMIT: usize = 40;
/// A line spans at least this much of a share, so that a wobble does not look like a cliff.
const LEAST_RANGE: f64 = 0.10;
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The rows of a table with aligned columns, its header first.
pub(super) fn rows(table: &Table) -> Vec<String> {
    let cell = |words: &str| shorten(&visible(words), CELL_LIMIT);
    let header: Vec<String> = table.columns.iter().map(|name| cell(name)).collect();
    let body = table.rows.iter().map(|row| row.iter().map(|text| cell(&text.words())).collect());
    let all: Vec<Vec<String>> = std::iter::once(header).chain(body).collect();
    let columns = all.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        all.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| padded(cell, width));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    all.iter().map(line).collect()
}

/// The words, filled with spaces up to a width as a terminal counts it.
pub(super) fn padded(words: &str, width: usize) -> String {
    let missing = width.saturating_sub(words.width());
    format!("{words}{}", " ".repeat(missing))
}

/// `W35 76.2 % ▂▃▅ 84.2 % W46`: one line for a whole chart; a gap in the data is a gap in the line.
pub(super) fn sparkline(chart: &Chart) -> String {
    let known: Vec<f64> = chart.points.iter().filter_map(|point| point.value).collect();
    let (Some(first), Some(last)) = (chart.points.first(), chart.points.last()) else {
        return String::new();
    };
    let low = known.iter().copied().fold(f64::INFINITY, f64::min);
    let high = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let bar = |value: Option<f64>| match value {
        Some(value) if value.is_finite() => BARS[place(value, low, high)],
        _ => ' ',
    };
    let bars: String = chart.points.iter().map(|point| bar(point.value)).collect();
    let end = |value: Option<f64>| value.map_or_else(|| "no data".to_owned(), percent);
    let (from, to) = (visible(&first.label), visible(&last.label));
    format!("{from} {} {bars} {} {to}", end(first.value), end(last.value))
}

/// Which of the bars a value is drawn with.
fn place(value: f64, low: f64, high: f64) -> usize {
    let range = (high - low).max(LEAST_RANGE);
    let bottom = (low + high - range) / 2.0;
    let top = BARS.len() - 1;
    (((value - bottom) / range * top as f64).round().max(0.0) as usize).min(top)
}

/// A chart's usual range in words, where it has one.
pub(super) fn usual(chart: &Chart) -> Option<String> {
    let range = cxbot_sdk::words::range(chart.usual?);
    Some(format!("usual range {range} %"))
}

/// The bare words of a text on one line.
pub(super) fn line(text: &Text) -> String {
    visible(&text.words())
}
