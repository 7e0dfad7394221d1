//! Pictures of ordinary and of hostile charts.

use std::path::PathBuf;

use cxbot_sdk::Text;
use cxbot_sdk::figures::Interval;
use cxbot_sdk::message::Point;
use cxbot_sdk::sheet::{Panel, Spread};
use proptest::prelude::*;

use super::super::tests::hostile;
use super::palette::LINE;
use super::scale::{Axis, LEAST_SPAN, stretches, thinned};
use super::*;

/// A post's picture stays this small, in bytes.
const SIZE_LIMIT: usize = 200_000;
/// How far the colours of a picture may be from the stored one's, of 255, on average: room for
/// another version's rounding at the edges, none for a moved word.
const TOLERANCE: f64 = 0.25;
/// The same of a whole report, of which a word is a smaller part.
const SHEET_TOLERANCE: f64 = 0.1;

fn chart(title: &str, shares: &[Option<f64>], usual: Option<(f64, f64)>) -> Chart {
    let points = shares.iter().enumerate();
    Chart {
        title: title.to_owned(),
        finding: Text::from("What the picture shows."),
        points: points
            .map(|(number, &value)| Point { label: format!("W{:02}", 35 + number), value })
            .collect(),
        usual: usual.map(|(low, high)| Interval { low, high }),
    }
}

fn rich() -> Chart {
    let shares = [76.2, 81.0, 79.4, 80.3, 84.9, 83.1, 82.2, 85.0, 81.7, 83.6, 82.1, 84.3];
    let shares = shares.map(|share| Some(share / 100.0));
    chart("Share of good conversations, human team", &shares, Some((0.795, 0.862)))
}

fn gappy() -> Chart {
    let shares = [Some(0.7), Some(0.745), None, Some(0.768), None, None, Some(0.69), Some(0.64)];
    chart("Share of good conversations, Fin → human", &shares, None)
}

fn decoded(png: &[u8]) -> Pixmap {
    Pixmap::decode_png(png).expect("a PNG")
}

/// How far two pictures' colours are apart, of 255, on average.
fn difference(one: &Pixmap, other: &Pixmap) -> f64 {
    assert_eq!((one.width(), one.height()), (other.width(), other.height()));
    let pairs = one.data().iter().zip(other.data());
    pairs.map(|(&one, &other)| f64::from(one.abs_diff(other))).sum::<f64>()
        / one.data().len() as f64
}

fn panel(chart: Option<Chart>, counts: [u64; 5]) -> Panel {
    let title = "1,604 scored conversations by score; good is 4 to 5".to_owned();
    Panel {
        heading: "HUMAN TEAM".into(),
        lines: vec![
            "84.3 % good  (82.4–86.0, n=1,604)".into(),
            "▼ real fall (−10.3, between −17.1 and −3.6)".into(),
        ],
        spread: chart.is_some().then_some(Spread { title, counts }),
        chart,
    }
}

fn full() -> Sheet {
    Sheet {
        title: "CX week 46 · Mon 9 – Sun 15 Nov 2026 · America/Argentina/ComodRivadavia".into(),
        notes: vec!["intercom sync stopped Sun 22:10; numbers cover 61 % of the week.".into()],
        panels: vec![
            panel(Some(rich()), [48, 80, 124, 497, 855]),
            panel(Some(gappy()), [0, 0, 0, 0, 3]),
            panel(None, [0; 5]),
        ],
        foot: "Scored 6,134 of 6,702 closed (91.5 %). CSAT answered: 190 (2.8 %).".into(),
    }
}

/// Run with `CXBOT_UPDATE=1` to draw the stored pictures anew, and look at them.
fn looks_like(name: &str, found: &[u8], tolerance: f64) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/chat/render/picture/looks");
    let path = PathBuf::from(folder).join(name);
    if std::env::var_os("CXBOT_UPDATE").is_some() {
        std::fs::write(&path, found).expect("a writable folder");
    }
    let wanted = decoded(&std::fs::read(path).expect("a stored picture"));
    let apart = difference(&decoded(found), &wanted);
    assert!(apart <= tolerance, "{name}: {apart:.3} apart; CXBOT_UPDATE=1 cargo test picture");
}

#[test]
fn charts_look_as_they_did() {
    looks_like("rich.png", &png(&rich()), TOLERANCE);
    looks_like("gappy.png", &png(&gappy()), TOLERANCE);
}

#[test]
fn a_report_looks_as_it_did() {
    looks_like("sheet.png", &sheet(&full()).expect("a picture"), SHEET_TOLERANCE);
}

