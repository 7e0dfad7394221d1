//! Self-tests of the rate limits.

use serde_json::json;

use super::*;
use crate::world::discord::Fault;

#[tokio::test]
async fn the_sixth_message_in_five_seconds_has_to_wait() {
    let discord = server().await;
    discord.paced(true);
    for left in (0..5).rev() {
        let answer = say(&discord, "x").await;
        assert_eq!(answer.header("X-RateLimit-Remaining"), left.to_string());
    }
    let refused = say(&discord, "x").await;
    assert_eq!((refused.status, refused.header("X-RateLimit-Scope")), (429, "user"));
    let wait = refused.body["retry_after"].as_f64().expect("a number");
    assert!((0.1..=5.0).contains(&wait), "{wait}");
    assert!(refused.header("Retry-After").parse::<f64>().expect("a number") >= wait);
    assert_eq!((refused.body["global"].clone(), discord.invalid_requests()), (json!(false), 1));
    assert_eq!(discord.complaints(), [""; 0]);
    say(&discord, "x").await;
    assert!(complaint(&discord).contains("before Retry-After"));
}

#[tokio::test]
async fn who_waits_as_told_is_let_in_without_a_complaint() {
    let discord = server().await;
    let fault = Fault::RateLimited { after: 0.2, global: false, shared: false };
    discord.fault(POST, [fault]);
    assert_eq!(say(&discord, "x").await.status, 429);
    tokio::time::sleep(Duration::from_millis(210)).await;
    assert_eq!(say(&discord, "x").await.status, 200);
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_global_limit_stops_every_route() {
    let discord = server().await;
    let fault = Fault::RateLimited { after: 1.0, global: true, shared: false };
    discord.fault(POST, [fault]);
    let refused = say(&discord, "x").await;
    assert_eq!(refused.header("X-RateLimit-Global"), "true");
    get(&discord, "/users/@me").await;
    assert!(complaint(&discord).contains("before Retry-After"));
}

#[tokio::test]
async fn more_than_fifty_requests_a_second_are_too_many() {
    let discord = server().await;
    discord.paced(true);
    let mut statuses = Vec::new();
    for number in 0..51 {
        let user = 1_600_000_000_000_000_000u64 + number;
        statuses.push(get(&discord, &format!("/channels/{user}")).await.status);
    }
    // Slower machines spread them over more than a second.
    let seen = discord.requests();
    if seen[50].at - seen[0].at < Duration::from_millis(950) {
        assert_eq!(statuses[50], 429);
    }
    assert_eq!(statuses[..50], [404; 50]);
}

#[tokio::test]
async fn a_shared_limit_is_nobodys_mistake() {
    let discord = server().await;
    discord.fault(POST, [Fault::RateLimited { after: 0.0, global: false, shared: true }]);
    assert_eq!(say(&discord, "x").await.header("X-RateLimit-Scope"), "shared");
    assert_eq!(discord.invalid_requests(), 0);
}
