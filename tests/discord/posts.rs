//! A digest stands in its channel once, whatever becomes of a call.

use std::time::Duration;

use serde_json::json;

use super::{BEN, FORUM, POST, SLACK_SUPPORT, SOON, SUPPORT, bare, server};
use crate::world::World;
use crate::world::discord::{Fault, Shown};
use crate::world::scene::import;
use crate::world::slack::Slack;

const LATE: &str = r#"{"source":"file","id":"late","score":5,"closed_at":"2026-11-12T10:00:00Z","teammates":[{"id":"1","name":"Ana"}]}"#;

#[tokio::test]
async fn a_digest_is_posted_once_with_its_thread_and_pictures_that_say_what_they_show() {
    let discord = server().await;
    let world = World::new().posting_to_discord(&discord, &[SUPPORT]);
    import(&world).await;
    world.ok(&["digest", "--week", "2026-W46", "--post"]).await;
    let post = discord.channel(SUPPORT)[0].clone();
    let thread = discord.thread(SUPPORT, &post.id);
    assert_eq!(thread.len(), 7);
    let lane = thread.iter().find(|reply| reply.words().contains("HUMAN TEAM"));
    let picture = &lane.expect("the lane's reply").attachments[0];
    assert!(picture.bytes.starts_with(b"\x89PNG"), "a picture");
    let said = picture.description.as_deref().unwrap_or_default();
    assert!(said.contains("75.0 %"), "the finding in words: {said}");
    let (_, name) = discord.threads(SUPPORT)[0].clone();
    assert!(name.starts_with("CX week 46"), "{name}");
    // Nothing has changed, so nothing is posted or edited.
    let before = discord.timeline(SUPPORT).len();
    world.ok(&["digest", "--week", "2026-W46", "--post"]).await;
    assert_eq!(discord.timeline(SUPPORT).len(), before);
    assert_eq!((discord.complaints(), discord.notified()), (vec![], vec![]));
}

#[tokio::test]
async fn in_a_forum_a_digest_is_a_post_of_its_own() {
    let discord = server().await;
    discord.put_forum(FORUM, "reports", true);
    discord.put_tag(FORUM, "1400000000000000001", "weekly");
    let world = World::new().posting_to_discord(&discord, &[FORUM]);
    import(&world).await;
    // The answer to the post is lost: it is found again.
    discord.fault("POST /channels/{c}/threads", [Fault::CutAfter]);
    world.ok(&["digest", "--week", "2026-W46", "--post"]).await;
    let posts = discord.threads(FORUM);
    assert_eq!(posts.len(), 1, "{posts:?}");
    let whole = discord.channel(&posts[0].0);
    assert_eq!(whole.len(), 8, "the digest and its seven parts");
    assert_eq!((discord.complaints(), discord.notified()), (vec![], vec![]));
}

#[tokio::test]
async fn whatever_becomes_of_a_call_the_digest_stands_there_once() {
    for fault in [
        Fault::OddBody,
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::Status(503),
        Fault::TruncatedBody,
        Fault::Slow(Duration::from_secs(4)),
        Fault::RateLimited { after: 1.0, global: false, shared: false },
        Fault::RateLimited { after: 1.0, global: true, shared: false },
        Fault::Cloudflare { retry_after: 1 },
    ] {
        let discord = server().await;
        discord.fault(POST, [fault, fault]);
        let world = World::new().posting_to_discord(&discord, &[SUPPORT]);
        let world = world.with("CXBOT__DISCORD__TIMEOUT", "2s");
        import(&world).await;
        world.run(&["digest", "--week", "2026-W46", "--post"]).await;
        discord.forget_nonces();
        let running = world.start(&["run"]);
        let whole = || {
            let posts = discord.channel(SUPPORT);
            posts.first().is_some_and(|post| discord.sees(BEN, &post.id).len() >= 7)
        };
        running.until(&format!("the digest after {fault:?}"), SOON * 3, whole).await;
        let posts = discord.channel(SUPPORT);
        assert_eq!(posts.len(), 1, "{fault:?}");
        assert_eq!(discord.thread(SUPPORT, &posts[0].id).len(), 7, "{fault:?}");
        assert_eq!((discord.complaints(), discord.notified()), (vec![], vec![]), "{fault:?}");
    }
}

#[tokio::test]
async fn a_kill_between_post_and_record_leaves_one_message() {
    let discord = server().await;
    let world = World::new().posting_to_discord(&discord, &[SUPPORT]);
    import(&world).await;
    for place in ["post answered:1", "intent stored:2", "post answered:3"] {
        let post = ["digest", "--week", "2026-W46", "--post"];
        let mut dying = world.start_to_crash(&post, place);
        assert!(dying.ended(SOON).await.is_some(), "{place}");
        discord.forget_nonces();
    }
    world.ok(&["digest", "--week", "2026-W46", "--post"]).await;
    let posts = discord.channel(SUPPORT);
    assert_eq!(posts.len(), 1);
    assert_eq!(discord.thread(SUPPORT, &posts[0].id).len(), 7);
    assert_eq!((discord.complaints(), discord.notified()), (vec![], vec![]));
}

#[tokio::test]
async fn one_configuration_serves_slack_and_discord_with_the_same_digest() {
    let (discord, slack) = (server().await, Slack::start().await);
    slack.put_channel(SLACK_SUPPORT, "support");
    let world = World::new().posting_to(&slack, &[]).posting_to_discord(&discord, &[]);
    let both = json!([format!("slack:{SLACK_SUPPORT}"), format!("discord:{SUPPORT}")]);
    let world = world.with("CXBOT__PLUGINS__DIGEST__DESTINATIONS", &both.to_string());
    import(&world).await;
    world.ok(&["digest", "--week", "2026-W46", "--post"]).await;
    let in_slack = slack.channel(SLACK_SUPPORT)[0].clone();
    let in_discord = discord.channel(SUPPORT)[0].clone();
    let mut figures = in_slack.text.split_whitespace().filter(|word| word.contains('%'));
    let shown = bare(&in_discord);
    assert!(figures.all(|figure| shown.contains(figure.trim_start_matches('('))), "{shown}");
    assert_eq!(in_slack.replies.len(), discord.thread(SUPPORT, &in_discord.id).len());
    assert_eq!((discord.complaints(), discord.notified()), (vec![], vec![]));
    assert_eq!((slack.complaints(), slack.notifications()), (vec![], vec![]));
}

#[tokio::test]
async fn a_correction_reaches_a_thread_that_was_archived_meanwhile() {
    let discord = server().await;
    let world = World::new().posting_to_discord(&discord, &[SUPPORT]);
    import(&world).await;
    world.ok(&["digest", "--week", "2026-W46", "--post"]).await;
    let post = discord.channel(SUPPORT)[0].id.clone();
    discord.archive(&post);
    world.write("late.jsonl", LATE);
    world.ok(&["import", "late.jsonl"]).await;
    world.ok(&["digest", "--week", "2026-W46", "--post"]).await;
    let thread: String = discord.thread(SUPPORT, &post).iter().map(Shown::words).collect();
    assert!(thread.contains("41 closed"), "{thread}");
    assert_eq!(discord.channel(SUPPORT).len(), 1);
    assert_eq!(discord.complaints(), [""; 0]);
}
