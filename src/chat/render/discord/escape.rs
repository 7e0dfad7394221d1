//! Words as Discord's Markdown shows them: nothing in them is markup, a mention or a link.

/// A zero-width space: it breaks what Discord would read as one.
const BREAK: char = '\u{200b}';

/// Characters that mean something to Discord's Markdown.
const SPECIAL: &str = "\\*_~`|>#-+[]()<";

/// Escapes every character that means something, and breaks mentions and addresses.
pub(super) fn escaped(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len() + 16);
    let mut rest = words.chars();
    // A number at the very start with a full stop and a space would become a list.
    let mut number = true;
    while let Some(c) = rest.next() {
        let list = number && c == '.' && rest.as_str().starts_with(' ');
        if SPECIAL.contains(c) || list {
            escaped.push('\\');
        }
        escaped.push(c);
        // @everyone, and the slashes of an address that would become a link.
        if c == '@' || (c == ':' && rest.as_str().starts_with("//")) {
            escaped.push(BREAK);
        }
        number &= c.is_ascii_digit();
    }
    escaped
}

/// Words within a code fence, which they must not end.
pub(super) fn fenced(words: &str) -> String {
    words.replace('`', "ˋ")
}

/// An address of the web as the target of a link, or nothing.
pub(super) fn address(url: &str) -> Option<String> {
    let web = url.starts_with("https://") || url.starts_with("http://");
    if !web || url.chars().count() > 500 {
        return None;
    }
    let safe = |c: char| match c {
        '(' => "%28".to_owned(),
        ')' => "%29".to_owned(),
        '<' => "%3C".to_owned(),
        '>' => "%3E".to_owned(),
        '[' => "%5B".to_owned(),
        ']' => "%5D".to_owned(),
        '\\' => "%5C".to_owned(),
        '`' => "%60".to_owned(),
        c if c.is_whitespace() || c.is_control() => "%20".to_owned(),
        c => c.to_string(),
    };
    Some(url.chars().map(safe).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_mentions_and_addresses_are_inert() {
        assert_eq!(escaped("*a* [x](y)"), "\\*a\\* \\[x\\]\\(y\\)");
        assert_eq!(escaped("@everyone"), "@\u{200b}everyone");
        assert_eq!(escaped("<@1>"), "\\<@\u{200b}1\\>");
        assert_eq!(escaped("https://e.example"), "https:\u{200b}//e.example");
        assert_eq!(escaped("1. one 2. two"), "1\\. one 2. two");
    }

    #[test]
    fn only_addresses_of_the_web_are_links() {
        assert_eq!(address("https://a.example/(x)").as_deref(), Some("https://a.example/%28x%29"));
        assert_eq!(address("javascript:alert(1)"), None);
    }
}
