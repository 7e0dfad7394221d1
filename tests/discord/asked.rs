//! What people ask for is answered, to whom it should be and once.

use std::time::Duration;

use serde_json::json;

use super::{ANA, BEN, LEADERS, OTHER, POST, SUPPORT, Server, bare};
use crate::world::discord::{Fault, Shown};

#[tokio::test]
async fn a_command_is_answered_to_its_asker_alone() {
    let server = Server::new().await;
    let answer = server.ask(ANA, "coverage", json!({"week": "2026-W46"})).await;
    assert!(answer.words().contains("40 closed = 40 scored"), "{}", answer.words());
    assert_eq!(answer.only_for.as_deref(), Some(ANA));
    assert_eq!(server.discord.sees(BEN, SUPPORT), []);
    let help = server.ask(BEN, "help", json!({})).await;
    assert!(help.words().contains("What you can ask"), "{}", help.words());
    server.is_clean();
}

#[tokio::test]
async fn a_person_reads_the_details_and_shares_the_digest_and_another_sees_the_copy_alone() {
    // She may read quotes herself; what the copy holds is the channel's affair.
    let people = format!("[[people]]\nname = \"ana\"\ndiscord = \"{ANA}\"\nroles = [\"qa\"]\n");
    let server = Server::with(&people).await;
    for (channel, quoted) in [(SUPPORT, true), (OTHER, false)] {
        let typed = json!({"week": "2026-W46"});
        let asked = server.discord.type_command(ANA, channel, &["digest"], typed).await;
        let digest = server.answer(&asked).await;
        let pressed = server.discord.press(ANA, &digest.id, "Details").await;
        let details = server.answer(&pressed).await;
        assert!(details.words().contains("1 · Wins"), "{}", details.words());
        let shared = server.discord.press(ANA, &digest.id, "Share with this channel").await;
        assert_eq!(shared.said, None);
        let whole = || {
            let posts = server.discord.channel(channel);
            posts.first().is_some_and(|post| server.discord.sees(BEN, &post.id).len() == 7)
        };
        server.until("the shared copy with its thread", whole).await;
        let seen = server.discord.sees(BEN, channel);
        assert_eq!(seen.len(), 1, "another person sees the copy alone: {seen:#?}");
        assert!(seen[0].words().contains("Shared by ana."), "{}", seen[0].words());
        let thread = server.discord.thread(channel, &seen[0].id);
        let thread: String = thread.iter().map(Shown::words).collect();
        assert_eq!(thread.contains("bold"), quoted, "{channel}: {thread}");
        let gone = || server.discord.sees(ANA, channel).iter().all(|shown| shown.id != digest.id);
        server.until("the private copy gone", gone).await;
    }
    server.is_clean();
}

#[tokio::test]
async fn a_long_answer_is_one_message_whose_pages_are_turned() {
    let server = Server::new().await;
    let mut page = server.ask(ANA, "digest", json!({"week": "2026-W46"})).await;
    let mut all = page.words();
    let first = page.id.clone();
    while let Some(next) = page.buttons().into_iter().find(|label| label.starts_with("Next")) {
        let before = page.words();
        server.discord.press(ANA, &first, &next).await;
        let now = || server.discord.sees(ANA, SUPPORT)[0].clone();
        server.until("another page", || now().words() != before).await;
        page = now();
        all.push_str(&page.words());
    }
    assert_eq!(server.discord.sees(ANA, SUPPORT).len(), 1);
    for heading in ["CX week 46", "2 · HUMAN TEAM", "6 · Coverage", "7 · Worth reading"] {
        assert_eq!(all.matches(heading).count(), 1, "{heading}: {all}");
    }
    server.is_clean();
}

