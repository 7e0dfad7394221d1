//! What may be asked for, and what cannot be meant.

use std::str::FromStr;

use cxbot_sdk::count::{Filter, Lane};
use cxbot_sdk::{Cx, Error, Result, Text};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Lookup;

/// Which of someone's conversations.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeammateArgs {
    /// A name, an e-mail or an id.
    pub name: String,
    /// Only conversations on this topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Only conversations of this team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Only conversations on this channel, such as chat or email.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Only this lane: human or handoff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<Lane>,
    /// All of them since this day, such as 2026-10-20, instead of the last weeks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
    /// How many complete weeks; 4 if you name none, 26 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 26))]
    pub weeks: Option<u8>,
}

/// The same about yourself.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeArgs {
    /// Only conversations on this topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Only conversations of this team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Only conversations on this channel, such as chat or email.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Only this lane: human or handoff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<Lane>,
    /// All of them since this day, such as 2026-10-20, instead of the last weeks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
    /// How many complete weeks; 4 if you name none, 26 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 26))]
    pub weeks: Option<u8>,
}

/// Which customer.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerArgs {
    /// An e-mail, a name, a company or an id.
    pub who: String,
}

/// Which group.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupArgs {
    /// The group's name, as the configuration has it.
    pub name: String,
    /// How many complete weeks; 4 if you name none, 26 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 26))]
    pub weeks: Option<u8>,
}

/// Which topic.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TopicArgs {
    /// The topic's name.
    pub name: String,
}

/// Which conversation.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhyArgs {
    /// The conversation's id, or its link.
    pub conversation: String,
}

/// Whom they looked up.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditArgs {
    /// "me"; an auditor may name someone, or nobody for everyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
}

/// A day, written with its year: `2026-10-20`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Since(pub Date);

/// What is wrong with a day, and how one looks.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" is not a day; write it with its year, like 2026-10-20")]
pub struct NotADay(String);

impl FromStr for Since {
    type Err = NotADay;

    fn from_str(words: &str) -> Result<Self, NotADay> {
        let words = words.trim();
        let day = (words.len() == "2026-10-20".len()).then(|| words.parse().ok()).flatten();
        day.map(Since).ok_or_else(|| NotADay(words.to_owned()))
    }
}

impl TryFrom<String> for Since {
    type Error = NotADay;
    fn try_from(words: String) -> Result<Self, NotADay> {
        words.parse()
    }
}

impl From<Since> for String {
    fn from(day: Since) -> String {
        day.0.to_string()
    }
}

impl JsonSchema for Since {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Since".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }

    fn inline_schema() -> bool {
        true
    }
}

impl TeammateArgs {
    pub(crate) fn filter(&self) -> Filter {
        Filter {
            team: self.team.clone(),
            topic: self.topic.clone(),
            channel: self.channel.clone(),
            lane: self.lane,
        }
    }

    /// Whether all of their conversations are meant.
    pub(crate) fn is_narrow(&self) -> bool {
        self.filter() != Filter::default()
    }

    /// Refuses what cannot be meant, whoever it is about.
    pub(crate) fn checked(self, cx: &Cx<Lookup>) -> Result<Self> {
        let words = [("topic", &self.topic), ("team", &self.team), ("channel", &self.channel)];
        let is_blank = |given: &Option<String>| given.as_ref().is_some_and(|w| w.trim().is_empty());
        if let Some((name, _)) = words.into_iter().find(|(_, given)| is_blank(given)) {
            let text = Text::new().code(format!("{name}:")).plain(" has nothing after it. Name a ");
            return Err(Error::refused(text.plain(format!("{name}, or leave it out."))));
        }
        if self.lane == Some(Lane::Ai) {
            let alone = format!(
                "Where {} answers alone no teammate takes part, so nobody has conversations in that \
                 lane. ",
                cx.workspace().ai_agent
            );
            let text = Text::from(alone).code("lane").plain(" takes human or handoff here.");
            return Err(Error::refused(text));
        }
        let today = cx.workspace().zone.to_datetime(cx.now()).date();
        match self.since {
            Some(_) if self.weeks.is_some() => {
                let text = Text::from("Name either ").code("since").plain(" or ").code("weeks");
                Err(Error::refused(text.plain(
                    ", not both: the one takes everything from a day on, the other whole weeks.",
                )))
            }
            Some(Since(day)) if day > today => {
                let text =
                    Text::new().code("since").plain(format!(" takes a day until today, {today}"));
                Err(Error::refused(text.plain(format!("; {day} is still to come."))))
            }
            _ => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_its_year() {
        assert!("2026-10-20".parse::<Since>().is_ok());
        for words in
            ["10-20", "20 Oct", "20 Oct 2026", "2026-02-30", "2026-10-20T09:00", "", "+002026-10"]
        {
            let why = words.parse::<Since>().expect_err(words).to_string();
            assert!(why.ends_with("write it with its year, like 2026-10-20"), "{why}");
        }
    }
}
