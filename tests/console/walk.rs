//! A newcomer's first half hour, in a real browser.

use fantoccini::key::Key;
use serde_json::{Value, json};

use super::Demo;
use crate::world::browser::{Browser, Look};

const DESK: (u32, u32) = (1_200, 900);
const PHONE: (u32, u32) = (390, 800);
const GRACE: (&str, &str) = ("grace@example.com", "Grace");
const DAVID: (&str, &str) = ("david@example.com", "David");
const MAYA: (&str, &str) = ("maya@example.com", "Maya");

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_reads_asks_answers_and_sees_next_weeks_digest() {
    let Some(browser) = Browser::open(Look::Light, DESK).await else { return };
    let demo = Demo::start().await;
    browser.page.goto(&demo.address).await.expect("the page opens");
    reads_the_digest(&browser).await;
    asks_by_keyboard(&browser).await;
    asks_before_the_list_has_come(&browser).await;
    turns_a_page(&browser).await;
    answers_the_poll(&browser, "grace", "hopeful").await;
    changes_person(&browser, DAVID).await;
    sees_no_answer_of_others(&browser).await;
    answers_the_poll(&browser, "david", "steady").await;
    is_refused_as_a_teammate(&browser).await;
    sees_the_poll_close(&browser).await;
    sees_next_week(&browser).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    browser.close().await;
    assert!(demo.stop().await);
}

async fn reads_the_digest(browser: &Browser) {
    browser.until("#log > article h3", "CX week 46").await;
    browser.until("#log > article", "Mood poll").await;
    browser.until("#log .thread > summary", "7 in the thread").await;
    browser.click("#log .thread > summary").await;
    browser.until(".replies", "Worth reading").await;
    let pictures = browser.run("return document.querySelectorAll('.replies svg').length", vec![]);
    assert_eq!(pictures.await, json!(3));
    browser.picture("digest").await;
    finds_no_barrier(browser, "the digest").await;
}

