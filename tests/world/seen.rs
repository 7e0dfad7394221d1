//! What a person sees of a private answer on each platform: the real renderer's body, read as the
//! platform shows it. Links stand as `label → address`, buttons in brackets, small print after a dash.

use cxbot::chat::render::{discord, slack, terminal};
use cxbot_sdk::Message;
use jiff::tz::TimeZone;
use serde_json::Value;

/// Replies of a thread that are read; a long history has more of the same.
const REPLIES: usize = 2;

/// The platform's name, and what is seen there.
pub fn everywhere(message: &Message) -> [(&'static str, String); 3] {
    let zone = TimeZone::UTC;
    [
        ("Slack", of_parts(message, |part| in_slack(&slack::answer(part, &zone)))),
        ("Discord", of_parts(message, |part| in_discord(&discord::answer(part)))),
        ("terminal", of_parts(message, |part| terminal::render(part, &zone))),
    ]
}

fn of_parts(message: &Message, see: impl Fn(&Message) -> String) -> String {
    let parent = Message { thread: Vec::new(), ..message.clone() };
    let replies = message.thread.iter().take(REPLIES);
    let mut seen: Vec<String> = std::iter::once(&parent).chain(replies).map(see).collect();
    if let Some(more @ 1..) = message.thread.len().checked_sub(REPLIES) {
        seen.push(format!("({more} more parts)"));
    }
    seen.join("\n~~~\n")
}

/// Blocks of rich text, headers, small print and buttons, as Slack shows them.
pub fn in_slack(body: &Value) -> String {
    let blocks = body["blocks"].as_array().expect("blocks");
    blocks.iter().map(slack_block).collect::<Vec<_>>().join("\n")
}

fn slack_block(block: &Value) -> String {
    let text = |value: &Value| value["text"].as_str().unwrap_or_default().to_owned();
    let of_all = |key: &str, read: &dyn Fn(&Value) -> String, between: &str| {
        let all = block[key].as_array().expect("elements");
        all.iter().map(read).collect::<Vec<_>>().join(between)
    };
    match block["type"].as_str().expect("a type") {
        "header" => format!("# {}", text(&block["text"])),
        "section" => text(&block["text"]),
        "context" => of_all("elements", &|element| format!("– {}", text(element)), "\n"),
        "divider" => "—".to_owned(),
        "actions" => of_all("elements", &slack_element, "  "),
        "rich_text" => of_all("elements", &slack_lines, "\n"),
        other => panic!("no reading of {other}: {block}"),
    }
}

fn slack_lines(section: &Value) -> String {
    let elements = section["elements"].as_array().expect("elements");
    elements.iter().map(slack_words).collect()
}

fn slack_words(element: &Value) -> String {
    let field = |key: &str| element[key].as_str().unwrap_or_default();
    match field("type") {
        "text" => field("text").to_owned(),
        "link" => format!("{} → {}", field("text"), field("url")),
        // Nothing else is ours: a mention would be a fault that the snapshot shows.
        other => format!("<<{other}>>"),
    }
}

fn slack_element(element: &Value) -> String {
    match element["type"].as_str().expect("a type") {
        "button" => format!("[{}]", element["text"]["text"].as_str().unwrap_or_default()),
        "static_select" => {
            let options = element["options"].as_array().map_or(0, Vec::len);
            let prompt = element["placeholder"]["text"].as_str().unwrap_or_default();
            format!("[{prompt} ▾ {options}]")
        }
        other => format!("<<{other}>>"),
    }
}

/// The embeds' Markdown as Discord shows it, and the components below.
pub fn in_discord(body: &Value) -> String {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(body["content"].as_str().map(markdown));
    for embed in body["embeds"].as_array().into_iter().flatten() {
        lines.extend(embed["title"].as_str().map(|title| format!("# {}", markdown(title))));
        lines.extend(embed["description"].as_str().map(markdown));
    }
    for row in body["components"].as_array().into_iter().flatten() {
        let row = row["components"].as_array().expect("a row");
        lines.push(row.iter().map(discord_component).collect::<Vec<_>>().join("  "));
    }
    lines.join("\n")
}

fn discord_component(component: &Value) -> String {
    match component["type"].as_u64() {
        Some(2) => format!("[{}]", component["label"].as_str().unwrap_or_default()),
        Some(3) => {
            let options = component["options"].as_array().map_or(0, Vec::len);
            let prompt = component["placeholder"].as_str().unwrap_or_default();
            format!("[{prompt} ▾ {options}]")
        }
        _ => format!("<<{component}>>"),
    }
}

/// Markdown as it is shown: escapes undone, bold and code without their signs, links with their
/// address, fences as they are. Whatever is bold that should not be leaves its stars out.
fn markdown(text: &str) -> String {
    let shown: Vec<String> = text.lines().map(markdown_line).collect();
    shown.join("\n")
}

fn markdown_line(line: &str) -> String {
    let (small, line) = match line.strip_prefix("-# ") {
        Some(rest) => ("– ", rest),
        None => ("", line),
    };
    let mut shown = small.to_owned();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '\\' if !after.is_empty() => {
                let escaped = after.chars().next().expect("one");
                shown.push(escaped);
                &after[escaped.len_utf8()..]
            }
            '*' if after.starts_with('*') => &after[1..],
            '`' | '\u{200b}' => after,
            '[' => match link(after) {
                Some((label, address, behind)) => {
                    shown.push_str(&format!("{} → {address}", markdown_line(label)));
                    behind
                }
                None => {
                    shown.push(c);
                    after
                }
            },
            c => {
                shown.push(c);
                after
            }
        };
    }
    shown
}

/// The label, the address and what is behind, if a link begins here.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let end = text.match_indices("](").find(|(at, _)| !text[..*at].ends_with('\\'))?.0;
    let (address, behind) = text[end + 2..].split_once(')')?;
    Some((&text[..end], address, behind))
}
