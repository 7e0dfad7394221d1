//! Windows in Slack: forms, lists, the Home tab.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::World;
use crate::world::scene::{ANA, BEN, SUPPORT, Scene, listening, nobody_listens};
use crate::world::slack::{Fault, Slack};

const FORM: &str = "digest/digest?/{}";

impl Scene {
    /// Opens someone's Home tab and waits until it is there.
    async fn home(&self, person: &str) -> Value {
        self.slack.open_home(person).await;
        let there = || self.slack.home(person).is_some();
        self.running.until("the Home tab", Duration::from_secs(10), there).await;
        self.slack.home(person).expect("just seen")
    }

    /// Waits until the window on top holds these words.
    async fn window(&self, person: &str, words: &str) -> Value {
        let there = || self.slack.view(person).is_some_and(|view| says(&view, words));
        self.running.until(words, Duration::from_secs(10), there).await;
        self.slack.view(person).expect("just seen")
    }
}

fn says(view: &Value, words: &str) -> bool {
    view["blocks"].to_string().contains(words)
}

#[tokio::test]
async fn home_shows_the_lanes_what_comes_next_and_my_settings() {
    let scene = Scene::new().await;
    let home = scene.home(ANA).await;
    for words in ["HUMAN TEAM", "What comes next", "digest all", "My settings", "not named"] {
        assert!(says(&home, words), "{words}: {home:#}");
    }
    assert!(!says(&home, "Getting started"));
    assert_eq!(scene.slack.home(BEN), None, "nobody else's page is touched");
    scene.is_clean();
}

#[tokio::test]
async fn home_of_an_empty_store_says_how_to_get_started() {
    let slack = Slack::start().await;
    slack.put_channel(SUPPORT, "support");
    slack.put_user(ANA, "ana");
    let world =
        World::new().posting_to(&slack, &[SUPPORT]).with("SLACK_APP_TOKEN", Slack::APP_TOKEN);
    let running = listening(&world, &slack).await;
    let scene = Scene { slack, world, running };
    let home = scene.home(ANA).await;
    assert!(says(&home, "Getting started") && says(&home, "INTERCOM_TOKEN"), "{home:#}");
    scene.is_clean();
}

#[tokio::test]
async fn a_week_chosen_from_the_list_at_home_opens_in_a_window() {
    let scene = Scene::new().await;
    scene.home(ANA).await;
    let week = r#"digest/digest/{"week":"2026-W46"}"#;
    let pressed = scene.slack.choose_in_view(ANA, "Digest of another week", week).await;
    assert!(pressed.acknowledged_within.is_some(), "{pressed:?}");
    scene.window(ANA, "CX week 46").await;
    // A button in the window opens another one on top of it.
    scene.slack.press_in_view(ANA, "digest/reading/{}").await;
    scene.window(ANA, "How to read").await;
    scene.is_clean();
}

#[tokio::test]
async fn a_form_asks_for_what_the_button_leaves_out_and_says_what_is_wrong_under_its_field() {
    let scene = Scene::new().await;
    scene.home(ANA).await;
    scene.slack.press_in_view(ANA, FORM).await;
    let form = scene.window(ANA, "The week, such as 2026-W46").await;
    assert!(says(&form, "static_select"), "editions are chosen from a list: {form:#}");
    let wrong = scene.slack.submit(ANA, &[("week", json!("next week"))]).await;
    assert!(wrong.acknowledged_within.is_some(), "{wrong:?}");
    let errors = scene.slack.view_errors(ANA);
    let said = errors["week"].as_str().unwrap_or_default();
    assert!(said.contains("2026-W46"), "what is wrong and what to write: {errors}");
    scene.slack.submit(ANA, &[("week", json!("2026-W46"))]).await;
    scene.window(ANA, "CX week 46").await;
    scene.is_clean();
}

#[tokio::test]
async fn a_form_that_comes_too_late_is_answered_with_a_word() {
    let scene = Scene::new().await;
    scene.home(ANA).await;
    // The window opens, but Slack has closed it before there is a form for it.
    scene.slack.fault("views.update", [Fault::Error("not_found")]);
    scene.slack.press_in_view(ANA, FORM).await;
    let told = || scene.running.log().contains("a form was not opened: the post is not there");
    scene.running.until("a line in the log", Duration::from_secs(10), told).await;
    assert!(!scene.running.log().contains(ANA), "the log names nobody");
}

