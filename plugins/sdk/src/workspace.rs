//! Settings of the workspace that shape what people read.

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::channel::{Channel, Clearance};
use crate::count::{Exclusion, Lane};
use crate::destination::Destination;
use crate::history::Attribution;

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
