//! Trigger ids: each opens one view, within three seconds of the act it came from.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::reply::Refusal;

const LIFE: Duration = Duration::from_secs(3);

#[derive(Clone, Default)]
pub struct Triggers {
    made: BTreeMap<String, Trigger>,
}

#[derive(Clone)]
struct Trigger {
    user: String,
    at: Instant,
    /// The fake's clock.
    time: f64,
    exchanged: bool,
}

impl Triggers {
    pub fn make(&mut self, user: &str, now: f64) -> String {
        let number = self.made.len() as u64;
        let id = format!("{}.{}.{:032x}", 1_000_000 + number, 7_890_123, rand::random::<u128>());
        let trigger =
            Trigger { user: user.to_owned(), at: Instant::now(), time: now, exchanged: false };
        self.made.insert(id.clone(), trigger);
        id
    }

    /// Whose act it was; it is not yet used up by asking.
    ///
    /// It expires by whichever clock is ahead, the machine's or the fake's.
    pub fn user(&self, id: &str, now: f64) -> Result<String, Refusal> {
        let unknown = || Refusal::mistake("invalid_trigger_id", format!("trigger_id {id:?}"));
        let trigger = self.made.get(id).ok_or_else(unknown)?;
        if trigger.exchanged {
            let complaint = "a trigger_id opens one view only";
            return Err(Refusal::mistake("exchanged_trigger_id", complaint));
        }
        if trigger.at.elapsed() > LIFE || now - trigger.time > LIFE.as_secs_f64() {
            return Err(Refusal::because("expired_trigger_id"));
        }
        Ok(trigger.user.clone())
    }

    pub fn exchange(&mut self, id: &str) {
        self.made.get_mut(id).expect("a trigger that was found before").exchanged = true;
    }
}
