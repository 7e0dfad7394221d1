//! The page as steps: each block of code that names its file in its first line.

/// Something to be written into a file.
pub struct Step {
    pub file: String,
    /// Where the lines go: below the line that holds this; at the end where nothing is said.
    pub below: Option<String>,
    pub lines: String,
}

/// Blocks that begin like `// src/builtin.rs, in PLUGINS` or `# plugins/kudos/Cargo.toml`.
pub fn steps(page: &str) -> Vec<Step> {
    let mut blocks = page.split("\n```");
    blocks.next();
    // Every second piece is inside a block.
    blocks.step_by(2).filter_map(step).collect()
}

fn step(block: &str) -> Option<Step> {
    let (_, code) = block.split_once('\n')?;
    let (first, lines) = code.split_once('\n')?;
    let named = first.strip_prefix("// ").or_else(|| first.strip_prefix("# "))?;
    let (file, place) = match named.split_once(", ") {
        Some((file, place)) => (file, Some(place)),
        None => (named, None),
    };
    let below = place.map(|place| match place {
        "under [dependencies]" => "[dependencies]".to_owned(),
        "in PLUGINS" => "pub const PLUGINS".to_owned(),
        other => panic!("the page says \"{other}\""),
    });
    Some(Step { file: file.to_owned(), below, lines: format!("{lines}\n") })
}
