//! From shares to places: which part of the percent axis is shown, and where a point lies.

use std::ops::RangeInclusive;

/// The axis spans at least this many points, so that a wobble does not look like a cliff.
pub(super) const LEAST_SPAN: f64 = 20.0;
/// Points between a value and the end of the axis, for the value's own label.
const MARGIN: f64 = 2.0;

/// A part of 0–100 percent, its ends on whole steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    pub low: f64,
    pub high: f64,
    step: f64,
}

impl Axis {
    /// The axis that shows all of these shares; the whole one where there are none.
    pub fn of(shares: impl Iterator<Item = f64>) -> Self {
        let ends = shares.map(|share| share * 100.0).fold(None, |ends, value| match ends {
            None => Some((value, value)),
            Some((low, high)) => Some((value.min(low), value.max(high))),
        });
        let (low, high) = ends.map_or((0.0, 100.0), |(low, high)| widened(low, high));
        let step = match high - low {
            span if span <= 25.0 => 5.0,
            span if span <= 60.0 => 10.0,
            _ => 20.0,
        };
        Axis { low: (low / step).floor() * step, high: (high / step).ceil() * step, step }
    }

    /// The values that get a rule and a label, in percent.
    pub fn rules(&self) -> impl Iterator<Item = f64> {
        let steps = ((self.high - self.low) / self.step).round() as usize;
        let Axis { low, step, .. } = *self;
        (0..=steps).map(move |number| low + step * number as f64)
    }

    /// How far up a percentage lies, 0–1.
    pub fn place(&self, percent: f64) -> f64 {
        (percent - self.low) / (self.high - self.low)
    }
}

/// With margins and at least the least span, within 0–100.
fn widened(low: f64, high: f64) -> (f64, f64) {
    let (low, high) = ((low - MARGIN).max(0.0), (high + MARGIN).min(100.0));
    let span = (high - low).max(LEAST_SPAN);
    let low = ((low + high - span) / 2.0).clamp(0.0, 100.0 - span);
    (low, low + span)
}

/// Which of so many labels are written, where one takes `wide` of the `room` of all: always the
/// last, and every so many before it.
pub(super) fn thinned(labels: usize, wide: f64, room: f64) -> impl Iterator<Item = usize> {
    let gaps = labels.saturating_sub(1).max(1) as f64;
    let every = (wide * gaps / room).ceil().max(1.0) as usize;
    (0..labels).rev().step_by(every)
}

/// How far right the point of this number lies, 0–1; a single one lies in the middle.
pub(super) fn along(number: usize, points: usize) -> f64 {
    match points {
        0 | 1 => 0.5,
        points => number as f64 / (points - 1) as f64,
    }
}

/// The stretches of neighbouring points that are known: a gap ends one.
pub(super) fn stretches<T>(points: &[Option<T>]) -> Vec<RangeInclusive<usize>> {
    let mut found: Vec<RangeInclusive<usize>> = Vec::new();
    for (number, _) in points.iter().enumerate().filter(|(_, point)| point.is_some()) {
        match found.last_mut() {
            Some(last) if last.end() + 1 == number => *last = *last.start()..=number,
            _ => found.push(number..=number),
        }
    }
    found
}
