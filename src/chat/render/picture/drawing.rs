//! The drawing: title, key, usual range, axis, line, markers, and the first and last value.

use std::collections::BTreeSet;

use cxbot_sdk::figures::Interval;
use cxbot_sdk::message::Chart;
use cxbot_sdk::text::shorten;
use cxbot_sdk::words::{percent, range};

use super::super::visible::visible;
use super::palette::{BAND, BAND_EDGE, INK, LINE, PAPER, QUIET, RULE};
use super::scale::{Axis, along, stretches, thinned};
use super::words::{NAMESPACE, SMALL, Style, TITLE, VALUE, escaped};
use super::{HEIGHT, WIDTH};

/// Where the axis lies; the points keep off its ends by half a value's width.
const LEFT: f64 = 112.0;
const RIGHT: f64 = 968.0;
const TOP: f64 = 142.0;
const BOTTOM: f64 = 436.0;
const INSET: f64 = 60.0;
/// From the edge of the picture to the title and the key.
pub(super) const MARGIN: f64 = 32.0;
/// The base line of the key's words.
const KEY: f64 = 103.0;
/// Pixels that a week's label may take, and between two of them.
const LABEL_ROOM: f64 = 150.0;
const LABEL_GAP: f64 = 10.0;
/// Characters.
const TITLE_LIMIT: usize = 100;
const LABEL_LIMIT: usize = 12;
const FINDING_LIMIT: usize = 1_000;

pub(super) const PLAIN: Style =
    Style { size: SMALL, bold: false, anchor: "start", colour: QUIET, apart: false };
pub(super) const HEADING: Style = Style { size: TITLE, bold: true, colour: INK, ..PLAIN };
const STRESSED: Style =
    Style { size: VALUE, bold: true, anchor: "middle", colour: INK, apart: true };

/// A chart with each thing in its place.
struct Drawing<'c> {
    chart: &'c Chart,
    axis: Axis,
    usual: Option<Interval>,
    /// A share, or a gap.
    shares: Vec<Option<f64>>,
}

pub(super) fn document(chart: &Chart) -> String {
    let title = title(chart);
    let finding = shorten(&visible(&chart.finding.words()), FINDING_LIMIT);
    let (paper, body) = (paper(HEIGHT), body(chart));
    format!(
        r#"<svg xmlns="{NAMESPACE}" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>{}</title><desc>{}</desc>{paper}{body}</svg>"#,
        escaped(&title),
        escaped(&finding),
    )
}

/// The ground of a picture, with an edge.
pub(super) fn paper(height: u32) -> String {
    let (width, height) = (WIDTH - 2, height - 2);
    format!(
        r#"<rect x="1" y="1" width="{width}" height="{height}" fill="{PAPER}" stroke="{RULE}" stroke-width="2"/>"#
    )
}

fn title(chart: &Chart) -> String {
    HEADING.fitted(&chart.title, TITLE_LIMIT, f64::from(WIDTH) - 2.0 * MARGIN).0
}

/// Everything that stands on the paper.
pub(super) fn body(chart: &Chart) -> String {
    let is_share = |share: &f64| (0.0..=1.0).contains(share);
    let shares: Vec<Option<f64>> =
        chart.points.iter().map(|point| point.value.filter(is_share)).collect();
    let is_range = |usual: &Interval| is_share(&usual.low) && is_share(&usual.high);
    let usual = chart.usual.filter(|usual| is_range(usual) && usual.low <= usual.high);
    let ends = usual.into_iter().flat_map(|usual| [usual.low, usual.high]);
    let axis = Axis::of(shares.iter().copied().flatten().chain(ends));
    Drawing { chart, axis, usual, shares }.body(&title(chart))
}

