//! What people see of the digest, over the in-memory host.

use std::sync::Arc;

use cxbot_digest::config::Config;
use cxbot_digest::message::{PARENT_BLOCKS, PARENT_LIMIT, THREAD_LIMIT};
use cxbot_digest::{Digest, Weekly, message};
use cxbot_sdk::channel::Channel;
use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::message::Block;
use cxbot_sdk::testing::{TestHost, comply, conversation};
use cxbot_sdk::week::Week;
use cxbot_sdk::{Clearance, Invoker, Message, Plugin, Reply};
use serde_json::{Value, json};

const NOW: &str = "2026-11-16T09:00:00Z";

#[tokio::test]
async fn the_digest_keeps_the_contract_of_plugins() {
    comply::<Digest>(json!({"destinations": ["slack:C1"]})).await;
}

/// `n` scored conversations of one day, the first `good` of them rated 5, the others 2.
fn closed(day: &str, fields: Value, good: usize, n: usize) -> Vec<Conversation> {
    let one = |index: usize| {
        let mut record = json!({
            "id": format!("{day}-{}-{index}", fields["topics"][0].as_str().unwrap_or("none")),
            "closed_at": format!("{day}T10:00:00Z"),
            "score": if index < good { 5 } else { 2 },
            "explanation": "It was solved, quickly!",
            "customer": {"id": format!("c{}", index / 2), "name": "Lee <!channel>"},
        });
        record.as_object_mut().expect("an object").extend(fields.as_object().expect("one").clone());
        conversation(record)
    };
    (0..n).map(one).collect()
}

fn human(topic: &str) -> Value {
    json!({"teammates": [{"id": "1", "name": "Ana"}], "topics": [topic]})
}

fn fin(topic: &str) -> Value {
    json!({"ai": {"participated": true, "resolution": "confirmed_resolution"}, "topics": [topic]})
}

/// Ten weeks of the same, then a week in which one topic rises and another falls.
fn autumn() -> Vec<Conversation> {
    let mut all = Vec::new();
    for back in 1..=10 {
        let day = Week::minus("2026-W46".parse().expect("a week"), back).monday().to_string();
        all.extend(closed(&day, human("Invoices"), 160, 200));
        all.extend(closed(&day, fin("SSO log-in"), 110, 150));
    }
    all.extend(closed("2026-11-09", human("Invoices"), 190, 200));
    all.extend(closed("2026-11-09", fin("SSO log-in"), 72, 150));
    all
}

async fn weekly_of(host: &TestHost, config: Value) -> Weekly {
    let config: Config = serde_json::from_value(config).expect("settings");
    let plugin = Digest::new(config).expect("a plugin");
    let edition = plugin.edition(None).expect("the default edition");
    let week = "2026-W46".parse().expect("a week");
    let as_of = cxbot_sdk::Tick::on_time(NOW.parse().expect("an instant"));
    let weekly = Digest::weekly(host, &host.workspace, edition, week, as_of).await;
    weekly.expect("a digest")
}

async fn digest_of(host: &TestHost, config: Value) -> Message {
    message::digest(&weekly_of(host, config).await, &host.workspace)
}

