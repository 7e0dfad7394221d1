//! The real bot in this process, over a clock that the test moves, a source that the test fills, and
//! the strict fake of Slack.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use cxbot::chat::Platform;
use cxbot::clock::Clock;
use cxbot::config::Config;
use cxbot::host::run::{Bot, Settings};
use cxbot::host::{App, Plugins};
use cxbot::source::{Ask, Intake, Source};
use cxbot::store::{Address, Batch};
use cxbot_sdk::conversation::Conversation;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::slack::Slack;

/// The channels that tests post to.
pub const SUPPORT: &str = "C0SUPPORT1";
pub const OPERATOR: &str = "C0OPERATOR";

/// A clock that stands until it is moved.
#[derive(Clone)]
pub struct MovedClock(Arc<Mutex<Timestamp>>);

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A source that holds what the test has put into it.
#[derive(Default)]
pub struct Feed {
    records: Mutex<Vec<Conversation>>,
    broken: Mutex<Option<String>>,
}

impl Feed {
    pub fn put(&self, record: Value) {
        let record = serde_json::from_value(record).expect("a neutral record");
        self.records.lock().expect("no test panicked here").push(record);
    }

    /// What every pull answers from now on, or that they go well again.
    pub fn breaks(&self, why: Option<&str>) {
        *self.broken.lock().expect("no test panicked here") = why.map(str::to_owned);
    }
}

#[async_trait]
impl Source for Feed {
    fn name(&self) -> &str {
        "feed"
    }

    async fn pull(&self, ask: &Ask, intake: &mut Intake) -> anyhow::Result<()> {
        if let Some(why) = self.broken.lock().expect("no test panicked here").clone() {
            anyhow::bail!(why);
        }
        let records = self.records.lock().expect("no test panicked here").clone();
        for record in records.into_iter().filter(|record| record.closed_at <= ask.now) {
            intake.put(record).await?;
        }
        let read_until = Some(("feed".to_owned(), ask.now));
        intake.put_batch(Batch { read_until, ..Batch::default() }).await
    }
}

/// The bot with everything around it.
pub struct Moved {
    pub slack: Slack,
    pub feed: Arc<Feed>,
    pub app: Arc<App>,
    pub bot: Arc<Bot>,
    clock: MovedClock,
    setup: Setup,
}

/// How a bot is set up; a restart uses it again.
#[derive(Clone)]
pub struct Setup {
    pub zone: String,
    pub digest: Value,
    pub address: Address,
    pub change: fn(&mut Config),
}

impl Setup {
    /// A digest of everything on Mondays at nine, to one channel.
    pub fn new(zone: &str, address: &Address) -> Setup {
        let digest = json!({"destinations": [format!("slack:{SUPPORT}")]});
        Setup { zone: zone.to_owned(), digest, address: address.clone(), change: |_| {} }
    }
}

impl Moved {
    /// A bot that starts at this instant in an empty workspace.
    pub async fn start(setup: Setup, now: &str) -> Moved {
        let slack = Slack::start().await;
        slack.paced(false);
        slack.put_channel(SUPPORT, "support");
        slack.put_channel(OPERATOR, "operator");
        let now = now.parse().expect("an instant");
        let clock = MovedClock(Arc::new(Mutex::new(now)));
        slack.set_time(Some(now.as_second() as f64));
        let feed = Arc::new(Feed::default());
        let (app, bot) = build(&setup, &slack, &feed, &clock).await;
        Moved { slack, feed, app, bot, clock, setup }
    }

    /// The process is gone, and another one takes the store over.
    pub async fn restart(&mut self) {
        self.app.store().close().await;
        let (app, bot) = build(&self.setup, &self.slack, &self.feed, &self.clock).await;
        (self.app, self.bot) = (app, bot);
    }

    /// The same with other settings.
    pub async fn restart_with(&mut self, change: fn(&mut Config)) {
        self.setup.change = change;
        self.restart().await;
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the clock, backwards never, and does what is due then.
    pub async fn at(&self, now: Timestamp) {
        *self.clock.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
        self.slack.set_time(Some(now.as_millisecond() as f64 / 1_000.0));
        if let Err(error) = self.bot.step().await {
            println!("the bot says: {error:#}");
        }
    }

    pub async fn at_instant(&self, now: &str) {
        self.at(now.parse().expect("an instant")).await;
    }

    /// Lets so much time pass, looking every so often, as the bot does.
    pub async fn pass(&self, long: SignedDuration, every: SignedDuration) {
        let end = self.now() + long;
        while self.now() < end {
            self.at((self.now() + every).min(end)).await;
        }
    }
}

async fn build(
    setup: &Setup,
    slack: &Slack,
    feed: &Arc<Feed>,
    clock: &MovedClock,
) -> (Arc<App>, Arc<Bot>) {
    let mut config = Config::default();
    config.workspace.timezone = setup.zone.clone();
    config.slack.api_url = slack.api_url();
    config.slack.timeout = SignedDuration::from_secs(1);
    config.operator.channel = Some(format!("slack:{OPERATOR}").parse().expect("a destination"));
    config.plugins = [("digest".to_owned(), setup.digest.clone())].into();
    (setup.change)(&mut config);
    let plugins = Plugins::install(&config).expect("good settings");
    let clock: Arc<dyn Clock> = Arc::new(clock.clone());
    let app = App::build_at(&config, plugins, clock.clone(), &setup.address).await.expect("an app");
    let app = Arc::new(app);
    let token = SecretString::from(Slack::BOT_TOKEN);
    let zone = app.workspace().zone.clone();
    let slack = cxbot::chat::slack::Slack::new(&config.slack, &token, zone).expect("a client");
    let platforms: Vec<Arc<dyn Platform>> = vec![Arc::new(slack.unpaced())];
    let settings = Settings {
        access: config.access.clone(),
        sync: config.schedule.sync.clone(),
        wait: config.schedule.wait,
        operator: config.operator.channel.clone(),
        people: config.people.clone(),
    };
    let bot = Bot::new(app.clone(), clock, vec![feed.clone()], platforms, settings);
    bot.take_over().await.expect("an idle store");
    (app, Arc::new(bot))
}

/// A scored conversation of the human team, closed at an instant.
pub fn closed(id: u64, closed_at: Timestamp, score: u8) -> Value {
    json!({
        "source": "feed", "id": id.to_string(), "closed_at": closed_at.to_string(), "score": score,
        "explanation": "The agent was quick and kind.", "topics": ["Invoices"],
        "teammates": [{"id": "1", "name": "Ana Silva", "role": "closer"}],
        "messages": {"customer": 3, "team": 3},
    })
}
