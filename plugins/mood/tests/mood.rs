//! What people see of the mood poll, over the in-memory host.

use std::sync::Arc;

use cxbot_mood::Mood;
use cxbot_sdk::ballot::Ballots;
use cxbot_sdk::plugin::{Call, Installed, install};
use cxbot_sdk::testing::{TestHost, comply, conversation};
use cxbot_sdk::{Error, Host, Invoker, Message, Reply, Tick};
use jiff::Timestamp;
use serde_json::{Value, json};

const OPENS: &str = "2026-11-16T10:00:00Z";
const CLOSES: &str = "2026-11-17T12:00:00Z";

fn settings() -> Value {
    json!({"channels": ["slack:C0LEADERS1"]})
}

#[tokio::test]
async fn the_poll_keeps_the_contract_of_plugins() {
    comply::<Mood>(settings()).await;
}

struct Room {
    host: Arc<TestHost>,
    plugin: Box<dyn Installed>,
}

impl Room {
    fn with(settings: Value) -> Room {
        let record = |n: u32| {
            conversation(json!({
                "id": n.to_string(), "score": if n.is_multiple_of(5) { 2 } else { 5 },
                "teammates": [{"id": "1", "name": "Ana"}], "topics": ["Invoices"],
                "closed_at": format!("2026-11-{:02}T10:00:00Z", 2 + n % 14),
            }))
        };
        let mut host = TestHost::new(OPENS, (0..80).map(record).collect());
        host.ballots.asked = Some(14);
        host.ballots.names = vec!["Maya".to_owned()];
        Room { host: Arc::new(host), plugin: install::<Mood>(settings).expect("installs") }
    }

    fn new() -> Room {
        Room::with(settings())
    }

    async fn job(&self, name: &str, slot: &str) {
        let slot: Timestamp = slot.parse().expect("an instant");
        self.host.set_now(slot);
        let host: Arc<dyn Host> = self.host.clone();
        let call = Call::Job { name: name.to_owned(), tick: Tick::on_time(slot) };
        self.plugin.call(host, call).await.expect("it runs");
    }

    async fn act(&self, who: &str, name: &str, arguments: Value) -> String {
        let roles = if who == "leader" { vec!["leader".to_owned()] } else { vec![] };
        let invoker = Invoker {
            id: who.to_owned(),
            name: String::new(),
            roles,
            teammate: vec![],
            teams: vec![],
            channel: None,
        };
        let host: Arc<dyn Host> = self.host.clone();
        let call = Call::Action { name: name.to_owned(), invoker, arguments };
        match self.plugin.call(host, call).await {
            Ok(Reply::Private(message)) => whole(&message),
            Ok(other) => panic!("not private: {other:?}"),
            Err(Error::Refused(message)) => format!("refused: {}", message.plain()),
            Err(Error::Broken(error)) => panic!("{error:#}"),
        }
    }

    async fn say(&self, who: &str, word: &str) -> String {
        self.act(who, "say", json!({"poll": "2026-W46", "word": word})).await
    }

    /// The same room once its settings have become others.
    fn set_anew(self, settings: Value) -> Room {
        Room { plugin: install::<Mood>(settings).expect("installs"), ..self }
    }

    /// What stands above the form of the poll's button.
    async fn form(&self) -> String {
        let host: Arc<dyn Host> = self.host.clone();
        let call =
            Call::Introduce { action: "say".to_owned(), arguments: json!({"poll": "2026-W46"}) };
        match self.plugin.call(host, call).await {
            Ok(Reply::Private(message)) => message.plain(),
            Err(Error::Refused(message)) => format!("refused: {}", message.plain()),
            other => panic!("{other:?}"),
        }
    }

    fn channel(&self) -> String {
        let published = self.host.published();
        let messages: Vec<String> = published.values().map(whole).collect();
        messages.join("\n=====\n")
    }
}

