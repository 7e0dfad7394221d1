//! The rate limits: one post a second and channel, and the tiers of the other methods.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::table::TABLE;

const MINUTE: Duration = Duration::from_secs(60);

/// Posts that left a second apart may arrive a little closer together.
const BETWEEN_POSTS: Duration = Duration::from_millis(900);

#[derive(Default)]
pub struct Pace {
    posts: HashMap<String, Instant>,
    calls: HashMap<String, VecDeque<Instant>>,
}

impl Pace {
    /// Counts a call, or says after how many whole seconds it may come again. A refused call does
    /// not count.
    pub fn take(&mut self, method: &str, channel: Option<&str>, now: Instant) -> Result<(), u64> {
        if method == "chat.postMessage" {
            return self.post(channel.unwrap_or_default(), now);
        }
        // The documents promise "hundreds" a minute where they call a limit special.
        let tier = TABLE.method(method).and_then(|method| method.tier).unwrap_or(4);
        let limit = [1, 20, 50, 100][usize::from(tier) - 1];
        let calls = self.calls.entry(method.to_owned()).or_default();
        while calls.front().is_some_and(|first| now.duration_since(*first) >= MINUTE) {
            calls.pop_front();
        }
        match calls.front() {
            Some(first) if calls.len() >= limit => Err(whole(*first + MINUTE - now)),
            _ => {
                calls.push_back(now);
                Ok(())
            }
        }
    }

    /// Slack tolerates short bursts without saying how long; this tolerates none.
    fn post(&mut self, channel: &str, now: Instant) -> Result<(), u64> {
        if let Some(last) = self.posts.get(channel) {
            let passed = now.duration_since(*last);
            if passed < BETWEEN_POSTS {
                return Err(whole(BETWEEN_POSTS - passed));
            }
        }
        self.posts.insert(channel.to_owned(), now);
        Ok(())
    }
}

fn whole(wait: Duration) -> u64 {
    (wait.as_millis() as u64).div_ceil(1_000).max(1)
}
