//! Where messages are seen.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A channel on a platform, written `slack:C0123ABCD` or `discord:112233`; or a person there, whom it
/// reaches by direct message, written `slack:U0123ABCD` or `discord:@112233`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Destination {
    pub platform: String,
    pub channel: String,
}

impl Destination {
    /// Whether it is a person, reached by direct message.
    pub fn is_person(&self) -> bool {
        match self.platform.as_str() {
            "slack" => self.channel.starts_with(['U', 'W']),
            "discord" => self.channel.starts_with('@'),
            // The console of the demo knows people by their e-mail addresses.
            "web" => self.channel.contains('@'),
            _ => false,
        }
    }

    /// For a log, where no person's id belongs.
    pub fn nameless(&self) -> String {
        match self.is_person() {
            true => format!("someone by direct message on {}", self.platform),
            false => self.to_string(),
        }
    }
}

/// People on a platform who belong together. The platform says who they are at the moment; bots are
/// not among them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Members {
    /// Whoever is in a channel, by its id.
    Channel(String),
    /// A user group in Slack or a role in Discord, by its id.
    Group(String),
}

/// Where a message is to be seen.
pub type Audience = [Destination];

/// The platforms that a destination may name.
pub const PLATFORMS: [&str; 4] = ["slack", "discord", "terminal", "web"];

/// Slack takes ids, not names: C… for channels, G… for older private ones, D… for direct messages; and
/// U… or W… for people.
fn is_slack_id(channel: &str) -> bool {
    let known = channel.starts_with(['C', 'G', 'D', 'U', 'W']);
    known && channel.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// Discord's ids are numbers; with an @ before it, it is a person's.
fn is_discord_id(channel: &str) -> bool {
    let number = channel.strip_prefix('@').unwrap_or(channel);
    !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())
}

impl FromStr for Destination {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some((platform, channel))
                if PLATFORMS.contains(&platform) && !channel.trim().is_empty() =>
            {
                if platform == "slack" && !is_slack_id(channel) {
                    return Err(format!(
                        "\"{text}\" is not a channel's or a person's id; copy it from the end of the \
                         channel's details in Slack, or from the menu of the person's profile, and \
                         write it like slack:C0123ABCD or slack:U0123ABCD"
                    ));
                }
                if platform == "discord" && !is_discord_id(channel) {
                    return Err(format!(
                        "\"{text}\" is not a channel's or a person's id; copy it from the menu of the \
                         channel or the person in Discord (Settings, Advanced, Developer Mode), and \
                         write it like discord:112233 for a channel, discord:@112233 for a person"
                    ));
                }
                Ok(Destination { platform: platform.to_owned(), channel: channel.to_owned() })
            }
            _ => Err(format!(
                "\"{text}\" is not a destination; write it like slack:C0123ABCD or discord:112233"
            )),
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.platform, self.channel)
    }
}

impl TryFrom<String> for Destination {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Destination> for String {
    fn from(destination: Destination) -> String {
        destination.to_string()
    }
}

impl JsonSchema for Destination {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Destination".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^(slack:[CDGUW][A-Z0-9]*|discord:@?[0-9]+|terminal:.+)$",
            "description": "A channel, such as slack:C0123ABCD or discord:112233, or a person who gets \
                            direct messages, such as slack:U0123ABCD or discord:@112233."
        })
    }

    fn inline_schema() -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_a_channel_or_a_person_and_is_read_as_it_is_written() {
        for text in [
            "slack:C0123ABCD",
            "slack:D0123ABCD",
            "slack:U0123ABCD",
            "slack:W0123ABCD",
            "discord:112233",
            "discord:@112233",
            "terminal:here",
        ] {
            let read: Result<Destination, String> = text.parse();
            assert_eq!(read.map(|at| at.to_string()), Ok(text.to_owned()));
        }
        for (text, wanted) in [
            ("slack:@ana", "is not a channel's or a person's id"),
            ("slack:u0123abcd", "is not a channel's or a person's id"),
            ("discord:@", "is not a channel's or a person's id"),
            ("discord:@ana", "is not a channel's or a person's id"),
            ("discord:112233@", "is not a channel's or a person's id"),
            ("slack:", "is not a destination"),
            ("U0123ABCD", "is not a destination"),
        ] {
            let refused = text.parse::<Destination>().expect_err(text);
            assert!(refused.contains(wanted), "{refused}");
        }
    }
}