#[test]
fn a_change_of_one_bar_or_of_one_word_is_seen_by_that_comparison() {
    let drawn = |sheet: &Sheet| decoded(&super::sheet(sheet).expect("a picture"));
    let was = drawn(&full());
    let (mut bar, mut word) = (full(), full());
    bar.panels[0] = panel(Some(rich()), [48, 80, 224, 397, 855]);
    word.panels[1].lines[1] = "= steady (+2.2, between −0.4 and +4.8)".into();
    for other in [bar, word] {
        let apart = difference(&was, &drawn(&other));
        assert!(apart > SHEET_TOLERANCE, "{apart}");
    }
}

#[test]
fn everything_on_a_report_is_there_in_words() {
    let svg = sheet::document(&full());
    let tree = parsed(&svg).expect("an SVG");
    assert!(tree.size().width() == WIDTH as f32 && tree.size().height() > 2_000.0);
    let one_line = |words: &str| words.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines = svg.split("<text ").filter_map(|text| text.split_once('>')?.1.split('<').next());
    let shown = lines.collect::<Vec<_>>().join(" ");
    for text in full().message().texts() {
        assert!(
            one_line(&shown).contains(&one_line(&text.words())),
            "{} is not in {shown}",
            text.words()
        );
    }
    for bar in ["855 · 53.3 %", "48 · 3.0 %", "3 · 100.0 %", "0 · 0.0 %"] {
        assert!(shown.contains(bar), "{bar} is not in {shown}");
    }
}

#[test]
fn a_change_of_one_value_is_seen_by_that_comparison() {
    let mut other = rich();
    other.points[11].value = Some(0.80);
    assert!(difference(&decoded(&png(&rich())), &decoded(&png(&other))) > TOLERANCE);
}

#[test]
fn the_same_chart_has_the_same_bytes() {
    assert_eq!(png(&rich()), png(&rich()));
}

#[test]
fn the_ground_is_opaque() {
    let picture = decoded(&png(&rich()));
    assert_eq!((picture.width(), picture.height()), (WIDTH, HEIGHT));
    assert!(picture.pixels().iter().all(|pixel| pixel.alpha() == 255));
}

/// How many pixels of the line's colour are in this column.
fn of_the_line(picture: &Pixmap, column: u32) -> usize {
    let of_line = |pixel: resvg::tiny_skia::PremultipliedColorU8| {
        format!("#{:02x}{:02x}{:02x}", pixel.red(), pixel.green(), pixel.blue()) == LINE.to_string()
    };
    (0..HEIGHT).filter_map(|row| picture.pixel(column, row)).filter(|&pixel| of_line(pixel)).count()
}

#[test]
fn the_line_breaks_at_a_gap() {
    let picture = decoded(&png(&gappy()));
    // Eight points, of which the third is a gap, as are the fifth and sixth.
    let column = |number: f64| (172.0 + number / 7.0 * 736.0) as u32;
    assert!(of_the_line(&picture, column(0.5)) > 0);
    for gap in [1.5, 2.0, 2.5, 3.5, 4.0, 5.0, 5.5] {
        assert_eq!(of_the_line(&picture, column(gap)), 0, "{gap}");
    }
    assert!(of_the_line(&picture, column(3.0)) > 0, "a week between gaps has its marker");
    assert!(of_the_line(&picture, column(6.5)) > 0);
    assert!(svg(&gappy()).contains("gap: no data"));
}

#[test]
fn what_is_no_share_is_a_gap() {
    let odd = [Some(f64::NAN), Some(f64::INFINITY), Some(-0.1), Some(1.1), None];
    let charts = [chart("", &odd, Some((f64::NAN, 0.5))), chart("", &odd, Some((0.9, 0.1)))];
    for chart in charts {
        let svg = svg(&chart);
        assert!(!svg.contains("<circle") && svg.contains("no data"), "{svg}");
        assert!(svg.contains("usual range: not known"));
    }
}

#[test]
fn stretches_are_the_weeks_in_a_row() {
    assert_eq!(stretches(&[Some(1), Some(2), None, None, Some(3), None]), [0..=1, 4..=4]);
    assert_eq!(stretches::<f64>(&[]), []);
}

#[test]
fn the_last_week_is_named_and_as_many_as_fit_before_it() {
    let named = |labels, wide| thinned(labels, wide, 700.0).collect::<Vec<usize>>();
    assert_eq!(named(3, 60.0), [2, 1, 0]);
    assert_eq!(named(12, 60.0).len(), 12);
    assert_eq!(named(12, 100.0), [11, 9, 7, 5, 3, 1]);
    assert_eq!(named(1, 9_000.0), [0]);
    assert!(named(0, 60.0).is_empty());
}

