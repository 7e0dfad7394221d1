//! The way to Discord: the gateway, the command, the token, the server, the channel.

use std::time::Duration;

use serde_json::json;

use super::{ANA, BEN, SOON, SUPPORT, Server, listening, server};
use crate::world::World;
use crate::world::discord::{Discord, Fault};
use crate::world::scene::import;

#[tokio::test]
async fn after_a_cut_no_request_is_lost_and_none_answered_twice() {
    let server = Server::new().await;
    server.discord.cut_gateway();
    let answer = server.ask(ANA, "coverage", json!({"week": "2026-W46"})).await;
    assert!(answer.words().contains("40 closed"), "{}", answer.words());
    server.discord.gateway_reconnect();
    let answer = server.ask(BEN, "coverage", json!({"week": "2026-W46"})).await;
    assert!(answer.words().contains("40 closed"), "{}", answer.words());
    server.discord.repeat_last_interaction();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(server.discord.sees(BEN, SUPPORT).len(), 1);
    assert!(server.discord.resumes() >= 2);
}

#[tokio::test]
async fn a_kill_between_acknowledging_and_answering_loses_no_request() {
    for (token_lives, place) in [(true, "reply made:1"), (false, "reply made:1")] {
        let mut server = Server::new().await;
        server.running.kill().await;
        let gone = || !server.discord.is_connected();
        server.until("the old connection's end", gone).await;
        server.running = server.world.start_to_crash(&["run"], place);
        server.until("the gateway", || server.discord.is_connected()).await;
        let typed = json!({"week": "2026-W46"});
        let acted = server.discord.type_command(ANA, SUPPORT, &["coverage"], typed).await;
        assert!(server.running.ended(SOON).await.is_some());
        server.until("the connection's end", || !server.discord.is_connected()).await;
        if !token_lives {
            server.discord.age_tokens();
        }
        server.running = listening(&server.world, &server.discord).await;
        let said = || match token_lives {
            true => server.discord.sees(ANA, SUPPORT),
            false => server.discord.direct(ANA),
        };
        let given = || said().iter().any(|shown| shown.words().contains("40 closed"));
        server.until(&format!("an answer to {acted:?}"), given).await;
    }
}

#[tokio::test]
async fn the_command_is_registered_once_and_again_only_when_it_changed() {
    let mut server = Server::new().await;
    let puts = |discord: &Discord| {
        let all = discord.requests().into_iter();
        all.filter(|seen| seen.route.starts_with("PUT")).count()
    };
    assert_eq!(puts(&server.discord), 1);
    server.running.terminate().await;
    server.running = listening(&server.world, &server.discord).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(puts(&server.discord), 1, "nothing differs");
    server.is_clean();
}

#[tokio::test]
async fn a_token_that_is_not_valid_is_said_once_and_discord_left_alone() {
    let discord = server().await;
    discord.revoke_token();
    let world = World::new().posting_to_discord(&discord, &[SUPPORT]);
    let running = world.start(&["run"]);
    let said = "commands and buttons are not heard: the token is not valid: set DISCORD_TOKEN anew";
    running.until("a word", SOON, || running.log().contains(said)).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(running.log().matches(said).count(), 1);
    assert!(discord.invalid_requests() <= 2, "{}", discord.invalid_requests());
}

#[tokio::test]
async fn a_connection_that_dies_in_any_way_is_there_again() {
    let server = Server::new().await;
    server.discord.heartbeat_interval(Duration::from_secs(1));
    type Harm = fn(&Discord);
    let harms: [(&str, Harm); 6] = [
        ("op 9, resumable", |discord| discord.invalidate_session(true)),
        ("op 9, not resumable", |discord| discord.invalidate_session(false)),
        ("closed with 4000", |discord| discord.close_gateway(4000)),
        ("closed with 4009", |discord| discord.close_gateway(4009)),
        ("no more heartbeats acknowledged", |discord| discord.withhold_acks(true)),
        ("no more frames", Discord::freeze_gateway),
    ];
    for (what, harm) in harms {
        let before = server.discord.identifies() + server.discord.resumes();
        harm(&server.discord);
        let again = || server.discord.identifies() + server.discord.resumes() > before;
        server.running.until(what, Duration::from_secs(60), again).await;
        server.discord.withhold_acks(false);
        server.running.until(what, SOON, || server.discord.is_connected()).await;
        let answer = server.ask(ANA, "coverage", json!({"week": "2026-W46"})).await;
        assert!(answer.words().contains("40 closed"), "{what}: {}", answer.words());
    }
}

#[tokio::test]
async fn a_bot_that_is_sent_elsewhere_never_falls_back_to_discord_itself() {
    let discord = server().await;
    let world = World::new().posting_to_discord(&discord, &[SUPPORT]);
    discord.fault("GET /gateway", [Fault::Status(503); 3]);
    let running = world.start(&["run"]);
    let tried = || discord.requests_to("GET /gateway").len() >= 2;
    running.until("two tries", SOON * 2, tried).await;
    // serenity would go on with Discord's own gateway and say so.
    assert!(!running.log().contains("gateway.discord.gg"), "{}", running.log());
    assert_eq!(discord.identifies(), 0);
}

#[tokio::test]
async fn a_look_names_what_the_bot_lacks_in_a_channel() {
    let discord = server().await;
    let world = World::new().posting_to_discord(&discord, &[SUPPORT]);
    let checked = world.ok(&["check", "--online"]).await;
    assert!(checked.contains("the bot may do all it needs in support"), "{checked}");
    discord.deny(SUPPORT, 1 << 15 | 1 << 35);
    let checked = world.run(&["check", "--online"]).await;
    assert_eq!(checked.code, Some(1));
    let lacks = "the bot lacks: Attach Files (adds the charts), Create Public Threads";
    assert!(checked.stdout.contains(lacks), "{}", checked.stdout);
    let invited = world.ok(&["invite", "discord"]).await;
    let wanted = format!(
        "https://discord.com/oauth2/authorize?client_id={}&scope=bot%20applications.commands\
         &permissions=309237763072",
        Discord::APPLICATION
    );
    assert_eq!(invited.trim(), wanted);
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_command_that_could_not_be_registered_is_tried_again() {
    let discord = server().await;
    discord.fault("GET /applications/{a}/commands", [Fault::Status(503)]);
    let world = World::new().posting_to_discord(&discord, &[SUPPORT]);
    let _running = listening(&world, &discord).await;
}

#[tokio::test]
async fn a_server_that_the_settings_do_not_name_is_not_answered() {
    let discord = server().await;
    let world = World::new().posting_to_discord(&discord, &[SUPPORT]);
    let world = world.with("CXBOT__PLUGINS__DIGEST__DESTINATIONS", "[]");
    import(&world).await;
    let running = listening(&world, &discord).await;
    assert!(running.log().contains("nobody is answered in Discord: set discord.guild"));
    let asked = discord.type_command(ANA, SUPPORT, &["digest"], json!({})).await;
    let answer = discord.answered(&asked, SOON).await;
    assert!(answer.words().contains("answers in the server that it is set up for"), "{answer:?}");
}
