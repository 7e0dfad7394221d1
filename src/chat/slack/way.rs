//! Where an answer goes: to the address that came with the question, into a window, or to the Home tab.

use serde::{Deserialize, Serialize};

/// A request's `answer_to`, as Slack's part of the program understands it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Way {
    /// The response address of a command or of a press under a message.
    Address(String),
    /// A window that shows "One moment."; the address is for someone who has closed it.
    View { id: String, address: Option<String> },
    /// A window that the request's own trigger opens.
    Window,
    /// The asker's Home tab.
    Home,
}

impl Way {
    pub(super) fn written(&self) -> String {
        match self {
            Way::Address(url) => url.clone(),
            // Such a small enum can always be written.
            other => serde_json::to_string(other).unwrap_or_default(),
        }
    }

    pub(super) fn read(answer_to: &str) -> Way {
        serde_json::from_str(answer_to).unwrap_or_else(|_| Way::Address(answer_to.to_owned()))
    }
}

/// What a form carries on its way to the person and back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Luggage {
    pub(super) channel: String,
    /// The response address of the press that led to the form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_is_read_as_it_was_written() {
        let address = "https://hooks.slack.com/commands/T1/2/abc".to_owned();
        let ways = [
            Way::Address(address.clone()),
            Way::View { id: "V1".to_owned(), address: Some(address) },
            Way::Window,
            Way::Home,
        ];
        for way in ways {
            assert_eq!(Way::read(&way.written()), way);
        }
    }
}
