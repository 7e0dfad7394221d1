//! Forgetting a person: not a byte of theirs is left in the store, the counts are as they were, and they
//! stay forgotten, on both databases.

mod planting;
mod searching;

use std::time::Duration;

use cxbot::store::{Address, Batch, Contact, Forgot, Oddity, Store, Whom};
use cxbot_sdk::conversation::Customer;
use cxbot_sdk::week::Week;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, SqliteConnection};

use crate::world::World;
use crate::world::intercom::{
    Intercom, admin, closed_by, contact, conversation, from_contact, scored, with,
};
use crate::world::moved::{Moved, SUPPORT, Setup, closed};
use planting::{OF_CUSTOMER, OF_TEAMMATE, at, merge, mina, planted, records};
use searching::{Place, files, found};

async fn board(store: &Store) -> Vec<String> {
    let posted = store.board("digest", &"slack:C1".parse().expect("one")).await.expect("a board");
    posted.iter().map(|one| serde_json::to_string(&one.message).expect("JSON")).collect()
}

fn is_minas(id: &str) -> bool {
    id.starts_with("8800")
}

#[tokio::test]
async fn of_a_customer_no_byte_is_left_and_every_count() {
    for place in Place::all().await {
        planted(&place).await;
        let everything = place.everything().await;
        assert_eq!(found(&everything, &OF_CUSTOMER), OF_CUSTOMER, "planted");
        let (digests, others) = (place.digests().await, place.others(is_minas).await);
        let said = place.world.ok(&["forget", "customer", "mina@OBER.example"]).await;
        let said = said.replace(
            "The tables were vacuumed.",
            "The store's files hold nothing more of what was erased.",
        );
        let said =
            said.replace("  - the database server: its own files, its logs and its backups\n", "");
        insta::allow_duplicates! { insta::assert_snapshot!(said, @"
        Forgot a customer. The numbers of digests are as they were.
          5 conversations kept for the counts, without them
          1 conversation of others cleaned of their e-mail
          2 contacts erased or cleaned
          2 looks erased or cleaned
          2 requests erased or cleaned
          2 odd fields erased or cleaned
          2 plugin values erased or cleaned
          1 message erased or cleaned
        The store's files hold nothing more of what was erased.
        Left for you:
          - the source: erase the customer there; what it sends again is stripped
          - 1 post that showed them: cxbot run edits posts, so let it run
          - copies: backups, exports, imported files, and answers that people got in private
          - other people's conversations, where a text may mention them otherwise than by e-mail
        ") };
        assert_eq!(found(&place.everything().await, &OF_CUSTOMER), [""; 0]);
        assert_eq!(place.digests().await, digests);
        assert_eq!(place.others(is_minas).await, others);
        place.is_counted_right().await;
        let store = place.store().await;
        let posted = board(&store).await.join("\n");
        insta::allow_duplicates! { insta::assert_snapshot!(posted, @r#"
        {"summary":[{"plain":"CX week 45"}],"blocks":[{"text":[{"plain":"Banana Silvestrini, 7 of 88001 conversations."}]}]}
        {"summary":[{"plain":"CX week 46"}],"blocks":[{"text":[{"plain":"“"},{"outside":"[erased]"},{"plain":"” — "},{"outside":"conversation 88001"}]},{"text":[{"plain":"“"},{"outside":"[erased]"},{"plain":"” — "},{"outside":"conversation 88002"}]},{"text":[{"plain":"by "},{"outside":"[erased]"},{"plain":", "},{"outside":"[erased]"}]},{"text":[{"plain":"“"},{"outside":"Silvestre told them twice: banana 4; write to ana@team.example."},{"plain":"” — "},{"link":{"label":"conversation 104","url":"https://x.example/inbox/880014"}}]},{"note":[{"plain":"Shared by Ana Silvestre."}]}],"thread":[{"summary":[{"plain":"Worth reading"}],"blocks":[{"text":[{"plain":"“"},{"outside":"[erased]"},{"plain":"” — "},{"link":{"label":"conversation 880017","url":"https://x.example/inbox/880017"}}]}]}]}
        "#) };
        let value = |key: &'static str| {
            let store = store.clone();
            async move { store.plugin_state("digest", key).await.expect("asked").expect("there") }
        };
        assert_eq!(value("other").await, json!({"banana": [1.5, null, "Lee Wong"]}));
        assert_eq!(value("quote").await, json!(["They said: [erased]", "banana", "[erased]"]));
        assert_eq!(value("seen").await, json!({"[erased]": 1, "name": "[erased]", "n": 7}));
        assert_eq!(store.unanswered().await.expect("requests").len(), 2);
        let looks = store.audit(None, 9).await.expect("looks");
        assert_eq!(looks.len(), 3, "{looks:?}");
        store.close().await;
        comes_again(&place, &digests).await;
    }
}

/// The same records again, and the same person under another id, bring nothing back.
async fn comes_again(place: &Place, digests: &[Value]) {
    let said = place.import(&records()).await;
    assert!(said.contains("36 unchanged"), "{said}");
    let late = mina(
        88009,
        json!({"closed_at": "2026-11-20T10:00:00Z",
        "customer": {"id": "5f2cbeef0777", "name": "Wilhelmina Oberholtzer", "email": "Mina@ober.example"}}),
    );
    place.import(&[late]).await;
    let unnamed = json!({"closed_at": "2026-11-20T11:00:00Z", "customer": {"id": "5f2cbeef0777"}});
    place.import(&[mina(88010, unnamed)]).await;
    let store = place.store().await;
    let about = Customer { email: Some("mina@ober.example".to_owned()), ..Customer::default() };
    let (source, id, canonical) =
        ("x".to_owned(), "5f2cbeef0888".to_owned(), "5f2cbeef0888".to_owned());
    let contact = Contact { source, id, canonical, about, checked_at: Timestamp::now() };
    let oddity = Oddity {
        source: "x".to_owned(),
        id: "unknown".to_owned(),
        field: "f".to_owned(),
        raw: json!({"contacts": [{"id": "5f2cbeef01234567"}]}),
    };
    let batch = Batch { contacts: vec![contact], oddities: vec![oddity], ..Batch::default() };
    store.apply(batch).await.expect("stored");
    store.close().await;
    let everything = place.everything().await;
    let mut planted = OF_CUSTOMER.to_vec();
    planted.extend(["5f2cbeef0777", "5f2cbeef0888"]);
    assert_eq!(found(&everything, &planted), [""; 0]);
    assert_eq!(place.digests().await, digests);
    place.is_counted_right().await;
    let again = place.world.ok(&["forget", "customer", "x/5f2cbeef0777"]).await;
    assert!(
        again.starts_with("Forgot") || again.starts_with("They were forgotten before"),
        "{again}"
    );
}

#[tokio::test]
async fn of_a_teammate_no_byte_is_left_and_every_count() {
    for place in Place::all().await {
        planted(&place).await;
        let everything = place.everything().await;
        assert_eq!(found(&everything, &OF_TEAMMATE), OF_TEAMMATE, "planted");
        let digests = place.digests().await;
        let is_anas = |id: &str| {
            let n = id.parse::<u32>().unwrap_or(0).wrapping_sub(100);
            id == "88006" || n < 30 && n % 4 == 0 && n % 3 != 0
        };
        let others = place.others(is_anas).await;
        let said = place.world.ok(&["forget", "teammate", "8144444"]).await;
        assert!(said.contains("- [[people]] in the configuration: take their entry out"), "{said}");
        let everything = place.everything().await;
        assert_eq!(found(&everything, &OF_TEAMMATE), [""; 0]);
        assert_eq!(found(&everything, &["Banana Silvestrini"]), ["Banana Silvestrini"]);
        assert_eq!(place.digests().await, digests);
        assert_eq!(place.others(is_anas).await, others);
        place.is_counted_right().await;
        let record = place.world.records().await;
        let record = record.iter().find(|record| record["id"] == "104").expect("a record");
        let mut record = record.to_string();
        let pseudonym = record.find("erased-").expect("a pseudonym");
        record.replace_range(pseudonym + 7..pseudonym + 23, "…");
        insta::allow_duplicates! { insta::assert_snapshot!(record, @r#"{"source":"x","id":"104","url":"https://x.example/inbox/880014","closed_at":"2026-11-05T12:00:00Z","score":5,"explanation":"[erased] told them twice: banana 4; write to [erased].","attributes":{"by":"[erased]","told":"[erased]"},"csat":{"score":5,"remark":"[erased] was kind to us."},"teammates":[{"id":"erased-…","role":"closer","bot":false},{"id":"2","name":"Ben Okri","role":"participant","bot":false}],"customer":{"id":"c4","name":"Lee Wong","email":"lee4@acme.example"},"topics":["Refunds"],"tags":["x"]}"#) };
        let said = place.import(&records()).await;
        assert!(said.contains("36 unchanged"), "{said}");
        assert_eq!(found(&place.everything().await, &OF_TEAMMATE), [""; 0]);
        let store = place.store().await;
        let people = [(
            "8144444".to_owned(),
            cxbot::store::Person {
                name: Some("Ana Silvestre".to_owned()),
                email: None,
                bot: false,
            },
        )];
        store.remember_teammates("x", &people.into()).await.expect("remembered");
        assert!(!store.teammates("x").await.expect("asked").contains_key("8144444"));
        let looks = store.audit(None, 9).await.expect("looks");
        assert_eq!(
            looks.iter().filter(|look| look.who == "someone erased").count(),
            2,
            "{looks:?}"
        );
        store.close().await;
    }
}

#[tokio::test]
async fn whom_nobody_knows_or_several_are_is_said_in_one_line_and_nothing_happens() {
    let place = Place::all().await.remove(0);
    place.import(&records()).await;
    let before = place.world.ok(&["export"]).await;
    let mut lines = Vec::new();
    for arguments in [
        ["forget", "customer", "nobody@nowhere.example"],
        ["forget", "customer", "c1"],
        ["forget", "teammate", "x/99"],
        ["forget", "teammate", "2"],
        ["forget", "robot", "2"],
    ] {
        let ran = place.world.run(&arguments).await;
        assert_eq!(ran.stdout, "", "{arguments:?}");
        lines.push(format!("{} {}", ran.code.unwrap_or(-1), ran.stderr.trim_end()));
    }
    insta::assert_snapshot!(lines.join("\n"), @"
    1 cxbot: the store has no customer of this id or e-mail, and none who is known by this name alone; write it as source/id, such as intercom/814, or as an e-mail
    1 cxbot: several sources have a customer of this id: x, y; write it as source/id
    1 cxbot: the store has no teammate of this id or e-mail; write it as source/id, such as intercom/814, or as an e-mail
    1 cxbot: several sources have a teammate of this id: x, y; write it as source/id
    2 cxbot: invalid value 'robot' for '<WHOM>' [possible values: customer, teammate]
    ");
    assert_eq!(place.world.ok(&["export"]).await, before);
}

#[tokio::test]
async fn while_the_bot_runs_and_even_while_someone_reads_forgetting_comes_to_its_end() {
    let place = Place::all().await.remove(0);
    planted(&place).await;
    let mut running = place.world.start(&["run"]);
    let log = place.world.path("data/cxbot.db.lock");
    running.until("the bot", Duration::from_secs(20), || log.exists()).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut reader = SqliteConnection::connect(&place.url).await.expect("the same store");
    reader.execute("BEGIN").await.expect("begun");
    reader.fetch_all("SELECT COUNT(*) FROM conversation").await.expect("a look at what was");
    let ran = place.world.run(&["forget", "customer", "x/5f2cbeef01234567"]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    insta::assert_snapshot!(ran.stderr.trim_end(), @"cxbot: erased, but the store's files may still hold what was erased, because another process reads them; stop it, or wait for it, and run the same command again");
    reader.execute("COMMIT").await.expect("looked enough");
    reader.close().await.expect("closed");
    place.world.ok(&["forget", "customer", "x/5f2cbeef01234567"]).await;
    assert_eq!(found(&files(&place.world.path("data")), &OF_CUSTOMER), [""; 0]);
    running.terminate().await;
    assert_eq!(found(&files(&place.world.path("data")), &OF_CUSTOMER), [""; 0]);
}

#[tokio::test]
async fn a_post_that_quoted_them_is_edited_where_it_stands_and_no_sync_brings_them_back() {
    let moved =
        Moved::start(Setup::new("Europe/Dublin", &Address::Memory), "2026-11-13T12:00:00Z").await;
    for n in 0..40 {
        let mut record = closed(n, at("2026-11-09T08:00:00Z"), if n % 5 == 0 { 2 } else { 5 });
        let words = format!("Customer {n} waited for an answer about their bill.");
        merge(
            &mut record,
            json!({"explanation": words, "customer": {"id": "c1", "name": "Lee Wong"}}),
        );
        moved.feed.put(record);
    }
    moved.at_instant("2026-11-13T12:00:00Z").await;
    moved.at_instant("2026-11-16T09:00:00Z").await;
    let shown = || format!("{:?}", moved.slack.channel(SUPPORT));
    assert!(shown().contains("waited for an answer"), "{}", shown());
    let forgot = moved.app.store().forget(Whom::Customer, "feed/c1", &[]).await.expect("erased");
    let Forgot::Done { erased, .. } = forgot else { panic!("{forgot:?}") };
    assert_eq!((erased.conversations, erased.posts), (40, 1));
    moved.at_instant("2026-11-16T09:01:00Z").await;
    assert!(!shown().contains("waited for an answer"), "{}", shown());
    moved.at_instant("2026-11-16T12:00:00Z").await;
    moved.at_instant("2026-11-23T09:00:00Z").await;
    assert!(!shown().contains("waited for an answer"), "{}", shown());
    assert_eq!(moved.slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_customer_who_is_known_by_a_name_alone_is_forgotten_by_it() {
    let world = World::new();
    let record = |id: &str, customer: Value| {
        let record = json!({
            "source": "x", "id": id, "closed_at": "2026-11-10T10:02:00Z", "score": 4,
            "explanation": "Anon Anna was helped.", "teammates": [{"id": "1"}], "customer": customer,
        });
        format!("{record}\n")
    };
    let alone = record("1", json!({"name": "Anon  Anna", "company": {"name": "Acme Ltd"}}));
    let another = record("2", json!({"name": "Anon Anna", "id": "c5"}));
    world.write("records.jsonl", alone.clone() + &another);
    world.ok(&["import", "records.jsonl"]).await;
    let digest = world.digest("2026-W46", "2026-11-16T09:00:00Z").await;
    world.ok(&["call", "customer \"anon anna\""]).await;
    let ran = world.run(&["forget", "customer", "Somebody Else"]).await;
    assert!(ran.stderr.contains("none who is known by this name alone"), "{}", ran.stderr);
    let said = world.ok(&["forget", "customer", "anon ANNA"]).await;
    assert!(said.contains("1 conversation kept for the counts"), "{said}");
    assert_eq!(world.digest("2026-W46", "2026-11-16T09:00:00Z").await, digest);
    let records = || async { world.records().await };
    let check = |records: Vec<Value>| {
        assert_eq!(records[0].get("customer"), None, "{records:?}");
        assert_eq!(records[0].get("explanation"), None, "{records:?}");
        // Whoever has an id is another person, as far as is known.
        assert_eq!(records[1]["customer"]["name"], "Anon Anna");
    };
    check(records().await);
    world.write("again.jsonl", alone);
    world.ok(&["import", "again.jsonl"]).await;
    check(records().await);
    let again = world.ok(&["forget", "customer", "Anon Anna"]).await;
    assert!(again.contains("forgotten before"), "{again}");
}

#[tokio::test]
async fn a_sync_brings_back_nobody_who_was_forgotten_whomever_they_were_merged_with_since() {
    let intercom = Intercom::start().await;
    intercom.put_admin(with(admin("8144444", "Ana Silvestre"), |admin| {
        admin["email"] = json!("ana@team.example");
    }));
    intercom.put_admin(admin("12", "Ben Okri"));
    let people = [
        contact("minaone", "Mina Oberholtzer", "mina@ober.example"),
        contact("minatwo", "Mina Oberholtzer", "mina@home.example"),
        contact("lee", "Lee Wong", "lee@acme.example"),
    ];
    people.iter().for_each(|person| intercom.put_contact(person.clone()));
    let closed_at = Timestamp::now().as_second() - 86_400;
    for n in 0..9 {
        let object = conversation(&(500 + n).to_string(), closed_at + n);
        let object = with(object, from_contact(&people[usize::try_from(n % 3).expect("few")]));
        let object = with(object, closed_by(if n % 2 == 0 { "8144444" } else { "12" }));
        intercom.put(with(object, scored(4, "Silvestre sent Mina Oberholtzer a bill.")));
    }
    let world = World::around(&intercom);
    world.ok(&["sync"]).await;
    world.ok(&["forget", "customer", "minaone"]).await;
    world.ok(&["forget", "teammate", "ana@team.example"]).await;
    let theirs = ["minaone", "mina@ober.example", "8144444", "Ana Silvestre", "ana@team.example"];
    let merged = ["minatwo", "mina@home.example", "Mina Oberholtzer"];
    let stored = || files(&world.path("data"));
    assert_eq!(found(&stored(), &theirs), [""; 0]);
    assert_eq!(found(&stored(), &merged), merged);
    let (before, zone) = (world.records().await, TimeZone::get("Europe/Dublin").expect("a zone"));
    world.ok(&["sync", "--full"]).await;
    assert_eq!(found(&stored(), &theirs), [""; 0]);
    assert_eq!(world.records().await, before);
    let week = Week::of(Timestamp::from_second(closed_at).expect("an instant"), &zone).to_string();
    let customers = async || {
        world.digest(&week, &Timestamp::now().to_string()).await["lanes"][0]["customers"].clone()
    };
    assert_eq!(customers().await, 3);
    // She stays one customer, and her other conversations go with the first.
    intercom.merge_contact("minaone", "minatwo");
    intercom.put(with(conversation("510", closed_at), from_contact(&people[0])));
    world.ok(&["sync"]).await;
    world.ok(&["forget", "customer", "minaone"]).await;
    assert_eq!(found(&stored(), &theirs), [""; 0]);
    assert_eq!(found(&stored(), &["minatwo", "mina@home.example"]), [""; 0]);
    assert_eq!(customers().await, 2);
    assert!(world.ok(&["rebuild"]).await.contains("no difference"));
    assert_eq!(intercom.complaints(), [""; 0]);
}