async fn asks_by_keyboard(browser: &Browser) {
    browser.click("#line").await;
    browser.keys("/cx te").await;
    browser.until("#choices li", "teammate").await;
    finds_no_barrier(browser, "the list of commands").await;
    browser.picture("choices").await;
    browser.keys(&Key::Down.to_string()).await;
    browser.keys(&Key::Enter.to_string()).await;
    browser.keys("Maya").await;
    browser.until("#choices li", "Maya Ortiz").await;
    browser.keys(&Key::Down.to_string()).await;
    browser.keys(&Key::Enter.to_string()).await;
    browser.keys("since:2026-10-20").await;
    let typed = browser.run("return document.getElementById('line').value", vec![]).await;
    assert_eq!(typed, json!(r#"/cx teammate "Maya Ortiz" since:2026-10-20"#));
    browser.keys(&Key::Enter.to_string()).await;
    browser.until("article.private", "Maya Ortiz").await;
    browser.until("article.private .by", "only you see this").await;
    browser.until("article.private .asked", "/cx teammate").await;
    browser.picture("teammate").await;
}

/// Enter sends what was typed: what was chosen in the list of before was chosen for other words.
async fn asks_before_the_list_has_come(browser: &Browser) {
    browser.keys("/cx hel").await;
    browser.until("#choices li", "help").await;
    browser.keys(&Key::Down.to_string()).await;
    let late = "const now = window.fetch;
        window.fetch = (where, what) => where === 'complete' ? new Promise(() => {}) : now(where, what);
        window.inTime = () => { window.fetch = now; };";
    browser.run(late, vec![]).await;
    browser.keys("p teammate").await;
    browser.keys(&Key::Enter.to_string()).await;
    browser.until("article.private .asked", "/cx help teammate").await;
    browser.run("window.inTime()", vec![]).await;
}

/// Whoever has no mouse goes on at the new page, whose button of before is gone.
async fn turns_a_page(browser: &Browser) {
    browser.keys("/cx customer Globex").await;
    browser.keys(&Key::Escape.to_string()).await;
    browser.keys(&Key::Enter.to_string()).await;
    browser.until("article.private button", "Next: page 2").await;
    let next = "const next = [...document.querySelectorAll('article.private button')]
        .find((one) => one.textContent.startsWith('Next'));
        next.focus();
        next.click();";
    browser.run(next, vec![]).await;
    browser.until("article.private:focus button", "Back: page 1").await;
}

async fn answers_the_poll(browser: &Browser, who: &str, word: &str) {
    let say_it = r#"article:not(.private) button[data-press^="mood/say?"]"#;
    browser.click(say_it).await;
    browser.until("dialog[open] h2", "Say").await;
    finds_no_barrier(browser, "the form").await;
    let described = "return [...document.querySelectorAll('dialog [aria-describedby]')]
        .flatMap((one) => one.getAttribute('aria-describedby').split(' '))
        .filter((id) => !document.getElementById(id))";
    assert_eq!(browser.run(described, vec![]).await, json!([]), "every hint and fault is there");
    browser.picture(&format!("form-{who}")).await;
    browser.click("dialog input[name=word]").await;
    browser.keys("two words").await;
    browser.keys(&Key::Enter.to_string()).await;
    browser.until("dialog #fault-word", "One word, please").await;
    browser.run("document.querySelector('dialog input[name=word]').value = ''", vec![]).await;
    browser.click("dialog input[name=word]").await;
    browser.keys(word).await;
    browser.keys(&Key::Enter.to_string()).await;
    browser.until("article.private", &format!("Recorded: “{word}”")).await;
    // Whoever has no mouse goes on from where the form was opened, though the post is drawn anew.
    browser.until(r#":focus[data-press^="mood/say?"]"#, "Say").await;
}

async fn changes_person(browser: &Browser, (id, name): (&str, &str)) {
    browser.click(&format!("#person option[value=\"{id}\"]")).await;
    browser.click("#become").await;
    // The page that comes says who it is for from the start.
    browser.until(&format!("body[data-as=\"{id}\"] #person:focus option:checked"), name).await;
}

async fn sees_no_answer_of_others(browser: &Browser) {
    browser.until("#log > article h3", "CX week 46").await;
    let private = "return document.querySelectorAll('article.private').length";
    assert_eq!(browser.run(private, vec![]).await, json!(0));
}

async fn is_refused_as_a_teammate(browser: &Browser) {
    changes_person(browser, MAYA).await;
    sees_no_answer_of_others(browser).await;
    browser.click("#line").await;
    browser.keys("/cx teammate Ben").await;
    browser.keys(&Key::Escape.to_string()).await;
    browser.keys(&Key::Enter.to_string()).await;
    browser.until("article.private", "me").await;
    let shown = browser.run("return document.querySelector('article.private').innerText", vec![]);
    let shown = shown.await.as_str().unwrap_or_default().to_owned();
    assert!(!shown.contains("% good"), "{shown}");
    // Her own card is hers to see.
    browser.keys("/cx me").await;
    browser.keys(&Key::Escape.to_string()).await;
    browser.keys(&Key::Enter.to_string()).await;
    browser.until("article.private", "what customers experienced").await;
}

async fn sees_the_poll_close(browser: &Browser) {
    changes_person(browser, GRACE).await;
    browser.until("article:not(.private)", "8 of 9 answered").await;
    for _ in 0..2 {
        moves(browser, "P1D").await;
    }
    browser.until("article:not(.private)", "hopeful").await;
    browser.until("#now", "Wed 18 Nov 2026, 09:").await;
    browser.picture("results").await;
}

async fn sees_next_week(browser: &Browser) {
    moves(browser, "P7D").await;
    browser.until("#log > article h3", "CX week 47").await;
    let headings = "return [...document.querySelectorAll('#log > article > .post > h3')]
        .map((one) => one.textContent.slice(0, 10)).filter((words) => words.startsWith('CX week'))";
    let digests = browser.run(headings, vec![]).await;
    assert_eq!(digests, json!(["CX week 46", "CX week 47"]));
    browser.picture("next-week").await;
}

async fn moves(browser: &Browser, by: &str) {
    browser.click(&format!("[data-by={by}]")).await;
    browser.until("#status", "The clock has moved.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_fits_a_phone_in_the_dark() {
    let Some(browser) = Browser::open(Look::Dark, PHONE).await else { return };
    let demo = Demo::start().await;
    browser.page.goto(&demo.address).await.expect("the page opens");
    browser.until("#log .thread > summary", "7 in the thread").await;
    browser.click("#log .thread > summary").await;
    let wider =
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(browser.run(wider, vec![]).await, json!(0), "nothing is wider than the screen");
    let dark = "return matchMedia('(prefers-color-scheme: dark)').matches";
    assert_eq!(browser.run(dark, vec![]).await, json!(true));
    browser.picture("phone").await;
    finds_no_barrier(&browser, "the page on a phone, in the dark").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    browser.close().await;
    assert!(demo.stop().await);
}

/// Holds the page against axe-core's rules, where it is there (CXBOT_AXE names its axe.min.js).
async fn finds_no_barrier(browser: &Browser, what: &str) {
    let Some(path) = std::env::var_os("CXBOT_AXE") else {
        eprintln!("NOT TESTED: {what} for accessibility, since CXBOT_AXE names no axe.min.js");
        return;
    };
    let axe = std::fs::read_to_string(path).expect("CXBOT_AXE is a file");
    browser.run(&axe, vec![]).await;
    let script = "const done = arguments[0];
        axe.run(document, { resultTypes: ['violations'] }).then((found) => done(found.violations
            .filter((one) => ['serious', 'critical'].includes(one.impact))
            .map((one) => one.id + ': ' + one.nodes.map((node) => node.html).join(' | '))))";
    let found = browser.page.execute_async(script, vec![]).await.expect("axe-core runs");
    assert_eq!(found, Value::Array(vec![]), "{what}");
}
