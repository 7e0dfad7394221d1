//! People ask in Slack and the real program answers: what each of them sees, and nobody else.

use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::Executor;

use crate::world::World;
use crate::world::scene::{ANA, BEN, SUPPORT, Scene, button_in, listening, nobody_listens};
use crate::world::slack::{Fault, Slack};

#[tokio::test]
async fn a_command_is_answered_to_its_asker_alone() {
    let scene = Scene::new().await;
    scene.ask(ANA, "coverage 2026-W46").await;
    let answers = scene.answers(ANA, 1).await;
    assert!(answers[0].text.contains("40 closed = 40 scored"), "{}", answers[0].text);
    assert_eq!(scene.slack.ephemerals(SUPPORT, BEN), []);
    assert_eq!(scene.slack.channel(SUPPORT), []);
    scene.is_clean();
}

#[tokio::test]
async fn a_long_answer_is_one_message_whose_pages_are_turned() {
    let scene = Scene::new().await;
    scene.ask(ANA, "digest 2026-W46").await;
    let mut all = scene.answers(ANA, 1).await[0].text.clone();
    while let Some(next) = scene.button(ANA, "Next: page") {
        let answers = scene.slack.ephemerals(SUPPORT, ANA);
        assert_eq!(answers.len(), 1, "a page takes the place of the one before");
        scene.slack.press(ANA, SUPPORT, &answers[0].ts, &next).await;
        let turned = || scene.slack.ephemerals(SUPPORT, ANA)[0].text != answers[0].text;
        scene.running.until("another page", Duration::from_secs(5), turned).await;
        all.push_str(&scene.slack.ephemerals(SUPPORT, ANA)[0].text);
    }
    for heading in ["CX week 46", "2 · HUMAN TEAM", "6 · Coverage", "7 · Worth reading"] {
        assert_eq!(all.matches(heading).count(), 1, "{heading}: {all}");
    }
    assert!(scene.button(ANA, "Back: page").is_some());
    scene.is_clean();
}

#[tokio::test]
async fn a_button_of_a_private_answer_answers_beside_it() {
    let scene = Scene::new().await;
    scene.ask(ANA, "digest 2026-W46").await;
    let digest = scene.answers(ANA, 1).await[0].clone();
    scene.slack.press(ANA, SUPPORT, &digest.ts, "digest/reading/{}").await;
    let answers = scene.answers(ANA, 2).await;
    assert_eq!(answers[0].text, digest.text);
    assert!(answers[1].text.contains("How to read"), "{}", answers[1].text);
    scene.is_clean();
}

#[tokio::test]
async fn a_button_under_the_digest_answers_whoever_presses_it_and_changes_nothing() {
    let mut scene = Scene::new().await;
    scene.running.terminate().await;
    scene.world.ok(&["digest", "--week", "2026-W46", "--post"]).await;
    scene.running = listening(&scene.world, &scene.slack).await;
    let digest = scene.slack.channel(SUPPORT)[0].clone();
    let details = r#"digest/details/{"week":"2026-W46"}"#;
    let pressed = scene.slack.press(BEN, SUPPORT, &digest.ts, details).await;
    assert!(pressed.acknowledged_within.is_some(), "{pressed:?}");
    let answers = scene.answers(BEN, 1).await;
    assert!(answers[0].text.contains("1 · Wins"), "{}", answers[0].text);
    assert_eq!(scene.slack.ephemerals(SUPPORT, ANA), []);
    assert_eq!(scene.slack.channel(SUPPORT), [digest]);
    scene.is_clean();
}

