//! Many answer while the program is killed.

use std::time::Duration;

use serde_json::json;

use super::{FLOOR, SAY, SOON};
use crate::world::World;
use crate::world::discord::{Discord, Shown as There};
use crate::world::scene::import;

/// How many answer at once: 500 show what a large company does, fewer are enough for every day.
fn many() -> usize {
    std::env::var("CXBOT_VOTERS").ok().and_then(|n| n.parse().ok()).unwrap_or(80)
}

/// Answers, again and again until it is recorded.
async fn surely_say(discord: &Discord, person: &str, post: &str) {
    let told = || {
        let own = |shown: &There| shown.only_for.as_deref() == Some(person);
        let words = |shown: There| shown.words();
        let said = discord.sees(person, FLOOR).into_iter().filter(own).map(words);
        said.into_iter().any(|words| words.contains("Recorded") || words.contains("Changed to"))
    };
    while !told() {
        let pressed = discord.press(person, post, SAY).await;
        if pressed.modal.is_some() {
            let sent = discord.submit(person, &pressed, json!({"word": "calm"})).await;
            // Whoever sees nothing for a while presses again.
            for _ in 0..if sent.said.is_none() { 50 } else { 0 } {
                tokio::time::sleep(Duration::from_millis(100)).await;
                if told() {
                    return;
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn many_answer_while_the_program_is_killed_twice_and_none_is_lost_or_doubled() {
    let many = many();
    let discord = Discord::start().await;
    discord.identify_spacing(Duration::from_millis(10));
    discord.put_channel(FLOOR, "floor");
    let people: Vec<String> = (1..=many).map(|n| format!("12000000000000{n:05}")).collect();
    for person in &people {
        discord.put_member(person, &format!("person{person}"), &[]);
    }
    let leader = format!("[{{name = \"Lea\", discord = \"{}\", roles = [\"leader\"]}}]", people[0]);
    let world = World::new()
        .posting_to_discord(&discord, &[])
        .with("CXBOT__PEOPLE", &leader)
        .with("CXBOT__PLUGINS__MOOD__CHANNELS", &format!("[\"discord:{FLOOR}\"]"))
        .with("CXBOT__PLUGINS__MOOD__CLOSES", "0 4 * * *");
    import(&world).await;
    let start = async || {
        let running = world.start(&["run"]);
        let open = || discord.is_connected() && !discord.commands().is_empty();
        running.until("the gateway and the command", SOON, open).await;
        running
    };
    let mut running = start().await;
    let asked = discord.type_command(&people[0], FLOOR, &["mood"], json!({"what": "open"})).await;
    assert!(discord.answered(&asked, SOON).await.words().contains("is open until"));
    running.until("the poll", SOON, || !discord.channel(FLOOR).is_empty()).await;
    let post = discord.channel(FLOOR)[0].id.clone();
    // All within so long, and the program ends twice meanwhile.
    let within = Duration::from_millis(20 * many as u64);
    let started = std::time::Instant::now();
    let everyone = people.iter().enumerate().map(|(n, person)| {
        let (discord, post) = (&discord, &post);
        async move {
            tokio::time::sleep(within * n as u32 / many as u32).await;
            surely_say(discord, person, post).await;
        }
    });
    let killing = async {
        for _ in 0..2 {
            tokio::time::sleep(within / 3).await;
            running.kill().await;
            running = start().await;
        }
    };
    tokio::join!(futures_util::future::join_all(everyone), killing);
    println!(
        "{many} answers, pressed within {within:?}, all recorded after {:?}",
        started.elapsed()
    );
    let words = || discord.channel(FLOOR)[0].words();
    let count = format!("{many} answers so far");
    running.until(&count, SOON, || words().contains(&count)).await;
    let asked = discord.type_command(&people[0], FLOOR, &["mood"], json!({"what": "close"})).await;
    discord.answered(&asked, SOON).await;
    running.until("the results", SOON, || words().contains("side by side")).await;
    assert!(words().contains(&format!("▇ {many}")), "{}", words());
    assert_eq!(discord.channel(FLOOR).len(), 1, "one post, edited in place");
    // Whoever pressed in the moment of a kill was never acknowledged, so that the answer after the restart
    // finds nothing to fill.
    let unheard = |complaint: &String| !complaint.contains("10015: before the first answer");
    let complaints: Vec<String> = discord.complaints().into_iter().filter(unheard).collect();
    assert_eq!(complaints, [""; 0]);
}
