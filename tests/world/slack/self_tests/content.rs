//! Self-tests of content: what text and blocks may be, and whom they notify.

use serde_json::{Value, json};

use super::super::{judge, mentions};
use super::{CHANNEL, PERSON, call, complaint, post, post_blocks, workspace};

fn section(kind: &str, text: &str) -> Value {
    json!({"type": "section", "text": {"type": kind, "text": text}})
}

#[tokio::test]
async fn text_is_needed_and_has_an_end() {
    let slack = workspace().await;
    assert_eq!(post(&slack, "").await.error(), "no_text");
    let nothing = json!({"channel": CHANNEL, "text": "", "blocks": []});
    assert_eq!(call(&slack, "chat.postMessage", nothing).await.error(), "no_text");
    assert_eq!(post(&slack, &"x".repeat(40_001)).await.error(), "msg_too_long");
    assert_eq!(slack.complaints().len(), 3);
    assert_eq!(post(&slack, &"x".repeat(40_000)).await.error(), "no error");
}

#[tokio::test]
async fn blocks_have_rules_of_their_own() {
    let slack = workspace().await;
    let divider = json!({"type": "divider"});
    let table = json!({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]});
    let chart = json!({"type": "data_visualization"});
    let named = json!({"type": "divider", "block_id": "one"});
    let button =
        json!({"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "b"}});
    let long: Vec<Value> = (0..5).map(|_| section("plain_text", &"x".repeat(2_900))).collect();
    let cases = [
        (json!(vec![divider.clone(); 51]), "invalid_blocks"),
        (json!(long), "msg_blocks_too_long"),
        (json!([named, named]), "invalid_blocks"),
        (json!([{"type": "actions", "elements": [button, button]}]), "invalid_blocks"),
        (json!([table, table]), "invalid_attachments"),
        (json!([chart, chart, chart]), "invalid_blocks"),
        (json!([{"type": "blink"}]), "invalid_blocks"),
        (json!([{"type": "alert"}]), "invalid_blocks"),
        (json!(["divider"]), "invalid_blocks_format"),
        (json!({"type": "divider"}), "invalid_arguments"),
    ];
    for (index, (blocks, code)) in cases.into_iter().enumerate() {
        assert_eq!(post_blocks(&slack, blocks).await.error(), code);
        assert_eq!(slack.complaints().len(), index + 1);
    }
    assert_eq!(post_blocks(&slack, json!(vec![divider; 50])).await.error(), "no error");
    assert_eq!((slack.timeline(CHANNEL).len(), slack.complaints().len()), (1, 10));
}

#[tokio::test]
async fn an_update_is_held_to_the_same_rules_with_its_own_codes() {
    let slack = workspace().await;
    let ts = post(&slack, "words").await.ts();
    let long: Vec<Value> = (0..5).map(|_| section("plain_text", &"x".repeat(2_900))).collect();
    let cases = [
        (json!({"text": "x", "blocks": long}), "msg_too_long"),
        (json!({"text": "x", "blocks": [{"type": "blink"}]}), "invalid_blocks"),
        (json!({"text": "x", "metadata": {"event_type": "x"}}), "invalid_metadata_format"),
    ];
    for (index, (mut arguments, code)) in cases.into_iter().enumerate() {
        (arguments["channel"], arguments["ts"]) = (json!(CHANNEL), json!(ts));
        assert_eq!(call(&slack, "chat.update", arguments).await.error(), code);
        assert_eq!(slack.complaints().len(), index + 1);
    }
    assert_eq!(slack.timeline(CHANNEL).len(), 1);
}

#[tokio::test]
async fn the_judge_finds_what_the_fake_does_not_know() {
    if !judge::is_there() {
        return;
    }
    let slack = workspace().await;
    let refused = post_blocks(&slack, json!([section("plain_text", &"x".repeat(3_001))])).await;
    assert_eq!(refused.error(), "invalid_blocks");
    let message = refused.body["response_metadata"]["messages"][0].as_str().expect("a message");
    assert!(message.starts_with("[ERROR] block 0"), "{message}");
    assert!(refused.body["errors"][0].is_string());
    assert_eq!(
        post_blocks(&slack, json!([section("plain_text", "fine")])).await.error(),
        "no error"
    );
    let again = post_blocks(&slack, json!([section("plain_text", &"x".repeat(3_001))])).await;
    assert_eq!((again.error(), slack.complaints().len()), ("invalid_blocks", 2));
}

#[tokio::test]
async fn the_judge_answers_only_for_what_is_surely_wrong() {
    let slack = workspace().await;
    // Longer than the judge's own limit for the client, but accepted by Slack.
    let long: Vec<Value> = (0..4).map(|_| section("plain_text", &"x".repeat(2_999))).collect();
    assert_eq!(post_blocks(&slack, json!(long)).await.error(), "no error");
    assert_eq!(slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn what_slack_accepts_but_nobody_should_do_is_a_complaint() {
    let slack = workspace().await;
    let cases = [
        json!({"blocks": [section("plain_text", "only blocks")]}),
        json!({"text": "words", "parse": "full"}),
        json!({"text": "words", "link_names": true}),
        json!({"text": "see https://example.org", "unfurl_links": false}),
        json!({"text": "see", "blocks": [section("mrkdwn", "<https://example.org|there>")]}),
    ];
    for (index, mut case) in cases.into_iter().enumerate() {
        case["channel"] = json!(CHANNEL);
        assert_eq!(call(&slack, "chat.postMessage", case).await.error(), "no error");
        assert_eq!(slack.complaints().len(), index + 1, "{:?}", slack.complaints());
    }
    let silent = json!({
        "channel": CHANNEL, "text": "see https://example.org",
        "unfurl_links": false, "unfurl_media": false, "parse": "none", "link_names": false,
    });
    assert_eq!(call(&slack, "chat.postMessage", silent).await.error(), "no error");
    assert_eq!(slack.complaints().len(), 5);
}

#[tokio::test]
async fn arguments_that_the_fake_does_not_play_are_refused() {
    let slack = workspace().await;
    let named = json!({"channel": CHANNEL, "text": "words", "username": "someone"});
    assert_eq!(call(&slack, "chat.postMessage", named).await.error(), "invalid_arguments");
    assert!(complaint(&slack).contains("username"));
}

fn rich_text(elements: Value) -> Value {
    json!({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]})
}

#[tokio::test]
async fn mentions_count_where_they_notify_and_nowhere_else() {
    let slack = workspace().await;
    post(&slack, "&lt;!channel&gt; <!here|here> <@U0ALICE001> <!date^1^x|y> <https://a> @all")
        .await;
    assert_eq!(slack.notifications(), ["<!here>", "<@U0ALICE001>"]);
    assert!(complaint(&slack).contains("unfurl"));
    let blocks = json!([
        section("plain_text", "<!channel> is plain here"),
        section("mrkdwn", "<!subteam^S0TEAM0001> and <!everyone>"),
        rich_text(json!([
            {"type": "text", "text": "<!channel> is plain here, too"},
            {"type": "user", "user_id": "U0ALICE001"},
            {"type": "usergroup", "usergroup_id": "S0TEAM0001"},
        ])),
    ]);
    let ts = post_blocks(&slack, blocks).await.ts();
    let by_blocks =
        ["<!subteam^S0TEAM0001>", "<!everyone>", "<@U0ALICE001>", "<!subteam^S0TEAM0001>"];
    assert_eq!(slack.notifications()[2..], by_blocks);
    let edit = json!({"channel": CHANNEL, "ts": ts, "text": "<!channel>"});
    call(&slack, "chat.update", edit).await;
    assert_eq!(slack.notifications()[6..], ["<!channel>"]);
    // The judge does not know this element, Slack does.
    let broadcast = rich_text(json!([{"type": "broadcast", "range": "here"}]));
    assert_eq!(mentions::find("", &broadcast), ["<!here>"]);
    slack.say(CHANNEL, PERSON, "<!here>");
    assert_eq!(slack.notifications().len(), 7);
}

#[tokio::test]
async fn a_person_reads_the_words_of_the_blocks() {
    let slack = workspace().await;
    let blocks = json!([
        {"type": "header", "text": {"type": "plain_text", "text": "Head", "emoji": false}},
        section("mrkdwn", "*A* &amp; <https://example.org|B>"),
        {"type": "section", "fields": [{"type": "plain_text", "text": "F"}]},
        rich_text(json!([
            {"type": "text", "text": "one "},
            {"type": "link", "url": "https://example.org", "text": "two"},
            {"type": "emoji", "name": "wave"},
        ])),
        {"type": "actions", "elements": [{
            "type": "button", "action_id": "a", "value": "hidden",
            "text": {"type": "plain_text", "text": "Press"},
        }]},
        {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "a chart"},
    ]);
    let answer = post_blocks(&slack, blocks.clone()).await;
    assert_eq!(slack.channel(CHANNEL)[0].text, "Head\n*A* & B\nF\none two:wave:\nPress\na chart");
    assert_eq!((&slack.channel(CHANNEL)[0].blocks, slack.complaints().len()), (&blocks, 0));
    // Slack itself gives ids to blocks that came without.
    assert!(answer.body["message"]["blocks"][0]["block_id"].is_string());
}
