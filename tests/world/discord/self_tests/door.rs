//! Self-tests of the door: paths, agents, tokens, and what anybody may read.

use serde_json::json;

use super::*;
use crate::world::World;
use crate::world::discord::schema;

#[tokio::test]
async fn an_unknown_route_leaves_a_complaint() {
    let discord = server().await;
    let answer = get(&discord, "/users/@me/guilds").await;
    assert_eq!((answer.status, answer.code()), (404, 0));
    assert!(complaint(&discord).contains("does not know"));
}

#[tokio::test]
async fn a_request_says_whose_bot_it_is() {
    let discord = server().await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let bare = client
        .get(format!("{}/api/v10/users/@me", discord.api_url()))
        .header("User-Agent", "reqwest")
        .header("Authorization", format!("Bot {}", Discord::TOKEN));
    assert_eq!(send(bare).await.expect("an answer").code(), 40333);
    assert!(complaint(&discord).contains("User-Agent"));
}

#[tokio::test]
async fn a_revoked_token_opens_nothing() {
    let discord = server().await;
    discord.revoke_token();
    assert_eq!(get(&discord, "/users/@me").await.status, 401);
    assert_eq!(discord.invalid_requests(), 1);
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn what_is_read_is_shaped_as_described() {
    let discord = server().await;
    discord.flag_members_intent(true);
    let all = [
        ("/gateway", "GatewayResponse"),
        ("/gateway/bot", "GatewayBotResponse"),
        ("/users/@me", "UserPIIResponse"),
        ("/applications/@me", "PrivateApplicationResponse"),
        ("/oauth2/applications/@me", "PrivateApplicationResponse"),
        (&format!("/guilds/{}", Discord::GUILD), "GuildWithCountsResponse"),
        (&format!("/guilds/{}/members/{ALICE}", Discord::GUILD), "GuildMemberResponse"),
        (&format!("/channels/{CHANNEL}"), "GuildChannelResponse"),
        (&format!("/channels/{FORUM}"), "GuildChannelResponse"),
    ];
    for (path, name) in all {
        let answer = get(&discord, path).await;
        assert_eq!((path, schema::check(name, &answer.body)), (path, Vec::new()));
    }
    let lists = [
        ("roles", "GuildRoleResponse"),
        ("members?limit=9", "GuildMemberResponse"),
        ("channels", "GuildChannelResponse"),
    ];
    for (path, name) in lists {
        let answer = get(&discord, &format!("/guilds/{}/{path}", Discord::GUILD)).await;
        for one in answer.body.as_array().expect("a list") {
            assert_eq!((path, schema::check(name, one)), (path, Vec::new()));
        }
    }
    assert_eq!(discord.complaints(), [""; 0]);
}

#[tokio::test]
async fn members_are_listed_only_with_the_privilege() {
    let discord = server().await;
    let path = format!("/guilds/{}/members?limit=2", Discord::GUILD);
    assert_eq!(get(&discord, &path).await.code(), 50001);
    discord.flag_members_intent(true);
    let page = get(&discord, &path).await.body;
    assert_eq!(page.as_array().map(Vec::len), Some(2));
    let rest = get(&discord, &format!("{path}&after={ALICE}")).await.body;
    assert_eq!(rest[0]["user"]["id"], json!(BOB));
    let flags = get(&discord, "/applications/@me").await.body["flags"].clone();
    assert_eq!(flags, json!(1 << 14));
}

#[tokio::test]
async fn what_is_not_json_is_refused() {
    let discord = server().await;
    let path = format!("/channels/{CHANNEL}/messages");
    let broken = request(&discord, Method::POST, &path)
        .header("Content-Type", "application/json")
        .body("{\"content\":");
    assert_eq!(send(broken).await.expect("an answer").code(), 50109);
    assert!(complaint(&discord).contains("not JSON"));
}

#[tokio::test]
async fn every_request_is_in_the_journal() {
    let discord = server().await;
    post_file(&discord, json!({"content": "x"}), "a.txt", b"a").await;
    let seen = discord.requests_to(POST).remove(0);
    assert_eq!((seen.body, seen.files), (json!({"content": "x"}), vec!["a.txt".to_owned()]));
    assert_eq!(seen.path, format!("/api/v10/channels/{CHANNEL}/messages"));
    assert_eq!((seen.status, &seen.answer["content"]), (Some(200), &json!("x")));
    assert!(discord.timeline(CHANNEL)[0].at >= seen.at);
}

#[tokio::test]
async fn a_world_around_it_knows_where_it_is() {
    let discord = server().await;
    let world = World::new().posting_to_discord(&discord, &[CHANNEL]);
    let setting = |name: &str| {
        let found = world.settings.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone())
    };
    assert_eq!(setting("DISCORD_TOKEN").as_deref(), Some(Discord::TOKEN));
    assert_eq!(setting("CXBOT__DISCORD__API_URL"), Some(discord.api_url()));
    let destinations = json!([format!("discord:{CHANNEL}")]).to_string();
    assert_eq!(setting("CXBOT__PLUGINS__DIGEST__DESTINATIONS"), Some(destinations));
}
