//! Self-tests of paging: cursors lead through everything once, and nowhere else.

use serde_json::{Value, json};

use super::super::Slack;
use super::{Answer, CHANNEL, PERSON, call, history, workspace};

/// All pages of a call, by their cursors.
async fn pages(slack: &Slack, method: &str, mut arguments: Value) -> Vec<Answer> {
    let mut pages = vec![call(slack, method, arguments.clone()).await];
    loop {
        let last = &pages[pages.len() - 1];
        assert_eq!(last.body["ok"], true, "{}", last.body);
        let Some(cursor) = last.next().filter(|cursor| !cursor.is_empty()) else { return pages };
        arguments["cursor"] = json!(cursor);
        pages.push(call(slack, method, arguments.clone()).await);
    }
}

#[tokio::test]
async fn history_pages_are_never_full_before_the_last() {
    let slack = workspace().await;
    for number in 1..=7 {
        slack.say(CHANNEL, PERSON, &number.to_string());
    }
    let pages =
        pages(&slack, "conversations.history", json!({"channel": CHANNEL, "limit": 3})).await;
    let texts: Vec<Vec<&str>> = pages.iter().map(Answer::texts).collect();
    assert_eq!(texts, [vec!["7", "6"], vec!["5", "4"], vec!["3", "2", "1"]]);
    assert_eq!(pages[0].body["has_more"], true);
    assert!(pages[2].body.get("response_metadata").is_none());
    assert_eq!(slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn thread_pages_repeat_the_parent() {
    let slack = workspace().await;
    let parent = slack.say(CHANNEL, PERSON, "parent");
    for number in 1..=3 {
        slack.say_in_thread(CHANNEL, &parent, PERSON, &number.to_string());
    }
    let arguments = json!({"channel": CHANNEL, "ts": parent, "limit": 1});
    let pages = pages(&slack, "conversations.replies", arguments).await;
    let texts: Vec<Vec<&str>> = pages.iter().map(Answer::texts).collect();
    assert_eq!(texts, [["parent", "1"], ["parent", "2"], ["parent", "3"]]);
}

#[tokio::test]
async fn channels_and_members_come_in_pages() {
    let slack = workspace().await;
    for number in 1..=4 {
        slack.put_channel(&format!("C0MORE{number}"), &format!("more-{number}"));
        slack.say(CHANNEL, &format!("U0MORE{number}"), "hello");
    }
    let listed = pages(&slack, "conversations.list", json!({"limit": 2})).await;
    let ids = listed.iter().flat_map(|page| page.body["channels"].as_array().expect("a list"));
    let ids: Vec<&str> = ids.map(|channel| channel["id"].as_str().expect("an id")).collect();
    assert_eq!(ids, ["C0MORE1", "C0MORE2", "C0MORE3", "C0MORE4", CHANNEL]);
    let members = json!({"channel": CHANNEL, "limit": 3});
    let members = pages(&slack, "conversations.members", members).await;
    let sizes = members.iter().map(|page| page.body["members"].as_array().expect("a list").len());
    assert_eq!(sizes.collect::<Vec<_>>(), [2, 3]);
    assert_eq!(slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_cursor_has_to_come_back_as_it_was_to_the_same_call() {
    let slack = workspace().await;
    for number in 1..=3 {
        slack.say(CHANNEL, PERSON, &number.to_string());
    }
    let first = history(&slack, json!({"limit": 1})).await;
    let cursor = first.next().expect("a cursor").to_owned();
    // As a client sends it that does not encode its query.
    let raw =
        format!("{}/conversations.history?channel={CHANNEL}&cursor={cursor}", slack.api_url());
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mangled = super::send(client.get(raw).bearer_auth(Slack::BOT_TOKEN)).await;
    assert_eq!(mangled.expect("an answer").error(), "invalid_cursor");
    let other = json!({"limit": 1, "cursor": cursor, "oldest": "1700000000"});
    assert_eq!(history(&slack, other).await.error(), "invalid_cursor");
    assert_eq!(slack.complaints().len(), 2);
    let same = history(&slack, json!({"limit": 2, "cursor": cursor})).await;
    assert_eq!(same.texts(), ["2", "1"]);
}