#[test]
fn the_first_and_the_last_known_value_are_written() {
    let svg = svg(&gappy());
    assert!(svg.contains(">70.0 %<") && svg.contains(">64.0 %<"));
    assert!(!svg.contains(">74.5 %<") && !svg.contains(">76.8 %<"));
}

#[test]
fn those_who_do_not_see_it_are_told_the_finding() {
    let svg = svg(&rich());
    assert!(svg.contains("<desc>What the picture shows.</desc>"), "{svg}");
}

fn any_sheet() -> impl Strategy<Value = Sheet> {
    let text = || hostile().prop_map(|words| Text::new().outside(words));
    let counts = prop::array::uniform5(prop_oneof![Just(0), 0u64..9_999_999]);
    let spread = (hostile(), counts).prop_map(|(title, counts)| Spread { title, counts });
    let texts = || prop::collection::vec(text(), 0..3);
    let (chart, spread) = (prop::option::of(any_chart()), prop::option::of(spread));
    let panel = (text(), texts(), chart, spread)
        .prop_map(|(heading, lines, chart, spread)| Panel { heading, lines, chart, spread });
    let panels = prop::collection::vec(panel, 0..3);
    (text(), texts(), panels, text()).prop_map(|(title, notes, panels, foot)| Sheet {
        title: Text::from("CX week: ").then(title),
        notes,
        panels,
        foot,
    })
}

fn any_chart() -> impl Strategy<Value = Chart> {
    let value = prop_oneof![
        6 => (0.0..=1.0f64).prop_map(Some),
        1 => any::<f64>().prop_map(Some),
        2 => Just(None),
    ];
    let points = prop_oneof![
        4 => prop::collection::vec((hostile(), value.clone()), 0..14),
        1 => prop::collection::vec(("W[0-9]{2}", value), 90..101),
    ];
    let usual = prop::option::of((any::<f64>(), 0.0..=1.0f64, 0.0..=1.0f64, any::<bool>()));
    (hostile(), hostile(), points, usual).prop_map(|(title, finding, points, usual)| Chart {
        title,
        finding: Text::new().outside(finding),
        points: points.into_iter().map(|(label, value)| Point { label, value }).collect(),
        usual: usual.map(|(wild, low, high, tame)| Interval {
            low: if tame { low.min(high) } else { wild },
            high: low.max(high),
        }),
    })
}

fn only_drawings_in(svg: &str) -> Result<(), TestCaseError> {
    let tags = ["svg", "g", "title", "desc", "rect", "path", "circle", "text"];
    for after in svg.split('<').skip(1) {
        let name = after.trim_start_matches('/').split([' ', '>']).next().unwrap_or_default();
        prop_assert!(tags.contains(&name), "{name} in {svg}");
    }
    let unseen = |c: char| c.is_control() || ['\u{202e}', '\u{200b}'].contains(&c);
    prop_assert!(!svg.contains(unseen), "{:?}", svg);
    prop_assert!(!svg.contains("NaN") && !svg.contains("inf\""));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_chart_becomes_a_small_picture_in_which_words_are_words(chart in any_chart()) {
        only_drawings_in(&svg(&chart))?;
        let png = png(&chart);
        prop_assert!(png.len() < SIZE_LIMIT, "{} bytes", png.len());
        prop_assert_eq!(decoded(&png).width(), WIDTH);
    }

    #[test]
    fn every_report_becomes_a_picture_in_which_words_are_words(sheet in any_sheet()) {
        let svg = sheet::document(&sheet);
        only_drawings_in(&svg)?;
        let picture = decoded(&drawn(&svg).expect("a picture"));
        prop_assert_eq!(picture.width(), WIDTH);
    }

    #[test]
    fn the_axis_holds_its_values_and_does_not_exaggerate(
        shares in prop::collection::vec(0.0..=1.0f64, 1..14),
    ) {
        let axis = Axis::of(shares.iter().copied());
        prop_assert!(axis.high - axis.low >= LEAST_SPAN);
        prop_assert!(axis.low >= 0.0 && axis.high <= 100.0);
        prop_assert!(shares.iter().all(|share| (0.0..=1.0).contains(&axis.place(share * 100.0))));
        prop_assert!((4..=10).contains(&axis.rules().count()));
    }
}
