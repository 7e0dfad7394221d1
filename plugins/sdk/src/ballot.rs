//! A secret ballot: people answer, and nobody can tell who answered what.
//!
//! While it is open the host keeps each paper under a hash of its voter and of a secret of that ballot, so
//! that a paper can be changed or taken back. Voters are known by where they are on platforms, whatever the
//! settings call them meanwhile. When it is burnt the secret is gone, and with it every way
//! from a paper to a person.

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Time;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cx::{Host, Render};
use crate::destination::{Destination, PLATFORMS};
use crate::error::Result;
use crate::invoker::Invoker;
use crate::message::Message;
#[cfg(doc)]
use crate::names::NAME_MARK;

/// Who is asked, as settings write it: a name of `[[people]]`; a channel, `slack:C0123ABCD` or
/// `discord:112233`; a user group of Slack, `slack:S0123ABCD`, or a role of Discord, `discord:@&112233`; or
/// one person, `slack:U0123ABCD` or `discord:@112233`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Invited {
    /// Someone whom the configuration names.
    Person(String),
    /// Whoever a channel has, or the one person of a direct message.
    At(Destination),
    /// Whoever is in a group of a platform.
    Group { platform: String, id: String },
}

impl FromStr for Invited {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (platform, id) = match text.split_once(':') {
            Some((platform, id)) if PLATFORMS.contains(&platform) => (platform, id),
            _ if text.is_empty() => return Err("nobody is named".to_owned()),
            _ => return Ok(Invited::Person(text.to_owned())),
        };
        let group = match platform {
            "slack" => id.strip_prefix('S').map(|_| id),
            "discord" => id.strip_prefix("@&"),
            _ => None,
        };
        match group {
            Some(id) if !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric()) => {
                Ok(Invited::Group { platform: platform.to_owned(), id: id.to_owned() })
            }
            Some(_) => Err(format!("\"{text}\" is not a group's id; copy it from the platform")),
            None => text.parse().map(Invited::At),
        }
    }
}

impl fmt::Display for Invited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Invited::Person(name) => f.write_str(name),
            Invited::At(destination) => destination.fmt(f),
            Invited::Group { platform, id } if platform == "discord" => write!(f, "discord:@&{id}"),
            Invited::Group { platform, id } => write!(f, "{platform}:{id}"),
        }
    }
}

impl TryFrom<String> for Invited {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Invited> for String {
    fn from(invited: Invited) -> String {
        invited.to_string()
    }
}

impl JsonSchema for Invited {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Invited".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A name of [[people]], a channel, a user group of Slack (slack:S0123ABCD), a \
                            role of Discord (discord:@&112233), or one person."
        })
    }

    fn inline_schema() -> bool {
        true
    }
}

/// What became of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cast {
    /// It is kept, for good until the ballot is sealed.
    Recorded,
    /// It is kept in the place of an earlier one.
    Changed,
    /// The earlier one is gone.
    TakenBack,
    /// There was none to take back.
    Nothing,
    /// The ballot takes no papers any more.
    Closed,
    /// This person is not asked.
    NotInvited,
}

/// Whom a ballot asks.
#[derive(Debug, Clone, Copy)]
pub struct Whom<'a> {
    pub invited: &'a [Invited],
    /// Whether each gets it as a direct message, so that everyone has to be known.
    pub directly: bool,
}

/// What the host keeps of ballots. Every function may be called again after a crash.
#[async_trait]
pub trait Ballots: Send + Sync {
    /// Opens a ballot; how many people are asked, where that can be told. Refused, and nothing kept, where
    /// nobody can be asked, or not at the moment.
    async fn open(&self, plugin: &str, ballot: &str, whom: Whom<'_>) -> Result<Option<u64>>;

    /// Keeps a paper in the place of the voter's earlier one, or takes that back; committed when it
    /// returns. A voter is who asked, as a secret action is told.
    async fn cast(
        &self,
        plugin: &str,
        ballot: &str,
        voter: &str,
        paper: Option<Value>,
    ) -> anyhow::Result<Cast>;

    /// How many papers there are.
    async fn papers(&self, plugin: &str, ballot: &str) -> anyhow::Result<u64>;

    /// Why papers are there and cannot be read, for whoever could make them readable; none where they can.
    async fn unreadable(&self, plugin: &str, ballot: &str) -> anyhow::Result<Option<String>>;

    /// From now on no paper is taken; all of them, in no order.
    async fn seal(&self, plugin: &str, ballot: &str) -> anyhow::Result<Vec<Value>>;

    /// Destroys the ballot's secret, its papers and every trace of how they came.
    async fn burn(&self, plugin: &str, ballot: &str) -> anyhow::Result<()>;

    /// Makes the message `key` look as rendered in a direct message to everyone who is asked, and wherever
    /// it stands already.
    async fn publish(
        &self,
        plugin: &str,
        ballot: &str,
        key: &str,
        render: Render<'_>,
    ) -> Result<()>;

    /// Sends this once to each who is asked and has given no paper, when this time of day comes in their
    /// own zone, where it is known, after the opening; or two hours before the end, if that is earlier.
    async fn remind(
        &self,
        plugin: &str,
        ballot: &str,
        from: Time,
        opened_and_ends: (Timestamp, Timestamp),
        message: &Message,
    ) -> anyhow::Result<()>;

    /// Each of these texts with a mark in the place of every name of someone known or asked.
    async fn without_names(
        &self,
        plugin: &str,
        ballot: &str,
        texts: &[String],
    ) -> anyhow::Result<Vec<String>>;
}

/// One ballot of a plugin.
pub struct Ballot<'h> {
    host: &'h dyn Host,
    plugin: &'static str,
    name: String,
}

