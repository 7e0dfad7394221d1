//! A made-up workspace for the demo: deterministic, with planted rises, falls, noise and a week of
//! 169 hours. The same code gives the same records, byte for byte, on every machine.

mod words;

use anyhow::{Context, Result};
use async_trait::async_trait;
use cxbot_sdk::conversation::{
    Ai, Company, Conversation, Csat, Customer, Messages, Role, Score, Team, Teammate,
};
use cxbot_sdk::count::Lane;
use cxbot_sdk::week::Week;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Ask, Intake, Source};
use words::{COMPANIES, FIRST_NAMES, GOOD, LAST_NAMES, POOR, SO_SO, TEAMMATES, TOPICS, Topic};

/// The demo's clock stands here: Monday 2026-11-16, 09:00 in Dublin.
pub const NOW: &str = "2026-11-16T09:00:00Z";
/// The demo's zone.
pub const ZONE: &str = "Europe/Dublin";
/// Complete weeks before the clock.
const WEEKS: i64 = 27;
/// Closed conversations a week, give or take.
const A_WEEK: u32 = 1_700;
const SEED: u64 = 46;
const CUSTOMERS: u32 = 6_000;

/// A change of a cell's true share, over the weeks in which it holds; 0 is the last complete week.
struct Planted {
    topic: &'static str,
    lane: Lane,
    weeks_ago: std::ops::RangeInclusive<i64>,
    share: f64,
}

/// What is there to be found, and what should not be called real.
const PLANTED: [Planted; 4] = [
    // A real rise and a real fall in the week that the demo shows.
    Planted { topic: "Invoices", lane: Lane::Human, weeks_ago: 0..=0, share: 0.975 },
    Planted { topic: "SSO log-in", lane: Lane::Ai, weeks_ago: 0..=0, share: 0.46 },
    // An outage in autumn, long over.
    Planted { topic: "Exports", lane: Lane::Human, weeks_ago: 8..=9, share: 0.55 },
    Planted { topic: "Exports", lane: Lane::Handoff, weeks_ago: 8..=9, share: 0.42 },
];

/// The made-up workspace.
pub struct Synthetic;

#[async_trait]
impl Source for Synthetic {
    fn name(&self) -> &str {
        "demo"
    }

    async fn pull(&self, ask: &Ask, intake: &mut Intake) -> Result<()> {
        let mut maker = Maker::new(ask.now, &ask.zone);
        for weeks_ago in (-1..WEEKS).rev() {
            for record in maker.week(weeks_ago)? {
                intake.put(record).await?;
            }
        }
        intake.flush().await
    }
}

struct Maker<'z> {
    random: ChaCha8Rng,
    now: Timestamp,
    zone: &'z TimeZone,
    last_complete: Week,
    number: u64,
}

impl<'z> Maker<'z> {
    fn new(now: Timestamp, zone: &'z TimeZone) -> Self {
        Maker {
            random: ChaCha8Rng::seed_from_u64(SEED),
            now,
            zone,
            last_complete: Week::complete_before(now, zone),
            number: 100_000,
        }
    }

    /// One week's conversations in order of close; week −1 is the one that is not over.
    fn week(&mut self, weeks_ago: i64) -> Result<Vec<Conversation>> {
        let week = self.last_complete.minus(weeks_ago);
        let (start, end) = (week.start(self.zone), week.end(self.zone));
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
            if closed_at <= self.now {
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
        let waiting = self.now.duration_since(closed_at) < SignedDuration::from_hours(6);
        let scored = lane.is_some() && !short && !self.chance(if waiting { 0.7 } else { 0.006 });
        let score = scored.then_some(score);
        let topics = self.topics(topic);
        Ok(Conversation {
            source: "demo".to_owned(),
            id: self.number.to_string(),
            url: Some(format!("https://example.com/conversation/{}", self.number)),
            created_at: Some(
                closed_at - SignedDuration::from_secs(self.random.random_range(240..90_000)),
            ),
            closed_at,
            score: score.map_or(Score::Absent, Score::Given),
            explanation: score.map(|score| self.explanation(topic, score)),
            reasons: Vec::new(),
            attributes: serde_json::Map::new(),
            csat: self.survey(score),
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

    fn explanation(&mut self, topic: Option<&Topic>, score: u8) -> String {
        let lines: &[&str] = match score {
            4..=5 => &GOOD,
            3 => &SO_SO,
            _ => &POOR,
        };
        let about = topic.map_or("the question", |topic| topic.about);
        let index = self.random.random_range(0..lines.len());
        lines[index].replace("{}", about)
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
