//! People ask in Discord and the real program answers, posts and shares there.

use std::time::Duration;

use serde_json::json;

use crate::world::World;
use crate::world::discord::{Acted, Discord, Fault, Shown};
use crate::world::process::Process;
use crate::world::scene::import;
use crate::world::slack::Slack;

const SUPPORT: &str = "1100000000000000001";
const OTHER: &str = "1100000000000000002";
const FORUM: &str = "1100000000000000003";
const ANA: &str = "1200000000000000001";
const BEN: &str = "1200000000000000002";
const LEADERS: &str = "1300000000000000001";
const SLACK_SUPPORT: &str = "C0SUPPORT1";
const SOON: Duration = Duration::from_secs(15);
const POST: &str = "POST /channels/{c}/messages";

const LATE: &str = r#"{"source":"file","id":"late","score":5,"closed_at":"2026-11-12T10:00:00Z","teammates":[{"id":"1","name":"Ana"}]}"#;

/// A server with two people, and the program listening in it with a week of conversations.
struct Server {
    discord: Discord,
    world: World,
    running: Process,
}

async fn server() -> Discord {
    let server = Discord::start().await;
    // Restarts within the five seconds of one test are no abuse of the gateway.
    server.identify_spacing(Duration::from_millis(10));
    server.put_channel(SUPPORT, "support");
    server.put_channel(OTHER, "other");
    server.put_member(ANA, "ana", &[]);
    server.put_member(BEN, "ben", &[]);
    server
}

async fn listening(world: &World, discord: &Discord) -> Process {
    let running = world.start(&["run"]);
    let open = || discord.is_connected() && !discord.commands().is_empty();
    running.until("the gateway and the command", SOON, open).await;
    running
}

impl Server {
    async fn new() -> Server {
        Server::with("").await
    }

    async fn with(settings: &str) -> Server {
        let discord = server().await;
        let world = World::new().posting_to_discord(&discord, &[SUPPORT]);
        std::fs::create_dir(world.path("config")).expect("a folder");
        world.write("config/cxbot.toml", settings);
        import(&world).await;
        let running = listening(&world, &discord).await;
        Server { discord, world, running }
    }

    /// What a person reads as the answer to a command.
    async fn ask(&self, person: &str, command: &str, options: serde_json::Value) -> Shown {
        let acted = self.discord.type_command(person, SUPPORT, &[command], options).await;
        self.answer(&acted).await
    }

    async fn answer(&self, acted: &Acted) -> Shown {
        assert_eq!(acted.said, None, "{}", self.running.log());
        self.discord.answered(acted, SOON).await
    }

    async fn until(&self, what: &str, there: impl Fn() -> bool) {
        self.running.until(what, SOON * 2, there).await;
    }

    fn is_clean(&self) {
        assert_eq!(self.discord.complaints(), [""; 0]);
        assert_eq!(self.discord.notified(), [""; 0]);
        assert!(!self.running.log().contains(Discord::TOKEN));
    }
}

