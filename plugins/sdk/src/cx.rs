//! What an action or a job gets in hand: the clock, the scores, its state, and a way to publish.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ballot::{Ballot, Ballots};
use crate::channel::{Channel, Clearance};
use crate::count::{Exclusion, Lane};
use crate::error::Result;
use crate::history::{Attribution, Colleague};
use crate::message::Message;
use crate::plugin::{Need, Plugin};
use crate::scores::Scores;
use crate::state::State;

/// Settings of the workspace that shape what people read.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Defines weeks and schedules.
    pub zone: TimeZone,
    /// The zone's IANA name.
    pub zone_name: String,
    /// The AI agent's display name.
    pub ai_agent: String,
    /// The lowest good score, 1–5.
    pub good_from: u8,
    /// Half-width of "steady", as a fraction: 0.05 is 5 points.
    pub steady: f64,
    /// How long after its close a conversation may still get its score.
    pub settle: SignedDuration,
    /// Which teammate a conversation counts for.
    pub attribution: Attribution,
    /// What leaves conversations out, and why.
    pub exclusions: Vec<Exclusion>,
    /// Whether only fixed cells of many conversations of several people are lent.
    pub protected: bool,
    /// What channels may carry, each channel once; plugins ask [`Workspace::clearance_of`].
    pub channels: Vec<Channel>,
}

impl Workspace {
    /// What a lane is called in a sentence.
    pub fn lane_name(&self, lane: Lane) -> String {
        match lane {
            Lane::Human => "human team".to_owned(),
            Lane::Ai => format!("{} lane", self.ai_agent),
            Lane::Handoff => format!("{} → human", self.ai_agent),
        }
    }

    /// What a lane is called as a label.
    pub fn lane_label(&self, lane: Lane) -> String {
        match lane {
            Lane::Human => "HUMAN TEAM".to_owned(),
            Lane::Ai => self.ai_agent.to_uppercase(),
            Lane::Handoff => format!("{} → HUMAN", self.ai_agent.to_uppercase()),
        }
    }

    /// What a channel may carry, where the workspace has settled it. A channel for which neither it nor
    /// the plugin's own settings say anything carries figures only.
    pub fn clearance_of(&self, at: &Destination) -> Option<Clearance> {
        self.channel(at).map(|channel| channel.clearance)
    }

    /// Whether what reaches or charges a customer is hidden in a channel: everywhere but where the
    /// workspace says otherwise.
    pub fn redacts(&self, at: &Destination) -> bool {
        self.channel(at).is_none_or(|channel| channel.redact)
    }

    fn channel(&self, at: &Destination) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.at == *at)
    }
}

impl Default for Workspace {
    fn default() -> Self {
        Workspace {
            zone: TimeZone::UTC,
            zone_name: "UTC".to_owned(),
            ai_agent: "Fin".to_owned(),
            good_from: 4,
            steady: 0.05,
            settle: SignedDuration::from_hours(6),
            attribution: Attribution::default(),
            exclusions: Vec::new(),
            protected: false,
            channels: Vec::new(),
        }
    }
}

/// Who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoker {
    /// The person's id; a keyed hash for plugins without [`Need::Identity`].
    pub id: String,
    /// Empty for plugins without [`Need::Identity`].
    pub name: String,
    pub roles: Vec<String>,
    /// Their own keys as a teammate, `source/id`; empty for plugins without [`Need::Identity`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teammate: Vec<String>,
    /// The teams that they are in or lead; empty for plugins without [`Need::Identity`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<String>,
    /// The channel whose people will all see the answer; `None` for a private one. What is shown there
    /// has to fit what that channel may carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Destination>,
}

/// Roles that know customers by name.
pub const WITH_CUSTOMERS: [&str; 5] = ["operator", "leader", "qa", "manager", "teammate"];

impl Invoker {
    /// Whether they work with customers, so that they may read who these are. Where ids are hidden only
    /// roles count.
    pub fn works_with_customers(&self) -> bool {
        let has = |role: &String| WITH_CUSTOMERS.contains(&role.as_str());
        self.roles.iter().any(has) || !self.teammate.is_empty()
    }
}

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

/// A look at someone's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    pub at: Timestamp,
    /// Who looked.
    pub who: String,
    /// Whose data: `teammate SOURCE/ID` or `customer SOURCE/ID`, the one who was asked for first, then
    /// everyone else who was shown.
    pub whom: Vec<String>,
    /// By what.
    pub command: String,
    /// Where the answer was seen: a channel, or nothing for the asker alone.
    pub seen_in: Option<Destination>,
}

/// Renders a message while the host holds its key's lock.
pub type Render<'a> = BoxFuture<'a, Result<Message>>;

