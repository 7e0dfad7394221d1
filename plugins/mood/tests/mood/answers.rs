//! What people answer, and what becomes of it.

use cxbot_sdk::Message;
use serde_json::json;

use super::{CLOSES, OPENS, Room};

#[tokio::test]
async fn a_poll_opens_counts_and_shows_its_words_at_the_end() {
    let room = Room::new();
    room.job("open", OPENS).await;
    insta::assert_snapshot!(room.channel(), @"
    In one word, how did the CX Score make you feel last week?
    Mood poll · week 46 · open until 2026-11-17T12:00:00Z. 0 of 14 answered.
    Anonymous: nobody can see who said what, and with fewer than 5 answers the words are deleted.
    ");
    insta::assert_snapshot!(room.say("a", " Calm. ").await, @"Recorded: “Calm”. You can change it or take it back until 2026-11-17T12:00:00Z.");
    for (who, word) in [("b", "calm"), ("c", "calm"), ("d", "hopeful"), ("e", "maya"), ("f", "🙂")]
    {
        room.say(who, word).await;
    }
    room.say("f", "hopeful").await;
    let note = json!({"poll": "2026-W46", "word": "tired", "share": true,
        "note": "Maya taught us <!channel> to read the *worst* ones first."});
    room.act("g", "say", note).await;
    let unticked = json!({"poll": "2026-W46", "word": "fine", "note": "Nobody is to see this."});
    insta::assert_snapshot!(room.act("h", "say", unticked).await, @"Recorded: “fine”. Your win or challenge was not kept, since the tick was not set. You can change it or take it back until 2026-11-17T12:00:00Z.");
    assert!(room.channel().contains("8 of 14 answered."), "{}", room.channel());
    room.job("close", CLOSES).await;
    insta::assert_snapshot!(room.channel(), @"
    In one word, how did the CX Score make you feel last week?
    Mood poll · week 46 · closed 2026-11-17T12:00:00Z. 8 of 14 answered.
    calm
    ▇▇▇▇▇▇▇▇▇▇▇▇ 3
    hopeful
    ▇▇▇▇▇▇▇▇ 2
    fine
    ▇▇▇▇ 1
    tired
    ▇▇▇▇ 1
    + 1 other word
    The lanes of week 46 (side by side, no link claimed)
    HUMAN TEAM
    81.6 % good  (66.6–90.8, n=38)   ? can't tell yet
    FIN
    no scored conversations
    FIN → HUMAN
    no scored conversations
    ---
    Wins and challenges
    “[name] taught us <!channel> to read the *worst* ones first.”
    ");
    assert!(room.host.ballots.names().is_empty(), "nothing is left of the ballot");
    insta::assert_snapshot!(room.say("i", "late").await, @"refused: This poll is closed; thank you all the same. The next one opens 2026-11-23T10:00:00Z.");
    insta::assert_snapshot!(room.act("leader", "mood", json!({"what": "history"})).await, @"
    The mood of past weeks
    W46  calm 3 · hopeful 2 · fine 1 · tired 1 · + 1
    ");
    insta::assert_snapshot!(room.act("leader", "mood", json!({"what": "export"})).await, @"
    poll,asked,answered,word,count
    2026-W46,14,8,calm,3
    2026-W46,14,8,hopeful,2
    2026-W46,14,8,fine,1
    2026-W46,14,8,tired,1
    2026-W46,14,8,,1
    ");
}

#[tokio::test]
async fn an_answer_can_be_changed_and_taken_back_until_the_end() {
    let room = Room::new();
    room.job("open", OPENS).await;
    assert!(room.say("a", "calm").await.starts_with("Recorded: “calm”."));
    assert!(room.say("a", "Tired").await.starts_with("Changed to “Tired”."));
    let poll = json!({"poll": "2026-W46"});
    let taken = room.act("a", "take_back", poll.clone()).await;
    assert!(taken.starts_with("Your answer is taken back."), "{taken}");
    assert!(room.channel().contains("0 of 14 answered."));
    let again = room.act("a", "take_back", poll).await;
    assert_eq!(again, "refused: You have not answered yet, so there is nothing to take back.");
}

#[tokio::test]
async fn too_few_answers_are_deleted_and_an_open_poll_shows_them_all() {
    let room = Room::new();
    room.job("open", OPENS).await;
    room.say("a", "calm").await;
    room.job("close", CLOSES).await;
    let told = room.channel();
    assert!(told.contains("It takes 5 answers to show the words"), "{told}");
    assert!(!told.contains("calm"), "{told}");

    let room = Room::with(json!({"channels": ["slack:C0LEADERS1"], "mode": "open"}));
    room.job("open", OPENS).await;
    assert!(room.channel().contains("people may guess who said what"), "{}", room.channel());
    room.say("a", "calm").await;
    room.job("close", CLOSES).await;
    assert!(room.channel().contains("calm"), "{}", room.channel());
}

#[tokio::test]
async fn the_form_asks_and_promises_what_its_own_poll_does_whatever_the_settings_become() {
    let room = Room::new();
    room.job("open", OPENS).await;
    let asked = "In one word, how did the CX Score make you feel last week? Anonymous: nobody can see \
                 who said what, and with fewer than 5 answers the words are deleted.";
    assert_eq!(room.form().await, asked);
    let other = json!({"channels": ["slack:C0LEADERS1"], "mode": "open", "question": "And now?"});
    let room = room.set_anew(other);
    assert_eq!(room.form().await, asked);
    room.job("close", CLOSES).await;
    assert!(room.form().await.starts_with("refused: This poll is closed"));
}

#[tokio::test]
async fn nobody_answered_is_said_as_that() {
    let room = Room::new();
    room.job("open", OPENS).await;
    room.job("close", CLOSES).await;
    let told = room.channel();
    assert!(told.contains("Nobody answered.") && !told.contains("It takes"), "{told}");
    let history = room.act("leader", "mood", json!({"what": "history"})).await;
    assert!(history.contains("W46  nobody answered"), "{history}");
}

#[tokio::test]
async fn whoever_says_a_name_or_shares_a_win_reads_what_becomes_of_it() {
    let room = Room::new();
    room.job("open", OPENS).await;
    insta::assert_snapshot!(room.say("a", "Maya").await, @"Recorded: “Maya”. It is a name of someone here too, so it is counted and not shown. You can change it or take it back until 2026-11-17T12:00:00Z.");
    let shared = json!({"poll": "2026-W46", "word": "calm", "note": "We did it.", "share": true});
    insta::assert_snapshot!(room.act("b", "say", shared.clone()).await, @"Recorded: “calm”. When the poll closes, your win or challenge is shown without your name, if 5 or more answered. You can change it or take it back until 2026-11-17T12:00:00Z.");
    let room = Room::with(json!({"channels": ["slack:C0LEADERS1"], "mode": "open"}));
    room.job("open", OPENS).await;
    let told = room.act("b", "say", shared).await;
    assert!(told.contains("is shown without your name. You can"), "{told}");
}

#[tokio::test]
async fn other_words_are_counted_as_words_and_not_as_answers() {
    let room = Room::new();
    room.job("open", OPENS).await;
    for (who, word) in ["calm", "calm", "calm", "maya", "Maya"].iter().enumerate() {
        room.say(&who.to_string(), word).await;
    }
    room.job("close", CLOSES).await;
    assert!(room.channel().contains("+ 1 other word\n"), "{}", room.channel());
    let export = room.act("leader", "mood", json!({"what": "export"})).await;
    assert!(export.ends_with("2026-W46,14,5,,2"), "{export}");
}

#[tokio::test]
async fn many_wins_are_told_in_as_many_posts_as_they_take() {
    let room = Room::new();
    room.job("open", OPENS).await;
    for who in 0..90 {
        let note = if who < 50 { "We did it.".to_owned() } else { "y".repeat(300) };
        let say = json!({"poll": "2026-W46", "word": "calm", "share": true, "note": note});
        room.act(&who.to_string(), "say", say).await;
    }
    room.job("close", CLOSES).await;
    let published = room.host.published();
    let thread = &published.values().next().expect("a poll").thread;
    let words: Vec<String> = thread.iter().map(Message::plain).collect();
    assert!(words.iter().all(|words| words.chars().count() <= 2_500), "{words:#?}");
    assert!(thread.iter().all(|post| post.blocks.len() <= 45));
    let told: usize = words.iter().map(|words| words.matches('“').count()).sum();
    assert_eq!(told, 90);
    assert!(words[0].starts_with("Wins and challenges, 1 of "), "{}", words[0]);
}