impl Drawing<'_> {
    fn body(&self, title: &str) -> String {
        let title = HEADING.write(title, MARGIN, 54.0);
        let (ground, edges) = self.band();
        let behind = [title, self.key(), ground, self.rules(), edges, self.labels()];
        behind.concat() + &self.line() + &self.markers() + &self.values()
    }

    fn x(&self, number: usize) -> f64 {
        LEFT + INSET + along(number, self.shares.len()) * (RIGHT - LEFT - 2.0 * INSET)
    }

    fn y(&self, share: f64) -> f64 {
        BOTTOM - self.axis.place(share * 100.0) * (BOTTOM - TOP)
    }

    /// What the band is, and what a gap is.
    fn key(&self) -> String {
        let usual = match self.usual {
            Some(usual) => format!("usual range {} %", range(usual)),
            None => "usual range: not known".to_owned(),
        };
        let ((ground, edges), x) = match self.usual {
            Some(_) => (banded(MARGIN, KEY - 21.0, 46.0, 22.0), MARGIN + 58.0),
            None => (Default::default(), MARGIN),
        };
        let known = self.shares.iter().flatten().count();
        let gap = match known {
            0 => "no data",
            known if known < self.shares.len() => "gap: no data",
            _ => "",
        };
        let after = x + PLAIN.width(&usual) + 44.0;
        ground + &edges + &PLAIN.write(&usual, x, KEY) + &PLAIN.write(gap, after, KEY)
    }

    /// The usual range's ground, which lies behind the rules, and its edges, which do not.
    fn band(&self) -> (String, String) {
        let Some(usual) = self.usual else { return Default::default() };
        let (low, high) = (self.y(usual.low), self.y(usual.high));
        banded(LEFT, high, RIGHT - LEFT, low - high)
    }

    /// The axis: a rule and its percentage.
    fn rules(&self) -> String {
        let rule = |percent: f64| {
            let y = self.y(percent / 100.0);
            let words = Style { anchor: "end", ..PLAIN }.write(
                &format!("{percent:.0} %"),
                LEFT - 12.0,
                y + 9.0,
            );
            format!(r#"<path d="M{LEFT} {y:.1}H{RIGHT}" stroke="{RULE}"/>{words}"#)
        };
        self.axis.rules().map(rule).collect()
    }

    /// The weeks under the axis, fewer where they would touch.
    fn labels(&self) -> String {
        let style = Style { anchor: "middle", ..PLAIN };
        let points = self.chart.points.iter();
        let labels: Vec<(String, f64)> =
            points.map(|point| style.fitted(&point.label, LABEL_LIMIT, LABEL_ROOM)).collect();
        let widest = labels.iter().map(|(_, width)| *width).fold(0.0, f64::max);
        let room = RIGHT - LEFT - 2.0 * INSET;
        thinned(labels.len(), widest + LABEL_GAP, room)
            .map(|number| style.write(&labels[number].0, self.x(number), BOTTOM + 40.0))
            .collect()
    }

    /// From point to point; a gap is left open.
    fn line(&self) -> String {
        let mut path = String::new();
        for stretch in stretches(&self.shares) {
            let start = *stretch.start();
            for (number, share) in stretch.filter_map(|number| Some((number, self.shares[number]?)))
            {
                let to = if number == start { 'M' } else { 'L' };
                path += &format!("{to}{:.1} {:.1}", self.x(number), self.y(share));
            }
        }
        format!(
            r#"<path d="{path}" fill="none" stroke="{LINE}" stroke-width="5" stroke-linejoin="round"/>"#
        )
    }

    fn markers(&self) -> String {
        let radius = (300.0 / self.shares.len().max(1) as f64).clamp(4.0, 9.0);
        let known = self.shares.iter().enumerate();
        known
            .filter_map(|(number, share)| {
                let (x, y) = (self.x(number), self.y((*share)?));
                Some(format!(
                    r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius:.1}" fill="{LINE}" stroke="{PAPER}" stroke-width="2"/>"#
                ))
            })
            .collect()
    }

    /// The first and the last known value, each beside the line.
    fn values(&self) -> String {
        let known = || (0..self.shares.len()).filter(|&number| self.shares[number].is_some());
        let ends: BTreeSet<usize> = known().next().into_iter().chain(known().next_back()).collect();
        ends.into_iter().filter_map(|number| self.value(number)).collect()
    }

    fn value(&self, number: usize) -> Option<String> {
        let share = self.shares[number]?;
        let beside = |number: usize| self.shares.get(number).copied().flatten();
        let before = number.checked_sub(1).and_then(beside);
        let rises = before.into_iter().chain(beside(number + 1)).any(|near| near > share);
        let (above, below) = (self.y(share) - 20.0, self.y(share) + 42.0);
        // Away from the line, but neither into the key nor into the weeks.
        let y = if (rises && below < BOTTOM) || above < TOP { below } else { above };
        Some(STRESSED.write(&percent(share), self.x(number), y))
    }
}

/// A piece of the usual range: its ground, and its upper and lower edge.
fn banded(x: f64, y: f64, width: f64, height: f64) -> (String, String) {
    let (right, bottom) = (x + width, y + height);
    let ground = format!(
        r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="{BAND}"/>"#
    );
    let edges = format!(
        r#"<path d="M{x:.1} {y:.1}H{right:.1}M{x:.1} {bottom:.1}H{right:.1}" fill="none" stroke="{BAND_EDGE}" stroke-width="2.5" stroke-dasharray="10 6"/>"#
    );
    (ground, edges)
}
