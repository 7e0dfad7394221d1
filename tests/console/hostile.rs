//! What customers write stays words on the page.

use std::sync::Arc;

use async_trait::async_trait;
use cxbot::chat::form::{Fault, Form, Values};
use cxbot::chat::web::{Person, Setup, Web};
use cxbot::chat::{Desk, Platform, Post, Request, Suggest};
use cxbot::clock::SystemClock;
use cxbot_sdk::message::{Block, Button, Chart, Fact, Point, Table};
use cxbot_sdk::{Message, Text};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::world::browser::{Browser, Look};

const WORDS: &str = "</p></article><script>window.hurt = 1</script><img src=x onerror='window.hurt = 1'>\
                     <svg onload='window.hurt = 1'><style>* { display: none }</style>";

/// Nobody answers.
struct Nobody;

#[async_trait]
impl Desk for Nobody {
    async fn receive(&self, _: &'static str, _: Request) -> bool {
        true
    }

    fn faults(&self, _: &str, _: &Values) -> Vec<Fault> {
        Vec::new()
    }

    async fn form(&self, _: &str) -> Result<Form, Message> {
        Err(Message::sentence(Text::new().outside(WORDS)))
    }

    async fn suggest(&self, _: &'static str, _: &Request, _: &Suggest) -> Vec<(String, String)> {
        vec![(WORDS.to_owned(), WORDS.to_owned())]
    }
}

fn message() -> Message {
    let words = || Text::new().outside(WORDS).verbatim(WORDS).bold(WORDS).code(WORDS);
    let point = |value| Point { label: WORDS.to_owned(), value };
    let button = Button::ask(WORDS, "mood", "say", &json!({"poll": "\"><b>"})).named_outside();
    Message::new(words())
        .heading(words().link(WORDS, "javascript:window.hurt = 1"))
        .text(words().link(WORDS, "https://x.example/\" onmouseover=\"window.hurt = 1"))
        .note(words())
        .block(Block::Facts(vec![Fact { label: words(), value: words() }]))
        .block(Block::Table(Table { columns: vec![WORDS.to_owned()], rows: vec![vec![words()]] }))
        .block(Block::Chart(Chart {
            title: WORDS.to_owned(),
            finding: words(),
            points: vec![point(Some(0.5)), point(None), point(Some(0.7))],
            usual: None,
        }))
        .block(Block::Buttons(vec![button]))
}

async fn console() -> (Arc<Web>, CancellationToken) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let person =
        |id: &str| Person { id: id.to_owned(), name: WORDS.to_owned(), about: WORDS.to_owned() };
    let setup = Setup {
        channel: "support".to_owned(),
        root: "/cx".to_owned(),
        people: vec![person("ana@example.com"), person("\"><b>@example.com")],
        members: Vec::new(),
        commands: Vec::new(),
        zone: jiff::tz::TimeZone::UTC,
        zone_name: "UTC".to_owned(),
    };
    let web = Arc::new(Web::new(setup, Arc::new(SystemClock), listener).expect("a console"));
    let stop = CancellationToken::new();
    let (listening, stopped) = (web.clone(), stop.clone());
    tokio::spawn(async move { listening.listen(Arc::new(Nobody), stopped).await });
    (web, stop)
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_words_are_words_in_every_part_of_the_page() {
    let Some(browser) = Browser::open(Look::Light, (1_200, 900)).await else { return };
    let (web, stop) = console().await;
    let message = message();
    let post = |id: &'static str, thread: Option<&'static str>| Post {
        channel: "support",
        thread,
        id,
        message: &message,
    };
    // One is there when the page opens, one comes later, with a reply each.
    web.post(post("first", None)).await.expect("posted");
    web.post(post("reply", Some("post-0"))).await.expect("posted");
    browser.page.goto(&web.address()).await.expect("the page opens");
    web.post(post("second", None)).await.expect("posted");
    web.post(post("reply", Some("post-2"))).await.expect("posted");
    browser.until("#post-3", "onerror").await;
    let elements = "return ['script', 'img', 'style', '[onload]', '[onerror]', '[onmouseover]',
        'a[href^=\"javascript\"]', 'b'].map((one) => document.querySelectorAll('#log ' + one).length)";
    assert_eq!(browser.run(elements, vec![]).await, json!([0, 0, 0, 0, 0, 0, 0, 0]));
    let articles = "return document.querySelectorAll('#log article').length";
    assert_eq!(browser.run(articles, vec![]).await, json!(4));
    // A refusal that holds such words, as it answers a press.
    browser.click("#post-0 > .post button").await;
    browser.until("article.private", "onerror").await;
    assert_eq!(browser.run("return window.hurt ?? null", vec![]).await, json!(null));
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    browser.close().await;
    stop.cancel();
}
