//! Which names are near to words that are none of them: what someone may have meant, and nothing else.

use strsim::damerau_levenshtein;

/// Of so many letters one may be wrong.
const LETTERS_TO_AN_EDIT: usize = 3;
/// In a long name no more than so many.
const MOST_EDITS: usize = 3;
/// So many letters are a beginning.
const BEGINNING: usize = 2;

/// The names that are near, the nearest first, at most `most`: those that begin with the words, as a whole
/// or with one of their own words, and those that differ in a letter here and there.
pub fn nearest<N: AsRef<str>>(
    words: &str,
    names: impl IntoIterator<Item = N>,
    most: usize,
) -> Vec<N> {
    nearest_by(words, names, |name| name.as_ref(), most)
}

/// The same of things that have names.
pub fn nearest_by<T>(
    words: &str,
    things: impl IntoIterator<Item = T>,
    name: impl Fn(&T) -> &str,
    most: usize,
) -> Vec<T> {
    let words = words.trim().to_lowercase();
    let mut near: Vec<(usize, T)> = things
        .into_iter()
        .filter_map(|thing| Some((edits(&words, &name(&thing).to_lowercase())?, thing)))
        .collect();
    // Those that are as near as each other stay in their order.
    near.sort_by_key(|(edits, _)| *edits);
    near.into_iter().take(most).map(|(_, thing)| thing).collect()
}

/// How many letters differ, where that is few enough; both in lower case.
fn edits(words: &str, name: &str) -> Option<usize> {
    let letters = words.chars().count();
    let allowed = (letters / LETTERS_TO_AN_EDIT).min(MOST_EDITS);
    let parts = std::iter::once(name).chain(name.split_whitespace());
    let distance = |part: &str| match letters >= BEGINNING && part.starts_with(words) {
        true => 0,
        false => damerau_levenshtein(part, words),
    };
    parts.map(distance).min().filter(|edits| *edits <= allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_is_offered() {
        let names =
            ["Ana Silva", "Ben Okri", "Maya Ortiz", "Invoices", "Refunds", "Log-in", "Acme"];
        for (words, wanted) in [
            ("Bne", "Ben Okri"),
            ("okr", "Ben Okri"),
            ("invioces", "Invoices"),
            ("Refund", "Refunds"),
            ("acne", "Acme"),
            ("maja ortis", "Maya Ortiz"),
            ("login", "Log-in"),
            // As near as a fixed half of the letters would have them.
            ("Sven", ""),
            ("Inbox", ""),
            ("Nonsense", ""),
            ("Zacharias", ""),
            ("a", ""),
            ("", ""),
        ] {
            assert_eq!(nearest(words, names, 5).join(", "), wanted, "{words}");
        }
    }
}