#[tokio::test]
async fn weeks_are_suggested_while_someone_types() {
    let server = Server::new().await;
    let typed = json!({"week": "46"});
    let found = server.discord.autocomplete(ANA, SUPPORT, &["digest"], typed, "week").await;
    let found = found.expect("suggestions");
    assert!(found.iter().any(|(label, _)| label.starts_with("Week 46 · ")), "{found:?}");
    server.is_clean();
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_logged_and_the_next_one_is_answered() {
    let server = Server::new().await;
    server.discord.leave_out("attachment_size_limit");
    let acted = server.discord.type_command(ANA, SUPPORT, &["help"], json!({})).await;
    assert!(acted.said.is_some(), "{acted:?}");
    assert!(server.running.log().contains("a request that cannot be read"));
    let answer = server.ask(ANA, "help", json!({})).await;
    assert!(answer.words().contains("What you can ask"));
}

#[tokio::test]
async fn roles_of_discord_decide_who_may_ask() {
    let table = format!(
        "[access]\ncommands = {{ digest = ['leader'] }}\n\
         groups = [{{ role = 'leader', discord = '{LEADERS}' }}]\n[plugins.digest]\n"
    );
    let server = Server::with(&table).await;
    server.discord.put_role(LEADERS, "leaders");
    let refused = bare(&server.ask(ANA, "digest", json!({})).await);
    assert!(refused.contains("digest is for leader. You may ask: help."), "{refused}");
    server.discord.put_member(ANA, "ana", &[LEADERS]);
    let answer = server.ask(ANA, "digest", json!({"week": "2026-W46"})).await;
    assert!(answer.words().contains("CX week 46"), "{}", answer.words());
    // Whoever may not ask gets no names while typing either.
    let typed = json!({"week": "46"});
    let found = server.discord.autocomplete(BEN, SUPPORT, &["digest"], typed, "week").await;
    assert_eq!(found, Ok(vec![]));
    // A button answers whoever presses it only if they may ask.
    let shared = server.discord.press(ANA, &answer.id, "Share with this channel").await;
    assert_eq!(shared.said, None);
    server.until("the shared copy", || !server.discord.channel(SUPPORT).is_empty()).await;
    let post = server.discord.channel(SUPPORT)[0].id.clone();
    let pressed = server.discord.press(BEN, &post, "Details").await;
    let refused = server.answer(&pressed).await.words();
    assert!(refused.contains("is for leader"), "{refused}");
    server.is_clean();
}

#[tokio::test]
async fn a_form_says_what_is_wrong_and_takes_it_again() {
    let server = Server::new().await;
    let digest = server.ask(ANA, "digest", json!({"week": "2026-W46"})).await;
    let pressed = server.discord.press(ANA, &digest.id, "Week or edition").await;
    assert!(pressed.modal.is_some(), "{pressed:?}");
    let sent = server.discord.submit(ANA, &pressed, json!({"week": "next week"})).await;
    let wrong = server.answer(&sent).await;
    for words in ["Not right yet", "2026-W46", "next week"] {
        assert!(bare(&wrong).contains(words), "{words}: {}", wrong.words());
    }
    assert_eq!(wrong.only_for.as_deref(), Some(ANA));
    let again = server.discord.press(ANA, &wrong.id, "Fill it in again").await;
    let sent = server.discord.submit(ANA, &again, json!({"week": "2026-W46"})).await;
    let answer = server.answer(&sent).await;
    assert!(answer.words().contains("CX week 46"), "{}", answer.words());
    server.is_clean();
}

#[tokio::test]
async fn a_week_is_chosen_from_a_list() {
    let server = Server::new().await;
    let digest = server.ask(ANA, "digest", json!({"week": "2026-W47"})).await;
    let week = r#"digest/digest/{"week":"2026-W46"}"#;
    let chosen = server.discord.choose(ANA, &digest.id, "choose/0", &[week]).await;
    let answer = server.answer(&chosen).await;
    assert!(answer.words().contains("CX week 46"), "{}", answer.words());
    server.is_clean();
}

#[tokio::test]
async fn an_answer_shared_twice_stands_in_the_channel_once() {
    let server = Server::new().await;
    let digest = server.ask(ANA, "digest", json!({"week": "2026-W46"})).await;
    let share = "Share with this channel";
    let (one, other) = tokio::join!(
        server.discord.press(ANA, &digest.id, share),
        server.discord.press(ANA, &digest.id, share)
    );
    assert_eq!((one.said, other.said), (None, None));
    let whole = || {
        let posts = server.discord.channel(SUPPORT);
        posts.first().is_some_and(|post| server.discord.sees(BEN, &post.id).len() == 7)
    };
    server.until("the shared copy", whole).await;
    assert_eq!(server.discord.channel(SUPPORT).len(), 1);
    server.is_clean();
}

#[tokio::test]
async fn an_answer_that_got_lost_on_its_way_is_given_again_and_not_covered_by_a_word_about_it() {
    for fault in [Fault::CutAfter, Fault::CutBefore, Fault::Status(503)] {
        let server = Server::new().await;
        server.discord.fault("PATCH /webhooks/{a}/{token}/messages/{m}", [fault]);
        let answer = server.ask(ANA, "coverage", json!({"week": "2026-W46"})).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let shown = server.discord.sees(ANA, SUPPORT);
        assert_eq!(shown.len(), 1);
        assert!(shown[0].words().contains("40 closed"), "{fault:?}: {answer:?}");
    }
}

#[tokio::test]
async fn limits_for_posts_keep_nobody_from_being_acknowledged() {
    let server = Server::new().await;
    let digest = server.ask(ANA, "digest", json!({"week": "2026-W46"})).await;
    let all = Fault::RateLimited { after: 20.0, global: true, shared: false };
    server.discord.fault(POST, [all]);
    server.discord.press(ANA, &digest.id, "Share with this channel").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let answer = server.ask(BEN, "coverage", json!({"week": "2026-W46"})).await;
    assert!(answer.words().contains("40 closed"));
    // One lost acknowledgement is sent again while there is time.
    server.discord.fault("POST /interactions/{i}/{token}/callback", [Fault::Status(503)]);
    let answer = server.ask(BEN, "help", json!({})).await;
    assert!(answer.words().contains("What you can ask"));
}
