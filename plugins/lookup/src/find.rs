//! Who is meant by a name.

use cxbot_sdk::history::Colleague;
use cxbot_sdk::near::nearest_by;

/// What a name leads to.
pub(crate) enum Found<'c> {
    One(&'c Colleague),
    Several(Vec<&'c Colleague>),
    /// The nearest, if any.
    None(Vec<&'c Colleague>),
}

/// The most that are offered.
const OFFERED: usize = 10;
const NEAREST: usize = 3;

/// By name, alias, e-mail, id or a mention as platforms write it; else by a part of the name.
pub(crate) fn teammate<'c>(all: &[&'c Colleague], words: &str) -> Found<'c> {
    let words = without_mention(words.trim());
    let called = |one: &&&Colleague| one.is_called(words);
    let named = |one: &&&Colleague| one.is_named_like(words);
    let exact: Vec<&Colleague> = all.iter().filter(called).copied().collect();
    let found = match exact.is_empty() && !words.is_empty() {
        true => all.iter().filter(named).copied().collect(),
        false => exact,
    };
    match found.as_slice() {
        [] => Found::None(nearest_by(words, all.iter().copied(), |one| &one.name, NEAREST)),
        [one] => Found::One(one),
        _ => Found::Several(found.into_iter().take(OFFERED).collect()),
    }
}

/// `<@U0123|ana>` and `<@112233>` are what platforms make of a mention; inside is the id.
fn without_mention(words: &str) -> &str {
    let inside = words.strip_prefix("<@").and_then(|rest| rest.strip_suffix('>'));
    match inside {
        Some(inside) => inside.trim_start_matches('!').split('|').next().unwrap_or_default(),
        None => words.strip_prefix('@').unwrap_or(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colleague(key: &str, name: &str, also: &[&str]) -> Colleague {
        Colleague {
            keys: vec![format!("intercom/{key}")],
            name: name.to_owned(),
            also: also.iter().map(|one| (*one).to_owned()).collect(),
            teams: Vec::new(),
        }
    }

    fn names(found: Found<'_>) -> String {
        let all = match found {
            Found::One(one) => return format!("one: {}", one.name),
            Found::Several(some) => (some, "several"),
            Found::None(near) => (near, "near"),
        };
        let (people, what) = all;
        let names: Vec<&str> = people.iter().map(|one| &*one.name).collect();
        format!("{what}: {}", names.join(", "))
    }

    #[test]
    fn names_aliases_e_mails_ids_and_mentions_lead_to_their_person() {
        let all = [
            colleague("814", "Ana Silva", &["ana@example.com", "U0ANA", "Anita"]),
            colleague("815", "Ana Sousa", &["1200"]),
            colleague("816", "Ben Okri", &[]),
        ];
        let all: Vec<&Colleague> = all.iter().collect();
        for (words, wanted) in [
            ("ana silva", "one: Ana Silva"),
            ("ANITA", "one: Ana Silva"),
            ("ana@example.com", "one: Ana Silva"),
            ("<@U0ANA|ana>", "one: Ana Silva"),
            ("<@1200>", "one: Ana Sousa"),
            ("@Ben", "one: Ben Okri"),
            ("816", "one: Ben Okri"),
            ("intercom/815", "one: Ana Sousa"),
            ("Ana", "several: Ana Silva, Ana Sousa"),
            ("Bne", "near: Ben Okri"),
            ("Zacharias", "near: "),
            ("", "near: "),
        ] {
            assert_eq!(names(teammate(&all, words)), wanted, "{words}");
        }
    }
}
