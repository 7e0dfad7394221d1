//! Self-tests of private answers: nobody else finds them.

use serde_json::json;
use tokio::join;

use super::robot::Robot;
use super::*;

#[tokio::test]
async fn a_private_answer_is_not_in_the_channel() {
    let discord = server().await;
    register(&discord).await;
    let mut robot = Robot::start(&discord).await;
    let act = discord.type_command(ALICE, CHANNEL, &["status"], json!({}));
    let (acted, ()) = join!(act, async {
        let interaction = robot.interaction().await;
        let data = json!({"content": "secret", "flags": 64});
        robot.callback(&interaction, json!({"type": 4, "data": data})).await;
    });
    let id = acted.message.expect("a message");
    assert_eq!(discord.channel(CHANNEL), []);
    assert_eq!(get(&discord, &format!("/channels/{CHANNEL}/messages/{id}")).await.code(), 10008);
    assert_eq!(get(&discord, &format!("/channels/{CHANNEL}/messages")).await.body, json!([]));
    assert_eq!(discord.timeline(CHANNEL)[0].shown.only_for.as_deref(), Some(ALICE));
}
