//! Self-tests of nonces: the one guard against posting twice.

use serde_json::json;

use super::*;

#[tokio::test]
async fn an_enforced_nonce_posts_once() {
    let discord = server().await;
    let body = json!({"content": "once", "nonce": "n1", "enforce_nonce": true});
    let first = post(&discord, body.clone()).await;
    assert_eq!(first.id(), post(&discord, body.clone()).await.id());
    assert_eq!(content(&discord), ["once"]);
    discord.forget_nonces();
    assert_ne!(first.id(), post(&discord, body).await.id());
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_nonce_that_is_not_enforced_posts_twice() {
    let discord = server().await;
    for _ in 0..2 {
        post(&discord, json!({"content": "twice", "nonce": "n1"})).await;
    }
    assert_eq!(content(&discord), ["twice", "twice"]);
}

#[tokio::test]
async fn the_nonce_of_a_deleted_message_finds_none() {
    let discord = server().await;
    let body = json!({"content": "once", "nonce": "n1", "enforce_nonce": true});
    let first = post(&discord, body.clone()).await;
    discord.delete_by_hand(CHANNEL, &first.id());
    assert_eq!(post(&discord, body).await.code(), 10008);
}

#[tokio::test]
async fn a_nonce_used_elsewhere_leaves_a_complaint() {
    let discord = server().await;
    discord.put_channel("1100000000000000009", "other");
    let body = json!({"content": "once", "nonce": "n1", "enforce_nonce": true});
    post(&discord, body.clone()).await;
    call(&discord, "POST", "/channels/1100000000000000009/messages", body).await;
    assert!(complaint(&discord).contains("another channel"));
}
