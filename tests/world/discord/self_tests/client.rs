//! Self-tests with the real client: serenity connects, hears, answers, and comes back.

use std::sync::Arc;

use serde_json::json;
use serenity::all::{
    Client, CreateCommand, CreateCommandOption, EventHandler, GatewayIntents, GuildId, Http,
    HttpBuilder, Interaction, Permissions, Ready,
};
use serenity::all::{CommandOptionType, Context};
use serenity::async_trait;

use super::*;

struct Bot;

#[async_trait]
impl EventHandler for Bot {
    async fn ready(&self, context: Context, _: Ready) {
        let status = CreateCommandOption::new(CommandOptionType::SubCommand, "status", "How it is");
        let command = CreateCommand::new(Discord::ROOT)
            .description("The bot")
            .default_member_permissions(Permissions::MANAGE_GUILD)
            .add_option(status)
            .add_option(teammate());
        let guild = GuildId::new(Discord::GUILD.parse().expect("a number"));
        guild.set_commands(&context.http, vec![command]).await.expect("registered commands");
    }

    async fn interaction_create(&self, context: Context, interaction: Interaction) {
        let Interaction::Command(command) = interaction else { return };
        let body = json!({"type": 4, "data": {"content": command.data.name, "flags": 64}});
        let (http, id) = (&context.http, command.id);
        http.create_interaction_response(id, &command.token, &body, Vec::new())
            .await
            .expect("an answer that is taken");
    }
}

/// With every kind of option that there is to get wrong.
fn teammate() -> CreateCommandOption {
    let option = |kind, name| CreateCommandOption::new(kind, name, "Words");
    option(CommandOptionType::SubCommand, "teammate")
        .add_sub_option(
            option(CommandOptionType::String, "name").required(true).set_autocomplete(true),
        )
        .add_sub_option(
            option(CommandOptionType::Integer, "weeks").min_int_value(1).max_int_value(9),
        )
        .add_sub_option(
            option(CommandOptionType::String, "form").add_string_choice("A chart", "chart"),
        )
        .add_sub_option(option(CommandOptionType::User, "whose"))
        .add_sub_option(option(CommandOptionType::Channel, "place"))
}

fn http(discord: &Discord) -> Arc<Http> {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let builder = HttpBuilder::new(Discord::TOKEN).client(client).proxy(discord.api_url());
    let id = Discord::APPLICATION.parse().expect("a number");
    Arc::new(
        builder
            .application_id(serenity::all::ApplicationId::new(id))
            .ratelimiter_disabled(true)
            .build(),
    )
}

/// Runs until it is aborted.
async fn run(discord: &Discord) -> tokio::task::JoinHandle<serenity::Result<()>> {
    let http = Arc::into_inner(http(discord)).expect("one owner");
    let builder = serenity::client::ClientBuilder::new_with_http(http, GatewayIntents::GUILDS);
    let mut client: Client = builder.event_handler(Bot).await.expect("a client");
    tokio::spawn(async move { client.start().await.inspect_err(|error| eprintln!("{error:?}")) })
}

async fn registered(discord: &Discord) {
    let started = std::time::Instant::now();
    while discord.commands().is_empty() {
        assert!(started.elapsed() < SOON, "no commands: {:?}", discord.complaints());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn serenity_connects_registers_and_answers() {
    let discord = server().await;
    let running = run(&discord).await;
    discord.connected(SOON).await;
    registered(&discord).await;
    let acted = discord.type_command(ALICE, CHANNEL, &["status"], json!({})).await;
    assert!(acted.private, "{acted:?}");
    assert_eq!(discord.sees(ALICE, CHANNEL)[0].content, "cx");
    let options =
        json!({"name": "Al", "weeks": 3, "form": "chart", "whose": BOB, "place": CHANNEL});
    let acted = discord.type_command(ALICE, CHANNEL, &["teammate"], options).await;
    assert!(acted.acknowledged_within.is_some(), "{acted:?}");
    assert_eq!((discord.identifies(), discord.resumes()), (1, 0));
    assert_eq!(discord.complaints(), [""; 0]);
    running.abort();
}

#[tokio::test]
async fn serenity_resumes_and_hears_what_it_missed() {
    let discord = server().await;
    let running = run(&discord).await;
    discord.connected(SOON).await;
    registered(&discord).await;
    for (number, cut) in [Discord::cut_gateway, Discord::gateway_reconnect].iter().enumerate() {
        cut(&discord);
        let acted = discord.type_command(ALICE, CHANNEL, &["status"], json!({})).await;
        assert!(acted.acknowledged_within.is_some(), "{acted:?}");
        discord.connected(SOON).await;
        let started = std::time::Instant::now();
        while discord.resumes() <= number {
            assert!(started.elapsed() < SOON, "not resumed {number}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    assert_eq!(discord.identifies(), 1);
    assert_eq!(discord.complaints(), [""; 0]);
    running.abort();
}

#[tokio::test]
async fn serenity_gives_up_on_a_wrong_token() {
    let discord = server().await;
    let running = run(&discord).await;
    discord.connected(SOON).await;
    discord.revoke_token();
    let ended = tokio::time::timeout(SOON, running).await.expect("an end").expect("no panic");
    assert!(ended.is_err());
}

#[tokio::test]
async fn serenity_bears_frames_that_it_does_not_know() {
    let discord = server().await;
    let running = run(&discord).await;
    discord.connected(SOON).await;
    registered(&discord).await;
    discord.send_frame(&json!({"op": 99, "d": null, "s": null, "t": null}));
    discord.send_event("SOMETHING_NEW", json!({"a": 1}));
    let acted = discord.type_command(ALICE, CHANNEL, &["status"], json!({})).await;
    assert!(acted.acknowledged_within.is_some() && discord.is_connected());
    assert_eq!(discord.identifies(), 1);
    running.abort();
}

#[tokio::test]
async fn serenity_is_deaf_to_an_interaction_that_lacks_a_field() {
    let discord = server().await;
    let running = run(&discord).await;
    discord.connected(SOON).await;
    registered(&discord).await;
    discord.leave_out("attachment_size_limit");
    let acted = discord.type_command(ALICE, CHANNEL, &["status"], json!({})).await;
    assert_eq!(acted.said.as_deref(), Some("The application did not respond"));
    running.abort();
}

#[tokio::test]
async fn serenity_begins_anew_when_its_session_is_gone() {
    let discord = server().await;
    discord.identify_spacing(Duration::from_secs(1));
    let running = run(&discord).await;
    discord.connected(SOON).await;
    registered(&discord).await;
    discord.invalidate_session(true);
    let started = std::time::Instant::now();
    while discord.resumes() < 1 {
        assert!(started.elapsed() < SOON, "not resumed");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    discord.invalidate_session(false);
    // serenity waits out five seconds of its own.
    discord.connected(SOON * 3).await;
    assert_eq!((discord.identifies(), discord.resumes()), (2, 1));
    let acted = discord.type_command(ALICE, CHANNEL, &["status"], json!({})).await;
    assert!(acted.acknowledged_within.is_some(), "{acted:?}");
    assert_eq!(discord.complaints(), [""; 0]);
    running.abort();
}