/// What the host lends to plugins. Plugins use it through [`Cx`].
#[async_trait]
pub trait Host: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
    fn workspace(&self) -> &Workspace;
    fn scores(&self) -> &dyn Scores;
    fn ballots(&self) -> &dyn Ballots;
    /// Everyone on the team's side who was ever named, those who left included, in the order of names.
    async fn colleagues(&self) -> anyhow::Result<Vec<Colleague>>;
    /// Writes a look down for good: all of it or nothing.
    async fn audit(&self, looked: Looked) -> anyhow::Result<()>;
    /// The looks that showed any of these, or anyone, each once, latest first, at most `limit`.
    async fn audited(
        &self,
        subjects: Option<&[String]>,
        limit: usize,
    ) -> anyhow::Result<Vec<Looked>>;
    /// The JSON kept under a plugin's key.
    async fn read_state(&self, plugin: &str, key: &str) -> anyhow::Result<Option<Value>>;
    /// Keeps JSON under a plugin's key; `None` deletes it.
    async fn write_state(
        &self,
        plugin: &str,
        key: &str,
        value: Option<Value>,
    ) -> anyhow::Result<()>;
    /// The same, if what is kept is still `before`; false, and nothing changed, where it is not.
    async fn swap_state(
        &self,
        plugin: &str,
        key: &str,
        before: Option<&Value>,
        after: Option<Value>,
    ) -> anyhow::Result<bool>;
    /// Makes the message `key` of `plugin` look as rendered, wherever the audience is.
    async fn publish(
        &self,
        plugin: &str,
        audience: &Audience,
        key: &str,
        render: Render<'_>,
    ) -> Result<()>;
}

/// The context of one call. It dereferences to the plugin itself.
pub struct Cx<P> {
    plugin: Arc<P>,
    host: Arc<dyn Host>,
}

impl<P> Clone for Cx<P> {
    fn clone(&self) -> Self {
        Cx { plugin: self.plugin.clone(), host: self.host.clone() }
    }
}

impl<P> Deref for Cx<P> {
    type Target = P;
    fn deref(&self) -> &P {
        &self.plugin
    }
}

impl<P: Plugin> Cx<P> {
    pub(crate) fn new(plugin: Arc<P>, host: Arc<dyn Host>) -> Self {
        Cx { plugin, host }
    }

    /// The clock as it was handed to the host; code below a plugin never reads another.
    pub fn now(&self) -> Timestamp {
        self.host.now()
    }

    pub fn workspace(&self) -> &Workspace {
        self.host.workspace()
    }

    /// The scored conversations; refused without [`Need::Scores`].
    pub fn scores(&self) -> Result<&dyn Scores> {
        self.must_need(Need::Scores)?;
        Ok(self.host.scores())
    }

    /// Everyone on the team's side; refused without [`Need::Identity`].
    pub async fn colleagues(&self) -> Result<Vec<Colleague>> {
        self.must_need(Need::Identity)?;
        Ok(self.host.colleagues().await?)
    }

    /// Writes down that the invoker looks these up, the one who was asked for first; refused without
    /// [`Need::Identity`].
    pub async fn audit(&self, invoker: &Invoker, whom: Vec<String>, command: &str) -> Result<()> {
        self.must_need(Need::Identity)?;
        let looked = Looked {
            at: self.now(),
            who: if invoker.name.is_empty() { invoker.id.clone() } else { invoker.name.clone() },
            whom,
            command: command.to_owned(),
            seen_in: invoker.channel.clone(),
        };
        Ok(self.host.audit(looked).await?)
    }

    /// The looks that showed any of these, or anyone; refused without [`Need::Identity`].
    pub async fn audited(&self, subjects: Option<&[String]>, limit: usize) -> Result<Vec<Looked>> {
        self.must_need(Need::Identity)?;
        Ok(self.host.audited(subjects, limit).await?)
    }

    /// A secret ballot of that name; refused without [`Need::Ballot`].
    pub fn ballot(&self, name: &str) -> Result<Ballot<'_>> {
        self.must_need(Need::Ballot)?;
        Ok(Ballot::new(&*self.host, P::NAME, name))
    }

    /// The plugin's own JSON values by key.
    pub fn state(&self) -> State<'_> {
        State::new(&*self.host, P::NAME)
    }

    /// "The message `key` in `audience` looks like this": posts first, edits after; refused without
    /// [`Need::Publish`]. A message that depends on state that may change meanwhile has to be given
    /// as a future, which is rendered while the key is locked.
    pub async fn publish(
        &self,
        audience: &Audience,
        key: &str,
        render: impl Future<Output = Result<Message>> + Send,
    ) -> Result<()> {
        self.must_need(Need::Publish)?;
        self.host.publish(P::NAME, audience, key, Box::pin(render)).await
    }

    fn must_need(&self, need: Need) -> Result<()> {
        if P::NEEDS.contains(&need) {
            return Ok(());
        }
        Err(anyhow::anyhow!("plugin {} uses {need:?} without declaring the need", P::NAME).into())
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