#[tokio::test]
async fn a_shared_answer_stands_in_the_channel_once_and_shows_what_the_channel_may_carry() {
    // She may read quotes herself; what the copy holds is the channel's affair.
    let people = format!("[{{name = \"ana\", slack = \"{ANA}\", roles = [\"qa\"]}}]");
    let scene = Scene::with(|_| {}, &[("CXBOT__PEOPLE", &people)]).await;
    // No edition goes to this channel, so it carries figures alone.
    let other = "C0OTHER001";
    scene.slack.put_channel(other, "other");
    for (channel, quoted) in [(SUPPORT, true), (other, false)] {
        scene.slack.type_command(ANA, channel, "/cx", "digest 2026-W46").await;
        let there = || scene.slack.ephemerals(channel, ANA).len() == 1;
        scene.running.until("an answer", Duration::from_secs(10), there).await;
        // She opens the details, reads them, and shares the digest.
        let digest = scene.slack.ephemerals(channel, ANA)[0].clone();
        let details = r#"digest/details/{"week":"2026-W46"}"#;
        scene.slack.press(ANA, channel, &digest.ts, details).await;
        let there = || scene.slack.ephemerals(channel, ANA).len() == 2;
        scene.running.until("the details", Duration::from_secs(10), there).await;
        let private = scene.slack.ephemerals(channel, ANA);
        assert!(private[1].text.contains("*bold*"), "the asker sees quotes: {private:#?}");
        let shares = button_in(&digest, "Share with this channel").expect("a button to share");
        let ts = digest.ts;
        scene.slack.press(ANA, channel, &ts, &shares).await;
        let shared =
            || scene.slack.channel(channel).first().is_some_and(|one| one.replies.len() == 7);
        scene.running.until("the shared copy", Duration::from_secs(30), shared).await;
        let seen = scene.slack.sees(BEN, channel);
        assert_eq!(seen.len(), 1, "another person sees the shared copy alone: {seen:#?}");
        assert!(seen[0].text.contains("Shared by ana."), "{}", seen[0].text);
        let thread: String = seen[0].replies.iter().map(|reply| reply.text.as_str()).collect();
        assert_eq!(thread.contains("*bold*"), quoted, "{channel}: {thread}");
        let gone = || !scene.slack.ephemerals(channel, ANA).iter().any(|shown| shown.ts == ts);
        scene.running.until("the private copy gone", Duration::from_secs(5), gone).await;
    }
    scene.is_clean();
}

#[tokio::test]
async fn what_cannot_be_understood_is_answered_kindly() {
    let scene = Scene::new().await;
    for (line, wanted) in [
        ("", "What you can ask"),
        ("digset", "Did you mean digest?"),
        ("digest 2026-99", "2026-99"),
        ("<!channel>", "There is no command \"<!channel>\""),
    ] {
        let before = scene.slack.ephemerals(SUPPORT, BEN).len();
        scene.ask(BEN, line).await;
        let answers = scene.answers(BEN, before + 1).await;
        assert!(answers[before].text.contains(wanted), "{line}: {}", answers[before].text);
    }
    scene.is_clean();
}

#[tokio::test]
async fn the_same_request_twice_is_answered_once() {
    let scene = Scene::new().await;
    scene.ask(ANA, "coverage 2026-W46").await;
    scene.answers(ANA, 1).await;
    scene.slack.resend_last_envelope().await;
    scene.ask(ANA, "help").await;
    scene.answers(ANA, 2).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(scene.slack.ephemerals(SUPPORT, ANA).len(), 2);
}

#[tokio::test]
async fn a_frame_that_cannot_be_read_is_acknowledged_and_logged_by_its_type() {
    let scene = Scene::new().await;
    let frame = json!({
        "type": "interactive", "envelope_id": "odd-1", "accepts_response_payload": false,
        "payload": {"type": "dialog_cancellation", "secret": "ana@example.com"},
    });
    assert!(scene.slack.send_odd_frame(frame).await);
    let logged = || scene.running.log().contains("cannot be read: interactive dialog_cancellation");
    scene.running.until("a line in the log", Duration::from_secs(5), logged).await;
    assert!(!scene.running.log().contains("ana@example.com"));
}

#[tokio::test]
async fn after_a_cut_or_a_renewal_the_socket_is_there_again() {
    let scene = Scene::new().await;
    scene.slack.cut_sockets();
    let back = || scene.slack.connections() == 2;
    scene.running.until("two connections after a cut", Duration::from_secs(30), back).await;
    scene.slack.disconnect("refresh_requested");
    tokio::time::sleep(Duration::from_secs(2)).await;
    scene.running.until("two connections after a renewal", Duration::from_secs(30), back).await;
    scene.ask(ANA, "coverage 2026-W46").await;
    scene.answers(ANA, 1).await;
    scene.is_clean();
}

#[tokio::test]
async fn where_socket_mode_is_off_that_is_said_once_and_slack_is_left_alone() {
    let slack = Slack::start().await;
    slack.put_channel(SUPPORT, "support");
    slack.socket_mode(false);
    let world =
        World::new().posting_to(&slack, &[SUPPORT]).with("SLACK_APP_TOKEN", Slack::APP_TOKEN);
    let running = world.start(&["run"]);
    let said = "commands and buttons are not heard: Slack answers apps.connections.open with \
                link_disabled: Socket Mode is off: switch it on in the app's settings";
    running.until("a word", Duration::from_secs(10), || running.log().contains(said)).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let asked = slack.seen().iter().filter(|seen| seen.method == "apps.connections.open").count();
    assert_eq!((asked, running.log().matches(said).count()), (1, 1));
}

