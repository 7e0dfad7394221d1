//! Self-tests of the faults.

use super::*;
use crate::world::discord::Fault;

async fn attempt(discord: &Discord) -> reqwest::Result<Answer> {
    let path = format!("/channels/{CHANNEL}/messages");
    send(request(discord, Method::POST, &path).json(&serde_json::json!({"content": "x"}))).await
}

#[tokio::test]
async fn some_faults_execute_and_others_do_not() {
    let discord = server().await;
    discord.fault(POST, [Fault::CutBefore, Fault::Status(503), Fault::Unauthorized]);
    assert!(attempt(&discord).await.is_err());
    assert_eq!(attempt(&discord).await.expect("an answer").status, 503);
    assert_eq!(attempt(&discord).await.expect("an answer").status, 401);
    assert_eq!(content(&discord), [""; 0]);
    discord.fault(POST, [Fault::CutAfter, Fault::OddBody, Fault::TruncatedBody]);
    assert!(attempt(&discord).await.is_err());
    assert_eq!(attempt(&discord).await.expect("an answer").body["id"], Value::Null);
    assert_eq!(attempt(&discord).await.expect("an answer").body, Value::Null);
    assert_eq!(content(&discord), ["x", "x", "x"]);
    assert_eq!(attempt(&discord).await.expect("an answer").status, 200);
}

#[tokio::test]
async fn cloudflare_answers_with_a_page() {
    let discord = server().await;
    discord.fault(POST, [Fault::Cloudflare { retry_after: 3 }]);
    let answer = say(&discord, "x").await;
    assert_eq!((answer.status, answer.header("Content-Type")), (429, "text/html"));
    assert_eq!(answer.header("Retry-After"), "3");
    assert_eq!(discord.invalid_requests(), 1);
}

#[tokio::test]
async fn a_slow_answer_takes_its_time_and_a_channels_fault_comes_first() {
    let discord = server().await;
    discord.fault(POST, [Fault::Status(500)]);
    discord.fault_for(CHANNEL, POST, [Fault::Slow(Duration::from_millis(300))]);
    let started = std::time::Instant::now();
    assert_eq!(say(&discord, "x").await.status, 200);
    assert!(started.elapsed() >= Duration::from_millis(300));
    assert_eq!(say(&discord, "x").await.status, 500);
    let statuses: Vec<_> = discord.requests_to(POST).iter().map(|seen| seen.status).collect();
    assert_eq!(statuses, [Some(200), Some(500)]);
}
