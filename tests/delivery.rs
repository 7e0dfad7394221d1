//! From the schedule to the channel, over a clock that the test moves: what people see, once.

mod troubles;
mod weeks;

use cxbot::store::Address;
use jiff::{SignedDuration, Timestamp};

use crate::world::moved::{Moved, SUPPORT, Setup, closed};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const ZONE: &str = "Europe/Dublin";
/// A digest is a parent and seven replies.
const REPLIES: usize = 7;

fn at(instant: &str) -> Timestamp {
    instant.parse().expect("an instant")
}

fn in_memory() -> Setup {
    Setup::new(ZONE, &Address::Memory)
}

async fn addresses() -> Vec<Address> {
    let mut addresses = vec![Address::Memory];
    if let Some(url) = crate::world::postgres::database().await {
        addresses.push(url.parse().expect("an address"));
    }
    addresses
}

/// Started on the Friday before, with a week of conversations.
async fn before_a_monday(setup: Setup) -> Moved {
    let moved = Moved::start(setup, "2026-11-13T12:00:00Z").await;
    for n in 0..40 {
        let closed_at = at("2026-11-09T08:00:00Z") + HOUR * i32::try_from(n).expect("few") * 2;
        moved.feed.put(closed(n, closed_at, if n % 5 == 0 { 2 } else { 5 }));
    }
    moved.at_instant("2026-11-13T12:00:00Z").await;
    moved
}

/// The texts of the channel's parents, and how many replies each has.
fn parents(moved: &Moved, channel: &str) -> Vec<(String, usize)> {
    let shown = moved.slack.channel(channel);
    shown.into_iter().map(|shown| (shown.text, shown.replies.len())).collect()
}

fn one_digest(moved: &Moved) -> String {
    let parents = parents(moved, SUPPORT);
    let [(text, replies)] = &parents[..] else { panic!("not one digest: {parents:#?}") };
    assert_eq!(*replies, REPLIES, "{text}");
    text.clone()
}

fn no_complaints(moved: &Moved) {
    assert_eq!(moved.slack.complaints(), [""; 0]);
    assert_eq!(moved.slack.notifications(), [""; 0]);
}
