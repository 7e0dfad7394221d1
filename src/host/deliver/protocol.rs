//! What is to be done next for a post, and what follows from how it went: pure, so that it can be
//! tried against every order of kills, time-outs and stale histories.
//!
//! A chat platform does not say whether a post that got no answer was made. So before a post leaves,
//! the intent is stored; whoever finds an intent reads the channel's history before posting again,
//! and only once the history is sure to show what was done. Some minutes after a post the history is
//! read once more: a process that was frozen between looking at the clock and sending may have posted
//! a second copy, which is then taken away.

use jiff::{SignedDuration, Timestamp};

use crate::chat::Failure;
use crate::store::{Delivery, State};

/// How long a claim holds.
pub const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// A send that cannot end this long before its lease does is not begun. Longer than any call takes.
pub const SEND_WITHIN: SignedDuration = SignedDuration::from_secs(30);
/// When to look for doubles of a post.
const SWEEP_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// Another look for doubles when the first one failed.
const SWEEP_AGAIN: SignedDuration = SignedDuration::from_mins(10);
/// The pause after a channel refused us: someone may invite the bot, or renew its token.
const HELD_FOR: SignedDuration = SignedDuration::from_mins(10);
/// A post that could not be made for so long is old news.
pub const OLD_AFTER: SignedDuration = SignedDuration::from_hours(6 * 24);
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(5);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(10);
/// A clock of ours and one of the platform's may differ by this much.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(2);

/// What is to be done with a claimed post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Find out whether it was posted.
    Look,
    Post,
    Edit,
    Delete,
    /// It is seen as wanted, or neither wanted nor seen.
    Nothing,
}

impl Delivery {
    /// What is to be done next.
    pub fn step(&self) -> Step {
        match (&self.place, self.wanted.is_empty()) {
            _ if self.intent_at.is_some() => Step::Look,
            (Some(_), true) => Step::Delete,
            (None, false) => Step::Post,
            // The post above it had to be made anew.
            (Some(_), false) if self.thread != self.parent => Step::Delete,
            (Some(_), false) if self.shown != self.wanted => Step::Edit,
            (Some(_), false) | (None, true) => Step::Nothing,
        }
    }

    /// The same post in the hands of one more claim. Where the one before was not given back, its
    /// owner may be frozen on the way to a call, so what it leaves is looked at once more.
    pub fn claimed(&self, now: Timestamp) -> Delivery {
        let claimed = Delivery { epoch: self.epoch + 1, lease_until: now + LEASE, ..self.clone() };
        let given_back = self.lease_until == Timestamp::UNIX_EPOCH;
        if given_back {
            return claimed;
        }
        let later = Some(now + SWEEP_AFTER);
        Delivery { doubt_until: later, sweep_at: later, ..claimed }
    }

    /// Whether a send that begins now ends before the lease does.
    pub fn may_send(&self, now: Timestamp) -> bool {
        now + SEND_WITHIN <= self.lease_until
    }

    /// Says, before a post leaves, that it may have left. If nothing more is heard, it is looked up
    /// once the lease is over and the history has settled.
    pub fn intends(&self, content: &str, now: Timestamp, settles_in: SignedDuration) -> Delivery {
        Delivery {
            state: State::Sending,
            shown: content.to_owned(),
            thread: self.parent.clone(),
            intent_at: Some(now),
            not_before: Some(self.lease_until + settles_in),
            ..self.clone()
        }
    }

    /// No copy of the post is older than this.
    pub fn searched_since(&self) -> Timestamp {
        self.intent_at.unwrap_or(self.created_at).min(self.created_at) - CLOCKS_DIFFER
    }

    /// After an attempt to post what was intended.
    pub fn posted(
        &self,
        outcome: Result<String, Failure>,
        now: Timestamp,
        settles_in: SignedDuration,
    ) -> Delivery {
        match outcome {
            Ok(place) => self.found_at(place, now),
            Err(Failure::Unknown(why)) => Delivery {
                state: State::Sending,
                not_before: Some(now + settles_in),
                ..self.failed(&why, now)
            },
            Err(failure) => self.without_intent().refused(&failure, now),
        }
    }

    fn without_intent(&self) -> Delivery {
        Delivery { intent_at: None, shown: String::new(), ..self.clone() }
    }

    /// After a look at the history for a post with an unknown outcome.
    pub fn looked(&self, outcome: Result<Vec<String>, Failure>, now: Timestamp) -> Delivery {
        match outcome {
            Ok(places) => match places.into_iter().next() {
                // While someone frozen may have posted it, what it shows is not known.
                Some(place) if self.doubt_until.is_some_and(|until| now < until) => {
                    Delivery { shown: String::new(), ..self.found_at(place, now) }
                }
                Some(place) => self.found_at(place, now),
                // Whoever was frozen before sending may still do so.
                None => Delivery {
                    sweep_at: Some(now + SWEEP_AFTER),
                    ..self.without_intent().again(now)
                },
            },
            // The intent stays: without the history nobody knows.
            Err(Failure::Unknown(why)) => {
                self.paused(&Failure::Later { after: None, why }, State::Sending, now)
            }
            Err(failure @ Failure::Later { .. }) => self.paused(&failure, State::Sending, now),
            Err(failure) => self.refused(&failure, now),
        }
    }

