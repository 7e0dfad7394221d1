//! Sentences as customers and agents write them, with and without something personal.

use super::super::words;

const PERSONAL: &str = include_str!("../corpus/personal.txt");
const HARMLESS: &str = include_str!("../corpus/harmless.txt");

/// What is hidden though it is nobody's number: each has digits enough for one, and nothing that says
/// what they count.
const OVERDONE: &[(&str, &str)] = &[
    ("Order 100200300 never arrived.", "Order [phone] never arrived."),
    ("Invoice INV-2026-004512 is wrong.", "Invoice INV-[phone] is wrong."),
    ("Parcel 00340434161094042557 is lost.", "Parcel [number] is lost."),
    ("Plans are 1000-1500 a month.", "Plans are [phone] a month."),
    ("The log says 20261116090000.", "The log says [phone]."),
    ("Steps 1 2 3 4 5 6 7 8 9 all fail.", "Steps [phone] all fail."),
    ("The gateway is 192.168.100.123.", "The gateway is [phone]."),
    ("In 2025 1234567 came.", "In [phone] came."),
    ("Am 16 11 2026 kam nichts.", "Am [phone] kam nichts."),
    ("Call 123456 was dropped.", "Call [phone] was dropped."),
];

/// A sentence with a secret in "⟦⟧", and the mark that is to stand in its place.
pub(super) struct Planted {
    line: &'static str,
    mark: String,
}

impl Planted {
    pub(super) fn all() -> Vec<Planted> {
        let mut mark = "";
        let mut planted = Vec::new();
        for line in PERSONAL.lines() {
            match line.strip_prefix("# ") {
                Some("link") => mark = "…",
                Some(kind) => mark = kind,
                None => planted.push(Planted { line, mark: format!("[{mark}]") }),
            }
        }
        planted
    }

    /// The sentence as written, its secrets written in another way.
    fn written(&self, way: impl Fn(&str) -> String) -> String {
        self.with(|secret| way(secret))
    }

    /// The sentence as it is written.
    pub(super) fn sentence(&self) -> String {
        self.written(str::to_owned)
    }

    fn hidden(&self) -> String {
        self.with(|_| self.mark.clone())
    }

    fn with(&self, put: impl Fn(&str) -> String) -> String {
        let mut parts = self.line.split(['⟦', '⟧']);
        let mut out = parts.next().unwrap_or_default().to_owned();
        while let (Some(secret), Some(rest)) = (parts.next(), parts.next()) {
            out.push_str(&put(secret));
            out.push_str(rest);
        }
        out
    }

    pub(super) fn secrets(&self) -> Vec<&'static str> {
        self.line.split(['⟦', '⟧']).skip(1).step_by(2).collect()
    }
}

fn leaks(way: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let all = Planted::all().into_iter();
    let found = all.map(|planted| {
        let written = planted.written(&way);
        let redacted = words(&written);
        (planted.hidden() != redacted).then_some((written, redacted))
    });
    found.flatten().collect()
}

fn none() -> Vec<(String, String)> {
    Vec::new()
}

/// The secret with something invisible behind each sign but the last.
fn between(secret: &str, invisible: &str) -> String {
    let signs: Vec<String> = secret.chars().map(String::from).collect();
    signs.join(invisible)
}

#[test]
fn nothing_planted_is_shown_and_nothing_beside_it_is_hidden() {
    assert!(Planted::all().len() >= 150);
    assert_eq!(leaks(str::to_owned), none());
}

#[test]
fn nothing_planted_is_shown_with_something_invisible_in_it() {
    for invisible in ["\u{200b}", "\u{ad}", "\u{200d}", "\u{2060}", "\u{202e}", "\u{0}", "\u{fe0f}"]
    {
        assert_eq!(leaks(|secret| between(secret, invisible)), none(), "{invisible:?}");
    }
}

#[test]
fn nothing_planted_is_shown_in_other_digits() {
    for zero in ['０', '٠', '۰', '०', '০', '๐', '𝟎', '𝟘'] {
        let other = |c: char| match c.to_digit(10) {
            Some(digit) => char::from_u32(u32::from(zero) + digit).unwrap_or(c),
            None => c,
        };
        assert_eq!(leaks(|secret| secret.chars().map(other).collect()), none(), "{zero}");
    }
}

#[test]
fn nothing_planted_is_shown_with_other_spaces_and_dashes() {
    for (space, dash) in [("\u{a0}", "–"), ("\u{202f}", "‑"), ("\u{3000}", "－"), ("\u{2009}", "−")]
    {
        let other = |secret: &str| secret.replace(' ', space).replace('-', dash);
        assert_eq!(leaks(other), none(), "{space:?} {dash}");
    }
}

#[test]
fn what_is_planted_alone_or_in_signs_is_found() {
    let secrets = Planted::all().into_iter().filter(|planted| planted.mark != "[…]");
    // Seven digits without a group are a phone number behind a word for it only.
    let secrets = secrets.flat_map(|planted| planted.secrets()).filter(|one| *one != "5550132");
    for secret in secrets {
        for (before, behind) in
            [("", ""), ("(", ")"), ("«", "»"), ("„", "“,"), ("\n", "\n"), ("*", "*!")]
        {
            let redacted = words(&format!("{before}{secret}{behind}"));
            assert!(redacted.contains('['), "{before}{secret}{behind} → {redacted}");
        }
    }
}

#[test]
fn the_harmless_is_shown_as_it_is() {
    assert!(HARMLESS.lines().count() >= 100);
    for line in HARMLESS.lines() {
        assert_eq!(words(line), line);
    }
}

#[test]
fn what_is_hidden_for_nothing_is_known_by_name() {
    for (line, redacted) in OVERDONE {
        assert_eq!(words(line), *redacted);
    }
}
