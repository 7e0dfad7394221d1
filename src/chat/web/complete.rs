//! What can come next on a line that someone is typing: pure.

use cxbot_sdk::plugin::Action;
use cxbot_sdk::text::shorten;
use serde::Serialize;
use serde_json::Value;

use crate::chat::{Command, Suggest};

/// The host's own command beside the plugins'.
const HELP: &str = "help";
/// Options are for someone who is typing, so few and short.
pub(super) const MOST: usize = 12;
const ABOUT: usize = 90;

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Choice {
    /// The whole line once it is chosen.
    pub(super) line: String,
    pub(super) label: String,
    pub(super) about: String,
}

/// What can be said about a line without asking anyone, and what is to be asked.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Next {
    pub(super) choices: Vec<Choice>,
    pub(super) ask: Option<Asking>,
}

/// A value that the plugin may know.
#[derive(Debug, PartialEq)]
pub(super) struct Asking {
    pub(super) what: Suggest,
    /// The line before the value.
    before: String,
}

impl Asking {
    /// A value that the plugin knows, as a way to go on.
    pub(super) fn choice(&self, label: String, value: &str) -> Choice {
        let line = format!("{}{} ", self.before, quoted(value));
        Choice { line, label, about: String::new() }
    }
}

/// `root` is the command under which everything is asked, such as "/cx".
pub(super) fn next(root: &str, commands: &[Command], line: &str) -> Next {
    let line = line.trim_start();
    let Some(rest) = line.strip_prefix(root) else {
        return Next { choices: begin(root, line), ask: None };
    };
    match rest.trim_start().split_once(char::is_whitespace) {
        None => {
            let choices = words(root, commands, rest.trim());
            Next { choices: if rest.is_empty() { begin(root, line) } else { choices }, ask: None }
        }
        Some((word, _)) => match commands.iter().find(|known| known.action.name == word) {
            Some(command) => argument(command, line),
            None => Next::default(),
        },
    }
}

fn begin(root: &str, line: &str) -> Vec<Choice> {
    let fits = root.starts_with(line);
    let about = "Ask cxbot about scored conversations".to_owned();
    let choice = Choice { line: format!("{root} "), label: root.to_owned(), about };
    fits.then_some(choice).into_iter().collect()
}

fn words(root: &str, commands: &[Command], typed: &str) -> Vec<Choice> {
    let known = commands.iter().map(|known| (&*known.action.name, &*known.action.about));
    let all = known.chain([(HELP, "What you can ask, or one command in detail.")]);
    let fitting = all.filter(|(name, _)| name.starts_with(&typed.to_lowercase()));
    let choice = |(name, about): (&str, &str)| Choice {
        line: format!("{root} {name} "),
        label: name.to_owned(),
        about: shorten(about, ABOUT),
    };
    fitting.map(choice).collect()
}

/// The last word of a line is a value after its name, the beginning of a name, or one of the words of the
/// first argument.
fn argument(command: &Command, line: &str) -> Next {
    let action = &command.action;
    let start = last_word(line);
    let (before, word) = line.split_at(start);
    if let Some((name, typed)) = word.split_once(':') {
        let known = action.properties().find(|(known, _)| known.eq_ignore_ascii_case(name));
        return match known {
            Some((name, schema)) => {
                let before = format!("{before}{name}:");
                value(command, name, schema, &before, typed.trim_matches('"'))
            }
            None => Next::default(),
        };
    }
    let names = names(action, before, word);
    let Some((name, schema)) = action.properties().next() else { return Next::default() };
    // Words without a name belong together, so all of those at the end are the value so far.
    let from = first_bare(line, start);
    let (before, typed) = line.split_at(from);
    let mut next = value(command, name, schema, before, typed.trim_matches('"'));
    next.choices.extend(names);
    next
}

fn value(command: &Command, name: &str, schema: &Value, before: &str, typed: &str) -> Next {
    let values = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let fitting = values.filter(|value| value.starts_with(&typed.to_lowercase()));
    let choice = |value: &str| Choice {
        line: format!("{before}{value} "),
        label: value.to_owned(),
        about: String::new(),
    };
    let suggests = command.action.suggests.iter().any(|known| known == name);
    let ask = suggests.then(|| Asking {
        what: Suggest {
            plugin: command.plugin,
            action: command.action.name.clone(),
            argument: name.to_owned(),
            typed: typed.trim().to_owned(),
        },
        before: before.to_owned(),
    });
    Next { choices: fitting.map(choice).collect(), ask }
}

