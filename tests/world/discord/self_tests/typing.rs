//! Self-tests of commands: registering them, and what can be typed.

use serde_json::json;
use tokio::join;

use super::robot::Robot;
use super::*;
use crate::world::discord::options::typed;
use crate::world::discord::schema;

fn refused(discord: &Discord, path: &[&str], options: Value) -> String {
    let typed = typed(&discord.lock().guild, path, &options, None);
    typed.err().expect("a refusal")
}

#[tokio::test]
async fn commands_keep_their_ids_when_they_are_registered_again() {
    let discord = server().await;
    let first = register(&discord).await;
    assert_eq!(first.status, 200, "{}", first.body);
    let again = register(&discord).await;
    assert_eq!(first.body[0]["id"], again.body[0]["id"]);
    assert_ne!(first.body[0]["version"], again.body[0]["version"]);
    assert_eq!(schema::check("ApplicationCommandResponse", &again.body[0]), [""; 0]);
    let path = format!("/applications/{}/guilds/{}/commands", Discord::APPLICATION, Discord::GUILD);
    assert_eq!(get(&discord, &path).await.body, again.body);
    assert_eq!(call(&discord, "PUT", &path, json!([])).await.body, json!([]));
    assert_eq!(discord.commands(), [Value::Null; 0]);
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn only_what_is_registered_can_be_typed() {
    let discord = server().await;
    assert!(refused(&discord, &["status"], json!({})).contains("not registered"));
    register(&discord).await;
    let all = [
        (vec!["mood"], json!({}), "no part"),
        (vec![], json!({}), "only complete"),
        (vec!["teammate"], json!({}), "required"),
        (vec!["teammate"], json!({"name": 1}), "type"),
        (vec!["teammate"], json!({"name": "Al", "weeks": 10}), "too small or too large"),
        (vec!["teammate"], json!({"name": "Al", "month": 1}), "no option"),
        (vec!["teammate"], json!({"name": "Al", "whose": CHANNEL}), "nobody"),
    ];
    for (path, options, why) in all {
        let refusal = refused(&discord, &path, options);
        assert!(refusal.contains(why), "{refusal} is not about {why}");
    }
}

#[tokio::test]
async fn people_in_options_come_with_who_they_are() {
    let discord = server().await;
    register(&discord).await;
    let options = json!({"name": "Al", "whose": BOB});
    let typed = typed(&discord.lock().guild, &["teammate"], &options, None).expect("typed");
    assert_eq!(typed.resolved["users"][BOB]["username"], "bob");
    assert_eq!(typed.options[0]["options"][1], json!({"type": 6, "name": "whose", "value": BOB}));
}

#[tokio::test]
async fn choices_come_while_a_person_types() {
    let discord = server().await;
    register(&discord).await;
    let mut robot = Robot::start(&discord).await;
    discord.empower(ALICE, 1 << 5);
    let act = discord.autocomplete(ALICE, CHANNEL, &["teammate"], json!({"name": "al"}), "name");
    let (choices, interaction) = join!(act, async {
        let interaction = robot.interaction().await;
        let choices = json!([{"name": "Alan", "value": "7"}]);
        let wrong = robot.callback(&interaction, json!({"type": 5})).await;
        assert_eq!(wrong.code(), 50035);
        robot.callback(&interaction, json!({"type": 8, "data": {"choices": choices}})).await;
        let more = robot.hook("POST", &interaction, "", json!({"content": "x"})).await;
        assert_eq!(more.code(), 10015);
        interaction
    });
    assert_eq!(choices, Ok(vec![("Alan".to_owned(), json!("7"))]));
    assert_eq!(interaction["data"]["options"][0]["options"][0]["focused"], true);
    let permissions = interaction["member"]["permissions"].as_str().expect("a text");
    assert_eq!(permissions.parse::<u64>().expect("a number") & 1 << 5, 1 << 5);
    let complaints = discord.complaints();
    assert!(complaints[0].contains("does not answer"), "{complaints:?}");
    assert!(complaints[1].contains("only answer"), "{complaints:?}");
}

#[tokio::test]
async fn one_command_can_be_made_changed_and_deleted() {
    let discord = server().await;
    let path = format!("/applications/{}/commands", Discord::APPLICATION);
    let body = json!({"name": "cx", "description": "The bot", "contexts": [0]});
    let made = call(&discord, "POST", &path, body.clone()).await;
    assert_eq!((made.status, made.body.get("guild_id")), (201, None));
    let again = call(&discord, "POST", &path, body).await;
    assert_eq!((again.status, again.id()), (200, made.id()));
    let one = format!("{path}/{}", made.id());
    call(&discord, "PATCH", &one, json!({"description": "Another"})).await;
    assert_eq!(get(&discord, &one).await.body["description"], "Another");
    let gone = send(request(&discord, Method::DELETE, &one)).await.expect("an answer");
    assert_eq!((gone.status, get(&discord, &one).await.code()), (204, 10063));
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn two_hundred_new_names_a_day_are_enough() {
    let discord = server().await;
    discord.lock().guild.commands_created = 199;
    assert_eq!(register(&discord).await.status, 200);
    assert_eq!(register(&discord).await.status, 200);
    let path = format!("/applications/{}/commands", Discord::APPLICATION);
    let more = json!({"name": "more", "description": "One more"});
    assert_eq!(call(&discord, "POST", &path, more).await.code(), 30034);
}