#[tokio::test]
async fn a_storm_of_refusals_keeps_nobody_from_home_for_ever() {
    let scene = Scene::new().await;
    let storm = [Fault::RateLimited { retry_after: 1 }; 3];
    scene.slack.fault("views.publish", storm);
    scene.home(ANA).await;
    for fault in [Fault::Status(503), Fault::CutAfter] {
        scene.slack.fault("views.publish", [fault]);
        assert!(says(&scene.home(BEN).await, "HUMAN TEAM"), "{fault:?}");
    }
    scene.is_clean();
}

#[tokio::test]
async fn what_someone_sent_before_a_kill_is_answered_after_the_restart() {
    let mut scene = Scene::new().await;
    scene.running.kill().await;
    nobody_listens(&scene.slack).await;
    // The third: nothing was asked before, so that nothing is answered again.
    scene.running = scene.world.start_to_crash(&["run"], "reply made:3");
    let open = || scene.slack.connections() == 2;
    scene.running.until("two connections", Duration::from_secs(20), open).await;
    scene.home(ANA).await;
    scene.slack.press_in_view(ANA, FORM).await;
    scene.window(ANA, "The week, such as").await;
    scene.slack.submit(ANA, &[("week", json!("2026-W46"))]).await;
    assert!(scene.running.ended(Duration::from_secs(10)).await.is_some());
    scene.running = listening(&scene.world, &scene.slack).await;
    scene.window(ANA, "CX week 46").await;
}

#[tokio::test]
async fn windows_of_two_people_are_both_filled_while_the_store_stands_still() {
    let scene = Scene::new().await;
    scene.home(ANA).await;
    scene.home(BEN).await;
    let other = scene.block_the_store().await;
    scene.slack.press_in_view(ANA, "digest/reading/{}").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    scene.slack.press_in_view(BEN, "digest/reading/{}").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    drop(other);
    scene.window(ANA, "How to read").await;
    scene.window(BEN, "How to read").await;
}

#[tokio::test]
async fn a_window_is_filled_after_a_refusal_and_after_a_restart() {
    let mut scene = Scene::new().await;
    scene.home(ANA).await;
    scene.home(BEN).await;
    scene.slack.fault("views.update", [Fault::RateLimited { retry_after: 1 }]);
    scene.slack.press_in_view(ANA, "digest/reading/{}").await;
    scene.window(ANA, "How to read").await;
    // The window is open and the request kept when the first attempt to fill it has come.
    let attempts =
        || scene.slack.seen().iter().filter(|seen| seen.method == "views.update").count();
    let before = attempts();
    scene.slack.fault("views.update", [Fault::RateLimited { retry_after: 10 }]);
    scene.slack.press_in_view(BEN, "digest/reading/{}").await;
    let tried = || attempts() > before;
    scene.running.until("an attempt", Duration::from_secs(10), tried).await;
    scene.running.kill().await;
    nobody_listens(&scene.slack).await;
    assert!(!says(&scene.slack.view(BEN).expect("a window"), "How to read"));
    scene.running = listening(&scene.world, &scene.slack).await;
    scene.window(BEN, "How to read").await;
    scene.is_clean();
}

#[tokio::test]
async fn the_pages_of_an_answer_are_turned_in_its_window() {
    let scene = Scene::new().await;
    scene.home(ANA).await;
    scene.slack.press_in_view(ANA, FORM).await;
    scene.window(ANA, "The week, such as").await;
    scene.slack.submit(ANA, &[("week", json!("2026-W46"))]).await;
    let mut view = scene.window(ANA, "CX week 46").await;
    let mut pages = 1;
    while let Some(next) = button(&view, "Next: page") {
        scene.slack.press_in_view(ANA, &next).await;
        pages += 1;
        view = scene.window(ANA, &format!("page {} of", pages - 1)).await;
    }
    assert!(pages > 3 || button(&view, "Back: page").is_some(), "{pages}: {view:#}");
    assert!(says(&view, "Worth reading"), "{view:#}");
    scene.is_clean();
}

/// The id of a button in a view, by the beginning of its label.
fn button(view: &Value, label: &str) -> Option<String> {
    let blocks = view["blocks"].as_array().into_iter().flatten();
    let mut elements = blocks.filter_map(|block| block["elements"].as_array()).flatten();
    let is = |element: &&Value| {
        element["text"]["text"].as_str().is_some_and(|text| text.starts_with(label))
    };
    elements.find(is).and_then(|found| found["action_id"].as_str()).map(str::to_owned)
}
