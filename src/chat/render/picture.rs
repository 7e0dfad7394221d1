//! A chart as a picture: first as SVG, which a page can hold, then as PNG, which a post can.
//!
//! There is one drawing, the SVG. It shows the same on every machine: the fonts are part of cxbot
//! (`picture/fonts`), and the background is its own, for light and dark surroundings.

mod drawing;
mod palette;
mod scale;
mod sheet;
mod spread;
#[cfg(test)]
mod tests;
mod words;

use std::sync::{Arc, OnceLock};

use cxbot_sdk::message::Chart;
use cxbot_sdk::sheet::Sheet;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

/// In pixels. A phone shows a third of it, so nothing is written smaller than [`words::SMALL`].
pub const WIDTH: u32 = 1_000;
pub const HEIGHT: u32 = 500;

const FONT: &str = "Noto Sans";
/// Letters, and signs such as "→" that they lack.
const FONTS: [&[u8]; 4] = [
    include_bytes!("picture/fonts/NotoSans-Regular.ttf"),
    include_bytes!("picture/fonts/NotoSans-Bold.ttf"),
    include_bytes!("picture/fonts/NotoSansMath-Regular.ttf"),
    include_bytes!("picture/fonts/NotoSansSymbols2-Regular.ttf"),
];

/// The chart as an SVG document without ids, styles or scripts: several fit on one page.
pub fn svg(chart: &Chart) -> String {
    drawing::document(chart)
}

/// The chart as a PNG file. What it says is in the chart's `finding`, for those who do not see it.
///
/// It is empty where nothing could be drawn, which the tests hold to be never.
pub fn png(chart: &Chart) -> Vec<u8> {
    drawn(&svg(chart)).unwrap_or_default()
}

/// A whole report as one PNG file, as high as it takes; none where nothing could be drawn.
pub fn sheet(sheet: &Sheet) -> Option<Vec<u8>> {
    super::lint(&sheet.message());
    drawn(&sheet::document(sheet))
}

fn drawn(svg: &str) -> Option<Vec<u8>> {
    let tree = parsed(svg)?;
    let size = tree.size().to_int_size();
    let mut picture = Pixmap::new(size.width(), size.height())?;
    resvg::render(&tree, Transform::identity(), &mut picture.as_mut());
    picture.encode_png().ok()
}

/// The document with each of its texts set in our fonts.
fn parsed(svg: &str) -> Option<Tree> {
    static OPTIONS: OnceLock<Options<'static>> = OnceLock::new();
    Tree::from_str(svg, OPTIONS.get_or_init(options)).ok()
}

fn options() -> Options<'static> {
    let mut fonts = fontdb::Database::new();
    for font in FONTS {
        fonts.load_font_source(fontdb::Source::Binary(Arc::new(font)));
    }
    Options { font_family: FONT.to_owned(), fontdb: Arc::new(fonts), ..Options::default() }
}
