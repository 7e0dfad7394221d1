//! A chart as Slack's own line chart.

use std::collections::BTreeSet;

use cxbot_sdk::figures::Interval;
use cxbot_sdk::message::{Chart, Point};
use cxbot_sdk::text::shorten;
use serde_json::{Value, json};

use super::super::visible::visible;
use super::limit;

/// Slack's type of a chart.
pub(super) const CHART: &str = "data_visualization";
/// Fewer points make no line.
const LEAST_POINTS: usize = 2;

/// The chart as Slack's own; none where Slack could not draw it. A gap is left out, never drawn as
/// zero.
pub(super) fn native(chart: &Chart) -> Option<Value> {
    let known = |point: &Point| point.value.filter(|value| value.is_finite());
    let points: Vec<(&str, f64)> =
        chart.points.iter().filter_map(|point| Some((&*point.label, known(point)?))).collect();
    let labels: Vec<String> =
        points.iter().map(|(label, _)| shorten(&visible(label), limit::CATEGORY)).collect();
    let distinct: BTreeSet<&String> = labels.iter().collect();
    let drawable = (LEAST_POINTS..=limit::CATEGORIES).contains(&labels.len());
    if !drawable
        || distinct.len() < labels.len()
        || labels.iter().any(|label| label.trim().is_empty())
    {
        return None;
    }
    let series = |name: &str, value: &dyn Fn(f64) -> f64| {
        let values = labels.iter().zip(&points);
        let data = values.map(|(label, (_, own))| {
            json!({"label": label, "value": (value(*own) * 1_000.0).round() / 10.0})
        });
        json!({"name": name, "data": data.collect::<Vec<Value>>()})
    };
    let mut lines = vec![series("Good", &|own| own)];
    let is_known = |usual: &Interval| usual.low.is_finite() && usual.high.is_finite();
    if let Some(usual) = chart.usual.filter(is_known) {
        lines.push(series("Usual, from", &|_| usual.low));
        lines.push(series("Usual, to", &|_| usual.high));
    }
    let axes = json!({"categories": labels, "x_label": "Week", "y_label": "% good"});
    let title = shorten(&visible(&chart.title), limit::CHART_TITLE);
    Some(json!({
        "type": CHART,
        "title": if title.trim().is_empty() { "…".to_owned() } else { title },
        "chart": {"type": "line", "series": lines, "axis_config": axes},
    }))
}