/// The names of arguments that begin like this and are not on the line yet.
fn names(action: &Action, before: &str, typed: &str) -> Vec<Choice> {
    let typed = typed.to_lowercase();
    let new = action
        .properties()
        .skip(1)
        .filter(|(name, _)| name.starts_with(&typed) && !before.contains(&format!(" {name}:")));
    let choice = |(name, schema): (&str, &Value)| Choice {
        line: format!("{before}{name}:"),
        label: format!("{name}:"),
        about: shorten(schema["description"].as_str().unwrap_or_default(), ABOUT),
    };
    new.map(choice).collect()
}

/// Where the last word begins; quotes keep several words together.
fn last_word(line: &str) -> usize {
    let mut quoted = false;
    let mut start = 0;
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => start = at + c.len_utf8(),
            _ => {}
        }
    }
    start
}

/// Where the words without a name begin that reach to the end of the line; behind the command's own word
/// at the earliest.
fn first_bare(line: &str, last: usize) -> usize {
    let mut start = last;
    let earliest =
        line.match_indices(char::is_whitespace).nth(1).map_or(line.len(), |(at, _)| at + 1);
    while start > earliest {
        let before = line[..start].trim_end();
        let word = last_word(before);
        if before[word..].contains(':') || word < earliest {
            break;
        }
        start = word;
    }
    start
}

fn quoted(value: &str) -> String {
    match value.contains(char::is_whitespace) {
        true => format!("\"{value}\""),
        false => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use schemars::{JsonSchema, schema_for};

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Args {
        /// Who.
        name: String,
        /// In one topic only.
        topic: Option<String>,
        /// How many weeks.
        weeks: Option<u8>,
    }

    fn commands() -> Vec<Command> {
        let action = Action {
            name: "teammate".to_owned(),
            command: true,
            about: "What customers experienced with someone.".to_owned(),
            arguments: schema_for!(Args),
            check: |_| Ok(()),
            suggests: vec!["name".to_owned()],
            introduced: false,
            individual: false,
            only: None,
            secret: false,
        };
        vec![Command { plugin: "lookup", action }]
    }

    fn lines(line: &str) -> Vec<String> {
        next("/cx", &commands(), line).choices.into_iter().map(|choice| choice.line).collect()
    }

    /// What is asked about, and the line once "Ana Silva" is chosen.
    fn asked(line: &str) -> Option<(String, String)> {
        let asking = next("/cx", &commands(), line).ask?;
        Some((asking.what.typed.clone(), asking.choice("Ana".to_owned(), "Ana Silva").line))
    }

    #[test]
    fn a_line_begins_with_the_root_and_goes_on_with_a_command() {
        assert_eq!(lines(""), ["/cx "]);
        assert_eq!(lines("/c"), ["/cx "]);
        assert_eq!(lines("/cx"), ["/cx "]);
        assert_eq!(lines("/cx "), ["/cx teammate ", "/cx help "]);
        assert_eq!(lines("/cx TE"), ["/cx teammate "]);
        assert_eq!(lines("hello"), Vec::<String>::new());
        assert_eq!(lines("/cx nothing else "), Vec::<String>::new());
    }

    #[test]
    fn words_behind_a_command_are_its_first_argument_whole() {
        let chosen = |typed: &str, line: &str| Some((typed.to_owned(), line.to_owned()));
        assert_eq!(asked("/cx teammate "), chosen("", "/cx teammate \"Ana Silva\" "));
        assert_eq!(asked("/cx teammate ana s"), chosen("ana s", "/cx teammate \"Ana Silva\" "));
        assert_eq!(
            asked("/cx teammate topic:Invoices an"),
            chosen("an", "/cx teammate topic:Invoices \"Ana Silva\" ")
        );
        assert_eq!(asked("/cx teammate name:an"), chosen("an", "/cx teammate name:\"Ana Silva\" "));
    }

    #[test]
    fn names_of_arguments_come_by_their_beginning_and_once() {
        assert_eq!(lines("/cx teammate to"), ["/cx teammate topic:"]);
        assert_eq!(
            lines("/cx teammate Ana "),
            ["/cx teammate Ana topic:", "/cx teammate Ana weeks:"]
        );
        assert_eq!(lines("/cx teammate topic:x "), ["/cx teammate topic:x weeks:"]);
    }

    proptest! {
        #[test]
        fn whatever_is_typed_a_choice_is_a_line_that_can_go_on(line in "(/cx )?(teammate )?\\PC{0,30}") {
            for choice in next("/cx", &commands(), &line).choices {
                prop_assert!(choice.line.starts_with("/cx"));
                next("/cx", &commands(), &choice.line);
            }
        }
    }
}
