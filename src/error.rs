//! Errors in one line, for people: what went wrong and, where the store says so, what to do.

/// The causes of an error in one line, each said once.
pub fn plainly(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        // Some libraries repeat their cause within their own message.
        if !line.contains(&cause) {
            line = if line.is_empty() { cause } else { format!("{line}: {cause}") };
        }
    }
    one_line(&line)
}

/// The same with what to do, for an error of a store that was opened well.
pub fn with_advice(error: &anyhow::Error) -> String {
    match crate::store::advice(error) {
        Some(advice) => format!("{}; {advice}", plainly(error)),
        None => plainly(error),
    }
}

/// The text with every stretch of white space as one space.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
