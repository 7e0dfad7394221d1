//! The three lanes. They have a fixed order of display and no order of rank.

use serde::{Deserialize, Serialize};

use crate::conversation::Conversation;

/// Who took part on the team's side.
///
/// Deliberately without `Ord`: lanes are never ranked or sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Lane {
    /// A human took part, the AI agent did not.
    Human,
    /// The AI agent took part, no human did.
    Ai,
    /// Both took part, or the AI agent handed over.
    Handoff,
}

/// Resolutions by which the AI agent says that it handed over.
const HANDED_OVER: [&str; 3] = ["routed_to_team", "escalated", "procedure_handoff"];

impl Lane {
    /// The order of display.
    pub const ALL: [Lane; 3] = [Lane::Human, Lane::Ai, Lane::Handoff];

    /// The name in stores and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Lane::Human => "human",
            Lane::Ai => "ai",
            Lane::Handoff => "handoff",
        }
    }

    pub fn named(name: &str) -> Option<Lane> {
        Lane::ALL.into_iter().find(|lane| lane.name() == name)
    }

    /// The lane of a conversation; `None` when nobody took part.
    pub fn of(conversation: &Conversation) -> Option<Lane> {
        let human = conversation.teammates.iter().any(|teammate| !teammate.bot);
        let ai = conversation.ai.as_ref();
        let handed_over = ai
            .and_then(|ai| ai.resolution.as_deref())
            .is_some_and(|resolution| HANDED_OVER.contains(&resolution));
        match (human, ai.is_some_and(|ai| ai.participated)) {
            _ if handed_over => Some(Lane::Handoff),
            (true, true) => Some(Lane::Handoff),
            (true, false) => Some(Lane::Human),
            (false, true) => Some(Lane::Ai),
            (false, false) => None,
        }
    }
}

/// One value for each lane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PerLane<T> {
    pub human: T,
    pub ai: T,
    pub handoff: T,
}

impl<T> PerLane<T> {
    /// Lane and value, in the order of display.
    pub fn iter(&self) -> impl Iterator<Item = (Lane, &T)> {
        Lane::ALL.into_iter().map(|lane| (lane, &self[lane]))
    }
}

impl<T> std::ops::Index<Lane> for PerLane<T> {
    type Output = T;
    fn index(&self, lane: Lane) -> &T {
        match lane {
            Lane::Human => &self.human,
            Lane::Ai => &self.ai,
            Lane::Handoff => &self.handoff,
        }
    }
}

impl<T> std::ops::IndexMut<Lane> for PerLane<T> {
    fn index_mut(&mut self, lane: Lane) -> &mut T {
        match lane {
            Lane::Human => &mut self.human,
            Lane::Ai => &mut self.ai,
            Lane::Handoff => &mut self.handoff,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::conversation;
    use serde_json::json;

    #[test]
    fn the_lane_follows_from_who_took_part() {
        let human = json!([{"id": "1"}]);
        let bot = json!([{"id": "2", "bot": true}]);
        let fin = json!({"participated": true, "resolution": "confirmed_resolution"});
        for (teammates, ai, lane) in [
            (&human, json!(null), Some(Lane::Human)),
            (&bot, json!(null), None),
            (&bot, fin.clone(), Some(Lane::Ai)),
            (&human, fin, Some(Lane::Handoff)),
            (&human, json!({"participated": false}), Some(Lane::Human)),
            (&bot, json!({"participated": true, "resolution": "escalated"}), Some(Lane::Handoff)),
        ] {
            let conversation = conversation(json!({"teammates": teammates, "ai": ai}));
            assert_eq!(Lane::of(&conversation), lane, "{conversation:?}");
        }
    }
}
