//! Who belongs to an audience, as each platform tells it.

use cxbot::chat::{Failure, Platform, audience, discord, slack};
use cxbot::config::{DiscordConfig, SlackConfig};
use cxbot_sdk::Members;
use jiff::tz::TimeZone;
use secrecy::SecretString;

use crate::world::discord::Discord;
use crate::world::slack::{Fault, Slack};

const CHANNEL: &str = "C0LEADERS1";
const GROUP: &str = "S0LEADERS1";
const ANA: &str = "U0ANA00001";
const BEN: &str = "U0BEN00001";
const ROLE: &str = "1300000000000000002";
const CARA: &str = "1200000000000000007";
const DAN: &str = "1200000000000000008";

async fn slack() -> (Slack, slack::Slack) {
    let fake = Slack::start().await;
    fake.put_channel(CHANNEL, "leaders");
    fake.put_user(ANA, "ana");
    fake.put_user(BEN, "ben");
    fake.put_usergroup(GROUP, "leaders", &[BEN, ANA, Slack::BOT_USER]);
    let config = SlackConfig { api_url: fake.api_url(), ..SlackConfig::default() };
    let token = SecretString::from(Slack::BOT_TOKEN);
    let client = slack::Slack::new(&config, &token, TimeZone::UTC).expect("a client");
    (fake, client)
}

async fn discord() -> (Discord, discord::Discord) {
    let fake = Discord::start().await;
    fake.put_role(ROLE, "leaders");
    fake.put_member(CARA, "cara", &[ROLE]);
    fake.put_member(DAN, "dan", &[]);
    let config = DiscordConfig {
        api_url: fake.api_url(),
        guild: Some(Discord::GUILD.to_owned()),
        ..DiscordConfig::default()
    };
    let token = SecretString::from(Discord::TOKEN);
    let client = discord::Discord::new(&config, &token).expect("a client");
    (fake, client)
}

fn channel(id: &str) -> Members {
    Members::Channel(id.to_owned())
}

fn group(id: &str) -> Members {
    Members::Group(id.to_owned())
}

fn count(fake: &Slack, method: &str) -> usize {
    fake.seen().iter().filter(|seen| seen.method == method).count()
}

#[tokio::test]
async fn the_people_of_a_channel_or_a_user_group_in_slack_are_told_without_bots() {
    let (fake, client) = slack().await;
    fake.grant(&["usergroups:read", "users:read"]);
    fake.say(CHANNEL, ANA, "hello");
    assert_eq!(client.members(&channel(CHANNEL)).await, Ok(vec![ANA.to_owned()]));
    let both = Ok(vec![ANA.to_owned(), BEN.to_owned()]);
    assert_eq!(client.members(&group(GROUP)).await, both);
    assert_eq!(client.members(&group(GROUP)).await, both);
    assert_eq!(count(&fake, "users.info"), 3, "who is a person is asked once");
    assert_eq!(audience(&client, &group(GROUP)).await, Ok("S0LEADERS1 has 2 people".to_owned()));
    assert_eq!(fake.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_large_channel_is_read_page_by_page_and_a_limit_loses_nothing() {
    let (fake, client) = slack().await;
    fake.grant(&["users:read"]);
    fake.paced(false);
    let people: Vec<String> = (0..450).map(|n| format!("U0{n:08}")).collect();
    people.iter().for_each(|person| drop(fake.say(CHANNEL, person, "hello")));
    let calm = std::iter::repeat_n(Fault::Slow(std::time::Duration::ZERO), 200);
    fake.fault("users.info", calm.chain([Fault::RateLimited { retry_after: 1 }]));
    let limited = client.members(&channel(CHANNEL)).await;
    assert!(matches!(limited, Err(Failure::Later { after: Some(_), .. })), "{limited:?}");
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert_eq!(client.members(&channel(CHANNEL)).await, Ok(people));
    assert_eq!(count(&fake, "conversations.members"), 2 * 3);
    assert_eq!(count(&fake, "users.info"), 451 + 1, "none is asked twice but the one refused");
    assert_eq!(fake.complaints(), [""; 0]);
}

#[tokio::test]
async fn what_slack_does_not_tell_is_an_error_that_says_what_to_do() {
    let (fake, client) = slack().await;
    fake.say(CHANNEL, ANA, "hello");
    for (of, scope, wanted) in [
        (group(GROUP), "usergroups:read", "missing_scope usergroups:read: grant the scope"),
        (group(GROUP), "users:read", "missing_scope users:read: grant the scope"),
        (group("S0NOBODY1"), "im:read", "no_such_subteam: there is no such user group"),
        (channel("C0NOWHERE1"), "im:read", "there is no such channel, or it is private"),
    ] {
        let said = audience(&client, &of).await.expect_err("refused");
        assert!(said.contains(wanted), "{said}");
        fake.grant(&[scope]);
    }
    fake.put_usergroup("S0EMPTY001", "empty", &[]);
    let said = audience(&client, &group("S0EMPTY001")).await;
    assert_eq!(said, Err("S0EMPTY001: there is nobody in it".to_owned()));
    assert_eq!(fake.complaints(), [""; 0]);
}

#[tokio::test]
async fn the_people_with_a_role_in_discord_are_told_once_the_intent_is_switched_on() {
    let (fake, client) = discord().await;
    let said = audience(&client, &group(ROLE)).await.expect_err("refused");
    assert!(said.contains("switch on Server Members Intent"), "{said}");
    fake.flag_members_intent(true);
    assert_eq!(client.members(&group(ROLE)).await, Ok(vec![CARA.to_owned()]));
    let everyone = Ok(vec![CARA.to_owned(), DAN.to_owned()]);
    assert_eq!(client.members(&group(Discord::GUILD)).await, everyone);
    let said = client.members(&group("1300000000000000009")).await.expect_err("refused");
    assert!(said.to_string().contains("there is no role 1300000000000000009"), "{said}");
    let said = client.members(&channel("1100000000000000001")).await.expect_err("refused");
    assert!(said.to_string().ends_with("name a role, or people"), "{said}");
    assert_eq!(fake.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_large_server_in_discord_is_read_page_by_page() {
    let (fake, client) = discord().await;
    fake.flag_members_intent(true);
    let many = (0..2_500_u64).map(|n| (1_210_000_000_000_000_000 + n).to_string());
    many.for_each(|id| fake.put_member(&id, "someone", &[ROLE]));
    let people = client.members(&group(ROLE)).await.expect("told");
    assert_eq!(people.len(), 2_501);
    assert_eq!(fake.requests_to("GET /guilds/{g}/members").len(), 3);
    assert_eq!(fake.complaints(), [""; 0]);
}