#[tokio::test]
async fn a_week_with_a_rise_and_a_fall_leads_with_the_rise() {
    let host = TestHost::new(NOW, autumn());
    let digest = digest_of(&host, json!({})).await;
    insta::assert_snapshot!(digest.plain(), @"
    CX week 46 · Mon 9 – Sun 15 Nov 2026 · UTC
    WIN
    Invoices, human team: 95.0 % good, was 80.0 %   ▲ real rise (+15.0, between +8.7 and +21.5; n=200)
    HUMAN TEAM
    95.0 % good  (91.0–97.3, n=200)   ▲ real rise (+15.0, between +8.7 and +21.5)
    FIN
    48.0 % good  (40.2–55.9, n=150)   ▼ real fall (−25.3, between −35.5 and −14.3)
    FIN → HUMAN
    no scored conversations
    LOOK AT
    SSO log-in, Fin lane: 48.0 % good, was 73.3 %   ▼ real fall  (n=150). Why: not known.
    Scored 350 of 350 closed (100.0 %). CSAT answered: 0 (0.0 %).
    ");
}

#[tokio::test]
async fn a_week_without_conversations_still_has_a_digest() {
    let host = TestHost::new(NOW, vec![]);
    let digest = digest_of(&host, json!({})).await;
    insta::assert_snapshot!(digest.plain(), @"
    CX week 46 · Mon 9 – Sun 15 Nov 2026 · UTC
    WIN
    Nothing can be told: no lane or topic has 20 scored conversations in both weeks.
    HUMAN TEAM
    no scored conversations
    FIN
    no scored conversations
    FIN → HUMAN
    no scored conversations
    LOOK AT
    Nothing can be told: no lane or topic has 20 scored conversations in both weeks.
    Scored 0 of 0 closed. CSAT answered: 0.
    ");
}

#[tokio::test]
async fn a_picture_has_a_panel_for_each_lane_and_nothing_that_anybody_wrote() {
    let host = TestHost::new(NOW, autumn());
    let sheet = message::sheet(&weekly_of(&host, json!({})).await, &host.workspace);
    insta::assert_snapshot!(sheet.message().plain(), @"
    CX week 46 · Mon 9 – Sun 15 Nov 2026 · UTC
    HUMAN TEAM
    95.0 % good  (91.0–97.3, n=200)
    ▲ real rise (+15.0, between +8.7 and +21.5)
    11 weeks: between 80.0 % (W36) and 95.0 % (W46); now 95.0 %.
    200 scored conversations by score; good is 4 to 5
    FIN
    48.0 % good  (40.2–55.9, n=150)
    ▼ real fall (−25.3, between −35.5 and −14.3)
    11 weeks: between 48.0 % (W46) and 73.3 % (W45); now 48.0 %.
    150 scored conversations by score; good is 4 to 5
    FIN → HUMAN
    No scored conversations in this lane this week.
    Scored 350 of 350 closed (100.0 %). CSAT answered: 0 (0.0 %).
    ");
    assert!(cxbot_sdk::lint::violations(&sheet.message()).is_empty());
}

#[tokio::test]
async fn every_part_of_the_thread_has_one_heading_and_fits() {
    let long = "Very long topic name ".repeat(30);
    let mut all = autumn();
    for n in 0..40 {
        all.extend(closed("2026-11-10", human(&format!("{n} {long}")), 20, 30));
        all.extend(closed("2026-11-03", human(&format!("{n} {long}")), 29, 30));
    }
    let host = TestHost::new(NOW, all);
    let digest = digest_of(&host, json!({})).await;
    assert!(digest.plain().chars().count() <= PARENT_LIMIT);
    assert!(digest.blocks.len() <= PARENT_BLOCKS);
    assert_eq!(digest.thread.len(), 7);
    for part in &digest.thread {
        let length = part.plain().chars().count();
        assert!(length <= THREAD_LIMIT, "{length} characters in {}", part.summary.words());
        let headings = part.blocks.iter().filter(|block| matches!(block, Block::Heading(_)));
        assert_eq!(headings.count(), 1, "{}", part.plain());
    }
    assert!(digest.thread[4].plain().contains("did not fit"));
}

#[tokio::test]
async fn a_channel_cleared_for_figures_gets_no_quotes_and_no_names() {
    let host = TestHost::new(NOW, autumn());
    for (clearance, quoted, named) in
        [("figures", false, false), ("quotes", true, false), ("names", true, true)]
    {
        let text = whole(&digest_of(&host, json!({"clearance": clearance})).await);
        assert_eq!(text.contains("It was solved"), quoted, "{clearance}: {text}");
        assert_eq!(text.contains("Lee"), named, "{clearance}: {text}");
    }
}

#[tokio::test]
async fn a_channel_that_carries_no_names_gets_none_within_a_quote_either() {
    let mut all = autumn();
    for one in &mut all {
        one.explanation = Some("Lee was happy, and so was Ana.".to_owned());
    }
    let host = TestHost::new(NOW, all);
    for (clearance, quote) in [
        ("quotes", "[name] was happy, and so was [name]."),
        ("names", "Lee was happy, and so was Ana."),
    ] {
        let text = whole(&digest_of(&host, json!({"clearance": clearance})).await);
        assert!(text.contains(quote), "{clearance}: {text}");
        assert_eq!(text.contains("Lee was"), clearance == "names", "{clearance}: {text}");
        assert_eq!(text.contains("quoted as they are"), clearance == "names", "{text}");
    }
}

/// Channels for which the workspace says what they carry.
fn carrying(list: &[(&str, Clearance)]) -> Vec<Channel> {
    let channel = |(at, clearance): &(&str, Clearance)| Channel {
        at: at.parse().expect("a destination"),
        clearance: *clearance,
        redact: true,
    };
    list.iter().map(channel).collect()
}

fn whole(message: &Message) -> String {
    let parts = std::iter::once(message).chain(&message.thread);
    parts.map(Message::plain).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_post_carries_no_more_than_its_channel_whatever_the_edition_may() {
    let config = json!({
        "destinations": ["slack:C1", "slack:C2", "slack:C3", "discord:4"],
        "clearance": "names",
    });
    let mut host = TestHost::new(NOW, autumn());
    host.workspace.channels = carrying(&[
        ("slack:C1", Clearance::Figures),
        ("slack:C2", Clearance::Quotes),
        ("discord:4", Clearance::Names),
    ]);
    let host = Arc::new(host);
    let plugin = cxbot_sdk::plugin::install::<Digest>(config).expect("a plugin");
    let tick = cxbot_sdk::Tick::on_time(NOW.parse().expect("an instant"));
    let call = cxbot_sdk::plugin::Call::Job { name: "all".to_owned(), tick };
    plugin.call(host.clone(), call).await.expect("posted");
    let published = host.published();
    assert_eq!(published.len(), 4);
    for ((_, at, _), message) in published {
        let text = whole(&message);
        let shown = (text.contains("It was solved"), text.contains("Lee"));
        let wanted = match &*at.channel {
            "C1" => (false, false),
            "C2" => (true, false),
            _ => (true, true),
        };
        assert_eq!(shown, wanted, "{at}: {text}");
    }
}

#[tokio::test]
async fn a_shared_digest_carries_what_its_channel_is_settled_to_else_what_its_editions_may() {
    let config = json!({
        "destinations": ["slack:C1", "slack:C2"],
        "clearance": "names",
        "editions": [{"name": "sso", "destinations": ["slack:C3"], "clearance": "figures"}],
    });
    let mut host = TestHost::new(NOW, autumn());
    host.workspace.channels = carrying(&[
        ("slack:C1", Clearance::Quotes),
        ("slack:C3", Clearance::Names),
        ("slack:C4", Clearance::Quotes),
    ]);
    let host = Arc::new(host);
    let plugin = cxbot_sdk::plugin::install::<Digest>(config).expect("a plugin");
    for (at, edition, quoted, named) in [
        // Less than its edition, because the channel is settled.
        ("slack:C1", "all", true, false),
        // As its edition says, because nothing else does.
        ("slack:C2", "all", true, true),
        // The edition itself never carries more than it may.
        ("slack:C3", "all", true, true),
        ("slack:C3", "sso", false, false),
        // No edition goes there, but the workspace has settled it.
        ("slack:C4", "all", true, false),
        ("slack:C5", "all", false, false),
    ] {
        let invoker = Invoker {
            id: "x".to_owned(),
            name: String::new(),
            roles: vec!["leader".to_owned()],
            teammate: Vec::new(),
            teams: Vec::new(),
            channel: Some(at.parse().expect("a destination")),
        };
        let arguments = json!({"edition": edition});
        let name = "digest".to_owned();
        let call = cxbot_sdk::plugin::Call::Action { name, invoker, arguments };
        let reply = plugin.call(host.clone(), call).await.expect("answered");
        let Reply::Private(message) = reply else { panic!("not a message: {reply:?}") };
        let text = whole(&message);
        assert_eq!(text.contains("It was solved"), quoted, "{at} {edition}: {text}");
        assert_eq!(text.contains("Lee"), named, "{at} {edition}: {text}");
    }
}

#[tokio::test]
async fn old_or_missing_data_is_said_first() {
    let mut host = TestHost::new(NOW, autumn());
    let source = |read_until: &str| cxbot_sdk::scores::SourceState {
        name: "intercom".to_owned(),
        read_until: read_until.parse().expect("an instant"),
    };
    let second_line =
        |digest: Message| digest.plain().lines().nth(1).unwrap_or_default().to_owned();
    host.sources = vec![source("2026-11-13T12:00:00Z")];
    let line = second_line(digest_of(&host, json!({})).await);
    assert_eq!(line, "intercom sync stopped Fri 12:00; numbers cover 64 % of the week.");
    host.sources = vec![source("2026-11-16T06:40:00Z")];
    assert_eq!(second_line(digest_of(&host, json!({})).await), "As of Mon 06:40.");
    host.sources = vec![source("2026-11-09T12:00:00Z")];
    let line = second_line(digest_of(&host, json!({})).await);
    assert_eq!(line, "intercom sync stopped Mon 9 Nov 12:00; numbers cover 7 % of the week.");
    host.sources = vec![source("2026-11-16T08:40:00Z")];
    assert_eq!(second_line(digest_of(&host, json!({})).await), "WIN");
}

#[tokio::test]
async fn each_edition_posts_its_own_digest_to_its_own_channels() {
    let config = json!({
        "destinations": ["slack:C1"],
        "editions": [{"name": "sso", "destinations": ["discord:2"], "filter": {"topic": "SSO log-in"}}],
    });
    let installed = cxbot_sdk::plugin::install::<Digest>(config).expect("a plugin");
    let host = Arc::new(TestHost::new(NOW, autumn()));
    let tick = cxbot_sdk::Tick::on_time(NOW.parse().expect("an instant"));
    for name in ["all", "sso"] {
        let call = cxbot_sdk::plugin::Call::Job { name: name.to_owned(), tick };
        let lent: Arc<dyn cxbot_sdk::Host> = host.clone();
        installed.call(lent, call).await.expect("posted");
    }
    let published: Vec<(String, String, String)> = host
        .published()
        .into_iter()
        .map(|((_, to, key), message)| {
            let heading = message.plain().lines().next().unwrap_or_default().to_owned();
            (to.to_string(), key, heading)
        })
        .collect();
    insta::assert_json_snapshot!(published, @r#"
    [
      [
        "discord:2",
        "sso/2026-W46",
        "CX week 46 · sso · Mon 9 – Sun 15 Nov 2026 · UTC"
      ],
      [
        "slack:C1",
        "all/2026-W46",
        "CX week 46 · Mon 9 – Sun 15 Nov 2026 · UTC"
      ]
    ]
    "#);
}

#[test]
fn an_unusable_edition_name_is_refused_with_its_place() {
    for (name, why) in
        [("Über", "not a usable name"), ("all", "already"), ("", "not a usable name")]
    {
        let config = serde_json::from_value(json!({"editions": [{"name": name}]})).expect("json");
        let error = Digest::new(config).err().expect("refused").to_string();
        assert!(error.starts_with("editions[0].name: ") && error.contains(why), "{error}");
    }
}