/// The words without Discord's escapes and code marks.
fn bare(shown: &Shown) -> String {
    shown.words().replace(['`', '\\'], "")
}

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
async fn after_a_cut_no_request_is_lost_and_none_answered_twice() {
    let server = Server::new().await;
    server.discord.cut_gateway();
    let answer = server.ask(ANA, "coverage", json!({"week": "2026-W46"})).await;
    assert!(answer.words().contains("40 closed"), "{}", answer.words());
    server.discord.gateway_reconnect();
    let answer = server.ask(BEN, "coverage", json!({"week": "2026-W46"})).await;
    assert!(answer.words().contains("40 closed"), "{}", answer.words());
    server.discord.repeat_last_interaction();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(server.discord.sees(BEN, SUPPORT).len(), 1);
    assert!(server.discord.resumes() >= 2);
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
async fn a_kill_between_acknowledging_and_answering_loses_no_request() {
    for (token_lives, place) in [(true, "reply made:1"), (false, "reply made:1")] {
        let mut server = Server::new().await;
        server.running.kill().await;
        let gone = || !server.discord.is_connected();
        server.until("the old connection's end", gone).await;
        server.running = server.world.start_to_crash(&["run"], place);
        server.until("the gateway", || server.discord.is_connected()).await;
        let typed = json!({"week": "2026-W46"});
        let acted = server.discord.type_command(ANA, SUPPORT, &["coverage"], typed).await;
        assert!(server.running.ended(SOON).await.is_some());
        server.until("the connection's end", || !server.discord.is_connected()).await;
        if !token_lives {
            server.discord.age_tokens();
        }
        server.running = listening(&server.world, &server.discord).await;
        let said = || match token_lives {
            true => server.discord.sees(ANA, SUPPORT),
            false => server.discord.direct(ANA),
        };
        let given = || said().iter().any(|shown| shown.words().contains("40 closed"));
        server.until(&format!("an answer to {acted:?}"), given).await;
    }
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
async fn the_command_is_registered_once_and_again_only_when_it_changed() {
    let mut server = Server::new().await;
    let puts = |discord: &Discord| {
        let all = discord.requests().into_iter();
        all.filter(|seen| seen.route.starts_with("PUT")).count()
    };
    assert_eq!(puts(&server.discord), 1);
    server.running.terminate().await;
    server.running = listening(&server.world, &server.discord).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(puts(&server.discord), 1, "nothing differs");
    server.is_clean();
}

#[tokio::test]
async fn a_token_that_is_not_valid_is_said_once_and_discord_left_alone() {
    let discord = server().await;
    discord.revoke_token();
    let world = World::new().posting_to_discord(&discord, &[SUPPORT]);
    let running = world.start(&["run"]);
    let said = "commands and buttons are not heard: the token is not valid: set DISCORD_TOKEN anew";
    running.until("a word", SOON, || running.log().contains(said)).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(running.log().matches(said).count(), 1);
    assert!(discord.invalid_requests() <= 2, "{}", discord.invalid_requests());
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
async fn a_connection_that_dies_in_any_way_is_there_again() {
    let server = Server::new().await;
    server.discord.heartbeat_interval(Duration::from_secs(1));
    type Harm = fn(&Discord);
    let harms: [(&str, Harm); 6] = [
        ("op 9, resumable", |discord| discord.invalidate_session(true)),
        ("op 9, not resumable", |discord| discord.invalidate_session(false)),
        ("closed with 4000", |discord| discord.close_gateway(4000)),
        ("closed with 4009", |discord| discord.close_gateway(4009)),
        ("no more heartbeats acknowledged", |discord| discord.withhold_acks(true)),
        ("no more frames", Discord::freeze_gateway),
    ];
    for (what, harm) in harms {
        let before = server.discord.identifies() + server.discord.resumes();
        harm(&server.discord);
        let again = || server.discord.identifies() + server.discord.resumes() > before;
        server.running.until(what, Duration::from_secs(60), again).await;
        server.discord.withhold_acks(false);
        server.running.until(what, SOON, || server.discord.is_connected()).await;
        let answer = server.ask(ANA, "coverage", json!({"week": "2026-W46"})).await;
        assert!(answer.words().contains("40 closed"), "{what}: {}", answer.words());
    }
}

#[tokio::test]
async fn a_bot_that_is_sent_elsewhere_never_falls_back_to_discord_itself() {
    let discord = server().await;
    let world = World::new().posting_to_discord(&discord, &[SUPPORT]);
    discord.fault("GET /gateway", [Fault::Status(503); 3]);
    let running = world.start(&["run"]);
    let tried = || discord.requests_to("GET /gateway").len() >= 2;
    running.until("two tries", SOON * 2, tried).await;
    // serenity would go on with Discord's own gateway and say so.
    assert!(!running.log().contains("gateway.discord.gg"), "{}", running.log());
    assert_eq!(discord.identifies(), 0);
}

#[tokio::test]
async fn a_look_names_what_the_bot_lacks_in_a_channel() {
    let discord = server().await;
    let world = World::new().posting_to_discord(&discord, &[SUPPORT]);
    let checked = world.ok(&["check", "--online"]).await;
    assert!(checked.contains("the bot may do all it needs in support"), "{checked}");
    discord.deny(SUPPORT, 1 << 15 | 1 << 35);
    let checked = world.run(&["check", "--online"]).await;
    assert_eq!(checked.code, Some(1));
    let lacks = "the bot lacks: Attach Files (adds the charts), Create Public Threads";
    assert!(checked.stdout.contains(lacks), "{}", checked.stdout);
    let invited = world.ok(&["invite", "discord"]).await;
    let wanted = format!(
        "https://discord.com/oauth2/authorize?client_id={}&scope=bot%20applications.commands\
         &permissions=309237763072",
        Discord::APPLICATION
    );
    assert_eq!(invited.trim(), wanted);
    assert_eq!(discord.complaints(), [""; 0]);
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

#[tokio::test]
async fn a_command_that_could_not_be_registered_is_tried_again() {
    let discord = server().await;
    discord.fault("GET /applications/{a}/commands", [Fault::Status(503)]);
    let world = World::new().posting_to_discord(&discord, &[SUPPORT]);
    let _running = listening(&world, &discord).await;
}

#[tokio::test]
async fn a_server_that_the_settings_do_not_name_is_not_answered() {
    let discord = server().await;
    let world = World::new().posting_to_discord(&discord, &[SUPPORT]);
    let world = world.with("CXBOT__PLUGINS__DIGEST__DESTINATIONS", "[]");
    import(&world).await;
    let running = listening(&world, &discord).await;
    assert!(running.log().contains("nobody is answered in Discord: set discord.guild"));
    let asked = discord.type_command(ANA, SUPPORT, &["digest"], json!({})).await;
    let answer = discord.answered(&asked, SOON).await;
    assert!(answer.words().contains("answers in the server that it is set up for"), "{answer:?}");
}
