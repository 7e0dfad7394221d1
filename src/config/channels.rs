//! What channels may carry: one list for every plugin and platform.

use cxbot_sdk::Destination;
use cxbot_sdk::channel::{Channel, Clearance};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Problem;

/// `[[channels]]`: what a channel may carry when something is shown or shared there. One that is not
/// named carries figures only, or what an edition of the digest that goes there may carry.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelConfig {
    /// Such as "slack:C0123ABCD".
    pub channel: Destination,
    /// The most that is shown there, whatever an edition of the digest may carry.
    #[serde(default)]
    pub clearance: Clearance,
    /// Whether e-mail addresses, phone, card and account numbers are hidden in what customers wrote.
    #[serde(default = "yes")]
    pub redact: bool,
}

fn yes() -> bool {
    true
}

/// The list as plugins see it; refused when a channel stands in it twice, since only one can hold.
pub(super) fn settled(list: &[ChannelConfig]) -> Result<Vec<Channel>, Problem> {
    let mut settled: Vec<Channel> = Vec::with_capacity(list.len());
    for (place, one) in list.iter().enumerate() {
        if let Some(other) = settled.iter().position(|other| other.at == one.channel) {
            let what =
                format!("{} is named in channels[{other}] already; name it once", one.channel);
            return Err(Problem::at(&format!("channels[{place}].channel"), what));
        }
        let ChannelConfig { channel, clearance, redact } = one.clone();
        settled.push(Channel { at: channel, clearance, redact });
    }
    Ok(settled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<ChannelConfig> {
        let table: toml::Table = text.parse().expect("well-formed");
        table["channels"].clone().try_into().expect("channels")
    }

    #[test]
    fn a_channel_carries_figures_and_is_redacted_unless_it_says_otherwise() {
        let settled = settled(&list(
            r#"channels = [{ channel = "slack:C1" },
                           { channel = "discord:2", clearance = "names", redact = false }]"#,
        ));
        let channel = |at: &str, clearance, redact| Channel {
            at: at.parse().expect("a destination"),
            clearance,
            redact,
        };
        assert_eq!(
            settled,
            Ok(vec![
                channel("slack:C1", Clearance::Figures, true),
                channel("discord:2", Clearance::Names, false),
            ])
        );
    }

    #[test]
    fn a_channel_that_is_named_twice_is_refused_at_its_second_place() {
        let twice = list(
            r#"channels = [{ channel = "slack:C1" }, { channel = "slack:C1", clearance = "names" }]"#,
        );
        assert_eq!(
            settled(&twice).expect_err("refused").to_string(),
            "channels[1].channel: slack:C1 is named in channels[0] already; name it once"
        );
    }
}
