//! Roles from Slack's user groups: who may ask, and what follows when a group cannot be read.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::world::World;
use crate::world::scene::{ANA, BEN, Scene};
use crate::world::slack::{Fault, Slack};

const LEADERS: &str = "S0LEADERS1";
const GROUPS: (&str, &str) =
    ("CXBOT__ACCESS__GROUPS", r#"[{ role = "leader", slack = "S0LEADERS1" }]"#);
const COMMANDS: (&str, &str) = ("CXBOT__ACCESS__COMMANDS", r#"{ coverage = ["leader"] }"#);
const LIST: &str = "usergroups.users.list";
const UNREAD: &str = "Roles from Slack's user groups cannot be read just now.";
const OUTAGE: &str = "the people of Slack's user group S0LEADERS1 cannot be read";

fn ana_leads(slack: &Slack) {
    slack.grant(&["usergroups:read"]);
    slack.put_usergroup(LEADERS, "leaders", &[ANA]);
}

/// The answer to one more request.
async fn answer(scene: &Scene, person: &str) -> String {
    let before = scene.answers(person, 0).await.len();
    scene.ask(person, "coverage 2026-W46").await;
    scene.answers(person, before + 1).await[before].text.clone()
}

/// Asks until the answer says this; for what is known only after a while.
async fn until_told(scene: &Scene, person: &str, words: &str) {
    let start = Instant::now();
    loop {
        let said = answer(scene, person).await;
        if said.contains(words) {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{words}: {said}");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

fn lists_read(slack: &Slack) -> usize {
    slack.seen().iter().filter(|seen| seen.method == LIST).count()
}

#[tokio::test]
async fn whoever_is_in_the_group_has_its_role_until_they_leave_it() {
    let short = ("CXBOT__SLACK__GROUPS_FOR", "7s");
    let scene = Scene::with(ana_leads, &[GROUPS, COMMANDS, short]).await;
    assert!(answer(&scene, ANA).await.contains("40 closed = 40 scored"));
    let refused = answer(&scene, BEN).await;
    assert!(refused.contains("is for leader. You may ask: "), "{refused}");
    assert!(!refused.contains(UNREAD), "{refused}");
    scene.slack.put_usergroup(LEADERS, "leaders", &[BEN]);
    until_told(&scene, ANA, "is for leader").await;
    until_told(&scene, BEN, "40 closed = 40 scored").await;
    scene.is_clean();
}

#[tokio::test]
async fn a_list_of_before_is_good_for_a_while_and_is_not_read_for_each_request() {
    let scene = Scene::with(ana_leads, &[GROUPS, COMMANDS]).await;
    until_told(&scene, ANA, "40 closed = 40 scored").await;
    scene.slack.revoke("usergroups:read");
    for _ in 0..3 {
        assert!(answer(&scene, ANA).await.contains("40 closed = 40 scored"));
        assert!(answer(&scene, BEN).await.contains("is for leader"));
    }
    assert_eq!(lists_read(&scene.slack), 1);
    scene.is_clean();
}

#[tokio::test]
async fn while_a_group_cannot_be_read_nobody_has_a_role_from_it_and_that_is_said() {
    let short = ("CXBOT__SLACK__GROUPS_FOR", "7s");
    let put = |slack: &Slack| slack.put_usergroup(LEADERS, "leaders", &[ANA]);
    let scene = Scene::with(put, &[GROUPS, COMMANDS, short]).await;
    let refused = answer(&scene, ANA).await;
    assert!(refused.contains("is for leader") && refused.contains(UNREAD), "{refused}");
    let again = || lists_read(&scene.slack) >= 3;
    scene.running.until("more tries", Duration::from_secs(20), again).await;
    let log = scene.running.log();
    assert_eq!(log.matches(OUTAGE).count(), 1, "it is said once: {log}");
    let why = "missing_scope usergroups:read: grant the scope and install the app anew";
    assert!(log.contains(why), "{log}");
    assert!(!log.contains(ANA), "{log}");
    // What a list says that was read before an outage is forgotten in time.
    scene.slack.grant(&["usergroups:read"]);
    until_told(&scene, ANA, "40 closed = 40 scored").await;
    scene.slack.revoke("usergroups:read");
    until_told(&scene, ANA, UNREAD).await;
    assert_eq!(scene.running.log().matches(OUTAGE).count(), 2, "{}", scene.running.log());
    scene.is_clean();
}

#[tokio::test]
async fn no_acknowledgement_waits_for_a_list_and_no_answer_does_for_long() {
    let hang = |slack: &Slack| {
        ana_leads(slack);
        slack.fault(LIST, [Fault::Hang, Fault::RateLimited { retry_after: 30 }]);
    };
    let scene = Scene::with(hang, &[GROUPS, COMMANDS]).await;
    let start = Instant::now();
    let acknowledged = scene.ask(ANA, "coverage 2026-W46").await;
    assert!(acknowledged < Duration::from_secs(1), "{acknowledged:?}");
    let refused = scene.answers(ANA, 1).await[0].text.clone();
    assert!(refused.contains(UNREAD), "{refused}");
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    scene.is_clean();
}

#[tokio::test]
async fn a_look_at_slack_tells_a_missing_scope_and_a_group_that_is_not_there() {
    let slack = Slack::start().await;
    let world = World::new().posting_to(&slack, &[]).with(GROUPS.0, GROUPS.1);
    slack.grant(&["commands", "im:write", "im:history"]);
    let ran = world.run(&["check", "--online"]).await;
    assert_eq!(ran.code, Some(1));
    let missing = "problem  slack            the scope usergroups:read is missing (knows who is in \
                   the groups that give a role): add it to the app and install it anew";
    assert!(ran.stdout.contains(missing), "{}", ran.stdout);
    slack.grant(&["usergroups:read"]);
    let ran = world.run(&["check", "--online"]).await;
    assert_eq!(ran.code, Some(1));
    let unknown = "problem  slack            access.groups, S0LEADERS1: Slack answers \
                   usergroups.users.list with no_such_subteam: there is no such user group: correct \
                   its id";
    assert!(ran.stdout.contains(unknown), "{}", ran.stdout);
    slack.put_usergroup(LEADERS, "leaders", &[ANA]);
    let good = world.ok(&["check", "--online"]).await;
    assert!(good.contains("the user group S0LEADERS1 has 1 member"), "{good}");
    assert_eq!(slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn the_manifest_asks_for_the_groups_scope_only_where_a_group_is_named() {
    let scopes = |printed: String| {
        let manifest: Value = serde_json::from_str(&printed).expect("JSON");
        manifest["oauth_config"]["scopes"]["bot"].to_string()
    };
    let world = World::new();
    assert!(!scopes(world.ok(&["manifest", "slack"]).await).contains("usergroups:read"));
    let world = World::new().with(GROUPS.0, GROUPS.1);
    assert!(scopes(world.ok(&["manifest", "slack"]).await).contains("usergroups:read"));
}