impl<'h> Ballot<'h> {
    pub(crate) fn new(host: &'h dyn Host, plugin: &'static str, name: &str) -> Self {
        Ballot { host, plugin, name: name.to_owned() }
    }

    /// Opens it; how many people are asked, where that can be told.
    pub async fn open(&self, whom: Whom<'_>) -> Result<Option<u64>> {
        self.host.ballots().open(self.plugin, &self.name, whom).await
    }

    /// Keeps the invoker's paper, in the place of an earlier one.
    pub async fn cast(&self, invoker: &Invoker, paper: &impl Serialize) -> Result<Cast> {
        let paper = serde_json::to_value(paper).map_err(anyhow::Error::from)?;
        Ok(self.host.ballots().cast(self.plugin, &self.name, &invoker.id, Some(paper)).await?)
    }

    /// Takes the invoker's paper back.
    pub async fn take_back(&self, invoker: &Invoker) -> Result<Cast> {
        Ok(self.host.ballots().cast(self.plugin, &self.name, &invoker.id, None).await?)
    }

    /// How many papers there are.
    pub async fn papers(&self) -> Result<u64> {
        Ok(self.host.ballots().papers(self.plugin, &self.name).await?)
    }

    /// Why there are papers that cannot be read, if so.
    pub async fn unreadable(&self) -> Result<Option<String>> {
        Ok(self.host.ballots().unreadable(self.plugin, &self.name).await?)
    }

    /// Closes it for good; all papers, in no order.
    pub async fn seal<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        let papers = self.host.ballots().seal(self.plugin, &self.name).await?;
        let read = papers.into_iter().map(serde_json::from_value).collect::<Result<_, _>>();
        Ok(read.map_err(anyhow::Error::from)?)
    }

    /// Destroys its secret and all papers; what was made of them has to be kept before.
    pub async fn burn(&self) -> Result<()> {
        Ok(self.host.ballots().burn(self.plugin, &self.name).await?)
    }

    /// The message `key` in a direct message to everyone who is asked looks like this.
    pub async fn publish(
        &self,
        key: &str,
        render: impl Future<Output = Result<Message>> + Send,
    ) -> Result<()> {
        self.host.ballots().publish(self.plugin, &self.name, key, Box::pin(render)).await
    }

    /// Reminds those who have given no paper, each once.
    pub async fn remind(
        &self,
        from: Time,
        opened_and_ends: (Timestamp, Timestamp),
        message: &Message,
    ) -> Result<()> {
        let ballots = self.host.ballots();
        Ok(ballots.remind(self.plugin, &self.name, from, opened_and_ends, message).await?)
    }

    /// Each of these texts with [`NAME_MARK`] in the place of every name of someone known or asked.
    pub async fn without_names(&self, texts: &[String]) -> Result<Vec<String>> {
        Ok(self.host.ballots().without_names(self.plugin, &self.name, texts).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_asked_is_written_as_people_know_it() {
        let channel = |text: &str| Invited::At(text.parse().expect("a destination"));
        let group = |platform: &str, id: &str| Invited::Group {
            platform: platform.to_owned(),
            id: id.to_owned(),
        };
        for (text, wanted) in [
            ("Maya Ortiz", Invited::Person("Maya Ortiz".to_owned())),
            ("slack:C0123ABCD", channel("slack:C0123ABCD")),
            ("slack:S0123ABCD", group("slack", "S0123ABCD")),
            ("discord:@&112233", group("discord", "112233")),
            ("discord:112233", channel("discord:112233")),
        ] {
            let invited: Invited = text.parse().expect("well-formed");
            assert_eq!(invited, wanted);
            assert_eq!(invited.to_string(), text);
        }
        for text in ["", "slack:leaders", "discord:@&", "slack:S 1"] {
            assert!(text.parse::<Invited>().is_err(), "{text}");
        }
    }
}
