//! How a poll is opened and what it takes for an answer.

use std::time::Duration;

use serde_json::json;

use super::{CARA, FLOOR, LEA, LEADERS, MAYA, ROLE, Room, SAY, SOON, shows, world};
use crate::world::discord::Discord;
use crate::world::scene::{import, listening};
use crate::world::slack::Slack;

#[tokio::test]
async fn a_poll_in_a_channel_is_opened_in_chat_where_its_people_can_be_told() {
    let room = Room::with(2).await;
    let ran = room.world.run(&["call", "mood open"]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("only cxbot run can ask the platform who that is"), "{ran:?}");
    assert!(room.opened().await.0.blocks.to_string().contains("0 of 3 answered"));
}

#[tokio::test]
async fn a_poll_whose_plugin_is_taken_away_is_told_of_until_it_is_closed() {
    let mut room = Room::with(1).await;
    room.opened().await;
    room.running.terminate().await;
    room.world.write("without.toml", "[plugins.digest]\n");
    let variables =
        ["CHANNELS", "SCHEDULE", "CLOSES"].map(|name| format!("CXBOT__PLUGINS__MOOD__{name}"));
    let unset: Vec<(&str, &str)> = variables.iter().map(|name| (name.as_str(), "")).collect();
    let ran = room.world.run_with(&unset, &["--config", "without.toml", "check"]).await;
    assert!(ran.stdout.contains("of mood is still open"), "{ran:?}");
    assert_eq!(ran.code, Some(1));
}

#[tokio::test]
async fn a_word_that_is_none_is_refused_under_its_field_and_a_late_one_kindly() {
    let room = Room::with(2).await;
    let poll = room.opened().await;
    let ana = room.people[1].clone();
    room.slack.press(&ana, LEADERS, &poll.0.ts, &poll.1).await;
    let form = || {
        room.slack.view(&ana).is_some_and(|view| view["blocks"].to_string().contains("In one word"))
    };
    room.running.until("the form", SOON, form).await;
    room.slack.submit(&ana, &[("word", json!("very happy"))]).await;
    assert_eq!(room.slack.view_errors(&ana)["word"], "One word, please: these are 2.");
    room.slack.submit(&ana, &[("word", json!("calm")), ("note", json!("We did it"))]).await;
    room.until_told(&ana, "the tick was not set").await;
    assert!(room.told(&ana).contains("Recorded: “"), "{}", room.told(&ana));
    assert!(room.say(&ana, &poll, "Tired").await);
    room.until_told(&ana, "Changed to “").await;
    // The form is open when the poll closes.
    room.slack.close_view(&ana).await;
    room.slack.press(&ana, LEADERS, &poll.0.ts, &poll.1).await;
    room.running.until("the form", SOON, form).await;
    room.mood("close").await;
    room.slack.submit(&ana, &[("word", json!("late"))]).await;
    room.until_told(&ana, "This poll is closed; thank you all the same.").await;
    room.running.until("the results", SOON, || room.results().is_some()).await;
    let results = room.results().expect("just seen");
    assert!(shows(&results, "1 of 3 answered") && shows(&results, "It takes 5 answers"));
    assert!(!shows(&results, "Tired"), "{}", results.blocks);
    room.is_clean();
}

#[tokio::test]
async fn one_poll_on_both_platforms_counts_a_person_on_both_once_and_says_the_same() {
    let slack = Slack::start().await;
    slack.grant(&["users:read"]);
    slack.put_channel(LEADERS, "leaders");
    let people: Vec<String> = (1..=4).map(|n| format!("U0P{n:07}")).collect();
    for person in people.iter().chain([&LEA.to_owned()]) {
        slack.put_user(person, &person.to_lowercase());
        slack.say(LEADERS, person, "hello");
    }
    let discord = Discord::start().await;
    discord.identify_spacing(Duration::from_millis(10));
    discord.flag_members_intent(true);
    discord.put_role(ROLE, "leaders");
    discord.put_channel(FLOOR, "floor");
    discord.put_member(MAYA, "maya", &[ROLE]);
    discord.put_member(CARA, "cara", &[ROLE]);
    let both = format!("[\"slack:{LEADERS}\", \"discord:{FLOOR}\"]");
    let audience = format!("[\"slack:{LEADERS}\", \"discord:@&{ROLE}\"]");
    let world = world(&slack)
        .posting_to_discord(&discord, &[])
        .with("CXBOT__PLUGINS__MOOD__CHANNELS", &both)
        .with("CXBOT__PLUGINS__MOOD__AUDIENCE", &audience);
    import(&world).await;
    let running = listening(&world, &slack).await;
    running
        .until("the gateway", SOON, || discord.is_connected() && !discord.commands().is_empty())
        .await;
    let room = Room { slack, world, running, people };
    let poll = room.opened().await;
    assert!(shows(&poll.0, "0 of 6 answered"), "Maya is one person: {}", poll.0.blocks);
    room.running.until("the poll in Discord", SOON, || !discord.channel(FLOOR).is_empty()).await;
    for person in &room.people {
        assert!(room.say(person, &poll, "calm").await);
        room.until_told(person, "Recorded").await;
    }
    let there = discord.channel(FLOOR)[0].clone();
    for (person, wanted) in [(MAYA, "Changed to “hopeful”"), (CARA, "Recorded: “hopeful”")]
    {
        let pressed = discord.press(person, &there.id, SAY).await;
        let sent = discord.submit(person, &pressed, json!({"word": "hopeful"})).await;
        let answer = discord.answered(&sent, SOON).await;
        assert!(answer.words().contains(wanted), "{}", answer.words());
    }
    room.mood("close").await;
    let closed = || discord.channel(FLOOR)[0].words().contains("side by side");
    room.running.until("the results in Discord", SOON, closed).await;
    room.running.until("the results in Slack", SOON, || room.results().is_some()).await;
    let (here, there) = (room.results().expect("just seen"), discord.channel(FLOOR)[0].words());
    for words in ["5 of 6 answered", "calm", "▇ 3", "hopeful", "▇ 2", "HUMAN TEAM"] {
        assert!(shows(&here, words), "{words}: {}", here.blocks);
        assert!(there.contains(words), "{words}: {there}");
    }
    assert_eq!(discord.complaints(), [""; 0]);
    room.is_clean();
}