fn whole(message: &Message) -> String {
    let parts = std::iter::once(message).chain(&message.thread);
    parts.map(Message::plain).collect::<Vec<_>>().join("\n---\n")
}

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
async fn leaders_open_and_close_a_poll_and_others_may_not() {
    let room = Room::new();
    for what in ["open", "close", "results", "history", "export"] {
        let refused = room.act("a", "mood", json!({"what": what})).await;
        assert_eq!(
            refused, "refused: That is for those with the role leader. You may ask: mood.",
            "{what}"
        );
    }
    let none = room.act("a", "mood", json!({})).await;
    assert!(none.starts_with("No poll is open. The next one opens "), "{none}");
    let opened = room.act("leader", "mood", json!({"what": "open"})).await;
    assert!(opened.starts_with("The poll about week 46 is open until "), "{opened}");
    let again = room.act("leader", "mood", json!({"what": "open"})).await;
    assert!(again.starts_with("refused: The poll about week 46 is open until "), "{again}");
    let closed = room.act("leader", "mood", json!({"what": "close"})).await;
    assert!(closed.contains("0 of 14 answered."), "{closed}");
    let none = room.act("leader", "mood", json!({"what": "close"})).await;
    assert_eq!(none, "refused: No poll is open.");
    // The same week may be asked about again.
    room.host.set_now("2026-11-16T11:00:00Z".parse().expect("an instant"));
    room.act("leader", "mood", json!({"what": "open"})).await;
    assert_eq!(room.host.ballots.names(), ["2026-W46-2"]);
}

