//! Makes the conversations of one week after another, with one sequence of draws.

use anyhow::{Context, Result};
use cxbot_sdk::conversation::{
    Ai, Company, Conversation, Csat, Customer, Messages, Role, Score, Team, Teammate,
};
use cxbot_sdk::count::Lane;
use cxbot_sdk::week::Week;
use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::words::{
    COMPANIES, FIRST_NAMES, GOOD, LAST_NAMES, POOR, SO_SO, TEAMMATES, TOPICS, Topic,
};
use super::{Asked, NAME, PLANTED, SCORED_WITHIN};

/// Closed conversations a week, give or take.
const A_WEEK: u32 = 1_700;
const CUSTOMERS: u32 = 6_000;
/// Where the draws of the past and of each later week begin.
const SEED: u64 = 46;
const LATER_SEED: u64 = 46_000;
/// Conversations are numbered from here on; a later week has so many numbers for itself.
const FIRST_NUMBER: u64 = 100_000;
const FIRST_LATER_NUMBER: u64 = 200_000;
const NUMBERS_A_WEEK: u64 = 10_000;

/// When a conversation gets its score.
#[derive(Clone, Copy)]
enum Arrival {
    AtOnce,
    Late,
    Never,
}

impl Arrival {
    /// Whether the score of a conversation closed then is there at an instant.
    fn has_come(self, closed_at: Timestamp, at: Timestamp) -> bool {
        match self {
            Arrival::AtOnce => true,
            Arrival::Late => at.duration_since(closed_at) >= SCORED_WITHIN,
            Arrival::Never => false,
        }
    }
}

pub(super) struct Maker<'a> {
    asked: &'a Asked<'a>,
    random: ChaCha8Rng,
    number: u64,
    /// Whether it makes what was closed until the end of the past, or what was closed after it.
    is_past: bool,
}

impl<'a> Maker<'a> {
    pub(super) fn of_past(asked: &'a Asked<'a>) -> Self {
        let random = ChaCha8Rng::seed_from_u64(SEED);
        Maker { asked, random, number: FIRST_NUMBER, is_past: true }
    }

    /// The maker of one later week; 0 is the one in which the past ends.
    pub(super) fn of_later(asked: &'a Asked<'a>, week: i64) -> Self {
        let week = week.unsigned_abs();
        let random = ChaCha8Rng::seed_from_u64(LATER_SEED + week);
        let number = FIRST_LATER_NUMBER + week * NUMBERS_A_WEEK;
        Maker { asked, random, number, is_past: false }
    }

    /// One week's conversations in order of close; week −1 is the one in which the past ends.
    pub(super) fn week(&mut self, weeks_ago: i64) -> Result<Vec<Conversation>> {
        let Asked { zone, now, anchor, .. } = *self.asked;
        let week = Week::complete_before(anchor, zone).minus(weeks_ago);
        let (start, end) = (week.start(zone), week.end(zone));
        let length = end.duration_since(start).as_secs();
        // Every lane wanders a little from week to week, as real ones do.
        let wander = [(); 3].map(|()| self.random.random_range(-0.012..0.012));
        let number = self.random.random_range(A_WEEK - 60..A_WEEK + 60);
        let mut seconds: Vec<i64> =
            (0..number).map(|_| self.random.random_range(0..length)).collect();
        seconds.sort_unstable();
        let mut records = Vec::with_capacity(seconds.len());
        for second in seconds {
            let closed_at = start + SignedDuration::from_secs(second);
            let own = (closed_at <= anchor) == self.is_past;
            // In order of close, what is not closed yet comes last: no draw of it is missed.
            if own && closed_at <= now {
                records.push(self.conversation(closed_at, weeks_ago, wander)?);
            }
        }
        Ok(records)
    }

    fn conversation(
        &mut self,
        closed_at: Timestamp,
        weeks_ago: i64,
        wander: [f64; 3],
    ) -> Result<Conversation> {
        self.number += 1;
        let lane = self.lane();
        let topic = self.topic();
        let share = share(topic, lane, weeks_ago) + wander[lane.map_or(0, place)];
        let spam = self.chance(0.02);
        let score = self.score(share);
        let short = self.chance(0.045);
        let arrival = if lane.is_some() && !short { self.arrival() } else { Arrival::Never };
        // What is drawn does not depend on the clock that asks, or else it would change all draws after.
        let drawn = !self.is_past || arrival.has_come(closed_at, self.asked.anchor);
        let scored = arrival.has_come(closed_at, self.asked.now);
        let topics = self.topics(topic);
        let open_for = SignedDuration::from_secs(self.random.random_range(240..90_000));
        let mut aside = self.random.clone();
        let random = if drawn { &mut self.random } else { &mut aside };
        let explanation = explanation(random, topic, score);
        Ok(Conversation {
            source: NAME.to_owned(),
            id: self.number.to_string(),
            url: Some(format!("https://example.com/conversation/{}", self.number)),
            created_at: Some(closed_at - open_for),
            closed_at,
            score: if scored { Score::Given(score) } else { Score::Absent },
            explanation: scored.then_some(explanation),
            reasons: Vec::new(),
            attributes: serde_json::Map::new(),
            csat: self.survey(drawn.then_some(score)),
            ai: self.ai(lane),
            teammates: self.teammates(lane)?,
            team: Some(self.team(topic)),
            customer: Some(self.customer()?),
            channel: Some(if self.chance(0.7) { "chat" } else { "email" }.to_owned()),
            topics,
            tags: if spam { vec!["spam".to_owned()] } else { Vec::new() },
            messages: Some(self.messages(short)),
            left_out_by: Vec::new(),
            other: std::collections::BTreeMap::new(),
        })
    }

