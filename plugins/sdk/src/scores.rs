//! What a plugin may read of the scored conversations: counts of weeks, and a few to look at.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::conversation::Conversation;
use crate::count::{Filter, Lane, PerLane, Spread, WeekCounts};
use crate::history::{OfCompany, Party, PartyKind, Place, Trace};
use crate::week::Week;
use std::collections::BTreeMap;

/// A week, the week before it, and the weeks that a band looks back on.
#[derive(Debug, Clone, Default)]
pub struct Window {
    pub now: WeekCounts,
    pub before: WeekCounts,
    /// Complete weeks before `now`, oldest first, the week before included: as many as were asked
    /// for, and before them older ones with the cells only that had too few conversations in some.
    pub history: Vec<PastWeek>,
}

/// The spreads of a past week.
#[derive(Debug, Clone)]
pub struct PastWeek {
    pub week: Week,
    pub lanes: PerLane<PastCells>,
}

#[derive(Debug, Clone, Default)]
pub struct PastCells {
    pub all: Spread,
    pub topics: BTreeMap<String, Spread>,
}

/// Which conversations of a week to look at.
#[derive(Debug, Clone)]
pub struct Look<'a> {
    pub filter: &'a Filter,
    pub week: Week,
    /// Conversations closed after this instant are left out.
    pub as_of: Timestamp,
    pub at: LookAt,
    pub limit: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub enum LookAt {
    /// Scored conversations of a lane, or of one topic in it, with these scores and an explanation;
    /// latest first.
    Cell { lane: Lane, topic: Option<String>, scores: [u8; 2] },
    /// Those where survey and score lie at least three apart; latest first.
    Disagreement,
    /// Any scored ones, chosen by the seed: the same seed chooses the same.
    Random { seed: u64 },
}

impl LookAt {
    /// Whether a conversation is one of those, its class and week aside.
    pub fn wants(&self, conversation: &Conversation) -> bool {
        match self {
            LookAt::Cell { lane, topic, scores: [low, high] } => {
                let score = conversation.score.value();
                Lane::of(conversation) == Some(*lane)
                    && topic.as_ref().is_none_or(|topic| conversation.topics.contains(topic))
                    && score.is_some_and(|score| (*low..=*high).contains(&score))
                    && conversation.explanation.as_ref().is_some_and(|why| !why.trim().is_empty())
            }
            LookAt::Disagreement => {
                let survey = conversation.csat.as_ref().and_then(|csat| csat.score.value());
                let both = survey.zip(conversation.score.value());
                both.is_some_and(|(survey, score)| survey.abs_diff(score) >= DISAGREEMENT)
            }
            LookAt::Random { .. } => true,
        }
    }
}

/// How far apart survey and score have to lie to be called a disagreement.
pub const DISAGREEMENT: u8 = 3;

/// How far a source has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceState {
    /// The source's name, as people know it.
    pub name: String,
    /// Everything closed before this instant has been asked for.
    pub read_until: Timestamp,
}

/// Reading takes its time: what is missing of the last two hours is no news.
const FRESH_FOR: SignedDuration = SignedDuration::from_hours(2);

impl SourceState {
    /// Whether it is so long ago that figures have to say it.
    pub fn is_old(&self, now: Timestamp) -> bool {
        now.duration_since(self.read_until) > FRESH_FOR
    }
}

/// Something that went wrong with the supply of scores, with a job, or with a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub since: Timestamp,
    /// When it was over; `None` while it lasts.
    pub until: Option<Timestamp>,
    /// What it is, as one sentence without personal data.
    pub what: String,
}

/// The read side of the store. Errors are the operator's to read.
#[async_trait]
pub trait Scores: Send + Sync {
    /// The counts for the digest of a week as the clock stood at `as_of`. `history` is how many past
    /// weeks to return, and how many with 20 or more scored conversations for each cell of this
    /// week, where there are so many. Refused when nobody asked for this filter to be counted.
    async fn window(
        &self,
        filter: &Filter,
        week: Week,
        history: usize,
        as_of: Timestamp,
    ) -> anyhow::Result<Window>;

    /// The past weeks that the band of one topic of this filter looks back on, in each lane, as
    /// [`Scores::window`] has them, without all the other topics: the latest ones before `week` with
    /// 20 or more scored conversations, oldest first, as many as `history` says for each lane.
    async fn past_of_topic(
        &self,
        filter: &Filter,
        topic: &str,
        week: Week,
        history: usize,
        as_of: Timestamp,
    ) -> anyhow::Result<Vec<PastWeek>>;

    /// A few conversations to look at; never a dump.
    async fn look(&self, look: Look<'_>) -> anyhow::Result<Vec<Conversation>>;

    /// A teammate's conversations closed from `from` up to before `until`, latest first.
    async fn traces(
        &self,
        party: &Party,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Vec<Trace>>;

    /// Of each of these, which are companies by name or attributes, the conversations that were closed
    /// from `from` up to before `until`, as [`OfCompany::sums`] sums them up.
    async fn companies(
        &self,
        parties: &[Party],
        from: Timestamp,
        until: Timestamp,
        good_from: u8,
    ) -> anyhow::Result<Vec<Vec<OfCompany>>>;

    /// Where the conversations of any of these are that were closed from `from` up to before `until`,
    /// each once, latest first, at most `limit`.
    async fn places(
        &self,
        parties: &[Party],
        from: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> anyhow::Result<Vec<Place>>;

    /// The conversations at these places, each once, in their order; those that are not there are left
    /// out.
    async fn conversations(&self, places: &[Place]) -> anyhow::Result<Vec<Conversation>>;

    /// The conversations of that id, whatever their source.
    async fn of_id(&self, id: &str) -> anyhow::Result<Vec<Conversation>>;

    /// Under which keys a customer or a company of this id is found: an id that names no source may be of
    /// any, and a customer who was merged is found under the one that they were merged into too.
    async fn keys_of(&self, kind: PartyKind, id: &str) -> anyhow::Result<Vec<Party>>;

    /// Names or e-mails of that kind that begin with these words, in their order, at most `limit`.
    async fn named_like(
        &self,
        kind: PartyKind,
        words: &str,
        limit: usize,
    ) -> anyhow::Result<Vec<String>>;

    /// How far each source that is read on a schedule has been read.
    async fn sources(&self) -> anyhow::Result<Vec<SourceState>>;

    /// What went wrong and began after `from`, up to and including `to`, oldest first.
    async fn troubles(&self, from: Timestamp, to: Timestamp) -> anyhow::Result<Vec<Trouble>>;
}