#[tokio::test]
async fn those_who_have_not_answered_are_reminded_where_a_poll_is_open() {
    let room = Room::new();
    room.job("remind", OPENS).await;
    assert!(room.host.ballots.reminders().is_empty());
    room.job("open", OPENS).await;
    room.job("remind", "2026-11-17T09:00:00Z").await;
    let reminders: Vec<String> = room.host.ballots.reminders().iter().map(Message::plain).collect();
    insta::assert_snapshot!(reminders.join("\n"), @"
    In one word, how did the CX Score make you feel last week? The poll is open until 2026-11-17T12:00:00Z.
    Anonymous: nobody can see who said what, and with fewer than 5 answers the words are deleted.
    ");
}

#[tokio::test]
async fn without_channels_everyone_gets_it_as_a_direct_message_and_without_anyone_nobody() {
    let room = Room::with(json!({"audience": ["Maya Ortiz", "slack:S0123ABCD"]}));
    room.job("open", OPENS).await;
    assert!(room.host.published().is_empty());
    assert_eq!(room.host.ballots.direct().len(), 1);
    let room = Room::with(json!({}));
    room.job("open", OPENS).await;
    assert!(room.host.published().is_empty() && room.host.ballots.names().is_empty());
    assert_eq!(room.act("a", "mood", json!({})).await, "No poll is open.");
}

#[tokio::test]
async fn a_close_that_was_cut_off_at_any_step_comes_to_its_end_with_the_same_results() {
    let room = Room::with(json!({"audience": ["Maya Ortiz"]}));
    room.job("open", OPENS).await;
    let open = room.host.read_state("mood", "poll").await.expect("read").expect("an open poll");
    for who in ["a", "b", "c", "d", "e"] {
        room.say(who, "calm").await;
    }
    room.job("close", CLOSES).await;
    let shown = room.host.ballots.direct();
    assert!(shown["2026-W46"].plain().contains("calm"), "{shown:?}");
    // The process ended after the ballot was burnt and before the poll was put away.
    room.host.write_state("mood", "poll", Some(open)).await.expect("written");
    room.job("close", CLOSES).await;
    assert_eq!(room.host.read_state("mood", "poll").await.expect("read"), None);
    assert_eq!(room.host.ballots.direct(), shown);
    let history = room.act("leader", "mood", json!({"what": "history"})).await;
    assert_eq!(history.matches("calm 5").count(), 1, "{history}");
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
async fn a_poll_that_was_opened_by_hand_is_left_alone_until_its_end() {
    let room = Room::new();
    room.host.set_now("2026-11-16T09:10:00Z".parse().expect("an instant"));
    room.act("leader", "mood", json!({"what": "open"})).await;
    room.say("a", "calm").await;
    room.job("open", OPENS).await;
    assert!(room.channel().contains("1 of 14 answered."), "{}", room.channel());
    assert!(room.say("a", "tired").await.starts_with("Changed to"));
    room.job("close", CLOSES).await;
    assert!(room.channel().contains("closed 2026-11-17T12:00:00Z"), "{}", room.channel());
    // The next week's comes as ever.
    room.job("open", "2026-11-23T10:00:00Z").await;
    assert_eq!(room.host.ballots.names(), ["2026-W47"]);
}

#[tokio::test]
async fn a_poll_closes_at_its_own_time_whatever_the_settings_become() {
    let room = Room::new();
    room.job("open", OPENS).await;
    let room = room.set_anew(json!({"channels": ["slack:C0LEADERS1"], "closes": "0 12 * * Fri"}));
    room.job("remind", "2026-11-17T11:45:00Z").await;
    assert!(room.channel().contains("open until"), "{}", room.channel());
    room.job("remind", CLOSES).await;
    assert!(room.channel().contains("closed 2026-11-17T12:00:00Z"), "{}", room.channel());
}

#[tokio::test]
async fn answers_that_cannot_be_read_are_ended_by_no_command_and_told_of_at_the_end() {
    let room = Room::new();
    room.job("open", OPENS).await;
    for who in ["a", "b", "c"] {
        room.say(who, "calm").await;
    }
    room.host.ballots.lose();
    let refused = room.act("leader", "mood", json!({"what": "close"})).await;
    insta::assert_snapshot!(refused, @"refused: The poll stays open: its answers cannot be counted from here, since the secret is gone. Close it where cxbot runs, or put the secret back. Once 2026-11-17T12:00:00Z is past, cxbot run closes it and deletes answers that it cannot read.");
    assert_eq!(room.host.ballots.names(), ["2026-W46"]);
    room.job("close", CLOSES).await;
    let told = room.channel();
    assert!(told.contains("3 of 14 answered.") && told.contains("cannot be counted"), "{told}");
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

#[tokio::test]
async fn whoever_cannot_be_told_is_not_asked_one_by_one() {
    let mut room = Room::with(json!({"audience": ["slack:C0LEADERS1"]}));
    Arc::get_mut(&mut room.host).expect("nobody else's").ballots.asked = None;
    let refused = room.act("leader", "mood", json!({"what": "open"})).await;
    assert!(refused.starts_with("refused: Who is asked cannot be told"), "{refused}");
    assert!(room.host.ballots.names().is_empty());
    assert_eq!(room.host.read_state("mood", "poll").await.expect("read"), None);
}

#[tokio::test]
async fn two_that_open_or_close_a_poll_at_once_leave_one() {
    let room = Room::new();
    let (due, by_hand) =
        (room.job("open", OPENS), room.act("leader", "mood", json!({"what": "open"})));
    tokio::join!(due, by_hand);
    assert_eq!(room.host.ballots.names(), ["2026-W46"]);
    for who in ["a", "b", "c", "d", "e"] {
        room.say(who, "calm").await;
    }
    let (due, watch) = (room.job("close", CLOSES), room.job("remind", CLOSES));
    tokio::join!(due, watch);
    let history = room.act("leader", "mood", json!({"what": "history"})).await;
    assert_eq!(history.matches("W46").count(), 1, "{history}");
    assert!(history.contains("calm 5"), "{history}");
    // A count that comes late does not take the place of the results.
    let shown = room.channel();
    room.job("open", OPENS).await;
    assert_eq!(room.channel(), shown);
}

#[tokio::test]
async fn a_poll_that_was_cut_off_while_it_opened_is_opened_by_the_next_try() {
    let room = Room::new();
    room.job("open", OPENS).await;
    // As if the process had ended before its ballot was there.
    room.host.ballots.burn("mood", "2026-W46").await.expect("burnt");
    room.job("open", OPENS).await;
    assert_eq!(room.host.ballots.names(), ["2026-W46"]);
    assert!(room.say("a", "calm").await.starts_with("Recorded"));
    assert!(room.channel().contains("1 of 14 answered."), "{}", room.channel());
}

#[tokio::test]
async fn a_poll_that_is_over_is_not_ended_by_opening_another_where_its_answers_cannot_be_read() {
    let room = Room::new();
    room.job("open", OPENS).await;
    room.say("a", "calm").await;
    room.host.ballots.lose();
    room.host.set_now("2026-11-17T13:00:00Z".parse().expect("an instant"));
    let refused = room.act("leader", "mood", json!({"what": "open"})).await;
    assert!(refused.starts_with("refused: The poll stays open"), "{refused}");
    assert_eq!(room.host.ballots.names(), ["2026-W46"]);
}

#[test]
fn settings_that_cannot_be_read_are_refused_in_our_own_words() {
    for (settings, wanted) in [
        (
            json!({"remind_at": "9am"}),
            "remind_at: \"9am\" is not a time of day; write it like \"09:00\"",
        ),
        (
            json!({"remind_at": "25:00"}),
            "remind_at: \"25:00\" is not a time of day; write it like \"09:00\"",
        ),
        (
            json!({"skip": ["28.12.2026"]}),
            "skip: \"28.12.2026\" is not a day; write it like \"2026-12-28\"",
        ),
    ] {
        let refused = install::<Mood>(settings).err().expect("refused").to_string();
        assert_eq!(refused, wanted);
    }
    for good in ["09:00", "9:30", "09:00:00"] {
        assert!(install::<Mood>(json!({"remind_at": good})).is_ok(), "{good}");
    }
}