    fn chance(&mut self, share: f64) -> bool {
        self.random.random_bool(share)
    }

    /// One draw, whatever comes of it.
    fn arrival(&mut self) -> Arrival {
        match self.random.random::<f64>() {
            ..0.006 => Arrival::Never,
            ..0.7 => Arrival::Late,
            _ => Arrival::AtOnce,
        }
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> Result<&'t T> {
        let index = self.random.random_range(0..from.len().max(1));
        from.get(index).context("a list of the demo is empty")
    }

    fn lane(&mut self) -> Option<Lane> {
        match self.random.random_range(0..1000) {
            0..410 => Some(Lane::Human),
            410..850 => Some(Lane::Ai),
            850..988 => Some(Lane::Handoff),
            _ => None,
        }
    }

    fn topic(&mut self) -> Option<&'static Topic> {
        let mut at = self.random.random_range(0..100);
        TOPICS.iter().find(|topic| {
            let found = at < topic.weight;
            at = at.saturating_sub(topic.weight);
            found
        })
    }

    /// Most conversations have one topic, some a second one.
    fn topics(&mut self, first: Option<&'static Topic>) -> Vec<String> {
        let second = if self.chance(0.08) { self.topic() } else { None };
        first.into_iter().chain(second).map(|topic| topic.name.to_owned()).collect()
    }

    fn score(&mut self, share: f64) -> u8 {
        let good = self.chance(share.clamp(0.02, 0.98));
        let at = self.random.random_range(0..100);
        match (good, at) {
            (true, 0..64) => 5,
            (true, _) => 4,
            (false, 0..45) => 3,
            (false, 45..75) => 2,
            (false, _) => 1,
        }
    }

    /// Few answer; those who do mostly agree with the score.
    fn survey(&mut self, score: Option<u8>) -> Option<Csat> {
        if !self.chance(0.035) {
            return None;
        }
        let near = i16::from(score.unwrap_or(3)) + self.random.random_range(-1..=1);
        let answer = if self.chance(0.05) { 6 - near.clamp(1, 5) } else { near.clamp(1, 5) };
        Some(Csat { score: Score::Given(u8::try_from(answer).ok()?), remark: None })
    }

    fn ai(&mut self, lane: Option<Lane>) -> Option<Ai> {
        let resolution = match lane? {
            Lane::Human => return None,
            Lane::Ai if self.chance(0.6) => "confirmed_resolution",
            Lane::Ai => "assumed_resolution",
            Lane::Handoff => "escalated",
        };
        Some(Ai { participated: true, resolution: Some(resolution.to_owned()) })
    }

    fn teammates(&mut self, lane: Option<Lane>) -> Result<Vec<Teammate>> {
        if matches!(lane, None | Some(Lane::Ai)) {
            return Ok(Vec::new());
        }
        let &(id, name, email) = self.pick(&TEAMMATES)?;
        let as_role = |role| Teammate {
            id: id.to_owned(),
            name: Some(name.to_owned()),
            email: Some(email.to_owned()),
            role,
            bot: false,
        };
        Ok(vec![as_role(Role::Closer), as_role(Role::Participant)])
    }

    fn team(&mut self, topic: Option<&Topic>) -> Team {
        let (id, name) = topic.map_or(("1", "General"), |topic| topic.team);
        Team { id: id.to_owned(), name: Some(name.to_owned()) }
    }

    fn customer(&mut self) -> Result<Customer> {
        let number = self.random.random_range(0..CUSTOMERS);
        let of = |list: &[&str], step: u32| {
            list.get((number / step) as usize % list.len()).copied().unwrap_or_default().to_owned()
        };
        let (first, last) = (of(&FIRST_NAMES, 1), of(&LAST_NAMES, 7));
        let company = COMPANIES.get(number as usize % COMPANIES.len()).context("no companies")?;
        let &(id, name, plan) = company;
        Ok(Customer {
            id: Some(format!("c-{number}")),
            email: Some(format!("{first}.{last}.{number}@{id}.example").to_lowercase()),
            name: Some(format!("{first} {last}")),
            company: Some(Company {
                id: Some(id.to_owned()),
                name: Some(name.to_owned()),
                plan: Some(plan.to_owned()),
            }),
        })
    }

    fn messages(&mut self, short: bool) -> Messages {
        let customer = if short { 1 } else { self.random.random_range(2..9) };
        Messages { customer: Some(customer), team: Some(self.random.random_range(2..9)) }
    }
}

fn explanation(random: &mut ChaCha8Rng, topic: Option<&Topic>, score: u8) -> String {
    let lines: &[&str] = match score {
        4..=5 => &GOOD,
        3 => &SO_SO,
        _ => &POOR,
    };
    let about = topic.map_or("the question", |topic| topic.about);
    let index = random.random_range(0..lines.len());
    lines[index].replace("{}", about)
}

fn place(lane: Lane) -> usize {
    Lane::ALL.iter().position(|&other| other == lane).unwrap_or_default()
}

/// The true share of good conversations in a cell.
fn share(topic: Option<&Topic>, lane: Option<Lane>, weeks_ago: i64) -> f64 {
    let Some(topic) = topic else { return 0.78 };
    let planted = PLANTED.iter().find(|planted| {
        planted.topic == topic.name
            && Some(planted.lane) == lane
            && planted.weeks_ago.contains(&weeks_ago)
    });
    match (planted, lane) {
        (Some(planted), _) => planted.share,
        (None, lane) => topic.shares[lane.map_or(0, place)],
    }
}