    /// After an attempt to make the post show this content.
    pub fn edited(&self, outcome: Result<(), Failure>, content: &str, now: Timestamp) -> Delivery {
        match outcome {
            Ok(()) => match self.doubt_until.filter(|until| now < *until) {
                // Once nobody else can edit it any more it is edited again.
                Some(until) => {
                    Delivery { shown: String::new(), not_before: Some(until), ..self.again(now) }
                }
                // What is wanted has changed on the way. It is edited again, but never without a
                // pause: what could not be told from itself would be edited for ever.
                None if content != self.wanted => {
                    let why = "what it is to say keeps changing".to_owned();
                    let shown = Delivery { shown: content.to_owned(), ..self.clone() };
                    shown.paused(&Failure::Later { after: None, why }, State::Wanted, now)
                }
                None => {
                    Delivery { shown: content.to_owned(), doubt_until: None, ..self.settled(now) }
                }
            },
            // We may have deleted it ourselves and not heard of it.
            Err(Failure::Gone) if self.shown.is_empty() => {
                Delivery { place: None, ..self.again(now) }
            }
            Err(Failure::Gone) => {
                Delivery { state: State::Gone, sweep_at: None, ..self.released() }
            }
            // Editing once more does no harm, so an unknown outcome is just another try.
            Err(Failure::Unknown(why)) => {
                self.paused(&Failure::Later { after: None, why }, State::Wanted, now)
            }
            Err(failure) => self.refused(&failure, now),
        }
    }

    /// Says, before a post is taken away, that it may be gone.
    pub fn unseen(&self) -> Delivery {
        Delivery { shown: String::new(), ..self.clone() }
    }

    /// After an attempt to take the post away.
    pub fn deleted(&self, outcome: Result<(), Failure>, now: Timestamp) -> Delivery {
        match outcome {
            Ok(()) | Err(Failure::Gone) => Delivery { place: None, ..self.again(now) },
            Err(Failure::Unknown(why)) => {
                self.paused(&Failure::Later { after: None, why }, State::Wanted, now)
            }
            Err(failure) => self.refused(&failure, now),
        }
    }

    /// After a look for doubles, which have been taken away; and whether the post itself was found.
    pub fn swept(&self, outcome: Result<bool, Failure>, now: Timestamp) -> Delivery {
        let swept = Delivery { sweep_at: None, ..self.released() };
        let doubted = self.doubt_until.filter(|until| now < *until);
        match outcome {
            Ok(_) if doubted.is_some() => Delivery { sweep_at: doubted, ..swept },
            // Someone frozen took it for a double of theirs; an edit finds out.
            Ok(false) if self.doubt_until.is_some() && self.place.is_some() => {
                Delivery { doubt_until: None, ..swept.unseen().again(now) }
            }
            Ok(_) => {
                let confirmed = self.state == State::Sent;
                let state = if confirmed { State::Confirmed } else { self.state };
                Delivery { state, doubt_until: None, ..swept }
            }
            Err(Failure::Later { .. } | Failure::Unknown(_))
                if now < self.created_at + OLD_AFTER =>
            {
                Delivery { sweep_at: Some(now + SWEEP_AGAIN), ..swept }
            }
            // The history cannot be read: what is seen stays unconfirmed.
            Err(_) => swept,
        }
    }

    /// Nothing was to be done.
    pub fn settled(&self, now: Timestamp) -> Delivery {
        let state = if self.sweep_at.is_some() { State::Sent } else { State::Confirmed };
        Delivery {
            state,
            tries: 0,
            failing_since: None,
            reason: String::new(),
            not_before: Some(now),
            ..self.released()
        }
    }

    /// Nothing was tried; it is looked at anew.
    pub fn again(&self, now: Timestamp) -> Delivery {
        Delivery { state: State::Wanted, not_before: Some(now), ..self.released() }
    }

    fn found_at(&self, place: String, now: Timestamp) -> Delivery {
        Delivery {
            state: State::Sent,
            place: Some(place),
            intent_at: None,
            sweep_at: Some(now + SWEEP_AFTER),
            tries: 0,
            failing_since: None,
            reason: String::new(),
            not_before: Some(now),
            ..self.released()
        }
    }

    /// Surely not done: another try later, or held where someone has to act first.
    fn refused(&self, failure: &Failure, now: Timestamp) -> Delivery {
        match failure {
            Failure::Later { .. } | Failure::Unknown(_) => self.paused(failure, State::Wanted, now),
            Failure::Account(why) | Failure::Channel(why) | Failure::History(why) => {
                let old = now > self.created_at + OLD_AFTER;
                let not_before = (!old).then_some(now + HELD_FOR);
                Delivery { state: State::Held, not_before, ..self.failed(why, now) }
            }
            Failure::Content(why) => {
                Delivery { state: State::Held, not_before: None, ..self.failed(why, now) }
            }
            Failure::Gone => Delivery { state: State::Gone, ..self.failed("it was deleted", now) },
        }
    }

    fn paused(&self, failure: &Failure, state: State, now: Timestamp) -> Delivery {
        let growing = FIRST_PAUSE * (1 << self.tries.clamp(0, 10));
        let pause = match failure {
            // The platform knows best.
            Failure::Later { after: Some(after), .. } => {
                SignedDuration::try_from(*after).unwrap_or(LONGEST_PAUSE)
            }
            _ => growing.min(LONGEST_PAUSE),
        };
        Delivery { state, not_before: Some(now + pause), ..self.failed(&failure.to_string(), now) }
    }

    fn failed(&self, why: &str, now: Timestamp) -> Delivery {
        Delivery {
            tries: self.tries + 1,
            failing_since: self.failing_since.or(Some(now)),
            reason: why.to_owned(),
            ..self.released()
        }
    }

    /// Out of this claim's hands. The epoch stays, so that the claim's owner has no say any more
    /// once the next one has raised it.
    fn released(&self) -> Delivery {
        Delivery { lease_until: Timestamp::UNIX_EPOCH, ..self.clone() }
    }
}