#[tokio::test]
async fn a_kill_between_acknowledging_and_answering_loses_no_request() {
    for (place, wanted) in [
        ("reply made:1", "40 closed = 40 scored"),
        ("reply handed over:1", "40 closed = 40 scored"),
    ] {
        let mut scene = Scene::new().await;
        scene.running.kill().await;
        nobody_listens(&scene.slack).await;
        scene.running = scene.world.start_to_crash(&["run"], place);
        let open = || scene.slack.connections() == 2;
        scene.running.until("two connections", Duration::from_secs(20), open).await;
        // Whether the acknowledgement still left is up to the moment.
        scene.slack.type_command(ANA, SUPPORT, "/cx", "coverage 2026-W46").await;
        assert!(scene.running.ended(Duration::from_secs(10)).await.is_some(), "{place}");
        scene.running = listening(&scene.world, &scene.slack).await;
        let answers = scene.answers(ANA, 1).await;
        assert!(answers[0].text.contains(wanted), "{place}: {}", answers[0].text);
        tokio::time::sleep(Duration::from_millis(800)).await;
        let answers = scene.slack.ephemerals(SUPPORT, ANA);
        let same = answers.iter().filter(|answer| answer.text.contains(wanted)).count();
        assert_eq!(same, 1, "{place}: answered once");
        if place.starts_with("reply handed over") {
            assert!(answers[1].text.contains("restarted while it answered you"));
        }
    }
}

#[tokio::test]
async fn a_thousand_commands_in_a_minute_are_all_acknowledged_and_answered() {
    let commands: usize = if std::env::var_os("CXBOT_KILLS").is_some() { 1_000 } else { 200 };
    let scene = Scene::new().await;
    let start = Instant::now();
    let each = Duration::from_secs(60) / 1_000;
    let asking = (0..commands).map(|n| {
        let scene = &scene;
        async move {
            tokio::time::sleep(each * u32::try_from(n).expect("few")).await;
            scene.ask(if n % 2 == 0 { ANA } else { BEN }, "coverage 2026-W46").await
        }
    });
    let times = futures_util::future::join_all(asking).await;
    let slowest = times.iter().max().expect("some");
    scene.answers(ANA, commands / 2).await;
    scene.answers(BEN, commands / 2).await;
    println!("{commands} commands in {:?}: slowest acknowledged in {slowest:?}", start.elapsed());
    scene.is_clean();
}

#[tokio::test]
async fn a_store_that_stands_still_keeps_nobody_waiting_for_the_acknowledgement() {
    let scene = Scene::new().await;
    let mut other = scene.block_the_store().await;
    let asking = (0..20).map(|_| scene.ask(ANA, "coverage 2026-W46"));
    let times = futures_util::future::join_all(asking).await;
    let slowest = times.iter().max().expect("some");
    assert!(*slowest < Duration::from_secs(3), "{slowest:?}");
    let told = scene.answers(ANA, 20).await;
    assert!(told.iter().all(|said| said.text.starts_with("cxbot is slow right now.")), "{told:?}");
    other.execute("ROLLBACK").await.expect("given back");
    let answers = scene.answers(ANA, 40).await;
    let given = answers.iter().filter(|said| said.text.contains("40 closed = 40 scored")).count();
    assert_eq!(given, 20, "each is answered all the same, once");
    scene.is_clean();
}

#[tokio::test]
async fn an_answer_that_slack_does_not_take_at_once_is_not_lost_in_silence() {
    let scene = Scene::new().await;
    scene.slack.fault("response", [Fault::RateLimited { retry_after: 1 }; 6]);
    scene.ask(ANA, "coverage 2026-W46").await;
    let answers = scene.answers(ANA, 1).await;
    assert!(answers[0].text.contains("40 closed"), "{}", answers[0].text);
    for (fault, count) in [(Fault::CutAfter, 2), (Fault::Cut, 1), (Fault::Status(500), 1)] {
        let before = scene.slack.ephemerals(SUPPORT, BEN).len();
        scene.slack.fault("response", [fault]);
        scene.ask(BEN, "coverage 2026-W46").await;
        let answers = scene.answers(BEN, before + count).await;
        let said = &answers[before + count - 1].text;
        assert!(said.contains("may not have reached you"), "{fault:?}: {said}");
    }
    scene.is_clean();
}
