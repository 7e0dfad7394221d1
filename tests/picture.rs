//! The picture at the head of the README is the demo's own digest, as the command beside it prints it.

use std::path::Path;

use resvg::tiny_skia::Pixmap;

use crate::world::World;

/// The average difference of a pixel's colours that is not seen, of 255.
const UNSEEN: f64 = 2.0;

#[tokio::test]
async fn the_readmes_picture_is_the_demos_digest() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/looks/digest.png");
    let world = World::new()
        .with("CXBOT__STORE__URL", "sqlite://demo/cxbot.db")
        .with("CXBOT__EXCLUSIONS", r#"[{name = "spam", reason = "advertising", tag = "spam"}]"#);
    world.ok(&["demo", "--once", "--data", "demo"]).await;
    let week = ["digest", "--week", "2026-W46", "--as-of", "2026-11-16T09:00:00Z"];
    let picture = world.bytes(&[&week[..], &["--format", "png"]].concat()).await;
    if std::env::var_os("CXBOT_UPDATE").is_some() {
        std::fs::write(&file, &picture).expect("written");
    }
    let now = Pixmap::decode_png(&picture).expect("a picture");
    let shown = Pixmap::load_png(&file).expect("the README's picture");
    assert_eq!((now.width(), now.height()), (shown.width(), shown.height()));
    let pairs = now.data().iter().zip(shown.data());
    let difference: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let average = difference as f64 / now.data().len() as f64;
    assert!(average < UNSEEN, "{average}: renew it with CXBOT_UPDATE=1");
}
